//! Many speakers into one stream.

use std::time::Instant;

use arrayvec::ArrayVec;
use bytes::Bytes;
use cooee_stage::{Csrc, Epoch, Level, Packet};

use crate::{CodecError, Heard, SpeakerStats};

/// So many people can be named in one RTP header (RFC 3550 §5.1).
pub const MAX_CSRCS: usize = 15;

/// 20 ms of the mix.
#[derive(Clone, Debug)]
pub struct MixedFrame {
    /// Under whose reign it was mixed.
    pub epoch: Epoch,
    /// Number of the frame: `index × 20 ms` is its time since the Space was opened. May jump, never repeats.
    pub index: u64,
    /// One Opus packet of one 20 ms frame, mono.
    pub opus: Bytes,
    /// The encoder found nothing to code (at most 2 bytes): RTP need not carry it (see [`Gate`](crate::Gate)).
    pub silent: bool,
    /// Who is audible, the loudest first.
    pub csrcs: ArrayVec<Csrc, MAX_CSRCS>,
}

/// A speaker's loudness in the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpeakerLevel {
    /// Who.
    pub csrc: Csrc,
    /// As our decoder measured it.
    pub level: Level,
    /// Whether they are in the CSRC list.
    pub audible: bool,
}

/// The mix of one Space: speakers in, one Opus stream out.
///
/// It belongs to one thread. The steady state allocates nothing but, once in some seconds, the block that payloads share.
#[derive(Debug)]
pub struct Mixer {
    epoch: Epoch,
}

impl Mixer {
    /// An empty mix whose frame 0 is due at `start`.
    pub fn new(_start: Instant, epoch: Epoch) -> Result<Self, CodecError> {
        Ok(Self { epoch })
    }

    /// Goes on with frame `index`: a new stage node takes over the numbering of the old one.
    pub fn begin_at(&mut self, _index: u64) {}

    /// Frames carry this epoch from now on, if it is higher.
    pub fn raise_epoch(&mut self, epoch: Epoch) {
        self.epoch = self.epoch.max(epoch);
    }

    /// Puts a speaker on stage (or changes nothing but the permission). Without `may_pass` they contribute nothing.
    ///
    /// Taking the permission away fades them out within one frame and forgets what they had sent.
    pub fn seat(&mut self, _csrc: Csrc, _may_pass: bool) -> Result<(), CodecError> {
        todo!()
    }

    /// Takes a speaker off the stage, fading out within one frame.
    pub fn unseat(&mut self, _csrc: Csrc) {}

    /// Takes a packet of a speaker.
    pub fn receive(&mut self, _csrc: Csrc, _packet: &Packet) -> Heard {
        todo!()
    }

    /// Switches in-band FEC on or off (only while a listener without RED reports loss: it costs quality).
    pub fn set_fec(&mut self, _on: bool) -> Result<(), CodecError> {
        todo!()
    }

    /// When [`tick`](Self::tick) gives the next frame.
    pub fn due(&self) -> Instant {
        todo!()
    }

    /// Mixes the frame that is due at `now`, or returns `None` if none is. Call it again until it does.
    ///
    /// After a stall of over 60 ms the frames that were missed are skipped, not made up.
    pub fn tick(&mut self, _now: Instant) -> Result<Option<MixedFrame>, CodecError> {
        todo!()
    }

    /// Levels of all speakers with permission in the last frame.
    pub fn levels(&self) -> impl Iterator<Item = SpeakerLevel> + '_ {
        std::iter::empty()
    }

    /// What a speaker's packets went through.
    pub fn stats(&self, _csrc: Csrc) -> Option<SpeakerStats> {
        todo!()
    }
}
