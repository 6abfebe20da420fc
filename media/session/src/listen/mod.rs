//! The listen session: one listener, by WHEP.

use std::net::SocketAddr;
use std::time::Instant;

use crate::mix::{History, MixPacket};
use crate::sdp::{FragmentError, OfferError};
use crate::{CloseReason, Dropped, Output, Secrets, Shared};

/// What happened in a listen session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The peer proved that it has this address: datagrams from it belong to this session.
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

/// How a listener receives, by its own reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reception {
    /// Loss reported last, in per mille.
    pub loss_per_mille: u16,
    /// Loses so much (over 3 %) that it should get 20 ms packets.
    pub wants_short: bool,
    /// Loses packets and can be helped by in-band FEC only: it has neither RED nor NACK.
    pub wants_fec: bool,
    /// Copies of earlier packets that each packet carries now.
    pub red_depth: u8,
}

/// What a session has counted. All of it only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// RTP packets, repeats not counted.
    pub packets: u32,
    /// RTP payload bytes, modulo 2^32 (RFC 3550 §6.4.1).
    pub octets: u32,
    /// Packets sent again upon NACK.
    pub resent: u32,
    /// NACKed packets that could not be rebuilt.
    pub not_resent: u32,
}

/// One listener's session: ICE-lite, DTLS server, SRTP out, SRTCP both ways.
pub struct Listen {}

impl Listen {
    /// Answers an offer. The answer's SDP is complete: all candidates are in it.
    pub fn answer(
        shared: &Shared,
        offer: &str,
        secrets: Secrets,
        now: Instant,
    ) -> Result<(Listen, String), OfferError> {
        let _ = (shared, offer, secrets, now);
        todo!()
    }

    /// Takes in one datagram. `Err` says why it was dropped, for counting. Poll afterwards.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Result<(), Dropped> {
        let _ = (now, from, datagram);
        todo!()
    }

    /// The next thing to do. `history` answers NACKs; `out` must hold [`crate::MAX_DATAGRAM`] bytes.
    pub fn poll(&mut self, now: Instant, history: &dyn History, out: &mut [u8]) -> Output<Event> {
        let _ = (now, history, out);
        todo!()
    }

    /// Seals one packet of the mix into `out`: where to send how many bytes, or `None` while nothing can be sent.
    ///
    /// Allocates nothing. The sequence number is used up even if the datagram is then not sent.
    pub fn send(&mut self, now: Instant, packet: &MixPacket<'_>, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let _ = (now, packet, out);
        todo!()
    }

    /// Restarts ICE (RFC 9725 §4.3): answers the peer's fragment with ours. `secrets` gives the new fragment and password;
    /// its other values are ignored. Both old and new credentials are accepted until the first check with the new ones.
    pub fn restart_ice(
        &mut self,
        shared: &Shared,
        fragment: &str,
        secrets: Secrets,
        now: Instant,
    ) -> Result<String, FragmentError> {
        let _ = (shared, fragment, secrets, now);
        todo!()
    }

    /// Writes a goodbye (RTCP BYE) for an owner that ends the session; `None` when never connected.
    pub fn goodbye(&mut self, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let _ = out;
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

    /// How the listener receives.
    pub fn reception(&self) -> Reception {
        todo!()
    }

    /// What was sent.
    pub fn sent(&self) -> Sent {
        todo!()
    }
}
