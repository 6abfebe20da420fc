//! Session keys from master keys (RFC 3711 §4.3, RFC 7714 §11).

use aes::cipher::{BlockEncrypt, KeyInit};
use aes::{Aes128, Aes256, Block};

/// How packets are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// `SRTP_AEAD_AES_256_GCM`.
    Aes256Gcm,
    /// `SRTP_AEAD_AES_128_GCM`.
    Aes128Gcm,
    /// `SRTP_AES128_CM_HMAC_SHA1_80`.
    AesCm,
}

impl Profile {
    /// Length of a key in bytes.
    pub const fn key_len(self) -> usize {
        match self {
            Profile::Aes256Gcm => 32,
            Profile::Aes128Gcm | Profile::AesCm => 16,
        }
    }

    /// Length of a salt in bytes.
    pub const fn salt_len(self) -> usize {
        match self {
            Profile::Aes256Gcm | Profile::Aes128Gcm => 12,
            Profile::AesCm => 14,
        }
    }

    /// Length of the tag that authenticates a packet.
    pub const fn tag_len(self) -> usize {
        match self {
            Profile::Aes256Gcm | Profile::Aes128Gcm => 16,
            Profile::AesCm => 10,
        }
    }

    /// The profile that DTLS negotiated; `None` for one that we do not know.
    pub fn negotiated(profile: dimpl::SrtpProfile) -> Option<Profile> {
        match profile {
            dimpl::SrtpProfile::AEAD_AES_256_GCM => Some(Profile::Aes256Gcm),
            dimpl::SrtpProfile::AEAD_AES_128_GCM => Some(Profile::Aes128Gcm),
            dimpl::SrtpProfile::AES128_CM_SHA1_80 => Some(Profile::AesCm),
            _ => None,
        }
    }
}

/// Which side of DTLS one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The side that sent the `ClientHello`.
    Client,
    /// The side that answered it.
    Server,
}

/// What a session key is for; the labels of RTCP are these plus 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Encryption = 0,
    Authentication = 1,
    Salt = 2,
}

/// The kind of packets that keys are derived for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Media = 0,
    Control = 3,
}

/// Master key and salt of one direction.
#[derive(Clone)]
pub struct Master {
    pub(super) profile: Profile,
    key: [u8; 32],
    salt: [u8; 14],
}

impl Master {
    /// `key` and `salt` have the profile's lengths, else `None`.
    pub fn new(profile: Profile, key: &[u8], salt: &[u8]) -> Option<Master> {
        if key.len() != profile.key_len() || salt.len() != profile.salt_len() {
            return None;
        }
        let mut master = Master { profile, key: [0; 32], salt: [0; 14] };
        master.key[..key.len()].copy_from_slice(key);
        master.salt[..salt.len()].copy_from_slice(salt);
        Some(master)
    }

    /// Fills `out` with the session key of this purpose; the key derivation rate is zero.
    pub(super) fn derive(&self, stream: Stream, purpose: Purpose, out: &mut [u8]) {
        let mut counter = [0; 16];
        counter[..14].copy_from_slice(&self.salt);
        counter[7] ^= stream as u8 + purpose as u8;
        match self.profile {
            Profile::Aes256Gcm => {
                key_stream(&Aes256::new((&self.key).into()), &counter, out);
            }
            Profile::Aes128Gcm | Profile::AesCm => {
                key_stream(&Aes128::new(self.key[..16].into()), &counter, out);
            }
        }
    }
}

/// AES in counter mode over zeros: at most 256 blocks, so that only the counter's last byte moves.
fn key_stream<C: BlockEncrypt<BlockSize = aes::cipher::consts::U16>>(cipher: &C, counter: &[u8; 16], out: &mut [u8]) {
    for (place, part) in out.chunks_mut(16).enumerate() {
        let mut block = Block::from(*counter);
        block[15] = place as u8;
        cipher.encrypt_block(&mut block);
        part.copy_from_slice(&block[..part.len()]);
    }
}

/// Splits what DTLS exported (RFC 5764 §4.2) into our masters: the one to seal with, and the one to open with.
pub fn masters(profile: Profile, exported: &[u8], ours: Role) -> Option<(Master, Master)> {
    let (key, salt) = (profile.key_len(), profile.salt_len());
    let (client_key, rest) = exported.split_at_checked(key)?;
    let (server_key, rest) = rest.split_at_checked(key)?;
    let (client_salt, rest) = rest.split_at_checked(salt)?;
    let (server_salt, _) = rest.split_at_checked(salt)?;
    let client = Master::new(profile, client_key, client_salt)?;
    let server = Master::new(profile, server_key, server_salt)?;
    Some(match ours {
        Role::Client => (client, server),
        Role::Server => (server, client),
    })
}

impl std::fmt::Debug for Master {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Master({:?})", self.profile)
    }
}
