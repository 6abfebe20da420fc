"""Money that comes in the very moment in which a Space ends: two transactions at once, on both databases.

SQLite has one that writes, so there the second waits for the first anyway.
"""

import asyncio
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest

from cooee.kit.money import MICRO
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.tickets import service, settling
from cooee.tickets.state import Offer
from tests.tickets.books import balanced, state
from tests.tickets.conftest import Fair

pytestmark = pytest.mark.anyio

LONG = 0.5
"""Seconds that another transaction is given to overtake; if it needs longer, a mistake is not seen, no more."""


class Pause:
    """Stops a transaction after a step that it has done and not committed."""

    def __init__(self) -> None:
        self.there, self.go_on = Event(), Event()

    def after(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def stopped(*given: Any, **named: Any) -> Any:
            result = step(*given, **named)
            self.there.set()
            self.go_on.wait(20)
            return result

        return stopped


@pytest.fixture
def pause() -> Iterator[Pause]:
    pause = Pause()
    yield pause
    # Else a test that fails would leave a thread behind.
    pause.go_on.set()


async def live(fair: Fair) -> tuple[Any, Any, SpaceId]:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    await amara.put("me/selling", {"tips": True})
    space = SpaceId(await fair.announce(amara))
    await amara.post(f"spaces/{space}/start")
    return amara, bo, space


async def test_a_tip_that_is_begun_while_the_space_ends_is_paid_out_or_never_paid(
    fair: Fair, pause: Pause, monkeypatch: pytest.MonkeyPatch
) -> None:
    amara, bo, space = await live(fair)
    monkeypatch.setattr(service, "sold", pause.after(service.sold))
    giving = asyncio.create_task(bo.post(f"spaces/{space}/tips", {"amount": 500}))
    assert await asyncio.to_thread(pause.there.wait, 20)
    ending = asyncio.create_task(amara.post(f"spaces/{space}/end"))
    await asyncio.wait([ending], timeout=LONG)
    if ending.done():
        # It was quicker: what follows from the end is too.
        await fair.work()
    pause.go_on.set()
    tip, _ = await giving, await ending
    await fair.work()
    page = fair.stripe.of_sale(tip["id"])
    if fair.stripe.sessions[page]["status"] == "open":
        await fair.tell(fair.stripe.pay(page))
    became = await state(bo, tip)
    assert became in (("paid", None), ("expired", None), ("refunded", "late"))
    await fair.pass_time(hours=48)
    sent = [payout["amount"] for payout in fair.stripe.payouts.values()]
    assert sent == ([485] if became == ("paid", None) else [])
    assert await balanced(fair)


async def test_a_tip_that_is_paid_while_the_space_ends_is_not_given_back(
    fair: Fair, pause: Pause, monkeypatch: pytest.MonkeyPatch
) -> None:
    amara, bo, space = await live(fair)
    tip = await bo.post(f"spaces/{space}/tips", {"amount": 500})
    page = fair.stripe.of_sale(tip["id"])
    monkeypatch.setattr(settling, "_accept", pause.after(settling._accept))
    paying = asyncio.create_task(fair.tell(fair.stripe.pay(page)))
    assert await asyncio.to_thread(pause.there.wait, 20)
    now, ids = fair.clock.now(), fair.tools.ids
    ending = asyncio.create_task(fair.tools.db.write(lambda tx: settling.over(tx, ids, space, None, now, now)))
    await asyncio.wait([ending], timeout=LONG)
    pause.go_on.set()
    await paying
    await ending
    await amara.post(f"spaces/{space}/end")
    await fair.work()
    assert await state(bo, tip) == ("paid", None)
    await fair.pass_time(hours=48)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [485]
    assert await balanced(fair)


async def test_a_tip_that_is_known_of_only_after_the_payout_is_paid_out_after_it(fair: Fair) -> None:
    amara, bo, space = await live(fair)
    await fair.tip(bo, space, 1000)
    await amara.post(f"spaces/{space}/end")
    await fair.pass_time(hours=48)
    giver, now = PersonId(bo.id), fair.clock.now()
    offer = Offer(space, PersonId(amara.id), "usd", 500, 0, "open")
    # As when the provider was away all the time, and nobody could close the page.
    tip = await fair.tools.db.write(
        lambda tx: service.sold(tx, fair.desk.till, "tip", offer, (giver, giver), 500, MICRO, now)
    )
    await fair.desk._with_page(tip)
    await fair.tell(fair.stripe.pay(fair.stripe.of_sale(tip.id)))
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [970, 485]
    assert await balanced(fair)


async def test_of_many_who_name_a_code_at_once_its_last_use_is_ones(fair: Fair) -> None:
    amara = await fair.host()
    buyers = await fair.people(*(f"buyer{number}" for number in range(10)))
    space = await fair.sell(amara, seats=20)
    await amara.put(f"spaces/{space}/tickets/codes/friends", {"per_cent": 40, "uses": 1})
    calls = (buyer.send("POST", f"spaces/{space}/tickets", json={"code": "friends"}) for buyer in buyers)
    answers = await asyncio.gather(*calls)
    got = [answer.json() for answer in answers if answer.is_success]
    assert [ticket["amount"] for ticket in got] == [600]
    assert [answer.json()["code"] for answer in answers if not answer.is_success] == ["code_unknown"] * 9
    (code,) = (await amara.get(f"spaces/{space}/tickets/sold"))["codes"]
    assert (code["used"], code["uses"]) == (1, 1)
