import { describe, expect, it } from "vitest";
import { after, CLOSED, type Microphone, type MicrophoneEffect, type MicrophoneEvent } from "./microphone";

interface Told {
  readonly microphone: Microphone;
  readonly effects: readonly MicrophoneEffect[];
}

function told(...events: readonly MicrophoneEvent[]): Told {
  let microphone = CLOSED;
  const effects: MicrophoneEffect[] = [];
  for (const event of events) {
    const step = after(microphone, event);
    microphone = step.microphone;
    effects.push(...step.effects);
  }
  return { microphone, effects };
}

const OPENED: readonly MicrophoneEvent[] = [{ type: "tapped" }, { type: "captured" }, { type: "permitted" }];

/** A small generator with a fixed seed: the same walks in every run. */
function* draws(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    yield state / 4_294_967_296;
  }
}

const MACHINES: readonly MicrophoneEvent[] = [
  { type: "captured" },
  { type: "capture_failed", why: "denied" },
  { type: "permitted" },
  { type: "refused", why: "refused" },
  { type: "told", muted: true, held: false },
  { type: "told", muted: false, held: false },
  { type: "told", muted: true, held: true },
  { type: "unplugged" },
  { type: "silenced" },
  { type: "left_stage" },
];

describe("one's own microphone", () => {
  it("opens by a tap: captured first, then permitted, then heard", () => {
    const { microphone, effects } = told(...OPENED);
    expect(microphone.is).toBe("on");
    expect(effects).toEqual([{ do: "capture" }, { do: "permit", muted: false }, { do: "enable" }]);
  });

  it("is heard by nobody before the server has agreed", () => {
    const { effects } = told({ type: "tapped" }, { type: "captured" });
    expect(effects).not.toContainEqual({ do: "enable" });
  });

  it("closes here at once, before the server has heard of it", () => {
    const { effects } = told(...OPENED, { type: "tapped" });
    expect(effects.slice(3)).toEqual([{ do: "disable" }, { do: "permit", muted: true }]);
  });

  it("stays closed under a host's mute, and says why", () => {
    const { microphone, effects } = told({ type: "told", muted: true, held: true }, { type: "tapped" });
    expect(microphone).toMatchObject({ is: "off", trouble: "held" });
    expect(effects).toEqual([]);
  });

  it("is off after a host's mute, and stays off when the hold is lifted", () => {
    const { microphone } = told(
      ...OPENED,
      { type: "told", muted: true, held: true },
      { type: "told", muted: true, held: false },
    );
    expect(microphone).toMatchObject({ is: "off", held: false, trouble: null });
  });

  it("gives the permission back when the person changed their mind meanwhile", () => {
    const { microphone, effects } = told(
      { type: "tapped" },
      { type: "captured" },
      { type: "tapped" },
      { type: "permitted" },
    );
    expect(microphone.is).toBe("off");
    expect(effects.at(-1)).toEqual({ do: "permit", muted: true });
  });

  it("corrects a server that thinks it is open when it is not", () => {
    const { microphone, effects } = told({ type: "told", muted: false, held: false });
    expect(microphone.is).toBe("off");
    expect(effects).toEqual([{ do: "permit", muted: true }]);
  });

  it("is off when its device is gone, and asks for a device at the next tap", () => {
    const { microphone, effects } = told(...OPENED, { type: "unplugged" }, { type: "tapped" });
    expect(microphone.is).toBe("capturing");
    expect(effects.at(-1)).toEqual({ do: "capture" });
  });

  it("is never opened by anything but the person's own tap", () => {
    const draw = draws(7);
    for (let walk = 0; walk < 2000; walk += 1) {
      let { microphone } = told();
      let tapped = false;
      for (let step = 0; step < 12; step += 1) {
        const chance = draw.next().value as number;
        const event =
          chance < 0.15
            ? ({ type: "tapped" } as const)
            : MACHINES[Math.floor(chance * 999) % MACHINES.length];
        if (event === undefined) throw new Error("a remainder is an index");
        if (event.type === "tapped") tapped = microphone.is === "off";
        const next = after(microphone, event);
        const enables = next.effects.some((effect) => effect.do === "enable");
        if (enables) expect(tapped).toBe(true);
        if (next.microphone.is === "off") tapped = false;
        microphone = next.microphone;
      }
    }
  });
});
