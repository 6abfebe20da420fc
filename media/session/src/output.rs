//! What a session asks of its owner, and why it refuses a datagram.

use std::net::SocketAddr;
use std::time::Instant;

use thiserror::Error;

/// The next thing to do, as answered by `poll`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output<E> {
    /// Send the first `len` bytes of the buffer to `to`.
    Transmit {
        /// The peer's address.
        to: SocketAddr,
        /// How much of the buffer was written.
        len: usize,
    },
    /// Something happened.
    Event(E),
    /// Nothing more for now; poll again at this instant at the latest.
    Timeout(Instant),
}

/// Why a session ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// No authenticated binding request for 30 seconds.
    Timeout,
    /// The peer said goodbye (a DTLS alert).
    Left,
    /// The peer can be reached, and 15 seconds later there were no keys.
    Stalled,
    /// DTLS failed, or the peer's certificate is not the one its offer announced.
    Failed,
}

/// Why a datagram was dropped. Nothing was changed, and nothing is sent in answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Dropped {
    /// Not a well-formed packet of the protocol that its first byte names.
    #[error("malformed")]
    Malformed,
    /// Its integrity check failed, or it named other credentials.
    #[error("not authentic")]
    NotAuthentic,
    /// DTLS or SRTP from an address without an authenticated binding request.
    #[error("unknown address")]
    UnknownAddress,
    /// Seen before, or too old to tell.
    #[error("replayed")]
    Replayed,
    /// Authentic or not, it has no place in this state: media before the keys, DTLS after its end.
    #[error("out of place")]
    OutOfPlace,
    /// Authentic, but more than any sound needs.
    #[error("too many")]
    TooMany,
}
