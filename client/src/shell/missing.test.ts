import { expect, test } from "vitest";
import { why } from "./missing";

const page = '<head><script type="module" crossorigin src="/assets/index-2.js"></script></head>';

test("a page that begins otherwise is of another version", () => {
  expect(why(page, "/assets/index-2.js")).toBe("failed");
  expect(why(page, "/assets/index-1.js")).toBe("renewed");
  expect(why(page, "/assets/index-2")).toBe("renewed");
});
