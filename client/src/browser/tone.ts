/** The tone that says: from now on this is recorded. Two short notes, quiet, like those of a telephone. */
const NOTES = [880, 660] as const;
const NOTE_S = 0.14;
const LOUDNESS = 0.12;

export function recTone(): void {
  try {
    const context = new AudioContext();
    NOTES.forEach((hertz, at) => {
      const [oscillator, gain] = [context.createOscillator(), context.createGain()];
      const begins = context.currentTime + at * NOTE_S;
      oscillator.frequency.value = hertz;
      gain.gain.setValueAtTime(0, begins);
      gain.gain.linearRampToValueAtTime(LOUDNESS, begins + 0.01);
      gain.gain.linearRampToValueAtTime(0, begins + NOTE_S);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(begins);
      oscillator.stop(begins + NOTE_S);
      if (at === NOTES.length - 1) oscillator.onended = () => void context.close();
    });
  } catch {
    // A browser that plays nothing yet still shows the words.
  }
}
