"""A Space with tickets that is hardly one: who ends it at once earns nothing with it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cooee.kit import outbox
from cooee.kit.clock import to_ms
from cooee.spaces import facts
from cooee.spaces.state import SpaceId
from cooee.tickets import store
from tests.notify.told import lines
from tests.payments.stripe import KEY, WEBHOOK_SECRET, Stripe
from tests.tickets.books import BACK, balanced, state
from tests.tickets.conftest import Fair
from tests.tickets.test_buying import account

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings(stripe: Stripe) -> dict[str, Any]:
    return {
        "hosting": "everyone",
        "ticketing": "everyone",
        "stripe_secret_key": KEY,
        "stripe_webhook_secret": WEBHOOK_SECRET,
        "stripe_url": stripe.url,
        "tests_may_reach_loopback": True,
    }


async def over(fair: Fair, space: str, begun: datetime, minutes: int) -> None:
    """It was over so long after it began: how long it was is all that is asked."""
    end = begun + timedelta(minutes=minutes)
    told = {"space": space, "reason": "host", "at": to_ms(end), "lasted_ms": minutes * 60_000}
    await fair.tools.db.write(lambda tx: outbox.put(tx, f"{facts.OVER}:{space}", facts.OVER, told, fair.clock.now()))
    await fair.work()


async def test_who_ends_it_at_once_gives_the_tickets_back_and_keeps_the_tips(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    await amara.put("me/selling", {"tips": True})
    assert (await amara.get("me/selling"))["least_minutes"] == 15
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    held = await cy.post(f"spaces/{space}/tickets", {})
    await amara.post(f"spaces/{space}/start")
    tip = await fair.tip(bo, space, 500)
    earned_at = (fair.clock.now() + timedelta(days=1, minutes=15)).isoformat(timespec="milliseconds")
    assert (await amara.get(f"spaces/{space}/tickets"))["earned_at"] == earned_at.replace("+00:00", "Z")
    assert (await bo.get(f"spaces/{space}/tickets"))["earned_at"] is None
    await amara.post(f"spaces/{space}/end")
    await fair.work()
    assert await state(bo, ticket) == ("refunded", "too_short")
    assert (await state(cy, held))[0] == "expired"
    assert await state(bo, tip) == ("paid", None)
    assert ("money_back", ["amara"], 1) in await lines(bo)
    await fair.pass_time(hours=48)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [485]
    assert await balanced(fair)


async def test_who_begins_long_before_the_time_and_ends_before_it_earns_nothing(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    early, late = await fair.sell(amara), await fair.sell(amara)
    tickets = [await fair.buy(bo, early), await fair.buy(cy, late)]
    announced = fair.clock.now() + timedelta(days=1)
    await over(fair, early, announced - timedelta(hours=3), 180 + 14)
    await over(fair, late, announced - timedelta(hours=3), 180 + 15)
    assert await state(bo, tickets[0]) == ("refunded", "too_short")
    assert await state(cy, tickets[1]) == ("paid", None)


async def test_who_leaves_it_to_others_at_once_earns_nothing(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = SpaceId(await fair.sell(amara))
    ticket = await fair.buy(bo, space)
    announced = fair.clock.now() + timedelta(days=1)
    left = announced + timedelta(minutes=5)
    await fair.tools.db.write(lambda tx: store.change_offer(tx, space, absent_since=left))
    await over(fair, space, announced, 19)
    assert await state(bo, ticket) == ("refunded", "too_short")
    assert await account(amara) == BACK


async def test_a_tip_that_is_paid_while_moderators_remove_the_space_goes_back(fair: Fair) -> None:
    amara = await fair.host()
    bo, ed = await fair.people("bo", "ed")
    await amara.put("me/selling", {"tips": True})
    space = await fair.announce(amara)
    await amara.post(f"spaces/{space}/start")
    tip = await bo.post(f"spaces/{space}/tips", {"amount": 500})
    paid = fair.stripe.pay(fair.stripe.of_sale(tip["id"]))
    await fair.made_admin(ed)
    await bo.post("reports", {"about": "space", "id": space, "reason": "spam"})
    (case,) = (await ed.get("moderation/cases"))["items"]
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": "remove"})
    await fair.tell(paid)
    assert await state(bo, tip) == ("refunded", "moderated")
