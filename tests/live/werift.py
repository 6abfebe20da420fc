"""A listener on werift, a second independent WebRTC stack: it brings the packets, and they are decoded here."""

import asyncio
import json
from base64 import b64decode

import numpy as np
from av import AudioResampler, CodecContext, Packet

from tests.live.peers import OPUS_RATE, Heard
from tests.live.template import ROOT

_PEER = ROOT / "client/e2e/peers/werift.mjs"


async def listen(door: str, seconds: float) -> Heard:
    """Opens the WHEP door, and keeps what comes within that time."""
    node = await asyncio.create_subprocess_exec(
        "node", str(_PEER), door, str(seconds), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await node.communicate()
    assert node.returncode == 0, err.decode()
    return _decoded([json.loads(line) for line in out.splitlines()])


def _decoded(packets: list[dict[str, str]]) -> Heard:
    decoder = CodecContext.create("libopus", "r")
    mono = AudioResampler(format="s16", layout="mono", rate=OPUS_RATE)
    heard = Heard()
    for packet in packets:
        for frame in decoder.decode(Packet(b64decode(packet["payload"]))):
            samples = np.concatenate([part.to_ndarray().reshape(-1) for part in mono.resample(frame)])
            heard.frames.append((int(packet["timestamp"]), (samples / 32768).astype(np.float32)))
    return heard
