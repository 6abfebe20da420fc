//! The listen session: one listener, by WHEP.

mod reception;
mod session;
mod stream;
#[cfg(test)]
mod stream_tests;

pub use reception::{Reception, Reports};
pub use session::Listen;

use std::net::SocketAddr;

use crate::CloseReason;

/// What happened in a listen session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The peer checked from this address: datagrams from it belong to this session.
    AddressAdded(SocketAddr),
    /// Datagrams from this address no longer belong to this session.
    AddressRemoved(SocketAddr),
    /// Keys are agreed upon; [`Listen::send`] sends from now on.
    Connected,
    /// The listener's reports changed what it needs.
    Reception(Reception),
    /// The session is over; drop it.
    Closed(CloseReason),
}

/// What a session has sent. All of it counts upwards, modulo 2^32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// RTP packets, repeats not counted.
    pub packets: u32,
    /// RTP payload bytes.
    pub octets: u32,
    /// Packets sent again upon NACK.
    pub resent: u32,
    /// Packets asked for again that could not be rebuilt.
    pub not_resent: u32,
}
