import { describe, expect, it } from "vitest";
import { begin, type Visit, type VisitEffect, type VisitEvent, visitAfter, visitDue } from "./visit";

/** A visit on virtual time: events go in, effects are remembered. */
class Script {
  now = 1000;
  visit: Visit;
  effects: readonly VisitEffect[];

  constructor() {
    const step = begin(this.now);
    this.visit = step.visit;
    this.effects = step.effects;
  }

  say(...events: readonly VisitEvent[]): this {
    const effects: VisitEffect[] = [];
    for (const event of events) {
      const step = visitAfter(this.visit, event, { now: this.now, chance: 0.5 });
      this.visit = step.visit;
      effects.push(...step.effects);
    }
    this.effects = effects;
    return this;
  }

  /** Time passes; every tick that falls due is told. */
  wait(ms: number): this {
    const until = this.now + ms;
    const effects: VisitEffect[] = [];
    while (visitDue(this.visit) <= until) {
      this.now = Math.max(this.now, visitDue(this.visit));
      this.say({ type: "tick" });
      effects.push(...this.effects);
    }
    this.now = until;
    this.effects = effects;
    return this;
  }

  get does(): readonly string[] {
    return this.effects.map((effect) => ("kind" in effect ? `${effect.do} ${effect.kind}` : effect.do));
  }
}

const feedOpened: VisitEvent = { type: "feed_opened", resumed: false, askedToResume: false };
const peer = (
  kind: "listen" | "speak",
  type: "connected" | "broken" | "gone" | "restarted" | "flowing",
): VisitEvent => ({
  type: "peer",
  kind,
  event: { type },
});

function listening(): Script {
  return new Script().say(
    { type: "joined", role: "listener", maySpeak: false },
    feedOpened,
    peer("listen", "connected"),
  );
}

function onStage(): Script {
  return new Script().say(
    { type: "joined", role: "speaker", maySpeak: true },
    feedOpened,
    peer("speak", "connected"),
  );
}

describe("a visit", () => {
  it("opens the feed and the sound side by side", () => {
    const script = new Script().say({ type: "joined", role: "listener", maySpeak: false });
    expect(script.does).toEqual(["open_feed", "open_peer listen"]);
  });

  it("is complete when both stand", () => {
    expect(listening().visit).toMatchObject({ arrived: true, since: null, attempt: 0 });
  });

  it("goes on stage beside listening, and stops listening when the slots play", () => {
    const script = listening().say({ type: "role", role: "speaker" });
    expect(script.does).toEqual(["join"]);
    script.say({ type: "joined", role: "speaker", maySpeak: true });
    expect(script.does).toEqual(["open_feed", "silence", "open_peer speak"]);
    expect(script.say(peer("speak", "connected")).does).toEqual([]);
    expect(script.say({ type: "slots_play" }).does).toEqual(["close_peer listen"]);
    expect(script.visit.listen.at).toBe("none");
  });

  it("stops listening after a while even if nobody on stage says a word", () => {
    const script = listening().say(
      { type: "role", role: "speaker" },
      { type: "joined", role: "speaker", maySpeak: true },
      peer("speak", "connected"),
    );
    expect(script.wait(2000).does).toEqual(["close_peer listen"]);
  });

  it("steps down: silent at once, listening again", () => {
    const script = onStage().say(
      { type: "role", role: "listener" },
      { type: "joined", role: "listener", maySpeak: false },
    );
    expect(script.does).toEqual(["join", "open_feed", "open_peer listen", "silence", "close_peer speak"]);
  });

  it("restarts ICE first when the path breaks, and keeps the microphone as it was", () => {
    const script = onStage().say(peer("speak", "broken"));
    expect(script.does).toEqual(["restart_ice speak"]);
    script.now += 3000;
    expect(script.say(peer("speak", "restarted"), peer("speak", "connected")).does).toEqual([]);
    expect(script.visit.speak.at).toBe("connected");
  });

  it("takes a new session when the restart does not help: same role, muted", () => {
    const script = onStage().say(peer("speak", "broken")).wait(5000);
    expect(script.does).toContain("silence");
    expect(script.does).toContain("join");
    script.say({ type: "joined", role: "speaker", maySpeak: true });
    expect(script.does).toContain("open_peer speak");
    expect(script.does).toContain("silence");
  });

  it("comes back after the server was away, trying ever more slowly", () => {
    const script = listening().say({ type: "feed_closed", code: 1006 });
    expect(script.visit.link.at).toBe("waiting");
    const tries: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      tries.push(visitDue(script.visit) - script.now);
      script.wait(visitDue(script.visit) - script.now);
      expect(script.does).toContain("join");
      script.say({ type: "join_failed", status: 0, code: "", retryAfterMs: null });
    }
    expect(tries).toEqual([...tries].sort((a, b) => a - b));
    script.wait(visitDue(script.visit) - script.now);
    script.say({ type: "joined", role: "listener", maySpeak: false });
    expect(script.does).toContain("open_feed");
  });

  it("doubts its sound when the server has forgotten the feed", () => {
    const script = listening().say({ type: "feed_closed", code: 1006 }, { type: "tick" });
    script.wait(600);
    script.say(
      { type: "joined", role: "listener", maySpeak: false },
      { type: "feed_opened", resumed: false, askedToResume: true },
    );
    expect(script.does).toContain("restart_ice listen");
    expect(script.say(peer("listen", "gone")).does).toContain("join");
  });

  it("asks again for a feed that fell behind", () => {
    expect(listening().say({ type: "gap" }).does).toEqual(["close_feed", "join"]);
  });

  it("renews everything at once when the network is another one", () => {
    expect(listening().say({ type: "network_changed" }).does).toEqual([
      "restart_ice listen",
      "close_feed",
      "join",
    ]);
  });

  it("is over for whom a host removed, and stays over", () => {
    const script = onStage().say({ type: "feed_closed", code: 4003 });
    expect(script.visit.link).toEqual({ at: "over", why: { type: "removed" } });
    expect(script.does).toContain("silence");
    expect(script.say({ type: "network_changed" }, peer("speak", "broken"), { type: "tick" }).does).toEqual(
      [],
    );
  });

  it.each([
    [403, "removed", { type: "refused", code: "removed" }],
    [410, "space_ended", { type: "ended", reason: null }],
  ])("does not try again what was refused with %i", (status, code, why) => {
    const script = new Script().say({ type: "join_failed", status, code, retryAfterMs: null });
    expect(script.visit.link).toEqual({ at: "over", why });
  });

  it("waits as long as the server asks", () => {
    const script = new Script().say({
      type: "join_failed",
      status: 429,
      code: "too_many_requests",
      retryAfterMs: 30_000,
    });
    expect(visitDue(script.visit)).toBe(script.now + 30_000);
  });

  it("says so when the server was never reached", () => {
    const script = new Script();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      script.say({ type: "join_failed", status: 0, code: "", retryAfterMs: null });
      script.wait(10_000);
    }
    expect(script.visit.link).toEqual({ at: "over", why: { type: "unreachable" } });
  });
});
