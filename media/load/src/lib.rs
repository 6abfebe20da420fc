//! Listeners and speakers by the thousand, with real ICE, DTLS and SRTP, for benchmarks and tests.

pub mod args;
pub mod bench;
pub mod child;
pub mod crowd;
pub mod ear;
pub mod http;
mod metrics;
pub mod net;
pub mod sound;
pub mod stats;
pub mod talk;
