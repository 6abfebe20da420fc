/**
 * One's own microphone. It opens only by one's own tap, and sound leaves only while the track is enabled here *and* the
 * server lets packets pass; either alone closes it.
 */
export type Trouble =
  | "denied"
  | "no_device"
  | "in_use"
  | "insecure"
  | "unplugged"
  | "held"
  | "refused"
  | "unreachable";

export interface Microphone {
  readonly is: "off" | "capturing" | "asking" | "on";
  /** A captured track is at hand, disabled unless `is` is "on". */
  readonly captured: boolean;
  /** A host's mute holds. */
  readonly held: boolean;
  /** Why it is not open although one tapped; words for it are shown until the next tap. */
  readonly trouble: Trouble | null;
}

export type MicrophoneEvent =
  | { readonly type: "tapped" }
  | { readonly type: "captured" }
  | { readonly type: "capture_failed"; readonly why: Trouble }
  | { readonly type: "permitted" }
  | { readonly type: "refused"; readonly why: Trouble }
  | { readonly type: "told"; readonly muted: boolean; readonly held: boolean }
  | { readonly type: "unplugged" }
  /** A new session, a new device, or too long away: off until the next tap. */
  | { readonly type: "silenced" }
  | { readonly type: "left_stage" };

export type MicrophoneEffect =
  | { readonly do: "capture" }
  | { readonly do: "permit"; readonly muted: boolean }
  | { readonly do: "enable" }
  | { readonly do: "disable" }
  | { readonly do: "release" };

export interface MicrophoneStep {
  readonly microphone: Microphone;
  readonly effects: readonly MicrophoneEffect[];
}

export const CLOSED: Microphone = { is: "off", captured: false, held: false, trouble: null };

const CAPTURE: MicrophoneEffect = { do: "capture" };
const OPEN: MicrophoneEffect = { do: "permit", muted: false };
const SHUT: MicrophoneEffect = { do: "permit", muted: true };
const DISABLE: MicrophoneEffect = { do: "disable" };

/** The microphone after `event`, and what is to be done. */
export function after(microphone: Microphone, event: MicrophoneEvent): MicrophoneStep {
  switch (event.type) {
    case "tapped":
      return microphone.is === "off" ? open(microphone) : shut(microphone, null);
    case "captured":
      return microphone.is === "capturing"
        ? step({ ...microphone, is: "asking", captured: true }, OPEN)
        : step({ ...microphone, captured: true });
    case "capture_failed":
      return microphone.is === "capturing"
        ? step({ ...microphone, is: "off", captured: false, trouble: event.why })
        : step(microphone);
    case "permitted":
      return permitted(microphone);
    case "refused":
      return microphone.is === "asking"
        ? step(
            { ...microphone, is: "off", held: microphone.held || event.why === "held", trouble: event.why },
            DISABLE,
          )
        : step(microphone);
    case "told":
      return told(microphone, event.muted, event.held);
    case "unplugged":
      return unplugged(microphone);
    case "silenced":
      return shut(microphone, microphone.trouble);
    case "left_stage":
      return step(CLOSED, DISABLE, { do: "release" });
  }
}

function step(microphone: Microphone, ...effects: readonly MicrophoneEffect[]): MicrophoneStep {
  return { microphone, effects };
}

function open(microphone: Microphone): MicrophoneStep {
  if (microphone.held) return step({ ...microphone, trouble: "held" });
  const tapped = { ...microphone, trouble: null };
  return microphone.captured
    ? step({ ...tapped, is: "asking" }, OPEN)
    : step({ ...tapped, is: "capturing" }, CAPTURE);
}

function shut(microphone: Microphone, trouble: Trouble | null): MicrophoneStep {
  if (microphone.is === "off") return step(microphone);
  const off = { ...microphone, is: "off", trouble } as const;
  return microphone.is === "capturing" ? step(off) : step(off, DISABLE, SHUT);
}

/** The answer may come after the person has changed their mind; then the permission is given back. */
function permitted(microphone: Microphone): MicrophoneStep {
  if (microphone.is === "asking") return step({ ...microphone, is: "on" }, { do: "enable" });
  return microphone.is === "on" ? step(microphone) : step(microphone, SHUT);
}

function told(microphone: Microphone, muted: boolean, held: boolean): MicrophoneStep {
  const trouble = microphone.trouble === "held" && !held ? null : microphone.trouble;
  const known = { ...microphone, held, trouble };
  // A hold that comes while one asks is younger than the permission, whose answer may still be on its way.
  if (muted && (microphone.is === "on" || (microphone.is === "asking" && held)))
    return step({ ...known, is: "off", trouble: held ? "held" : trouble }, DISABLE);
  if (!muted && microphone.is === "off") return step(known, SHUT);
  return step(known);
}

function unplugged(microphone: Microphone): MicrophoneStep {
  const gone = { ...microphone, captured: false };
  if (microphone.is === "off") return step(gone);
  return step({ ...gone, is: "off", trouble: "unplugged" }, DISABLE, SHUT);
}
