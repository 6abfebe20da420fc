//! Keeps the sum of many voices below full scale, gently.

use crate::FRAME;

/// The loudest that leaves: −1 dB of full scale, for the codec may overshoot.
pub(crate) const CEILING: f32 = 0.89;
/// The gain is decided for pieces of 1.25 ms…
const PIECE: usize = 60;
/// …and so many ahead (5 ms), so that it is down when the peak comes.
const AHEAD: usize = 4;
/// The delay that this adds, in samples.
pub(crate) const DELAY: usize = PIECE * AHEAD;
const PIECES: usize = FRAME / PIECE;
/// How much of the way back up the gain goes per piece: 63 % in 80 ms.
const RECOVERY: f32 = 1.25 / 80.0;

/// A look-ahead limiter. What is quiet enough passes unchanged, [`DELAY`] samples later.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// The last [`DELAY`] samples that came in, and room for a frame.
    line: [f32; DELAY + FRAME],
    /// The gain that each piece of the line needs.
    needed: [f32; AHEAD + PIECES],
    gain: f32,
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self { line: [0.0; DELAY + FRAME], needed: [1.0; AHEAD + PIECES], gain: 1.0 }
    }

    /// Takes a frame in and gives the one from [`DELAY`] samples before.
    pub(crate) fn frame(&mut self, pcm: &mut [f32; FRAME]) {
        self.line[DELAY..].copy_from_slice(pcm);
        for (piece, needed) in pcm.chunks_exact(PIECE).zip(&mut self.needed[AHEAD..]) {
            let peak = piece.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            *needed = if peak > CEILING { CEILING / peak } else { 1.0 };
        }
        for (n, piece) in pcm.chunks_exact_mut(PIECE).enumerate() {
            let next = self.gain_after(n);
            glide(piece, &self.line[n * PIECE..], self.gain, next);
            self.gain = next;
        }
        self.line.copy_within(FRAME.., 0);
        self.needed.copy_within(PIECES.., 0);
    }

    /// The gain at the end of piece `n`: low enough for it and for the next one, and on the way to those after that.
    fn gain_after(&self, n: usize) -> f32 {
        let recovered = self.gain + (1.0 - self.gain) * RECOVERY;
        let mut gain = recovered.min(self.needed[n]);
        for ahead in 1..=AHEAD {
            let slope = (ahead - 1) as f32 / AHEAD as f32;
            let needed = self.needed[n + ahead];
            gain = gain.min(needed + (1.0 - needed) * slope);
        }
        gain
    }
}

fn glide(out: &mut [f32], line: &[f32], from: f32, to: f32) {
    let step = (to - from) / PIECE as f32;
    for (n, (out, sample)) in out.iter_mut().zip(line).enumerate() {
        *out = (sample * (from + step * n as f32)).clamp(-CEILING, CEILING);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{largest_step, sine};
    use proptest::prelude::*;

    fn limited(input: &[f32]) -> Vec<f32> {
        let mut limiter = Limiter::new();
        let mut out = Vec::new();
        for frame in input.chunks_exact(FRAME) {
            let mut pcm: [f32; FRAME] = frame.try_into().expect("a whole frame");
            limiter.frame(&mut pcm);
            out.extend(pcm);
        }
        out
    }

    #[test]
    fn what_is_quiet_enough_passes_unchanged() {
        let tone = sine(440.0, 0.8, 10 * FRAME);
        assert_eq!(limited(&tone)[DELAY..], tone[..10 * FRAME - DELAY]);
    }

    #[test]
    fn a_sudden_loud_voice_is_turned_down_before_it_comes() {
        let mut tone = sine(300.0, 0.3, 5 * FRAME);
        tone.extend(sine(300.0, 2.4, 5 * FRAME));
        let out = limited(&tone);
        // The steps are those of the tone itself at the ceiling, not those of a clipped wave's edges.
        let steepest = largest_step(&sine(300.0, CEILING, FRAME));
        assert!(largest_step(&out) < 1.3 * steepest);
        let clipped = out[6 * FRAME..].windows(3).filter(|w| w.iter().all(|s| s.abs() >= CEILING)).count();
        assert!(clipped < 3, "{clipped} samples lie flat");
    }

    #[test]
    fn the_gain_recovers_slowly_and_fully() {
        let mut tone = sine(300.0, 2.0, 2 * FRAME);
        tone.extend(sine(300.0, 0.5, 50 * FRAME));
        let out = limited(&tone);
        let peak =
            |frame: usize| out[frame * FRAME..(frame + 1) * FRAME].iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
        assert!(peak(3) < 0.35);
        assert!(peak(50) > 0.49);
    }

    proptest! {
        #[test]
        fn nothing_is_louder_than_the_ceiling(
            seed in any::<u64>(), loudness in 0.1_f32..20.0
        ) {
            let mut random = fastrand::Rng::with_seed(seed);
            let noise: Vec<f32> = (0..8 * FRAME).map(|_| (random.f32() - 0.5) * loudness).collect();
            prop_assert!(limited(&noise).iter().all(|sample| sample.abs() <= CEILING));
        }
    }
}
