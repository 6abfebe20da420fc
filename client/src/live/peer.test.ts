import { expect, test } from "vitest";
import { carries, type Peer, peerAfter } from "./peer";

const CONNECTED: Peer = { at: "connected" };

test("a microphone is opened on a path that may have changed, and not on one that is known to be broken", () => {
  const doubted = peerAfter(CONNECTED, { type: "doubted" }, 0).peer;
  expect(carries(CONNECTED)).toBe(true);
  expect(carries(doubted)).toBe(true);
  expect(carries(peerAfter(CONNECTED, { type: "broken" }, 0).peer)).toBe(false);
  expect(carries(peerAfter(doubted, { type: "broken" }, 0).peer)).toBe(false);
  expect(carries({ at: "opening", until: 9 })).toBe(false);
});
