"""What letters say, in English: other languages come with those of the client."""

from collections.abc import Sequence

from cooee.notify.rules import Kind

_SAYS: dict[Kind, str] = {
    "live": "{names} started a Space",
    "invited": "{names} invited you on stage",
    "accepted": "{names} let you speak",
    "follow": "{names} followed you",
    "follow_request": "{names} would like to follow you",
    "follow_accepted": "{names} let you follow them",
    "mention": "{names} mentioned you",
    "reply": "{names} answered you",
    "like": "{names} liked your post",
    "repost": "{names} passed your post on",
    "message": "{names} wrote to you",
    "soon": "Your Space begins in half an hour",
    "due": "Your Space is due: people wait for you to start",
    "reminder": "{names} started a Space that you wanted to be reminded of",
    "moved": "{names} moved a Space to another time",
    "canceled": "{names} canceled a Space",
    "export": "The copy of your data is ready",
    "report_decided": "The moderators have looked at what you reported",
    "moderated": "The moderators have decided something about your account",
    "ticket": "{names} got you a ticket",
    "seat_free": "A seat in a Space of {names} is kept for you for half an hour",
    "money_back": "You get your money back for a Space of {names}",
    "payout_failed": "Your bank sent a payout back. Check your account at Stripe",
    "refund_failed": "Your bank did not take the money that came back to you. Those who run this site see to it",
    "refund_owed": "A buyer's bank sent their money back: they have to get it another way",
}
# Where the host is hidden. It is not said whether they left or moderators suspended them, and who is suspended may be
# back before their Space begins: only what was canceled does not take place for certain.
_NAMELESS: dict[Kind, str] = {
    "canceled": "A Space that you waited for does not take place",
    "money_back": "You get your money back for a Space that cannot be seen at the moment",
}
_LEADS: dict[Kind, str] = {
    "live": "Listen",
    "invited": "Go there",
    "accepted": "Go there",
    "follow_request": "Answer",
    "message": "Read and answer",
    "seat_free": "Get the ticket",
}


def sentence(kind: Kind, names: Sequence[str], count: int) -> str:
    """Who did what: `names` are the latest of `count`."""
    if not names and kind in _NAMELESS:
        return _NAMELESS[kind]
    return _SAYS[kind].format(names=_listed(names, count))


def action(kind: Kind) -> str:
    """What the button of a line says."""
    return _LEADS.get(kind, "Have a look")


def subject(sentences: Sequence[str]) -> str:
    """What stands in the mailbox."""
    if len(sentences) == 1:
        return sentences[0]
    return f"{sentences[0]}, and {len(sentences) - 1} more"


def _listed(names: Sequence[str], count: int) -> str:
    if not names:
        return ""
    rest = count - len(names)
    shown = [*names, f"{rest} {'other' if rest == 1 else 'others'}"] if rest > 0 else list(names)
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
