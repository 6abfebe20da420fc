//! What can go wrong, and whose fault it is.

/// libopus refused something that should always work: memory ran out, or a bug.
#[derive(Debug, thiserror::Error)]
#[error("opus: {0}")]
pub struct CodecError(#[from] opus::Error);

/// A file cannot be a voice. The text is for whoever chose the file.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// The file could not be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is not an Ogg file, or a damaged one.
    #[error("this is not an intact Ogg file: {0}")]
    NotOgg(String),
    /// The Ogg file holds something else than Opus, or several streams.
    #[error("the Ogg file does not hold one Opus stream of one or two channels")]
    NotOpus,
    /// A packet is not one frame of 20 ms.
    #[error("packet {packet} lasts {got_ms} ms; a voice needs frames of 20 ms (opusenc --framesize 20)")]
    NotTwentyMs {
        /// Which one, counted from 0 after the two headers.
        packet: usize,
        /// Its time in milliseconds; 0 if it is no Opus at all.
        got_ms: usize,
    },
    /// There are headers and no sound.
    #[error("the file holds no sound")]
    Empty,
    /// Longer than a voice may be.
    #[error("the file is longer than {0} minutes")]
    TooLong(u32),
}
