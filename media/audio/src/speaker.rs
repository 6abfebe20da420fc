//! One speaker: from packets to an even flow of samples.

/// What a speaker's packets went through since they were opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpeakerStats {
    /// Packets that were played.
    pub played: u64,
    /// Packets that came too late.
    pub late: u64,
    /// Packets dropped for other reasons: duplicates, no Opus, strays.
    pub dropped: u64,
    /// Samples (48 kHz) of speech that were guessed, because they were lost or late.
    pub concealed: u64,
    /// Samples taken from the in-band FEC of a later packet.
    pub recovered: u64,
    /// Samples taken out to shorten the delay.
    pub shortened: u64,
    /// Samples put in to lengthen it.
    pub lengthened: u64,
    /// What the jitter buffer aims at, in samples.
    pub target: u32,
    /// How long the buffer held the last packet beyond the quickest ones, in samples.
    pub delay: u32,
}
