"""Profiles, and who follows whom."""

import pytest

from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_one_changes_what_one_says_and_nothing_else(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    me = await ada.patch("me", {"display_name": " Ada  L. ", "bio": "first\n\n\nsecond", "language": "pt-BR"})
    assert (me["display_name"], me["bio"], me["language"]) == ("Ada L.", "first\n\nsecond", "pt-BR")
    assert (await ada.patch("me", {"bio": ""}))["display_name"] == "Ada L."
    assert await ada.refused("PATCH", "me", json={"admin": True}) == (422, "invalid_request")
    assert await ada.refused("PATCH", "me", json={"bio": "x" * 161}) == (422, "invalid_request")
    assert await ada.refused("PATCH", "me", json={"language": "english!"}) == (422, "invalid_request")


async def test_a_profile_says_how_two_people_stand(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    before = await ada.get("people/BOB")
    assert (before["followers"], before["relation"]["following"], before["relation"]["followed_by"]) == (
        0,
        False,
        False,
    )
    after = await ada.put(f"people/{bob.id}/follow")
    assert (after["followers"], after["relation"]["following"], after["relation"]["followed_by"]) == (1, True, False)
    theirs = await bob.get("people/ada")
    assert (theirs["following"], theirs["relation"]["following"], theirs["relation"]["followed_by"]) == (1, False, True)
    assert "language" not in theirs
    assert "admin" not in theirs


async def test_following_twice_counts_once_and_unfollowing_twice_too(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    for _ in range(2):
        assert (await ada.put(f"people/{bob.id}/follow"))["followers"] == 1
    for _ in range(2):
        assert (await ada.delete(f"people/{bob.id}/follow"))["followers"] == 0
    assert (await ada.get("me"))["following"] == 0


async def test_one_cannot_follow_oneself_or_nobody(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    assert await ada.refused("PUT", f"people/{ada.id}/follow") == (409, "cannot_follow_yourself")
    for nobody in ("1", "9223372036854775808", "9999999999999999999"):
        assert await ada.refused("PUT", f"people/{nobody}/follow") == (404, "person_not_found")
        assert await ada.refused("DELETE", f"people/{nobody}/follow") == (404, "person_not_found")
        assert await ada.refused("GET", f"people/{nobody}/followers") == (404, "person_not_found")
    assert await ada.refused("PUT", "people/ada/follow") == (422, "invalid_request")


async def test_followers_come_page_by_page_the_latest_first(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    fans = [await guest.sign_up(f"fan{n}") for n in range(5)]
    for fan in fans:
        await fan.put(f"people/{ada.id}/follow")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for expected in (2, 2, 1):
        page = await ada.get(f"people/{ada.id}/followers", limit=2, **cursor)
        assert len(page["items"]) == expected
        seen += [person["id"] for person in page["items"]]
        cursor = {"cursor": page["next"]}
    assert cursor == {"cursor": None}
    # All followed in the same millisecond of the test's clock: then the newest account is first.
    assert seen == sorted((fan.id for fan in fans), key=int, reverse=True)
    assert [person["id"] for person in (await fans[0].get(f"people/{fans[0].id}/following"))["items"]] == [ada.id]


async def test_a_cursor_of_another_list_is_refused(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    for cursor in ("nonsense", "MQ", "LTE"):
        path = f"people/{ada.id}/followers"
        assert await ada.refused("GET", path, params={"cursor": cursor}) == (400, "bad_cursor")


async def test_suggested_are_the_best_known_whom_one_does_not_follow_yet(guest: Visitor) -> None:
    ada, bob, cleo = [await guest.sign_up(name) for name in ("ada", "bob", "cleo")]
    for fan in (ada, bob):
        await fan.put(f"people/{cleo.id}/follow")
    await cleo.put(f"people/{bob.id}/follow")
    dora = await guest.sign_up("dora")
    names = [person["username"] for person in (await dora.get("people", suggested=1))["items"]]
    assert names == ["cleo", "bob", "ada"]
    await dora.put(f"people/{cleo.id}/follow")
    names = [person["username"] for person in (await dora.get("people", suggested=1))["items"]]
    assert names == ["bob", "ada"]
    assert await dora.refused("GET", "people") == (422, "invalid_request")


@pytest.mark.parametrize("name", ["nobody", "no body", "%00", "x" * 200])
async def test_nobody_has_no_profile(guest: Visitor, name: str) -> None:
    ada = await guest.sign_up("ada")
    assert await ada.refused("GET", f"people/{name}") == (404, "person_not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "me"),
        ("PATCH", "me"),
        ("PUT", "me/picture"),
        ("GET", "people/ada"),
        ("GET", "people?suggested=1"),
        ("GET", "people/1/followers"),
        ("PUT", "people/1/follow"),
        ("GET", "timeline"),
        ("GET", "people/1/posts"),
        ("GET", "posts/1"),
        ("DELETE", "posts/1"),
    ],
)
async def test_a_guest_is_asked_to_sign_in(guest: Visitor, method: str, path: str) -> None:
    answer = await guest.send(method, path, json={})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"
