import type { Recording } from "./sound.ts";

/** What a page hears: everything that its audio elements and audio graphs play, at the volume at which they play it. */
interface Ear {
  /** Begins a recording; what is played from now on is in it. */
  start(): Promise<void>;
  /** Ends it: mono 16-bit samples at 48 kHz in base64, and when (`Date.now()`) the first of them was taken. */
  stop(): Promise<{ samples: string; startedAt: number }>;
}

declare global {
  interface Window {
    ear: Ear;
    /** The names of the constraints with which the page asked for a microphone. */
    microphoneRequests: string[];
  }
}

/** Runs inside the page before any of its own scripts, and so stands alone: it may name nothing outside itself. */
export function growEar(): void {
  const elements = new Set<HTMLMediaElement>();
  const graphs = new Set<MediaStreamAudioDestinationNode>();
  const taps = new Map<BaseAudioContext, MediaStreamAudioDestinationNode>();
  window.microphoneRequests = [];

  const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (ask !== undefined) {
    navigator.mediaDevices.getUserMedia = (constraints) => {
      window.microphoneRequests.push(Object.keys(constraints ?? {}).join());
      return ask(constraints);
    };
  }

  const played = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...played,
    set(this: HTMLMediaElement, stream: MediaProvider | null) {
      elements.add(this);
      played?.set?.call(this, stream);
    },
  });

  const connect = AudioNode.prototype.connect as (this: AudioNode, ...to: unknown[]) => AudioNode;
  AudioNode.prototype.connect = function (this: AudioNode, ...to: unknown[]) {
    const [target] = to;
    if (
      target instanceof AudioDestinationNode &&
      target.context instanceof AudioContext &&
      target.context !== room
    ) {
      const tap = taps.get(target.context) ?? target.context.createMediaStreamDestination();
      taps.set(target.context, tap);
      graphs.add(tap);
      connect.call(this, tap);
    }
    return connect.apply(this, to);
  } as typeof AudioNode.prototype.connect;

  let room: AudioContext | undefined;
  let recording: { chunks: Float32Array[]; startedAt: number; end: () => void } | undefined;
  // A browser lets no page make sound, and no graph run, before its visitor's first tap.
  addEventListener("pointerdown", () => void room?.resume(), { capture: true });

  const follow = (context: AudioContext, into: AudioNode) => {
    const sources = new Map<MediaStreamTrack, GainNode>();
    const volumes = new Map<MediaStreamTrack, number>();
    const note = (stream: MediaStream, volume: number) => {
      for (const track of stream.getAudioTracks())
        volumes.set(track, Math.max(volumes.get(track) ?? 0, volume));
    };
    const look = () => {
      volumes.clear();
      for (const element of elements) {
        if (!(element.srcObject instanceof MediaStream)) continue;
        note(element.srcObject, element.muted || element.paused ? 0 : element.volume);
      }
      for (const graph of graphs) note(graph.stream, graph.context.state === "running" ? 1 : 0);
      for (const track of volumes.keys()) {
        if (sources.has(track) || track.readyState === "ended") continue;
        const gain = context.createGain();
        gain.gain.value = 0;
        connect.call(context.createMediaStreamSource(new MediaStream([track])), gain);
        connect.call(gain, into);
        sources.set(track, gain);
      }
      for (const [track, gain] of sources) gain.gain.value = volumes.get(track) ?? 0;
    };
    look();
    const timer = setInterval(look, 20);
    return () => clearInterval(timer);
  };

  const worklet = `registerProcessor("ear", class extends AudioWorkletProcessor {
    process([input]) { if (input[0]) this.port.postMessage(input[0].slice()); return true; }
  })`;

  const recorder = async (context: AudioContext, hear: (chunk: Float32Array) => void): Promise<AudioNode> => {
    const address = URL.createObjectURL(new Blob([worklet], { type: "text/javascript" }));
    await context.audioWorklet.addModule(address);
    const shape = { channelCount: 1, channelCountMode: "explicit" } as const;
    const node = new AudioWorkletNode(context, "ear", { ...shape, outputChannelCount: [1] });
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => hear(data);
    // A constant silence keeps the recorder running while nothing is played.
    const silence = context.createConstantSource();
    silence.offset.value = 0;
    connect.call(silence, node);
    silence.start();
    return node;
  };

  window.ear = {
    async start() {
      room = new AudioContext({ sampleRate: 48_000 });
      const chunks: Float32Array[] = [];
      const state = { chunks, startedAt: 0, end: () => {} };
      const node = await recorder(room, (chunk) => {
        state.startedAt ||= Date.now() - (chunk.length / 48_000) * 1000;
        chunks.push(chunk);
      });
      const silent = room.createGain();
      silent.gain.value = 0;
      connect.call(node, silent);
      connect.call(silent, room.destination);
      state.end = follow(room, node);
      recording = state;
    },
    async stop() {
      if (recording === undefined) throw new Error("nothing is being recorded");
      const { chunks, startedAt, end } = recording;
      end();
      await room?.close();
      recording = undefined;
      const samples = new Int16Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      let at = 0;
      for (const chunk of chunks) {
        for (const sample of chunk) samples[at++] = Math.max(-1, Math.min(1, sample)) * 32767;
      }
      const bytes = new Uint8Array(samples.buffer);
      let text = "";
      for (let index = 0; index < bytes.length; index += 32_768) {
        text += String.fromCharCode(...bytes.subarray(index, index + 32_768));
      }
      return { samples: btoa(text), startedAt };
    },
  };
}

/** A page, or a frame of one, of whichever library. */
interface Place {
  evaluate<Result>(script: () => Promise<Result>): Promise<Result>;
}

/** Records what is played there while `during` goes on. */
export async function heardAt(place: Place, during: () => Promise<unknown>): Promise<Recording> {
  await place.evaluate(() => window.ear.start());
  await during();
  const { samples, startedAt } = await place.evaluate(() => window.ear.stop());
  return { samples: Buffer.from(samples, "base64"), startedAt };
}
