//! What is on its way to the feed: the runtime's threads carry it to thousands of sockets, so that neither a caller nor the
//! stage waits for that.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;

use crate::feed::Feed;
use crate::registry::Space;
use crate::shared::Shared;

pub(crate) enum Live {
    /// A numbered change of an audience's state.
    Change(Box<Change>),
    /// An unnumbered value, for all topics that `topic` means.
    Value { topic: String, audience: String, channel: String, json: String },
    /// The Space's feed is open, also if it had ended.
    OpenSpace(String),
    /// The Space's feed has ended, after what was sent before.
    CloseSpace(String),
    /// What a participant's feeds have to carry from now on.
    Audiences { space: String, participant: String, audiences: Vec<String> },
    /// Who is how loud, for all who asked, and whether others are audible than before.
    Levels { space: Arc<Space>, json: String, others: bool },
    /// Who is in whose slots, for one person.
    Slots { space: Arc<Space>, participant: Box<str>, json: String },
}

pub(crate) struct Change {
    pub(crate) topic: String,
    pub(crate) audience: String,
    /// The change's version, and the one that it follows.
    pub(crate) versions: (u64, u64),
    pub(crate) snapshot: String,
    pub(crate) frame: String,
}

/// The way to the feed. What is sent arrives in that order.
pub(crate) struct LiveSender(mpsc::UnboundedSender<Live>);

impl LiveSender {
    /// A new way, and its end.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Live>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Never waits.
    pub(crate) fn send(&self, live: Live) {
        // After the stop nobody reads.
        _ = self.0.send(live);
    }
}

/// Publishes what comes.
pub(crate) async fn publish(mut receiver: mpsc::UnboundedReceiver<Live>, shared: Arc<Shared>) {
    while let Some(live) = receiver.recv().await {
        shared.bugs.survive(|| publish_one(&shared.feed, live));
        // A large audience takes milliseconds: its sockets get their turn.
        tokio::task::yield_now().await;
    }
}

fn publish_one(feed: &Feed, live: Live) {
    match live {
        Live::Change(change) => {
            let Change { topic, audience, versions, snapshot, frame } = *change;
            feed.publish(Instant::now(), &topic, &audience, versions, (&snapshot, &frame));
        }
        Live::Value { topic, audience, channel, json } => feed.publish_live(&topic, &audience, &channel, &json),
        Live::OpenSpace(space) => feed.open_space(&space),
        Live::CloseSpace(space) => feed.close_space(&space, Instant::now()),
        Live::Audiences { space, participant, audiences } => feed.set_audiences(&space, &participant, &audiences),
        Live::Levels { space, json, others } => feed.publish_levels(&space.id, others, &json),
        Live::Slots { space, participant, json } => {
            feed.publish_live(&format!("space:{}", space.id), &format!("person:{participant}"), "slots", &json);
        }
    }
}
