//! What the speakers noticed in some time.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::net::Stamp;

/// What happened since the last look.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// Speakers that are connected now.
    pub connected: usize,
    /// Sessions that ended, or never began, in this time.
    pub closed: usize,
    /// Packets that the speakers sent.
    pub sent: u64,
    /// Packets of the others that came through slots.
    pub forwarded: u64,
    /// Packets through slots that nobody had sent so.
    pub unknown: u64,
    /// From sending to arriving at another speaker.
    pub delays: Vec<Duration>,
    /// Datagrams refused by the client, by protocol and reason.
    pub refused: BTreeMap<String, u64>,
    /// SRTP and SRTCP packets among them that were not authentic.
    pub not_authentic: u64,
    /// When marks could have been heard, had they been played as they were sent.
    pub marks: Vec<Stamp>,
}
