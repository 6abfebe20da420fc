//! Readers of the feed: they count.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};
use tokio_tungstenite::tungstenite::Message;

use futures_util::StreamExt as _;

use super::client::Site;

/// What all readers together have seen.
#[derive(Debug, Default)]
pub(super) struct Feeds {
    opened: AtomicU64,
    failed: AtomicU64,
    closed: AtomicU64,
    snapshots: AtomicU64,
    messages: AtomicU64,
    bytes: AtomicU64,
    nonsense: AtomicU64,
}

/// The same, to be reported.
#[derive(Debug, Serialize)]
pub(super) struct FeedReport {
    opened: u64,
    /// Those that could not be opened.
    failed: u64,
    /// Those that the server closed.
    closed: u64,
    snapshots: u64,
    messages: u64,
    bytes: u64,
    /// Messages that are none of docs/protocol.md.
    nonsense: u64,
}

/// All that matters here of a message.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Said {
    Hello,
    Snapshot,
    Frame,
    Live,
}

impl Feeds {
    /// Reads a feed until it ends.
    pub(super) async fn read(&self, url: String, from: Ipv4Addr) {
        let url = format!("{url}&channels=levels,reactions");
        let Ok(site) = Site::find(&url).await else { return self.fail() };
        let Ok(stream) = site.connect(from).await else { return self.fail() };
        let Ok((mut socket, _)) = tokio_tungstenite::client_async(url, stream).await else { return self.fail() };
        self.opened.fetch_add(1, Relaxed);
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Text(text) = message {
                self.count(&text);
            }
        }
        self.closed.fetch_add(1, Relaxed);
    }

    fn fail(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    fn count(&self, text: &str) {
        self.messages.fetch_add(1, Relaxed);
        self.bytes.fetch_add(text.len() as u64, Relaxed);
        match serde_json::from_str(text) {
            Ok(Said::Snapshot) => _ = self.snapshots.fetch_add(1, Relaxed),
            Ok(Said::Hello | Said::Frame | Said::Live) => {}
            Err(_) => _ = self.nonsense.fetch_add(1, Relaxed),
        }
    }

    pub(super) fn report(&self) -> FeedReport {
        FeedReport {
            opened: self.opened.load(Relaxed),
            failed: self.failed.load(Relaxed),
            closed: self.closed.load(Relaxed),
            snapshots: self.snapshots.load(Relaxed),
            messages: self.messages.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            nonsense: self.nonsense.load(Relaxed),
        }
    }
}

impl FeedReport {
    pub(super) fn is_ok(&self) -> bool {
        self.failed + self.closed + self.nonsense == 0 && self.snapshots >= self.opened
    }
}
