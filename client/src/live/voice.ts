/** Where somebody on stage speaks: one may be in the room on several devices, and speaks from one of them. */
export type Voice =
  /** In the audience, or not known yet. */
  | { readonly at: "none" }
  | { readonly at: "here" }
  /** One came on stage by a wish on another device, which takes the seat until then, or never. */
  | { readonly at: "soon"; readonly until: number }
  /** Another device took it; one listens here, until one says that one speaks from here. */
  | { readonly at: "elsewhere" };

/** What is known when a door opens. */
interface Arrival {
  readonly onStage: boolean;
  /** Another device of theirs speaks. */
  readonly taken: boolean;
  /** They asked for the seat on this device, or were on stage with it before. */
  readonly wished: boolean;
  /** This device was not in the room before. */
  readonly first: boolean;
}

export const NO_VOICE: Voice = { at: "none" };
export const HERE: Voice = { at: "here" };
export const ELSEWHERE: Voice = { at: "elsewhere" };
/** As long as it takes to join and to connect a microphone, in ms, on a slow network. */
const PATIENCE_MS = 3000;

/** Where one speaks once a door has opened. What stands stands: only the person's own deed moves their voice. */
export function arrived(voice: Voice, { onStage, taken, wished, first }: Arrival, now: number): Voice {
  if (!onStage) return NO_VOICE;
  if (voice.at !== "none") return voice;
  if (taken) return ELSEWHERE;
  return first || wished ? HERE : { at: "soon", until: now + PATIENCE_MS };
}

/** Whether one is on stage, and not by this device. */
export const isElsewhere = (voice: Voice): boolean => voice.at === "elsewhere" || voice.at === "soon";

/** When nobody else has taken the seat, it is here. */
export const voiceDue = (voice: Voice): number => (voice.at === "soon" ? voice.until : Infinity);
