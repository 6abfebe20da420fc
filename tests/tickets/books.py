"""What the ledger says, and how a Space comes to its end."""

from typing import Any

from sqlalchemy import func, select

from cooee.tickets.tables import ledger
from tests.tickets.conftest import Fair
from tests.visitor import Visitor

BACK = [("sale", 970), ("refund", -970)]


async def balanced(fair: Fair) -> bool:
    """Whether the ledger sums to zero, entry by entry."""
    query = select(func.sum(ledger.c.amount)).group_by(ledger.c.entry, ledger.c.currency)
    return set(await fair.tools.db.read(lambda tx: tx.execute(query).scalars().all())) <= {0}


async def balances(fair: Fair) -> dict[str, int]:
    """What each account has but those of hosts."""
    query = select(ledger.c.account, func.sum(ledger.c.amount)).group_by(ledger.c.account)
    found = await fair.tools.db.read(lambda tx: tx.execute(query).all())
    return {account: int(amount) for account, amount in found if not account.startswith("host:")}


async def ended(host: Visitor, space: str) -> None:
    await host.post(f"spaces/{space}/start")
    await host.post(f"spaces/{space}/end")


async def state(visitor: Visitor, ticket: Any) -> tuple[str, str | None]:
    shown = await visitor.get(f"me/tickets/{ticket['id']}")
    return shown["state"], shown["reason"]
