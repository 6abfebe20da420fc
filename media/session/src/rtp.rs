//! RTP headers (RFC 3550 §5.1).

/// The fixed part of a header.
pub const HEADER: usize = 12;

/// What is written into a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// Payload type, below 128.
    pub payload_type: u8,
    /// Marker bit.
    pub marker: bool,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp in the payload's clock.
    pub timestamp: u32,
    /// The sender.
    pub ssrc: u32,
    /// Whose sound it is; only the first 15 are written.
    pub csrcs: &'a [u32],
}

impl Header<'_> {
    /// Writes the header and answers its length, or `None` if `out` is too short.
    pub fn write(&self, out: &mut [u8]) -> Option<usize> {
        let csrcs = &self.csrcs[..self.csrcs.len().min(15)];
        let len = HEADER + 4 * csrcs.len();
        let out = out.get_mut(..len)?;
        out[0] = 0x80 | csrcs.len() as u8;
        out[1] = (u8::from(self.marker) << 7) | (self.payload_type & 0x7F);
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        for (slot, csrc) in out[HEADER..].chunks_exact_mut(4).zip(csrcs) {
            slot.copy_from_slice(&csrc.to_be_bytes());
        }
        Some(len)
    }
}

/// A packet that was read; the lengths are within the datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed {
    /// Payload type.
    pub payload_type: u8,
    /// Marker bit.
    pub marker: bool,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp.
    pub timestamp: u32,
    /// The sender.
    pub ssrc: u32,
    /// Length of header, CSRC list and extension.
    pub header_len: usize,
    /// Whether the last byte counts bytes of padding. It is encrypted with the payload: see [`Parsed::unpad`].
    pub padded: bool,
}

impl Parsed {
    /// Reads a header; `None` if it is not RTP version 2 or longer than the datagram.
    pub fn read(datagram: &[u8]) -> Option<Parsed> {
        let fixed: &[u8; HEADER] = datagram.first_chunk()?;
        if fixed[0] >> 6 != 2 {
            return None;
        }
        let mut header_len = HEADER + 4 * usize::from(fixed[0] & 0x0F);
        if fixed[0] & 0x10 != 0 {
            let words: [u8; 2] = datagram.get(header_len + 2..header_len + 4)?.try_into().ok()?;
            header_len += 4 + 4 * usize::from(u16::from_be_bytes(words));
        }
        (header_len <= datagram.len()).then_some(Parsed {
            payload_type: fixed[1] & 0x7F,
            marker: fixed[1] & 0x80 != 0,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            header_len,
            padded: fixed[0] & 0x20 != 0,
        })
    }

    /// The payload without its padding, once it has been decrypted; `None` if the padding is longer than the payload.
    pub fn unpad<'a>(&self, payload: &'a [u8]) -> Option<&'a [u8]> {
        if !self.padded {
            return Some(payload);
        }
        let padding = usize::from(*payload.last()?);
        payload.get(..payload.len().checked_sub(padding)?).filter(|_| padding > 0)
    }
}

/// Reads the CSRC list of a packet.
pub fn csrcs(datagram: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let count = datagram.first().map_or(0, |byte| usize::from(byte & 0x0F));
    let list = datagram.get(HEADER..HEADER + 4 * count).unwrap_or_default();
    list.chunks_exact(4).map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
}

/// Finds a header extension of up to 16 bytes by its number (RFC 8285, one-byte and two-byte form). `header` as in
/// [`Parsed::header_len`].
pub fn extension(header: &[u8], id: u8) -> Option<&[u8]> {
    let first = *header.first()?;
    let at = HEADER + 4 * usize::from(first & 0x0F);
    let profile = u16::from_be_bytes(*header.get(at..)?.first_chunk()?);
    let two_bytes = profile & 0xFFF0 == 0x1000;
    if first & 0x10 == 0 || !(two_bytes || profile == 0xBEDE) {
        return None;
    }
    let mut rest = header.get(at + 4..)?;
    loop {
        let (number, len, head) = match *rest.first()? {
            0 => (0, 0, 1),
            byte if two_bytes => (byte, usize::from(*rest.get(1)?), 2),
            byte => (byte >> 4, usize::from(byte & 0x0F) + 1, 1),
        };
        let value = rest.get(head..head + len)?;
        if number == id && id != 0 {
            return Some(value);
        }
        rest = &rest[head + len..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER_OF_A_TALKER: Header<'static> =
        Header { payload_type: 111, marker: true, sequence: 65_535, timestamp: 0xDEAD_BEEF, ssrc: 42, csrcs: &[7, 8] };

    #[test]
    fn a_header_is_read_as_it_is_written() {
        let mut out = [0; 64];
        let len = HEADER_OF_A_TALKER.write(&mut out).unwrap();
        let parsed = Parsed::read(&out[..len + 3]).unwrap();
        assert_eq!(len, 20);
        assert_eq!((parsed.payload_type, parsed.marker, parsed.header_len), (111, true, 20));
        assert_eq!((parsed.sequence, parsed.timestamp, parsed.ssrc), (65_535, 0xDEAD_BEEF, 42));
        assert_eq!(csrcs(&out).collect::<Vec<_>>(), [7, 8]);
    }

    #[test]
    fn a_header_that_does_not_fit_is_not_written() {
        assert_eq!(HEADER_OF_A_TALKER.write(&mut [0; 19]), None);
    }

    #[test]
    fn only_fifteen_people_can_be_named() {
        let many = [1; 20];
        let mut out = [0; 128];
        let len = Header { csrcs: &many, ..HEADER_OF_A_TALKER }.write(&mut out);
        assert_eq!(len, Some(12 + 60));
    }

    #[test]
    fn a_header_longer_than_its_datagram_is_refused() {
        let mut packet = [0u8; 16];
        packet[0] = 0x90;
        packet[15] = 1;
        assert_eq!(Parsed::read(&packet), None, "one word of extension is missing");
        packet[15] = 0;
        assert_eq!(Parsed::read(&packet).map(|parsed| parsed.header_len), Some(16));
        packet[0] = 0x8F;
        assert_eq!(Parsed::read(&packet), None, "15 sources");
        packet[0] = 0x40;
        assert_eq!(Parsed::read(&packet), None, "version 1");
    }

    #[test]
    fn padding_is_taken_off_and_never_more_than_there_is() {
        let padded = Parsed::read(&[0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
        assert_eq!(padded.unpad(&[9, 9, 0, 2]), Some(&[9, 9][..]));
        assert_eq!(padded.unpad(&[2]), None);
        assert_eq!(padded.unpad(&[9, 0]), None);
        assert_eq!(padded.unpad(&[]), None);
    }

    #[test]
    fn an_extension_is_found_in_either_form() {
        let fixed = [0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let one = [&fixed[..], &[0xBE, 0xDE, 0, 2, 0x31, 7, 8, 0, 0x10, 0x9F, 0, 0]].concat();
        assert_eq!(extension(&one, 1), Some(&[0x9F][..]));
        assert_eq!(extension(&one, 3), Some(&[7, 8][..]));
        assert_eq!(extension(&one, 4), None);
        let two = [&fixed[..], &[0x10, 0, 0, 1, 1, 1, 0x9F, 0]].concat();
        assert_eq!(extension(&two, 1), Some(&[0x9F][..]));
        for cut in 0..one.len() - 3 {
            assert_eq!(extension(&one[..cut], 1), None, "cut at {cut}");
        }
        assert_eq!(extension(&fixed, 1), None);
    }
}
