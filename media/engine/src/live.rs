//! What the stage has for the feed, carried there by another thread: the stage waits for nobody.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::feed::Feed;
use crate::registry::Space;

/// Messages that may wait. Only the latest matter, and there are few a second.
const WAITING: usize = 1024;

pub(crate) enum Live {
    /// Who is how loud, for all who asked.
    Levels { space: Arc<Space>, json: String },
    /// Who is in whose slots, for one person.
    Slots { space: Arc<Space>, participant: Box<str>, json: String },
}

/// The way to the feed.
pub(crate) struct LiveSender(mpsc::Sender<Live>);

impl LiveSender {
    /// A new way, and its end.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Live>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Never waits; what finds no room is lost.
    pub(crate) fn send(&self, live: Live) {
        // The next one follows within 200 ms.
        _ = self.0.try_send(live);
    }
}

/// Publishes what comes, until the stage is gone.
pub(crate) async fn publish(mut receiver: mpsc::Receiver<Live>, feed: Arc<Feed>) {
    while let Some(live) = receiver.recv().await {
        match live {
            Live::Levels { space, json } => {
                feed.publish_live(&format!("space:{}", space.id), "everyone", "levels", &json);
            }
            Live::Slots { space, participant, json } => {
                feed.publish_live(&format!("space:{}", space.id), &format!("person:{participant}"), "slots", &json);
            }
        }
    }
}
