"""Reports and decisions, through the API."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cooee.app import BELONGINGS
from cooee.moderation import store
from cooee.moderation.tables import cases
from cooee.people import erasing
from cooee.people.ids import PersonId
from tests.notify.told import Town, lines
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio

REASONS = ["self_harm", "violence", "sexual", "child_safety", "private_information", "abuse", "spam", "other"]


async def write(writer: Visitor, to: Visitor, text: str) -> tuple[str, str]:
    there: str = (await writer.post("conversations", {"person": to.id}))["id"]
    return there, (await writer.post(f"conversations/{there}/messages", {"text": text}))["id"]


async def report(by: Visitor, about: str, id: str, reason: str = "abuse", note: str = "") -> None:
    await by.post("reports", {"about": about, "id": id, "reason": reason, "note": note})


async def the_case(moderator: Visitor) -> Any:
    (case,) = (await moderator.get("moderation/cases"))["items"]
    return case


async def decide(moderator: Visitor, decision: str, **more: Any) -> Any:
    case = await the_case(moderator)
    return await moderator.post(f"moderation/cases/{case['id']}/decision", {"decision": decision, **more})


async def test_all_that_people_write_and_are_can_be_reported(town: Town, mo: Visitor) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    post = (await bo.post("posts", {"text": "Rude words"}))["id"]
    _, message = await write(bo, amara, "Ruder words")
    space = (await bo.post("spaces", {"title": "Rude radio"}))["id"]
    for about, id in (("person", bo.id), ("post", post), ("message", message), ("space", space)):
        await report(amara, about, id, note="Look at this")
        await town.pass_time(seconds=1)
    page = await mo.get("moderation/cases")
    assert page["open"] == 4
    assert [(case["about"], case["excerpt"], case["person"]["username"]) for case in page["items"]] == [
        ("space", "Rude radio", "bo"),
        ("message", "Ruder words", "bo"),
        ("post", "Rude words", "bo"),
        ("person", "Bo", "bo"),
    ]


async def test_a_message_of_a_room_is_frozen_by_the_report_and_removed_from_the_room(town: Town, mo: Visitor) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    space = (await amara.post("spaces", {"title": "Radio"}))["id"]
    for visitor in (bo, cleo):
        await visitor.post(f"spaces/{space}/join")
    rude = (await bo.post(f"spaces/{space}/messages", {"text": "Rude words"}))["id"]
    to_host = (await cleo.post(f"spaces/{space}/messages", {"text": "Between us", "to_host": True}))["id"]
    await report(cleo, "room_message", rude)
    hidden = {"about": "room_message", "id": to_host, "reason": "abuse"}
    assert await bo.refused("POST", "reports", json=hidden) == (404, "report_subject_not_found")
    case = await the_case(mo)
    assert (case["about"], case["excerpt"], case["space"], case["there"]) == ("room_message", "Rude words", space, True)
    await decide(mo, "remove")
    left = [message["text"] for message in (await amara.get(f"spaces/{space}/messages"))["items"]]
    assert left == ["Between us"]

    await report(amara, "room_message", to_host)
    await amara.post(f"spaces/{space}/end")
    case = await the_case(mo)
    assert case["excerpt"] == "Between us", "the room is gone, and what was reported of it is not"


@pytest.mark.parametrize(("decision", "days"), [(None, 30), ("dismiss", 30), ("suspend_speaking", 90)])
async def test_what_a_room_said_is_forgotten_some_time_after_it_was_reported(
    town: Town, mo: Visitor, decision: str | None, days: int
) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = (await amara.post("spaces", {"title": "Radio"}))["id"]
    await bo.post(f"spaces/{space}/join")
    rude = (await bo.post(f"spaces/{space}/messages", {"text": "Rude words"}))["id"]
    post = (await bo.post("posts", {"text": "Rude words of another kind"}))["id"]
    for about, id in (("room_message", rude), ("post", post)):
        await report(amara, about, id)
    if decision:
        (case,) = [one for one in (await mo.get("moderation/cases"))["items"] if one["about"] == "room_message"]
        await mo.post(f"moderation/cases/{case['id']}/decision", {"decision": decision})

    async def known(later: timedelta) -> set[str]:
        await town.tools.db.write(lambda tx: store.forget_what_rooms_said(tx, town.clock.now() + later))
        return await town.tools.db.read(lambda tx: set(tx.execute(select(cases.c.excerpt)).scalars()))

    assert await known(timedelta(days=days, seconds=-1)) == {"Rude words", "Rude words of another kind"}
    assert await known(timedelta(days=days)) == {"", "Rude words of another kind"}


@pytest.mark.parametrize("reason", REASONS)
async def test_each_reason_is_taken(town: Town, mo: Visitor, reason: str) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await report(amara, "person", bo.id, reason)
    assert (await the_case(mo))["reasons"] == [reason]


async def test_reports_of_the_same_thing_are_one_case_and_each_persons_last_word_counts(
    town: Town, mo: Visitor
) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    await report(amara, "person", bo.id, "spam")
    await report(cleo, "person", bo.id, "abuse", "Shouts")
    await town.pass_time(seconds=1)
    await report(amara, "person", bo.id, "violence", "Threatens")
    case = await the_case(mo)
    assert (case["reports"], case["reasons"]) == (2, ["violence", "abuse"])
    whole = await mo.get(f"moderation/cases/{case['id']}")
    assert [(said["reporter"]["username"], said["note"]) for said in whole["said"]] == [
        ("amara", "Threatens"),
        ("cleo", "Shouts"),
    ]


async def test_what_is_not_there_cannot_be_reported_nor_oneself(town: Town) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    _, message = await write(bo, cleo, "Between us")
    secret = (await bo.post("spaces", {"audience": "invited"}))["id"]
    for about, id in (("person", "1"), ("post", "1"), ("message", message), ("space", secret), ("space", "0" * 13)):
        body = {"about": about, "id": id, "reason": "abuse"}
        assert await amara.refused("POST", "reports", json=body) == (404, "report_subject_not_found")
    body = {"about": "person", "id": amara.id, "reason": "abuse"}
    assert await amara.refused("POST", "reports", json=body) == (409, "cannot_report_yourself")


async def test_a_block_keeps_nobody_from_reporting(town: Town, mo: Visitor) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    post = (await bo.post("posts", {"text": "Rude words"}))["id"]
    await bo.put(f"people/{amara.id}/block")
    await report(amara, "post", post)
    assert (await the_case(mo))["excerpt"] == "Rude words"


async def test_twenty_reports_a_day_and_then_one_waits(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    for _ in range(20):
        await report(amara, "person", bo.id)
    answer = await amara.send("POST", "reports", json={"about": "person", "id": bo.id, "reason": "abuse"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 86400


async def test_nobody_but_moderators_sees_reports(town: Town, ada: Visitor, mo: Visitor) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await report(amara, "person", bo.id)
    id = (await the_case(ada))["id"]
    for path in ("moderation/cases", f"moderation/cases/{id}"):
        assert await bo.refused("GET", path) == (403, "moderators_only")
        assert await town.guest.refused("GET", path) == (401, "unauthenticated")
    body = {"decision": "suspend"}
    assert await bo.refused("POST", f"moderation/cases/{id}/decision", json=body) == (403, "moderators_only")
    assert [(await who.get("me"))["moderator"] for who in (ada, mo, bo)] == [True, True, False]


async def test_administrators_say_who_moderates(town: Town, ada: Visitor, mo: Visitor) -> None:
    bo = await town.guest.sign_up("bo")
    assert await mo.refused("PUT", f"moderation/moderators/{bo.id}") == (403, "administrators_only")
    await ada.put(f"moderation/moderators/{bo.id}")
    named = (await ada.get("moderation/moderators"))["items"]
    assert [person["username"] for person in named] == ["mo", "bo"]
    await bo.get("moderation/cases")
    await ada.delete(f"moderation/moderators/{bo.id}")
    assert await bo.refused("GET", "moderation/cases") == (403, "moderators_only")
    assert await ada.refused("PUT", "moderation/moderators/1") == (404, "person_not_found")


async def test_a_dismissed_report_changes_nothing_and_only_who_reported_hears_of_it(town: Town, mo: Visitor) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    post = (await bo.post("posts", {"text": "A kettle"}))["id"]
    await report(amara, "post", post)
    decided = await decide(mo, "dismiss")
    assert (decided["decision"], decided["decided_by"]["username"], decided["decisions"]) == ("dismiss", "mo", [])
    assert (await bo.get(f"posts/{post}"))["text"] == "A kettle"
    await town.work()
    assert await lines(amara) == [("report_decided", [], 1)]
    assert await lines(bo) == []
    (mine,) = (await amara.get("me/moderation"))["reports"]
    assert (mine["decided"], mine["acted"]) == (True, False)
    assert (await mo.get("moderation/cases"))["items"] == []
    assert len((await mo.get("moderation/cases", state="decided"))["items"]) == 1
    body = {"decision": "suspend"}
    id = decided["id"]
    assert await mo.refused("POST", f"moderation/cases/{id}/decision", json=body) == (409, "case_decided")


async def test_reported_again_after_a_decision_it_is_another_case(town: Town, mo: Visitor) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await report(amara, "person", bo.id)
    first = await decide(mo, "dismiss")
    await report(amara, "person", bo.id)
    assert (await the_case(mo))["id"] != first["id"]


async def test_a_removed_post_is_gone_and_its_author_hears_why(town: Town, mo: Visitor) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    post = (await bo.post("posts", {"text": "Rude words"}))["id"]
    await report(amara, "post", post)
    await decide(mo, "remove", words="This attacks a person.")
    assert await bo.refused("GET", f"posts/{post}") == (404, "post_not_found")
    await town.work()
    assert await lines(bo) == [("moderated", [], 1)]
    (judgement,) = (await bo.get("me/moderation"))["judgements"]
    assert (judgement["excerpt"], judgement["decision"], judgement["words"]) == (
        "Rude words",
        "remove",
        "This attacks a person.",
    )
    assert "decided_by" not in judgement


async def test_a_removed_message_is_gone_for_both(town: Town, mo: Visitor) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    there, message = await write(bo, amara, "Ruder words")
    await amara.post(f"conversations/{there}/messages", {"text": "Please stop"})
    await report(amara, "message", message)
    await decide(mo, "remove")
    for who in (amara, bo):
        said = (await who.get(f"conversations/{there}/messages"))["items"]
        assert [(one["text"], one["deleted"]) for one in said] == [("Please stop", False), ("", True)]


async def test_what_its_author_has_deleted_is_kept_for_moderators_and_cannot_be_removed(
    town: Town, mo: Visitor
) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    post = (await bo.post("posts", {"text": "Rude words"}))["id"]
    await report(amara, "post", post)
    await bo.delete(f"posts/{post}")
    case = await the_case(mo)
    assert (case["excerpt"], case["there"]) == ("Rude words", False)
    path = f"moderation/cases/{case['id']}/decision"
    assert await mo.refused("POST", path, json={"decision": "remove"}) == (409, "nothing_to_remove")
    whole = await mo.get(f"moderation/cases/{case['id']}")
    assert whole["decisions"] == ["dismiss", "suspend_hosting", "suspend_speaking", "suspend"]


async def test_a_removed_space_ends_at_once_as_moderated(town: Town, mo: Visitor) -> None:
    hana, amara = await town.guest.sign_up("hana"), await town.guest.sign_up("amara")
    space = (await hana.post("spaces", {"title": "Rude radio"}))["id"]
    await amara.post(f"spaces/{space}/join")
    await report(amara, "space", space)
    await decide(mo, "remove")
    over = await amara.get(f"spaces/{space}")
    assert (over["state"], over["end_reason"]) == ("ended", "moderated")
    assert await amara.refused("POST", f"spaces/{space}/join") == (410, "space_ended")


async def test_who_is_suspended_from_hosting_hosts_no_more_until_it_is_over(town: Town, mo: Visitor) -> None:
    hana, amara = await town.guest.sign_up("hana"), await town.guest.sign_up("amara")
    space = (await hana.post("spaces", {"title": "Rude radio"}))["id"]
    await report(amara, "person", hana.id)
    await decide(mo, "suspend_hosting", days=7)
    assert (await amara.get(f"spaces/{space}"))["end_reason"] == "moderated"
    answer = await hana.send("POST", "spaces", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "hosting_suspended")
    assert answer.json()["until"] == "2026-11-28T10:00:00.000Z"
    assert [one["sanction"] for one in (await hana.get("me/moderation"))["suspended"]] == ["hosting"]
    theirs = (await amara.post("spaces", {"policy": "everyone"}))["id"]
    assert (await hana.post(f"spaces/{theirs}/requests", {}))["seated"]
    town.clock.advance(timedelta(days=7, seconds=1))
    assert (await hana.post("spaces", {}))["state"] == "live"


async def test_who_is_suspended_from_hosting_is_made_host_of_no_space(town: Town, mo: Visitor) -> None:
    """Not by whoever passes the role on, and not as the co-host who is there when the host goes."""
    hana, bo, amara = [await town.guest.sign_up(name) for name in ("hana", "bo", "amara")]
    space = (await hana.post("spaces", {"policy": "everyone"}))["id"]
    await bo.post(f"spaces/{space}/join")
    await bo.post(f"spaces/{space}/requests", {})
    await hana.put(f"spaces/{space}/cohosts/{bo.id}")
    await report(amara, "person", bo.id)
    await decide(mo, "suspend_hosting", days=1)
    seen = await amara.get(f"spaces/{space}")
    roles = {seat["person"]["username"]: seat["role"] for seat in seen["stage"]}
    assert (seen["state"], roles) == ("live", {"hana": "host", "bo": "speaker"})
    for path in (f"cohosts/{bo.id}", f"host/{bo.id}"):
        assert await hana.refused("PUT", f"spaces/{space}/{path}") == (403, "person_cannot_host")
    await hana.post(f"spaces/{space}/leave")
    assert (await amara.get(f"spaces/{space}"))["host"]["username"] == "hana"
    town.clock.advance(timedelta(days=1, seconds=1))
    await hana.post(f"spaces/{space}/join")
    await hana.put(f"spaces/{space}/host/{bo.id}")


async def test_who_is_suspended_from_hosting_takes_no_co_hosts_seat(town: Town, mo: Visitor) -> None:
    hana, bo, amara = [await town.guest.sign_up(name) for name in ("hana", "bo", "amara")]
    space = (await hana.post("spaces", {"policy": "invited"}))["id"]
    await bo.post(f"spaces/{space}/join")
    await hana.put(f"spaces/{space}/cohosts/{bo.id}")
    await report(amara, "person", bo.id)
    await decide(mo, "suspend_hosting", days=1)
    assert await bo.refused("POST", f"spaces/{space}/invitations/me/accept") == (409, "no_invitation")
    await hana.post(f"spaces/{space}/invitations/{bo.id}")
    await bo.post(f"spaces/{space}/invitations/me/accept")
    seats = (await amara.get(f"spaces/{space}"))["stage"]
    assert [seat["role"] for seat in seats] == ["host", "speaker"]


async def test_who_is_suspended_from_speaking_leaves_the_stage_and_gets_no_seat(town: Town, mo: Visitor) -> None:
    hana, bo, amara = [await town.guest.sign_up(name) for name in ("hana", "bo", "amara")]
    space = (await hana.post("spaces", {"policy": "everyone"}))["id"]
    await bo.post(f"spaces/{space}/join")
    await bo.post(f"spaces/{space}/requests", {})
    await report(amara, "person", bo.id)
    await decide(mo, "suspend_speaking", days=1)
    seen = await amara.get(f"spaces/{space}")
    assert [seat["person"]["username"] for seat in seen["stage"]] == ["hana"]
    assert seen["state"] == "live"
    for by, path in (
        (bo, "requests"),
        (hana, f"invitations/{bo.id}"),
        (hana, f"cohosts/{bo.id}"),
    ):
        method = "PUT" if "cohosts" in path else "POST"
        body: dict[str, Any] = {"json": {}} if path == "requests" else {}
        assert await by.refused(method, f"spaces/{space}/{path}", **body) == (403, "speaking_suspended"), path
    assert await bo.refused("POST", "spaces", json={}) == (403, "hosting_suspended")
    assert (await bo.post(f"spaces/{space}/join"))["role"] == "listener"


async def test_a_suspended_account_is_out_of_everything_at_once(town: Town, mo: Visitor) -> None:
    hana, bo, amara = [await town.guest.sign_up(name) for name in ("hana", "bo", "amara")]
    theirs = (await bo.post("spaces", {"title": "Rude radio"}))["id"]
    other = (await hana.post("spaces", {"policy": "everyone"}))["id"]
    await bo.post(f"spaces/{other}/join")
    await bo.post(f"spaces/{other}/requests", {})
    await report(amara, "person", bo.id)
    await decide(mo, "suspend")
    assert await bo.refused("GET", "me") == (401, "unauthenticated")
    signing_in = {"username": "bo", "password": PASSWORD}
    answer = await town.guest.send("POST", "sessions", json=signing_in)
    assert (answer.status_code, answer.json()["code"]) == (403, "account_suspended")
    assert await amara.refused("GET", f"spaces/{theirs}") == (404, "space_not_found")
    stage = (await amara.get(f"spaces/{other}"))["stage"]
    assert [seat["person"]["username"] for seat in stage] == ["hana"]
    wrong = {"username": "bo", "password": "wrong"}
    assert await town.guest.refused("POST", "sessions", json=wrong) == (401, "wrong_credentials")
    await mo.delete(f"moderation/people/{bo.id}/suspensions/account")
    assert (await town.guest.post("sessions", signing_in))["token"]
    assert (await amara.get(f"spaces/{theirs}"))["end_reason"] == "moderated"


async def test_a_listener_whose_account_is_suspended_is_out_of_the_room(town: Town, mo: Visitor) -> None:
    hana, bo, amara = [await town.guest.sign_up(name) for name in ("hana", "bo", "amara")]
    space = (await hana.post("spaces", {}))["id"]
    door = await bo.post(f"spaces/{space}/join")
    await report(amara, "person", bo.id)
    await decide(mo, "suspend")
    live = town.node.state.spaces.live
    assert bo.id in (await live.current(space)).banned
    stale = await bo.client.post(door["whep_url"], content="v=0\r\n", headers={"content-type": "application/sdp"})
    assert stale.status_code in (401, 403)


async def test_nobody_decides_in_their_own_matter_or_above_themselves(town: Town, mo: Visitor, ada: Visitor) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await report(amara, "person", mo.id)
    id = (await the_case(ada))["id"]
    for decision in ("dismiss", "suspend"):
        body = {"decision": decision}
        assert await mo.refused("POST", f"moderation/cases/{id}/decision", json=body) == (403, "own_case")
    await ada.put(f"moderation/moderators/{bo.id}")
    body = {"decision": "suspend"}
    assert await bo.refused("POST", f"moderation/cases/{id}/decision", json=body) == (403, "out_of_reach")
    assert (await bo.get(f"moderation/cases/{id}"))["decisions"] == ["dismiss"]
    await ada.post(f"moderation/cases/{id}/decision", {"decision": "suspend_speaking", "days": 1})
    own = f"moderation/people/{mo.id}/suspensions/speaking"
    assert await mo.refused("DELETE", own) == (403, "own_case")
    await bo.delete(own)


async def test_with_an_account_go_its_reports_and_the_case_stays_for_the_others(town: Town, mo: Visitor) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    await report(amara, "person", bo.id, note="Shouts")
    await report(cleo, "person", bo.id, note="Threatens")
    now = town.clock.now()
    await town.tools.db.write(lambda tx: erasing.erase(tx, PersonId(amara.id), BELONGINGS, now))
    case = await the_case(mo)
    assert case["reports"] == 1
    (said,) = (await mo.get(f"moderation/cases/{case['id']}"))["said"]
    assert said["note"] == "Threatens"


async def test_cases_come_page_by_page(town: Town, mo: Visitor) -> None:
    amara = await town.guest.sign_up("amara")
    for number in range(5):
        other = await town.guest.sign_up(f"p{number}")
        await report(amara, "person", other.id)
        town.clock.advance(timedelta(seconds=1))
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = await mo.get("moderation/cases", **query)
        seen += [case["person"]["username"] for case in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == ["p4", "p3", "p2", "p1", "p0"]
