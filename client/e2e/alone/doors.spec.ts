/** Browsers that open the doors themselves, as any page may that knows WHIP and WHEP and nothing of our client. */
import { setTimeout as sleep } from "node:timers/promises";
import { Account } from "../harness/accounts.ts";
import { WITHIN_FIREFOX } from "../harness/firefox.ts";
import { judge } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

test.use({ settings: WITHIN_FIREFOX });

/** Runs inside a page, and so stands alone. */
async function open({ door, what }: { door: string; what: "speak" | "listen" }): Promise<void> {
  const peer = new RTCPeerConnection();
  // A peer that nothing in the page holds is collected, and its sound with it.
  Object.assign(window, { peer });
  if (what === "speak") {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) peer.addTransceiver(track, { direction: "sendonly" });
  } else {
    const audio = document.body.appendChild(new Audio());
    audio.autoplay = true;
    peer.addTransceiver("audio", { direction: "recvonly" });
    peer.ontrack = ({ track }) => {
      audio.srcObject = new MediaStream([track]);
    };
  }
  await peer.setLocalDescription();
  const headers = { "content-type": "application/sdp" };
  const answer = await fetch(door, { method: "POST", headers, body: peer.localDescription?.sdp ?? "" });
  if (answer.status !== 201) throw new Error(await answer.text());
  await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  await new Promise<void>((resolve, reject) => {
    setTimeout(() => reject(new Error(`still ${peer.connectionState}`)), 10_000);
    peer.onconnectionstatechange = () => peer.connectionState === "connected" && resolve();
  });
}

const ways = [
  { speaker: "Chromium", listener: "Firefox" },
  { speaker: "Firefox", listener: "Chromium" },
] as const;

for (const { speaker, listener } of ways) {
  test(`${speaker} speaks by WHIP, and ${listener} hears by WHEP`, async ({ server, person, firefox }) => {
    const [ann, ben] = [await Account.made(server, "ann"), await Account.made(server, "ben")];
    const space = await ann.startSpace("Any page");
    const at = `${server.address}/sign-in`;
    const microphone = "novel";
    const mouth =
      speaker === "Chromium" ? await person(at, { microphone }) : await firefox(at, { microphone });
    const ear = listener === "Chromium" ? await person(at) : await firefox(at);

    const { whip_url } = await ann.join(space);
    const { whep_url } = await ben.join(space);
    await mouth.tap();
    await mouth.run(open, { door: whip_url ?? "", what: "speak" });
    await ear.tap();
    await ear.run(open, { door: whep_url, what: "listen" });
    await ann.ask("PUT", `/spaces/${space}/me/microphone`, { muted: false });
    await sleep(4000);

    const verdict = await judge(await ear.listen(() => sleep(10_000)), microphone, "doors");
    expect(verdict.intelligibility).toBeGreaterThanOrEqual(0.85);
    expect(verdict.longest_gap_s).toBeLessThanOrEqual(0.1);
  });
}
