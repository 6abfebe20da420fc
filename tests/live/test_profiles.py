"""Sound both ways by a client that brings one other way to encrypt it than the usual first (RFC 5764, RFC 7714)."""

import asyncio
import re

import httpx
import pytest
from aiortc import rtcdtlstransport

from tests.live.conftest import People
from tests.live.node import Node
from tests.live.peers import Peer, Peers
from tests.live.sound import Sound, compare

pytestmark = [pytest.mark.live, pytest.mark.anyio]

PROFILES = {profile.openssl_profile.decode(): profile for profile in rtcdtlstransport.SRTP_PROFILES}


def agreed(peer: Peer) -> str:
    """The profile upon which a connection and the node agreed."""
    (transceiver,) = peer.connection.getTransceivers()
    handshake = transceiver.sender.transport._ssl
    assert handshake is not None
    return handshake.get_selected_srtp_profile().decode()


def dropped(node: Node, reason: str) -> int:
    """How many packets the node has dropped for this reason."""
    figures = httpx.get(f"http://127.0.0.1:{node.http_port}/metrics", verify=False).text
    found = re.search(rf'^cooee_packets_dropped_total{{.*reason="{reason}".*}} (\d+)', figures, re.MULTILINE)
    assert found, figures
    return int(found[1])


@pytest.mark.parametrize("name", ["SRTP_AEAD_AES_128_GCM", "SRTP_AES128_CM_SHA1_80"])
async def test_who_brings_one_profile_only_is_heard_and_hears(
    node: Node, people: People, peers: Peers, novel: Sound, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(rtcdtlstransport, "SRTP_PROFILES", [PROFILES[name]])
    host, listener = people("ann"), people("ben")
    space = host.start_space("In confidence")
    voice = await peers.speak(host.join(space)["whip_url"], novel)
    ear = await peers.listen(listener.join(space)["whep_url"])
    assert (agreed(voice), agreed(ear)) == (name, name)
    host.open_microphone(space)
    await asyncio.sleep(2)
    ear.heard.frames.clear()
    await asyncio.sleep(5)

    heard = compare(novel, ear.heard.recording())
    assert heard.speaking > 2
    assert heard.intelligibility >= 0.85
    # Not only their sound is theirs: so are their reports.
    assert dropped(node, "not_authentic") == 0
