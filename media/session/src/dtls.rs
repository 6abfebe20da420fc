//! DTLS (by `dimpl`): the handshake, the check of the peer's certificate, and the SRTP keys.

use std::time::Instant;

use crate::srtp::{Master, Profile, Role, masters};
use crate::{Fingerprint, Identity};

/// One peer's handshake. Boxed by its owner, who drops it when it is no longer needed: it is the largest part of a session.
pub struct Dtls {
    inner: dimpl::Dtls,
    role: Role,
    expected: Box<[Fingerprint]>,
    verified: bool,
}

/// What comes out of a handshake.
#[derive(Debug)]
pub enum Step {
    /// Send the first so many bytes of the buffer.
    Packet(usize),
    /// Keys are agreed upon, with the peer whose certificate was announced: the master to seal with, the one to open with.
    Keys(Master, Master),
    /// The peer said goodbye.
    Left,
    /// It cannot go on, or the peer is not who it should be.
    Failed,
    /// Nothing more until then.
    Timeout(Instant),
}

impl Dtls {
    /// A handshake with a peer that will show one of the `expected` certificates.
    pub fn new(identity: &Identity, role: Role, expected: &[Fingerprint], now: Instant) -> Dtls {
        let certificate = (*identity.certificate).clone();
        let mut inner = dimpl::Dtls::new_12(identity.config.clone(), certificate, now);
        inner.set_active(role == Role::Client);
        Dtls { inner, role, expected: expected.into(), verified: false }
    }

    /// Takes in a datagram. Poll until [`Step::Timeout`] afterwards.
    pub fn receive(&mut self, now: Instant, datagram: &[u8]) -> Result<(), Failed> {
        self.inner.handle_timeout(now).map_err(|_| Failed)?;
        self.inner.handle_packet(datagram).map_err(|_| Failed)
    }

    /// Moves the clock. Poll until [`Step::Timeout`] afterwards.
    pub fn tick(&mut self, now: Instant) -> Result<(), Failed> {
        self.inner.handle_timeout(now).map_err(|_| Failed)
    }

    /// The next step; `out` must hold [`crate::MAX_DATAGRAM`] bytes.
    pub fn poll(&mut self, out: &mut [u8]) -> Step {
        loop {
            match self.inner.poll_output(out) {
                dimpl::Output::Packet(packet) => return Step::Packet(packet.len()),
                dimpl::Output::PeerCert(certificate) => {
                    let shown = Fingerprint::of(certificate);
                    if !self.expected.contains(&shown) {
                        return Step::Failed;
                    }
                    self.verified = true;
                }
                dimpl::Output::KeyingMaterial(exported, profile) => {
                    return self.keys(&exported, profile).unwrap_or(Step::Failed);
                }
                dimpl::Output::CloseNotify => return Step::Left,
                dimpl::Output::BufferTooSmall { .. } => return Step::Failed,
                dimpl::Output::Timeout(at) => return Step::Timeout(at),
                _ => {}
            }
        }
    }

    fn keys(&self, exported: &[u8], profile: dimpl::SrtpProfile) -> Option<Step> {
        let profile = Profile::negotiated(profile).filter(|_| self.verified)?;
        let (seal, open) = masters(profile, exported, self.role)?;
        Some(Step::Keys(seal, open))
    }
}

/// The handshake cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

impl std::fmt::Debug for Dtls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dtls({:?}, verified: {})", self.role, self.verified)
    }
}
