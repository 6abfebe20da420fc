"""Whether what a notice tells of is still so: an unlike, an unfollow or the end of a Space takes it back at once.

Looked up by key for each notice that is tested, so that a page reads no more than itself.
"""

from collections.abc import Iterable
from typing import Literal

from sqlalchemy import ColumnElement, FromClause, and_, false, literal, or_, select, true
from sqlalchemy.sql.elements import SQLColumnExpression

from cooee.kit.columns import DecimalId
from cooee.notify.rules import OUTLIVES, UNHIDDEN, Kind, News
from cooee.notify.tables import lines, notices
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.people.tables import data_exports, follow_requests, follows, people
from cooee.posts.tables import likes, posts
from cooee.schedule.tables import scheduled_spaces
from cooee.spaces.tables import spaces
from cooee.tickets.tables import line, payouts, sales

Text = SQLColumnExpression[str]


def may_hear(news: News) -> ColumnElement[bool]:
    """Whether `news` is so, and `by` is somebody of whom the person hears."""
    by = literal(news.by, DecimalId)
    # A cause is asked for what its kind has: a kind without a post never looks at one.
    post, space = literal(news.post or "", DecimalId), literal(news.space or "")
    outlives, unhidden = literal(news.kind in OUTLIVES), literal(news.kind in UNHIDDEN)
    return and_(_seen(news.person, by, outlives, unhidden), _holds(news.kind, news.person, by, post, space))


def shown(viewer: PersonId, kinds: Iterable[Kind]) -> ColumnElement[bool]:
    """For `notices` beside their `lines`: of these kinds, still so, and by somebody of whom the viewer hears."""
    by = notices.c.by_id
    causes = [and_(lines.c.kind == kind, _holds(kind, viewer, by, lines.c.post_id, lines.c.space_id)) for kind in kinds]
    seen = _seen(viewer, by, lines.c.kind.in_(OUTLIVES), lines.c.kind.in_(UNHIDDEN))
    return and_(seen, or_(false(), *causes))


def _seen(
    viewer: PersonId, by: Text, outlives: ColumnElement[bool], unhidden: ColumnElement[bool]
) -> ColumnElement[bool]:
    there = _exists(people, people.c.id == by, relations.there(people))
    return and_(or_(there, outlives), or_(unhidden, ~relations.hidden_from(viewer, by)))


def _holds(kind: Kind, viewer: PersonId, by: Text, post: Text, space: Text) -> ColumnElement[bool]:
    match kind:
        case "follow":
            return _exists(follows, follows.c.follower_id == by, follows.c.followed_id == viewer)
        case "follow_accepted":
            return _exists(follows, follows.c.follower_id == viewer, follows.c.followed_id == by)
        case "follow_request":
            return _exists(follow_requests, follow_requests.c.asker_id == by, follow_requests.c.asked_id == viewer)
        case "export":
            ready = and_(data_exports.c.person_id == viewer, data_exports.c.ready_at.is_not(None))
            return _exists(data_exports, ready)
        case "invited" | "accepted" | "reminder" | "soon" | "due" | "moved" | "canceled":
            return _space_is(kind, space)
        case "mention" | "reply" | "like" | "repost":
            return _of_post(kind, viewer, by, post)
        case "report_decided" | "moderated" | "money_back":
            return true()
        case "ticket" | "seat_free" | "payout_failed" | "refund_failed" | "refund_owed":
            return _of_ticket(kind, viewer, by, space)
        case "live" | "message":
            return false()


def _of_ticket(
    kind: Literal["ticket", "seat_free", "payout_failed", "refund_failed", "refund_owed"],
    viewer: PersonId,
    by: Text,
    space: Text,
) -> ColumnElement[bool]:
    if kind in ("refund_failed", "refund_owed"):
        theirs = sales.c.buyer_id == viewer if kind == "refund_failed" else true()
        return _exists(sales, theirs, sales.c.owing > 0)
    if kind == "payout_failed":
        theirs = and_(payouts.c.space_id == space, payouts.c.host_id == viewer)
        return _exists(payouts, theirs, payouts.c.state == "failed")
    if kind == "ticket":
        held = and_(sales.c.holder_id == viewer, sales.c.buyer_id == by, sales.c.state == "paid")
        return _exists(sales, sales.c.space_id == space, held)
    kept = and_(line.c.person_id == viewer, line.c.offered_until.is_not(None))
    return _exists(line, line.c.space_id == space, kept)


def _of_post(
    kind: Literal["mention", "reply", "like", "repost"], viewer: PersonId, by: Text, post: Text
) -> ColumnElement[bool]:
    theirs = posts.alias()
    match kind:
        case "like":
            return _exists(likes, likes.c.person_id == by, likes.c.post_id == post)
        case "repost":
            return _exists(theirs, theirs.c.author_id == by, theirs.c.repost_of == post)
        case "mention" | "reply":
            return and_(_exists(theirs, theirs.c.id == post), relations.readable_by(viewer, by))


def _space_is(kind: Kind, space: Text) -> ColumnElement[bool]:
    """Whether the Space still stands as the notice says."""
    if kind in ("invited", "accepted", "reminder"):
        return _exists(spaces, spaces.c.id == space, spaces.c.ended_at.is_(None))
    state = "canceled" if kind == "canceled" else "scheduled"
    return _exists(scheduled_spaces, scheduled_spaces.c.id == space, scheduled_spaces.c.state == state)


def _exists(source: FromClause, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(literal(1)).select_from(source).where(*where).correlate_except(source).exists()
