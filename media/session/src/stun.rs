//! STUN as ICE uses it (RFC 8489, RFC 8445 §7): binding requests and their answers, with message integrity.
//!
//! Our own, because ffmpeg 8.0's checks have no PRIORITY, which `is::stun` insists on; a lite agent has no use for it.
//! The client for tests speaks by `is::stun`, so that each is held to the other.

use std::net::{IpAddr, SocketAddr};

use hmac::{Hmac, Mac};
use sha1::Sha1;

const HEADER: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;

const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const PRIORITY: u16 = 0x0024;
const USE_CANDIDATE: u16 = 0x0025;
const FINGERPRINT: u16 = 0x8028;
const ICE_CONTROLLED: u16 = 0x8029;

/// Names a request and its answer.
pub(crate) type Transaction = [u8; 12];

/// What we make of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Success,
}

/// A message, borrowed from its datagram. Nothing in it counts before [`Message::verify`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) kind: Kind,
    pub(crate) transaction: Transaction,
    /// The receiver's and the sender's fragment.
    pub(crate) username: Option<(&'a str, &'a str)>,
    pub(crate) use_candidate: bool,
    /// Everything before the integrity attribute.
    signed: &'a [u8],
    integrity: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads a binding request or success that carries message integrity; what follows the integrity is ignored.
    pub(crate) fn read(datagram: &'a [u8]) -> Option<Message<'a>> {
        let (header, mut rest) = datagram.split_at_checked(HEADER)?;
        let kind = match u16::from_be_bytes([header[0], header[1]]) {
            BINDING_REQUEST => Kind::Request,
            BINDING_SUCCESS => Kind::Success,
            _ => return None,
        };
        let len = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if header[4..8] != COOKIE || len != rest.len() {
            return None;
        }
        let (mut username, mut use_candidate) = (None, false);
        loop {
            let (head, after) = rest.split_at_checked(4)?;
            let len = usize::from(u16::from_be_bytes([head[2], head[3]]));
            let value = after.get(..len)?;
            match u16::from_be_bytes([head[0], head[1]]) {
                USERNAME => username = std::str::from_utf8(value).ok()?.split_once(':'),
                USE_CANDIDATE => use_candidate = true,
                MESSAGE_INTEGRITY if len == 20 => {
                    return Some(Message {
                        kind,
                        transaction: *header[8..].first_chunk()?,
                        username,
                        use_candidate,
                        signed: &datagram[..datagram.len() - rest.len()],
                        integrity: value,
                    });
                }
                _ => {}
            }
            rest = after.get(len.next_multiple_of(4)..)?;
        }
    }

    /// Whether the sender knows the password. Takes the same time wherever the difference is.
    pub(crate) fn verify(&self, password: &str) -> bool {
        mac(password, self.signed).verify_slice(self.integrity).is_ok()
    }
}

/// The HMAC of a message up to its integrity attribute, whose length field counts that attribute in.
fn mac(password: &str, signed: &[u8]) -> Hmac<Sha1> {
    let mut mac = Hmac::<Sha1>::new_from_slice(password.as_bytes()).expect("HMAC takes keys of any length");
    let len = (signed.len() - HEADER + 24) as u16;
    mac.update(&signed[..2]);
    mac.update(&len.to_be_bytes());
    mac.update(&signed[4..]);
    mac
}

/// Writes the answer to a request that came from `mapped`; its length, or `None` if it does not fit.
pub(crate) fn write_success(
    out: &mut [u8],
    transaction: Transaction,
    mapped: SocketAddr,
    password: &str,
) -> Option<usize> {
    let mut writer = Writer::new(out, BINDING_SUCCESS, transaction)?;
    let port = (mapped.port() ^ 0x2112).to_be_bytes();
    let mut key = [0; 16];
    key[..4].copy_from_slice(&COOKIE);
    key[4..].copy_from_slice(&transaction);
    let mut value = [0; 20];
    value[2..4].copy_from_slice(&port);
    // A dual-stack socket shows IPv4 peers as mapped addresses; the peer compares with what it knows.
    let len = match mapped.ip().to_canonical() {
        IpAddr::V4(ip) => {
            value[1] = 1;
            value[4..8].copy_from_slice(&ip.octets());
            8
        }
        IpAddr::V6(ip) => {
            value[1] = 2;
            value[4..].copy_from_slice(&ip.octets());
            20
        }
    };
    for (byte, key) in value[4..len].iter_mut().zip(key) {
        *byte ^= key;
    }
    writer.attribute(XOR_MAPPED_ADDRESS, &value[..len])?;
    writer.finish(password)
}

/// Writes a request of a controlled agent; its length, or `None` if it does not fit.
pub(crate) fn write_request(
    out: &mut [u8],
    transaction: Transaction,
    username: &str,
    priority: u32,
    password: &str,
) -> Option<usize> {
    let mut writer = Writer::new(out, BINDING_REQUEST, transaction)?;
    writer.attribute(USERNAME, username.as_bytes())?;
    writer.attribute(ICE_CONTROLLED, &[0; 8])?;
    writer.attribute(PRIORITY, &priority.to_be_bytes())?;
    writer.finish(password)
}

struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    fn new(out: &'a mut [u8], kind: u16, transaction: Transaction) -> Option<Writer<'a>> {
        let header = out.get_mut(..HEADER)?;
        header[..2].copy_from_slice(&kind.to_be_bytes());
        header[4..8].copy_from_slice(&COOKIE);
        header[8..].copy_from_slice(&transaction);
        Some(Writer { out, len: HEADER })
    }

    fn attribute(&mut self, kind: u16, value: &[u8]) -> Option<()> {
        let padded = value.len().next_multiple_of(4);
        let room = self.out.get_mut(self.len..self.len + 4 + padded)?;
        room[..2].copy_from_slice(&kind.to_be_bytes());
        room[2..4].copy_from_slice(&(value.len() as u16).to_be_bytes());
        room[4..4 + value.len()].copy_from_slice(value);
        room[4 + value.len()..].fill(0);
        self.len += 4 + padded;
        let len = (self.len - HEADER) as u16;
        self.out[2..4].copy_from_slice(&len.to_be_bytes());
        Some(())
    }

    fn finish(mut self, password: &str) -> Option<usize> {
        let integrity = mac(password, &self.out[..self.len]).finalize().into_bytes();
        self.attribute(MESSAGE_INTEGRITY, &integrity)?;
        // The fingerprint is over the message with a length that counts the fingerprint in.
        self.out[2..4].copy_from_slice(&((self.len - HEADER + 8) as u16).to_be_bytes());
        let fingerprint = crc_32(&self.out[..self.len]) ^ 0x5354_554E;
        self.attribute(FINGERPRINT, &fingerprint.to_be_bytes())?;
        Some(self.len)
    }
}

/// CRC-32 as in ITU V.42.
fn crc_32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = crc & 1;
            crc = (crc >> 1) ^ (0xEDB8_8320 & carry.wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use is::stun::{StunMessage, TransId};

    use super::*;
    use crate::ice::hmac_sha1;

    /// A check as ffmpeg 8.0 writes it: no PRIORITY, no ICE-CONTROLLING.
    fn ffmpeg_check() -> Vec<u8> {
        let mut out = [0; 200];
        let mut writer = Writer::new(&mut out, BINDING_REQUEST, [7; 12]).unwrap();
        writer.attribute(USERNAME, b"ours:theirs").unwrap();
        writer.attribute(USE_CANDIDATE, &[]).unwrap();
        let len = writer.finish("password").unwrap();
        out[..len].to_vec()
    }

    #[test]
    fn a_check_without_priority_is_understood() {
        let datagram = ffmpeg_check();
        let message = Message::read(&datagram).unwrap();
        assert_eq!((message.kind, message.username), (Kind::Request, Some(("ours", "theirs"))));
        assert!(message.use_candidate && message.verify("password") && !message.verify("passwort"));
    }

    #[test]
    fn what_is_cut_or_changed_is_not_authentic() {
        let good = ffmpeg_check();
        for place in 0..good.len() {
            assert!(Message::read(&good[..place]).is_none(), "cut at {place}");
            let mut bad = good.clone();
            bad[place] ^= 4;
            let authentic = Message::read(&bad).is_some_and(|message| message.verify("password"));
            assert_eq!(authentic, place >= good.len() - 8, "byte {place}: only the fingerprint may differ");
        }
    }

    #[test]
    fn our_messages_are_understood_by_another_implementation() {
        let addresses = ["192.0.2.9:4321", "[2001:db8::5]:99", "[::ffff:192.0.2.9]:4321"];
        for address in addresses.map(|text| text.parse::<SocketAddr>().unwrap()) {
            let mut out = [0; 200];
            let len = write_success(&mut out, [9; 12], address, "password").unwrap();
            let message = StunMessage::parse(&out[..len]).unwrap();
            assert!(message.is_successful_binding_response());
            assert!(message.verify(b"password", hmac_sha1));
            let canonical = SocketAddr::new(address.ip().to_canonical(), address.port());
            assert_eq!(message.mapped_address(), Some(canonical));
        }
        let mut out = [0; 200];
        let len = write_request(&mut out, [9; 12], "theirs:ours", 5, "password").unwrap();
        let message = StunMessage::parse(&out[..len]).unwrap();
        assert_eq!((message.split_username(), message.prio()), (Some(("theirs", "ours")), Some(5)));
        assert!(message.is_binding_request() && message.verify(b"password", hmac_sha1));
    }

    #[test]
    fn our_bytes_are_those_of_another_implementation() {
        let mut theirs = [0; 200];
        let request = StunMessage::binding_request("a:b", TransId::new(), false, 0, 5, false);
        let len = request.to_bytes(Some(b"password"), &mut theirs, hmac_sha1).unwrap();
        let transaction = Message::read(&theirs[..len]).unwrap().transaction;
        let mut ours = [0; 200];
        assert_eq!(write_request(&mut ours, transaction, "a:b", 5, "password"), Some(len));
        assert_eq!(ours, theirs, "with the same integrity and fingerprint");
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let address = "192.0.2.9:4321".parse().unwrap();
        for room in 0..64 {
            assert_eq!(write_success(&mut vec![0; room], [9; 12], address, "password"), None);
        }
    }
}
