import { describe, expect, it } from "vitest";
import type { PeerEvent } from "./peer";
import {
  begin,
  type PeerKind,
  type Visit,
  type VisitEffect,
  type VisitEvent,
  visitAfter,
  visitDue,
} from "./visit";

/** A visit on virtual time: events in, effects out as words with the instant. */
class Script {
  now = 0;
  visit: Visit;
  done: string[] = [];
  constructor() {
    const { visit, effects } = begin(0);
    this.visit = visit;
    this.note(effects);
  }
  private note(effects: readonly VisitEffect[]) {
    this.done.push(...effects.map(word));
  }
  say(event: VisitEvent): this {
    const { visit, effects } = visitAfter(this.visit, event, { now: this.now, chance: 0.5 });
    this.visit = visit;
    this.note(effects);
    return this;
  }
  peer(kind: PeerKind, type: PeerEvent["type"]): this {
    return this.say({ type: "peer", kind, event: { type } });
  }
  /** Lets time pass, with a tick whenever one is due. */
  pass(ms: number): this {
    const end = this.now + ms;
    for (let due = visitDue(this.visit); due <= end; due = visitDue(this.visit)) {
      this.now = Math.max(this.now, due);
      this.say({ type: "tick" });
    }
    this.now = end;
    return this;
  }
  joined(role: "host" | "speaker" | "listener", { taken = false, wished = true } = {}): this {
    return this.say({ type: "joined", role, maySpeak: role !== "listener", taken, wished });
  }
  fed(resumed = false, askedToResume = false): this {
    return this.say({ type: "feed_opened", resumed, askedToResume });
  }
  /** What was done since the last call. */
  take(): string[] {
    return this.done.splice(0);
  }
}

function word(effect: VisitEffect): string {
  switch (effect.do) {
    case "open_feed":
      return effect.resume ? "resume_feed" : "open_feed";
    case "open_peer":
    case "restart_ice":
      return `${effect.do} ${effect.kind}`;
    case "close_peer":
      return `${effect.faded ? "fade" : "close"} ${effect.kind}`;
    default:
      return effect.do;
  }
}

function listening(): Script {
  const script = new Script().joined("listener").fed().peer("listen", "connected");
  script.take();
  return script;
}
function speaking(): Script {
  const script = new Script().joined("speaker").fed().peer("speak", "connected").pass(2000);
  script.take();
  return script;
}
const failed = (status: number, code = "") =>
  ({ type: "join_failed", status, code, retryAfterMs: null }) as const;

describe("entering", () => {
  it("opens feed and sound at once, together", () => {
    const script = new Script();
    expect(script.take()).toEqual(["join"]);
    expect(script.joined("listener").take()).toEqual(["open_feed", "open_peer listen"]);
    expect(script.fed().peer("listen", "connected").visit.since).toBeNull();
  });

  it("opens the speak session for somebody on stage, with the microphone off", () => {
    const script = new Script();
    script.take();
    expect(script.joined("host").take()).toEqual(["open_feed", "silence", "open_peer speak"]);
  });

  it("waits at the open door for whoever is warned, and asks for a new one when they come in anyway", () => {
    const script = new Script();
    script.take();
    expect(
      script
        .say({ type: "warned" })
        .pass(20 * 60_000)
        .say({ type: "network_changed" })
        .take(),
    ).toEqual([]);
    expect(script.visit.link.at).toBe("warned");
    expect(script.say({ type: "join_anyway" }).say({ type: "join_anyway" }).take()).toEqual(["join"]);
    expect(script.say(failed(0)).visit.link.at).toBe("waiting");
  });

  it("goes away from the door without having been inside", () => {
    const script = new Script().say({ type: "warned" }).say({ type: "leave", voiced: false });
    expect(script.visit.link).toEqual({ at: "over", why: { type: "left" } });
    expect(script.take()).toContain("leave");
  });

  it.each([
    [403, "removed", { type: "refused", code: "removed" }],
    [404, "space_not_found", { type: "refused", code: "space_not_found" }],
    [401, "unauthenticated", { type: "refused", code: "unauthenticated" }],
    [410, "space_ended", { type: "ended", reason: null }],
  ])("takes a %d for a no", (status, code, why) => {
    expect(new Script().say(failed(status, code)).visit.link).toEqual({ at: "over", why });
  });

  it("tries again after a failure, a few times, and then says that nobody answers", () => {
    const script = new Script();
    for (let tries = 0; tries < 5; tries++) {
      script.say(failed(0));
      expect(script.visit.link.at).toBe("waiting");
      script.pass(20_000);
      expect(script.visit.link.at).toBe("joining");
    }
    expect(script.say(failed(0)).visit.link).toEqual({ at: "over", why: { type: "unreachable" } });
  });

  it("waits for as long as it is told", () => {
    const script = new Script().say({
      type: "join_failed",
      status: 429,
      code: "too_many",
      retryAfterMs: 7000,
    });
    expect(visitDue(script.visit)).toBe(7000);
  });
});

describe("going on stage and back", () => {
  it("hears the mix until the first slot plays", () => {
    const script = listening().say({ type: "role", role: "speaker" });
    expect(script.take()).toEqual(["join"]);
    expect(script.joined("speaker").take()).toEqual(["open_feed", "silence", "open_peer speak"]);
    expect(script.peer("speak", "connected").take()).toEqual([]);
    expect(script.say({ type: "slots_play" }).take()).toEqual(["fade listen"]);
  });

  it("lets the mix go after a moment when nobody else talks", () => {
    const script = listening()
      .say({ type: "role", role: "speaker" })
      .joined("speaker")
      .peer("speak", "connected");
    script.take();
    expect(script.pass(1400).take()).toEqual([]);
    expect(script.pass(200).take()).toEqual(["fade listen"]);
  });

  it("goes back to the mix, with the microphone off, on stepping down", () => {
    const script = speaking().say({ type: "role", role: "listener" });
    script.take();
    expect(script.joined("listener").take()).toEqual([
      "open_feed",
      "open_peer listen",
      "silence",
      "close speak",
    ]);
  });

  it("joins again when the feed says that the audience changed, without resuming", () => {
    const script = listening().say({ type: "feed_closed", code: 4004 });
    expect(script.take()).toEqual(["join"]);
    expect(script.joined("speaker").take()).toContain("open_feed");
  });

  it("keeps listening while the way to the stage fails", () => {
    const script = listening().say({ type: "role", role: "speaker" }).joined("speaker").fed();
    for (let tries = 0; tries < 4; tries++) script.peer("speak", "gone").pass(10_000).joined("speaker").fed();
    expect(script.visit.listen.at).toBe("connected");
    expect(script.visit.renewals).toBeGreaterThan(2);
    expect(script.done.join()).not.toMatch(/(fade|close) listen/);
  });
});

describe("on several devices", () => {
  const bystander = () => {
    const script = new Script().joined("speaker", { taken: true }).fed().peer("listen", "connected");
    script.take();
    return script;
  };
  const promoted = () => {
    const script = listening().say({ type: "role", role: "speaker" }).joined("speaker", { wished: false });
    script.fed().take();
    return script;
  };

  it("listens when one speaks elsewhere already", () => {
    const script = new Script().joined("host", { taken: true });
    expect(script.take()).toEqual(["join", "open_feed", "open_peer listen"]);
    expect(script.fed().peer("listen", "connected").visit.since).toBeNull();
  });

  it("speaks from here when one says so, and only then", () => {
    const script = bystander();
    expect(script.pass(60_000).take()).toEqual([]);
    expect(script.say({ type: "speak_here" }).take()).toEqual(["join"]);
    expect(script.joined("speaker", { taken: true }).take()).toEqual(["silence", "open_peer speak"]);
  });

  it("lets the microphone go when another device takes the seat, and closes none there", () => {
    const script = speaking().say({ type: "taken" });
    expect(script.take()).toEqual(["let_go", "close speak", "join"]);
    expect(script.joined("speaker", { taken: true }).take()).toEqual(["open_peer listen"]);
  });

  it("leaves the seat for a moment to the device on which it was asked for", () => {
    const script = promoted();
    expect(script.take()).toEqual([]);
    script.pass(1000).say({ type: "taken" });
    expect(script.take()).toEqual(["restart_ice listen"]);
    expect(script.peer("listen", "replaced").take()).toEqual(["join"]);
    expect(script.joined("speaker", { taken: true }).pass(9000).take()).toEqual(["open_peer listen"]);
  });

  it("takes the seat when no other device does", () => {
    const script = promoted();
    expect(script.pass(2900).take()).toEqual([]);
    expect(script.pass(200).take()).toEqual(["join"]);
    expect(script.joined("speaker", { wished: false }).take()).toEqual(["silence", "open_peer speak"]);
  });

  it("stays where it was when everything comes back after a restart of the server", () => {
    const script = bystander().say({ type: "feed_closed", code: 1006 }).pass(1000).joined("speaker");
    expect(script.take()).toEqual(["join", "resume_feed"]);
  });

  it("speaks again when one was in the audience between", () => {
    const script = bystander().say({ type: "role", role: "listener" }).joined("listener");
    script.say({ type: "role", role: "speaker" }).take();
    expect(script.joined("speaker").take()).toContain("open_peer speak");
  });

  it("goes without taking the person off the stage", () => {
    expect(bystander().say({ type: "leave", voiced: true }).take()).not.toContain("leave");
  });

  it("takes the person along when no device speaks for them any more", () => {
    expect(bystander().say({ type: "leave", voiced: false }).take().at(-1)).toBe("leave");
  });
});

describe("other channels of the feed", () => {
  it("opens the feed again, going on from what was seen, and leaves sound alone", () => {
    const script = listening().say({ type: "channels_changed" });
    expect(script.take()).toEqual(["close_feed", "join"]);
    expect(script.joined("listener").take()).toEqual(["resume_feed"]);
    expect(script.fed(true, true).take()).toEqual([]);
  });

  it("waits for the feed that is being opened anyway", () => {
    expect(new Script().say({ type: "channels_changed" }).take()).toEqual(["join"]);
  });
});

describe("a network that fails", () => {
  it("resumes the feed and leaves sound alone when only the feed breaks", () => {
    const script = listening().say({ type: "feed_closed", code: 1006 });
    expect(script.take()).toEqual([]);
    expect(script.pass(400).take()).toEqual(["join"]);
    expect(script.joined("listener").take()).toEqual(["resume_feed"]);
    expect(script.fed(true, true).take()).toEqual([]);
  });

  it("restarts ICE first, and continues as it was", () => {
    const script = speaking().peer("speak", "broken");
    expect(script.take()).toEqual(["restart_ice speak"]);
    script.pass(900).peer("speak", "restarted").peer("speak", "connected");
    expect(script.take()).toEqual([]);
    expect(script.visit.since).toBeNull();
  });

  it("opens a new session, muted, when the restart does not help", () => {
    const script = speaking().peer("speak", "broken").pass(4100);
    expect(script.take()).toEqual(["restart_ice speak", "silence", "join"]);
    expect(script.joined("speaker").take()).toEqual(["silence", "open_peer speak"]);
  });

  it("asks for the restart again while the server does not answer", () => {
    const script = listening().peer("listen", "broken").peer("listen", "restart_failed").pass(800);
    expect(script.take()).toEqual(["restart_ice listen", "restart_ice listen"]);
  });

  it("opens a new session at once when the server does not know the old one", () => {
    const script = listening().peer("listen", "broken").peer("listen", "gone");
    expect(script.take()).toEqual(["restart_ice listen", "join"]);
  });

  it("doubts its sound when the server has forgotten the feed", () => {
    const script = listening().say({ type: "feed_closed", code: 1006 }).pass(1000).joined("listener");
    script.take();
    expect(script.fed(false, true).take()).toEqual(["restart_ice listen"]);
    expect(script.peer("listen", "gone").take()).toEqual(["join"]);
  });

  it("checks every path when the network changes", () => {
    expect(speaking().say({ type: "network_changed" }).take()).toEqual([
      "restart_ice speak",
      "close_feed",
      "join",
    ]);
  });

  it("does not believe in a break that nobody noticed", () => {
    const script = listening().say({ type: "network_changed" }).peer("listen", "restarted");
    expect(script.visit.listen.at).toBe("connected");
  });

  it("yields to another tab that speaks, instead of taking the session back for ever, and listens", () => {
    const script = speaking().peer("speak", "broken").peer("speak", "replaced");
    expect(script.take()).toEqual(["restart_ice speak", "let_go", "close speak", "join"]);
    expect(script.joined("speaker", { taken: true }).take()).toEqual(["open_peer listen"]);
  });

  it("listens on when a listening session was replaced", () => {
    const script = listening().peer("listen", "broken").peer("listen", "replaced");
    expect(script.take()).toEqual(["restart_ice listen", "join"]);
  });

  it("does not mend a session that is going anyway", () => {
    const script = listening()
      .say({ type: "role", role: "speaker" })
      .joined("speaker")
      .peer("speak", "connected");
    script.take();
    expect(script.peer("listen", "broken").peer("listen", "gone").take()).toEqual([]);
  });

  it("comes back after a restart of the server, in the same role and muted", () => {
    const script = speaking().say({ type: "feed_closed", code: 1006 });
    for (let tries = 0; tries < 3; tries++) script.pass(1500).say(failed(0));
    script.pass(3000);
    expect(script.visit.link.at).toBe("joining");
    script.joined("speaker").fed(false, true).peer("speak", "gone").joined("speaker");
    expect(script.take().slice(-2)).toEqual(["silence", "open_peer speak"]);
    script.peer("speak", "connected");
    expect(script.visit).toMatchObject({ since: null, attempt: 0, role: "speaker" });
  });

  it("counts the seconds since it broke, whatever is tried meanwhile", () => {
    const script = listening()
      .pass(5000)
      .say({ type: "feed_closed", code: 1006 })
      .pass(200)
      .say(failed(0))
      .pass(3000);
    expect(script.visit.since).toBe(5000);
  });

  it("gives up after ten minutes", () => {
    const script = listening().say({ type: "feed_closed", code: 1006 });
    while (script.visit.link.at !== "over" && script.now < 20 * 60_000) script.pass(8000).say(failed(503));
    expect(script.visit.link).toEqual({ at: "over", why: { type: "unreachable" } });
    expect(script.now).toBeGreaterThan(9 * 60_000);
  });

  it("does not hammer a server whose grants do not open its own feed", () => {
    const script = new Script().joined("listener");
    script.take();
    for (let tries = 0; tries < 40 && script.now < 30_000; tries++) {
      script.say({ type: "feed_closed", code: 4001 }).pass(1000);
      if (script.visit.link.at === "joining") script.joined("listener");
    }
    expect(script.take().filter((done) => done === "join").length).toBeLessThan(15);
  });
});

describe("the end", () => {
  it.each([
    [1000, { type: "left" }],
    [4003, { type: "removed" }],
    [4005, { type: "ended", reason: null }],
  ])("is what close code %d says", (code, why) => {
    const script = listening().say({ type: "feed_closed", code });
    expect(script.visit.link).toEqual({ at: "over", why });
    expect(script.take()).toEqual(["silence", "close_feed", "fade listen", "close speak"]);
  });

  it("is told to a guest who is put out by the door: guests leave nowhere else", () => {
    const script = listening().say({ type: "feed_closed", code: 1000, guest: true });
    expect(script.take()).toEqual(["join"]);
    script.say({ type: "join_failed", status: 403, code: "guests_off", retryAfterMs: null });
    expect(script.visit.link).toEqual({ at: "over", why: { type: "refused", code: "guests_off" } });
    expect(script.take()).toEqual(["silence", "close_feed", "fade listen", "close speak"]);
  });

  it("says goodbye when one leaves", () => {
    expect(speaking().say({ type: "leave", voiced: true }).take().at(-1)).toBe("leave");
  });

  it("stays the end, whatever comes after", () => {
    const script = listening().say({ type: "ended", reason: "host" });
    script.take();
    script
      .say({ type: "feed_closed", code: 1006 })
      .say({ type: "network_changed" })
      .peer("listen", "broken")
      .pass(60_000);
    expect(script.take()).toEqual([]);
    expect(script.visit.link).toEqual({ at: "over", why: { type: "ended", reason: "host" } });
  });
});

describe("away for more than ten seconds", () => {
  it("means that the microphone is off afterwards, although the session goes on", () => {
    const script = speaking().peer("speak", "broken");
    for (let second = 0; second < 11; second++) {
      script.visit = {
        ...script.visit,
        speak: { at: "mending", silent: 2000, until: script.now + 4000, retry: null },
      };
      script.pass(1000);
    }
    script.take();
    expect(script.peer("speak", "connected").take()).toEqual(["silence"]);
  });
});
