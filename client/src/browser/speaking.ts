/** Speaking: one track out, five slots in which the others on stage are heard. */
import { MediaSession, type PathEvent } from "./session";

const SLOTS = 5;

export interface SpeakSession {
  readonly session: MediaSession;
  /** What is sent from now on; `null` sends nothing. */
  send(track: MediaStreamTrack | null): Promise<void>;
}

/** A session without a microphone: that comes by the person's own tap, and needs no new offer. */
export function speakSession(iceServers: RTCIceServer[], say: (event: PathEvent) => void): SpeakSession {
  const session = new MediaSession(iceServers, say);
  const mouth = session.connection.addTransceiver("audio", { direction: "sendonly" });
  for (let slot = 0; slot < SLOTS; slot += 1) {
    session.connection.addTransceiver("audio", { direction: "recvonly" });
  }
  return { session, send: (track) => mouth.sender.replaceTrack(track) };
}
