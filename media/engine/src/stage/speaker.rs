//! One speak session as its thread keeps it.

use std::time::Instant;

use bytes::BytesMut;
use cooee_session::speak::{Packet as Received, Speak};
use cooee_stage::{Hearer, Packet};

use crate::edge::Names;
use crate::registry::{Owner, SessionKey};

/// Payloads of some seconds.
const BLOCK: usize = 64 * 1024;

pub(super) struct Speaker {
    pub(super) session: Speak,
    pub(super) owner: Owner,
    pub(super) opened: Instant,
    pub(super) names: Names,
    pub(super) due: Instant,
    pub(super) connected: bool,
}

impl Speaker {
    pub(super) fn new(session: Speak, owner: Owner, opened: Instant) -> Self {
        Self { session, owner, opened, names: Names::default(), due: opened, connected: false }
    }

    /// The session's name as one that hears.
    pub(super) fn hearer(&self) -> Hearer {
        Hearer(self.owner.key.0)
    }
}

/// The packet as the stage knows it. The session's key stands for its SSRC, and changes where the peer begins a new source.
///
/// The payload is copied into `block`, which is allocated anew when it is full: once in many packets.
pub(super) fn packet(key: SessionKey, received: &Received<'_>, block: &mut BytesMut) -> Packet {
    if block.capacity() < received.payload.len() {
        *block = BytesMut::with_capacity(BLOCK.max(received.payload.len()));
    }
    block.extend_from_slice(received.payload);
    Packet {
        ssrc: (key.0 as u32).wrapping_shl(8).wrapping_add((received.sequence >> 48) as u32),
        sequence: received.sequence as u16,
        timestamp: received.timestamp,
        marker: received.marker,
        arrival: received.arrival,
        payload: block.split().freeze(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_share_a_block_and_keep_what_they_held() {
        let (mut block, now) = (BytesMut::new(), Instant::now());
        let mut spoken = |sequence: u64, payload: &[u8]| {
            let (timestamp, marker, audio_level) = (0, false, None);
            let received = Received { sequence, timestamp, marker, audio_level, arrival: now, payload };
            packet(SessionKey(7), &received, &mut block)
        };
        let packets: Vec<_> = (0..3000_u64).map(|n| spoken(n, &[n as u8; 100])).collect();
        assert!(packets.iter().zip(0..3000_u64).all(|(packet, n)| packet.payload == [n as u8; 100][..]));
        assert_ne!(spoken(1 << 48, b"new").ssrc, packets[0].ssrc);
    }
}
