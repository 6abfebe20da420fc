//! Sealing and opening RTCP compounds.

use super::MAX_CONTROL_TRAILER;
use super::cipher::{Cipher, gcm_nonce, gcm_open, gcm_seal};
use super::derive::{Master, Stream};
use super::replay::Window;
use crate::Dropped;

/// Header and SSRC of the first packet of a compound: authenticated, not encrypted.
const CLEAR: usize = 8;
const INDEX: usize = 4;
const ENCRYPTED: u32 = 1 << 31;

/// Seals the compounds of one direction.
#[derive(Debug)]
pub struct ControlSealer {
    master: Master,
    next: u32,
}

impl ControlSealer {
    /// The first compound has index 1.
    pub fn new(master: Master) -> ControlSealer {
        ControlSealer { master, next: 1 }
    }

    /// Seals `compound[..len]` in place and answers its new length. `None` if it does not fit or indices have run out.
    pub fn seal(&mut self, compound: &mut [u8], len: usize) -> Option<usize> {
        let index = self.next;
        if len < CLEAR || index >= ENCRYPTED || compound.len() < len + MAX_CONTROL_TRAILER {
            return None;
        }
        self.next += 1;
        let ssrc = u32::from_be_bytes(*compound[4..].first_chunk()?);
        let word = (ENCRYPTED | index).to_be_bytes();
        match Cipher::new(&self.master, Stream::Control) {
            Cipher::Gcm { key, salt } => {
                let nonce = gcm_nonce(&salt, ssrc, u64::from(index));
                let associated = associated(compound, word);
                let tag = gcm_seal(&key, nonce, &associated, &mut compound[CLEAR..len]);
                compound[len..len + 16].copy_from_slice(&tag);
                compound[len + 16..len + 20].copy_from_slice(&word);
                Some(len + 20)
            }
            Cipher::Cm(cm) => {
                cm.apply(ssrc, u64::from(index), &mut compound[CLEAR..len]);
                compound[len..len + INDEX].copy_from_slice(&word);
                let tag = cm.tag([&compound[..len + INDEX], &[]]);
                compound[len + INDEX..len + INDEX + 10].copy_from_slice(&tag);
                Some(len + INDEX + 10)
            }
        }
    }
}

/// Opens the compounds of one direction.
#[derive(Debug)]
pub struct ControlOpener {
    master: Master,
    /// Each sender counts by itself (RFC 3711 §3.2.3): Firefox sends from one SSRC per section.
    windows: Vec<(u32, Window)>,
}

/// More senders than one peer has sections for.
const MAX_SENDERS: usize = 16;

impl ControlOpener {
    /// Nothing seen yet.
    pub fn new(master: Master) -> ControlOpener {
        ControlOpener { master, windows: Vec::new() }
    }

    /// Opens a compound in place and answers its plain length.
    pub fn open(&mut self, packet: &mut [u8]) -> Result<usize, Dropped> {
        let trailer = INDEX + self.master.profile.tag_len();
        let len = packet.len().checked_sub(trailer).filter(|len| *len >= CLEAR);
        let len = len.ok_or(Dropped::Malformed)?;
        let ssrc = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        let index = match Cipher::new(&self.master, Stream::Control) {
            Cipher::Gcm { key, salt } => {
                let (sealed, word) = packet.split_at_mut(len + 16);
                let index = self.fresh(ssrc, word)?;
                let nonce = gcm_nonce(&salt, ssrc, index);
                let associated = associated(sealed, [word[0], word[1], word[2], word[3]]);
                gcm_open(&key, nonce, &associated, &mut sealed[CLEAR..]).map_err(|_| Dropped::NotAuthentic)?;
                index
            }
            Cipher::Cm(cm) => {
                let (text, tag) = packet.split_at_mut(len + INDEX);
                let index = self.fresh(ssrc, &text[len..])?;
                cm.verify([text, &[]], tag).map_err(|_| Dropped::NotAuthentic)?;
                cm.apply(ssrc, index, &mut text[CLEAR..len]);
                index
            }
        };
        self.accept(ssrc, index);
        Ok(len)
    }

    /// The index of a compound, if it is encrypted and not seen yet. All peers of WebRTC encrypt (RFC 8827 §6.5).
    fn fresh(&self, ssrc: u32, word: &[u8]) -> Result<u64, Dropped> {
        let word = u32::from_be_bytes(*word.first_chunk().ok_or(Dropped::Malformed)?);
        if word & ENCRYPTED == 0 {
            return Err(Dropped::NotAuthentic);
        }
        let index = u64::from(word & !ENCRYPTED);
        match self.windows.iter().find(|(sender, _)| *sender == ssrc) {
            Some((_, window)) if !window.is_new(index) => Err(Dropped::Replayed),
            None if self.windows.len() == MAX_SENDERS => Err(Dropped::OutOfPlace),
            _ => Ok(index),
        }
    }

    fn accept(&mut self, ssrc: u32, index: u64) {
        if let Some((_, window)) = self.windows.iter_mut().find(|(sender, _)| *sender == ssrc) {
            window.accept(index);
        } else {
            let mut window = Window::default();
            window.accept(index);
            self.windows.push((ssrc, window));
        }
    }
}

/// What GCM authenticates besides the text: the clear header, then the index (RFC 7714 §9.2).
fn associated(compound: &[u8], word: [u8; 4]) -> [u8; CLEAR + INDEX] {
    let mut bytes = [0; CLEAR + INDEX];
    bytes[..CLEAR].copy_from_slice(&compound[..CLEAR]);
    bytes[CLEAR..].copy_from_slice(&word);
    bytes
}
