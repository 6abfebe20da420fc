/** One media session: a peer connection, its resource on the server, and what it has received. */
import { answerWith, fragmentOf } from "../live/ice-fragment";
import { DoorClosed, patch, post, type Resource, remove } from "./signalling";

/** What a session says of its path. */
export type PathEvent = "connected" | "broken" | "gone";

/** How packets travel: straight over UDP, over TCP, or through a TURN server. */
export type Path = "direct" | "tcp" | "relayed";

/** What is read of the statistics of candidates and their pairs. */
interface CandidateStats {
  readonly id: string;
  readonly type: string;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly localCandidateId?: string;
  readonly candidateType?: string;
  readonly protocol?: string;
}

export class MediaSession {
  readonly connection: RTCPeerConnection;
  private resource: Resource | undefined;
  private closed = false;

  constructor(iceServers: RTCIceServer[], say: (event: PathEvent) => void) {
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.connection.addEventListener("connectionstatechange", () => {
      if (this.closed) return;
      const state = this.connection.connectionState;
      if (state === "connected") say("connected");
      if (state === "disconnected" || state === "failed") say("broken");
    });
  }

  /** Opens the door at `url`. Throws `DoorClosed`, or what `fetch` throws. */
  async open(url: string): Promise<void> {
    await this.connection.setLocalDescription();
    const { answer, resource } = await post(url, this.localSdp());
    if (this.closed) {
      remove(resource);
      return;
    }
    this.resource = resource;
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer });
  }

  /** The session's name on the server, `{node}.{session}`, for `replaces=`. */
  get name(): string | undefined {
    return this.resource?.url.split("/").at(-1);
  }

  /**
   * Restarts ICE: the same session over a new path.
   * Throws `DoorClosed`: with 404, 410 or 412 the session is no more.
   */
  async restart(): Promise<void> {
    if (this.resource === undefined) throw new DoorClosed(404, "session_unknown");
    const answered = this.connection.remoteDescription?.sdp;
    if (answered === undefined) throw new DoorClosed(404, "session_unknown");
    this.connection.restartIce();
    await this.connection.setLocalDescription();
    const { fragment, resource } = await patch(this.resource, fragmentOf(this.localSdp()));
    this.resource = resource;
    const sdp = answerWith(answered, fragment);
    if (sdp === undefined) throw new DoorClosed(502, "no_credentials");
    await this.connection.setRemoteDescription({ type: "answer", sdp });
  }

  /** Has every receiver hold back so much sound, in ms, that a late packet still finds its place. */
  holdBack(milliseconds: number): void {
    for (const receiver of this.connection.getReceivers()) {
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = milliseconds;
    }
  }

  /** Packets received over all tracks, since the session began. */
  async packets(): Promise<number> {
    let packets = 0;
    if (this.closed) return packets;
    const report = await this.connection.getStats();
    report.forEach((entry: { type: string; packetsReceived?: number }) => {
      if (entry.type === "inbound-rtp") packets += entry.packetsReceived ?? 0;
    });
    return packets;
  }

  /** How packets travel now; `undefined` while there is no way. */
  async path(): Promise<Path | undefined> {
    if (this.closed) return undefined;
    const entries = new Map<string, CandidateStats>();
    (await this.connection.getStats()).forEach((entry: CandidateStats) => {
      entries.set(entry.id, entry);
    });
    const pairs = [...entries.values()].filter((entry) => entry.type === "candidate-pair");
    const pair = pairs.find((entry) => entry.nominated && entry.state === "succeeded");
    const mine = entries.get(pair?.localCandidateId ?? "");
    if (mine === undefined) return undefined;
    if (mine.candidateType === "relay") return "relayed";
    return mine.protocol === "tcp" ? "tcp" : "direct";
  }

  /** Who is audible now, by the CSRC lists of the packets that play. */
  sources(): number[] {
    return this.connection
      .getReceivers()
      .flatMap((receiver) => receiver.getContributingSources?.() ?? [])
      .filter(isRecent)
      .map((one) => one.source);
  }

  /** Whether any track has played a packet just now. */
  plays(): boolean {
    return this.connection
      .getReceivers()
      .some((receiver) => (receiver.getSynchronizationSources?.() ?? []).some(isRecent));
  }

  /** Ends it here; the server has ended it, or will upon something else that it is told. */
  close(): void {
    this.closed = true;
    this.connection.close();
  }

  /** Ends it here and tells the server. */
  leave(): void {
    if (this.closed) return;
    if (this.resource !== undefined) remove(this.resource);
    this.close();
  }

  private localSdp(): string {
    const sdp = this.connection.localDescription?.sdp;
    if (sdp === undefined) throw new Error("no local description");
    return sdp;
  }
}

/** A source that was heard within so many ms is heard now. */
const RECENT_MS = 500;

/** Browsers count the time of a source from the page's start, or from 1970. */
function isRecent({ timestamp }: RTCRtpContributingSource): boolean {
  const now = performance.now();
  return [now, performance.timeOrigin + now].some((clock) => Math.abs(clock - timestamp) < RECENT_MS);
}

/** Whether the answer to a restart says that another session of the same person has taken over. */
export function isReplaced(error: unknown): boolean {
  return error instanceof DoorClosed && error.code === "session_replaced";
}

/** Whether the answer to a restart says that the session is no more. */
export function isGone(error: unknown): boolean {
  return error instanceof DoorClosed && [404, 410, 412].includes(error.status);
}
