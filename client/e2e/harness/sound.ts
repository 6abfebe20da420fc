import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const ROOT = join(import.meta.dirname, "../../..");
const PYTHON = join(ROOT, ".venv/bin/python");
const RATE = 48_000;

/** One of the recordings in `tests/live/speech`. */
export type Speech = "novel" | "numbers" | "cards" | "meeting";

export interface Recording {
  /** 16-bit mono samples at 48 kHz. */
  samples: Buffer;
  /** When the first sample was taken, in milliseconds of this machine's clock. */
  startedAt: number;
}

export interface Verdict {
  intelligibility: number;
  longest_gap_s: number;
  gaps: { at_s: number; length_s: number }[];
  speaking_s: number;
  energy_dbfs: number;
  first_sound_s: number | null;
}

const speechFile = (speech: Speech) => join(ROOT, "tests/live/speech", `${speech}.flac`);

/** The speech as a file that Chromium takes for a microphone. */
export async function microphoneFile(speech: Speech): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "cooee-microphone-")), `${speech}.wav`);
  await run("ffmpeg", [
    "-v",
    "error",
    "-i",
    speechFile(speech),
    "-ar",
    `${RATE}`,
    "-ac",
    "1",
    "-c:a",
    "pcm_s16le",
    path,
  ]);
  return path;
}

/** A file of sound, as a recording. */
export async function decoded(file: Buffer): Promise<Recording> {
  const options = ["-v", "error", "-i", "pipe:0", "-ar", `${RATE}`, "-ac", "1", "-f", "s16le", "pipe:1"];
  const ffmpeg = run("ffmpeg", options, { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 });
  ffmpeg.child.stdin?.end(file);
  return { samples: (await ffmpeg).stdout, startedAt: 0 };
}

/** What `tests/live/sound.py` says of a recording: is it what was said, and is all of it there? */
export async function judge(recording: Recording, said: Speech, name: string): Promise<Verdict> {
  const path = join(await mkdtemp(join(tmpdir(), "cooee-heard-")), `${name}.wav`);
  await writeFile(path, wave(recording.samples));
  const { stdout } = await run(PYTHON, ["-m", "tests.live.judge", speechFile(said), path], { cwd: ROOT });
  return JSON.parse(stdout) as Verdict;
}

/** The level of a stretch of a recording in dBFS, between two times of this machine's clock; silence is -120. */
export function level(recording: Recording, from = 0, to = Number.POSITIVE_INFINITY): number {
  const { samples, startedAt } = recording;
  const count = samples.length / 2;
  const at = (time: number) => Math.round(Math.max(0, Math.min(count, ((time - startedAt) * RATE) / 1000)));
  let sum = 0;
  for (let index = at(from); index < at(to); index++) sum += (samples.readInt16LE(index * 2) / 32_768) ** 2;
  const rms = Math.sqrt(sum / Math.max(1, at(to) - at(from)));
  return 20 * Math.log10(Math.max(1e-6, rms));
}

/** When, by this machine's clock, the recording was last (or first) louder than a whisper, in windows of 20 ms. */
export function loudest(recording: Recording, which: "first" | "last", aboveDbfs = -45): number | undefined {
  const length = (recording.samples.length / 2 / RATE) * 1000;
  const windows = Array.from(
    { length: Math.floor(length / 20) },
    (_, index) => recording.startedAt + index * 20,
  );
  if (which === "last") windows.reverse();
  return windows.find((time) => level(recording, time, time + 20) > aboveDbfs);
}

function wave(samples: Buffer): Buffer {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}
