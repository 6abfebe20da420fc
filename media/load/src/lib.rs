//! Listeners and speakers by the thousand, with real ICE, DTLS and SRTP, for benchmarks and tests.

pub mod crowd;
pub mod ear;
pub mod net;
pub mod stats;
pub mod talk;
