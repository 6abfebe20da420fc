import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { USUAL_WAY } from "../browser/capture";
import { Mouth } from "./mouth";

/** A captured track that remembers whether it was stopped. */
class Track extends EventTarget {
  enabled = true;
  stopped = false;
  stop(): void {
    this.stopped = true;
  }
}

let asked: { give: (track: Track) => void; refuse: (error: unknown) => void }[] = [];

beforeEach(() => {
  asked = [];
  const getUserMedia = () =>
    new Promise((give, refuse) => {
      asked.push({ give: (track) => give({ getAudioTracks: () => [track] }), refuse });
    });
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
});
afterEach(() => vi.unstubAllGlobals());

function mouth() {
  const sent: unknown[] = [];
  const one = new Mouth({
    permit: async () => ({ version: 7 }),
    send: (track) => sent.push(track),
    changed: () => undefined,
  });
  return { one, sent };
}

const settled = () => new Promise((done) => setTimeout(done, 0));

describe("the mouth", () => {
  it("sends what was captured, once the server permits it", async () => {
    const { one, sent } = mouth();
    const track = new Track();
    one.say({ type: "tapped" });
    asked[0]?.give(track);
    await settled();
    expect(one.microphone.is).toBe("on");
    expect(track.enabled).toBe(true);
    expect(sent).toEqual([track]);
  });

  it("captures once, however often one taps while the browser asks", async () => {
    const { one } = mouth();
    for (let tap = 0; tap < 3; tap += 1) one.say({ type: "tapped" });
    expect(asked).toHaveLength(1);
    asked[0]?.give(new Track());
    await settled();
    expect(one.microphone.is).toBe("on");
  });

  it("lets a device go that comes after the stage was left", async () => {
    const { one, sent } = mouth();
    const track = new Track();
    one.say({ type: "tapped" });
    one.say({ type: "left_stage" });
    asked[0]?.give(track);
    await settled();
    expect(track.stopped).toBe(true);
    expect(one.microphone).toMatchObject({ is: "off", captured: false });
    expect(sent).not.toContain(track);
  });

  it("speaks through the device that was chosen last", async () => {
    const { one, sent } = mouth();
    const [before, chosen] = [new Track(), new Track()];
    one.say({ type: "tapped" });
    one.choose({ ...USUAL_WAY, device: "another" });
    one.say({ type: "tapped" });
    asked[1]?.give(chosen);
    asked[0]?.give(before);
    await settled();
    expect(before.stopped).toBe(true);
    expect(sent.at(-1)).toBe(chosen);
  });

  it("looks for any device after the chosen one was unplugged", async () => {
    const { one } = mouth();
    const track = new Track();
    one.choose({ ...USUAL_WAY, device: "another" });
    one.say({ type: "tapped" });
    asked[0]?.give(track);
    await settled();
    track.dispatchEvent(new Event("ended"));
    expect(one.microphone).toMatchObject({ is: "off", trouble: "unplugged" });
    expect(one.way.device).toBeNull();
  });

  it("is not closed by what the feed still says of before", async () => {
    const { one } = mouth();
    one.say({ type: "tapped" });
    asked[0]?.give(new Track());
    await settled();
    one.told(true, false, 6);
    expect(one.microphone.is).toBe("on");
    one.told(true, false, 8);
    expect(one.microphone.is).toBe("off");
  });

  it("does not mind that a device fails which is wanted no more", async () => {
    const { one } = mouth();
    one.say({ type: "tapped" });
    one.choose({ ...USUAL_WAY, device: "another" });
    one.say({ type: "tapped" });
    asked[0]?.refuse(new Error("unplugged"));
    await settled();
    expect(one.microphone).toMatchObject({ is: "capturing", trouble: null });
  });
});
