//! A speaker out of a file.

use std::io::{Read, Seek};

use bytes::Bytes;

use crate::VoiceError;

/// 20 ms of a voice, as RTP would carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceFrame {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp.
    pub timestamp: u32,
    /// One Opus packet of one 20 ms frame.
    pub payload: Bytes,
}

/// An Ogg Opus file in 20 ms frames, played in a loop.
///
/// Where it is depends on nothing but the number of frames since the common start, so that the voices of one conversation
/// stay in their turns.
#[derive(Clone, Debug)]
pub struct Voice {
    frames: Vec<Bytes>,
}

impl Voice {
    /// Reads a file. Voices that talk in turns must be of the same length.
    pub fn read(_file: impl Read + Seek) -> Result<Self, VoiceError> {
        todo!()
    }

    /// How many frames until it begins again; never 0.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// The frame that is due `index` × 20 ms after the common start.
    pub fn frame(&self, _index: u64) -> VoiceFrame {
        todo!()
    }
}
