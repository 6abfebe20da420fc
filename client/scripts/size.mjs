/** Prints what the first page loads, in gzipped kB of script, and fails above the budget. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 150;
const web = new URL("../../cooee/web/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", web), "utf8"));

/** Entry, and all that it imports without being asked to wait. */
function filesOf(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) filesOf(next, seen);
  return seen;
}

const gzipped = (file) => gzipSync(readFileSync(new URL(file, web))).length / 1000;
const scripts = [...filesOf("index.html")].map((key) => manifest[key].file);
const styles = [...filesOf("index.html")].flatMap((key) => manifest[key].css ?? []);
const sum = (files) => files.reduce((total, file) => total + gzipped(file), 0);
const first = sum(scripts);
process.stdout.write(
  `first load: ${first.toFixed(1)} kB of script, ${sum(styles).toFixed(1)} kB of style (gzip); budget ${BUDGET_KB} kB\n`,
);
if (first > BUDGET_KB) process.exit(1);
