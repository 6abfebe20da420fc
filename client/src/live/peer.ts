/** The path of one media session, listening or speaking: opened, mended by ICE restarts, given up for a new one. */
export type Peer =
  | { readonly at: "none" }
  | { readonly at: "opening"; readonly until: number }
  | { readonly at: "connected" }
  /** An ICE restart is under way; nothing has been heard since `silent`, if that is known. */
  | {
      readonly at: "mending";
      readonly silent: number | null;
      readonly until: number;
      readonly retry: number | null;
    }
  /** Another session has taken over; this one fades out. */
  | { readonly at: "leaving"; readonly until: number };

export type PeerEvent =
  | { readonly type: "open" }
  | { readonly type: "connected" }
  | { readonly type: "broken" }
  /** The path may have changed; nothing is known to be broken. */
  | { readonly type: "doubted" }
  | { readonly type: "restarted" }
  | { readonly type: "restart_failed" }
  | { readonly type: "gone" }
  /** Another session of the same person has taken over: in another tab, or on another device. */
  | { readonly type: "replaced" }
  | { readonly type: "flowing" }
  | { readonly type: "superseded" }
  | { readonly type: "tick" };

export type PeerVerdict =
  /** Ask the server for an ICE restart. */
  | "restart"
  /** This session is lost: a new one, through a new door. */
  | "renew"
  /** It was silent for so long that the microphone must be off now. */
  | "silence"
  /** It gave way to one elsewhere: taking it back would go on for ever. */
  | "yield"
  /** Close it, faded. */
  | "fade";

export interface PeerStep {
  readonly peer: Peer;
  readonly verdicts: readonly PeerVerdict[];
}

/** A POST, ICE and DTLS take at most this long. */
const OPENING_MS = 10_000;
/** An ICE restart that has not connected by then never will. */
const MENDING_MS = 4_000;
const RETRY_MS = 700;
/** Longer away is a reconnect (`docs/protocol.md`): the microphone is off afterwards. */
export const UNBROKEN_MS = 10_000;
/** The mix is heard on for at most so long after the speak session stands, if no slot plays. */
const HANDOVER_MS = 1_500;

export const NO_PEER: Peer = { at: "none" };

const same = (peer: Peer): PeerStep => ({ peer, verdicts: [] });
const lost: PeerStep = { peer: NO_PEER, verdicts: ["renew"] };

export function peerAfter(peer: Peer, event: PeerEvent, now: number): PeerStep {
  switch (event.type) {
    case "open":
      return same({ at: "opening", until: now + OPENING_MS });
    case "connected":
      return connected(peer, now);
    case "flowing":
      return peer.at === "mending" ? connected(peer, now) : same(peer);
    case "broken":
      return broken(peer, now);
    case "doubted":
      return peer.at === "connected" ? mend(null, now) : same(peer);
    case "restarted":
      return peer.at === "mending" && peer.silent === null ? same({ at: "connected" }) : same(peer);
    case "restart_failed":
      return peer.at === "mending" ? same({ ...peer, retry: now + RETRY_MS }) : same(peer);
    case "gone":
      return peer.at === "none" || peer.at === "leaving" ? same(NO_PEER) : lost;
    case "replaced":
      return peer.at === "none" || peer.at === "leaving"
        ? same(NO_PEER)
        : { peer: NO_PEER, verdicts: ["yield"] };
    case "superseded":
      return peer.at === "none" ? same(peer) : same({ at: "leaving", until: now + HANDOVER_MS });
    case "tick":
      return tick(peer, now);
  }
}

/** Whether the path carries sound, as far as is known: a session that follows upon a broken one would begin muted. */
export function carries(peer: Peer): boolean {
  return peer.at === "connected" || (peer.at === "mending" && peer.silent === null);
}

function mend(silent: number | null, now: number): PeerStep {
  return { peer: { at: "mending", silent, until: now + MENDING_MS, retry: null }, verdicts: ["restart"] };
}

function connected(peer: Peer, now: number): PeerStep {
  if (peer.at !== "opening" && peer.at !== "mending") return same(peer);
  const away = peer.at === "mending" && peer.silent !== null && now - peer.silent > UNBROKEN_MS;
  return { peer: { at: "connected" }, verdicts: away ? ["silence"] : [] };
}

function broken(peer: Peer, now: number): PeerStep {
  switch (peer.at) {
    case "connected":
      return mend(now, now);
    case "mending":
      return same({ ...peer, silent: peer.silent ?? now });
    case "opening":
      return lost;
    default:
      return same(peer);
  }
}

function tick(peer: Peer, now: number): PeerStep {
  switch (peer.at) {
    case "opening":
      return now >= peer.until ? lost : same(peer);
    case "mending":
      if (now >= peer.until) return lost;
      if (peer.retry === null || now < peer.retry) return same(peer);
      return { peer: { ...peer, retry: null }, verdicts: ["restart"] };
    case "leaving":
      return now >= peer.until ? { peer: NO_PEER, verdicts: ["fade"] } : same(peer);
    default:
      return same(peer);
  }
}

/** When a `tick` is due; `Infinity` for never. */
export function peerDue(peer: Peer): number {
  switch (peer.at) {
    case "opening":
    case "leaving":
      return peer.until;
    case "mending":
      return Math.min(peer.until, peer.retry ?? Infinity);
    default:
      return Infinity;
  }
}
