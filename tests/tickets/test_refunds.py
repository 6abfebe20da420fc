"""Money on its way back that goes another way: sent back by a buyer's bank, or given back in Stripe's own pages."""

from typing import Any

import pytest

from tests.notify.told import lines
from tests.tickets.books import BACK, balanced, balances, ended, state
from tests.tickets.conftest import Fair
from tests.tickets.test_buying import account
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def refused_by_bank(fair: Fair) -> tuple[Visitor, Visitor, Any]:
    """A host gives a ticket's money back, and the buyer's bank sends it back; buyer, administrator, ticket."""
    amara = await fair.host()
    bo, ed = await fair.people("bo", "ed")
    await fair.made_admin(ed)
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/tickets/sold/{ticket['id']}/refund")
    await fair.work()
    assert await state(bo, ticket) == ("refunded", "host")
    (refund,) = fair.stripe.given_back
    failed = fair.stripe.send_back(refund)
    await fair.tell(failed)
    await fair.tell({**failed, "id": "evt_again", "type": "charge.refund.updated"})
    return bo, ed, ticket


async def owing(visitor: Visitor, ticket: Any) -> tuple[str, int]:
    shown = await visitor.get(f"me/tickets/{ticket['id']}")
    return shown["state"], shown["owing"]


async def test_what_a_bank_sends_back_is_owed_to_the_buyer_who_hears_of_it_and_is_sent_again(fair: Fair) -> None:
    bo, ed, ticket = await refused_by_bank(fair)
    assert await owing(bo, ticket) == ("refunding", 1000)
    assert await balances(fair) == {"buyers": -1000, "owed": 1000, "share": 0, "platform": -59, "stripe": 59}
    assert ("refund_failed", [], 1) in [(kind, [], count) for kind, _, count in await lines(bo)]
    assert "refund_owed" in [kind for kind, _, _ in await lines(ed)]
    (troubled,) = (await ed.get("payments"))["sales"]
    assert (troubled["id"], troubled["owing"], troubled["buyer"]["username"]) == (ticket["id"], 1000, "bo")

    path = f"payments/sales/{ticket['id']}/refund"
    assert await bo.refused("POST", path) == (403, "administrators_only")
    books = await ed.post(path)
    assert books["sales"] == []
    assert [asked.get("reverse_transfer") for asked in fair.stripe.refunds] == ["true", None]
    assert await owing(bo, ticket) == ("refunded", 0)
    assert (await balances(fair))["owed"] == 0
    assert "refund_failed" not in [kind for kind, _, _ in await lines(bo)]
    assert await ed.refused("POST", path) == (409, "nothing_owed")
    # The second try may come back, too, and be tried again.
    for number in (2, 3):
        await fair.tell(fair.stripe.send_back(list(fair.stripe.given_back)[-1]))
        assert await owing(bo, ticket) == ("refunding", 1000)
        await ed.post(path)
        assert (await owing(bo, ticket), len(fair.stripe.refunds)) == (("refunded", 0), number + 1)
    assert await balanced(fair)


async def test_what_cannot_be_sent_again_is_settled_by_hand_once(fair: Fair) -> None:
    bo, ed, ticket = await refused_by_bank(fair)
    fair.stripe.refuses = True
    assert await ed.refused("POST", f"payments/sales/{ticket['id']}/refund") == (409, "refund_refused")
    path = f"payments/sales/{ticket['id']}/settled"
    assert await bo.refused("POST", path) == (403, "administrators_only")
    assert (await ed.post(path))["sales"] == []
    assert await owing(bo, ticket) == ("refunded", 0)
    assert (await balances(fair))["owed"] == 0
    assert await ed.refused("POST", path) == (409, "nothing_owed")
    await fair.desk.check(ticket["id"])
    assert await owing(bo, ticket) == ("refunded", 0)
    assert await balanced(fair)


async def test_a_try_of_which_nobody_heard_the_answer_is_not_made_twice(fair: Fair) -> None:
    bo, ed, ticket = await refused_by_bank(fair)
    path = f"payments/sales/{ticket['id']}/refund"
    fair.stripe.mute = True
    assert await ed.refused("POST", path) == (503, "payments_away")
    fair.stripe.mute = False
    fair.stripe.forget_keys()
    assert await ed.refused("POST", path) == (409, "nothing_owed")
    assert (await owing(bo, ticket), len(fair.stripe.refunds)) == (("refunded", 0), 2)


async def test_what_arrives_after_it_was_settled_by_hand_is_seen_in_the_books_alone(fair: Fair) -> None:
    bo, ed, ticket = await refused_by_bank(fair)
    fair.stripe.mute = True
    assert await ed.refused("POST", f"payments/sales/{ticket['id']}/refund") == (503, "payments_away")
    fair.stripe.mute = False
    await ed.post(f"payments/sales/{ticket['id']}/settled")
    await fair.desk.check(ticket["id"])
    assert await owing(bo, ticket) == ("refunded", 0)
    assert (await balances(fair))["owed"] == -1000
    assert await balanced(fair)


async def test_what_a_bank_sends_back_is_found_although_no_word_of_it_comes(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/cancel")
    await fair.work()
    (refund,) = fair.stripe.given_back
    fair.stripe.send_back(refund)
    await fair.pass_time(days=6)
    assert await owing(bo, ticket) == ("refunded", 0)
    await fair.pass_time(days=1)
    assert await owing(bo, ticket) == ("refunding", 1000)


async def test_what_the_operator_gives_again_in_stripes_pages_is_no_second_refund(fair: Fair) -> None:
    bo, _, ticket = await refused_by_bank(fair)
    _, told = fair.stripe.give_back(fair.stripe.of_sale(ticket["id"]), from_host=False)
    await fair.tell(told)
    assert await owing(bo, ticket) == ("refunded", 0)
    assert await balances(fair) == {"buyers": 0, "owed": 0, "share": 0, "platform": -59, "stripe": 59}


@pytest.mark.parametrize("from_host", [True, False])
async def test_all_of_it_given_back_in_stripes_pages_gives_the_seat_back(from_host: bool, fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara, seats=1)
    ticket = await fair.buy(bo, space)
    fee = 30 if from_host else 0
    _, told = fair.stripe.give_back(fair.stripe.of_sale(ticket["id"]), from_host=from_host, fee=fee)
    await fair.tell(told)
    await fair.tell({**told, "id": "evt_again", "type": "refund.created"})
    assert await state(bo, ticket) == ("refunded", "elsewhere")
    assert ("money_back", ["amara"], 1) in await lines(bo)
    # What was left with the host is taken back, once.
    assert len(fair.stripe.reversals) == (not from_host)
    assert sum(amount for _, amount in await account(amara)) == 0
    assert await balances(fair) == {"buyers": 0, "share": 0, "platform": -59, "stripe": 59}
    assert (await amara.get("me/earnings"))["earned_usd"] == 0
    assert (await fair.buy(cy, space))["state"] == "paid"
    assert await balanced(fair)


@pytest.mark.parametrize(
    ("from_host", "fee", "host", "share", "platform"),
    [(True, 9, 679, 21, 0), (True, 0, 670, 30, 0), (False, 0, 970, 30, -300)],
)
async def test_some_of_it_given_back_keeps_the_seat_and_whoever_the_operator_chose_bears_it(
    from_host: bool, fee: int, host: int, share: int, platform: int, fair: Fair
) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    refund, told = fair.stripe.give_back(fair.stripe.of_sale(ticket["id"]), 300, from_host=from_host, fee=fee)
    for event in (told, {**told, "id": "evt_again"}):
        await fair.tell(event)
    shown = await bo.get(f"me/tickets/{ticket['id']}")
    assert (shown["state"], shown["returned"]) == ("paid", 300)
    assert await balances(fair) == {"buyers": -700, "share": share, "platform": platform - 59, "stripe": 59}
    assert sum(amount for _, amount in await account(amara)) == host
    assert (await amara.get("me/earnings"))["earned_usd"] == 700
    # The bank sends it back: it is owed, and the ticket is as good as before.
    await fair.tell(fair.stripe.send_back(refund))
    assert await owing(bo, ticket) == ("paid", 300)
    # What the host gives back then is the rest.
    await amara.post(f"spaces/{space}/cancel")
    await fair.work()
    assert await owing(bo, ticket) == ("refunding", 300)
    (transfer,) = fair.stripe.transfers.values()
    assert transfer["amount_reversed"] == 1000
    assert sum(amount for _, amount in await account(amara)) == 0
    assert (await amara.get("me/earnings"))["earned_usd"] == 0
    assert await balanced(fair)


async def test_the_rest_of_what_was_given_back_in_part_is_paid_out(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    _, told = fair.stripe.give_back(fair.stripe.of_sale(ticket["id"]), 300, fee=9)
    await fair.tell(told)
    await ended(amara, space)
    await fair.pass_time(hours=48)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [679]


async def test_the_last_part_gives_the_seat_back(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    page = fair.stripe.of_sale(ticket["id"])
    _, first = fair.stripe.give_back(page, 300, from_host=False)
    _, second = fair.stripe.give_back(page, 700, fee=21)
    # The second is told of first.
    await fair.tell(second)
    await fair.tell(first)
    assert await state(bo, ticket) == ("refunded", "elsewhere")
    assert len(fair.stripe.reversals) == 1
    assert await balances(fair) == {"buyers": 0, "share": 0, "platform": -59, "stripe": 59}
    assert sum(amount for _, amount in await account(amara)) == 0


async def test_a_bank_that_claims_what_is_left_takes_no_more_and_gives_no_more(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    page = fair.stripe.of_sale(ticket["id"])
    await fair.tell(fair.stripe.give_back(page, 300, fee=9)[1])
    await fair.tell(fair.stripe.dispute(page))
    assert await state(bo, ticket) == ("void", "chargeback")
    assert sum(amount for _, amount in await account(amara)) == 0
    (dispute,) = fair.stripe.disputes
    await fair.tell(fair.stripe.decide(dispute, "won"))
    assert sum(amount for _, amount in await account(amara)) == 679
    (made,) = [each for each in fair.stripe.transfers.values() if each.get("transfer_group")]
    assert made["amount"] == 679
    assert (await amara.get("me/earnings"))["earned_usd"] == 700
    assert await balanced(fair)


async def test_what_the_host_gives_back_while_the_operator_does_reaches_the_buyer_once(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    _, told = fair.stripe.give_back(fair.stripe.of_sale(ticket["id"]), fee=30)
    # Nobody has heard of it when the host decides.
    await amara.post(f"spaces/{space}/tickets/sold/{ticket['id']}/refund")
    await fair.work()
    await fair.tell(told)
    assert await owing(bo, ticket) == ("refunded", 0)
    assert fair.stripe.refunds == []
    assert await account(amara) == BACK
    assert await balanced(fair)
