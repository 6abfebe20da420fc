/** OBS and other programs as one's voice: here the program is a page that speaks WHIP with nothing but the key. */
import { community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { comeIn, host } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

/** Posts an offer with a tone to the address, as a program does. It stands alone: it runs in a page. */
async function stream({ address, key }: { address: string; key: string }): Promise<void> {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const out = context.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  const peer = new RTCPeerConnection();
  Object.assign(window, { program: peer });
  for (const track of out.stream.getAudioTracks()) peer.addTransceiver(track, { direction: "sendonly" });
  await peer.setLocalDescription();
  const headers = { "content-type": "application/sdp", authorization: `Bearer ${key}` };
  const answer = await fetch(address, { method: "POST", headers, body: peer.localDescription?.sdp ?? "" });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
}

test("a host makes a key, a program comes with it, and her own tap puts it on air", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const [a, b] = [await person(server.address), await person(server.address, PHONE)];
  await host(a, ann, "From the studio");
  await comeIn("From the studio", [b, ben]);
  await expect(b.page.getByRole("button", { name: "Ann, Host, microphone off" })).toBeVisible();

  await a.page.getByRole("button", { name: "Microphone and sound" }).click();
  await a.page.getByRole("button", { name: "Speak with OBS or another program" }).click();
  const sheet = a.page.getByRole("dialog", { name: "Speak with a program" });
  await sheet.getByRole("button", { name: "Make a key" }).click();
  await expect(sheet.getByText("This key is shown only now.")).toBeVisible();
  const address = await sheet.getByLabel("Server", { exact: true }).inputValue();
  const key = await sheet.getByLabel("Bearer token", { exact: true }).inputValue();
  expect(key).toMatch(/^sk_/u);

  const studio = await person(server.address);
  await studio.tap();
  await studio.run(stream, { address, key });
  await expect(sheet.getByText("Your program is connected.")).toBeVisible();
  await expect(b.page.getByRole("button", { name: "Ann, Host, microphone off" })).toBeVisible();
  await a.page.keyboard.press("Escape");
  await a.page.getByRole("button", { name: "Put your program on air" }).click();
  await expect(a.page.getByRole("button", { name: "Your program is on air" })).toBeVisible();
  await expect(b.page.getByRole("button", { name: "Ann, Host, microphone on" })).toBeVisible();

  await studio.leave();
  await expect(b.page.getByRole("button", { name: "Ann, Host, microphone off" })).toBeVisible({
    timeout: 90_000,
  });
  await expect(a.page.getByRole("button", { name: /^Unmute microphone/u })).toBeVisible();
});
