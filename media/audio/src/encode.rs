//! The mix into Opus.

use opus::{Application, Bitrate, Channels, Encoder};

use crate::{CodecError, FRAME, MAX_FRAME_BYTES, RATE};

const BITS_PER_SECOND: i32 = 32_000;
/// Of 10; 8 is where voice stops getting better for more work.
const COMPLEXITY: i32 = 8;
/// What the encoder is told about loss while FEC is on: below this it puts none into its frames.
const EXPECTED_LOSS: i32 = 10;
/// A packet of so many bytes need not be sent (libopus's own rule).
const SILENT_BYTES: usize = 2;
/// After so many frames of digital silence the encoder has nothing more to say, and rests.
const RESTS_AFTER: u32 = 25;

/// One 20 ms frame of Opus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoded<'a> {
    pub(crate) opus: &'a [u8],
    pub(crate) silent: bool,
}

/// A mono voice encoder of 20 ms frames.
#[derive(Debug)]
pub(crate) struct Encode {
    encoder: Encoder,
    packet: Box<[u8; MAX_FRAME_BYTES]>,
    length: usize,
    silent_frames: u32,
}

impl Encode {
    pub(crate) fn new() -> Result<Self, CodecError> {
        let mut encoder = Encoder::new(RATE, Channels::Mono, Application::Voip)?;
        encoder.set_bitrate(Bitrate::Bits(BITS_PER_SECOND))?;
        encoder.set_complexity(COMPLEXITY)?;
        encoder.set_dtx(true)?;
        Ok(Self { encoder, packet: Box::new([0; MAX_FRAME_BYTES]), length: 0, silent_frames: 0 })
    }

    /// Switches in-band FEC.
    pub(crate) fn set_fec(&mut self, on: bool) -> Result<(), CodecError> {
        self.encoder.set_inband_fec(on)?;
        self.encoder.set_packet_loss_perc(if on { EXPECTED_LOSS } else { 0 })?;
        Ok(())
    }

    pub(crate) fn frame(&mut self, pcm: &[f32; FRAME]) -> Result<Encoded<'_>, CodecError> {
        let digital_silence = pcm.iter().all(|sample| *sample == 0.0);
        self.silent_frames = if digital_silence { self.silent_frames.saturating_add(1) } else { 0 };
        // An empty room costs nothing: the last silent packet says it all.
        if self.silent_frames <= RESTS_AFTER || self.length > SILENT_BYTES {
            self.length = self.encoder.encode_float(pcm, &mut self.packet[..])?;
        }
        Ok(Encoded { opus: &self.packet[..self.length], silent: self.length <= SILENT_BYTES })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::has_fec;
    use crate::testing::speech;

    fn encoded(encode: &mut Encode, pcm: &[f32]) -> Vec<(Vec<u8>, bool)> {
        pcm.chunks_exact(FRAME)
            .map(|frame| {
                let encoded = encode.frame(frame.try_into().expect("a whole frame")).expect("it encodes");
                (encoded.opus.to_vec(), encoded.silent)
            })
            .collect()
    }

    #[test]
    fn silence_becomes_silent_frames_and_speech_does_not() {
        let mut encode = Encode::new().unwrap();
        let voice = encoded(&mut encode, &speech(1, 50));
        let pause = encoded(&mut encode, &vec![0.0; 100 * FRAME]);
        let again = encoded(&mut encode, &speech(2, 50));
        assert!(voice.iter().chain(&again).filter(|(_, silent)| *silent).count() < 10);
        assert!(pause[40..].iter().all(|(opus, silent)| *silent && opus.len() <= 2 && !opus.is_empty()));
    }

    #[test]
    fn the_bit_rate_is_about_what_was_asked_for() {
        let bytes: usize =
            encoded(&mut Encode::new().unwrap(), &speech(1, 500)).iter().map(|(opus, _)| opus.len()).sum();
        let bits_per_second = bytes * 8 / 10;
        assert!((20_000..42_000).contains(&bits_per_second), "{bits_per_second} bit/s");
    }

    #[test]
    fn frames_carry_fec_only_while_it_is_on() {
        let mut encode = Encode::new().unwrap();
        let with_fec =
            |encode: &mut Encode| encoded(encode, &speech(1, 100)).iter().filter(|(opus, _)| has_fec(opus)).count();
        let before = with_fec(&mut encode);
        encode.set_fec(true).unwrap();
        let during = with_fec(&mut encode);
        encode.set_fec(false).unwrap();
        encoded(&mut encode, &speech(1, 5));
        let after = with_fec(&mut encode);
        assert!(before == 0 && during > 50 && after == 0, "{before} {during} {after}");
    }
}
