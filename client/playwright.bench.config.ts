import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** Figures rather than verdicts; `python -m bench browser` runs it. */
export default defineConfig({
  ...config,
  projects: [],
  workers: 1,
  testMatch: "*.bench.ts",
  timeout: 180_000,
});
