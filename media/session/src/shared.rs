//! What all sessions of a process share, and the random values that each is given.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::demux::ICE_CHARS;

/// The process's DTLS certificate and configuration. Making one costs about a millisecond; sessions only clone pointers.
#[derive(Clone)]
pub struct Identity {
    pub(crate) certificate: Arc<dimpl::DtlsCertificate>,
    pub(crate) config: Arc<dimpl::Config>,
    fingerprint: Fingerprint,
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
    /// The sequence number of the first packet. Below 2^15, so that a receiver cannot miss the first roll-over (RFC 3711 §3.3.1).
    pub first_sequence: u16,
}

/// The SHA-256 of a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Identity {
    /// Makes a certificate and the one DTLS configuration of the process.
    pub fn new() -> Result<Identity, IdentityError> {
        let certificate =
            dimpl::certificate::generate_self_signed_certificate().map_err(|error| IdentityError(error.to_string()))?;
        // ICE has shown that the peer can be reached before it may speak DTLS: a cookie would only cost a round trip.
        let config = dimpl::Config::builder()
            .use_server_cookie(false)
            .build()
            .map_err(|error| IdentityError(error.to_string()))?;
        Ok(Identity {
            fingerprint: Fingerprint::of(&certificate.certificate),
            certificate: Arc::new(certificate),
            config: Arc::new(config),
        })
    }

    /// The certificate's fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}

impl Fingerprint {
    /// The fingerprint of a certificate in DER.
    pub fn of(certificate: &[u8]) -> Fingerprint {
        Fingerprint(Sha256::digest(certificate).into())
    }

    /// Reads `AB:CD:…`, 32 bytes.
    pub fn parse(text: &str) -> Option<Fingerprint> {
        let mut bytes = [0; 32];
        let mut parts = text.split(':');
        for byte in &mut bytes {
            let part = parts.next().filter(|part| part.len() == 2)?;
            *byte = u8::from_str_radix(part, 16).ok()?;
        }
        parts.next().is_none().then_some(Fingerprint(bytes))
    }
}

impl Secrets {
    /// Draws them from the system's random source. `thread` is below 64.
    pub fn draw(thread: u8) -> Secrets {
        let mut ufrag = ice_chars::<8>();
        ufrag.replace_range(..1, &char::from(ICE_CHARS[usize::from(thread % 64)]).to_string());
        let (ssrc, sequence) = (random::<4>(), random::<2>());
        Secrets {
            ufrag,
            password: ice_chars::<24>(),
            // The lowest bits count slots; zero is left out because some peers take it for "unknown".
            ssrc: (u32::from_be_bytes(ssrc) & 0xFFFF_FFF0) | 0x10,
            first_sequence: u16::from_be_bytes(sequence) & 0x7FFF,
        }
    }
}

fn ice_chars<const N: usize>() -> String {
    random::<N>().iter().map(|byte| char::from(ICE_CHARS[usize::from(byte % 64)])).collect()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system has a random source");
    bytes
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demux::thread_of;

    #[test]
    fn a_fingerprint_is_read_as_it_is_written() {
        let fingerprint = Fingerprint::of(b"a certificate");
        assert_eq!(Fingerprint::parse(&fingerprint.to_string()), Some(fingerprint));
        assert_eq!(Fingerprint::parse(&fingerprint.to_string().to_lowercase()), Some(fingerprint));
        assert_eq!(Fingerprint::parse(&fingerprint.to_string()[3..]), None, "31 bytes");
        assert_eq!(Fingerprint::parse("zz:00"), None);
    }

    #[test]
    fn drawn_secrets_name_their_thread_and_differ() {
        for thread in 0..64 {
            assert_eq!(thread_of(&Secrets::draw(thread).ufrag), Some(thread));
        }
        assert_ne!(Secrets::draw(0).password, Secrets::draw(0).password);
        assert!(Secrets::draw(0).first_sequence < 0x8000);
    }
}
