//! The speak session: one person on stage, by WHIP. A full WebRTC peer (`str0m`) behind our own ICE-lite.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use crate::sdp::{FragmentError, OfferError};
use crate::{CloseReason, Dropped, Output, Secrets, Shared};

/// The most slots that an offer can ask for; more are answered with port 0.
pub const MAX_SLOTS: usize = 5;

/// What happened in a speak session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The peer proved that it has this address: datagrams from it belong to this session.
    AddressAdded(SocketAddr),
    /// Datagrams from this address no longer belong to this session.
    AddressRemoved(SocketAddr),
    /// Keys are agreed upon; packets flow from now on.
    Connected,
    /// The person's sound.
    Packet(Packet),
    /// The session is over; drop it.
    Closed(CloseReason),
}

/// One packet of a speaker's Opus, authenticated and seen for the first time. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Sequence number, extended beyond 16 bits by the roll-over counter.
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
    pub payload: Bytes,
}

/// One speaker's session.
pub struct Speak {}

impl Speak {
    /// Answers an offer of one sendonly audio section and up to [`MAX_SLOTS`] recvonly ones. The answer's SDP is complete.
    pub fn answer(
        shared: &Shared,
        offer: &str,
        secrets: &Secrets,
        now: Instant,
    ) -> Result<(Speak, String), OfferError> {
        let _ = (shared, offer, secrets, now);
        todo!()
    }

    /// How many slots the offer asked for.
    pub fn slots(&self) -> usize {
        todo!()
    }

    /// Takes in one datagram. `Err` says why it was dropped, for counting. Poll afterwards.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Result<(), Dropped> {
        let _ = (now, from, datagram);
        todo!()
    }

    /// The next thing to do; `out` must hold [`crate::MAX_DATAGRAM`] bytes.
    pub fn poll(&mut self, now: Instant, out: &mut [u8]) -> Output<Event> {
        let _ = (now, out);
        todo!()
    }

    /// Plays a packet in a slot. Poll afterwards.
    ///
    /// `source` is whose packet it is, with that person's own sequence and timestamp. When a slot is given to another
    /// source, the session carries on its own sequence and timestamp so that the receiver hears one continuous stream;
    /// gaps within a source stay gaps. Also named as the packet's CSRC. Ignored before the session is connected.
    pub fn send_slot(&mut self, now: Instant, slot: usize, packet: &SlotPacket<'_>) {
        let _ = (now, slot, packet);
        todo!()
    }

    /// Restarts ICE (RFC 9725 §4.3); see [`crate::listen::Listen::restart_ice`]. Media and keys continue.
    pub fn restart_ice(
        &mut self,
        shared: &Shared,
        fragment: &str,
        secrets: &Secrets,
    ) -> Result<Option<String>, FragmentError> {
        let _ = (shared, fragment, secrets);
        todo!()
    }

    /// Begins to say goodbye for an owner that ends the session: poll once more, send what comes, then drop it.
    pub fn close(&mut self, now: Instant) {
        let _ = now;
        todo!()
    }

    /// Whether keys are agreed upon.
    pub fn is_connected(&self) -> bool {
        todo!()
    }

    /// Where packets go now.
    pub fn address(&self) -> Option<SocketAddr> {
        todo!()
    }
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
