"""What the rules about people refuse."""

from cooee.kit.errors import Refusal


class UsernameTaken(Refusal):
    """Somebody else has this username."""

    code = "username_taken"
    status = 409
    title = "This username is taken."


class UsernameNotAllowed(Refusal):
    """The username is malformed, or kept for the site itself."""

    code = "username_not_allowed"
    status = 422
    title = "A username has 2 to 30 of the characters a-z, 0-9 and _, and is no word that the site needs itself."


class PasswordTooWeak(Refusal):
    """The password is short, says the username, or is one that many people have."""

    code = "password_too_weak"
    status = 422
    title = "A password has at least 8 characters, is not the username, and is none that many people have."


class PersonNotFound(Refusal):
    """Nobody has this id or username."""

    code = "person_not_found"
    status = 404
    title = "There is nobody by this name."


class CannotFollowYourself(Refusal):
    """One follows others."""

    code = "cannot_follow_yourself"
    status = 409
    title = "You cannot follow yourself."


class NotWithYourself(Refusal):
    """One blocks or mutes others."""

    code = "not_with_yourself"
    status = 409
    title = "You cannot block or mute yourself."


class YouBlockedThem(Refusal):
    """One has blocked this person, or the host of this Space, and can undo that."""

    code = "you_blocked"
    status = 403
    title = "You have blocked this person."


class BlockedByThem(Refusal):
    """This person, or the host of this Space, has blocked the one who asks."""

    code = "blocked"
    status = 403
    title = "This person has blocked you."


class ProtectedAccount(Refusal):
    """Only those whom this person accepted as followers see this."""

    code = "protected_account"
    status = 403
    title = "Only followers of this account see this."


class HostsPublicSpace(Refusal):
    """A protected account hosts no public Space, and this person is in the middle of one."""

    code = "hosts_public_space"
    status = 409
    title = "You host a public Space right now. Protect your account once it is over."


class PublicSpacesAhead(Refusal):
    """A protected account hosts no public Space, and this person has announced some; `ahead` says how many."""

    code = "public_spaces_ahead"
    status = 409
    title = "You have announced public Spaces. Cancel them, or make them unlisted, before you protect your account."

    def __init__(self, ahead: int) -> None:
        super().__init__(ahead=ahead)


class NoFollowRequest(Refusal):
    """This person does not ask to follow, or no longer."""

    code = "no_follow_request"
    status = 409
    title = "This person does not ask to follow you, or no longer."


class LastAdministrator(Refusal):
    """Nobody would be left who can look after the site."""

    code = "last_administrator"
    status = 409
    title = "You are the only administrator. Make somebody else one first."


class NoExport(Refusal):
    """No copy of one's data was asked for, it is still being made, or it has expired."""

    code = "no_export"
    status = 404
    title = "There is no copy of your data, or not any more."


class PictureUnreadable(Refusal):
    """The file is not a whole PNG, JPEG or WebP image."""

    code = "picture_unreadable"
    status = 422
    title = "This picture cannot be read. PNG, JPEG and WebP are taken."


class PictureTooManyPixels(Refusal):
    """Decoding it would take more memory than a picture is worth."""

    code = "picture_too_many_pixels"
    status = 422
    title = "This picture has too many pixels."


class AttachmentNotFound(Refusal):
    """What a post or a message points at does not exist, or its author may not see it."""

    code = "attachment_not_found"
    status = 404
    title = "What you attached does not exist."
