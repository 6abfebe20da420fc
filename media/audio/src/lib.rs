//! Sound: levels, jitter, decoding, mixing, encoding and frame length. Pure: time is an argument.
//!
//! [`Mixer`] is the heart: it takes the packets of everybody on stage, and gives one [`MixedFrame`] every 20 ms. An edge
//! joins frames into the longer packets of a [`FrameClass`] with a [`Joiner`], which also says which of them RTP sends.
//! A [`Voice`] is a speaker out of a file. A [`Tape`] is a file out of packets, a [`Track`] that of one speaker.

mod adapt;
mod decode;
mod dtx;
mod encode;
mod error;
mod frames;
mod jitter;
mod joiner;
mod level;
mod limiter;
mod mix;
mod ogg_opus;
mod ramp;
mod remux;
mod slab;
mod speaker;
mod stretch;
mod tap;
mod tape;
#[cfg(test)]
mod testing;
mod track;
mod voice;

pub use dtx::{Gate, Sending};
pub use error::{CodecError, VoiceError};
pub use frames::{ClassChoice, FrameClass};
pub use jitter::Heard;
pub use joiner::{Joined, Joiner};
pub use level::level_of;
pub use mix::{Contribution, MAX_CSRCS, MixedFrame, Mixer, SpeakerLevel};
pub use ogg_opus::{OggOpusWriter, PRE_SKIP};
pub use remux::{RecordedPackets, cut, join};
pub use speaker::SpeakerStats;
pub use tap::{TAP_FRAME, TAP_RATE, Tap, TapFrame};
pub use tape::Tape;
pub use track::Track;
pub use voice::{Voice, VoiceFrame};

use std::time::Duration;

/// Samples per second of everything here; also the RTP clock of Opus (RFC 7587).
pub const RATE: u32 = 48_000;
/// Samples in one frame of the mix.
pub const FRAME: usize = 960;
/// The time of one frame of the mix.
pub const FRAME_TIME: Duration = Duration::from_millis(20);
/// The most that one Opus frame can be, in bytes (RFC 6716 §3.4).
pub const MAX_FRAME_BYTES: usize = 1275;
