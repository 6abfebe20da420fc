"""What the rules about reports and moderators refuse."""

from cooee.kit.errors import Refusal


class ModeratorsOnly(Refusal):
    """Only moderators see reports and decide on them."""

    code = "moderators_only"
    status = 403
    title = "This is for moderators."


class SubjectNotFound(Refusal):
    """What is reported does not exist, or not for the one who reports it."""

    code = "report_subject_not_found"
    status = 404
    title = "There is nothing here to report."


class CannotReportYourself(Refusal):
    """One reports others and what they wrote."""

    code = "cannot_report_yourself"
    status = 409
    title = "You cannot report yourself."


class CaseNotFound(Refusal):
    """No such case."""

    code = "case_not_found"
    status = 404
    title = "There is no such case."


class CaseDecided(Refusal):
    """Somebody has decided this case."""

    code = "case_decided"
    status = 409
    title = "This has been decided."


class NothingToRemove(Refusal):
    """A person is suspended, not removed; and what is gone cannot be removed."""

    code = "nothing_to_remove"
    status = 409
    title = "There is nothing to remove."


class NothingToGiveBack(Refusal):
    """Nobody paid the person for the Space of the case, or it goes on still, or the money is with them already."""

    code = "nothing_to_give_back"
    status = 409
    title = "There is no money to give back."


class NothingToEnter(Refusal):
    """The report leads into no Space that is live, or nobody who was there made it."""

    code = "nothing_to_enter"
    status = 409
    title = "There is no live Space to enter."


class OwnCase(Refusal):
    """One does not decide what one has reported, or what is about oneself."""

    code = "own_case"
    status = 403
    title = "Somebody else has to decide this."


class OutOfReach(Refusal):
    """Moderators are judged by administrators, and administrators on the command line."""

    code = "out_of_reach"
    status = 403
    title = "You cannot decide on this person."
