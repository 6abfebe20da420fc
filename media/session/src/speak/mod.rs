//! The speak session: one person on stage, by WHIP. Sound comes in; up to five others go out in slots.

mod incoming;
mod session;
mod slot;

pub use session::Speak;

use std::net::SocketAddr;
use std::time::Instant;

use crate::CloseReason;

/// The most slots that an offer can ask for; more are answered with port 0.
pub const MAX_SLOTS: usize = 5;

/// What happened in a speak session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The peer checked from this address: datagrams from it belong to this session.
    AddressAdded(SocketAddr),
    /// Datagrams from this address no longer belong to this session.
    AddressRemoved(SocketAddr),
    /// The person's sound has this SSRC. RTP of it from an unknown address belongs here too: the peer's address may have
    /// changed, and the session finds out.
    Ssrc(u32),
    /// Keys are agreed upon; packets flow from now on.
    Connected,
    /// The session is over; drop it.
    Closed(CloseReason),
}

/// One packet of a speaker's Opus, authentic, never empty, and seen for the first time; lent out of its datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Sequence number, extended beyond 16 bits by the roll-over counter. A new source of the peer's begins 2^48 higher.
    pub sequence: u64,
    /// RTP timestamp (48 kHz).
    pub timestamp: u32,
    /// Start of talk.
    pub marker: bool,
    /// RFC 6464: dBov, 0 loudest to -127 silence. Only a hint: the peer may say what it likes.
    pub audio_level: Option<i8>,
    /// When its datagram was received.
    pub arrival: Instant,
    /// Opus.
    pub payload: &'a [u8],
}

/// A speaker's packet on its way into another speaker's slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotPacket<'a> {
    /// Whose it is.
    pub csrc: u32,
    /// The source's own extended sequence number.
    pub sequence: u64,
    /// The source's own timestamp (48 kHz).
    pub timestamp: u32,
    /// Start of talk.
    pub marker: bool,
    /// Opus.
    pub payload: &'a [u8],
}

/// What a session has counted. All of it counts upwards, modulo 2^32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// RTP packets of the speaker's, each once.
    pub received: u32,
    /// Packets of the speaker's that were asked for again.
    pub asked: u32,
    /// RTP packets sent in slots, repeats not counted.
    pub sent: u32,
    /// Packets sent again upon NACK.
    pub resent: u32,
    /// Packets asked for again that were no longer there.
    pub not_resent: u32,
}
