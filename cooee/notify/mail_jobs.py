"""Letters that are due: at least once, with a Message-ID that is the same for each repeat."""

from collections.abc import Mapping

import structlog
from sqlalchemy import Connection

from cooee.kit.mail import Mailer, MailFailed
from cooee.kit.outbox import Job
from cooee.kit.web import Toolbox
from cooee.kit.worker import MAIL, Handler, Inside, Later, Outside
from cooee.notify import due, followers, mailbox, writing
from cooee.notify.service import Desk
from cooee.notify.writing import Paper
from cooee.people.ids import PersonId

_MOST_ATTEMPTS = 12
_BATCH = 200
_log = structlog.get_logger(__name__)


def handlers(desk: Desk, paper: Paper, mailer: Mailer, tools: Toolbox) -> Mapping[str, Handler]:
    """What the worker does, by topic."""

    async def write(job: Job) -> None:
        person = PersonId(job.payload["person"])
        begun = tools.clock.now()
        key = f"{job.key}:{job.id}"
        letter = await tools.db.read(lambda tx: writing.letter(tx, desk, paper, person, key))
        if letter is None:
            return
        try:
            await mailer.send(letter)
        except MailFailed as failed:
            if failed.unknown:
                await tools.db.write(lambda tx: mailbox.note_refused(tx, person, letter.to))
                return
            if job.attempts >= _MOST_ATTEMPTS:
                _log.error("letter.given_up", reason=str(failed))
                return
            raise Later(str(failed)) from None
        # What came while it was being sent stands in the next.
        await tools.db.write(lambda tx: mailbox.note_mailed(tx, person, begun))

    def live(tx: Connection, job: Job) -> None:
        now = tools.clock.now()
        told = followers.who_want_letters(tx, PersonId(job.payload["host"]), PersonId(job.payload["after"]), _BATCH)
        for person in told if desk.writes else ():
            due.letter(tx, person, "live", now)
        if len(told) == _BATCH:
            due.next_letters(tx, {**job.payload, "after": told[-1]}, now)

    return {due.LETTER: Outside(write, MAIL), due.LIVE_LETTERS: Inside(live)}
