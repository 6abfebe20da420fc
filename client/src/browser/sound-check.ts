/** "Can you hear me?": one's own level, and oneself a moment later. */

const ECHO_S = 1;
const LOOK_MS = 50;

export interface SoundCheck {
  stop(): void;
}

/** Listens to a copy of `track`, which may be disabled; tells the level (0 to 1) 20 times a second. */
export function checkSound(track: MediaStreamTrack, level: (level: number) => void): SoundCheck {
  const copy = track.clone();
  copy.enabled = true;
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([copy]));
  const meter = context.createAnalyser();
  const delay = context.createDelay(ECHO_S);
  delay.delayTime.value = ECHO_S;
  source.connect(meter);
  source.connect(delay).connect(context.destination);
  const samples = new Float32Array(meter.fftSize);
  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    level(scaled(power));
  }, LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      copy.stop();
      level(0);
      void context.close();
    },
  };
}

/** -60 dB is an empty meter, -10 dB a full one: where speech into a microphone lies. */
function scaled(power: number): number {
  const decibels = 10 * Math.log10(Math.max(power, 1e-9));
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}
