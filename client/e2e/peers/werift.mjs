/**
 * Listens with werift, a WebRTC stack of its own: `node werift.mjs WHEP_URL SECONDS` prints each packet as a line of JSON,
 * `{"timestamp": …, "payload": base64}`, as it arrives.
 */
import { RTCPeerConnection } from "werift";

const [door, seconds] = process.argv.slice(2);
const peer = new RTCPeerConnection();
peer.addTransceiver("audio", { direction: "recvonly" });
peer.onTrack.subscribe((track) => {
  track.onReceiveRtp.subscribe(({ header, payload }) => {
    const packet = { timestamp: header.timestamp, payload: payload.toString("base64") };
    process.stdout.write(`${JSON.stringify(packet)}\n`);
  });
});

await peer.setLocalDescription(await peer.createOffer());
const answer = await fetch(door, {
  method: "POST",
  headers: { "content-type": "application/sdp" },
  body: peer.localDescription.sdp,
});
if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
setTimeout(() => process.exit(0), Number(seconds) * 1000);
