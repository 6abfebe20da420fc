//! Marks: loud tones in faint noise, by which the way through the mix can be timed.

use cooee_audio::{CodecError, FRAME, RATE};

/// Frames from one speaker's mark to the next one's. No multiple of the longer packets' frames, so that marks fall on each.
const BETWEEN: usize = 26;
/// Speakers that take turns.
const SPEAKERS: usize = 3;
/// Frames of a mark.
const LENGTH: usize = 5;
const TONE_HZ: f32 = 700.0;
const TONE: f32 = 0.5;
const NOISE: f32 = 0.0005;

/// The frames of one round for the speaker `number`, to be repeated: faint noise, and one mark.
pub fn marked(number: usize) -> Result<Vec<Vec<u8>>, CodecError> {
    let mut encoder = opus::Encoder::new(RATE, opus::Channels::Mono, opus::Application::Voip)?;
    let from = number % SPEAKERS * BETWEEN;
    let mut random = 1_u32;
    let mut sample = |at: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = NOISE * (random as i32 as f32 / i32::MAX as f32);
        let marks = (from..from + LENGTH).contains(&(at / FRAME));
        let tone = (at as f32 / RATE as f32 * TONE_HZ * std::f32::consts::TAU).cos();
        if marks { noise + TONE * tone } else { noise }
    };
    let mut frame = |number: usize| -> Result<Vec<u8>, CodecError> {
        let pcm: Vec<f32> = (number * FRAME..(number + 1) * FRAME).map(&mut sample).collect();
        Ok(encoder.encode_vec_float(&pcm, cooee_audio::MAX_FRAME_BYTES)?)
    };
    (0..SPEAKERS * BETWEEN).map(&mut frame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::Ear;
    use crate::net::Stamp;

    #[test]
    fn each_speaker_has_a_turn() {
        for number in 0..SPEAKERS {
            let (round, mut ear) = (marked(number).expect("libopus works"), Ear::new().expect("libopus works"));
            // At the very beginning there is no silence before the mark.
            for (place, frame) in round.iter().cycle().take(round.len() * 4).enumerate() {
                ear.hear(Stamp(place as u64 * 20_000_000), (place * FRAME) as u32, frame);
            }
            let frames = ear.take().onsets.iter().map(|onset| onset.0 as usize / 20_000_000).collect::<Vec<_>>();
            let last = [2, 3].map(|turn| turn * SPEAKERS * BETWEEN + number * BETWEEN);
            assert!(frames.ends_with(&last), "{frames:?}");
        }
    }
}
