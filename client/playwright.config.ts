import { defineConfig } from "@playwright/test";

/**
 * Tests of sound share two cores with three browsers and a server: one at a time, in `e2e/alone`. All others run two at a time, and
 * those of `e2e/crashes`, which mostly wait, beside others that do. The times are ceilings for a machine that has other things to do; no
 * verdict hangs on them.
 */
export default defineConfig({
  testDir: "e2e",
  retries: 0,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  workers: 2,
  reporter: [["list"]],
  reportSlowTests: { max: 12, threshold: 20_000 },
  outputDir: "test-results",
  forbidOnly: process.env.CI === "true",
  fullyParallel: true,
  projects: [
    { name: "together", testIgnore: ["alone/**", "crashes/**"] },
    { name: "crashes", testMatch: "crashes/**/*.spec.ts" },
    { name: "alone", testMatch: "alone/**/*.spec.ts", workers: 1 },
  ],
});
