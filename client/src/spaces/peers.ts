/** The media sessions of a visit: at most one to listen and one to speak, with what they play. */
import { listenSession } from "../browser/listening";
import { Playback, type Sound } from "../browser/playback";
import { isGone, isReplaced, type MediaSession, type Path } from "../browser/session";
import { DoorClosed } from "../browser/signalling";
import { type SpeakSession, speakSession } from "../browser/speaking";
import { holdBack } from "../live/hold-back";
import type { PeerEvent } from "../live/peer";
import type { PeerKind } from "../live/visit";
import type { Door } from "../wire/shapes";

interface Playing {
  readonly session: MediaSession;
  readonly playback: Playback;
}

export interface PeersSay {
  peer(kind: PeerKind, event: PeerEvent): void;
  sound(sound: Sound): void;
}

export class Peers {
  private readonly open: Partial<Record<PeerKind, Playing>> = {};
  private speaking: SpeakSession | undefined;
  private track: MediaStreamTrack | null = null;
  private loudness = 1;
  private slotVolumes: readonly number[] = [];
  private heldBack = holdBack(0);
  private hushing = false;
  /** The speak sessions that this device has opened. */
  private readonly names = new Set<string>();

  private readonly say: PeersSay;

  constructor(say: PeersSay) {
    this.say = say;
  }

  /** Opens a session through the door; a session of the kind that is there is replaced. */
  connect(kind: PeerKind, door: Door): void {
    const before = this.open[kind];
    const say = (event: PeerEvent["type"] & ("connected" | "broken" | "gone")) => {
      if (this.open[kind]?.session === session) this.say.peer(kind, { type: event });
    };
    let session: MediaSession;
    if (kind === "speak") {
      this.speaking = speakSession(iceServers(door), say);
      session = this.speaking.session;
      void this.speaking.send(this.track);
    } else {
      session = listenSession(iceServers(door), say);
      session.holdBack(this.heldBack);
    }
    const playback = new Playback(session.connection, (track) => this.volumeOf(kind, track), this.say.sound);
    this.open[kind] = { session, playback };
    const url = kind === "speak" ? door.whip_url : door.whep_url;
    const replaces = kind === "speak" ? before?.session.name : undefined;
    before?.playback.stop();
    if (replaces === undefined) before?.session.leave();
    else before?.session.close();
    void this.enter(session, say, url, replaces);
  }

  async restart(kind: PeerKind): Promise<void> {
    const session = this.open[kind]?.session;
    if (session === undefined) return;
    try {
      await session.restart();
      this.tell(kind, session, "restarted");
    } catch (error) {
      const end = isReplaced(error) ? "replaced" : isGone(error) ? "gone" : "restart_failed";
      this.tell(kind, session, end);
    }
  }

  close(kind: PeerKind, faded: boolean): void {
    const playing = this.open[kind];
    delete this.open[kind];
    if (kind === "speak") this.speaking = undefined;
    if (playing === undefined) return;
    if (faded) playing.playback.fade(() => playing.session.close());
    else {
      playing.playback.stop();
      playing.session.close();
    }
  }

  /** The page goes away: the server shall not wait for us. */
  abandon(): void {
    for (const { session } of Object.values(this.open)) session.leave();
  }

  /** What the person says from now on; `null` is nothing. */
  send(track: MediaStreamTrack | null): void {
    this.track = track;
    void this.speaking?.send(track).catch(() => undefined);
  }

  /** How loud everything is played, 0 to 1. */
  set volume(volume: number) {
    this.loudness = volume;
    for (const playing of Object.values(this.open)) playing.playback.follow();
  }

  /** How loud each slot is played beside that, 0 to 1. */
  set volumes(volumes: readonly number[]) {
    this.slotVolumes = volumes;
    this.open.speak?.playback.follow();
  }

  async unblock(): Promise<void> {
    await Promise.all(Object.values(this.open).map(({ playback }) => playback.unblock()));
  }

  /** Whether this device opened the speak session of that id. */
  opened(session: string): boolean {
    return this.names.has(session) || idOf(this.open.speak?.session) === session;
  }

  /** The speak session that is open; null: none. */
  get ownSession(): string | null {
    return idOf(this.open.speak?.session) ?? null;
  }

  /** Plays nothing, whatever the volume: what one says elsewhere would be heard, and said, again. */
  set hushed(hushed: boolean) {
    if (this.hushing === hushed) return;
    this.hushing = hushed;
    this.volume = this.loudness;
  }

  /** Whether the slots play already, so that the mix may go. */
  get slotsPlay(): boolean {
    return this.open.speak?.session.plays() ?? false;
  }

  /** Who is audible now, by what plays. */
  get sources(): number[] {
    return Object.values(this.open).flatMap(({ session }) => session.sources());
  }

  /** How packets travel now. */
  async path(): Promise<Path | undefined> {
    const { session } = this.open.speak ?? this.open.listen ?? {};
    return session?.path().catch(() => undefined);
  }

  /** How much sound the mix holds back, in ms, so that a late packet still finds its place. */
  set holdBack(milliseconds: number) {
    this.heldBack = milliseconds;
    this.open.listen?.session.holdBack(milliseconds);
  }

  /** Packets received so far by a session. */
  async packets(kind: PeerKind): Promise<number> {
    return (await this.open[kind]?.session.packets().catch(() => 0)) ?? 0;
  }

  private async enter(
    session: MediaSession,
    say: (event: "gone") => void,
    url: string | null,
    replaces: string | undefined,
  ): Promise<void> {
    try {
      if (url === null) throw new DoorClosed(403, "not_on_stage");
      const address = new URL(url, location.href);
      if (replaces !== undefined) address.searchParams.set("replaces", replaces);
      await session.open(address.href);
      this.names.add(idOf(session) ?? "");
    } catch {
      say("gone");
    }
  }

  /** The mix is one track of all voices; slots are one track for each. */
  private volumeOf(kind: PeerKind, track: number): number {
    if (this.hushing) return 0;
    return this.loudness * (kind === "speak" ? (this.slotVolumes[track] ?? 1) : 1);
  }

  private tell(
    kind: PeerKind,
    session: MediaSession,
    event: PeerEvent["type"] & ("restarted" | "replaced" | "gone" | "restart_failed"),
  ) {
    if (this.open[kind]?.session === session) this.say.peer(kind, { type: event });
  }
}

/** The session's id as the feed says it: its name without the node's. */
const idOf = (session: MediaSession | undefined) => session?.name?.split(".").at(-1);

/** Absent fields are null in JSON, which a browser would read as the word "null". */
function iceServers(door: Door): RTCIceServer[] {
  return door.ice_servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username != null && { username }),
    ...(credential != null && { credential }),
  }));
}
