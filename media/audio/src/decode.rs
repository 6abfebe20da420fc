//! Opus packets into samples.

use opus::{Channels, Decoder};

use crate::{CodecError, RATE};

/// The most that one packet holds: 120 ms.
pub(crate) const MAX_SAMPLES: usize = 5760;

/// A mono decoder; stereo packets are mixed down by it.
#[derive(Debug)]
pub(crate) struct Decode {
    decoder: Decoder,
    pcm: Box<[f32]>,
}

impl Decode {
    pub(crate) fn new() -> Result<Self, CodecError> {
        Ok(Self { decoder: Decoder::new(RATE, Channels::Mono)?, pcm: vec![0.0; MAX_SAMPLES].into_boxed_slice() })
    }

    /// The samples of a packet; `None` if it cannot be decoded.
    pub(crate) fn packet(&mut self, packet: &[u8]) -> Option<&mut [f32]> {
        let samples = self.decoder.decode_float(packet, &mut self.pcm[..], false).ok()?;
        Some(&mut self.pcm[..samples])
    }

    /// `samples` (a multiple of 120) that were lost: out of the FEC of the packet `next` after them as far as it carries it,
    /// else guessed.
    pub(crate) fn lost(&mut self, samples: usize, next: Option<&[u8]>) -> &mut [f32] {
        let pcm = &mut self.pcm[..samples.min(MAX_SAMPLES)];
        let decoded = match next {
            Some(next) => self.decoder.decode_float(next, pcm, true),
            None => self.decoder.decode_float(&[], pcm, false),
        };
        if decoded.is_err() {
            pcm.fill(0.0);
        }
        pcm
    }

    pub(crate) fn reset(&mut self) {
        // It can only fail on a null pointer.
        let _ = self.decoder.reset_state();
    }
}

/// Whether a packet of one frame carries the frame before it as FEC (RFC 6716 §4.2.3: the LBRR flag after the VAD flags).
pub(crate) fn has_fec(packet: &[u8]) -> bool {
    let [toc, first, ..] = packet else { return false };
    let (configuration, frame_code) = (toc >> 3, toc & 3);
    let voice_frames = match configuration {
        0..=11 => [1, 1, 2, 3][usize::from(configuration & 3)],
        12..=15 => 1,
        _ => return false,
    };
    frame_code == 0 && first >> (7 - voice_frames) & 1 == 1
}
