/** The Space one is in, for the pieces that show it: what is, and what one can do. */
import { type Device, microphones, onDevices, USUAL_WAY, type Way } from "../browser/capture";
import { clearLockScreen, lockScreen, showPaused } from "../browser/lock-screen";
import type { Sound } from "../browser/playback";
import type { Path } from "../browser/session";
import { checkSound, type SoundCheck } from "../browser/sound-check";
import { stayAwake } from "../browser/surroundings";
import type { Happening } from "../live/feed";
import { type Levels, loudest } from "../live/levels";
import { type Memory, remembered } from "../live/memory";
import { CLOSED, type Microphone } from "../live/microphone";
import { carries } from "../live/peer";
import type { Emoji, Float } from "../live/reactions";
import { isHosting, onStage, type Room } from "../live/room";
import { NO_POSTS, type RoomPosts } from "../live/room-posts";
import type { Visit } from "../live/visit";
import { preferences } from "../shell/preferences.svelte";
import { record } from "../wire/replays";
import type { Person, Policy, RoomMessage } from "../wire/shapes";
import * as wire from "../wire/spaces";
import { attempt } from "./attempt";
import { keepOwn, ownBefore } from "./own-session";
import { Visitor } from "./visitor";

interface Seen {
  readonly id: string | null;
  readonly visit: Visit | null;
  readonly room: Room | null;
  readonly blocked: readonly Person[];
  readonly microphone: Microphone;
  readonly way: Way;
  readonly levels: Levels;
  readonly floats: readonly Float[];
  readonly sound: Sound;
  readonly messages: readonly RoomMessage[];
  readonly unread: number;
  readonly posts: RoomPosts;
}

const NOTHING: Seen = {
  id: null,
  visit: null,
  room: null,
  blocked: [],
  microphone: CLOSED,
  way: USUAL_WAY,
  levels: new Map(),
  floats: [],
  sound: "none",
  messages: [],
  unread: 0,
  posts: NO_POSTS,
};

/** The session with which this page spoke last; that of the page before a reload is not taken for another device's. */
let own = ownBefore();
keepOwn(() => own);

let visitor: Visitor | null = null;
let seen = $state.raw<Seen>(NOTHING);
const hearers = new Set<(event: Happening) => void>();
const readers = new Set<(data: unknown) => void>();
let devices = $state.raw<readonly Device[]>([]);
let ownLevel = $state(0);
let checking = $state(false);
let volume = $state(1);
let volumes = $state.raw<ReadonlyMap<string, number>>(new Map());
let paused = $state(false);
let memory = $state.raw<Memory | null>(null);
let check: SoundCheck | undefined;
/** Counts what was asked for: a browser may take its time to give a microphone, and the person may have gone on. */
let checks = 0;
let way: Way = USUAL_WAY;
let awake: (() => void) | undefined;

export const visiting = {
  /** The Space's id; null when in none. */
  get id() {
    return seen.id;
  },
  get visit() {
    return seen.visit;
  },
  get room() {
    return seen.room;
  },
  /** Whom one has blocked and would hear, while one is asked whether to come in. */
  get blocked() {
    return seen.blocked;
  },
  get microphone() {
    return seen.microphone;
  },
  /** One is on stage with another device, and listens with this one. A program is spoken for on all of them. */
  get elsewhere() {
    return seen.visit?.voice.at === "elsewhere" && !seen.room?.self.streaming;
  },
  /** Nobody speaks for one: neither this device nor another. */
  get unvoiced() {
    return seen.room?.self.session === null;
  },
  /** One is heard: by one's own microphone, or by a program that speaks for one. */
  get onAir() {
    const self = seen.room?.self;
    return self?.streaming ? !self.muted : seen.microphone.is === "on";
  },
  /** 0 to 1 by CSRC; who is absent is silent. */
  get levels() {
    return seen.levels;
  },
  /** The seat of whoever is loudest now. */
  get loudest() {
    const csrc = loudest(seen.levels);
    return seen.room?.space.stage.find((seat) => seat.csrc === csrc);
  },
  get floats() {
    return seen.floats;
  },
  get sound() {
    return seen.sound;
  },
  /** What was written in the room, oldest first. */
  get messages() {
    return seen.messages;
  },
  /** How many of them came since one looked. */
  get unread() {
    return seen.unread;
  },
  /** What people in the room posted, and what is pinned. */
  get posts() {
    return seen.posts;
  },
  get devices() {
    return devices;
  },
  /** How one's own microphone is captured. */
  get way() {
    return seen.way;
  },
  /** One's own level, 0 to 1, while the check of one's sound runs. */
  get ownLevel() {
    return ownLevel;
  },
  get checking() {
    return checking;
  },
  /** How loud one listens, 0 to 1. */
  get volume() {
    return volume;
  },
  /** How loud one wants to hear a person while both are on stage, 0 to 1. */
  volumeOf: (person: string): number => volumes.get(person) ?? 1,
  /** One hears nothing, by one's own wish, from the lock screen or a headphone's button. */
  get paused() {
    return paused;
  },
  /** What there is to say once it is over. */
  get memory() {
    return memory;
  },
};

/** Goes into a Space; leaves the one before. `anyway`: without asking about those one has blocked; `source`: how one got here. */
export function visitSpace(id: string, anyway = false, source?: wire.Source): void {
  if (visitor?.space === id && visitor.visit.link.at !== "over") return;
  forget();
  memory = null;
  visitor = new Visitor(id, { changed, happened: tell, captions: read }, preferences.captions, {
    anyway,
    source,
    own,
  });
  visitor.mouth.way = way;
  visitor.volumes = volumes;
  pause(false);
  stops.push(onDevices(() => void listDevices()));
  changed();
}

const stops: (() => void)[] = [];

/** Is in no Space any more; says so to the server if one still was. */
export function forget(): void {
  stopCheck();
  visitor?.leave();
  visitor = null;
  for (const stop of stops.splice(0)) stop();
  seen = NOTHING;
  awake?.();
  awake = undefined;
  clearLockScreen();
}

function changed(): void {
  if (visitor === null) return;
  const { space, visit, room, blocked, microphone, mouth, levels, reactions, sound, talk, shelf } = visitor;
  way = mouth.way;
  seen = {
    id: space,
    visit,
    room,
    blocked,
    microphone,
    way,
    levels,
    floats: reactions.floats,
    sound,
    messages: talk.messages,
    unread: talk.unread,
    posts: shelf.now,
  };
  if (room) remember(room);
  own = visitor.speaking ?? own;
  const speaks = microphone.is === "on";
  if (speaks && !awake) awake = stayAwake();
  if (!speaks && awake) {
    awake();
    awake = undefined;
  }
  if (visit.link.at === "over") clearLockScreen();
}

function remember(room: Room): void {
  const before = memory;
  memory = remembered(before, room);
  if (before?.title === memory.title && before.host.id === memory.host.id) return;
  const { display_name: artist, picture_url: picture } = memory.host;
  lockScreen({ title: memory.title || artist, artist, picture }, { ...act, pause, play: () => pause(false) });
}

/** Hears nothing for a while, or again. One's own microphone stays as it is. */
function pause(on = true): void {
  paused = on;
  if (visitor) visitor.peers.volume = on ? 0 : volume;
  if (memory) showPaused(on);
}

function tell(event: Happening): void {
  for (const hear of hearers) hear(event);
}

/** Calls `hear` with everything that happens in the room, one after the other, until the answer is called. */
export function onHappening(hear: (event: Happening) => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

function read(data: unknown): void {
  for (const reader of readers) reader(data);
}

/** Calls `reader` with what the feed tells of captions, until the answer is called. */
export function onCaptions(reader: (data: unknown) => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

/** Has the feed carry captions, or not. */
export function captioned(on: boolean): void {
  if (visitor) visitor.captions = on;
}

async function listDevices(): Promise<void> {
  devices = await microphones();
}

/** Whoever is in the audience lets the microphone go with the check. */
function stopCheck(): void {
  if (check && visitor?.room && !onStage(visitor.room.self.role)) visitor.mouth.letGo();
  check?.stop();
  check = undefined;
  checking = false;
}

function space(): string {
  if (visitor === null) throw new Error("in no Space");
  return visitor.space;
}

function shelf() {
  if (visitor === null) throw new Error("in no Space");
  return visitor.shelf;
}

function talk() {
  if (visitor === null) throw new Error("in no Space");
  return visitor.talk;
}

/** A wish for a seat: with this device. */
function wishing<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  return visitor ? visitor.wish.during(ask) : ask();
}

/** What one can do. Promises reject with `Refused` or `Unreachable` (wire/http). */
export const act = {
  /** Leaves; the memory stays for the page that says goodbye. */
  leave(): void {
    stopCheck();
    visitor?.leave();
    changed();
  },
  joinAnyway: () => visitor?.joinAnyway(),
  /** Tries again after the visit was given up. */
  tryAgain(): void {
    const id = seen.id;
    const { anyway, source } = visitor ?? {};
    visitor = null;
    if (id) visitSpace(id, anyway, source);
  },
  end: () => wire.end(space()),
  record: (on: boolean) => record(space(), on),
  askToSpeak: (question?: string) => wishing(() => wire.request(space(), question)),
  takeBack: () => wire.withdraw(space()),
  accept: (person: string) => wire.acceptRequest(space(), person),
  decline: (person: string) => wire.declineRequest(space(), person),
  invite: (person: string) => wire.invite(space(), person),
  uninvite: (person: string) => wire.uninvite(space(), person),
  acceptInvitation: () => wishing(() => wire.acceptInvitation(space())),
  declineInvitation: () => wire.declineInvitation(space()),
  /** On stage with another device so far: the microphone there goes off, and this one is at hand. */
  speakHere: () => visitor?.say({ type: "speak_here" }),
  stepDown: () => wire.stepDown(space()),
  moveToAudience: (person: string) => wire.moveToAudience(space(), person),
  muteAll: () => wire.muteAll(space()),
  mute: (person: string) => wire.mute(space(), person),
  askToUnmute: (person: string) => wire.askToUnmute(space(), person),
  remove: (person: string) => wire.remove(space(), person),
  nameCohost: (person: string) => wire.nameCohost(space(), person),
  withdrawCohost: (person: string) => wire.withdrawCohost(space(), person),
  removed: () => wire.removed(space()),
  letBack: (person: string) => wire.letBack(space(), person),
  passHost: (person: string) => wire.passHost(space(), person),
  write: (text: string, toHost: boolean) => talk().say(text, toHost),
  removeMessage: (id: string) => talk().remove(id),
  letThrough: (id: string) => wire.releaseRoomMessage(space(), id),
  lookAtMessages: (looking: boolean) => visitor?.talk.look(looking),
  /** Posts, in the timeline and in the room. */
  sharePost: (text: string) => shelf().share(text),
  takePostOut: (post: string) => wire.takePostOut(space(), post),
  pinPost: (post: string) => wire.pinPost(space(), post),
  unpinPost: (post: string) => wire.unpinPost(space(), post),
  streamKey: () => wire.streamKey(space()),
  makeStreamKey: () => wire.makeStreamKey(space()),
  revokeStreamKey: () => wire.revokeStreamKey(space()),
  change: (wish: {
    title?: string;
    topics?: string[];
    policy?: Policy;
    locked?: boolean;
    guests?: boolean;
    slow_mode_s?: number;
  }) => wire.change(space(), wish),
  /** The person's own tap on the microphone; waits for nothing. Ignored while the way to the stage is being built. */
  tapMicrophone(): void {
    if (visitor === null) return;
    const self = visitor.room?.self;
    if (self?.streaming) {
      void attempt(wire.microphone(space(), !self.muted));
      return;
    }
    if (visitor.microphone.is === "off" && !carries(visitor.visit.speak)) return;
    stopCheck();
    visitor.mouth.say({ type: "tapped" });
    void listDevices();
  },
  /** Another device, or another way to use it; the microphone is off until the next tap. */
  capture(wish: Partial<Way>): void {
    stopCheck();
    visitor?.mouth.choose({ ...way, ...wish });
  },
  /** "Can you hear me?": the meter and the echo of oneself run until stopped. Nobody else hears it. */
  async checkMicrophone(on: boolean): Promise<void> {
    stopCheck();
    checks += 1;
    const mine = checks;
    const asked = visitor;
    if (!on || asked === null) return;
    const track = await asked.mouth.borrow();
    if (mine !== checks) {
      if (!asked.room || !onStage(asked.room.self.role)) asked.mouth.letGo();
      return;
    }
    check = checkSound(track, (level) => {
      ownLevel = level;
    });
    checking = true;
    await listDevices();
  },
  /** How sound travels now. */
  path: (): Promise<Path | undefined> => visitor?.peers.path() ?? Promise.resolve(undefined),
  async unblockSound(): Promise<void> {
    await visitor?.peers.unblock();
  },
  setVolume(next: number): void {
    volume = next;
    pause(false);
  },
  /** How loud one hears somebody from now on, while both are on stage: the audience hears one mix of all. */
  setVolumeOf(person: string, next: number): void {
    volumes = new Map(volumes).set(person, next);
    if (visitor) visitor.volumes = volumes;
  },
  resume: () => pause(false),
  /** False if it was one too many within a second. */
  async react(emoji: Emoji): Promise<boolean> {
    if (!visitor?.react(emoji)) return false;
    await wire.react(space(), emoji);
    return true;
  },
};

/** Whether one is on stage. */
export const amOnStage = (room: Room): boolean => onStage(room.self.role);
/** Whether one is host or co-host. */
export const amHosting = (room: Room): boolean => isHosting(room.self.role);
