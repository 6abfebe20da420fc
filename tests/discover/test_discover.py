"""What people discover: Spaces by topic and word, and people, through the API."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from cooee.kit.clock import SettableClock
from cooee.kit.pages import cursor_of, rfc3339
from cooee.kit.words import folded
from cooee.people.ids import PersonId
from tests.people import settled
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def starts(host: Visitor, title: str, *topics: str, **plan: Any) -> str:
    return str((await host.post("spaces", {"title": title, "topics": topics, **plan}))["id"])


async def announces(host: Visitor, clock: SettableClock, title: str, *topics: str, **plan: Any) -> str:
    days = plan.pop("days", 1)
    at = rfc3339(clock.now() + timedelta(days=days))
    return await starts(host, title, *topics, scheduled_start=at, zone="Europe/Lisbon", **plan)


async def found(visitor: Visitor, kind: str = "live", **query: Any) -> list[str]:
    """The titles of what somebody finds, in order."""
    return [card["title"] for card in (await visitor.get(f"discover/{kind}", **query))["items"]]


async def test_public_spaces_are_found_while_they_are_live(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    space = await starts(ada, "Tea")
    await starts(ada, "By link", audience="unlisted")
    await starts(ada, "For friends", audience="invited")
    assert await found(bob) == await found(bob, q="tea") == ["Tea"]
    assert await found(bob, q="friends") == await found(bob, q="link") == []
    await ada.post(f"spaces/{space}/end")
    assert await found(bob) == await found(bob, q="tea") == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("cafe", True),
        ("CAFÉ", True),
        ("caf music", True),
        ("music café", True),
        ("jazz", True),
        ("morn", False),
        ("afe", False),
        ("café tea", False),
        ("…", False),
        ("%", False),
        ("#jazz", True),
        ("", True),
        ("  ", True),
    ],
)
async def test_words_of_title_and_topics_are_found_by_their_beginnings(
    guest: Visitor, question: str, expected: bool
) -> None:
    ada = await guest.sign_up("ada")
    await starts(ada, "Café sessions", "Music", "Jazz & Blues")
    assert await found(ada, q=question) == (["Café sessions"] if expected else [])


async def test_a_topic_is_the_same_however_it_is_spelt_and_only_as_a_whole(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    await starts(ada, "One", "Música")
    await starts(ada, "Two", "musica", "Art")
    await starts(ada, "Three", "Musica nova")
    assert sorted(await found(ada, topic="MUSICA")) == ["One", "Two"]
    assert await found(ada, topic="musica", q="tw") == ["Two"]
    assert {(folded(line["topic"]), line["spaces"]) for line in (await ada.get("discover/topics"))["items"]} == {
        ("musica", 2),
        ("art", 1),
        ("musica nova", 1),
    }


async def test_a_new_title_is_found_and_the_old_one_is_not(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    space = await starts(ada, "Morning", "tea")
    await ada.patch(f"spaces/{space}", {"title": "Evening", "topics": ["wine"]})
    assert (await found(ada, q="morning"), await found(ada, q="evening wine")) == ([], ["Evening"])
    assert [line["topic"] for line in (await ada.get("discover/topics"))["items"]] == ["wine"]


async def test_what_is_announced_is_found_until_it_begins_or_is_canceled(guest: Visitor, clock: SettableClock) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    later = await announces(ada, clock, "Later", "Tea", days=3)
    sooner = await announces(ada, clock, "Sooner", "tea")
    await announces(ada, clock, "Hidden", "tea", audience="unlisted")
    assert await found(bob, "upcoming") == await found(bob, "upcoming", topic="TEA") == ["Sooner", "Later"]
    assert (await bob.get("discover/topics"))["items"] == [{"topic": "Tea", "spaces": 2}]
    await ada.post(f"spaces/{sooner}/start")
    assert (await found(bob, "upcoming"), await found(bob)) == (["Later"], ["Sooner"])
    await ada.patch(f"spaces/{later}/schedule", {"title": "Much later"})
    assert (await found(bob, "upcoming", q="much"), await found(bob, "upcoming", q="wine")) == (["Much later"], [])
    await ada.post(f"spaces/{later}/cancel")
    assert await found(bob, "upcoming", q="later") == []


async def test_nothing_is_found_of_whom_one_blocked_or_muted_or_is_blocked_by(
    guest: Visitor, clock: SettableClock
) -> None:
    ada, bob, cleo, dan = [await guest.sign_up(name) for name in ("ada", "bob", "cleo", "dan")]
    await starts(ada, "Tea", "tea")
    await announces(ada, clock, "More tea", "tea")
    await bob.put(f"people/{ada.id}/block")
    await ada.put(f"people/{cleo.id}/block")
    await dan.put(f"people/{ada.id}/mute")
    for viewer in (bob, cleo, dan):
        assert (await found(viewer), await found(viewer, "upcoming", q="tea")) == ([], [])
        assert (await viewer.get("discover/topics"))["items"] == []


async def test_a_long_list_comes_page_by_page_also_of_what_began_at_once(guest: Visitor, clock: SettableClock) -> None:
    ada = await guest.sign_up("ada")
    for number in range(7):
        await starts(ada, f"Space {number}", "tea")
        if number in (2, 5):
            clock.advance(timedelta(seconds=1))
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None and len(seen) < 20:
        page = await ada.get("discover/live", limit=2, topic="tea", **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= 2
        seen += [card["title"] for card in page["items"]]
        cursor = page["next"]
    assert len(seen) == 7
    assert [set(seen[:1]), set(seen[1:4]), set(seen[4:])] == [
        {"Space 6"},
        {f"Space {number}" for number in (3, 4, 5)},
        {f"Space {number}" for number in (0, 1, 2)},
    ]


@pytest.mark.parametrize("kind", ["live", "upcoming"])
@pytest.mark.parametrize("numbers", [(1,), ((1 << 63) - 1, (1 << 63) - 1), (0, 0)])
async def test_cursors_of_elsewhere_are_refused_or_lead_nowhere(
    guest: Visitor, kind: str, numbers: tuple[int, ...]
) -> None:
    ada = await guest.sign_up("ada")
    answer = await ada.send("GET", f"discover/{kind}", params={"cursor": cursor_of(*numbers)})
    assert answer.status_code in (200, 400)


async def test_people_are_suggested_through_those_one_follows_and_then_the_best_known(
    node: FastAPI, guest: Visitor
) -> None:
    me, ada, bob, cleo, dan, eve, fay = [
        await guest.sign_up(name) for name in ("mia", "ada", "bob", "cleo", "dan", "eve", "fay")
    ]
    for one, other in ((me, ada), (me, bob), (ada, cleo), (bob, cleo), (bob, dan), (cleo, eve), (ada, fay)):
        await one.put(f"people/{other.id}/follow")
    await fay.put(f"people/{me.id}/block")
    lines = [
        (line["person"]["username"], sorted(person["username"] for person in line["followed_by"]), line["count"])
        for line in (await me.get("discover/people"))["items"]
    ]
    assert lines == [("cleo", ["ada", "bob"], 2), ("dan", ["bob"], 1), ("eve", [], 0)]
    await node.state.tools.db.write(lambda tx: settled.delete(tx, PersonId(cleo.id)))
    assert [line["person"]["username"] for line in (await me.get("discover/people"))["items"]] == ["dan", "eve"]


async def test_one_signs_in_to_discover(guest: Visitor) -> None:
    for kind in ("live", "upcoming", "topics", "people"):
        assert await guest.refused("GET", f"discover/{kind}") == (401, "unauthenticated")


class TestWhereSpacesAreBeingRolledOut:
    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {"hosting": "everyone", "access_percent": 0}

    async def test_whoever_has_no_access_discovers_people_and_no_spaces(self, guest: Visitor) -> None:
        ada = await guest.sign_up("ada")
        await starts(ada, "Tea")
        for kind in ("live", "upcoming", "topics"):
            assert await ada.refused("GET", f"discover/{kind}") == (403, "access_not_yet")
        assert (await ada.get("discover/people"))["items"] == []
