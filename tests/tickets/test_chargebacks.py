"""What banks take back, and what a host owes then."""

import pytest

from tests.tickets.books import BACK, balanced, ended, state
from tests.tickets.conftest import Fair
from tests.tickets.test_buying import account
from tests.visitor import ORIGIN

pytestmark = pytest.mark.anyio


async def test_what_a_bank_takes_back_voids_the_ticket_and_closes_the_door(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    door = await bo.post(f"spaces/{space}/join")
    disputed = fair.stripe.dispute(fair.stripe.of_sale(ticket["id"]))
    await fair.tell(disputed)
    await fair.tell({**disputed, "id": "evt_twice"})
    assert await state(bo, ticket) == ("void", "chargeback")
    assert await account(amara) == [("sale", 970), ("chargeback", -970)]
    assert len(fair.stripe.reversals) == 1
    assert await bo.refused("POST", f"spaces/{space}/join") == (402, "ticket_needed")
    # The address that was good a moment ago is none any more.
    sdp = {"content": b"v=0\r\n", "headers": {"content-type": "application/sdp"}}
    assert await fair.guest.refused("POST", door["whep_url"].removeprefix(ORIGIN), **sdp) == (401, "grant_expired")


async def test_a_bank_that_loses_its_case_leaves_the_money_with_the_host_and_the_ticket_void(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    disputed = fair.stripe.dispute(fair.stripe.of_sale(ticket["id"]))
    await fair.tell(disputed)
    won = fair.stripe.decide(disputed["data"]["object"]["id"], "won")
    for event in (won, {**won, "id": "evt_again"}):
        await fair.tell(event)
    assert await state(bo, ticket) == ("void", "chargeback")
    assert sorted(await account(amara)) == [("chargeback", -970), ("chargeback_won", 970), ("sale", 970)]
    ((made),) = [each for each in fair.stripe.transfers.values() if each.get("transfer_group")]
    assert (made["amount"], made["destination"]) == (970, next(iter(fair.stripe.accounts)))
    assert (await amara.get("me/earnings"))["earned_usd"] == 1000
    assert await balanced(fair)


@pytest.mark.parametrize(
    ("status", "after"), [("warning_needs_response", "paid"), ("under_review", "void"), ("lost", "void")]
)
async def test_a_question_of_a_bank_takes_nothing_and_a_claim_does(status: str, after: str, fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await fair.tell(fair.stripe.dispute(fair.stripe.of_sale(ticket["id"]), status))
    assert (await state(bo, ticket))[0] == after
    assert len(fair.stripe.reversals) == (after == "void")


async def test_a_claim_of_which_is_told_before_the_payment_is_known(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    held = await bo.post(f"spaces/{space}/tickets", {})
    page = fair.stripe.of_sale(held["id"])
    paid = fair.stripe.pay(page)
    await fair.tell(fair.stripe.dispute(page))
    await fair.tell(paid)
    assert await state(bo, held) == ("void", "chargeback")
    assert await account(amara) == [("sale", 970), ("chargeback", -970)]


@pytest.mark.parametrize("recovered", [True, False])
async def test_what_a_bank_takes_while_it_is_given_back_reaches_the_buyer_once(recovered: bool, fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    disputed = fair.stripe.dispute(fair.stripe.of_sale(ticket["id"]))
    fair.stripe.short = not recovered
    await amara.post(f"spaces/{space}/tickets/sold/{ticket['id']}/refund")
    await fair.work()
    fair.stripe.short = False
    assert (fair.stripe.refunds, len(fair.stripe.reversals)) == ([], recovered)
    assert await state(bo, ticket) == ("void", "chargeback")
    assert await account(amara) == BACK
    # The bank loses its case: the money is the buyer's all the same, and the host's part is taken back once.
    won = fair.stripe.decide(disputed["data"]["object"]["id"], "won")
    for event in (won, {**won, "id": "evt_again"}):
        await fair.tell(event)
    (refund,) = fair.stripe.refunds
    assert ("reverse_transfer" in refund, "refund_application_fee" in refund) == (not recovered, not recovered)
    assert (await state(bo, ticket))[0] == "refunded"
    assert await account(amara) == BACK
    assert not [each for each in fair.stripe.transfers.values() if each.get("transfer_group")]
    assert (await amara.get("me/earnings"))["earned_usd"] == 0
    assert await balanced(fair)


async def test_what_alone_was_sold_and_comes_back_from_the_bank_after_the_end_is_paid_out(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    disputed = fair.stripe.dispute(fair.stripe.of_sale(ticket["id"]))
    await fair.tell(disputed)
    await ended(amara, space)
    await fair.pass_time(hours=48)
    assert not fair.stripe.payouts
    await fair.tell(fair.stripe.decide(disputed["data"]["object"]["id"], "won"))
    await fair.pass_time(hours=1)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [970]
    assert await balanced(fair)


async def test_what_the_host_has_not_is_taken_back_when_they_have_it(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    fair.stripe.short = True
    await fair.tell(fair.stripe.dispute(fair.stripe.of_sale(ticket["id"])))
    assert fair.stripe.reversals == []
    fair.stripe.short = False
    await fair.pass_time(hours=1)
    assert len(fair.stripe.reversals) == 1


async def test_what_a_host_owes_of_a_space_that_was_paid_out_is_set_off_from_the_next(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    first = await fair.sell(amara)
    ticket = await fair.buy(bo, first)
    await ended(amara, first)
    await fair.pass_time(hours=48)
    await fair.tell(fair.stripe.dispute(fair.stripe.of_sale(ticket["id"])))
    assert (await amara.get("me/earnings"))["balances"][0]["amount"] == -970
    spaces = [await fair.sell(amara), await fair.sell(amara, price=2500)]
    for buyer, space in zip((bo, cy), spaces, strict=True):
        await fair.buy(buyer, space)
    for space in spaces:
        await ended(amara, space)
    await fair.pass_time(hours=48)
    # Both at the same moment, and the debt counts once.
    assert sum(payout["amount"] for payout in fair.stripe.payouts.values()) == 970 + 970 + 2425 - 970
    assert (await amara.get("me/earnings"))["balances"][0]["amount"] == 0
    # What the bank gives back after all is sent after it.
    (dispute,) = fair.stripe.disputes
    await fair.tell(fair.stripe.decide(dispute, "won"))
    assert sum(payout["amount"] for payout in fair.stripe.payouts.values()) == 970 + 970 + 2425
    assert await balanced(fair)
