/** The words for what is left of a Space. */
import { m } from "../paraglide/messages";
import type { LogEntry, SoundOf } from "../wire/feedback";

const HOUR_S = 3600;

export const STARS = [1, 2, 3, 4, 5] as const;
export type Stars = (typeof STARS)[number];

/** "Fine" for 3 of 5. */
export const starWords = (stars: Stars): string => m[`feedback_${stars}`]();

/** "1 h 12 min": how long something lasted. */
export function lasted(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return m.over_less_than_a_minute();
  if (seconds < HOUR_S) return m.room_minutes({ minutes });
  return m.over_hours({ hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** What a host did, without who did it. */
export function logWords({ what, person: whom, details }: LogEntry): string {
  const person = whom?.display_name ?? m.log_somebody();
  switch (what) {
    case "policy":
      return m.log_policy({ policy: policyWords(details.policy) });
    case "title":
      return details.title ? m.log_title({ title: String(details.title) }) : m.log_title_none();
    case "locked":
      return details.locked ? m.log_locked() : m.log_unlocked();
    case "slow_mode":
      return details.seconds ? m.log_slow_mode({ seconds: Number(details.seconds) }) : m.log_slow_mode_off();
    case "guests":
      return details.guests ? m.log_guests() : m.log_guests_off();
    case "topics":
      return m.log_topics();
    case "recording_started":
      return m.log_recording_started();
    case "recording_stopped":
      return details.failed ? m.log_recording_failed() : m.log_recording_stopped();
    case "ended":
      return m.log_ended();
    default:
      return m[`log_${what}`]({ person });
  }
}

function policyWords(policy: LogEntry["details"][string] | undefined): string {
  switch (policy) {
    case "everyone":
      return m.room_policy_short_everyone();
    case "followed":
      return m.room_policy_short_followed();
    default:
      return m.room_policy_short_invited();
  }
}

/** How the sound came through, figure by figure; what is nothing is left out. */
export function soundWords(sound: SoundOf, locale: string): string[] {
  const share = (part: number) =>
    new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(part);
  const expected = sound.door === "speak" ? sound.packets + sound.lost : sound.packets;
  const words = [
    lasted(sound.lasted_s),
    m.sound_sessions({ count: sound.sessions }),
    sound.failed > 0 ? m.sound_failed({ count: sound.failed }) : "",
    expected > 0 ? m.sound_loss({ share: share(sound.lost / expected) }) : "",
    sound.worst_loss_per_mille > 0 ? m.sound_worst({ share: share(sound.worst_loss_per_mille / 1000) }) : "",
    sound.repaired > 0 ? m.sound_repaired({ count: sound.repaired }) : "",
    sound.worst_jitter_ms > 0 ? m.sound_jitter({ ms: sound.worst_jitter_ms }) : "",
  ];
  return words.filter((one) => one !== "");
}

/** The mean of how often each number of stars was given; null if nobody gave any. */
export function average(given: readonly number[]): number | null {
  const times = given.reduce((sum, count) => sum + count, 0);
  const sum = given.reduce((all, count, at) => all + count * (at + 1), 0);
  return times === 0 ? null : sum / times;
}
