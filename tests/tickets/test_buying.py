"""Offering and buying over HTTP, against a stand-in for Stripe, on both databases."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from cooee.tickets import live
from cooee.tickets.tables import ledger, sales
from tests.payments.stripe import signed
from tests.tickets.conftest import Fair
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def account(visitor: Visitor) -> list[tuple[str, int]]:
    """Kind and amount of each line of somebody's account, the largest first: of one moment, none is earlier."""
    lines = (await visitor.get("me/earnings/lines"))["items"]
    return sorted(((line["kind"], line["amount"]) for line in lines), key=lambda line: -line[1])


def sums(tx: Connection) -> set[int]:
    return set(tx.execute(select(func.sum(ledger.c.amount)).group_by(ledger.c.entry)).scalars())


async def test_a_ticket_is_bought_and_lets_in(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    held = await bo.post(f"spaces/{space}/tickets", {})
    assert (held["state"], held["amount"], held["currency"]) == ("held", 1000, "usd")
    assert held["checkout_url"].startswith(fair.stripe.url)
    page = fair.stripe.sessions[fair.stripe.of_sale(held["id"])]
    assert page["expires_at"] - fair.clock.now().timestamp() >= 30 * 60
    await amara.post(f"spaces/{space}/start")
    assert await bo.refused("POST", f"spaces/{space}/join") == (402, "ticket_needed")
    await fair.tell(fair.stripe.pay(page["id"]))
    assert (await bo.get(f"spaces/{space}/tickets"))["mine"]["state"] == "paid"
    assert (await bo.post(f"spaces/{space}/join"))["role"] == "listener"
    assert await cy.refused("POST", f"spaces/{space}/join") == (402, "ticket_needed")
    assert await fair.guest.refused("POST", f"spaces/{space}/join") == (402, "ticket_needed")
    assert (await amara.post(f"spaces/{space}/join"))["role"] == "host"
    assert await account(amara) == [("sale", 970)]
    assert await fair.tools.db.read(sums) == {0}


async def test_without_a_ticket_nothing_is_opened_by_whatever_door(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    await amara.post(f"spaces/{space}/start")
    sdp = {"content": b"v=0\r\n", "headers": {"content-type": "application/sdp"}}
    for method, path, parts in (
        ("POST", f"spaces/{space}/join", {}),
        ("POST", f"/whep/{space}", sdp),
        ("POST", f"/whip/{space}", sdp),
        ("POST", f"spaces/{space}/requests", {"json": {}}),
    ):
        assert await bo.refused(method, path, **parts) == (402, "ticket_needed")
    problem = (await bo.send("POST", f"spaces/{space}/join")).json()
    assert (problem["price"], problem["currency"]) == (1000, "usd")


async def test_events_count_once_in_any_order_and_late(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    held = await bo.post(f"spaces/{space}/tickets", {})
    page = fair.stripe.of_sale(held["id"])
    expired = fair.stripe.event("checkout.session.expired", dict(fair.stripe.sessions[page]))
    paid = fair.stripe.pay(page)
    for event in (expired, paid, paid, expired, {**paid, "id": "evt_again"}):
        await fair.tell(event)
    assert (await bo.get(f"me/tickets/{held['id']}"))["state"] == "paid"
    assert await account(amara) == [("sale", 970)]


async def test_what_nobody_told_of_is_found_all_the_same(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    one, two = [await who.post(f"spaces/{space}/tickets", {}) for who in (bo, cy)]
    for held in (one, two):
        fair.stripe.pay(fair.stripe.of_sale(held["id"]))
    # The page to which the buyer comes back asks.
    assert (await bo.get(f"me/tickets/{one['id']}"))["state"] == "paid"
    # And who never came back is found when the hold is over.
    await fair.pass_time(minutes=30)
    assert (await cy.get(f"spaces/{space}/tickets"))["mine"]["state"] == "paid"


async def test_an_event_that_stripe_did_not_sign_is_refused(fair: Fair) -> None:
    body, signature = signed(fair.stripe.event("account.updated", {"id": "acct_1"}), "whsec_other")
    for given in (signature, "t=1,v1=00", ""):
        headers = {"stripe-signature": given}
        refused = await fair.guest.refused("POST", "payments/events", content=body, headers=headers)
        assert refused == (400, "bad_signature")


async def test_what_stripe_signed_long_ago_is_nobodys_to_send_again(fair: Fair) -> None:
    body, signature = signed(fair.stripe.event("account.updated", {"id": "acct_1"}), ago_s=600)
    headers = {"stripe-signature": signature}
    refused = await fair.guest.refused("POST", "payments/events", content=body, headers=headers)
    assert refused == (400, "bad_signature")


async def test_whoever_asks_again_and_again_has_stripe_asked_so_often_only(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_LOOKS", "2 per hour")
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    held = await bo.post(f"spaces/{space}/tickets", {})
    for _ in range(2):
        assert (await bo.get(f"me/tickets/{held['id']}"))["state"] == "held"
    paid = fair.stripe.pay(fair.stripe.of_sale(held["id"]))
    assert (await bo.get(f"me/tickets/{held['id']}"))["state"] == "held", "nobody has told us, and nobody is asked"
    await fair.tell(paid)
    assert (await bo.get(f"me/tickets/{held['id']}"))["state"] == "paid"


async def test_a_seat_is_held_for_half_an_hour_and_then_given_on(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara, seats=1)
    held = await bo.post(f"spaces/{space}/tickets", {})
    assert (await bo.post(f"spaces/{space}/tickets", {}))["id"] == held["id"]
    assert await cy.refused("POST", f"spaces/{space}/tickets", json={}) == (409, "sold_out")
    await fair.pass_time(minutes=29)
    assert await cy.refused("POST", f"spaces/{space}/tickets", json={}) == (409, "sold_out")
    await fair.pass_time(minutes=1)
    assert fair.stripe.sessions[fair.stripe.of_sale(held["id"])]["status"] == "expired"
    assert (await fair.buy(cy, space))["state"] == "paid"


async def test_who_leaves_the_page_frees_the_seat(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara, seats=1)
    held = await bo.post(f"spaces/{space}/tickets", {})
    await bo.delete(f"spaces/{space}/tickets/mine")
    await fair.work()
    assert fair.stripe.sessions[fair.stripe.of_sale(held["id"])]["status"] == "expired"
    assert (await fair.buy(cy, space))["state"] == "paid"


async def test_a_payment_on_an_expired_hold_is_refunded(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    held = await bo.post(f"spaces/{space}/tickets", {})
    page = fair.stripe.of_sale(held["id"])
    await fair.pass_time(minutes=30)
    # Stripe had taken the card a moment before it closed the page.
    fair.stripe.sessions[page]["status"] = "open"
    await fair.tell(fair.stripe.pay(page))
    shown = await bo.get(f"me/tickets/{held['id']}")
    assert (shown["state"], shown["reason"]) == ("refunded", "late")
    (refund,) = fair.stripe.refunds
    assert (refund["reverse_transfer"], refund["refund_application_fee"]) == ("true", "true")
    assert await account(amara) == [("sale", 970), ("refund", -970)]


async def test_of_a_hundred_buyers_at_once_one_gets_the_last_seat(fair: Fair) -> None:
    amara = await fair.host()
    buyers = await fair.people(*(f"buyer_{number}" for number in range(100)))
    space = await fair.sell(amara, seats=1)
    answers = await asyncio.gather(*(buyer.send("POST", f"spaces/{space}/tickets", json={}) for buyer in buyers))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 99
    held = await fair.tools.db.read(lambda tx: tx.execute(select(func.count()).select_from(sales)).scalar_one())
    assert held == 1


async def test_a_code_makes_cheaper_as_often_as_it_may(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    await amara.put(f"spaces/{space}/tickets/codes/friends", {"per_cent": 40, "uses": 1})
    assert await bo.refused("POST", f"spaces/{space}/tickets", json={"code": "enemies"}) == (422, "code_unknown")
    assert (await fair.buy(bo, space, code="Friends"))["amount"] == 600
    assert await cy.refused("POST", f"spaces/{space}/tickets", json={"code": "FRIENDS"}) == (422, "code_unknown")
    (code,) = (await amara.get(f"spaces/{space}/tickets/sold"))["codes"]
    assert code == {"code": "FRIENDS", "per_cent": 40, "uses": 1, "used": 1}


async def test_a_code_that_its_host_took_back_makes_nothing_cheaper(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    await amara.put(f"spaces/{space}/tickets/codes/friends", {"per_cent": 40, "uses": 1})
    assert await bo.refused("DELETE", f"spaces/{space}/tickets/codes/friends") == (403, "host_only")
    assert (await amara.delete(f"spaces/{space}/tickets/codes/friends"))["codes"] == []
    assert await bo.refused("POST", f"spaces/{space}/tickets", json={"code": "friends"}) == (422, "code_unknown")
    assert (await fair.buy(bo, space))["amount"] == 1000


async def test_what_costs_nothing_never_touches_stripe_nor_asks_what_money_is_worth(fair: Fair) -> None:
    # Of zlotys the bank says nothing.
    amara = await fair.host(currency="pln")
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    await amara.put(f"spaces/{space}/tickets/codes/free", {"per_cent": 100, "uses": 5})
    asked = len(fair.stripe.requests)
    assert (await bo.post(f"spaces/{space}/tickets", {"code": "free"}))["state"] == "paid"
    assert await cy.refused("POST", f"spaces/{space}/tickets", json={}) == (503, "payments_away")
    sold = await amara.post(f"spaces/{space}/tickets/given", {"people": [cy.id]})
    assert {(sale["holder"]["username"], sale["amount"]) for sale in sold["sold"]} == {("bo", 0), ("cy", 0)}
    await amara.post(f"spaces/{space}/start")
    for person in (bo, cy):
        await person.post(f"spaces/{space}/join")
    assert len(fair.stripe.requests) == asked
    assert await account(amara) == []


async def test_a_gift_is_the_holders(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    gift = await fair.buy(bo, space, for_person=cy.id)
    assert (gift["holder"]["username"], gift["buyer"]["username"]) == ("cy", "bo")
    await amara.post(f"spaces/{space}/start")
    await cy.post(f"spaces/{space}/join")
    assert await bo.refused("POST", f"spaces/{space}/join") == (402, "ticket_needed")
    assert await cy.refused("POST", f"spaces/{space}/tickets", json={}) == (409, "has_ticket")


async def test_a_gift_that_is_not_paid_keeps_nobody_from_their_own_seat(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    one, two = await fair.sell(amara), await fair.sell(amara)
    gifts = [await bo.post(f"spaces/{space}/tickets", {"for_person": cy.id}) for space in (one, two)]
    unpaid, paid = (fair.stripe.of_sale(gift["id"]) for gift in gifts)
    assert (await cy.get(f"spaces/{one}/tickets"))["mine"] is None
    # bo has paid for the second, and nobody knows of it when cy's own payment comes.
    fair.stripe.pay(paid)
    for space in (one, two):
        assert (await fair.buy(cy, space))["state"] == "paid"
    await fair.work()
    assert fair.stripe.sessions[unpaid]["status"] == "expired"
    shown = [await bo.get(f"me/tickets/{gift['id']}") for gift in gifts]
    assert [(each["state"], each["reason"]) for each in shown] == [("expired", None), ("refunded", "late")]
    assert len(fair.stripe.refunds) == 1
    assert (await cy.get(f"spaces/{two}/tickets"))["mine"]["state"] == "paid"
    assert await bo.refused("POST", f"spaces/{two}/tickets", json={"for_person": cy.id}) == (409, "has_ticket")


async def test_a_gift_takes_the_holders_place_in_line_when_it_is_paid(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara, seats=1)
    sold = await fair.buy(bo, space)
    await cy.put(f"spaces/{space}/tickets/line")
    await amara.post(f"spaces/{space}/tickets/sold/{sold['id']}/refund")
    await fair.work()
    order = {"for_person": cy.id}
    assert await bo.refused("POST", f"spaces/{space}/tickets", json=order) == (409, "sold_out")
    await amara.put(f"spaces/{space}/tickets", {"price": 1000, "seats": 2})
    gift = await bo.post(f"spaces/{space}/tickets", order)
    assert (await cy.get(f"spaces/{space}/tickets"))["offered_until"] is not None
    await fair.tell(fair.stripe.pay(fair.stripe.of_sale(gift["id"])))
    after = await cy.get(f"spaces/{space}/tickets")
    assert (after["waiting"], after["mine"]["state"], after["offer"]["left"]) == (None, "paid", 1)


async def test_a_free_seat_is_handed_down_the_line(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, di, ed = await fair.people("bo", "cy", "di", "ed")
    space = await fair.sell(amara, seats=1)
    sold = await fair.buy(bo, space)
    for place, person in enumerate((cy, di), start=1):
        assert (await person.put(f"spaces/{space}/tickets/line"))["waiting"] == place
        fair.clock.advance(timedelta(seconds=1))
    await amara.post(f"spaces/{space}/tickets/sold/{sold['id']}/refund")
    await fair.work()
    assert (await cy.get(f"spaces/{space}/tickets"))["offered_until"] is not None
    assert (await di.get(f"spaces/{space}/tickets"))["offered_until"] is None
    for person in (di, ed):
        assert await person.refused("POST", f"spaces/{space}/tickets", json={}) == (409, "sold_out")
    # cy does not take it.
    await fair.pass_time(minutes=30)
    assert (await cy.get(f"spaces/{space}/tickets"))["waiting"] is None
    assert await ed.refused("POST", f"spaces/{space}/tickets", json={}) == (409, "sold_out")
    assert (await fair.buy(di, space))["state"] == "paid"


async def test_who_waits_no_longer_gives_the_place_to_the_next(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, di = await fair.people("bo", "cy", "di")
    space = await fair.sell(amara, seats=1)
    sold = await fair.buy(bo, space)
    for person in (cy, di):
        await person.put(f"spaces/{space}/tickets/line")
        fair.clock.advance(timedelta(seconds=1))
    assert (await cy.delete(f"spaces/{space}/tickets/line"))["waiting"] is None
    assert (await di.get(f"spaces/{space}/tickets"))["waiting"] == 1
    await amara.post(f"spaces/{space}/tickets/sold/{sold['id']}/refund")
    await fair.work()
    assert (await cy.get(f"spaces/{space}/tickets"))["offered_until"] is None
    assert (await fair.buy(di, space))["state"] == "paid"


async def test_the_offer_is_the_hosts_before_it_begins(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.announce(amara)
    path, offer = f"spaces/{space}/tickets", {"price": 500, "seats": 2}
    assert await bo.refused("PUT", path, json=offer) == (403, "host_only")
    assert await amara.refused("PUT", path, json={"price": 99, "seats": 2}) == (422, "price_not_possible")
    assert (await amara.put(path, offer))["offer"]["left"] == 2
    assert (await amara.put(path, {"price": 600, "seats": 2}))["offer"]["price"] == 600
    await fair.buy(bo, space)
    assert await amara.refused("PUT", path, json=offer) == (409, "offer_fixed")
    assert await amara.refused("PUT", path, json={"price": 600, "seats": 1}) == (409, "offer_fixed")
    assert (await amara.put(path, {"price": 600, "seats": 5}))["offer"]["left"] == 4
    assert await amara.refused("DELETE", path) == (409, "offer_fixed")
    other = await fair.announce(amara)
    await amara.post(f"spaces/{other}/start")
    assert await amara.refused("PUT", f"spaces/{other}/tickets", json=offer) == (409, "offer_too_late")


async def test_who_has_no_payout_account_sells_nothing(fair: Fair) -> None:
    (bo,) = await fair.people("bo")
    space = await fair.announce(bo)
    assert await bo.refused("PUT", f"spaces/{space}/tickets", json={"price": 500, "seats": 2}) == (409, "not_payable")


async def test_a_page_that_could_not_be_made_at_once_is_made_later_with_all_of_its_half_hour(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara, seats=1)
    fair.stripe.away = True
    assert await bo.refused("POST", f"spaces/{space}/tickets", json={}) == (503, "payments_away")
    fair.stripe.away = False
    await fair.pass_time(minutes=10)
    held = await bo.post(f"spaces/{space}/tickets", {})
    (page,) = fair.stripe.sessions.values()
    assert page["expires_at"] - fair.clock.now().timestamp() >= 30 * 60
    await fair.pass_time(minutes=25)
    await fair.tell(fair.stripe.pay(page["id"]))
    assert (await bo.get(f"me/tickets/{held['id']}"))["state"] == "paid"


async def test_what_is_paid_on_a_second_page_for_the_same_seat_goes_back(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    held = await fair.buy(bo, space)
    (first,) = fair.stripe.sessions
    # As if two nodes had made one each while the provider was slow.
    second = fair.stripe.copied(first)
    await fair.tell(fair.stripe.pay(second))
    assert [refund["payment_intent"] for refund in fair.stripe.refunds] == [f"pi_of_{second}"]
    assert (await bo.get(f"me/tickets/{held['id']}"))["state"] == "paid"
    assert await account(amara) == [("sale", 970)]


async def test_nobody_keeps_seats_from_others_by_not_paying(fair: Fair) -> None:
    amara = await fair.host()
    bo, *others = await fair.people("bo", "p1", "p2", "p3", "p4", "p5")
    space = await fair.sell(amara)
    for other in others:
        await bo.post(f"spaces/{space}/tickets", {"for_person": other.id})
    assert await bo.refused("POST", f"spaces/{space}/tickets", json={}) == (409, "too_many_unpaid")
    await fair.pass_time(minutes=30)
    assert (await fair.buy(bo, space))["state"] == "paid"


async def test_a_gift_is_usable_and_does_not_come_from_somebody_whom_one_has_blocked(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, di = await fair.people("bo", "cy", "di")
    space, closed = await fair.sell(amara), await fair.sell(amara, audience="invited")
    await cy.put(f"people/{bo.id}/block")
    gift = {"for_person": cy.id}
    assert await bo.refused("POST", f"spaces/{space}/tickets", json=gift) == (409, "not_buyable")
    given = {"people": [di.id]}
    assert await amara.refused("POST", f"spaces/{closed}/tickets/given", json=given) == (409, "not_buyable")


async def test_ones_tickets_are_those_one_bought_got_gave_and_waits_for(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space, full = await fair.sell(amara), await fair.sell(amara, seats=1)
    await fair.buy(bo, space)
    fair.clock.advance(timedelta(seconds=1))
    await fair.buy(bo, full, for_person=cy.id)
    await bo.put(f"spaces/{full}/tickets/line")
    mine = await bo.get("me/tickets")
    assert [(one["holder"]["username"], one["stage"]) for one in mine["items"]] == [("cy", "ahead"), ("bo", "ahead")]
    assert [(one["space"], one["place"], one["host"]["username"]) for one in mine["waiting"]] == [(full, 1, "amara")]
    assert [one["buyer"]["username"] for one in (await cy.get("me/tickets"))["items"]] == ["bo"]


async def test_wherever_a_space_is_seen_its_price_is_seen_before_anybody_goes_in(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    for person in (bo, cy):
        await person.put(f"people/{amara.id}/follow")
    space, free = await fair.sell(amara, price=1500, seats=3), await fair.announce(amara)
    await fair.buy(bo, space)
    left = {"price": 1500, "currency": "usd", "left": 2}

    def prices(page: Any) -> dict[str, Any]:
        return {card["id"]: card["ticket"] for card in page["items"]}

    assert prices(await cy.get("upcoming")) == {space: {**left, "mine": False}, free: None}
    assert prices(await bo.get("upcoming"))[space] == {**left, "mine": True}
    assert prices(await amara.get("upcoming"))[space] == {**left, "mine": True}
    for reader, mine in ((cy, False), (fair.guest, False), (bo, True)):
        assert (await reader.get(f"spaces/{space}"))["ticket"] == {**left, "mine": mine}
    post = await bo.post("posts", {"text": "Come", "attachment": {"kind": "space", "id": space}})
    assert (await cy.get(f"posts/{post['id']}"))["attachment"]["ticket"] == {**left, "mine": False}
    for id in (space, free):
        await amara.post(f"spaces/{id}/start")
    assert prices(await cy.get("bubbles")) == {space: {**left, "mine": False}, free: None}
    assert prices(await bo.get("bubbles"))[space] == {**left, "mine": True}
    await amara.post(f"spaces/{space}/end")
    assert (await cy.get(f"posts/{post['id']}"))["attachment"]["ticket"] is None


async def test_cards_say_what_a_ticket_costs_and_how_many_are_left(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space, _free = await fair.sell(amara, seats=2), await fair.announce(amara)
    await fair.buy(bo, space)

    async def cards(who: Visitor, kind: str) -> dict[str, object]:
        return {card["id"]: card["ticket"] for card in (await who.get(f"discover/{kind}"))["items"]}

    offer = {"price": 1000, "currency": "usd", "left": 1}
    assert (await cards(cy, "upcoming"))[space] == {**offer, "mine": False}
    assert (await cards(bo, "upcoming"))[space] == {**offer, "mine": True}
    assert list((await cards(cy, "upcoming")).values()).count(None) == 1
    await amara.post(f"spaces/{space}/start")
    await cy.put(f"spaces/{space}/tickets/line")
    assert (await cards(cy, "live"))[space] == {**offer, "left": 0, "mine": False}
    post = {"text": "come", "attachment": {"kind": "space", "id": space}}
    assert (await amara.post("posts", post))["attachment"]["ticket"]["mine"] is True


async def test_while_stripe_is_away_nothing_is_sold_and_the_seat_comes_back(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara, seats=1)
    fair.stripe.away = True
    assert await bo.refused("POST", f"spaces/{space}/tickets", json={}) == (503, "payments_away")
    fair.stripe.away = False
    assert (await fair.buy(bo, space))["state"] == "paid"
