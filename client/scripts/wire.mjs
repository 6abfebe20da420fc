/**
 * Writes src/wire/schema.d.ts from the node's own OpenAPI document. With `--check` it only says whether the file is of today.
 * Needs the Python environment (`make check` has it); without one, `--check` passes.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const PYTHON = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));
const FILE = new URL("../src/wire/schema.d.ts", import.meta.url);
const PRINT = `
import json
from cooee.app import create_app
from cooee.settings import Settings
print(json.dumps(create_app(Settings()).openapi()))
`;

const say = (words) => process.stdout.write(`${words}\n`);

/** The document of a node that has everything switched on, in a data folder of its own. */
function openapi() {
  const folder = mkdtempSync(join(tmpdir(), "cooee-wire-"));
  try {
    const env = { ...process.env, COOEE_DATA_DIR: folder, COOEE_DEMO: "1" };
    const cwd = fileURLToPath(new URL("../..", import.meta.url));
    return JSON.parse(
      execFileSync(PYTHON, ["-c", PRINT], { env, cwd, encoding: "utf8" }).trim().split("\n").at(-1),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const checking = process.argv.includes("--check");
if (checking && !existsSync(PYTHON)) {
  say("no Python environment here: src/wire/schema.d.ts was not compared");
  process.exit(0);
}
const text = `// Made by \`npm run wire\` from the node's OpenAPI document. Not to be edited.\n${astToString(await openapiTS(openapi(), { defaultNonNullable: false }))}`;
if (!checking) writeFileSync(FILE, text);
else if (readFileSync(FILE, "utf8") !== text) {
  say("src/wire/schema.d.ts is not of today: npm --prefix client run wire");
  process.exit(1);
}
