import { type ChildProcess, spawn } from "node:child_process";
import { access, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { microphoneFile, type Recording, type Speech } from "./sound.ts";

const SPEAKERS = "module-null-sink sink_name=speakers";
const MICROPHONE = "module-null-sink sink_name=throat";
const INPUT = "module-remap-source source_name=microphone master=throat.monitor";

/** A PulseAudio of its own: a microphone that plays a file, and loudspeakers that can be recorded. */
export class SoundCard {
  private readonly processes: ChildProcess[] = [];
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async plugIn(microphone?: Speech): Promise<SoundCard> {
    const card = new SoundCard(await mkdtemp(join(tmpdir(), "cooee-sound-card-")));
    const socket = `module-native-protocol-unix auth-anonymous=1 socket=${card.folder}/native`;
    const modules = [socket, SPEAKERS, MICROPHONE, INPUT].flatMap((module) => ["-L", module]);
    card.run("pulseaudio", ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", ...modules]);
    for (let tries = 0; !(await exists(`${card.folder}/native`)); tries++) {
      if (tries > 100) throw new Error("PulseAudio does not start");
      await sleep(50);
    }
    if (microphone) await card.play(microphone);
    return card;
  }

  /** What a program needs in its environment to use this card. */
  get environment(): Record<string, string> {
    return {
      PULSE_SERVER: `unix:${this.folder}/native`,
      PULSE_SINK: "speakers",
      PULSE_SOURCE: "microphone",
      XDG_RUNTIME_DIR: this.folder,
    };
  }

  /** Records what comes out of the loudspeakers while `during` goes on. */
  async record(during: () => Promise<unknown>): Promise<Recording> {
    const format = ["--format=s16le", "--rate=48000", "--channels=1", "--latency-msec=20"];
    const recorder = this.run("parec", ["--device=speakers.monitor", ...format]);
    const chunks: Buffer[] = [];
    let startedAt = 0;
    recorder.stdout?.on("data", (chunk: Buffer) => {
      startedAt ||= Date.now();
      chunks.push(chunk);
    });
    await during();
    recorder.kill();
    return { samples: Buffer.concat(chunks), startedAt };
  }

  unplug(): void {
    for (const process of this.processes) process.kill();
  }

  private async play(speech: Speech): Promise<void> {
    const file = await microphoneFile(speech);
    this.run("ffmpeg", [
      "-v",
      "error",
      "-re",
      "-stream_loop",
      "-1",
      "-i",
      file,
      "-f",
      "pulse",
      "-device",
      "throat",
      "speech",
    ]);
  }

  private run(program: string, options: string[]): ChildProcess {
    const child = spawn(program, options, {
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.processes.push(child);
    return child;
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
