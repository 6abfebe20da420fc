//! Loudness of decoded sound.

use cooee_stage::Level;

/// The level of `pcm` (mono, full scale ±1.0): its mean power against that of a full-scale square wave (RFC 6464 §3).
///
/// A full-scale sine is therefore −3 dBov. Nothing at all is [`Level::SILENCE`].
pub fn level_of(pcm: &[f32]) -> Level {
    let power: f32 = pcm.iter().map(|sample| sample * sample).sum::<f32>() / pcm.len() as f32;
    if power > 0.0 { Level::new((10.0 * power.log10()).round() as i8) } else { Level::SILENCE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(amplitude: f32) -> Vec<f32> {
        (0..4800).map(|n| amplitude * (n as f32 * 0.05).sin()).collect()
    }

    #[test]
    fn levels_are_measured_against_the_loudest_square_wave() {
        assert_eq!(level_of(&[1.0, -1.0, 1.0, -1.0]).dbov(), 0);
        assert_eq!(level_of(&sine(1.0)).dbov(), -3);
        assert_eq!(level_of(&sine(0.1)).dbov(), -23);
    }

    #[test]
    fn nothing_is_silence() {
        assert_eq!(level_of(&[]), Level::SILENCE);
        assert_eq!(level_of(&[0.0; 960]), Level::SILENCE);
        assert_eq!(level_of(&[1e-9; 960]), Level::SILENCE);
        assert_eq!(level_of(&[f32::NAN]), Level::SILENCE);
    }
}
