/** Speaking: one track out, five slots in which the others on stage are heard. */
import { MediaSession, type PathEvent } from "./session";

const SLOTS = 5;
const MUSIC_BPS = 128_000;

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
  const send = async (track: MediaStreamTrack | null) => {
    await mouth.sender.replaceTrack(track);
    if (track !== null) await spend(mouth.sender, track.contentHint === "music" ? MUSIC_BPS : undefined);
  };
  return { session, send };
}

/** How much the encoder may spend, unless as usual; a browser that cannot be told goes on as it does. */
async function spend(sender: RTCRtpSender, maxBitrate: number | undefined): Promise<void> {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (encoding === undefined || encoding.maxBitrate === maxBitrate) return;
  if (maxBitrate === undefined) delete encoding.maxBitrate;
  else encoding.maxBitrate = maxBitrate;
  await sender.setParameters(parameters).catch(() => undefined);
}
