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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rtp::Header;
    use crate::srtp::{ControlOpener, ControlSealer, Opener, Sealer};

    /// Our client and `str0m` agree upon the first profile only: here each has its turn.
    #[test]
    fn each_profile_gives_both_sides_keys_that_open_what_the_other_sealed() {
        use dimpl::SrtpProfile as Offered;
        let identity = Identity::new().expect("a certificate");
        let exported: Vec<u8> = (0..88).collect();
        let all = [(Offered::AEAD_AES_256_GCM, 32 + 12, 16), (Offered::AEAD_AES_128_GCM, 16 + 12, 16)];
        for (profile, secret, tag) in all.into_iter().chain([(Offered::AES128_CM_SHA1_80, 16 + 14, 10)]) {
            let keys = |role, verified| {
                let dtls = Dtls { verified, ..Dtls::new(&identity, role, &[], Instant::now()) };
                dtls.keys(&exported[..2 * secret], profile)
            };
            assert!(keys(Role::Server, false).is_none(), "no keys for a certificate that was not shown");
            let (Some(Step::Keys(theirs, _)), Some(Step::Keys(_, open))) =
                (keys(Role::Client, true), keys(Role::Server, true))
            else {
                panic!("no keys for {profile:?}");
            };
            let mut packet = [7; 200];
            let header =
                Header { payload_type: 111, marker: false, sequence: 5, timestamp: 9, ssrc: 3, csrcs: &[1, 2] };
            let head = header.write(&mut packet).expect("there is room");
            let clear = packet;
            let len = Sealer::new(&theirs).seal(&mut packet, head, 100, 3, 5).expect("there is room");
            assert_eq!(len, 100 + tag, "{profile:?}");
            assert!(packet[head..100] != clear[head..100], "{profile:?} hides");
            let mut forged = packet;
            forged[50] ^= 1;
            assert!(Opener::new(&open).open(&mut forged[..len]).is_err(), "{profile:?} proves");
            let opened = Opener::new(&open).open(&mut packet[..len]).expect("it is theirs");
            assert_eq!((opened.index, &packet[..opened.end]), (5, &clear[..100]), "{profile:?}");
            let mut compound = [0x80, 201, 0, 1, 0, 0, 0, 3].to_vec();
            compound.resize(100, 4);
            let sealed = ControlSealer::new(theirs).seal(&mut compound, 40).expect("there is room");
            assert_eq!(ControlOpener::new(open).open(&mut compound[..sealed]), Ok(40), "{profile:?}");
        }
    }
}
