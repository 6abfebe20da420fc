//! One speaker's voice as recognisers of speech want it: 16 kHz, and only while somebody talks.
//!
//! Everything here runs on the packet path: nothing allocates, locks or logs.

use std::f32::consts::PI;
use std::time::{Duration, Instant};

use cooee_stage::{Level, Talk};

use crate::FRAME;

/// Samples per second of a tapped voice.
pub const TAP_RATE: u32 = 16_000;
/// Samples in 20 ms of it.
pub const TAP_FRAME: usize = 320;

/// So many samples of the decoder give one.
const RATIO: usize = FRAME / TAP_FRAME;
/// The filter's length.
const TAPS: usize = 48;
/// Where the filter ends, as a share of the decoder's rate: below the 8 kHz that would fold back.
const CUTOFF: f32 = 7_200.0 / 48_000.0;
/// Frames handed over from before the voice was noticed, so that first sounds survive: 300 ms.
const PRE_ROLL: usize = 15;
/// So long after the last voice it is over. Shorter pauses are part of what is handed over.
const OVER: Duration = Duration::from_millis(500);

/// 20 ms of a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TapFrame {
    /// Number of the mix's frame that it went into.
    pub index: u64,
    /// Its loudness.
    pub level: Level,
    /// Nothing follows until the voice is heard again.
    pub ends: bool,
    /// Mono, [`TAP_RATE`].
    pub pcm: [i16; TAP_FRAME],
}

/// Follows one speaker.
#[derive(Debug)]
pub struct Tap {
    filter: [f32; TAPS],
    /// The last samples, then a frame.
    window: [f32; TAPS + FRAME],
    talk: Talk,
    /// A ring of the last frames before the voice was noticed.
    before: [TapFrame; PRE_ROLL],
    kept: usize,
    next: usize,
    open: bool,
}

impl Default for Tap {
    fn default() -> Self {
        let none = TapFrame { index: 0, level: Level::SILENCE, ends: false, pcm: [0; TAP_FRAME] };
        let window = [0.0; TAPS + FRAME];
        Self { filter: low_pass(), window, talk: Talk::new(), before: [none; PRE_ROLL], kept: 0, next: 0, open: false }
    }
}

impl Tap {
    /// Somebody who has said nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes 20 ms of what was decoded (48 kHz), and hands over what recognisers are to hear now: mostly nothing or one
    /// frame, and the frames of before where a voice begins.
    pub fn heard(
        &mut self,
        now: Instant,
        index: u64,
        level: Level,
        pcm: &[f32; FRAME],
        mut hand_over: impl FnMut(&TapFrame),
    ) {
        let mut frame = TapFrame { index, level, ends: false, pcm: self.decimated(pcm) };
        self.talk.heard(now, level);
        let goes_on = self.talk.last_voice().is_some_and(|last| now.saturating_duration_since(last) < OVER);
        if goes_on {
            if !std::mem::replace(&mut self.open, true) {
                self.give_before(&mut hand_over);
            }
            hand_over(&frame);
        } else if std::mem::take(&mut self.open) {
            frame.ends = true;
            hand_over(&frame);
        } else {
            self.keep(&frame);
        }
    }

    fn keep(&mut self, frame: &TapFrame) {
        self.before[self.next] = *frame;
        self.next = (self.next + 1) % PRE_ROLL;
        self.kept = (self.kept + 1).min(PRE_ROLL);
    }

    fn give_before(&mut self, hand_over: &mut impl FnMut(&TapFrame)) {
        for at in (PRE_ROLL - self.kept)..PRE_ROLL {
            hand_over(&self.before[(self.next + at) % PRE_ROLL]);
        }
        self.kept = 0;
    }

    fn decimated(&mut self, pcm: &[f32; FRAME]) -> [i16; TAP_FRAME] {
        self.window.copy_within(FRAME.., 0);
        self.window[TAPS..].copy_from_slice(pcm);
        std::array::from_fn(|at| {
            // The newest sample of the last output is the newest of the frame.
            let from = at * RATIO + RATIO;
            let samples = &self.window[from..from + TAPS];
            let sum: f32 = self.filter.iter().zip(samples).map(|(weight, sample)| weight * sample).sum();
            (sum * f32::from(i16::MAX)).round().clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16
        })
    }
}

/// A windowed sinc (Blackman) whose weights sum to one.
fn low_pass() -> [f32; TAPS] {
    let weight = |n: usize| {
        let x = n as f32 - (TAPS - 1) as f32 / 2.0;
        let sinc = (2.0 * PI * CUTOFF * x).sin() / (PI * x);
        let turn = 2.0 * PI * n as f32 / (TAPS - 1) as f32;
        sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
    };
    let weights: [f32; TAPS] = std::array::from_fn(weight);
    let sum: f32 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FRAME_TIME, level_of};

    /// Frame `n` of a tone; `amplitude` 0 is silence.
    fn tone(n: u64, hertz: f32, amplitude: f32) -> [f32; FRAME] {
        std::array::from_fn(|at| {
            let sample = (n * FRAME as u64 + at as u64) as f32;
            amplitude * (std::f32::consts::TAU * hertz * sample / 48_000.0).sin()
        })
    }

    /// What is handed over of frames whose amplitudes are these.
    fn handed(tap: &mut Tap, hertz: f32, amplitudes: impl IntoIterator<Item = f32>) -> Vec<TapFrame> {
        let start = Instant::now();
        let mut all = Vec::new();
        for (n, amplitude) in (0..).zip(amplitudes) {
            let pcm = tone(n, hertz, amplitude);
            tap.heard(start + FRAME_TIME * n as u32, n, level_of(&pcm), &pcm, |frame| all.push(*frame));
        }
        all
    }

    fn loudness(frames: &[TapFrame]) -> f32 {
        let samples: Vec<f32> =
            frames.iter().flat_map(|frame| frame.pcm).map(|sample| f32::from(sample) / 32_768.0).collect();
        (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
    }

    fn amplitudes(parts: &[(usize, f32)]) -> Vec<f32> {
        parts.iter().flat_map(|(count, amplitude)| std::iter::repeat_n(*amplitude, *count)).collect()
    }

    #[test]
    fn silence_is_handed_to_nobody() {
        assert!(handed(&mut Tap::new(), 440.0, amplitudes(&[(200, 0.0)])).is_empty());
    }

    #[test]
    fn a_voice_comes_with_the_300_ms_before_it_and_its_end_is_said_once() {
        let frames = handed(&mut Tap::new(), 440.0, amplitudes(&[(50, 0.0), (50, 0.3), (100, 0.0)]));
        let indices: Vec<u64> = frames.iter().map(|frame| frame.index).collect();
        // The second loud frame is taken for a voice; 25 frames after the last one it is over.
        assert_eq!(indices, (36..=124).collect::<Vec<_>>());
        assert_eq!(frames.iter().filter(|frame| frame.ends).map(|frame| frame.index).collect::<Vec<_>>(), [124]);
    }

    #[test]
    fn a_pause_between_words_is_part_of_the_voice() {
        let frames = handed(&mut Tap::new(), 440.0, amplitudes(&[(30, 0.3), (20, 0.0), (30, 0.3)]));
        assert_eq!((frames.len(), frames.iter().any(|frame| frame.ends)), (80, false));
    }

    #[test]
    fn what_a_recogniser_can_hear_passes_and_what_would_fold_back_does_not() {
        let passed = |hertz| loudness(&handed(&mut Tap::new(), hertz, amplitudes(&[(50, 0.5)]))[5..]);
        let full = 0.5 / 2.0_f32.sqrt();
        for hertz in [200.0, 1_000.0, 4_000.0] {
            assert!((passed(hertz) / full - 1.0).abs() < 0.02, "{hertz} Hz: {}", passed(hertz) / full);
        }
        assert!(passed(10_000.0) < full / 300.0, "{}", passed(10_000.0) / full);
    }

    #[test]
    fn the_loudest_sound_is_cut_off_and_does_not_wrap() {
        let frames = handed(&mut Tap::new(), 100.0, amplitudes(&[(20, 1.5)]));
        let steps = frames[2..].iter().flat_map(|frame| {
            frame.pcm.windows(2).map(|two| i32::from(two[1]) - i32::from(two[0])).collect::<Vec<_>>()
        });
        assert!(steps.map(i32::abs).max() < Some(4_000));
    }
}
