//! What happened in the engine, kept until Python asks.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use cooee_session::Quality;
use crossbeam_channel::{Receiver, Sender, unbounded};

/// More than this many unread events mean that nobody reads; further ones are dropped. So many that everybody on a node may
/// leave at once; the queue takes memory for those alone that wait.
const UNREAD: usize = 65_536;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A speak session is connected.
    SpeakConnected(Session),
    /// A speak session ended.
    SpeakClosed(Session, Reason, Figures),
    /// A listen session ended.
    ListenClosed(Session, Reason, Figures),
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
    /// A recording has written all that it will.
    RecordingEnded {
        /// Of which Space.
        space: String,
        /// Into which folder.
        folder: String,
        /// Whether that is all there was.
        how: Recorded,
    },
}

/// How a recording ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It was stopped, or its Space was closed.
    Stopped,
    /// There is no room on the disk; what was written until then is there.
    DiskFull,
    /// The disk failed in another way, or a bug was met.
    Failed,
}

impl Recorded {
    /// The word Python sees.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::DiskFull => "disk_full",
            Self::Failed => "failed",
        }
    }
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

/// What there is to say of a session that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Whether it was ever connected.
    pub connected: bool,
    /// From its opening to its end.
    pub lasted: Duration,
    /// How its sound came through.
    pub quality: Quality,
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
    dropped: AtomicU64,
}

impl Events {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = unbounded();
        Self { sender, receiver, dropped: AtomicU64::new(0) }
    }

    /// Never waits.
    pub(crate) fn emit(&self, event: Event) {
        if self.sender.len() >= UNREAD || self.sender.send(event).is_err() {
            self.dropped.fetch_add(1, Relaxed);
            tracing::warn!("an event was dropped: nobody reads them");
        }
    }

    /// How many were dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Relaxed)
    }

    /// All there is, after waiting up to `timeout` for a first one.
    pub(crate) fn poll(&self, timeout: Duration) -> Vec<Event> {
        match self.receiver.recv_timeout(timeout) {
            Ok(first) => std::iter::once(first).chain(self.receiver.try_iter().take(UNREAD)).collect(),
            Err(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_nobody_reads_are_dropped_and_counted() {
        let events = Events::new();
        for number in 0..UNREAD + 3 {
            events.emit(Event::MixFailed { space: number.to_string() });
        }
        assert_eq!(events.dropped(), 3);
        let read = events.poll(Duration::ZERO);
        assert_eq!((read.len(), read.first()), (UNREAD, Some(&Event::MixFailed { space: "0".to_owned() })));
        assert!(events.poll(Duration::ZERO).is_empty());
        events.emit(Event::MixFailed { space: "again".to_owned() });
        assert_eq!(events.poll(Duration::ZERO).len(), 1);
    }
}
