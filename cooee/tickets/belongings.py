"""What this domain holds of a person. The ledger stays, and names nobody: with `payees` goes who was meant."""

from sqlalchemy import Connection, or_, select

from cooee.kit.pages import rfc3339
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId
from cooee.tickets import ledger as books
from cooee.tickets import store
from cooee.tickets.tables import ledger, line, offers, payouts, sales


def tell(tx: Connection, person: PersonId) -> Told:
    """What one bought and sold, for what one waits, and one's lines of the ledger."""
    theirs = or_(sales.c.buyer_id == person, sales.c.holder_id == person, sales.c.host_id == person)
    waits = tx.execute(select(line).where(line.c.person_id == person).order_by(line.c.at))
    offered = tx.execute(select(offers).where(offers.c.host_id == person).order_by(offers.c.made_at))
    payee = store.payee(tx, person)
    account = books.host(payee.party) if payee else ""
    booked = tx.execute(select(ledger).where(ledger.c.account == account).order_by(ledger.c.id))
    sent = tx.execute(select(payouts).where(payouts.c.host_id == person).order_by(payouts.c.due_at))
    return {
        "tickets": {
            "sales": [
                {
                    "kind": row.kind,
                    "space": row.space_id,
                    "as": "host" if row.host_id == person else "buyer" if row.buyer_id == person else "holder",
                    "amount": row.amount,
                    "currency": row.currency,
                    "code": row.code if row.holder_id == person or row.buyer_id == person else None,
                    "state": row.state,
                    "returned": row.returned if row.buyer_id == person or row.host_id == person else None,
                    "owing": row.owing if row.buyer_id == person else None,
                    "at": rfc3339(row.made_at),
                }
                for row in tx.execute(select(sales).where(theirs).order_by(sales.c.id))
            ],
            "waiting": [{"space": row.space_id, "since": rfc3339(row.at)} for row in waits],
            "offers": [
                {"space": row.space_id, "price": row.price, "currency": row.currency, "seats": row.seats}
                for row in offered
            ],
        },
        "earnings": {
            "payout_account": payee.account if payee else None,
            "earned_usd": payee.earned_usd if payee else 0,
            "ledger": [
                {"at": rfc3339(row.at), "kind": row.kind, "amount": row.amount, "currency": row.currency}
                for row in booked
            ],
            "payouts": [
                {"space": row.space_id, "amount": row.amount, "currency": row.currency, "state": row.state}
                for row in sent
            ],
        },
    }


BELONGINGS = Belongings(tell)
