//! Which protocol a datagram speaks, and whose it is (RFC 7983).

/// The protocol of a datagram, told from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// First byte 0 to 3, with STUN's magic cookie.
    Stun,
    /// First byte 20 to 63.
    Dtls,
    /// First byte 128 to 191, second byte outside 192 to 223.
    Rtp,
    /// First byte 128 to 191, second byte 192 to 223 (RFC 5761).
    Rtcp,
}

const STUN_HEADER: usize = 20;
const STUN_COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const STUN_USERNAME: u16 = 0x0006;

/// Tells the protocol, or `None` for what can only be dropped.
pub fn classify(datagram: &[u8]) -> Option<Kind> {
    match datagram {
        [0..=3, ..] => (datagram.get(4..8)? == STUN_COOKIE).then_some(Kind::Stun),
        [20..=63, ..] => Some(Kind::Dtls),
        [128..=191, 192..=223, ..] => Some(Kind::Rtcp),
        [128..=191, _, ..] => Some(Kind::Rtp),
        _ => None,
    }
}

/// The username fragment of ours that a STUN request names (`ours:theirs`), without checking its integrity.
pub fn peek_ufrag(datagram: &[u8]) -> Option<&str> {
    if classify(datagram)? != Kind::Stun {
        return None;
    }
    let mut rest = datagram.get(STUN_HEADER..)?;
    loop {
        let kind = u16::from_be_bytes([*rest.first()?, *rest.get(1)?]);
        let len = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]));
        let value = rest.get(4..4 + len)?;
        if kind == STUN_USERNAME {
            return Some(std::str::from_utf8(value).ok()?.split_once(':')?.0);
        }
        rest = rest.get(4 + len.next_multiple_of(4)..)?;
    }
}

/// The SSRC that an RTP packet names, without checking its integrity.
pub fn peek_ssrc(datagram: &[u8]) -> Option<u32> {
    if classify(datagram)? != Kind::Rtp {
        return None;
    }
    Some(u32::from_be_bytes(datagram.get(8..12)?.try_into().ok()?))
}

/// The characters of ICE credentials (RFC 8839 §5.4), in the order of the threads that they name.
pub(crate) const ICE_CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The number of the thread that a fragment of ours belongs to.
pub fn thread_of(ufrag: &str) -> Option<u8> {
    let first = ufrag.bytes().next()?;
    let place = ICE_CHARS.iter().position(|&char| char == first)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_protocol() {
        let stun = [&[0, 1, 0, 0][..], &STUN_COOKIE, &[0; 12]].concat();
        assert_eq!(classify(&stun), Some(Kind::Stun));
        assert_eq!(classify(&[22, 254, 253]), Some(Kind::Dtls));
        assert_eq!(classify(&[0x80, 111]), Some(Kind::Rtp));
        assert_eq!(classify(&[0x90, 0xEF]), Some(Kind::Rtp), "a marked packet");
        assert_eq!(classify(&[0x81, 201]), Some(Kind::Rtcp));
    }

    #[test]
    fn what_speaks_no_protocol_is_nobodys() {
        for datagram in [&[][..], &[0], &[1, 1, 0, 0], &[64, 0], &[127], &[200, 0], &[0x80]] {
            assert_eq!(classify(datagram), None, "{datagram:?}");
            assert_eq!(peek_ufrag(datagram), None);
            assert_eq!(peek_ssrc(datagram), None);
        }
    }

    #[test]
    fn a_check_names_the_fragment_and_so_the_thread() {
        let mut stun = [&[0, 1, 0, 20][..], &STUN_COOKIE, &[7; 12]].concat();
        stun.extend([0x80, 0x22, 0, 3, b'x', b'y', b'z', 0]);
        stun.extend([0, 6, 0, 7]);
        stun.extend(b"Cxyz:qr\0");
        assert_eq!(peek_ufrag(&stun), Some("Cxyz"));
        assert_eq!(thread_of("Cxyz"), Some(2));
        for cut in 20..stun.len() - 1 {
            assert_eq!(peek_ufrag(&stun[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn a_fragment_of_foreign_letters_belongs_to_no_thread() {
        assert_eq!(thread_of(""), None);
        assert_eq!(thread_of("ä"), None);
    }
}
