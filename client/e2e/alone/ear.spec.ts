import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { judge, level } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

/** Connects the microphone with itself by WebRTC, and plays what arrives. */
const MIRROR = `<button>Talk</button><audio autoplay></audio><script>
  document.querySelector("button").onclick = async () => {
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
    far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
    far.ontrack = ({ track }) => { document.querySelector("audio").srcObject = new MediaStream([track]); };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false } });
    near.addTrack(stream.getAudioTracks()[0], stream);
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription);
  };
</script>`;

let server: Server;
let address: string;

test.beforeAll(async () => {
  server = createServer((_, response) => response.setHeader("content-type", "text/html").end(MIRROR));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://localhost:${(server.address() as AddressInfo).port}/`;
});

test.afterAll(() => {
  server.close();
});

test("the ear hears what a page plays, and at the volume at which it plays it", async ({ person }) => {
  const { page, listen } = await person(address, { microphone: "novel" });
  await page.getByRole("button", { name: "Talk" }).click();
  await sleep(1500);

  const loud = await judge(await listen(() => sleep(10_000)), "novel", "mirror");
  expect(loud.intelligibility).toBeGreaterThan(0.85);
  expect(loud.longest_gap_s).toBeLessThan(0.1);

  await page.locator("audio").evaluate((audio: HTMLAudioElement) => {
    audio.muted = true;
  });
  expect(level(await listen(() => sleep(1000)))).toBeLessThan(-90);
});
