//! Several frames of 20 ms in one packet, without touching the sound.

use arrayvec::ArrayVec;
use bytes::Bytes;
use cooee_stage::{Csrc, Epoch};

use crate::mix::MAX_CSRCS;
use crate::{CodecError, FrameClass, MixedFrame, Sending};

/// One packet of a listener class; all listeners of the class share it.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Epoch of its frames.
    pub epoch: Epoch,
    /// Index of its first frame; the RTP timestamp is this times 960, plus the session's random start.
    pub index: u64,
    /// How many frames it holds: usually those of the class, fewer where the mix jumped or the encoder changed its mode.
    pub frames: u8,
    /// One Opus packet.
    pub opus: Bytes,
    /// Who is audible in it, those of its first frame first.
    pub csrcs: ArrayVec<Csrc, MAX_CSRCS>,
    /// What RTP does with it. Paths without RTP send all.
    pub sending: Sending,
}

impl Joined {
    /// Index of the frame after it. A listener who changes class goes on with a packet that begins here or later.
    pub fn end(&self) -> u64 {
        self.index + u64::from(self.frames)
    }
}

/// Joins the frames of the mix for one listener class. Boundaries lie at multiples of the class's frames, the same for all edges.
#[derive(Debug)]
pub struct Joiner {
    class: FrameClass,
}

impl Joiner {
    /// A joiner before its first frame.
    pub fn new(class: FrameClass) -> Result<Self, CodecError> {
        Ok(Self { class })
    }

    /// The class it serves.
    pub fn class(&self) -> FrameClass {
        self.class
    }

    /// Takes the next frame of the mix and gives the packets that are complete with it: none, one, or two.
    pub fn push(&mut self, _frame: &MixedFrame) -> ArrayVec<Joined, 2> {
        todo!()
    }
}
