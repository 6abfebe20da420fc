"""A node that is killed, and what is there when it comes back."""

import pytest

from tests.live.conftest import People
from tests.live.node import Node

pytestmark = pytest.mark.live


def test_people_posts_the_space_and_its_roles_survive_kill_9(node: Node, people: People) -> None:
    host, speaker, listener = people("ann"), people("ben"), people("cleo")
    space = host.start_space("Come what may")
    speaker.go_on_stage(space)
    listener.join(space)
    host.put(f"/spaces/{space}/cohosts/{speaker.id}")
    speaker.open_microphone(space)
    post = host.post("/posts", {"text": "We are on."})["id"]
    listener.put(f"/people/{host.id}/follow")

    node.kill()
    node.start()

    after = listener.get(f"/spaces/{space}")
    seats = {seat["person"]["username"]: (seat["role"], seat["muted"]) for seat in after["stage"]}
    assert after["state"] == "live"
    assert seats == {"ann": ("host", True), "ben": ("cohost", True)}
    assert post in [item["id"] for item in listener.get("/timeline")["items"]]
    assert [card["id"] for card in listener.get("/bubbles")["items"]] == [space]
    assert speaker.join(space)["role"] == "cohost"
