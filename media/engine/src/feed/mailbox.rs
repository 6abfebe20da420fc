//! What waits for one socket: bounded, filled without waiting, emptied by the socket's task.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

/// A reader this many messages behind is dropped.
const MESSAGES: usize = 1024;
/// Or this many bytes, not counting a first message of any size.
const BYTES: usize = 512 * 1024;

/// Why the server closes a feed; the discriminant is the WebSocket close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// The node is stopping.
    Stopping = 1001,
    /// The participant left.
    Left = 1000,
    /// The reader did not keep up.
    TooSlow = 4000,
    /// The grant is bad or expired.
    BadGrant = 4001,
    /// The participant was removed.
    Removed = 4003,
    /// Other audiences apply now.
    AudienceChanged = 4004,
    /// The Space ended.
    Ended = 4005,
    /// The participant has too many feeds.
    TooMany = 4006,
}

impl Close {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Stopping => "the node is stopping",
            Self::Left => "left",
            Self::TooSlow => "too slow",
            Self::BadGrant => "the grant is bad or expired",
            Self::Removed => "removed",
            Self::AudienceChanged => "the audience changed",
            Self::Ended => "ended",
            Self::TooMany => "too many feeds",
        }
    }
}

#[derive(Default)]
struct Waiting {
    durable: VecDeque<Utf8Bytes>,
    bytes: usize,
    live: Vec<(Arc<str>, Utf8Bytes)>,
    close: Option<Close>,
}

/// The mailbox of one socket.
#[derive(Default)]
pub(super) struct Mailbox {
    waiting: Mutex<Waiting>,
    filled: Notify,
    closed: Notify,
}

impl Mailbox {
    /// Adds a message that must arrive. A mailbox that is full closes instead.
    pub(super) fn push(&self, message: &Utf8Bytes) {
        let mut waiting = self.lock();
        if waiting.close.is_some() {
            return;
        }
        let bytes = waiting.bytes + message.len();
        if waiting.durable.len() >= MESSAGES || (bytes > BYTES && !waiting.durable.is_empty()) {
            drop(waiting);
            return self.close(Close::TooSlow);
        }
        waiting.bytes = bytes;
        waiting.durable.push_back(message.clone());
        drop(waiting);
        self.filled.notify_one();
    }

    /// Puts a live message in the place of an older one with the same `key`.
    pub(super) fn replace(&self, key: &Arc<str>, message: &Utf8Bytes) {
        let mut waiting = self.lock();
        if waiting.close.is_some() {
            return;
        }
        match waiting.live.iter_mut().find(|(older, _)| older == key) {
            Some((_, slot)) => *slot = message.clone(),
            None => waiting.live.push((Arc::clone(key), message.clone())),
        }
        drop(waiting);
        self.filled.notify_one();
    }

    /// Closes: nothing more is taken in. The first reason counts. Who was too slow gets nothing of what waits.
    pub(super) fn close(&self, why: Close) {
        let mut waiting = self.lock();
        if waiting.close.is_none() {
            waiting.close = Some(why);
            waiting.live = Vec::new();
            if why == Close::TooSlow {
                waiting.durable = VecDeque::new();
            }
        }
        drop(waiting);
        self.filled.notify_one();
        self.closed.notify_one();
    }

    /// The next message, durable ones first; `None` if nothing waits.
    pub(super) fn take(&self) -> Option<Utf8Bytes> {
        let mut waiting = self.lock();
        if let Some(message) = waiting.durable.pop_front() {
            waiting.bytes -= message.len();
            if waiting.durable.is_empty() {
                waiting.durable = VecDeque::new();
            }
            return Some(message);
        }
        waiting.live.pop().map(|(_, message)| message)
    }

    /// Returns when something was put in since the last `take` that found nothing.
    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Returns once the mailbox is closed, with the reason.
    pub(super) async fn closed(&self) -> Close {
        loop {
            let closed = self.closed.notified();
            if let Some(why) = self.lock().close {
                return why;
            }
            closed.await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(mailbox: &Mailbox) -> Vec<String> {
        std::iter::from_fn(|| mailbox.take()).map(|text| text.to_string()).collect()
    }

    #[test]
    fn messages_come_out_in_the_order_they_went_in() {
        let mailbox = Mailbox::default();
        for text in ["a", "b", "c"] {
            mailbox.push(&text.into());
        }
        assert_eq!(drain(&mailbox), ["a", "b", "c"]);
    }

    #[test]
    fn of_live_messages_only_the_latest_per_channel_waits() {
        let mailbox = Mailbox::default();
        let (levels, presence) = ("levels".into(), "presence".into());
        mailbox.replace(&levels, &"1".into());
        mailbox.replace(&presence, &"2".into());
        mailbox.replace(&levels, &"3".into());
        let mut out = drain(&mailbox);
        out.sort();
        assert_eq!(out, ["2", "3"]);
    }

    #[test]
    fn a_reader_who_falls_behind_is_closed_and_holds_no_memory() {
        let mailbox = Mailbox::default();
        for _ in 0..=MESSAGES {
            mailbox.push(&"x".into());
        }
        assert_eq!(mailbox.lock().close, Some(Close::TooSlow));
        assert_eq!(mailbox.take(), None);
    }

    #[test]
    fn too_many_bytes_close_it_but_one_large_snapshot_does_not() {
        let mailbox = Mailbox::default();
        mailbox.push(&"x".repeat(2 * BYTES).into());
        assert!(mailbox.take().is_some());
        mailbox.push(&"x".repeat(BYTES - 1).into());
        assert_eq!(mailbox.lock().close, None);
        mailbox.push(&"xx".into());
        assert_eq!(mailbox.lock().close, Some(Close::TooSlow));
    }

    #[test]
    fn the_first_reason_for_closing_counts() {
        let mailbox = Mailbox::default();
        mailbox.close(Close::Removed);
        mailbox.close(Close::Ended);
        assert_eq!(mailbox.lock().close, Some(Close::Removed));
    }

    #[test]
    fn what_came_before_the_close_is_still_said_and_nothing_after() {
        let mailbox = Mailbox::default();
        mailbox.push(&"ended".into());
        mailbox.close(Close::Ended);
        mailbox.push(&"more".into());
        assert_eq!(drain(&mailbox), ["ended"]);
    }
}
