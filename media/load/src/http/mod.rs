//! Guests of a running node, through its doors.

mod client;
mod door;
mod feed;
mod report;
mod visit;

use std::path::PathBuf;
use std::time::Duration;

use cooee_session::IdentityError;
use thiserror::Error;

use crate::talk::SpeechError;

pub use client::{Answer, Connection, HttpError, Question, Site};
pub use door::DoorError;
pub use report::Report;
pub use visit::run;

/// Who visits what.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The node: `http://127.0.0.1:8000`.
    pub url: String,
    /// The Space.
    pub space: String,
    /// How many guests listen.
    pub listeners: u32,
    /// How long, once all are there.
    pub time: Duration,
    /// How many join in a second.
    pub join_rate: u32,
    /// Tokens of people who have a seat on stage, and speak.
    pub speakers: Vec<String>,
    /// A folder of Ogg Opus files for them.
    pub voices: PathBuf,
    /// Whether each guest reads the feed.
    pub feed: bool,
}

/// The visit could not begin.
#[derive(Debug, Error)]
pub enum VisitError {
    /// A socket or thread could not be made.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The node cannot be reached.
    #[error("{0}")]
    Http(#[from] HttpError),
    /// No certificate could be made.
    #[error("{0}")]
    Identity(#[from] IdentityError),
    /// A speaker was not let in.
    #[error("{0}")]
    Door(#[from] DoorError),
    /// There is nothing to say.
    #[error("{0}")]
    Speech(#[from] SpeechError),
}
