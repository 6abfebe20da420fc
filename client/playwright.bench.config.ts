import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

const { projects: _, ...alike } = config;

/** Figures rather than verdicts; `python -m bench browser` runs it. */
export default defineConfig({ ...alike, workers: 1, testMatch: "*.bench.ts", timeout: 180_000 });
