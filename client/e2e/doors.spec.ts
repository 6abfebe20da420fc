/** Browsers that open the doors themselves, as any page may that knows WHIP and WHEP and nothing of our client. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Account } from "./harness/accounts.ts";
import { WITHIN_FIREFOX } from "./harness/firefox.ts";
import { judge, microphoneFile } from "./harness/sound.ts";
import { expect, test } from "./harness/test.ts";

test.use({ settings: WITHIN_FIREFOX });

/** Runs inside a page, and so stands alone. */
async function open({
  door,
  what,
  wav,
}: {
  door: string;
  what: "speak" | "listen";
  wav?: string;
}): Promise<void> {
  const peer = new RTCPeerConnection();
  // A peer that nothing in the page holds is collected, and its sound with it.
  const held: object[] = [peer];
  Object.assign(window, { held });
  if (wav) {
    const context = new AudioContext();
    const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
    const buffer = await context.decodeAudioData(bytes.buffer);
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    const mouth = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    source.connect(mouth);
    source.start();
    held.push(context, source, mouth);
    for (const track of mouth.stream.getTracks()) peer.addTransceiver(track, { direction: "sendonly" });
  } else if (what === "speak") {
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
    // Firefox speaks what its page plays to it: through a microphone of PulseAudio, 0.65 to 0.95 of it was understood.
    const wav = (await readFile(await microphoneFile(microphone))).toString("base64");
    const mouth = speaker === "Chromium" ? await person(at, { microphone }) : await firefox(at);
    const ear = listener === "Chromium" ? await person(at) : await firefox(at);

    const { whip_url } = await ann.join(space);
    const { whep_url } = await ben.join(space);
    await mouth.tap();
    await mouth.run(open, { door: whip_url ?? "", what: "speak", ...(speaker === "Firefox" && { wav }) });
    await ear.tap();
    await ear.run(open, { door: whep_url, what: "listen" });
    await ann.ask("PUT", `/spaces/${space}/me/microphone`, { muted: false });
    await sleep(4000);

    const verdict = await judge(await ear.listen(() => sleep(10_000)), microphone, "doors");
    expect(verdict.intelligibility).toBeGreaterThanOrEqual(0.85);
    expect(verdict.longest_gap_s).toBeLessThanOrEqual(0.1);
  });
}
