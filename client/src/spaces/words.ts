/** What the states of a room are called. */
import type { Path } from "../browser/session";
import type { Trouble } from "../live/microphone";
import { m } from "../paraglide/messages";
import type { Role, Seat } from "../wire/shapes";

export function roleWords(role: Role): string {
  switch (role) {
    case "host":
      return m.room_role_host();
    case "cohost":
      return m.room_role_cohost();
    case "speaker":
      return m.room_role_speaker();
    case "listener":
      return m.room_role_listener();
  }
}

export function microphoneWords(seat: Pick<Seat, "muted" | "held">): string {
  if (seat.held) return m.room_mic_held();
  return seat.muted ? m.room_mic_off() : m.room_mic_on();
}

export function troubleWords(trouble: Trouble): string {
  switch (trouble) {
    case "denied":
      return m.room_trouble_denied();
    case "no_device":
      return m.room_trouble_no_device();
    case "in_use":
      return m.room_trouble_in_use();
    case "insecure":
      return m.room_trouble_insecure();
    case "unplugged":
      return m.room_trouble_unplugged();
    case "held":
      return m.room_trouble_held();
    case "refused":
      return m.room_trouble_refused();
    case "unreachable":
      return m.room_trouble_unreachable();
  }
}

export function pathWords(path: Path): string {
  switch (path) {
    case "direct":
      return m.room_path_direct();
    case "tcp":
      return m.room_path_tcp();
    case "relayed":
      return m.room_path_relayed();
  }
}

/** A blink of the network, in seconds, needs no words. */
export const PATIENCE_S = 1;

/** First names are enough where faces stand close together. */
export const firstName = (name: string): string => name.trim().split(/\s+/u)[0] ?? name;

/** "4:59" for a countdown. */
export function clockWords(seconds: number): string {
  const left = Math.max(0, Math.round(seconds));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}
