/** One visit to a Space: obeys what the pure visit decides, and tells it what happens. */
import { type FeedSocket, openFeed } from "../browser/feed-socket";
import type { Sound } from "../browser/playback";
import { onGoodbye, onNetwork } from "../browser/surroundings";
import { slots } from "../live/decode";
import { type Happening, parse, seen } from "../live/feed";
import { holdBack } from "../live/hold-back";
import { audible, eased, isFresh, type Levels, levels, othersTalk } from "../live/levels";
import type { Microphone } from "../live/microphone";
import { UNBROKEN_MS } from "../live/peer";
import { batch, type Emoji, NO_REACTIONS, type Reactions, react, settle, told } from "../live/reactions";
import { asGuest, enter, forgetFeed, hear, onStage, type Room, seatOf } from "../live/room";
import { type Slots, slotVolumes } from "../live/slot-volumes";
import {
  begin,
  type PeerKind,
  type Visit,
  type VisitEffect,
  type VisitEvent,
  type VisitStep,
  visitAfter,
  visitDue,
} from "../live/visit";
import { isElsewhere } from "../live/voice";
import { isStalled, look, watch } from "../live/watchdog";
import { Refused } from "../wire/problem";
import type { Door, Person } from "../wire/shapes";
import * as wire from "../wire/spaces";
import { Mouth } from "./mouth";
import { Peers } from "./peers";
import { Shelf } from "./shelf";
import { Talk } from "./talk";
import { Wish } from "./wish";

/** How often levels fall, reactions settle and the path is looked at. */
const BEAT_MS = 200;
const LOOK_EVERY = 2;
/** What every feed carries beside the state; captions come to those who switched them on. */
const CHANNELS = ["levels", "reactions"];
const LONGEST_WAIT_MS = 60_000;

export interface VisitorSays {
  changed(): void;
  happened(event: Happening): void;
  captions(data: unknown): void;
}

export class Visitor {
  visit: Visit;
  room: Room | null = null;
  sound: Sound = "none";
  levels: Levels = new Map();
  reactions: Reactions = NO_REACTIONS;
  readonly mouth: Mouth;
  readonly peers: Peers;
  readonly talk: Talk;
  /** Whom one has blocked and would hear; said before one comes in. */
  blocked: readonly Person[] = [];
  /** One knows, or came in already: nothing more is asked. */
  anyway: boolean;
  readonly shelf: Shelf;
  private door: Door | null = null;
  /** Whether the feed carries captions. */
  private captioned: boolean;
  private feed: FeedSocket | null = null;
  /** How loud one wants to hear whom, 0 to 1. */
  private wishes: ReadonlyMap<string, number> = new Map();
  private slots: Slots = [];
  private told: Levels = new Map();
  private toldAt = Number.NEGATIVE_INFINITY;
  private dog = watch(performance.now());
  private beats = 0;
  private awake = Date.now();
  private looking = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly beat: ReturnType<typeof setInterval>;
  private readonly stops: (() => void)[];

  readonly space: string;
  private readonly says: VisitorSays;

  /** How one got here, until the node knows. */
  source: wire.Source | undefined;
  /** The session with which this device spoke before. */
  private readonly own: string | null;
  /** One asks for a seat by this, here and not on another device. */
  readonly wish = new Wish();

  constructor(
    space: string,
    says: VisitorSays,
    captioned: boolean,
    { anyway, source, own }: { anyway: boolean; source: wire.Source | undefined; own: string | null },
  ) {
    this.space = space;
    this.captioned = captioned;
    this.says = says;
    this.anyway = anyway;
    this.source = source;
    this.own = own;
    this.peers = new Peers({
      peer: (kind, event) => this.say({ type: "peer", kind, event }),
      sound: (sound) => {
        this.sound = sound;
        this.says.changed();
      },
    });
    this.mouth = new Mouth({
      permit: (muted) => wire.microphone(space, muted),
      send: (track) => this.peers.send(track),
      changed: () => this.says.changed(),
    });
    this.talk = new Talk(space, () => this.says.changed());
    this.shelf = new Shelf(space, () => this.says.changed());
    this.stops = [
      onNetwork(() => this.say({ type: "network_changed" })),
      onGoodbye(() => this.peers.abandon()),
    ];
    this.beat = setInterval(() => this.onBeat(), BEAT_MS);
    const step = begin(performance.now());
    this.visit = step.visit;
    this.follow(step);
  }

  get microphone(): Microphone {
    return this.mouth.microphone;
  }

  say(event: VisitEvent): void {
    const step = visitAfter(this.visit, event, { now: performance.now(), chance: Math.random() });
    if (step.visit === this.visit && step.effects.length === 0) return;
    this.visit = step.visit;
    this.follow(step);
    if (this.visit.link.at === "over") this.finish();
    this.says.changed();
  }

  /** Goes. Whoever speaks with another device stays there; nobody does so without a session. */
  leave(): void {
    this.say({ type: "leave", voiced: this.room?.self.session != null });
  }

  /** The speak session that this device has; null: none. */
  get speaking(): string | null {
    return this.peers.ownSession;
  }

  /** One is on stage, and not with this device. */
  private get elsewhere(): boolean {
    return isElsewhere(this.visit.voice);
  }

  /** One's own reaction; false if it was one too many within a second. */
  react(emoji: Emoji): boolean {
    const me = this.room?.me;
    const next = me === undefined ? undefined : react(this.reactions, me, emoji, performance.now());
    if (next === undefined) return false;
    this.reactions = next;
    this.says.changed();
    return true;
  }

  /** Switches captions on or off. */
  set captions(on: boolean) {
    if (this.captioned === on) return;
    this.captioned = on;
    this.say({ type: "channels_changed" });
  }

  /** How loud one hears whom on stage, 0 to 1, while one is there oneself. */
  set volumes(wishes: ReadonlyMap<string, number>) {
    this.wishes = wishes;
    this.balance();
  }

  private balance(): void {
    // Nobody hears themselves, when a program speaks for them.
    const wishes = this.room ? new Map(this.wishes).set(this.room.me, 0) : this.wishes;
    this.peers.volumes = slotVolumes(this.slots, this.room?.space.stage ?? [], wishes);
  }

  /** Comes in although one was warned. */
  joinAnyway(): void {
    this.anyway = true;
    this.blocked = [];
    this.say({ type: "join_anyway" });
  }

  private follow({ effects }: VisitStep): void {
    for (const effect of effects) this.obey(effect);
    clearTimeout(this.timer);
    const wait = visitDue(this.visit) - performance.now();
    if (wait < Infinity) {
      this.timer = setTimeout(() => this.say({ type: "tick" }), Math.min(LONGEST_WAIT_MS, Math.max(0, wait)));
    }
  }

  private obey(effect: VisitEffect): void {
    switch (effect.do) {
      case "join":
        void this.join();
        return;
      case "open_feed":
        this.openFeed(effect.resume);
        return;
      case "close_feed":
        this.feed?.close();
        this.feed = null;
        return;
      case "open_peer":
        if (this.door) this.peers.connect(effect.kind, this.door);
        return;
      case "restart_ice":
        void this.peers.restart(effect.kind);
        return;
      case "close_peer":
        this.peers.close(effect.kind, effect.faded);
        return;
      case "silence":
        this.mouth.say({ type: "silenced" });
        return;
      case "let_go":
        this.mouth.say({ type: "left_stage" });
        return;
      case "leave":
        void wire.leave(this.space).catch(() => undefined);
    }
  }

  private async join(): Promise<void> {
    try {
      const door = await wire.join(this.space, this.source);
      if (!this.anyway && door.role === "listener" && door.blocked_on_stage.length > 0) {
        this.blocked = door.blocked_on_stage;
        this.say({ type: "warned" });
        return;
      }
      this.anyway = true;
      this.source = undefined;
      this.door = door;
      const before = this.room;
      this.room = enter(door, before ?? undefined);
      this.noticeTaken(before, this.room);
      if (door.role === "listener" && this.microphone.captured) this.mouth.say({ type: "left_stage" });
      const taken = door.session !== null && door.session !== this.own && !this.peers.opened(door.session);
      const { role, whip_url } = door;
      this.say({ type: "joined", role, maySpeak: whip_url !== null, taken, wished: this.wish.stands });
    } catch (error) {
      const problem = error instanceof Refused ? error.problem : null;
      this.say({
        type: "join_failed",
        status: problem?.status ?? 0,
        code: problem?.code ?? "",
        retryAfterMs: problem?.retryAfter == null ? null : problem.retryAfter * 1000,
      });
    }
    this.says.changed();
  }

  private openFeed(resume: boolean): void {
    if (!this.door) return;
    this.feed?.close();
    if (!resume && this.room) this.room = forgetFeed(this.room);
    const after = resume && this.room ? seen(this.room.feed) : "";
    const channels = this.captioned ? [...CHANNELS, "captions"] : CHANNELS;
    const feed = openFeed(this.door.feed_url, channels, after, {
      message: (text) => {
        if (this.feed === feed) this.hear(text, after !== "");
      },
      closed: (code) => {
        if (this.feed !== feed) return;
        this.feed = null;
        this.say({ type: "feed_closed", code, guest: asGuest(this.room) });
      },
    });
    this.feed = feed;
  }

  private hear(text: string, askedToResume: boolean): void {
    const message = parse(text);
    if (message === undefined || this.room === null) return;
    if (message.type === "hello") {
      this.say({ type: "feed_opened", resumed: message.resumed, askedToResume });
      void this.talk.ask();
      void this.shelf.ask();
      return;
    }
    if (message.type === "live" && message.channel === "levels") {
      this.told = levels(message.data);
      this.toldAt = performance.now();
      return;
    }
    if (message.type === "live" && message.channel === "reactions") {
      this.reactions = told(this.reactions, batch(message.data), this.room.me, performance.now());
      this.says.changed();
      return;
    }
    if (message.type === "live" && message.channel === "slots") {
      this.slots = slots(message.data);
      this.balance();
      return;
    }
    if (message.type === "live" && message.channel === "captions") {
      this.says.captions(message.data);
      return;
    }
    if (message.type === "live" && message.channel === "room_messages") {
      void this.talk.hear(message.data);
      return;
    }
    if (message.type === "live" && message.channel === "room_posts") {
      void this.shelf.hear(message.data);
      return;
    }
    this.change(hear(this.room, message));
  }

  private change({ room, events, gap }: ReturnType<typeof hear>): void {
    const before = this.room;
    this.room = room;
    for (const event of events) this.says.happened(event);
    if (gap) this.say({ type: "gap" });
    if (room.presence !== before?.presence) this.peers.holdBack = holdBack(room.presence.listeners);
    if (room.space !== before?.space) this.balance();
    if (room.self !== before?.self) {
      const { role, muted, held, streaming } = room.self;
      this.noticeTaken(before, room);
      // What a program says, or another device, is not what this browser hears.
      const others = muted || streaming || this.elsewhere;
      this.mouth.told(others, held, room.feed.get(`person:${room.me}`)?.version ?? 0);
      const gaveUp = before !== null && (before.self.place !== null || onStage(before.self.role));
      if (gaveUp && role === "listener" && room.self.place === null) this.wish.stands = false;
      this.say({ type: "role", role });
    }
    this.peers.hushed = this.elsewhere && !room.self.muted;
    if (room.space.state === "ended") this.say({ type: "ended", reason: room.space.end_reason });
    this.says.changed();
  }

  /** Another device has taken the seat from this one, or before this one. */
  private noticeTaken(before: Room | null, { self }: Room): void {
    if (self.session === null || self.session === before?.self.session) return;
    if (!this.peers.opened(self.session)) this.say({ type: "taken" });
  }

  private onBeat(): void {
    this.beats += 1;
    this.noticeSleep(Date.now());
    const before = [this.levels, this.reactions] as const;
    if (!isFresh(this.toldAt, performance.now())) this.told = audible(this.peers.sources);
    if (this.levels.size > 0 || this.told.size > 0) this.levels = eased(this.levels, this.told);
    this.reactions = settle(this.reactions, performance.now());
    if (this.visit.listen.at === "leaving" && this.peers.slotsPlay) this.say({ type: "slots_play" });
    if (this.beats % LOOK_EVERY === 0) void this.lookAtPath();
    if (before[0] !== this.levels || before[1] !== this.reactions) this.says.changed();
  }

  /** A machine that slept was away: the microphone is off until the next tap. */
  private noticeSleep(now: number): void {
    if (now - this.awake > UNBROKEN_MS) this.mouth.say({ type: "silenced" });
    this.awake = now;
  }

  /** Notices a path that died without a word. */
  private async lookAtPath(): Promise<void> {
    const kind = this.visit.speak.at === "none" ? "listen" : "speak";
    const { at } = this.visit[kind];
    if (this.looking || (at !== "connected" && at !== "mending")) return;
    this.looking = true;
    const packets = await this.peers.packets(kind);
    this.looking = false;
    const moved = packets > this.dog.packets;
    this.dog = look(this.dog, packets, this.expectsSound(kind, packets), performance.now());
    if (moved) this.say({ type: "peer", kind, event: { type: "flowing" } });
    else if (isStalled(this.dog)) {
      this.dog = watch(performance.now(), packets);
      this.say({ type: "peer", kind, event: { type: "broken" } });
    }
  }

  /** The mix comes in every silence too, once it has begun; a slot only while somebody else talks. */
  private expectsSound(kind: PeerKind, packets: number): boolean {
    if (kind === "listen" && packets > 0) return true;
    const mine = this.room === null ? undefined : seatOf(this.room, this.room.me)?.csrc;
    return this.visit.feed === "open" && othersTalk(this.told, mine);
  }

  private finish(): void {
    clearTimeout(this.timer);
    clearInterval(this.beat);
    for (const stop of this.stops) stop();
    this.mouth.say({ type: "left_stage" });
    this.levels = new Map();
  }
}
