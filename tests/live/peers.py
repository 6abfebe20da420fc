"""aiortc at both ends: one who speaks by WHIP, and one who listens by WHEP."""

import asyncio
import time
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import httpx
import numpy as np
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler

from tests.live.sound import RATE, Sound, resampled

OPUS_RATE = 48_000
PACKET = OPUS_RATE // 50


class Microphone(MediaStreamTrack):
    """Plays a sound in a loop, 20 ms at a time, at the pace of the clock."""

    kind = "audio"

    def __init__(self, said: Sound) -> None:
        super().__init__()
        samples = resampled(said, RATE, OPUS_RATE)
        self._samples = np.clip(samples * 32767, -32768, 32767).astype(np.int16)
        self._sent = 0
        self._began = 0.0

    async def recv(self) -> AudioFrame:
        self._began = self._began or time.monotonic()
        start = self._sent * PACKET
        await asyncio.sleep(max(0.0, self._began + start / OPUS_RATE - time.monotonic()))
        piece = self._samples[np.arange(start, start + PACKET) % len(self._samples)]
        frame = AudioFrame.from_ndarray(piece.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = OPUS_RATE, start, Fraction(1, OPUS_RATE)
        self._sent += 1
        return frame


@dataclass
class Heard:
    """What has arrived, by the time that it carries: where nothing arrived, there is silence."""

    frames: list[tuple[int, Sound]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)

    def recording(self) -> Sound:
        """Mono at `RATE`, from the first frame to the last."""
        if not self.frames:
            return np.zeros(0, np.float32)
        first = self.frames[0][0]
        end = max(at + len(samples) for at, samples in self.frames) - first
        sound = np.zeros(end, np.float32)
        for at, samples in self.frames:
            if at >= first:
                sound[at - first : at - first + len(samples)] = samples
        return resampled(sound, OPUS_RATE)


@dataclass
class Peer:
    """A connection that a door opened."""

    connection: RTCPeerConnection
    resource: str
    heard: Heard

    @property
    def state(self) -> str:
        return str(self.connection.connectionState)


class Peers:
    """Opens doors, and closes at the end whatever it opened."""

    def __init__(self) -> None:
        self._connections: list[RTCPeerConnection] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def speak(self, door: str, said: Sound, key: str | None = None) -> Peer:
        """Opens the WHIP door and sends the sound, muted or not: it is a client that does not ask.

        `key` is the bearer token of a program; a grant stands in the door's address.
        """
        connection = self._connection()
        connection.addTrack(Microphone(said))
        for transceiver in connection.getTransceivers():
            transceiver.direction = "sendonly"
        return Peer(connection, await _opened(connection, door, key), Heard())

    async def listen(self, door: str) -> Peer:
        """Opens the WHEP door and keeps what comes."""
        connection, heard = self._connection(), Heard()
        connection.addTransceiver("audio", direction="recvonly")

        @connection.on("track")
        def started(track: MediaStreamTrack) -> None:
            self._tasks.append(asyncio.create_task(_keep(track, heard)))

        return Peer(connection, await _opened(connection, door), heard)

    async def close(self) -> None:
        for connection in self._connections:
            await connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connection(self) -> RTCPeerConnection:
        self._connections.append(RTCPeerConnection())
        return self._connections[-1]


async def _opened(connection: RTCPeerConnection, door: str, key: str | None = None) -> str:
    """The session's address, once it is connected."""
    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp
    headers = {"Content-Type": "application/sdp"} | ({"Authorization": f"Bearer {key}"} if key else {})
    async with httpx.AsyncClient(verify=False, timeout=10) as http:
        response = await http.post(door, content=offer, headers=headers)
    assert response.status_code == 201, response.text
    await connection.setRemoteDescription(RTCSessionDescription(response.text, "answer"))
    await asyncio.wait_for(_connected(connection), 10)
    return response.headers["Location"]


async def _connected(connection: RTCPeerConnection) -> None:
    while connection.connectionState != "connected":
        await asyncio.sleep(0.01)


async def _keep(track: Any, heard: Heard) -> None:
    mono = AudioResampler(format="s16", layout="mono", rate=OPUS_RATE)
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        at = int(frame.pts * frame.time_base * OPUS_RATE)
        for part in mono.resample(frame):
            heard.frames.append((at, (part.to_ndarray().reshape(-1) / 32768).astype(np.float32)))
        heard.arrived.append(time.monotonic())
