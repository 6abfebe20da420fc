//! Shortens and lengthens sound without changing its pitch.

use crate::FRAME;

/// The range of repetition that is looked for: 400 Hz to 100 Hz.
const SHORTEST: usize = 120;
pub(crate) const LONGEST: usize = 480;
/// How alike two stretches must be to pass for periods of one tone, 0..=1.
pub(crate) const ALIKE: f32 = 0.6;
/// The search looks at every so-many-th sample first.
const COARSE: usize = 4;
/// Over so many samples quiet sound is faded into quiet sound.
const QUIET_FADE: usize = 240;
/// The most that one cut in a quiet frame takes out or puts in.
pub(crate) const QUIET_MOST: usize = FRAME - QUIET_FADE;

/// The length after which the start of `pcm` repeats itself best, and how well (1: exactly). Needs [`FRAME`] samples.
pub(crate) fn period(pcm: &[f32]) -> (usize, f32) {
    let coarse = (SHORTEST..=LONGEST)
        .step_by(COARSE)
        .max_by(|&a, &b| likeness(pcm, a, COARSE).total_cmp(&likeness(pcm, b, COARSE)));
    let around = coarse.unwrap_or(SHORTEST);
    let near = (around - COARSE + 1).max(SHORTEST)..=(around + COARSE - 1).min(LONGEST);
    near.map(|lag| (lag, likeness(pcm, lag, 1))).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((around, 0.0))
}

/// Takes the period `lag` out of the front of `pcm`, fading the first into the second.
pub(crate) fn shorten(pcm: &mut Vec<f32>, lag: usize) {
    for n in 0..lag {
        pcm[lag + n] = fade(pcm[n], pcm[lag + n], n, lag);
    }
    pcm.drain(..lag);
}

/// Plays the first period `lag` of `pcm` twice, fading the second into the first.
pub(crate) fn lengthen(pcm: &mut Vec<f32>, lag: usize) {
    insert(pcm, lag, lag);
}

/// Takes `count` samples (at most [`QUIET_MOST`]) out of the front of a quiet frame.
pub(crate) fn shorten_quiet(pcm: &mut Vec<f32>, count: usize) {
    // From the end, for the two stretches may overlap.
    for n in (0..QUIET_FADE).rev() {
        pcm[count + n] = fade(pcm[n], pcm[count + n], n, QUIET_FADE);
    }
    pcm.drain(..count);
}

/// Puts `count` samples (at most [`QUIET_MOST`]) into the front of a quiet frame.
pub(crate) fn lengthen_quiet(pcm: &mut Vec<f32>, count: usize) {
    insert(pcm, count, QUIET_FADE);
}

/// Plays the first `count` samples, and then `pcm` from its start again, faded over `over` samples.
fn insert(pcm: &mut Vec<f32>, count: usize, over: usize) {
    let before = pcm.len();
    pcm.resize(before + count, 0.0);
    pcm.copy_within(..before, count);
    // Now pcm[count + n] is the repetition of what was pcm[n]; what followed pcm[count - 1] lies `count` further on.
    for n in 0..over {
        pcm[count + n] = fade(pcm[2 * count + n], pcm[count + n], n, over);
    }
}

fn fade(from: f32, to: f32, at: usize, over: usize) -> f32 {
    from + (to - from) * (at as f32 + 0.5) / over as f32
}

/// Normalized correlation of the first [`LONGEST`] samples with those `lag` later, over every `step`-th sample.
fn likeness(pcm: &[f32], lag: usize, step: usize) -> f32 {
    let (mut product, mut here, mut there) = (0.0, 1e-9, 1e-9);
    for n in (0..LONGEST.min(FRAME - lag)).step_by(step) {
        let (a, b) = (pcm[n], pcm[n + lag]);
        product += a * b;
        here += a * a;
        there += b * b;
    }
    product / f32::sqrt(here * there)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{largest_step, sine};

    #[test]
    fn the_period_of_a_tone_is_found() {
        let (lag, alike) = period(&sine(200.0, 0.5, 960));
        assert_eq!(lag % 240, 0);
        assert!(alike > 0.99);
    }

    #[test]
    fn noise_has_no_period() {
        let mut random = fastrand::Rng::with_seed(1);
        let noise: Vec<f32> = (0..960).map(|_| random.f32() - 0.5).collect();
        assert!(period(&noise).1 < ALIKE);
    }

    #[test]
    fn a_tone_is_shortened_and_lengthened_by_whole_periods_without_a_click() {
        for hz in [110.0, 163.7, 210.0, 333.3] {
            let tone = sine(hz, 0.5, 1920);
            let (lag, alike) = period(&tone);
            assert!(alike > 0.95, "{hz} Hz: {alike}");
            let (mut short, mut long) = (tone.clone(), tone.clone());
            shorten(&mut short, lag);
            lengthen(&mut long, lag);
            assert_eq!((short.len(), long.len()), (1920 - lag, 1920 + lag));
            for changed in [&short, &long] {
                assert!(largest_step(changed) < 1.15 * largest_step(&tone), "{hz} Hz");
            }
            assert_eq!(short[short.len() - 400..], tone[1520..]);
            assert_eq!(long[long.len() - 400..], tone[1520..]);
        }
    }

    #[test]
    fn quiet_cuts_join_smoothly_with_what_comes_before_and_after() {
        let room = sine(50.0, 0.002, 1200);
        for count in [1, 100, 240, 500, QUIET_MOST] {
            let (mut short, mut long) = (room.clone(), room.clone());
            shorten_quiet(&mut short, count);
            lengthen_quiet(&mut long, count);
            assert_eq!((short.len(), long.len()), (1200 - count, 1200 + count));
            for changed in [&short, &long] {
                assert!(largest_step(changed) < 4.0 * largest_step(&room), "{count}");
                assert!((changed[0] - room[0]).abs() < 1e-4);
            }
        }
    }
}
