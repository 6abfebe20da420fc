import { describe, expect, it } from "vitest";
import { backoff } from "./backoff";
import { answerWith, fragmentOf } from "./ice-fragment";
import { eased, levels, loudest, othersTalk } from "./levels";
import { down, up } from "./push-to-talk";
import { isStalled, look, watch } from "./watchdog";

describe("levels", () => {
  it("rise at once and fall slowly, so that a pause between words does not blink", () => {
    const loud = eased(new Map(), levels({ "7": 80 }));
    expect(loud.get(7)).toBeCloseTo(0.8);
    const next = eased(loud, new Map()).get(7) ?? 0;
    expect(next).toBeGreaterThan(0.3);
    expect(next).toBeLessThan(0.8);
  });

  it("fall silent in the end", () => {
    let drawn = eased(new Map(), levels({ "7": 100 }));
    for (let step = 0; step < 10; step += 1) drawn = eased(drawn, new Map());
    expect(drawn.size).toBe(0);
  });

  it("know who is loudest, and whether others talk", () => {
    const told = levels({ "7": 30, "8": 60 });
    expect(loudest(told)).toBe(8);
    expect(othersTalk(levels({ "7": 30 }), 7)).toBe(false);
    expect(othersTalk(told, 7)).toBe(true);
  });
});

describe("the watchdog", () => {
  it("barks when somebody talks and no packet comes for a second and a half", () => {
    let dog = watch(0);
    dog = look(dog, 10, true, 400);
    for (let now = 800; now <= 1800; now += 400) dog = look(dog, 10, true, now);
    expect(isStalled(dog)).toBe(false);
    expect(isStalled(look(dog, 10, true, 2000))).toBe(true);
  });

  it("is quiet while packets move, while nobody talks, and after a sleep", () => {
    const dog = look(watch(0), 10, true, 400);
    expect(isStalled(look(look(dog, 11, true, 1500), 12, true, 2600))).toBe(false);
    expect(isStalled(look(look(dog, 10, false, 1500), 10, false, 2600))).toBe(false);
    expect(isStalled(look(dog, 10, true, 60_000))).toBe(false);
  });
});

describe("holding the space bar", () => {
  it("talks while it is held", () => {
    const { press, tap } = down(true, 0);
    expect(tap).toBe(true);
    expect(up(press, 1000)).toBe(true);
  });

  it("switches with a short press", () => {
    expect(up(down(true, 0).press, 100)).toBe(false);
    expect(down(false, 0).tap).toBe(false);
    expect(up(down(false, 0).press, 100)).toBe(true);
  });
});

describe("waiting before the next attempt", () => {
  it("grows, spreads a room of people, and ends at twelve seconds", () => {
    expect(backoff(0, 0)).toBe(125);
    expect(backoff(0, 0.99)).toBeLessThan(400);
    expect(backoff(3, 0.5)).toBeGreaterThan(backoff(2, 0.5));
    expect(backoff(50, 0.999)).toBeLessThanOrEqual(12_000);
  });
});

describe("an ICE restart", () => {
  const offer =
    "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\n";
  const answer =
    "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:old\r\na=ice-pwd:older\r\na=candidate:1 1 udp 1 127.0.0.1 1 typ host\r\na=end-of-candidates\r\n";

  it("tells our new credentials and the section they are for", () => {
    expect(fragmentOf(offer)).toBe(
      "a=ice-ufrag:abcd\r\na=ice-pwd:secret\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n",
    );
  });

  it("puts the server's new credentials and candidates in place of the old", () => {
    const fragment = "a=ice-ufrag:new\r\na=ice-pwd:newer\r\na=candidate:2 1 udp 1 127.0.0.1 2 typ host\r\n";
    const renewed = answerWith(answer, fragment) ?? "";
    expect(renewed).toContain("a=ice-ufrag:new\r\na=ice-pwd:newer\r\n");
    expect(renewed).toContain("a=candidate:2 ");
    expect(renewed).not.toContain("a=candidate:1 ");
  });

  it("keeps the candidates of a fragment that brings none, and refuses one without credentials", () => {
    expect(answerWith(answer, "a=ice-ufrag:new\r\na=ice-pwd:newer\r\n")).toContain("a=candidate:1 ");
    expect(answerWith(answer, "a=end-of-candidates\r\n")).toBeUndefined();
  });
});
