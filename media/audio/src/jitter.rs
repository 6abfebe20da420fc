//! The jitter buffer of one speaker.

/// What became of a received packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It waits for its turn.
    Kept,
    /// It came after its turn.
    Late,
    /// It was there already.
    Duplicate,
    /// It has no payload, or one that is no Opus.
    NotOpus,
    /// Its numbers do not follow the ones before; if the next one agrees with it, the stream begins anew there.
    Stray,
    /// The speaker is unknown or may not pass.
    NotPermitted,
}
