//! The other end, for tests and for `cooee-load`: as cheap as possible, so that thousands fit on one core.
//!
//! Drive it like a session: `poll` until [`crate::Output::Timeout`], `receive` what comes in.

mod offer;
mod peer;
mod streams;

pub use peer::Client;

use thiserror::Error;

use crate::CloseReason;

/// What happened at the client's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Keys are agreed upon.
    Connected,
    /// Over.
    Closed(CloseReason),
}

/// An RTP packet that was opened, borrowed from the datagram's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media<'a> {
    /// Which of the answer's streams: 0 for a listener, the slot for a speaker.
    pub slot: usize,
    /// Extended sequence number.
    pub sequence: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// Marker bit.
    pub marker: bool,
    /// Whether `payload` is RED, to be read with [`crate::red::read`].
    pub red: bool,
    /// The header with its CSRC list, to be read with [`crate::rtp::csrcs`].
    pub header: &'a [u8],
    /// Opus or RED.
    pub payload: &'a [u8],
}

/// The answer could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the answer cannot be used: {0}")]
pub struct AnswerError(pub &'static str);

/// What a client wants of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The mix: one recvonly section.
    Listen {
        /// Whether RED is offered.
        red: bool,
    },
    /// To speak: one sendonly section and this many slots.
    Speak {
        /// Number of recvonly sections.
        slots: usize,
    },
}
