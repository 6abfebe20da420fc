//! RTP packets without their wire form.

use std::time::Instant;

use bytes::Bytes;

use crate::{Csrc, Hearer};

/// One Opus packet as it came from a speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The stream it belongs to; another one means that the sender began anew.
    pub ssrc: u32,
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp at 48 kHz.
    pub timestamp: u32,
    /// RTP marker: a talk spurt starts here.
    pub marker: bool,
    /// When it arrived.
    pub arrival: Instant,
    /// The Opus payload; may be anything, also empty.
    pub payload: Bytes,
}

/// One packet that is to leave through a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The session that hears it.
    pub to: Hearer,
    /// The slot, below [`SLOTS`](crate::SLOTS), in the order of the offer's recvonly sections.
    pub slot: u8,
    /// Whose voice it is.
    pub from: Csrc,
    /// Extended sequence number of the slot's stream; the wire carries the low 16 bits. Never the same twice.
    pub sequence: u64,
    /// RTP timestamp of the slot's stream.
    pub timestamp: u32,
    /// RTP marker.
    pub marker: bool,
    /// The payload, shared with whoever else hears it.
    pub payload: Bytes,
}
