const SCRIPTS = /<script[^>]*>([\s\S]*?)<\/script>/gu;

export default {
  entry: ["scripts/*.mjs", "e2e/peers/*.mjs", "e2e/*.bench.ts"],
  project: ["src/**/*.{ts,svelte}", "e2e/**/*.{ts,mjs}", "scripts/*.mjs"],
  ignoreDependencies: [
    // Named in project.inlang/settings.json.
    "@inlang/plugin-message-format",
  ],
  compilers: {
    // Whole scripts, not only their imports: `wire.follow(…)` on a namespace counts as a use. What a component
    // exports from its instance is called through `bind:this`, which knip cannot see.
    svelte: (text) =>
      [...text.matchAll(SCRIPTS)]
        .map(([, script]) => script.replace(/^export (?=function|async function|const|let)/gmu, ""))
        .join("\n"),
  },
};
