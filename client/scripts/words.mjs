/** Compiles the words of the interface, unless a build has done so since they were last changed: it takes a minute. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";

const SOURCES = ["messages", "project.inlang/settings.json", "package-lock.json"];
const MADE = "src/paraglide";

/** When a file at or below `path` was last written; 0 if there is none. */
function written(path) {
  if (!existsSync(path)) return 0;
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => written(`${path}/${name}`)));
}

if (written(MADE) <= Math.max(...SOURCES.map(written)))
  execFileSync(
    "paraglide-js",
    ["compile", "--project", "./project.inlang", "--outdir", `./${MADE}`, "--silent"],
    { stdio: "inherit" },
  );
