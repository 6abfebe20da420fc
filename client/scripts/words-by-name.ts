/**
 * Words that are looked up by name, as in `` m[`reason_${reason}`]() ``: the bundler takes that for a use of all the words there are, and
 * has the first page fetch those of every other. Here it is told which ones they can be, and each page's words come with that page.
 */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

const WORDS = "src/paraglide/messages";
const IMPORTED = /import \{ m \} from ["'][^"']*paraglide\/messages["']/u;
const BY_NAME = /\bm\[`(\w*)\$\{[^{}]*\}(\w*)`\]/gu;
const BY_ANY_NAME = /\bm\[(?!`\w*\$\{[^{}]*\}\w*`\])/u;
const SOME = "virtual:words/";

/** A module's code, looking up in no more words than can be meant; null if it looks up none by name. */
export function narrowed(code: string): string | null {
  if (!IMPORTED.test(code)) return null;
  if (BY_ANY_NAME.test(code))
    throw new Error("which words are these? They are looked up by a name of which nothing is known");
  const asked = new Map<string, string>();
  const body = code.replace(BY_NAME, (whole, start: string, end: string) => {
    const some = `${start}*${end}`;
    const known = asked.get(some) ?? `words_${asked.size}`;
    asked.set(some, known);
    return known + whole.slice("m".length);
  });
  const imports = [...asked].map(([some, known]) => `import * as ${known} from "${SOME}${some}";\n`);
  return asked.size === 0 ? null : imports.join("") + body;
}

/** Which of these names `some`, as in `start_*_end`, can mean. */
export function meant(some: string, names: readonly string[]): string[] {
  const [start = "", end = ""] = some.split("*");
  return names.filter((name) => name.startsWith(start) && name.endsWith(end));
}

export const wordsByName: Plugin = {
  name: "words-by-name",
  apply: "build",
  // After Svelte: from here on it is all script.
  enforce: "post",
  resolveId: (id) => (id.startsWith(SOME) ? `\0${id}` : undefined),
  load(id) {
    if (!id.startsWith(`\0${SOME}`)) return undefined;
    const names = readdirSync(WORDS).map((file) => file.replace(/\.js$/u, ""));
    const those = meant(id.slice(SOME.length + 1), names);
    return those.map((name) => `export { ${name} } from "${resolve(WORDS, name)}.js";`).join("\n");
  },
  transform: (code) => {
    const told = narrowed(code);
    return told === null ? undefined : { code: told, map: null };
  },
};
