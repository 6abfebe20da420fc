/** Playing what a media session receives. Browsers may want a tap before the first sound. */

export type Sound = "none" | "playing" | "blocked";

const FADE_MS = 200;
const STEP_MS = 20;

export class Playback {
  private readonly elements: HTMLAudioElement[] = [];
  private fading: ReturnType<typeof setInterval> | undefined;

  private readonly again = () => void this.unblock();
  private readonly volume: () => number;
  private readonly say: (sound: Sound) => void;

  constructor(connection: RTCPeerConnection, volume: () => number, say: (sound: Sound) => void) {
    this.volume = volume;
    this.say = say;
    connection.addEventListener("track", ({ track }) => this.play(track));
  }

  /** Tries again, from within a tap. */
  async unblock(): Promise<void> {
    await Promise.all(this.elements.map((element) => this.start(element)));
  }

  /** Follows the listener's own volume. */
  follow(): void {
    for (const element of this.elements) element.volume = this.volume();
  }

  /** Falls silent within 200 ms, then calls `done`. */
  fade(done: () => void): void {
    clearInterval(this.fading);
    let left = FADE_MS / STEP_MS;
    this.fading = setInterval(() => {
      left -= 1;
      for (const element of this.elements) {
        element.volume = Math.max(0, (this.volume() * left * STEP_MS) / FADE_MS);
      }
      if (left > 0) return;
      this.stop();
      done();
    }, STEP_MS);
  }

  stop(): void {
    clearInterval(this.fading);
    this.awaitTap(false);
    for (const element of this.elements) {
      element.pause();
      element.srcObject = null;
    }
    this.elements.length = 0;
  }

  private play(track: MediaStreamTrack): void {
    const element = new Audio();
    element.srcObject = new MediaStream([track]);
    element.volume = this.volume();
    this.elements.push(element);
    void this.start(element);
  }

  private async start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
      this.awaitTap(false);
      this.say("playing");
    } catch (error) {
      // An element that was stopped meanwhile rejects with AbortError: nobody is missing it.
      if (error instanceof DOMException && error.name === "NotAllowedError") {
        this.awaitTap(true);
        this.say("blocked");
      }
    }
  }

  /** Whatever the person taps first opens the sound too. */
  private awaitTap(waits: boolean): void {
    for (const type of ["click", "keydown"] as const) {
      if (waits) document.addEventListener(type, this.again, true);
      else document.removeEventListener(type, this.again, true);
    }
  }
}
