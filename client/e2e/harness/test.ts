import { rm } from "node:fs/promises";
import { test as base, type Page } from "@playwright/test";
import type { Account } from "./accounts.ts";
import { type FirefoxVisitor, visitWithFirefox } from "./firefox.ts";
import { type Equipment, type Visitor, visit } from "./people.ts";
import { Server } from "./server.ts";
import type { Speech } from "./sound.ts";
import { visitInWindow, type WindowVisitor } from "./window.ts";

export interface Rooms {
  /** Settings of the node, `COOEE_*`. */
  settings: Record<string, string>;
  /** People without a microphone are at the light browser. */
  light: boolean;
  /** What moves, moves: else people prefer less motion, which spares the processor half of what an open page costs. */
  motion: boolean;
  /** A node of the test's own. */
  server: Server;
  /** A person at Chromium, at that path of the node, or at any address. */
  person: (at: string, equipment?: Equipment) => Promise<Visitor>;
  /** A person who is signed in, at that path of the node. */
  signedIn: (account: Account, path: string, equipment?: Equipment) => Promise<Page>;
  /** A person at Firefox. */
  firefox: (at: string, equipment?: { microphone?: Speech }) => Promise<FirefoxVisitor>;
  /** A person at a Chromium with a window, whose tabs lie over each other. */
  inWindow: (at: string, equipment?: { microphone?: Speech; before?: () => void }) => Promise<WindowVisitor>;
}

/** A test with a node and people, all of whom are gone when it ends, however it ends. */
export const test = base.extend<Rooms>({
  settings: [{}, { option: true }],
  light: [false, { option: true }],
  motion: [true, { option: true }],
  person: async ({ light, motion }, use) => {
    const people: Visitor[] = [];
    const reducedMotion = motion ? "no-preference" : "reduce";
    await use(async (at, equipment = {}) => {
      const visitor = await visit(at, { reducedMotion, ...equipment }, light);
      people.push(visitor);
      return visitor;
    });
    await Promise.all(people.map((visitor) => visitor.leave()));
  },
  signedIn: async ({ server, person }, use) => {
    await use(async (account, path, equipment) => {
      const { page } = await person("about:blank", equipment);
      await account.signIn(page);
      await page.goto(`${server.address}${path}`);
      return page;
    });
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
  firefox: async ({}, use) => {
    const people: FirefoxVisitor[] = [];
    await use(async (at, equipment = {}) => {
      const visitor = await visitWithFirefox(at, equipment);
      people.push(visitor);
      return visitor;
    });
    await Promise.all(people.map((visitor) => visitor.leave()));
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
  inWindow: async ({}, use) => {
    const people: WindowVisitor[] = [];
    await use(async (at, equipment = {}) => {
      const visitor = await visitInWindow(at, equipment);
      people.push(visitor);
      return visitor;
    });
    await Promise.all(people.map((visitor) => visitor.leave()));
  },
  server: async ({ settings }, use, info) => {
    const server = await Server.started(settings);
    await use(server);
    await server.stop();
    if (info.status === info.expectedStatus) await rm(server.folder, { recursive: true });
  },
});

export { expect } from "@playwright/test";
