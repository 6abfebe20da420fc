//! What a crowd noticed in some time.

use std::collections::BTreeMap;
use std::time::Duration;

use cooee_session::Dropped;
use cooee_session::demux::{Kind, classify};

use crate::ear::Heard;
use crate::net::Stamp;

/// Bytes of IPv4 and UDP around each datagram.
const HEADERS: u64 = 28;

/// What happened since the last look.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// When the look was taken.
    pub until: Stamp,
    /// How long it was.
    pub time: Duration,
    /// Listeners that are connected now.
    pub connected: usize,
    /// Listeners that were let in and are neither connected nor gone.
    pub connecting: usize,
    /// Sessions that ended, or never began, in this time.
    pub closed: usize,
    /// Connected listeners that received no sound.
    pub unheard: usize,
    /// RTP packets that were authentic.
    pub packets: u64,
    /// Datagrams that came, of all kinds.
    pub datagrams: u64,
    /// Their bytes, with IP and UDP headers.
    pub bytes: u64,
    /// RTP packets that should have come, by their sequence numbers.
    pub expected: u64,
    /// Datagrams refused by the client, by protocol and reason.
    pub refused: BTreeMap<String, u64>,
    /// SRTP and SRTCP packets among them that were not authentic.
    pub not_authentic: u64,
    /// Datagrams for which our own socket had no room.
    pub overflowed: u32,
    /// From knocking to the first packet.
    pub joins: Vec<Duration>,
    /// What those with ears heard.
    pub heard: Vec<Heard>,
}

impl Window {
    pub(super) fn received(&mut self, bytes: usize) {
        self.datagrams += 1;
        self.bytes += bytes as u64 + HEADERS;
    }

    pub(super) fn refuse(&mut self, datagram: &[u8], why: Dropped) {
        self.not_authentic += u64::from(is_forged(datagram, why));
        *self.refused.entry(refusal(datagram, why)).or_default() += 1;
    }
}

/// Whether it was sealed with other keys, or changed on its way. An answer to a check that was repeated meanwhile is refused
/// for the same reason, and is no failure.
pub(crate) fn is_forged(datagram: &[u8], why: Dropped) -> bool {
    why == Dropped::NotAuthentic && matches!(classify(datagram), Some(Kind::Rtp | Kind::Rtcp))
}

/// Protocol and reason.
pub(crate) fn refusal(datagram: &[u8], why: Dropped) -> String {
    match classify(datagram) {
        Some(kind) => format!("{kind:?}: {why}"),
        None => format!("unknown: {why}"),
    }
}
