//! The other end, for tests and for `cooee-load`: as cheap as possible, so that thousands fit on one core.
//!
//! Drive it like a session: `poll` until [`Output::Timeout`], `receive` what comes in.

use std::net::SocketAddr;
use std::time::Instant;

use thiserror::Error;

use crate::{CloseReason, Dropped, Identity, Output, Secrets};

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
    /// Payload type as in the answer.
    pub payload_type: u8,
    /// Whether `payload` is RED (RFC 2198), to be read with RED.
    pub red: bool,
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
    /// The mix: one recvonly section; RED offered or not.
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

/// A WebRTC client that does ICE (controlling), DTLS (client), SRTP and SRTCP.
pub struct Client {}

impl Client {
    /// A client and its offer. `identity` may be shared by thousands of clients.
    pub fn offer(identity: &Identity, wish: Wish, secrets: Secrets, now: Instant) -> (Client, String) {
        let _ = (identity, wish, secrets, now);
        todo!()
    }

    /// Takes the server's answer. Poll afterwards.
    pub fn accept(&mut self, answer: &str, now: Instant) -> Result<(), AnswerError> {
        let _ = (answer, now);
        todo!()
    }

    /// Takes in one datagram and opens it in place. `Ok(None)`: it was not media. Poll afterwards if not media.
    pub fn receive<'a>(&mut self, now: Instant, datagram: &'a mut [u8]) -> Result<Option<Media<'a>>, Dropped> {
        let _ = (now, datagram);
        todo!()
    }

    /// The next thing to do; `out` must hold [`crate::MAX_DATAGRAM`] bytes.
    pub fn poll(&mut self, now: Instant, out: &mut [u8]) -> Output<Event> {
        let _ = (now, out);
        todo!()
    }

    /// Seals a packet of one's own Opus into `out` (speakers only).
    pub fn send(
        &mut self,
        now: Instant,
        timestamp: u32,
        marker: bool,
        payload: &[u8],
        out: &mut [u8],
    ) -> Option<(SocketAddr, usize)> {
        let _ = (now, timestamp, marker, payload, out);
        todo!()
    }

    /// Asks for packets again.
    pub fn nack(&mut self, sequences: &[u16]) {
        let _ = sequences;
        todo!()
    }

    /// A fragment that restarts ICE, to be sent by PATCH.
    pub fn restart_ice(&mut self, secrets: Secrets) -> String {
        let _ = secrets;
        todo!()
    }

    /// Takes the server's fragment after [`Client::restart_ice`].
    pub fn accept_fragment(&mut self, fragment: &str, now: Instant) -> Result<(), AnswerError> {
        let _ = (fragment, now);
        todo!()
    }

    /// Whether keys are agreed upon.
    pub fn is_connected(&self) -> bool {
        todo!()
    }
}
