import { defineConfig } from "@playwright/test";

/**
 * Tests of sound share two cores with three browsers and a server: one at a time, and never tried twice. The times are ceilings
 * for a machine that has other things to do; no verdict hangs on them.
 */
export default defineConfig({
  testDir: "e2e",
  workers: 1,
  retries: 0,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  forbidOnly: process.env.CI === "true",
});
