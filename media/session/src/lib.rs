//! Speak and listen sessions: SDP, ICE-lite, DTLS, SRTP, RED and NACK. Pure: time is an argument.
//!
//! A session never touches a socket or a clock. Its owner
//! 1. finds the session of a datagram (by address, else by [`demux::peek_ufrag`]) and hands it to `receive`;
//! 2. calls `poll` until it answers [`Output::Timeout`], carrying out what comes before: after each `receive`, after each
//!    other call that may cause output, and when the instant of the last `Timeout` has come (100 ms late does no harm);
//! 3. drops the session after [`listen::Event::Closed`] or [`speak::Event::Closed`].
//!
//! Datagrams are written into a buffer of the caller's; [`MAX_DATAGRAM`] bytes are always enough.

#[cfg(feature = "client")]
pub mod client;
pub mod demux;
mod dtls;
mod flight;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod ice;
pub mod listen;
pub mod mix;
mod output;
mod quality;
mod record;
pub mod red;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
mod shared;
pub mod speak;
pub mod srtp;
mod stun;
mod transport;

pub use output::{CloseReason, Dropped, Output};
pub use quality::Quality;
pub use shared::{Fingerprint, Identity, IdentityError, Secrets, Shared};

/// No datagram that a session sends is larger: RTP stays within 1,200 bytes, DTLS within 1,150.
pub const MAX_DATAGRAM: usize = 1_280;
