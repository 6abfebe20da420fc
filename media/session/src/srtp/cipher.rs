//! Expanded session keys of one direction and stream, and what they do to a packet.

use aes::Aes128;
use aes::cipher::{InnerIvInit, KeyInit, StreamCipherCore};
use ctr::CtrCore;
use ctr::flavors::Ctr128BE;
use hmac::{Hmac, Mac};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha1::Sha1;

use super::derive::{Master, Profile, Purpose, Stream};

/// Expanded keys.
#[allow(clippy::large_enum_variant, reason = "nearly all peers take GCM: a box would only cost them a pointer's way")]
pub(super) enum Cipher {
    Gcm { key: LessSafeKey, salt: [u8; 12] },
    Cm(Box<Cm>),
}

pub(super) struct Cm {
    cipher: Aes128,
    mac: Hmac<Sha1>,
    salt: [u8; 14],
}

/// The integrity check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotAuthentic;

impl Cipher {
    pub(super) fn new(master: &Master, stream: Stream) -> Cipher {
        let mut key = [0; 32];
        let key = &mut key[..master.profile.key_len()];
        master.derive(stream, Purpose::Encryption, key);
        match master.profile {
            Profile::AesCm => {
                let mut salt = [0; 14];
                master.derive(stream, Purpose::Salt, &mut salt);
                let mut mac_key = [0; 20];
                master.derive(stream, Purpose::Authentication, &mut mac_key);
                let mac = Mac::new_from_slice(&mac_key).expect("HMAC takes keys of any length");
                Cipher::Cm(Box::new(Cm { cipher: Aes128::new((&*key).into()), mac, salt }))
            }
            profile => {
                let mut salt = [0; 12];
                master.derive(stream, Purpose::Salt, &mut salt);
                let algorithm = if profile == Profile::Aes256Gcm { &AES_256_GCM } else { &AES_128_GCM };
                let key = UnboundKey::new(algorithm, key).expect("the key has the profile's length");
                Cipher::Gcm { key: LessSafeKey::new(key), salt }
            }
        }
    }
}

/// The nonce of RFC 7714 §8.1 and §9.1: two zero bytes, SSRC, and 48 bits of index, combined with the salt by XOR.
pub(super) fn gcm_nonce(salt: &[u8; 12], ssrc: u32, index: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
    nonce[6..].copy_from_slice(&index.to_be_bytes()[2..]);
    for (byte, salt) in nonce.iter_mut().zip(salt) {
        *byte ^= salt;
    }
    Nonce::assume_unique_for_key(nonce)
}

/// Encrypts in place and answers the tag.
pub(super) fn gcm_seal(key: &LessSafeKey, nonce: Nonce, associated: &[u8], plain: &mut [u8]) -> [u8; 16] {
    let tag = key
        .seal_in_place_separate_tag(nonce, Aad::from(associated), plain)
        .expect("a datagram is shorter than GCM's limit");
    let mut bytes = [0; 16];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

/// Decrypts `sealed` (ending in its tag) in place and answers the length of the plain text.
pub(super) fn gcm_open(
    key: &LessSafeKey,
    nonce: Nonce,
    associated: &[u8],
    sealed: &mut [u8],
) -> Result<usize, NotAuthentic> {
    key.open_in_place(nonce, Aad::from(associated), sealed).map(|plain| plain.len()).map_err(|_| NotAuthentic)
}

impl Cm {
    /// Encrypts or decrypts in place (RFC 3711 §4.1.1).
    pub(super) fn apply(&self, ssrc: u32, index: u64, text: &mut [u8]) {
        let mut iv = [0; 16];
        iv[4..8].copy_from_slice(&ssrc.to_be_bytes());
        iv[8..14].copy_from_slice(&index.to_be_bytes()[2..]);
        for (byte, salt) in iv.iter_mut().zip(&self.salt) {
            *byte ^= salt;
        }
        let core = CtrCore::<&Aes128, Ctr128BE>::inner_iv_init(&self.cipher, (&iv).into());
        core.apply_keystream_partial(text.into());
    }

    /// The first 80 bits of the HMAC over `parts`.
    pub(super) fn tag(&self, parts: [&[u8]; 2]) -> [u8; 10] {
        let mut mac = self.mac.clone();
        for part in parts {
            mac.update(part);
        }
        let full = mac.finalize().into_bytes();
        *full.first_chunk().expect("SHA-1 has 20 bytes")
    }

    /// Compares a tag in constant time.
    pub(super) fn verify(&self, parts: [&[u8]; 2], tag: &[u8]) -> Result<(), NotAuthentic> {
        let mut mac = self.mac.clone();
        for part in parts {
            mac.update(part);
        }
        mac.verify_truncated_left(tag).map_err(|_| NotAuthentic)
    }
}
