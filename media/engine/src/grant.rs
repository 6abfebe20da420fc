//! The signed grants that open a feed: `base64url(json) "." base64url(HMAC-SHA-256)`, unpadded.
//! The signature covers the JSON's bytes.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// No honest grant is longer; longer ones are not even hashed.
const LONGEST: usize = 4096;

/// What a grant allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The version of the format: 1.
    pub v: u8,
    /// `space:{id}` or `me:{person}`.
    pub topic: String,
    /// For whom.
    pub participant: String,
    /// `feed`, `whip` or `whep`.
    pub door: String,
    /// What the feed may carry.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// The Space's access epoch when it was given.
    #[serde(default)]
    pub epoch: u64,
    /// Unix seconds after which it opens nothing.
    pub expires: u64,
}

/// Why a grant opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Not of our making, or for another door.
    Bad,
    /// It was good once.
    Expired,
}

/// Signs and verifies grants with one key.
#[derive(Clone)]
pub struct GrantKey(Hmac<Sha256>);

impl std::fmt::Debug for GrantKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GrantKey")
    }
}

impl GrantKey {
    /// Any length of key will do; 32 random bytes are meant.
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// A grant as text, as the API gives it out.
    pub fn sign(&self, grant: &Grant) -> String {
        let json = serde_json::to_vec(grant).expect("a grant holds only strings and numbers");
        let signature = URL_SAFE_NO_PAD.encode(self.mac(&json).finalize().into_bytes());
        format!("{}.{signature}", URL_SAFE_NO_PAD.encode(json))
    }

    /// The grant in `text`, if it is ours, for `door`, and not expired at `unix_seconds`.
    pub fn verify(&self, text: &str, door: &str, unix_seconds: u64) -> Result<Grant, Refused> {
        if text.len() > LONGEST {
            return Err(Refused::Bad);
        }
        let (body, signature) = text.split_once('.').ok_or(Refused::Bad)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refused::Bad)?;
        let json = URL_SAFE_NO_PAD.decode(body).map_err(|_| Refused::Bad)?;
        self.mac(&json).verify_slice(&signature).map_err(|_| Refused::Bad)?;
        let grant: Grant = serde_json::from_slice(&json).map_err(|_| Refused::Bad)?;
        if grant.v != 1 || grant.door != door {
            return Err(Refused::Bad);
        }
        if grant.expires <= unix_seconds {
            return Err(Refused::Expired);
        }
        Ok(grant)
    }

    fn mac(&self, json: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(json);
        mac
    }
}

#[cfg(test)]
#[path = "grant_tests.rs"]
mod tests;
