/** What was said, without anybody who says it. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Account } from "./accounts.ts";
import type { Server } from "./server.ts";
import { ROOT } from "./sound.ts";

const PLANT = `
import json, pathlib, sqlite3, sys, time
data, space, person, said = sys.argv[1:]
now = int(time.time() * 1000)
lines = [(space, at + 1, int(person), text, now + at, 900, 0) for at, text in enumerate(json.loads(said))]
with sqlite3.connect(pathlib.Path(data, "cooee.db"), timeout=20) as db:
    names = "space_id, number, person_id, text, at, lasted_ms, recorded"
    db.executemany(f"INSERT INTO caption_lines ({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", lines)
`;

/** As if `person` had said this in a live Space, phrase by phrase. */
export async function captioned(
  server: Server,
  space: string,
  person: Account,
  said: string[],
): Promise<void> {
  const about = [join(server.folder, "data"), space, person.id, JSON.stringify(said)];
  await promisify(execFile)(join(ROOT, ".venv/bin/python"), ["-c", PLANT, ...about]);
}
