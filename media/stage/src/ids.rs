//! The names that the media engine knows people and sessions by.

use std::fmt;
use std::sync::Arc;

/// A person on stage, as RTP names them in the CSRC list (31 bits, given by the product, unique within a Space).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Csrc(pub u32);

impl fmt::Display for Csrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One speak session that hears the stage through slots; the shell gives each session a number of its own.
///
/// It is not the person: during a hand-over one person has two sessions, and both have slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hearer(pub u64);

/// A person in a Space, as the product names them. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Participant(Arc<str>);

impl Participant {
    /// Wraps the product's id.
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The product's id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Participant {
    fn borrow(&self) -> &str {
        &self.0
    }
}
