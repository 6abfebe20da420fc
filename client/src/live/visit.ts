import type { Role } from "../wire/shapes";
import { backoff } from "./backoff";
import { NO_PEER, type Peer, type PeerEvent, type PeerVerdict, peerAfter, peerDue } from "./peer";
import { arrived, ELSEWHERE, HERE, isElsewhere, NO_VOICE, type Voice, voiceDue } from "./voice";

/**
 * Being in a Space: joined, with a feed and a media session, through whatever the network does.
 * The rule is to go on as before where that is possible and to come back in the same role, muted, where it is not.
 */
export interface Visit {
  readonly link: Link;
  readonly feed: "closed" | "opening" | "open";
  /** The next feed begins with snapshots: what was seen of the last one is worth nothing. */
  readonly fresh: boolean;
  readonly role: Role | null;
  /** Where one speaks, if one is on stage; wherever it is not here, one listens. */
  readonly voice: Voice;
  readonly listen: Peer;
  readonly speak: Peer;
  /** Failures since everything stood; decides how long to wait. */
  readonly attempt: number;
  /** Sessions that were lost since everything stood: the first is replaced at once. */
  readonly renewals: number;
  /** Since when something is missing, in ms; `null` while all is well. */
  readonly since: number | null;
  /** Everything has stood at least once. */
  readonly arrived: boolean;
}

type Link =
  | { readonly at: "joining" }
  /** One may come in, and is told first whom one would hear. */
  | { readonly at: "warned" }
  | { readonly at: "in" }
  | { readonly at: "waiting"; readonly until: number }
  | { readonly at: "over"; readonly why: Ending };

export type Ending =
  | { readonly type: "left" | "removed" | "unreachable" }
  | { readonly type: "ended"; readonly reason: string | null }
  /** The rules said no; `code` is of `docs/errors.md`. */
  | { readonly type: "refused"; readonly code: string };

export type PeerKind = "listen" | "speak";

export type VisitEvent =
  /** `taken`: they speak on another device. `wished`: they asked for the seat on this one. */
  | {
      readonly type: "joined";
      readonly role: Role;
      readonly maySpeak: boolean;
      readonly taken: boolean;
      readonly wished: boolean;
    }
  /** The door is open, and somebody on stage is no friend. */
  | { readonly type: "warned" }
  | { readonly type: "join_anyway" }
  | {
      readonly type: "join_failed";
      readonly status: number;
      readonly code: string;
      readonly retryAfterMs: number | null;
    }
  | { readonly type: "feed_opened"; readonly resumed: boolean; readonly askedToResume: boolean }
  /** `guest`: of somebody without an account, who leaves on no other device. */
  | { readonly type: "feed_closed"; readonly code: number; readonly guest?: boolean }
  | { readonly type: "gap" }
  /** The feed is to carry other channels from now on. */
  | { readonly type: "channels_changed" }
  | { readonly type: "role"; readonly role: Role }
  /** Another device of theirs has taken the seat. */
  | { readonly type: "taken" }
  /** They speak from here from now on, wherever they did before. */
  | { readonly type: "speak_here" }
  | { readonly type: "ended"; readonly reason: string | null }
  | { readonly type: "peer"; readonly kind: PeerKind; readonly event: PeerEvent }
  | { readonly type: "slots_play" }
  | { readonly type: "network_changed" }
  | { readonly type: "tick" }
  /** `voiced`: they speak, on whichever device. */
  | { readonly type: "leave"; readonly voiced: boolean };

export type VisitEffect =
  | { readonly do: "join" }
  | { readonly do: "open_feed"; readonly resume: boolean }
  | { readonly do: "close_feed" }
  | { readonly do: "open_peer"; readonly kind: PeerKind }
  | { readonly do: "restart_ice"; readonly kind: PeerKind }
  | { readonly do: "close_peer"; readonly kind: PeerKind; readonly faded: boolean }
  /** The microphone must be off from here on. */
  | { readonly do: "silence" }
  /** They speak elsewhere: no microphone is held here, and none is closed there. */
  | { readonly do: "let_go" }
  | { readonly do: "leave" };

export interface VisitStep {
  readonly visit: Visit;
  readonly effects: readonly VisitEffect[];
}

/** The instant of an event, and the draw in [0, 1) that spreads retries. */
export interface Instant {
  readonly now: number;
  readonly chance: number;
}

/** Refusals that pass: the same door may open in a moment. */
const PASSING = new Set([0, 408, 425, 429, 500, 502, 503, 504]);
const FIRST_TRIES = 5;
/** After so long without success, in ms, trying goes on only when the person asks for it. */
const GIVE_UP_MS = 10 * 60_000;
/** The jitter when a node stops: its whole audience comes back at once. */
const STOPPING_ATTEMPT = 2;

const CLOSE = {
  left: 1000,
  removed: 4003,
  ended: 4005,
  grant: 4001,
  audience: 4004,
  stopping: 1001,
} as const;

export function begin(now: number): VisitStep {
  const visit: Visit = {
    link: { at: "joining" },
    feed: "closed",
    fresh: true,
    role: null,
    voice: NO_VOICE,
    listen: NO_PEER,
    speak: NO_PEER,
    attempt: 0,
    renewals: 0,
    since: now,
    arrived: false,
  };
  return { visit, effects: [{ do: "join" }] };
}

/** The visit after `event`. What is over stays over. */
export function visitAfter(visit: Visit, event: VisitEvent, instant: Instant): VisitStep {
  if (visit.link.at === "over") return { visit, effects: [] };
  const step = decide(visit, event, instant);
  return { ...step, visit: judged(step.visit, instant.now) };
}

function decide(visit: Visit, event: VisitEvent, instant: Instant): VisitStep {
  switch (event.type) {
    case "joined":
      return joined(visit, event, instant);
    case "warned":
      return still({ ...visit, link: { at: "warned" } });
    case "join_anyway":
      return visit.link.at === "warned" ? rejoin({ ...visit, since: instant.now }) : still(visit);
    case "join_failed":
      return joinFailed(visit, event, instant);
    case "feed_opened":
      return feedOpened(visit, event.askedToResume && !event.resumed, instant);
    case "feed_closed":
      return feedClosed({ ...visit, feed: "closed" }, event, instant);
    case "gap":
      return rejoin({ ...visit, feed: "closed", fresh: true }, { do: "close_feed" });
    case "channels_changed":
      return visit.link.at === "in"
        ? rejoin({ ...visit, feed: "closed" }, { do: "close_feed" })
        : still(visit);
    case "role":
      return visit.role === null || event.role === visit.role || visit.link.at !== "in"
        ? still(visit)
        : rejoin(visit);
    case "taken":
      return visit.voice.at === "here" || visit.voice.at === "soon" ? yielded(visit, instant) : still(visit);
    case "speak_here":
      return visit.link.at === "in" ? speakHere(visit) : still(visit);
    case "ended":
      return over(visit, { type: "ended", reason: event.reason });
    case "peer":
      return peerSaid(visit, event.kind, event.event, instant);
    case "slots_play":
      return slotsPlay(visit);
    case "network_changed":
      return visit.link.at === "warned" ? still(visit) : networkChanged(visit, instant);
    case "tick":
      return tick(visit, instant);
    case "leave":
      // Who speaks elsewhere stays there, or is about to: only this device goes.
      return visit.voice.at === "soon" || (visit.voice.at === "elsewhere" && event.voiced)
        ? over(visit, { type: "left" })
        : over(visit, { type: "left" }, { do: "leave" });
  }
}

const still = (visit: Visit): VisitStep => ({ visit, effects: [] });

/** Runs `next` on the visit that `first` left behind, and does what both want. */
function and(first: VisitStep, next: (visit: Visit) => VisitStep): VisitStep {
  const second = next(first.visit);
  return { visit: second.visit, effects: [...first.effects, ...second.effects] };
}

function rejoin(visit: Visit, ...before: readonly VisitEffect[]): VisitStep {
  if (visit.link.at === "joining") return { visit, effects: before };
  return { visit: { ...visit, link: { at: "joining" } }, effects: [...before, { do: "join" }] };
}

function retry(visit: Visit, attempt: number, { now, chance }: Instant, atLeastMs = 0): VisitStep {
  const tooLong = visit.since !== null && now - visit.since > GIVE_UP_MS;
  if (tooLong || (!visit.arrived && attempt >= FIRST_TRIES)) return over(visit, { type: "unreachable" });
  const until = now + Math.max(atLeastMs, backoff(attempt, chance));
  return still({ ...visit, attempt: attempt + 1, link: { at: "waiting", until } });
}

function over(visit: Visit, why: Ending, ...more: readonly VisitEffect[]): VisitStep {
  const ended: Visit = {
    ...visit,
    link: { at: "over", why },
    feed: "closed",
    listen: NO_PEER,
    speak: NO_PEER,
  };
  const effects: VisitEffect[] = [
    { do: "silence" },
    { do: "close_feed" },
    { do: "close_peer", kind: "listen", faded: true },
    { do: "close_peer", kind: "speak", faded: false },
    ...more,
  ];
  return { visit: ended, effects };
}

function joined(
  visit: Visit,
  { role, maySpeak, taken, wished }: VisitEvent & { type: "joined" },
  instant: Instant,
): VisitStep {
  const changed = visit.role !== null && visit.role !== role;
  const arrival = { onStage: role !== "listener" && maySpeak, taken, wished, first: visit.role === null };
  const voice = arrived(visit.voice, arrival, instant.now);
  const inside: Visit = { ...visit, link: { at: "in" }, role, voice, fresh: visit.fresh || changed };
  const kind = wanted(inside);
  return and(
    and(withFeed(inside, changed), (next) => withPeer(next, kind, instant)),
    (next) => (kind === "listen" && next.speak.at !== "none" ? stepDown(next) : still(next)),
  );
}

function withFeed(visit: Visit, changed: boolean): VisitStep {
  if (visit.feed !== "closed" && !changed) return still(visit);
  return { visit: { ...visit, feed: "opening" }, effects: [{ do: "open_feed", resume: !visit.fresh }] };
}

function withPeer(visit: Visit, kind: PeerKind, { now }: Instant): VisitStep {
  if (visit[kind].at !== "none" && visit[kind].at !== "leaving") return still(visit);
  const { peer } = peerAfter(visit[kind], { type: "open" }, now);
  const silence: readonly VisitEffect[] = kind === "speak" ? [{ do: "silence" }] : [];
  return { visit: { ...visit, [kind]: peer }, effects: [...silence, { do: "open_peer", kind }] };
}

/** The session that this device has: it listens, unless one speaks from here. */
const wanted = ({ voice }: Visit): PeerKind => (voice.at === "here" ? "speak" : "listen");

/** Another device speaks: this one listens on. The server ended its listening when the other connected. */
function yielded(visit: Visit, instant: Instant): VisitStep {
  const elsewhere: Visit = { ...visit, voice: ELSEWHERE, speak: NO_PEER };
  const close: readonly VisitEffect[] =
    visit.voice.at === "here" ? [{ do: "let_go" }, { do: "close_peer", kind: "speak", faded: false }] : [];
  if (elsewhere.listen.at === "none" || elsewhere.listen.at === "leaving")
    return visit.link.at === "in" ? rejoin(elsewhere, ...close) : { visit: elsewhere, effects: close };
  return and({ visit: elsewhere, effects: close }, (next) =>
    peerSaid(next, "listen", { type: "doubted" }, instant),
  );
}

const speakHere = (visit: Visit): VisitStep =>
  isElsewhere(visit.voice) ? rejoin({ ...visit, voice: HERE }) : still(visit);

function stepDown(visit: Visit): VisitStep {
  return {
    visit: { ...visit, speak: NO_PEER },
    effects: [{ do: "silence" }, { do: "close_peer", kind: "speak", faded: false }],
  };
}

function joinFailed(
  visit: Visit,
  failure: { status: number; code: string; retryAfterMs: number | null },
  instant: Instant,
): VisitStep {
  if (PASSING.has(failure.status)) return retry(visit, visit.attempt, instant, failure.retryAfterMs ?? 0);
  if (failure.code === "space_ended") return over(visit, { type: "ended", reason: null });
  return over(visit, { type: "refused", code: failure.code });
}

/** A server that cannot resume has forgotten: its media sessions are in doubt too. */
function feedOpened(visit: Visit, forgotten: boolean, instant: Instant): VisitStep {
  const open = still({ ...visit, feed: "open", fresh: false });
  return forgotten ? and(open, (next) => doubt(next, instant)) : open;
}

function doubt(visit: Visit, instant: Instant): VisitStep {
  const doubted = { type: "doubted" } as const;
  return and(peerSaid(visit, "listen", doubted, instant), (next) =>
    peerSaid(next, "speak", doubted, instant),
  );
}

function feedClosed(
  visit: Visit,
  { code, guest }: VisitEvent & { type: "feed_closed" },
  instant: Instant,
): VisitStep {
  switch (code) {
    case CLOSE.left:
      // A guest was put out; the door says why.
      return guest ? rejoin({ ...visit, fresh: true }) : over(visit, { type: "left" });
    case CLOSE.removed:
      return over(visit, { type: "removed" });
    case CLOSE.ended:
      return over(visit, { type: "ended", reason: null });
    case CLOSE.audience:
      return rejoin({ ...visit, fresh: true });
  }
  if (visit.link.at !== "in") return still(visit);
  if (code === CLOSE.grant && visit.attempt === 0) return rejoin({ ...visit, attempt: 1 });
  return retry(
    visit,
    code === CLOSE.stopping ? Math.max(STOPPING_ATTEMPT, visit.attempt) : visit.attempt,
    instant,
  );
}

function peerSaid(visit: Visit, kind: PeerKind, event: PeerEvent, instant: Instant): VisitStep {
  const { peer, verdicts } = peerAfter(visit[kind], event, instant.now);
  let step = still(peer === visit[kind] ? visit : { ...visit, [kind]: peer });
  for (const verdict of verdicts) step = and(step, (next) => obey(next, kind, verdict, instant));
  const stands = kind === "speak" && visit.speak.at !== "connected" && peer.at === "connected";
  return stands ? and(step, (next) => peerSaid(next, "listen", { type: "superseded" }, instant)) : step;
}

function obey(visit: Visit, kind: PeerKind, verdict: PeerVerdict, instant: Instant): VisitStep {
  switch (verdict) {
    case "restart":
      return { visit, effects: [{ do: "restart_ice", kind }] };
    case "fade":
      return { visit, effects: [{ do: "close_peer", kind, faded: true }] };
    case "silence":
      return { visit, effects: kind === "speak" ? [{ do: "silence" }] : [] };
    case "renew":
      return renew(visit, kind, instant);
    case "yield":
      return kind === "speak" ? yielded(visit, instant) : renew(visit, kind, instant);
  }
}

/** A lost session is replaced through a new door: at once the first time, then ever more slowly. */
function renew(visit: Visit, kind: PeerKind, instant: Instant): VisitStep {
  const counted: Visit = { ...visit, renewals: visit.renewals + 1 };
  const silence: VisitStep = { visit: counted, effects: kind === "speak" ? [{ do: "silence" }] : [] };
  if (visit.link.at !== "in") return silence;
  if (visit.renewals === 0) return and(silence, (next) => rejoin(next));
  return and(silence, (next) => retry(next, next.renewals, instant));
}

function slotsPlay(visit: Visit): VisitStep {
  if (visit.listen.at !== "leaving") return still(visit);
  return {
    visit: { ...visit, listen: NO_PEER },
    effects: [{ do: "close_peer", kind: "listen", faded: true }],
  };
}

function networkChanged(visit: Visit, instant: Instant): VisitStep {
  const unfed: Visit = { ...visit, feed: "closed" };
  return and(doubt(unfed, instant), (next) => rejoin(next, { do: "close_feed" }));
}

function tick(visit: Visit, instant: Instant): VisitStep {
  const due = visit.link.at === "waiting" && instant.now >= visit.link.until;
  const ticked = { type: "tick" } as const;
  const calls = visit.link.at === "in" && instant.now >= voiceDue(visit.voice);
  const linked = due ? rejoin(visit) : calls ? speakHere(visit) : still(visit);
  return and(
    and(linked, (next) => peerSaid(next, "listen", ticked, instant)),
    (next) => peerSaid(next, "speak", ticked, instant),
  );
}

/** Keeps `since`, `attempt` and `arrived` true to what stands now. */
function judged(visit: Visit, now: number): Visit {
  if (visit.link.at === "over") return visit;
  const heard = [visit.listen, visit.speak].some((peer) => peer.at === "connected" || peer.at === "leaving");
  const well = visit.feed === "open" && heard;
  const whole = visit.feed === "open" && visit[wanted(visit)].at === "connected";
  return {
    ...visit,
    since: well ? null : (visit.since ?? now),
    attempt: whole ? 0 : visit.attempt,
    renewals: whole ? 0 : visit.renewals,
    arrived: visit.arrived || whole,
  };
}

/** When a `tick` is due; `Infinity` for never. */
export function visitDue(visit: Visit): number {
  const waiting = visit.link.at === "waiting" ? visit.link.until : Infinity;
  const calls = visit.link.at === "in" ? voiceDue(visit.voice) : Infinity;
  return Math.min(waiting, calls, peerDue(visit.listen), peerDue(visit.speak));
}
