/** Listening: one track, the mix. Never asks for a microphone. */
import { MediaSession, type PathEvent } from "./session";

export function listenSession(iceServers: RTCIceServer[], say: (event: PathEvent) => void): MediaSession {
  const session = new MediaSession(iceServers, say);
  session.connection.addTransceiver("audio", { direction: "recvonly" });
  return session;
}
