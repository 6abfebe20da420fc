//! An ear: decodes what one client hears, and notices what is wrong with it.

use std::time::Duration;

use cooee_audio::{CodecError, RATE};

use crate::net::Stamp;

/// The most that one Opus packet holds: 120 ms.
const MAX_SAMPLES: usize = 5760;
/// Louder than this is the mark that a silence ends with; speech codecs' noise is far below.
const LOUD: f32 = 0.05;
/// A mark comes after so much silence, in samples: 100 ms.
const SILENCE: u64 = 4800;

/// What was heard since the last look.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// Packets that were decoded.
    pub packets: u64,
    /// Packets that could not be decoded.
    pub failures: u64,
    /// Samples that came out.
    pub samples: u64,
    /// The sum of their squares.
    pub power: f64,
    /// The longest time between two packets.
    pub longest_gap: Duration,
    /// When sound began after silence, if it was played as it came.
    pub onsets: Vec<Stamp>,
}

/// A decoder that listens to itself.
pub struct Ear {
    decoder: opus::Decoder,
    pcm: Box<[f32]>,
    /// RTP timestamp after the last packet.
    end: Option<u32>,
    last: Option<Stamp>,
    /// Samples since the last loud one.
    quiet: u64,
    heard: Heard,
}

impl Ear {
    /// An ear that has heard nothing.
    pub fn new() -> Result<Ear, CodecError> {
        let decoder = opus::Decoder::new(RATE, opus::Channels::Mono)?;
        let pcm = vec![0.0; MAX_SAMPLES].into_boxed_slice();
        Ok(Ear { decoder, pcm, end: None, last: None, quiet: 0, heard: Heard::default() })
    }

    /// Decodes a packet (Opus, in order) that came at `at`.
    pub fn hear(&mut self, at: Stamp, timestamp: u32, payload: &[u8]) {
        if let Some(last) = self.last.replace(at) {
            self.heard.longest_gap = self.heard.longest_gap.max(at.since(last));
        }
        let Ok(samples) = self.decoder.decode_float(payload, &mut self.pcm, false) else {
            self.heard.failures += 1;
            return;
        };
        // What is not sent is silence: the time between counts.
        let missing = self.end.map_or(0, |end| timestamp.wrapping_sub(end) as i32).max(0);
        self.quiet += missing as u64;
        self.end = Some(timestamp.wrapping_add(samples as u32));
        self.heard.packets += 1;
        self.heard.samples += samples as u64;
        for (place, sample) in self.pcm[..samples].iter().enumerate() {
            self.heard.power += f64::from(sample * sample);
            if sample.abs() < LOUD {
                self.quiet += 1;
                continue;
            }
            if std::mem::take(&mut self.quiet) >= SILENCE {
                let offset = place as u64 * 1_000_000_000 / u64::from(RATE);
                self.heard.onsets.push(Stamp(at.0 + offset));
            }
        }
    }

    /// What was heard since the last call.
    pub fn take(&mut self) -> Heard {
        self.last = None;
        std::mem::take(&mut self.heard)
    }
}

impl Heard {
    /// Mean power against that of a full-scale square wave, in dB; `None` if nothing was heard.
    pub fn dbov(&self) -> Option<f64> {
        (self.samples > 0).then(|| 10.0 * (self.power / self.samples as f64).max(1e-12).log10())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::marked;

    const FRAME_NS: u64 = 20_000_000;

    fn hear(ear: &mut Ear, frames: impl Iterator<Item = (usize, Vec<u8>)>) {
        for (place, frame) in frames {
            ear.hear(Stamp(place as u64 * FRAME_NS), (place * 960) as u32, &frame);
        }
    }

    #[test]
    fn the_sound_of_a_mark_has_power() {
        let (mut ear, marks) = (Ear::new().expect("libopus works"), marked(1).expect("libopus works"));
        hear(&mut ear, marks.iter().cloned().enumerate());
        let heard = ear.take();
        assert_eq!((heard.packets, heard.failures, heard.onsets.len()), (78, 0, 1));
        assert!(heard.dbov().is_some_and(|level| level > -40.0), "{heard:?}");
    }

    #[test]
    fn what_was_not_sent_is_silence() {
        let (mut ear, marks) = (Ear::new().expect("libopus works"), marked(1).expect("libopus works"));
        hear(&mut ear, marks.iter().cloned().enumerate().filter(|(place, _)| (10..40).contains(place)));
        assert_eq!(ear.take().onsets.len(), 1);
        hear(&mut ear, (0..5).map(|place| (200 + place, marks[26 + place].clone())));
        assert_eq!(ear.take().onsets.len(), 1);
    }

    #[test]
    fn what_is_no_opus_is_a_failure() {
        let mut ear = Ear::new().expect("libopus works");
        ear.hear(Stamp(0), 0, &[0xFF; 3]);
        ear.hear(Stamp(0), 0, &[]);
        assert!(ear.take().failures >= 1);
    }
}
