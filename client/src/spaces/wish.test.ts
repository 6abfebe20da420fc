import { describe, expect, it } from "vitest";
import { bare, Refused, Unreachable } from "../wire/problem";
import { Wish } from "./wish";

const refused = () => Promise.reject(new Refused(bare("muted", 403)));

describe("a wish for a seat", () => {
  it("stands while one asks, and when it was heard", async () => {
    const wish = new Wish();
    await wish.during(async () => expect(wish.stands).toBe(true));
    expect(wish.stands).toBe(true);
  });

  it("does not stand when it was refused", async () => {
    const wish = new Wish();
    await expect(wish.during(refused)).rejects.toBeInstanceOf(Refused);
    expect(wish.stands).toBe(false);
  });

  it("stands as it did when another one was heard before", async () => {
    const wish = new Wish();
    await wish.during(() => Promise.resolve());
    await expect(wish.during(refused)).rejects.toBeInstanceOf(Refused);
    expect(wish.stands).toBe(true);
  });

  it("stands when nobody answered: it may have been heard", async () => {
    const wish = new Wish();
    await expect(wish.during(() => Promise.reject(new Unreachable()))).rejects.toBeInstanceOf(Unreachable);
    expect(wish.stands).toBe(true);
  });
});
