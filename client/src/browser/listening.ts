/** Listening: one track, the mix. Never asks for a microphone. */
import { MediaSession, type PathEvent } from "./session";

/** A frame of 60 ms, twice, and a little: what the slowest listener class with one repeat needs. */
const HOLD_BACK_MS = 140;

export function listenSession(iceServers: RTCIceServer[], say: (event: PathEvent) => void): MediaSession {
  const session = new MediaSession(iceServers, say);
  session.connection.addTransceiver("audio", { direction: "recvonly" });
  session.holdBack(HOLD_BACK_MS);
  return session;
}
