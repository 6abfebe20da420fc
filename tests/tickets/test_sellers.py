"""Who may sell, in which money, and what a site without keys says."""

from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy.event import listen

from cooee.app import create_app
from cooee.kit.clock import SettableClock
from cooee.kit.db import Database
from cooee.people import store as people_store
from cooee.people.ids import PersonId
from cooee.people.passwords import Passwords
from cooee.settings import Settings
from cooee.spaces.state import SpaceId
from cooee.tickets import ledger_store, store
from tests.tickets.books import state
from tests.tickets.conftest import Fair
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_a_host_who_may_not_host_gives_all_back_and_sells_nothing(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, ed = await fair.people("bo", "cy", "ed")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await fair.tools.db.write(lambda tx: people_store.change(tx, PersonId(ed.id), {"admin": True}))
    await bo.post("reports", {"about": "person", "id": amara.id, "reason": "spam"})
    (case,) = (await ed.get("moderation/cases"))["items"]
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": "suspend_hosting", "days": 7})
    assert await cy.refused("POST", f"spaces/{space}/tickets", json={}) == (410, "sale_over")
    await fair.pass_time(hours=1)
    assert await state(bo, ticket) == ("refunded", "moderated")


async def test_an_account_in_a_currency_of_which_nothing_is_known_sells_nothing(fair: Fair) -> None:
    (bo,) = await fair.people("bo")
    fair.stripe.currency = "xof"
    await bo.post("me/payout-account")
    (account,) = fair.stripe.accounts.values()
    account |= {"charges_enabled": True, "payouts_enabled": True}
    assert (await bo.post("me/payout-account/check"))["account"] == "foreign"
    space = await fair.announce(bo)
    assert await bo.refused("PUT", f"spaces/{space}/tickets", json={"price": 500, "seats": 2}) == (409, "not_payable")
    assert (await bo.get("me/earnings"))["seller"]["currency"] == "xof"


async def test_an_account_in_a_currency_that_came_to_an_end_sells_nothing_any_more(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    me, space = PersonId(amara.id), SpaceId(await fair.sell(amara))
    await amara.put(f"spaces/{space}/tickets/codes/half", {"per_cent": 50, "uses": 5})
    await amara.put("me/selling", {"tips": True})
    await fair.tools.db.write(lambda tx: store.change_payee(tx, me, currency="bgn"))
    await fair.tools.db.write(lambda tx: store.change_offer(tx, space, currency="bgn"))
    selling = (await amara.get("me/earnings"))["seller"]
    assert (selling["account"], selling["least"]) == ("foreign", None)
    for order in ({}, {"code": "half"}):
        assert await bo.refused("POST", f"spaces/{space}/tickets", json=order) == (409, "not_payable")
    await amara.post(f"spaces/{space}/start")
    assert await bo.refused("POST", f"spaces/{space}/tips", json={"amount": 500}) == (409, "no_tips")
    # They have an account in euros now; what was offered before stays as it was.
    await fair.tools.db.write(lambda tx: store.change_payee(tx, me, currency="eur"))
    offer = {"price": 500, "seats": 20}
    assert await amara.refused("PUT", f"spaces/{space}/tickets", json=offer) == (409, "not_payable")
    assert (await bo.get(f"spaces/{space}/tickets"))["offer"]["currency"] == "bgn"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_the_platforms_account_only_ones_own_spaces_are_read(database: Database) -> None:
    asked: list[tuple[str, Any]] = []
    listen(database.writer, "before_cursor_execute", lambda _c, _u, text, given, *_: asked.append((text, given)))
    database.write_now(lambda tx: ledger_store.moved(tx, "share", {SpaceId("1"), SpaceId("2")}))
    text, given = next(each for each in asked if "ledger_lines" in each[0])
    with database.writer.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given).all()
    assert "(account=? AND space_id=?)" in plan[0].detail


class TestWhereHostsCanBePaid:
    @pytest.fixture
    def changed_settings(self, changed_settings: dict[str, Any]) -> dict[str, Any]:
        return changed_settings | {"payout_countries": "de, fr"}

    async def test_a_host_says_in_which_country_they_are_paid(self, fair: Fair) -> None:
        bo, cy = await fair.people("bo", "cy")
        assert (await bo.get("me/selling"))["countries"] == ["DE", "FR"]
        for body in (None, {}, {"country": "US"}):
            refused = await bo.send("POST", "me/payout-account", json=body)
            assert (refused.status_code, refused.json()["code"]) == (422, "country_not_possible")
            assert refused.json()["countries"] == ["DE", "FR"]
        assert await bo.refused("POST", "me/payout-account", json={"country": "fr"}) == (422, "invalid_request")
        await bo.post("me/payout-account", {"country": "FR"})
        await cy.post("me/payout-account", {"country": "DE"})
        assert [account["country"] for account in fair.stripe.accounts.values()] == ["FR", "DE"]
        # It is chosen for good: who goes on later has chosen.
        await bo.post("me/payout-account")
        assert len(fair.stripe.accounts) == 2


class TestWhereThereIsOneCountry:
    @pytest.fixture
    def changed_settings(self, changed_settings: dict[str, Any]) -> dict[str, Any]:
        return changed_settings | {"payout_countries": "de"}

    async def test_nobody_needs_to_choose_it(self, fair: Fair) -> None:
        bo, cy, di = await fair.people("bo", "cy", "di")
        await bo.post("me/payout-account")
        await cy.post("me/payout-account", {})
        await di.post("me/payout-account", {"country": "DE"})
        assert [account["country"] for account in fair.stripe.accounts.values()] == ["DE", "DE", "DE"]


async def test_without_a_choice_hosts_are_paid_in_the_operators_country(fair: Fair) -> None:
    (bo,) = await fair.people("bo")
    assert (await bo.get("me/selling"))["countries"] == []
    refused = await bo.refused("POST", "me/payout-account", json={"country": "FR"})
    assert refused == (422, "country_not_possible")
    await bo.post("me/payout-account")
    (account,) = fair.stripe.accounts.values()
    assert account["country"] is None


async def test_who_sells_and_how_far_one_is(fair: Fair) -> None:
    (bo,) = await fair.people("bo")
    selling = await bo.get("me/selling")
    assert (selling["on"], selling["may_sell"], selling["account"]) == (True, True, "none")
    assert (selling["followers_needed"], selling["spaces_needed"]) == (1000, 3)


@pytest.mark.parametrize(("key", "secret", "why"), [(None, None, "no_key"), ("sk_test_1", None, "no_webhook_secret")])
async def test_without_keys_it_is_off_and_says_why(
    key: str | None, secret: str | None, why: str, settings: Settings, clock: SettableClock
) -> None:
    off = settings.model_copy(update={"stripe_secret_key": key, "stripe_webhook_secret": secret})
    app = create_app(off, clock=clock, passwords=Passwords(PasswordHasher(1, 8, 1)))
    async with app.router.lifespan_context(app), Visitor.of(app) as guest:
        bo = await guest.sign_up("bo")
        assert (await bo.get("me/selling"))["why_off"] == why
        assert (await guest.get("instance"))["tickets"] is False
        assert await bo.refused("POST", "me/payout-account") == (409, "tickets_off")
        assert await guest.refused("POST", "payments/events", content=b"{}") == (409, "tickets_off")
