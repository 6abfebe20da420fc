/** The Space one is in, for the pieces that show it: what is, and what one can do. */
import { type Device, microphones, onDevices } from "../browser/capture";
import type { Sound } from "../browser/playback";
import type { Path } from "../browser/session";
import { checkSound, type SoundCheck } from "../browser/sound-check";
import { clearLockScreen, lockScreen, stayAwake } from "../browser/surroundings";
import type { Happening } from "../live/feed";
import { type Levels, loudest } from "../live/levels";
import { CLOSED, type Microphone } from "../live/microphone";
import type { Emoji, Float } from "../live/reactions";
import { here, isHosting, onStage, type Room } from "../live/room";
import type { Visit } from "../live/visit";
import type { Person, Policy } from "../wire/shapes";
import * as wire from "../wire/spaces";
import { Visitor } from "./visitor";

/** What is shown when a Space is over for this person. */
interface Memory {
  readonly title: string;
  readonly startedAt: string | null;
  /** The most people that were seen in the room at once. */
  readonly most: number;
  readonly spoke: readonly Person[];
}

interface Seen {
  readonly id: string | null;
  readonly visit: Visit | null;
  readonly room: Room | null;
  readonly microphone: Microphone;
  readonly levels: Levels;
  readonly floats: readonly Float[];
  readonly sound: Sound;
}

const NOTHING: Seen = {
  id: null,
  visit: null,
  room: null,
  microphone: CLOSED,
  levels: new Map(),
  floats: [],
  sound: "none",
};

let visitor: Visitor | null = null;
let seen = $state.raw<Seen>(NOTHING);
let happened = $state.raw<{ readonly event: Happening; readonly number: number } | null>(null);
let devices = $state.raw<readonly Device[]>([]);
let device = $state<string | null>(null);
let ownLevel = $state(0);
let checking = $state(false);
let volume = $state(1);
let memory = $state.raw<Memory | null>(null);
let check: SoundCheck | undefined;
let awake: (() => void) | undefined;
let spoke = new Map<string, Person>();

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
  get microphone() {
    return seen.microphone;
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
  /** The latest thing that happened, for live regions; its number tells repeats apart. */
  get happened() {
    return happened;
  },
  get devices() {
    return devices;
  },
  get device() {
    return device;
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
  /** What there is to say once it is over. */
  get memory() {
    return memory;
  },
};

/** Goes into a Space; leaves the one before. */
export function visitSpace(id: string): void {
  if (visitor?.space === id && visitor.visit.link.at !== "over") return;
  forget();
  spoke = new Map();
  memory = null;
  visitor = new Visitor(id, { changed, happened: tell });
  visitor.peers.volume = volume;
  stops.push(onDevices(() => void listDevices()));
  changed();
}

const stops: (() => void)[] = [];

/** Is in no Space any more; says so to the server if one still was. */
export function forget(): void {
  stopCheck();
  visitor?.say({ type: "leave" });
  visitor = null;
  for (const stop of stops.splice(0)) stop();
  seen = NOTHING;
  awake?.();
  awake = undefined;
  clearLockScreen();
}

function changed(): void {
  if (visitor === null) return;
  const { space, visit, room, microphone, levels, reactions, sound } = visitor;
  seen = { id: space, visit, room, microphone, levels, floats: reactions.floats, sound };
  if (room) remember(room);
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
  for (const seat of room.space.stage) if (!seat.muted) spoke.set(seat.person.id, seat.person);
  const next: Memory = {
    title: room.space.title,
    startedAt: room.space.started_at,
    most: Math.max(before?.most ?? 0, here(room)),
    spoke: [...spoke.values()],
  };
  const same =
    before?.title === next.title && before.most === next.most && before.spoke.length === next.spoke.length;
  if (same) return;
  memory = next;
  if (before?.title !== next.title || !before) {
    lockScreen(next.title || room.space.host.display_name, room.space.host.display_name, () => act.leave());
  }
}

let count = 0;
function tell(event: Happening): void {
  count += 1;
  happened = { event, number: count };
}

async function listDevices(): Promise<void> {
  devices = await microphones();
}

function stopCheck(): void {
  check?.stop();
  check = undefined;
  checking = false;
}

function space(): string {
  if (visitor === null) throw new Error("in no Space");
  return visitor.space;
}

/** What one can do. Promises reject with `Refused` or `Unreachable` (wire/http). */
export const act = {
  /** Leaves; the memory stays for the page that says goodbye. */
  leave(): void {
    stopCheck();
    visitor?.say({ type: "leave" });
    changed();
  },
  /** Tries again after the visit was given up. */
  tryAgain(): void {
    const id = seen.id;
    visitor = null;
    if (id) visitSpace(id);
  },
  end: () => wire.end(space()),
  askToSpeak: (question?: string) => wire.request(space(), question),
  takeBack: () => wire.withdraw(space()),
  accept: (person: string) => wire.acceptRequest(space(), person),
  decline: (person: string) => wire.declineRequest(space(), person),
  invite: (person: string) => wire.invite(space(), person),
  uninvite: (person: string) => wire.uninvite(space(), person),
  acceptInvitation: () => wire.acceptInvitation(space()),
  declineInvitation: () => wire.declineInvitation(space()),
  stepDown: () => wire.stepDown(space()),
  moveToAudience: (person: string) => wire.moveToAudience(space(), person),
  muteAll: () => wire.muteAll(space()),
  mute: (person: string) => wire.mute(space(), person),
  askToUnmute: (person: string) => wire.askToUnmute(space(), person),
  remove: (person: string) => wire.remove(space(), person),
  nameCohost: (person: string) => wire.nameCohost(space(), person),
  withdrawCohost: (person: string) => wire.withdrawCohost(space(), person),
  change: (wish: { title?: string; topics?: string[]; policy?: Policy; locked?: boolean }) =>
    wire.change(space(), wish),
  /** The person's own tap on the microphone; waits for nothing. Ignored while the way to the stage is being built. */
  tapMicrophone(): void {
    if (visitor === null) return;
    const path = visitor.visit.speak.at;
    if (visitor.microphone.is === "off" && path !== "connected" && path !== "mending") return;
    stopCheck();
    visitor.mouth.say({ type: "tapped" });
    void listDevices();
  },
  /** Another device; the microphone is off until the next tap. */
  chooseMicrophone(id: string | null): void {
    stopCheck();
    device = id;
    visitor?.mouth.choose(id);
  },
  /** "Can you hear me?": the meter and the echo of oneself run until stopped. Nobody else hears it. */
  async checkMicrophone(on: boolean): Promise<void> {
    stopCheck();
    if (!on || visitor === null) return;
    const track = await visitor.mouth.borrow();
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
    if (visitor) visitor.peers.volume = next;
  },
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
