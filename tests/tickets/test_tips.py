"""Tips: money without a seat."""

import pytest

from tests.tickets.conftest import Fair
from tests.tickets.test_buying import account

pytestmark = pytest.mark.anyio


async def test_a_tip_goes_the_same_way_without_a_seat(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.announce(amara)
    await amara.post(f"spaces/{space}/start")
    assert await bo.refused("POST", f"spaces/{space}/tips", json={"amount": 500}) == (409, "no_tips")
    assert (await amara.put("me/selling", {"tips": True}))["tips"] is True
    assert (await bo.get(f"spaces/{space}/tickets"))["tips"] == {"currency": "usd", "least": 100, "most": 99_900}
    assert await bo.refused("POST", f"spaces/{space}/tips", json={"amount": 1}) == (422, "price_not_possible")
    tip = await bo.post(f"spaces/{space}/tips", {"amount": 500})
    await fair.tell(fair.stripe.pay(fair.stripe.of_sale(tip["id"])))
    assert await account(amara) == [("sale", 485)]
    await amara.post(f"spaces/{space}/end")
    await fair.pass_time(hours=48)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [485]


async def test_no_tips_are_taken_in_another_currency_than_that_of_the_tickets(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    await amara.put("me/selling", {"tips": True})
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    assert (await bo.get(f"spaces/{space}/tickets"))["tips"]["currency"] == "usd"
    # The host has moved.
    (payable,) = fair.stripe.accounts.values()
    payable["default_currency"] = "eur"
    assert (await amara.post("me/payout-account/check"))["currency"] == "eur"
    assert (await bo.get(f"spaces/{space}/tickets"))["tips"] is None
    assert await bo.refused("POST", f"spaces/{space}/tips", json={"amount": 500}) == (409, "no_tips")
