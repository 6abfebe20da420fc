/** One's own microphone in a room: the pure state, and what obeys it. */
import { capture, troubleOf, USUAL_WAY, type Way } from "../browser/capture";
import {
  after,
  CLOSED,
  type Microphone,
  type MicrophoneEffect,
  type MicrophoneEvent,
  type Trouble,
} from "../live/microphone";
import { Refused } from "../wire/problem";

export interface MouthNeeds {
  /** Tells the server, which answers as of which version of the Space it is so; rejects if it says no. */
  permit(muted: boolean): Promise<{ readonly version: number }>;
  /** Sends the track to the room, or nothing. */
  send(track: MediaStreamTrack | null): void;
  changed(): void;
}

export class Mouth {
  microphone: Microphone = CLOSED;
  /** How it is captured. */
  way: Way = USUAL_WAY;
  private track: MediaStreamTrack | null = null;
  private capturing: Promise<MediaStreamTrack> | null = null;
  /** What was begun to be captured before the latest release is nobody's, and stopped. */
  private releases = 0;

  /** The version of the Space in which the server did what was asked last. */
  private asOf = 0;
  /** One is asked after the other, so that what was tapped last counts. */
  private asked: Promise<void> = Promise.resolve();

  private readonly needs: MouthNeeds;

  constructor(needs: MouthNeeds) {
    this.needs = needs;
  }

  say(event: MicrophoneEvent): void {
    const { microphone, effects } = after(this.microphone, event);
    this.microphone = microphone;
    for (const effect of effects) this.obey(effect);
    this.needs.changed();
  }

  /** What the feed tells of it, as of a version; what is older than the last answer was on its way for too long. */
  told(muted: boolean, held: boolean, version: number): void {
    if (version >= this.asOf) this.say({ type: "told", muted, held });
  }

  /** Captures another way from now on: the microphone is off until the next tap. */
  choose(way: Way): void {
    this.way = way;
    this.letGo();
  }

  /** Off, and no device is held. */
  letGo(): void {
    this.say({ type: "silenced" });
    this.release();
    this.microphone = { ...this.microphone, captured: false };
    this.needs.changed();
  }

  /** The captured track, disabled, for a check of one's own sound; captures it if need be. */
  async borrow(): Promise<MediaStreamTrack> {
    const track = await this.captured();
    this.say({ type: "captured" });
    return track;
  }

  private obey(effect: MicrophoneEffect): void {
    switch (effect.do) {
      case "capture":
        void this.capture();
        return;
      case "permit":
        this.asked = this.asked.then(() => this.permit(effect.muted));
        return;
      case "enable":
        this.open();
        return;
      case "disable":
        if (this.track) this.track.enabled = false;
        this.needs.send(null);
        return;
      case "release":
        this.release();
    }
  }

  private open(): void {
    if (!this.track) return;
    this.track.enabled = true;
    this.needs.send(this.track);
  }

  private async capture(): Promise<void> {
    try {
      await this.captured();
      this.say({ type: "captured" });
    } catch (error) {
      if (!(error instanceof Superseded)) this.say({ type: "capture_failed", why: troubleOf(error) });
    }
  }

  /** The track, captured once however often it is asked for. Rejects with `Superseded` if it was given up meanwhile. */
  private async captured(): Promise<MediaStreamTrack> {
    if (this.track) return this.track;
    this.capturing ??= this.begin();
    return this.capturing;
  }

  private async begin(): Promise<MediaStreamTrack> {
    const { releases } = this;
    try {
      const track = await capture(this.way);
      if (releases === this.releases) return this.hold(track);
      track.stop();
    } catch (error) {
      if (releases === this.releases) throw error;
    } finally {
      if (releases === this.releases) this.capturing = null;
    }
    throw new Superseded();
  }

  private hold(track: MediaStreamTrack): MediaStreamTrack {
    this.track = track;
    track.addEventListener("ended", () => {
      if (this.track !== track) return;
      this.track = null;
      // What is gone cannot be had again: the next tap takes what the browser finds.
      this.way = { ...this.way, device: null };
      this.say({ type: "unplugged" });
    });
    return track;
  }

  private async permit(muted: boolean): Promise<void> {
    try {
      const { version } = await this.needs.permit(muted);
      this.asOf = Math.max(this.asOf, version);
      if (!muted) this.say({ type: "permitted" });
    } catch (error) {
      // A mute that did not arrive needs no retry here: nothing is sent any more, and a lost session is muted by the server.
      if (!muted) this.say({ type: "refused", why: whyRefused(error) });
    }
  }

  private release(): void {
    const track = this.track;
    this.track = null;
    this.capturing = null;
    this.releases += 1;
    this.needs.send(null);
    track?.stop();
  }
}

/** What was being captured is not wanted any more. */
class Superseded extends Error {}

function whyRefused(error: unknown): Trouble {
  if (!(error instanceof Refused)) return "unreachable";
  return error.problem.code === "muted_by_host" ? "held" : "refused";
}
