//! Sealing and opening RTP packets.

use super::cipher::{Cipher, gcm_nonce, gcm_open, gcm_seal};
use super::derive::{Master, Stream};
use super::replay::Window;
use crate::Dropped;
use crate::rtp::Parsed;

/// Seals the packets of one direction.
pub struct Sealer(Cipher);

impl Sealer {
    /// Expands the keys.
    pub fn new(master: &Master) -> Sealer {
        Sealer(Cipher::new(master, Stream::Media))
    }

    /// Seals `packet[..len]` in place and answers its new length, or `None` if the tag does not fit.
    ///
    /// `index` is the roll-over counter and the sequence number as one (48 bits). The caller never seals two different
    /// packets of one SSRC with one index.
    pub fn seal(&self, packet: &mut [u8], header_len: usize, len: usize, ssrc: u32, index: u64) -> Option<usize> {
        match &self.0 {
            Cipher::Gcm { key, salt } => {
                let packet = packet.get_mut(..len + 16)?;
                let (header, rest) = packet.split_at_mut_checked(header_len)?;
                let (payload, tag) = rest.split_at_mut_checked(len.checked_sub(header_len)?)?;
                tag.copy_from_slice(&gcm_seal(key, gcm_nonce(salt, ssrc, index), header, payload));
                Some(len + 16)
            }
            Cipher::Cm(cm) => {
                let packet = packet.get_mut(..len + 10)?;
                cm.apply(ssrc, index, packet.get_mut(header_len..len)?);
                let roll_over = ((index >> 16) as u32).to_be_bytes();
                let tag = cm.tag([&packet[..len], &roll_over]);
                packet[len..].copy_from_slice(&tag);
                Some(len + 10)
            }
        }
    }
}

/// Opens the packets of one SSRC.
pub struct Opener {
    cipher: Cipher,
    window: Window,
}

/// A packet that was opened in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Its header.
    pub header: Parsed,
    /// Roll-over counter and sequence number.
    pub index: u64,
    /// Where its payload ends in the datagram; it begins after the header.
    pub end: usize,
}

impl Opener {
    /// Expands the keys.
    pub fn new(master: &Master) -> Opener {
        Opener { cipher: Cipher::new(master, Stream::Media), window: Window::default() }
    }

    /// Opens a packet in place. Padding is left to [`Parsed::unpad`].
    pub fn open(&mut self, packet: &mut [u8]) -> Result<Opened, Dropped> {
        let header = Parsed::read(packet).ok_or(Dropped::Malformed)?;
        let index = estimate(self.window.highest(), header.sequence);
        if !self.window.is_new(index) {
            return Err(Dropped::Replayed);
        }
        let end = self.decrypt(packet, &header, index)?;
        self.window.accept(index);
        Ok(Opened { header, index, end })
    }

    fn decrypt(&self, packet: &mut [u8], header: &Parsed, index: u64) -> Result<usize, Dropped> {
        match &self.cipher {
            Cipher::Gcm { key, salt } => {
                let (head, sealed) = packet.split_at_mut(header.header_len);
                let nonce = gcm_nonce(salt, header.ssrc, index);
                let len = gcm_open(key, nonce, head, sealed).map_err(|_| Dropped::NotAuthentic)?;
                Ok(header.header_len + len)
            }
            Cipher::Cm(cm) => {
                let end = packet.len().checked_sub(10).filter(|end| *end >= header.header_len);
                let end = end.ok_or(Dropped::Malformed)?;
                let (text, tag) = packet.split_at_mut(end);
                let roll_over = ((index >> 16) as u32).to_be_bytes();
                cm.verify([text, &roll_over], tag).map_err(|_| Dropped::NotAuthentic)?;
                cm.apply(header.ssrc, index, &mut text[header.header_len..]);
                Ok(end)
            }
        }
    }
}

/// The index nearest to the highest seen that ends in `sequence` (RFC 3711 §3.3.1).
pub(crate) fn estimate(highest: Option<u64>, sequence: u16) -> u64 {
    let Some(highest) = highest else { return u64::from(sequence) };
    let distance = sequence.wrapping_sub(highest as u16) as i16;
    // Before the first roll-over there is nothing below zero: then it is the one above.
    highest.checked_add_signed(i64::from(distance)).unwrap_or(u64::from(sequence))
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opener({:?})", self.window.highest())
    }
}
