import { describe, expect, it } from "vitest";
import { after, CLOSED, type Microphone, type MicrophoneEffect, type MicrophoneEvent } from "./microphone";

/** Plays a script; answers the state and everything that was to be done. */
function play(...script: MicrophoneEvent[]): { microphone: Microphone; done: string[] } {
  let microphone = CLOSED;
  const done: string[] = [];
  for (const event of script) {
    const step = after(microphone, event);
    microphone = step.microphone;
    done.push(...step.effects.map(word));
  }
  return { microphone, done };
}
const word = (effect: MicrophoneEffect) =>
  effect.do === "permit" ? (effect.muted ? "shut" : "open") : effect.do;

const tapped = { type: "tapped" } as const;
const captured = { type: "captured" } as const;
const permitted = { type: "permitted" } as const;
const told = (muted: boolean, held = false) => ({ type: "told", muted, held }) as const;
const OPEN: MicrophoneEvent[] = [tapped, captured, permitted];

describe("the microphone", () => {
  it("opens by one's own tap: captured, permitted, and only then enabled", () => {
    const { microphone, done } = play(...OPEN);
    expect(done).toEqual(["capture", "open", "enable"]);
    expect(microphone.is).toBe("on");
  });

  it("asks for no device again on the second tap", () => {
    expect(play(...OPEN, tapped, tapped).done).toEqual([
      "capture",
      "open",
      "enable",
      "disable",
      "shut",
      "open",
    ]);
  });

  it("closes at once, before the server has answered", () => {
    const { microphone, done } = play(...OPEN, tapped);
    expect(microphone.is).toBe("off");
    expect(done.slice(-2)).toEqual(["disable", "shut"]);
  });

  it("gives a permission back that comes after one has changed one's mind", () => {
    const { microphone, done } = play(tapped, captured, tapped, permitted);
    expect(microphone.is).toBe("off");
    expect(done).toEqual(["capture", "open", "disable", "shut", "shut"]);
    expect(done).not.toContain("enable");
  });

  it("stays off when a host's mute comes before the answer to one's own tap", () => {
    const { microphone, done } = play(tapped, captured, told(true, true), permitted);
    expect(microphone).toMatchObject({ is: "off", held: true, trouble: "held" });
    expect(done).not.toContain("enable");
  });

  it("stays off when the person refuses the device", () => {
    const { microphone } = play(tapped, { type: "capture_failed", why: "denied" });
    expect(microphone).toMatchObject({ is: "off", trouble: "denied" });
  });

  it("is closed by a host's mute, and the next tap is answered with words", () => {
    const { microphone, done } = play(...OPEN, told(true, true), tapped);
    expect(microphone).toMatchObject({ is: "off", held: true, trouble: "held" });
    expect(done.slice(-1)).toEqual(["disable"]);
  });

  it("opens again after the hold is lifted, by a tap and not by itself", () => {
    const lifted = play(...OPEN, told(true, true), told(true, false));
    expect(lifted.microphone).toMatchObject({ is: "off", held: false, trouble: null });
    expect(play(...OPEN, told(true, true), told(true, false), tapped, permitted).microphone.is).toBe("on");
  });

  it("corrects a server that believes it to be open", () => {
    expect(play(told(false)).done).toEqual(["shut"]);
  });

  it("says when the device was unplugged", () => {
    const { microphone, done } = play(...OPEN, { type: "unplugged" });
    expect(microphone).toMatchObject({ is: "off", captured: false, trouble: "unplugged" });
    expect(done.slice(-2)).toEqual(["disable", "shut"]);
  });

  it("gives the device back when one leaves the stage", () => {
    const { microphone, done } = play(...OPEN, { type: "left_stage" });
    expect(microphone).toEqual(CLOSED);
    expect(done.slice(-2)).toEqual(["disable", "release"]);
  });

  it("is opened by nothing but a tap and what follows it", () => {
    const others: MicrophoneEvent[] = [
      captured,
      permitted,
      told(false),
      told(true, true),
      told(true),
      { type: "silenced" },
      { type: "unplugged" },
      { type: "refused", why: "held" },
      { type: "left_stage" },
    ];
    for (const first of others) {
      for (const second of others) {
        for (const third of others) {
          const { microphone, done } = play(first, second, third);
          expect(microphone.is).toBe("off");
          expect(done).not.toContain("enable");
          expect(done).not.toContain("capture");
          expect(done).not.toContain("open");
        }
      }
    }
  });

  it("never enables the track but in the state on", () => {
    const events: MicrophoneEvent[] = [
      ...OPEN,
      told(true, true),
      told(false),
      { type: "silenced" },
      { type: "unplugged" },
    ];
    let seed = 7;
    let microphone = CLOSED;
    let enabled = false;
    for (let turn = 0; turn < 20_000; turn++) {
      seed = (seed * 48_271) % 2_147_483_647;
      const step = after(microphone, events[seed % events.length] as MicrophoneEvent);
      microphone = step.microphone;
      for (const effect of step.effects) {
        if (effect.do === "enable") enabled = true;
        if (effect.do === "disable" || effect.do === "release") enabled = false;
      }
      expect(enabled).toBe(microphone.is === "on");
    }
  });
});
