"""A Space that was sold and is over: until its host is paid out, moderators can have the money given back."""

import pytest

from tests.notify.told import lines
from tests.tickets.books import BACK, balanced, ended, state
from tests.tickets.conftest import Fair
from tests.tickets.test_buying import account
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def reported(fair: Fair, by: Visitor, space: str) -> Visitor:
    """Somebody reports it; who can decide."""
    await by.post("reports", {"about": "space", "id": space, "reason": "spam", "note": "Silence for an hour"})
    (ed,) = await fair.people("ed")
    await fair.made_admin(ed)
    return ed


async def test_what_was_a_fraud_is_given_back_after_the_end(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, di = await fair.people("bo", "cy", "di")
    space = await fair.sell(amara)
    tickets = [await fair.buy(bo, space), await fair.buy(cy, space)]
    await amara.post(f"spaces/{space}/tickets/given", {"people": [di.id]})
    await ended(amara, space)
    await fair.work()
    ed = await reported(fair, bo, space)
    # The case holds the payout back, however long it takes.
    await fair.pass_time(hours=60)
    assert not fair.stripe.payouts
    (case,) = (await ed.get("moderation/cases"))["items"]
    whole = await ed.get(f"moderation/cases/{case['id']}")
    assert whole["payers"] == 2
    assert "give_back" in whole["decisions"]
    assert "remove" not in whole["decisions"], "there is no recording of it"
    await fair.decided(ed, "give_back")
    assert [await state(bo, tickets[0]), await state(cy, tickets[1])] == [("refunded", "moderated")] * 2
    assert sorted(await account(amara)) == sorted(BACK * 2)
    assert ("money_back", ["amara"], 1) in await lines(bo)
    await fair.pass_time(hours=60)
    assert not fair.stripe.payouts
    assert await balanced(fair)


async def test_beside_a_suspension_the_money_goes_back_if_it_is_decided_so(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await ended(amara, space)
    ed = await reported(fair, bo, space)
    (case,) = (await ed.get("moderation/cases"))["items"]
    decision = {"decision": "suspend_hosting", "days": 7, "give_back": True}
    assert (await ed.post(f"moderation/cases/{case['id']}/decision", decision))["payers"] == 0
    await fair.work()
    assert await state(bo, ticket) == ("refunded", "moderated")
    assert (await amara.get("me/moderation"))["suspended"][0]["sanction"] == "hosting"


async def test_nothing_is_paid_out_between_the_decision_and_what_follows(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await ended(amara, space)
    ed = await reported(fair, bo, space)
    await fair.pass_time(hours=49)
    (case,) = (await ed.get("moderation/cases"))["items"]
    fair.clock.advance(fair.desk.till.terms.least)
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": "give_back"})
    await fair.pass_time(hours=2)
    assert not fair.stripe.payouts
    assert await account(amara) == BACK


async def test_what_the_host_has_already_moderators_cannot_give_back(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await ended(amara, space)
    await fair.pass_time(hours=48)
    assert len(fair.stripe.payouts) == 1
    ed = await reported(fair, bo, space)
    (case,) = (await ed.get("moderation/cases"))["items"]
    whole = await ed.get(f"moderation/cases/{case['id']}")
    assert (whole["payers"], "give_back" in whole["decisions"]) == (0, False)
    path = f"moderation/cases/{case['id']}/decision"
    for asked in ({"decision": "give_back"}, {"decision": "suspend_hosting", "give_back": True}):
        assert await ed.refused("POST", path, json=asked) == (409, "nothing_to_give_back")
    assert (await state(bo, ticket))[0] == "paid"


async def test_a_case_about_a_listener_gives_nothing_of_the_hosts_back(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await ended(amara, space)
    await bo.post("reports", {"about": "person", "id": cy.id, "reason": "abuse", "space": space})
    (ed,) = await fair.people("ed")
    await fair.made_admin(ed)
    (case,) = (await ed.get("moderation/cases"))["items"]
    assert (await ed.get(f"moderation/cases/{case['id']}"))["payers"] == 0
