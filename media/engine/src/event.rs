//! What happened in the engine, kept until Python asks.

use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

/// More than this many unread events mean that nobody reads; further ones are dropped.
const UNREAD: usize = 65_536;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A speak session is connected.
    SpeakConnected(Session),
    /// A speak session ended.
    SpeakClosed(Session, Reason),
    /// A listen session ended.
    ListenClosed(Session, Reason),
    /// Who came and went, and how many are there now.
    Presence {
        /// Whose presence.
        space: String,
        /// Participants that came.
        joined: Vec<String>,
        /// Participants that went.
        left: Vec<String>,
        /// How many are present.
        count: usize,
    },
    /// The Space's mix ended by a bug; the Space is silent until it is opened again.
    MixFailed {
        /// Which Space.
        space: String,
    },
}

/// Whose session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The Space's id.
    pub space: String,
    /// The participant's id.
    pub participant: String,
    /// The session's id.
    pub session: String,
}

/// Why a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The person left.
    Left,
    /// A newer session of the same person took over.
    Replaced,
    /// Nothing was heard for too long.
    Timeout,
    /// ICE passed, and DTLS came to no end.
    Stalled,
    /// ICE or DTLS failed.
    Failed,
    /// The caller closed it, for a reason of its own.
    Closed(String),
}

impl Reason {
    /// The word Python sees.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Left => "left",
            Self::Replaced => "replaced",
            Self::Timeout => "timeout",
            Self::Stalled | Self::Failed => "failed",
            Self::Closed(why) => why,
        }
    }
}

impl From<&str> for Reason {
    fn from(word: &str) -> Self {
        match word {
            "left" => Self::Left,
            "replaced" => Self::Replaced,
            "timeout" => Self::Timeout,
            "failed" => Self::Failed,
            other => Self::Closed(other.to_owned()),
        }
    }
}

/// The queue between the threads and Python.
#[derive(Debug)]
pub(crate) struct Events {
    sender: Sender<Event>,
    receiver: Receiver<Event>,
}

impl Events {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = bounded(UNREAD);
        Self { sender, receiver }
    }

    /// Never waits.
    pub(crate) fn emit(&self, event: Event) {
        if self.sender.try_send(event).is_err() {
            tracing::warn!("an event was dropped: nobody reads them");
        }
    }

    /// All there is, after waiting up to `timeout` for a first one.
    pub(crate) fn poll(&self, timeout: Duration) -> Vec<Event> {
        match self.receiver.recv_timeout(timeout) {
            Ok(first) => std::iter::once(first).chain(self.receiver.try_iter().take(UNREAD)).collect(),
            Err(_) => Vec::new(),
        }
    }
}
