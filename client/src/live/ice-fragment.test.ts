import { describe, expect, it } from "vitest";
import { backoff } from "./backoff";
import { answerWith, fragmentOf } from "./ice-fragment";

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
