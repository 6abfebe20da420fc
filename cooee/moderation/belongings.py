"""What this domain holds of a person: what they reported, what was decided about them, and what they decided."""

from sqlalchemy import Connection, delete, select, update

from cooee.kit.pages import rfc3339
from cooee.moderation import store
from cooee.moderation.tables import cases, moderators, reports, sanctions
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId

_ALL = 10_000


def tell(tx: Connection, person: PersonId) -> Told:
    """One's own reports, and what was decided about oneself. Who reported one, nobody is told."""
    named = tx.execute(select(moderators.c.since).where(moderators.c.person_id == person)).scalar_one_or_none()
    held = tx.execute(select(sanctions).where(sanctions.c.person_id == person))
    return {
        "moderation": {
            "reports": [
                {
                    "about": case.about,
                    "subject": case.subject,
                    "reason": said.reason,
                    "note": said.note,
                    "at": rfc3339(said.at),
                }
                for case, said in store.by(tx, person, _ALL)
            ],
            "decisions": [
                {
                    "about": case.about,
                    "excerpt": case.excerpt,
                    "decision": case.decision,
                    "at": rfc3339(case.decided_at) if case.decided_at else None,
                    "until": rfc3339(case.until) if case.until else None,
                    "words": case.words,
                }
                for case in store.against(tx, person, _ALL)
            ],
            "moderates_since": rfc3339(named) if named else None,
            "suspensions": [{"from": row.sanction, "until": rfc3339(row.until)} for row in held],
        }
    }


def erase(tx: Connection, person: PersonId) -> None:
    """Their reports go; the cases stay for those who are left."""
    theirs = select(reports.c.case_id).where(reports.c.reporter_id == person)
    tx.execute(update(cases).where(cases.c.id.in_(theirs)).values(reports=cases.c.reports - 1))
    tx.execute(delete(reports).where(reports.c.reporter_id == person))


BELONGINGS = Belongings(tell, erase)
