//! What all sessions of a process share, and the random values that each is given.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use thiserror::Error;

/// The process's DTLS certificate and configuration. Making one costs about a millisecond; sessions only clone pointers.
#[derive(Clone)]
pub struct Identity {
    pub(crate) certificate: Arc<dimpl::DtlsCertificate>,
    pub(crate) config: Arc<dimpl::Config>,
    fingerprint: Arc<str>,
}

/// The cryptographic library refused to make a certificate or configuration.
#[derive(Debug, Error)]
#[error("no DTLS identity could be made: {0}")]
pub struct IdentityError(String);

/// What a door needs to know to answer offers: who we are and where we can be reached.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Certificate and DTLS configuration.
    pub identity: Identity,
    /// The addresses that peers are told, most preferred first.
    pub candidates: Vec<SocketAddr>,
}

/// The random values of one session. Drawn by the caller so that tests can choose them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// Our ICE username fragment. Its first character names the thread that owns the session ([`crate::demux::thread_of`]).
    pub ufrag: String,
    /// Our ICE password.
    pub password: String,
    /// The SSRC that we send from; slots count upwards from it.
    pub ssrc: u32,
    /// The sequence number of the first packet.
    pub first_sequence: u16,
}

impl Identity {
    /// Makes a certificate and the one DTLS configuration of the process.
    pub fn new() -> Result<Identity, IdentityError> {
        todo!()
    }

    /// The certificate's SHA-256 fingerprint as SDP writes it: `AB:CD:…`.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

impl Secrets {
    /// Draws them from the system's random source. `thread` is below 64.
    pub fn draw(thread: u8) -> Secrets {
        let _ = thread;
        todo!()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.fingerprint)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.ufrag)
    }
}
