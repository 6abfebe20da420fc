//! One topic: the state of its audiences, the frames of the last minute, and who listens.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::Utf8Bytes;

use super::mailbox::{Close, Mailbox};
use super::message;
use super::query::{After, Channels};

/// How long frames are kept for those who come back.
const MEMORY: Duration = Duration::from_secs(60);
/// And of each audience so many at most, with so many bytes: those of four audiences fit into a mailbox.
const FRAMES: usize = 200;
const BYTES: usize = 96 * 1024;
/// A person's feeds of one topic: a browser's windows, and what a lost connection leaves behind for a minute.
const FEEDS: usize = 16;
/// A person's own state is kept for so long after they left; who comes back later is told anew by the product.
const ABSENCE: Duration = Duration::from_secs(600);
/// Live channels whose last value a newcomer gets at once.
const STICKY: [&str; 2] = ["presence", "slots"];

/// To so many readers levels are told as they come, five times a second…
const FEW: usize = 100;
/// …and to more of them only every so many times, or when others are audible than before: a write to each costs more than
/// the sound. Their packets say who is audible.
const NOW_AND_THEN: u32 = 5;
/// But not sooner than after so many.
const SOON: u32 = 2;

/// Names a subscription; unique on this node.
pub(super) type SubscriberId = u64;

struct Frame {
    at: Instant,
    prev: u64,
    message: Utf8Bytes,
}

struct Member {
    mailbox: Arc<Mailbox>,
    channels: Channels,
}

#[derive(Default)]
struct Audience {
    state: Option<(u64, Utf8Bytes)>,
    frames: VecDeque<Frame>,
    /// Of all `frames` together.
    bytes: usize,
    members: BTreeMap<SubscriberId, Member>,
    sticky: BTreeMap<Arc<str>, Utf8Bytes>,
    /// When it was last known to be of use.
    used: Option<Instant>,
}

struct Subscriber {
    participant: Box<str>,
    audiences: Box<[Box<str>]>,
    mailbox: Arc<Mailbox>,
}

/// Who subscribes to what.
pub(super) struct Subscription<'a> {
    pub(super) participant: &'a str,
    pub(super) audiences: &'a [String],
    pub(super) channels: Channels,
    pub(super) after: &'a After,
}

/// A topic. It reads no clock and waits for nobody.
#[derive(Default)]
pub(super) struct Topic {
    /// Grants of a lower epoch open nothing.
    pub(super) epoch: u64,
    audiences: HashMap<Box<str>, Audience>,
    subscribers: BTreeMap<SubscriberId, Subscriber>,
    /// How many feeds each participant has.
    feeds: HashMap<Box<str>, usize>,
    pace: Pace,
}

/// When a large audience is told levels.
#[derive(Default)]
struct Pace {
    /// Messages since the last that all got.
    passed: u32,
    /// Whether others were audible in one of them.
    others: bool,
}

impl Pace {
    fn is_due(&mut self, others: bool) -> bool {
        self.passed += 1;
        self.others |= others;
        let due = self.passed >= if self.others { SOON } else { NOW_AND_THEN };
        if due {
            *self = Self::default();
        }
        due
    }
}

/// A live value, encoded.
pub(super) struct Live {
    key: Arc<str>,
    message: Utf8Bytes,
}

impl Live {
    pub(super) fn new(audience: &str, channel: &str, data: &str) -> Self {
        Self { key: format!("{audience} {channel}").into(), message: message::live(channel, data) }
    }
}

impl Topic {
    /// Adds a reader and puts hello, and the state or the missed frames, into `mailbox`; unless the participant has too many.
    pub(super) fn subscribe(
        &mut self,
        id: SubscriberId,
        node: &str,
        wish: &Subscription<'_>,
        mailbox: &Arc<Mailbox>,
    ) -> Result<(), Close> {
        let feeds = self.feeds.entry(wish.participant.into()).or_default();
        if *feeds == FEEDS {
            return Err(Close::TooMany);
        }
        *feeds += 1;
        let resumed = !wish.after.is_empty() && wish.audiences.iter().all(|name| self.resumes(name, wish.after));
        mailbox.push(&message::hello(node, resumed));
        for name in wish.audiences {
            let audience = self.audiences.entry(name.as_str().into()).or_default();
            let from = wish.after.get(name).and_then(|version| audience.since(*version));
            audience.greet(from, wish.channels, mailbox);
            audience.members.insert(id, Member { mailbox: Arc::clone(mailbox), channels: wish.channels });
        }
        let audiences = wish.audiences.iter().map(|name| name.as_str().into()).collect();
        let mailbox = Arc::clone(mailbox);
        self.subscribers.insert(id, Subscriber { participant: wish.participant.into(), audiences, mailbox });
        Ok(())
    }

    /// Takes a reader out. Unknown ids are ignored.
    pub(super) fn unsubscribe(&mut self, id: SubscriberId) {
        let Some(subscriber) = self.subscribers.remove(&id) else { return };
        if let Entry::Occupied(mut feeds) = self.feeds.entry(subscriber.participant) {
            *feeds.get_mut() -= 1;
            if *feeds.get() == 0 {
                feeds.remove();
            }
        }
        for name in subscriber.audiences {
            let Some(audience) = self.audiences.get_mut(&name) else { continue };
            audience.members.remove(&id);
            if audience.members.is_empty() && audience.state.is_none() {
                self.audiences.remove(&name);
            }
        }
    }

    /// Sets an audience's state and tells its readers. Versions that are not newer are ignored.
    /// Where the change does not follow the last one, readers get the snapshot instead of the frame.
    pub(super) fn publish(&mut self, now: Instant, name: &str, change: &Change<'_>) {
        let audience = self.audiences.entry(name.into()).or_default();
        let known = audience.state.as_ref().map(|(version, _)| *version);
        if known.is_some_and(|version| change.version <= version) {
            return;
        }
        let snapshot = message::snapshot(name, change.version, change.snapshot);
        let message = if known == Some(change.prev) {
            let message = message::frame(name, change.version, change.prev, change.frame);
            audience.remember(Frame { at: now, prev: change.prev, message: message.clone() });
            message
        } else {
            audience.frames.clear();
            audience.bytes = 0;
            snapshot.clone()
        };
        audience.state = Some((change.version, snapshot));
        audience.used = Some(now);
        for member in audience.members.values() {
            member.mailbox.push(&message);
        }
    }

    /// Sends a live value to those of an audience who want its channel.
    pub(super) fn publish_live(&mut self, name: &str, channel: &str, data: &str) {
        let live = Live::new(name, channel, data);
        self.tell(name, channel, &live);
        if STICKY.contains(&channel) {
            self.audiences.entry(name.into()).or_default().sticky.insert(live.key, live.message);
        }
    }

    /// The same, of a value that was encoded once for many topics.
    pub(super) fn tell(&self, name: &str, channel: &str, live: &Live) {
        let Some(audience) = self.audiences.get(name) else { return };
        for member in audience.members.values().filter(|member| member.channels.want(channel)) {
            member.mailbox.replace(&live.key, &live.message);
        }
    }

    /// Tells levels to those who want them: those on stage always, listeners of a large audience now and then, and that all
    /// are silent, which is said once.
    pub(super) fn publish_levels(&mut self, others: bool, data: &str) {
        let is_due = self.pace.is_due(others) || data == "{}";
        if is_due || self.readers_of("everyone", "levels") <= FEW {
            return self.publish_live("everyone", "levels", data);
        }
        self.tell("stage", "levels", &Live::new("everyone", "levels", data));
    }

    /// Closes the readers for whom `matches`(participant, audiences) holds; how many there were.
    pub(super) fn close_where(&self, why: Close, matches: impl Fn(&str, &[Box<str>]) -> bool) -> usize {
        let chosen = self.subscribers.values().filter(|reader| matches(&reader.participant, &reader.audiences));
        chosen.inspect(|reader| reader.mailbox.close(why)).count()
    }

    /// How many readers there are.
    pub(super) fn readers(&self) -> usize {
        self.subscribers.len()
    }

    /// How many of an audience want a channel.
    pub(super) fn readers_of(&self, name: &str, channel: &str) -> usize {
        let wants = |member: &&Member| member.channels.want(channel);
        self.audiences.get(name).map_or(0, |audience| audience.members.values().filter(wants).count())
    }

    /// Whether nothing would be lost by forgetting it.
    pub(super) fn is_idle(&self) -> bool {
        self.subscribers.is_empty() && self.audiences.is_empty() && self.epoch == 0
    }

    /// Forgets frames that are too old to be asked for, and the own states of those who left long ago.
    pub(super) fn forget(&mut self, now: Instant) {
        self.audiences.retain(|name, audience| {
            audience.forget(now);
            if !audience.members.is_empty() {
                audience.used = Some(now);
            }
            let used = audience.used.get_or_insert(now);
            !name.starts_with("person:") || now.saturating_duration_since(*used) < ABSENCE
        });
    }

    fn resumes(&self, name: &str, after: &After) -> bool {
        let Some(audience) = self.audiences.get(name) else { return true };
        audience.state.is_none() || after.get(name).is_some_and(|version| audience.since(*version).is_some())
    }
}

/// A change of an audience's state; `snapshot` and `frame` are encoded JSON.
pub(super) struct Change<'a> {
    pub(super) version: u64,
    pub(super) prev: u64,
    pub(super) snapshot: &'a str,
    pub(super) frame: &'a str,
}

impl Audience {
    /// Where in `frames` a reader who saw `version` goes on, if that is still known.
    fn since(&self, version: u64) -> Option<usize> {
        match &self.state {
            Some((latest, _)) if *latest == version => Some(self.frames.len()),
            _ => self.frames.iter().position(|frame| frame.prev == version),
        }
    }

    fn greet(&self, from: Option<usize>, channels: Channels, mailbox: &Mailbox) {
        match (from, &self.state) {
            (Some(from), _) => self.frames.iter().skip(from).for_each(|frame| mailbox.push(&frame.message)),
            (None, Some((_, snapshot))) => mailbox.push(snapshot),
            (None, None) => {}
        }
        for (key, message) in &self.sticky {
            if key.rsplit(' ').next().is_some_and(|channel| channels.want(channel)) {
                mailbox.replace(key, message);
            }
        }
    }

    fn remember(&mut self, frame: Frame) {
        self.forget(frame.at);
        self.bytes += frame.message.len();
        self.frames.push_back(frame);
        while self.frames.len() > FRAMES || self.bytes > BYTES {
            self.forget_one();
        }
    }

    fn forget(&mut self, now: Instant) {
        while self.frames.front().is_some_and(|frame| now.saturating_duration_since(frame.at) > MEMORY) {
            self.forget_one();
        }
    }

    fn forget_one(&mut self) {
        self.bytes -= self.frames.pop_front().map_or(0, |frame| frame.message.len());
    }
}

#[cfg(test)]
#[path = "topic_tests.rs"]
mod tests;
