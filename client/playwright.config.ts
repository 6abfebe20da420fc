import { defineConfig } from "@playwright/test";

/** Tests of sound share two cores with three browsers and a server: one at a time, and never tried twice. */
export default defineConfig({
  testDir: "e2e",
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  forbidOnly: process.env.CI === "true",
});
