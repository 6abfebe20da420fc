//! The feed: who hears which changes. Publishing never waits for a reader.

mod mailbox;
mod message;
mod query;
mod reactions;
mod socket;
mod topic;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mailbox::Mailbox;
use query::{After, Channels};
use reactions::Reactions;
use topic::{Change, Live, SubscriberId, Subscription, Topic};

use crate::grant::{Grant, GrantKey};
use crate::presence::SharedPresence;

pub use mailbox::Close;
pub(crate) use socket::router;

/// How long a closed Space is remembered, so that late comers learn that it ended: longer than a grant is good.
const ENDED: Duration = Duration::from_secs(120);

type SharedTopic = Arc<Mutex<Topic>>;

#[derive(Default)]
struct Topics {
    open: HashMap<Box<str>, SharedTopic>,
    ended: HashMap<Box<str>, Instant>,
}

/// All topics of this node.
pub(crate) struct Feed {
    node: String,
    grants: GrantKey,
    presence: Arc<SharedPresence>,
    topics: Mutex<Topics>,
    reactions: Reactions,
    next: AtomicU64,
    pub(crate) figures: Figures,
}

/// What the feed counts.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) opened: AtomicU64,
    pub(crate) closed: AtomicU64,
    pub(crate) too_slow: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) frames: AtomicU64,
}

/// A reader's place in a topic; dropping it takes the reader out.
struct Seat<'a> {
    feed: &'a Feed,
    topic: String,
    id: SubscriberId,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut topics = self.feed.topics();
        let Some(topic) = topics.open.get(self.topic.as_str()).cloned() else { return };
        let mut state = lock(&topic);
        state.unsubscribe(self.id);
        if state.is_idle() {
            topics.open.remove(self.topic.as_str());
        }
    }
}

impl Feed {
    pub(crate) fn new(node: String, grants: GrantKey, presence: Arc<SharedPresence>) -> Self {
        let (topics, reactions, next, figures) = Default::default();
        Self { node, grants, presence, topics, reactions, next, figures }
    }

    /// Allows the Space's topic again if it had ended.
    pub(crate) fn open_space(&self, space: &str) {
        self.topics().ended.remove(topic_of(space).as_str());
    }

    /// Ends the Space's topic: its readers are closed, and later ones until it opens again.
    pub(crate) fn close_space(&self, space: &str, now: Instant) {
        let name = topic_of(space);
        let mut topics = self.topics();
        topics.ended.retain(|_, since| now.saturating_duration_since(*since) < ENDED);
        topics.ended.insert(name.as_str().into(), now);
        let topic = topics.open.remove(name.as_str());
        drop(topics);
        if let Some(topic) = topic {
            lock(&topic).close_where(Close::Ended, |_, _| true);
        }
        self.reactions.forget(space);
    }

    pub(crate) fn set_access_epoch(&self, space: &str, epoch: u64) {
        self.with(&topic_of(space), |topic| topic.epoch = topic.epoch.max(epoch));
    }

    /// Closes the participant's feeds whose audiences are not exactly `audiences`.
    pub(crate) fn set_audiences(&self, space: &str, participant: &str, audiences: &[String]) {
        self.with_known(&topic_of(space), |topic| {
            topic.close_where(Close::AudienceChanged, |who, held| {
                let same = held.len() == audiences.len()
                    && audiences.iter().all(|name| held.iter().any(|own| **own == **name));
                who == participant && !same
            })
        });
    }

    /// Closes the participant's feeds of a Space; how many there were.
    pub(crate) fn close_participant(&self, space: &str, participant: &str, why: Close) -> usize {
        self.with_known(&topic_of(space), |topic| topic.close_where(why, |who, _| who == participant)).unwrap_or(0)
    }

    pub(crate) fn close_all(&self, why: Close) {
        let topics: Vec<_> = self.topics().open.values().cloned().collect();
        for topic in topics {
            lock(&topic).close_where(why, |_, _| true);
        }
    }

    /// Stores `snapshot` and sends `frame`; both are encoded JSON.
    pub(crate) fn publish(&self, now: Instant, topic: &str, audience: &str, versions: (u64, u64), data: (&str, &str)) {
        let change = Change { version: versions.0, prev: versions.1, snapshot: data.0, frame: data.1 };
        self.figures.frames.fetch_add(1, Ordering::Relaxed);
        self.with(topic, |topic| topic.publish(now, audience, &change));
    }

    /// Sends a live value to a topic, or with `me:*` to every person's.
    pub(crate) fn publish_live(&self, topic: &str, audience: &str, channel: &str, data: &str) {
        if topic != "me:*" {
            self.with_known(topic, |topic| topic.publish_live(audience, channel, data));
            return;
        }
        let all = self.topics();
        let people: Vec<_> =
            all.open.iter().filter(|(name, _)| name.starts_with("me:")).map(|(_, topic)| Arc::clone(topic)).collect();
        drop(all);
        let live = Live::new(audience, channel, data);
        for topic in people {
            lock(&topic).tell(audience, channel, &live);
        }
    }

    /// Whether somebody reads a topic, or has read it lately.
    pub(crate) fn is_open(&self, topic: &str) -> bool {
        self.topics().open.contains_key(topic)
    }

    /// Tells those who asked who is how loud: listeners of a large audience only now and then.
    pub(crate) fn publish_levels(&self, space: &str, others: bool, data: &str) {
        self.with_known(&topic_of(space), |topic| topic.publish_levels(others, data));
    }

    pub(crate) fn react(&self, space: &str, participant: &str, emoji: &str) {
        self.reactions.add(space, participant, emoji);
    }

    /// Sends the gathered reactions; called four times a second.
    pub(crate) fn send_reactions(&self) {
        for (space, data) in self.reactions.take() {
            self.publish_live(&topic_of(&space), "everyone", "reactions", &data);
        }
    }

    /// Drops frames that nobody may ask for any more.
    pub(crate) fn forget(&self, now: Instant) {
        let topics: Vec<_> = self.topics().open.values().cloned().collect();
        for topic in topics {
            lock(&topic).forget(now);
        }
    }

    /// How many sockets are connected.
    pub(crate) fn readers(&self) -> usize {
        let topics: Vec<_> = self.topics().open.values().cloned().collect();
        topics.iter().map(|topic| lock(topic).readers()).sum()
    }

    /// How many readers of a Space want an opt-in channel.
    pub(crate) fn readers_of(&self, space: &str, channel: &str) -> usize {
        self.with_known(&topic_of(space), |topic| topic.readers_of("everyone", channel)).unwrap_or(0)
    }

    fn subscribe(
        &self,
        grant: &Grant,
        channels: Channels,
        after: &After,
        mailbox: &Arc<Mailbox>,
    ) -> Result<Seat<'_>, Close> {
        let mut topics = self.topics();
        if topics.ended.contains_key(grant.topic.as_str()) {
            return Err(Close::Ended);
        }
        let topic = Arc::clone(topics.open.entry(grant.topic.as_str().into()).or_default());
        let mut state = lock(&topic);
        if grant.epoch < state.epoch {
            return Err(Close::BadGrant);
        }
        let wish = Subscription { participant: &grant.participant, audiences: &grant.audiences, channels, after };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        state.subscribe(id, &self.node, &wish, mailbox)?;
        Ok(Seat { feed: self, topic: grant.topic.clone(), id })
    }

    fn with<R>(&self, name: &str, act: impl FnOnce(&mut Topic) -> R) -> Option<R> {
        let mut topics = self.topics();
        if topics.ended.contains_key(name) {
            return None;
        }
        let topic = Arc::clone(topics.open.entry(name.into()).or_default());
        let mut state = lock(&topic);
        drop(topics);
        Some(act(&mut state))
    }

    fn with_known<R>(&self, name: &str, act: impl FnOnce(&mut Topic) -> R) -> Option<R> {
        let topics = self.topics();
        let topic = topics.open.get(name).cloned()?;
        let mut state = lock(&topic);
        drop(topics);
        Some(act(&mut state))
    }

    fn topics(&self) -> MutexGuard<'_, Topics> {
        lock(&self.topics)
    }
}

/// The topic of a Space; what names a topic already (`me:7`) stays.
fn topic_of(name: &str) -> String {
    if name.contains(':') { name.to_owned() } else { format!("space:{name}") }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
