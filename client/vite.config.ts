import { readFileSync } from "node:fs";
import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";
import { wordsByName } from "./scripts/words-by-name.ts";

/** The Cooee node that `npm run dev` talks to. */
const node = process.env.COOEE_DEV_SERVER ?? "http://127.0.0.1:8000";

const words = paraglideVitePlugin({
  project: "./project.inlang",
  outdir: "./src/paraglide",
  strategy: ["localStorage", "preferredLanguage", "baseLocale"],
});

const worker = VitePWA({
  strategies: "injectManifest",
  srcDir: "src/worker",
  filename: "service-worker.ts",
  injectRegister: false,
  manifest: false,
  injectManifest: {
    globPatterns: ["**/*.{js,css,html,svg,webmanifest}", "**/inter-latin-wght-normal*.woff2"],
    globIgnores: ["embed.html", "assets/embed-*"],
    // The shell is what the first page names: every visitor has that anyway. Pages name nothing but paths.
    manifestTransforms: [
      (files) => {
        const page = readFileSync(new URL("../cooee/web/index.html", import.meta.url), "utf8");
        const inShell = (url: string) => url === "index.html" || page.includes(`"/${url}"`);
        return { manifest: files.map((file) => ({ ...file, shell: inShell(file.url) })) };
      },
    ],
  },
});

/** The face of the first words, asked for before the style sheet has been read: no text is drawn twice. */
const earlyFont: Plugin = {
  name: "early-font",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((file) => /inter-latin-wght-normal.*\.woff2$/u.test(file))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "preload", href: `/${file}`, as: "font", type: "font/woff2", crossorigin: true },
          injectTo: "head",
        })),
  },
};

export default defineConfig({
  // Tests have their words compiled before (`npm run words`); these plugins would keep vitest from ending.
  plugins: [svelte(), process.env.VITEST ? [] : [words, wordsByName, worker, earlyFont]],
  build: {
    rolldownOptions: { input: ["index.html", "embed.html"] },
    outDir: "../cooee/web",
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "/api": { target: node, changeOrigin: false },
      "/media": node,
      "^/whi?e?p/": node,
      "^/edge/": { target: node, ws: true },
    },
  },
  // Tests run on Svelte's runtime for pages: in the one for servers effects never run.
  ...(process.env.VITEST ? { resolve: { conditions: ["browser"] } } : {}),
  test: {
    environment: "./scripts/page-environment.mjs",
    include: ["src/**/*.test.ts"],
    server: { deps: { inline: ["svelte"] } },
  },
});
