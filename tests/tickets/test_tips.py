"""Tips: money without a seat, for whoever is the host when they are given."""

from datetime import timedelta

import pytest

from cooee.people import store as people_store
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.tickets import settling
from tests.notify.told import lines
from tests.tickets.books import balanced, state
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
    await fair.tip(bo, space, 500)
    assert await account(amara) == [("sale", 485)]
    await amara.post(f"spaces/{space}/end")
    await fair.pass_time(hours=48)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [485]


async def test_what_comes_in_two_currencies_is_paid_out_in_both(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    await amara.put("me/selling", {"tips": True})
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await fair.buy(cy, space)
    await amara.post(f"spaces/{space}/start")
    await fair.tip(bo, space, 500)
    # The host has moved.
    (payable,) = fair.stripe.accounts.values()
    payable["default_currency"] = "eur"
    assert (await amara.post("me/payout-account/check"))["currency"] == "eur"
    assert (await cy.get(f"spaces/{space}/tickets"))["tips"]["currency"] == "eur"
    await fair.tip(cy, space, 700)
    await amara.post(f"spaces/{space}/end")
    await fair.pass_time(hours=48)
    assert sorted((sent["currency"], sent["amount"]) for sent in fair.stripe.payouts.values()) == [
        ("eur", 679),
        ("usd", 2 * 970 + 485),
    ]
    for id in list(fair.stripe.payouts):
        await fair.tell(fair.stripe.arrive(id))
    earned = await amara.get("me/earnings")
    assert [(one["currency"], one["payout"]) for one in earned["spaces"]] == [("eur", "paid"), ("usd", "paid")]
    assert {one["amount"] for one in earned["balances"]} == {0}
    assert await balanced(fair)


async def test_a_tip_reaches_whoever_was_the_host_when_it_was_given(fair: Fair) -> None:
    amara, bo = await fair.host(), await fair.host("bo")
    (cy,) = await fair.people("cy")
    for host in (amara, bo):
        await host.put("me/selling", {"tips": True})
    space = await fair.announce(amara, policy="everyone")
    await amara.post(f"spaces/{space}/start")
    await fair.tip(cy, space, 500)
    await bo.post(f"spaces/{space}/join")
    await bo.post(f"spaces/{space}/requests")
    await amara.put(f"spaces/{space}/host/{bo.id}")
    await fair.tip(cy, space, 1000)
    await bo.post(f"spaces/{space}/end")
    await fair.pass_time(hours=47)
    # Moderators look at one of them: the other is paid all the same.
    await cy.post("reports", {"about": "person", "id": bo.id, "reason": "spam"})
    await fair.pass_time(hours=1)
    by_account = {sent["account"]: sent["amount"] for sent in fair.stripe.payouts.values()}
    first, second = fair.stripe.accounts
    assert by_account == {first: 485}
    ed = (await fair.people("ed"))[0]
    await fair.tools.db.write(lambda tx: people_store.change(tx, PersonId(ed.id), {"admin": True}))
    (case,) = (await ed.get("moderation/cases"))["items"]
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": "dismiss"})
    await fair.pass_time(hours=1)
    by_account = {sent["account"]: sent["amount"] for sent in fair.stripe.payouts.values()}
    assert by_account == {first: 485, second: 970}
    # A bank sends one of them back: it is theirs who earned it, and they alone hear of it.
    back = next(id for id, sent in fair.stripe.payouts.items() if sent["account"] == second)
    await fair.tell(fair.stripe.arrive(back, "failed"))
    assert [kind for kind, _, _ in await lines(bo) if kind == "payout_failed"] == ["payout_failed"]
    assert [kind for kind, _, _ in await lines(amara) if kind == "payout_failed"] == []
    assert [(one["payout"], one["paid_out"]) for one in (await bo.get("me/earnings"))["spaces"]] == [("failed", 0)]
    assert [one["payout"] for one in (await amara.get("me/earnings"))["spaces"]] == ["sent"]
    await fair.pass_time(days=1)
    assert sorted(sent["amount"] for sent in fair.stripe.payouts.values()) == [485, 970, 970]
    assert await balanced(fair)


async def test_a_seller_who_is_away_does_not_give_back_what_another_was_tipped(fair: Fair) -> None:
    amara, bo = await fair.host(), await fair.host("bo")
    (cy,) = await fair.people("cy")
    await bo.put("me/selling", {"tips": True})
    space = SpaceId(await fair.sell(amara, policy="everyone"))
    ticket = await fair.buy(cy, space)
    await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    await bo.post(f"spaces/{space}/join")
    await bo.post(f"spaces/{space}/requests")
    await amara.put(f"spaces/{space}/host/{bo.id}")
    tip = await fair.tip(cy, space, 500)
    since, ids = fair.clock.now() - timedelta(minutes=15), fair.tools.ids
    now = fair.clock.now()
    await fair.tools.db.write(lambda tx: settling.absent(tx, ids, space, (since,), now))
    await fair.work()
    assert await state(cy, ticket) == ("refunded", "host_absent")
    assert await state(cy, tip) == ("paid", None)
