/** The microphone: opened by the person's own tap, closed in every other case. */
import type { Trouble } from "../live/microphone";

export interface Device {
  readonly id: string;
  readonly label: string;
}

/** How a microphone is captured. */
export interface Way {
  /** `null` is the browser's choice. */
  readonly device: string | null;
  readonly suppression: boolean;
  /** As it sounds: nothing is filtered out, and it is sent in a better quality. For instruments, with headphones. */
  readonly music: boolean;
}

export const USUAL_WAY: Way = { device: null, suppression: true, music: false };

/** Captures that way. The track is disabled: nothing is heard yet. */
export async function capture({ device, suppression, music }: Way): Promise<MediaStreamTrack> {
  // Absent outside a secure context, whatever the types say.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (devices === undefined) throw new DOMException("", "SecurityError");
  const stream = await devices.getUserMedia({
    audio: {
      ...(device !== null && { deviceId: { exact: device } }),
      echoCancellation: !music,
      noiseSuppression: suppression && !music,
      autoGainControl: !music,
      channelCount: 1,
    },
  });
  const track = stream.getAudioTracks()[0];
  if (track === undefined) throw new DOMException("", "NotFoundError");
  track.enabled = false;
  track.contentHint = music ? "music" : "speech";
  return track;
}

/** Why a capture failed. */
export function troubleOf(error: unknown): Trouble {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
      return "denied";
    case "SecurityError":
      return "insecure";
    case "NotFoundError":
    case "OverconstrainedError":
      return "no_device";
    default:
      return "in_use";
  }
}

/** The microphones there are. Their labels are empty until one has been captured. */
export async function microphones(): Promise<Device[]> {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  const found = (await devices?.enumerateDevices()) ?? [];
  return found
    .filter((device) => device.kind === "audioinput" && device.deviceId !== "")
    .map((device) => ({ id: device.deviceId, label: device.label }));
}

/** Calls `changed` when a microphone comes or goes; the answer stops that. */
export function onDevices(changed: () => void): () => void {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  devices?.addEventListener("devicechange", changed);
  return () => devices?.removeEventListener("devicechange", changed);
}
