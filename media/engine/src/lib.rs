//! The shell: sockets, threads, feed and metrics around the pure crates.

#[cfg(test)]
extern crate self as cooee_engine;

mod config;
mod edge;
mod engine;
mod error;
mod event;
mod feed;
mod figures;
mod grant;
mod guard;
mod listen;
mod live;
mod logs;
mod metrics;
mod patience;
mod presence;
mod record;
mod registry;
mod restart;
mod running;
mod server;
mod shared;
mod stage;
mod sys;
mod tapes;
mod voices;
mod work;

use std::time::{SystemTime, UNIX_EPOCH};

pub use config::Config;
pub use engine::{Answer, Engine};
pub use error::EngineError;
pub use event::{Event, Figures, Reason, Recorded, Session};
pub use grant::{Grant, GrantKey, Refused};
pub use logs::{LogLine, gather_logs, take_logs};
pub use tapes::{cut_recording, join_recordings};
pub use voices::Voice;

/// The wall clock, for what expires.
fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}
