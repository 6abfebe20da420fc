"""Moderators enter a Space that is closed to them: upon a report only, and in everybody's sight."""

from datetime import timedelta
from typing import Any

import pytest

from cooee.media.engine import Presence
from cooee.people.ids import PersonId
from cooee.spaces.jobs import heard
from cooee.spaces.state import SpaceId
from tests.moderation.test_moderation import report, the_case
from tests.notify.told import Town
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def closed_room(town: Town, **more: Any) -> tuple[Visitor, Visitor, str]:
    """A host, somebody whom she invited by message, and the Space."""
    hana, amara = [await town.guest.sign_up(name) for name in ("hana", "amara")]
    space = (await hana.post("spaces", {"title": "Behind doors", "audience": "invited", **more}))["id"]
    await hana.post(f"spaces/{space}/message-invitations", {"people": [amara.id]})
    await amara.post(f"spaces/{space}/join")
    return hana, amara, space


async def enter(mo: Visitor) -> Any:
    case = await the_case(mo)
    return await mo.post(f"moderation/cases/{case['id']}/entry")


async def arrive(town: Town, space: str, *people: Visitor) -> None:
    """The engine sees them in the room, and the room is told."""
    live = town.node.state.spaces.live
    joined = tuple(person.id for person in people)
    await heard(live, Presence(space, joined, (), len(joined)))
    await told(town, space)


async def told(town: Town, space: str) -> None:
    """The room is told what is new."""
    await town.node.state.spaces.live.rooms.until_told(SpaceId(space))


async def test_without_a_report_it_does_not_exist_for_a_moderator(town: Town, mo: Visitor, ada: Visitor) -> None:
    _, _, space = await closed_room(town)
    for moderator in (mo, ada):
        assert await moderator.refused("POST", f"spaces/{space}/join") == (404, "space_not_found")


async def test_upon_a_report_a_moderator_comes_in_is_shown_to_all_and_stands_in_the_log(
    town: Town, mo: Visitor
) -> None:
    hana, amara, space = await closed_room(town)
    await hana.patch(f"spaces/{space}", {"locked": True})
    await report(amara, "space", space)
    assert (await mo.get(f"moderation/cases/{(await the_case(mo))['id']}"))["may_enter"]
    assert await enter(mo) == {"space": space}
    assert (await mo.post(f"spaces/{space}/join"))["role"] == "listener"
    await arrive(town, space, amara)
    seen = await amara.get(f"spaces/{space}")
    assert [person["username"] for person in seen["moderators"]] == ["mo"]
    (line, *_) = [one for one in (await hana.get(f"spaces/{space}/log"))["items"] if one["what"] == "moderator_let_in"]
    assert (line["by"], line["person"]["username"]) == (None, "mo")


async def test_a_moderator_who_reads_at_the_door_is_shown_and_no_more_once_the_door_is_shut(
    town: Town, mo: Visitor
) -> None:
    hana, amara, space = await closed_room(town)
    await report(amara, "space", space)
    await enter(mo)
    await arrive(town, space, hana, amara)
    assert await mo.refused("GET", f"spaces/{space}/messages") == (403, "not_in_the_room")
    assert (await amara.get(f"spaces/{space}"))["moderators"] == []
    await mo.post(f"spaces/{space}/join")
    await told(town, space)
    assert (await mo.get(f"spaces/{space}/messages"))["items"] == []
    assert [person["username"] for person in (await amara.get(f"spaces/{space}"))["moderators"]] == ["mo"]
    town.clock.advance(timedelta(seconds=61))
    await town.node.state.spaces.live.rooms.tick()
    await told(town, space)
    assert (await amara.get(f"spaces/{space}"))["moderators"] == []


async def test_no_host_puts_a_moderator_out_nor_does_a_block(town: Town, mo: Visitor) -> None:
    hana, amara, space = await closed_room(town)
    await hana.put(f"people/{mo.id}/block")
    await hana.post(f"spaces/{space}/people/{mo.id}/remove")
    await report(amara, "space", space)
    await enter(mo)
    await mo.post(f"spaces/{space}/join")
    await arrive(town, space, mo)
    assert await hana.refused("POST", f"spaces/{space}/people/{mo.id}/remove") == (403, "outranked")
    assert (await mo.get(f"spaces/{space}"))["title"] == "Behind doors"


async def test_a_moderators_own_report_and_one_that_was_decided_open_nothing(
    town: Town, mo: Visitor, ada: Visitor
) -> None:
    hana, amara, space = await closed_room(town)
    await hana.post(f"spaces/{space}/message-invitations", {"people": [mo.id]})
    await report(mo, "space", space)
    case = (await the_case(ada))["id"]
    assert await mo.refused("POST", f"moderation/cases/{case}/entry") == (403, "own_case")
    assert await amara.refused("POST", f"moderation/cases/{case}/entry") == (403, "moderators_only")
    await ada.post(f"moderation/cases/{case}/decision", {"decision": "dismiss"})
    assert await ada.refused("POST", f"moderation/cases/{case}/entry") == (409, "case_decided")
    assert await ada.refused("POST", f"spaces/{space}/join") == (404, "space_not_found")


async def test_who_never_was_there_opens_no_door_by_naming_the_space(town: Town, mo: Visitor) -> None:
    hana, _, space = await closed_room(town)
    dov = await town.guest.sign_up("dov")
    await dov.post("reports", {"about": "person", "id": hana.id, "reason": "abuse", "note": "", "space": space})
    case = await the_case(mo)
    assert case["space"] == space
    assert await mo.refused("POST", f"moderation/cases/{case['id']}/entry") == (409, "nothing_to_enter")


async def test_a_space_that_is_over_is_not_entered(town: Town, mo: Visitor) -> None:
    hana, amara, space = await closed_room(town)
    await report(amara, "space", space)
    await hana.post(f"spaces/{space}/end")
    case = (await the_case(mo))["id"]
    assert await mo.refused("POST", f"moderation/cases/{case}/entry") == (409, "nothing_to_enter")
    assert not (await mo.get(f"moderation/cases/{case}"))["may_enter"]


async def test_a_moderator_whose_account_is_suspended_is_out_again(town: Town, mo: Visitor, ada: Visitor) -> None:
    _, amara, space = await closed_room(town)
    await report(amara, "space", space)
    await enter(mo)
    await mo.post(f"spaces/{space}/join")
    await arrive(town, space, mo)
    await report(amara, "person", mo.id)
    case = next(one for one in (await ada.get("moderation/cases"))["items"] if one["about"] == "person")
    await ada.post(f"moderation/cases/{case['id']}/decision", {"decision": "suspend"})
    assert PersonId(mo.id) not in town.node.state.spaces.live.rooms.known(SpaceId(space)).moderators


async def test_who_moderates_no_longer_is_out_of_a_closed_room_and_stays_out(
    town: Town, mo: Visitor, ada: Visitor
) -> None:
    hana, amara, space = await closed_room(town)
    await report(amara, "space", space)
    await enter(mo)
    await mo.post(f"spaces/{space}/join")
    await arrive(town, space, mo)
    await ada.delete(f"moderation/moderators/{mo.id}")
    assert await mo.refused("POST", f"spaces/{space}/join") == (403, "removed")
    log = [one["what"] for one in (await hana.get(f"spaces/{space}/log"))["items"]]
    assert log[:2] == ["removed", "moderator_let_out"]
    assert (await amara.get(f"spaces/{space}"))["title"] == "Behind doors"


async def test_who_moderates_no_longer_stays_where_everybody_may_be_and_hosts_may_put_them_out(
    town: Town, mo: Visitor, ada: Visitor
) -> None:
    hana, amara = [await town.guest.sign_up(name) for name in ("hana", "amara")]
    space = (await hana.post("spaces", {"title": "Open"}))["id"]
    await report(amara, "space", space)
    await enter(mo)
    await mo.post(f"spaces/{space}/join")
    await arrive(town, space, mo)
    await ada.delete(f"moderation/moderators/{mo.id}")
    await arrive(town, space, amara)
    assert (await mo.post(f"spaces/{space}/join"))["role"] == "listener"
    assert (await amara.get(f"spaces/{space}"))["moderators"] == []
    await hana.post(f"spaces/{space}/people/{mo.id}/remove")
    assert await mo.refused("POST", f"spaces/{space}/join") == (403, "removed")


async def test_an_administrator_who_is_withdrawn_as_a_moderator_moderates_still(town: Town, ada: Visitor) -> None:
    _, amara, space = await closed_room(town)
    await ada.put(f"moderation/moderators/{ada.id}")
    await report(amara, "space", space)
    await enter(ada)
    await ada.delete(f"moderation/moderators/{ada.id}")
    assert (await ada.post(f"spaces/{space}/join"))["role"] == "listener"
