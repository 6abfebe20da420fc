"""Where what is pushed leads: the same as in the client's `notify/words.test.ts`."""

from datetime import UTC, datetime

import pytest

from cooee.notify.pushed import path_of
from cooee.notify.rules import KINDS, OFFICIAL, Kind
from cooee.notify.shapes import Excerpt, Notice
from cooee.people.cards import SpaceCard
from cooee.people.shapes import Person

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
DOV = Person(id="1", username="dov", display_name="Dov", picture_url=None, live_space=None)
POST = Excerpt(id="7", text="A kettle")
SPACE = SpaceCard(id="abc", title="Tea", state="live", host=DOV, speakers=[DOV], listeners=0, started_at=NOW, topics=[])
IN_SPACE = "/spaces/abc?from=notification"
LEADS: dict[Kind, str] = {
    **dict.fromkeys(("live", "invited", "accepted", "soon", "due", "reminder", "moved", "canceled"), IN_SPACE),
    **dict.fromkeys(("ticket", "seat_free"), IN_SPACE),
    **dict.fromkeys(("mention", "reply", "like", "repost"), "/posts/7"),
    **dict.fromkeys(("follow", "follow_accepted", "message"), "/people/dov"),
    **dict.fromkeys(OFFICIAL, "/settings/reports"),
    "follow_request": "/follow-requests",
    "export": "/settings/data",
    "money_back": "/tickets",
    "refund_failed": "/tickets",
    "payout_failed": "/settings/earnings",
    "refund_owed": "/settings/payments",
}


def notice(kind: Kind, count: int = 1) -> Notice:
    """A line as the node makes it: money comes with the Space that it was for."""
    leads = LEADS[kind]
    about_space = leads == IN_SPACE or kind in ("money_back", "payout_failed")
    return Notice(
        id="1",
        kind=kind,
        at=NOW,
        unread=True,
        people=[] if kind in OFFICIAL else [DOV],
        count=count,
        post=POST if leads == "/posts/7" else None,
        space=SPACE if about_space else None,
    )


def test_every_kind_leads_somewhere() -> None:
    assert set(LEADS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_leads_to_what_it_tells_of(kind: Kind) -> None:
    assert path_of(notice(kind), "ann") == LEADS[kind]


def test_what_was_canceled_by_a_host_who_left_leads_to_what_is_ahead() -> None:
    left = Notice(id="1", kind="canceled", at=NOW, unread=True, people=[], count=1, post=None, space=None, title="Tea")
    assert path_of(left, "ann") == "/upcoming"


def test_many_who_follow_are_ones_followers() -> None:
    assert path_of(notice("follow", 2), "ann") == "/people/ann/followers"
    assert path_of(notice("follow_request", 2), "ann") == "/follow-requests"
