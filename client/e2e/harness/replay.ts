/** A replay without the hour that it takes to make one. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Account } from "./accounts.ts";
import type { Server } from "./server.ts";
import { ROOT } from "./sound.ts";

/** What is said in it: when, in seconds, and what. */
export const SAID: readonly (readonly [number, string])[] = [
  [1, "Good evening everybody"],
  [12, "Let us begin with the news of the week"],
  [40, "That was all for tonight"],
];

const PLANT = `
import json, pathlib, shutil, sqlite3, sys, time
data, voice, space, host, said = sys.argv[1:]
now = int(time.time() * 1000)
file = pathlib.Path(data, "files", "recordings", f"{space}.planted.ogg")
file.parent.mkdir(parents=True, exist_ok=True)
shutil.copy(voice, file)
peaks = [8 + (at * 37) % 80 for at in range(480)]
file.with_suffix(".levels").write_bytes(bytes(peaks[at // 7 % 480] for at in range(68000 // 20)))
chapters = {"at_ms": [0, 12000], "people": [host, host]}
row = (space, int(host), "ready", "planted", now, now + 30 * 86400000, 68000, file.stat().st_size, json.dumps(peaks), json.dumps(chapters))
lines = [(space, at + 1, int(host), s * 1000, s * 1000 + 3000, text) for at, (s, text) in enumerate(json.loads(said))]
with sqlite3.connect(pathlib.Path(data, "cooee.db"), timeout=20) as db:
    names = "space_id, owner_id, state, token, made_at, expires_at, duration_ms, size, peaks, chapters"
    db.execute(f"INSERT INTO recordings ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    names = "space_id, number, person_id, start_ms, end_ms, text"
    db.executemany(f"INSERT INTO recording_captions ({names}) VALUES (?, ?, ?, ?, ?, ?)", lines)
`;

/** A Space that `host` held, and that can be heard again: a minute of speech, in which she says `SAID` if one believes the captions. */
export async function replayed(server: Server, host: Account, title: string): Promise<string> {
  const space = await host.startSpace(title);
  await host.ask("POST", `/spaces/${space}/end`);
  const voice = join(ROOT, "cooee/demo/voices/amara.opus");
  const about = [join(server.folder, "data"), voice, space, host.id, JSON.stringify(SAID)];
  await promisify(execFile)(join(ROOT, ".venv/bin/python"), ["-c", PLANT, ...about]);
  return space;
}
