import { defineConfig } from "@playwright/test";
import type { Rooms } from "./e2e/harness/test.ts";

/**
 * Tests of sound share two cores with three browsers and a server: one at a time, in `e2e/alone`. All others run three at a time,
 * those who do not speak at the light browser; those of `e2e/crashes`, which mostly wait, beside another suite. Only what is about
 * motion wants it: `test.use({ motion: true })`. The times are ceilings for a machine that has other things to do; no verdict hangs
 * on them.
 */
export default defineConfig<Rooms>({
  testDir: "e2e",
  retries: 0,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  workers: 3,
  reporter: [["list"]],
  reportSlowTests: { max: 12, threshold: 20_000 },
  outputDir: "test-results",
  forbidOnly: process.env.CI === "true",
  fullyParallel: true,
  projects: [
    { name: "together", testIgnore: ["alone/**", "crashes/**"], use: { light: true, motion: false } },
    { name: "crashes", testMatch: "crashes/**/*.spec.ts", use: { motion: false } },
    { name: "alone", testMatch: "alone/**/*.spec.ts", workers: 1, use: { motion: false } },
  ],
});
