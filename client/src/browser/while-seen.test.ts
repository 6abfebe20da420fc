import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whileSeen } from "./while-seen";

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";

  turn(to: DocumentVisibilityState): void {
    this.visibilityState = to;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("whoever looks asks about every minute, and not together with others", () => {
  const times = new Set<number>();
  for (let turn = 0; turn < 20; turn++) {
    const begun = Date.now();
    const stop = whileSeen(() => times.add(Date.now() - begun), MINUTE, new Page());
    vi.advanceTimersByTime(1.3 * MINUTE);
    stop();
  }
  expect(times.size).toBeGreaterThan(5);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0.75 * MINUTE);
  expect(Math.max(...times)).toBeLessThanOrEqual(1.25 * MINUTE + 1);
});

test("a page that nobody looks at asks nothing, and asks at once when it is seen again", () => {
  const page = new Page();
  const look = vi.fn();
  const stop = whileSeen(look, MINUTE, page);
  page.turn("hidden");
  vi.advanceTimersByTime(10 * MINUTE);
  expect(look).not.toHaveBeenCalled();
  page.turn("visible");
  vi.advanceTimersByTime(0);
  expect(look).toHaveBeenCalledTimes(1);
  page.turn("hidden");
  page.turn("visible");
  vi.advanceTimersByTime(0.5 * MINUTE);
  expect(look).toHaveBeenCalledTimes(1);
  stop();
  page.turn("visible");
  vi.advanceTimersByTime(10 * MINUTE);
  expect(look).toHaveBeenCalledTimes(1);
});
