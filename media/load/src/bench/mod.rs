//! What a media engine costs and how long sound takes through it: one Space, speakers who all talk at once, and listeners.

mod delay;
mod phases;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use cooee_session::IdentityError;
use thiserror::Error;

use crate::child::{HostError, Settings};
use crate::net::send_floor;
use crate::talk::SpeechError;

pub use report::Report;

/// What is to be measured.
#[derive(Debug, Clone)]
pub struct Plan {
    /// This program, whose `serve-engine` is the engine's process.
    pub program: PathBuf,
    /// A folder of Ogg Opus files.
    pub voices: PathBuf,
    /// How many listen.
    pub listeners: u32,
    /// How many speak.
    pub speakers: u32,
    /// The engine's settings.
    pub settings: Settings,
    /// How long the steady state is measured, with half of the listeners and with all; the marks take at most as long.
    pub time: Duration,
    /// How many join in a second.
    pub join_rate: u32,
    /// Whether to wait until the handshakes are forgotten, to see what remains of them.
    pub settle: bool,
}

/// Nothing could be measured.
#[derive(Debug, Error)]
pub enum BenchError {
    /// The engine's process failed.
    #[error("{0}")]
    Host(#[from] HostError),
    /// A socket or thread could not be made.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// No certificate could be made.
    #[error("{0}")]
    Identity(#[from] IdentityError),
    /// There is nothing to say.
    #[error("{0}")]
    Speech(#[from] SpeechError),
    /// The speakers cannot speak.
    #[error("{0} of {1} speakers connected")]
    Speakers(usize, u32),
}

/// Measures. Says on standard error how far it is.
pub fn run(plan: &Plan) -> Result<Report, BenchError> {
    eprintln!("what the kernel alone takes to send");
    let before = send_floor(plan.listeners)?;
    let mut bench = phases::Bench::start(plan)?;
    let room = bench.room()?;
    let silent_joins = bench.join_in_silence()?;
    let half = bench.half()?;
    let joins = bench.join_in_talk()?;
    let steady = bench.steady()?;
    let marks = bench.marks()?;
    let settled = if plan.settle { Some(bench.settle()?) } else { None };
    drop(bench);
    let floor = (before + send_floor(plan.listeners)?) / 2;
    Ok(report::of(plan, &report::Measured { floor, room, silent_joins, half, joins, steady, marks, settled }))
}
