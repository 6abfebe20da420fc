//! The mix as a listen session sees it: packets that all listeners of a class share.

use std::fmt;

/// The largest number of people that one packet can name as audible (RFC 3550 §5.1).
pub const MAX_CSRCS: usize = 15;

/// The listener class: how many 20 ms frames are joined in one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// One frame.
    Ms20 = 1,
    /// Two frames.
    Ms40 = 2,
    /// Three frames.
    Ms60 = 3,
    /// Six frames.
    Ms120 = 6,
}

impl Class {
    /// Number of 20 ms frames in a packet.
    pub const fn frames(self) -> u32 {
        self as u32
    }

    /// Duration of a packet in units of the RTP clock (48 kHz).
    pub const fn ticks(self) -> u32 {
        self.frames() * 960
    }
}

/// An earlier packet's sound, to be carried once more as RED.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Earlier<'a> {
    /// RTP timestamp in the mix's timeline.
    pub timestamp: u32,
    /// Opus.
    pub payload: &'a [u8],
}

/// One packet of the mix. (epoch, index, class) names it; the same name must always mean the same bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MixPacket<'a> {
    /// Raised whenever another stage node takes over.
    pub epoch: u32,
    /// Index of the packet's first 20 ms frame within the epoch.
    pub index: u32,
    /// How many frames it joins.
    pub class: Class,
    /// RTP timestamp (48 kHz) in the timeline of this epoch. A session makes it continuous over a change of epoch.
    pub timestamp: u32,
    /// Set on the first packet of talk after silence.
    pub marker: bool,
    /// Who is audible; only the first [`MAX_CSRCS`] are written.
    pub csrcs: &'a [u32],
    /// Opus.
    pub payload: &'a [u8],
    /// The packets of the same class before this one, the latest first; `None` where there was none (DTX, begin of the epoch).
    pub earlier: [Option<Earlier<'a>>; 2],
}

/// The last second of the mix, by name. Each edge keeps one for all of a Space's listeners.
pub trait History {
    /// The packet of that name exactly as it was handed to [`crate::listen::Listen::send`], `earlier` included, or nothing.
    fn packet(&self, epoch: u32, index: u32, class: Class) -> Option<MixPacket<'_>>;
}

/// A history that remembers nothing: every NACK remains unanswered.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHistory;

impl History for NoHistory {
    fn packet(&self, _: u32, _: u32, _: Class) -> Option<MixPacket<'_>> {
        None
    }
}

impl fmt::Debug for Earlier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Earlier({}, {} B)", self.timestamp, self.payload.len())
    }
}

impl fmt::Debug for MixPacket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MixPacket { epoch, index, class, timestamp, payload, .. } = self;
        write!(f, "MixPacket({epoch}/{index} {class:?} @{timestamp}, {} B)", payload.len())
    }
}
