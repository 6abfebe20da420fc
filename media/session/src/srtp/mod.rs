//! SRTP and SRTCP (RFC 3711), with AES-GCM (RFC 7714) or AES-CM and HMAC-SHA1.
//!
//! Sealing RTP is the hot path: it allocates nothing. Control packets are rare (one every few seconds), so their keys are
//! expanded when needed, which keeps a listener's memory small.

mod cipher;
mod control;
mod derive;
mod media;
mod replay;
#[cfg(test)]
mod vectors;

pub use control::{ControlOpener, ControlSealer};
pub use derive::{Master, Profile, Role, masters};
#[cfg(test)]
pub(crate) use media::estimate;
pub use media::{Opened, Opener, Sealer};
pub use replay::Window;

/// The longest tag that sealing appends to an RTP packet.
pub const MAX_TAG: usize = 16;
/// The most that sealing appends to an RTCP packet: a tag and the index.
pub const MAX_CONTROL_TRAILER: usize = MAX_TAG + 4;
