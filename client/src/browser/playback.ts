/** Playing what a media session receives. Browsers may want a tap before the first sound. */

export type Sound = "none" | "playing" | "blocked";

const FADE_MS = 200;
const STEP_MS = 20;

export class Playback {
  private readonly elements: { readonly audio: HTMLAudioElement; readonly track: number }[] = [];
  private fading: ReturnType<typeof setInterval> | undefined;

  private readonly again = () => void this.unblock();
  private readonly volume: (track: number) => number;
  private readonly say: (sound: Sound) => void;

  /** `volume` says how loud a track is played, 0 to 1; tracks count from 0, in the order of the offer. */
  constructor(connection: RTCPeerConnection, volume: (track: number) => number, say: (sound: Sound) => void) {
    this.volume = volume;
    this.say = say;
    connection.addEventListener("track", ({ track, transceiver }) => {
      const received = connection.getTransceivers().filter(({ direction }) => direction === "recvonly");
      this.play(track, received.indexOf(transceiver));
    });
  }

  /** Tries again, from within a tap. */
  async unblock(): Promise<void> {
    await Promise.all(this.elements.map(({ audio }) => this.start(audio)));
  }

  /** Follows what `volume` says now. */
  follow(): void {
    for (const { audio, track } of this.elements) audio.volume = this.volume(track);
  }

  /** Falls silent within 200 ms, then calls `done`. */
  fade(done: () => void): void {
    clearInterval(this.fading);
    let left = FADE_MS / STEP_MS;
    this.fading = setInterval(() => {
      left -= 1;
      for (const { audio, track } of this.elements) {
        audio.volume = Math.max(0, (this.volume(track) * left * STEP_MS) / FADE_MS);
      }
      if (left > 0) return;
      this.stop();
      done();
    }, STEP_MS);
  }

  stop(): void {
    clearInterval(this.fading);
    this.awaitTap(false);
    for (const { audio } of this.elements) {
      audio.pause();
      audio.srcObject = null;
    }
    this.elements.length = 0;
  }

  private play(media: MediaStreamTrack, track: number): void {
    const audio = new Audio();
    audio.srcObject = new MediaStream([media]);
    audio.volume = this.volume(track);
    this.elements.push({ audio, track });
    void this.start(audio);
  }

  private async start(audio: HTMLAudioElement): Promise<void> {
    try {
      await audio.play();
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
