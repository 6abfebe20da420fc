//! The course of a visit.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cooee_session::Identity;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::client::Site;
use super::door::{DoorError, Entered, Entrance};
use super::feed::Feeds;
use super::report::{self, Report};
use super::{Visit, VisitError};
use crate::crowd::{Crowd, Newcomer};
use crate::net::Seat;
use crate::talk::{Guest, Mode, Speech, Talk};

/// Clients that decode what they hear.
const EARS: u32 = 16;
/// After the last guest was let in: for handshakes and first packets.
const REST: Duration = Duration::from_secs(2);
/// How many leave at once.
const LEAVING: usize = 16;

/// What the doors said to all guests.
#[derive(Debug, Default)]
pub(super) struct Doors {
    pub(super) joins: Vec<Duration>,
    pub(super) posts: Vec<Duration>,
    /// Those who were not let in, by what was said.
    pub(super) refused: BTreeMap<String, u64>,
    leaving: Vec<(Ipv4Addr, String)>,
}

struct Party {
    visit: Visit,
    site: Site,
    identity: Identity,
    crowd: Crowd,
    doors: Mutex<Doors>,
    feeds: Feeds,
}

/// Visits a Space. Says on standard error how far it is.
pub async fn run(visit: Visit) -> Result<Report, VisitError> {
    let site = Site::find(&visit.url).await?;
    let crowd = Crowd::start((visit.listeners / EARS).max(1))?;
    let (identity, doors, feeds) = (Identity::new()?, Mutex::default(), Feeds::default());
    let party = Arc::new(Party { visit, site, identity, crowd, doors, feeds });
    let (talk, microphones) = party.let_speakers_in().await?;
    let mut readers = party.let_guests_in().await;
    sleep(REST).await;
    let (joined, spoken) = (party.crowd.take(), talk.take());
    eprintln!("{} of {} listen for {:?}", joined.connected, party.visit.listeners, party.visit.time);
    sleep(party.visit.time).await;
    let (steady, speaking) = (party.crowd.take(), talk.take());
    // Those whom the server closed itself are counted before everybody leaves.
    let feed = party.visit.feed.then(|| party.feeds.report());
    readers.shutdown().await;
    party.say_goodbye(microphones).await;
    let doors = std::mem::take(&mut *party.doors());
    let windows = report::Windows { joined, steady, spoken, speaking };
    Ok(report::of(&party.visit, doors, windows, feed))
}

impl Party {
    fn doors(&self) -> std::sync::MutexGuard<'_, Doors> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entrance(&self) -> Entrance<'_> {
        Entrance { site: &self.site, space: &self.visit.space, identity: &self.identity }
    }

    async fn let_speakers_in(&self) -> Result<(Talk, Vec<(Ipv4Addr, String)>), VisitError> {
        let (talk, mut microphones) = (Talk::start()?, Vec::new());
        if self.visit.speakers.is_empty() {
            return Ok((talk, microphones));
        }
        let speeches = Speech::read_all(&self.visit.voices)?;
        for (token, (number, speech)) in self.visit.speakers.iter().zip((0..).zip(speeches.iter().cycle())) {
            let seat = Seat(number);
            let Entered { client, answer, location, .. } = self.entrance().speak(seat.address(), token).await?;
            microphones.push((seat.address(), location));
            talk.enter(Guest { seat, client, answer, speech: speech.clone() });
        }
        talk.turn(Mode::Speech);
        Ok((talk, microphones))
    }

    /// Lets the guests in, evenly in time; the readers of their feeds.
    async fn let_guests_in(self: &Arc<Self>) -> JoinSet<()> {
        eprintln!("{} guests knock, {} a second", self.visit.listeners, self.visit.join_rate);
        let (begun, mut guests) = (Instant::now(), JoinSet::new());
        for number in 0..self.visit.listeners {
            let due = begun + Duration::from_secs(1) * number / self.visit.join_rate.max(1);
            let party = Arc::clone(self);
            // Guests sit behind the speakers.
            let seat = Seat(number + self.visit.speakers.len() as u32);
            guests.spawn(async move {
                sleep_until(due).await;
                party.let_in(seat).await
            });
        }
        let mut readers = JoinSet::new();
        while let Some(guest) = guests.join_next().await {
            if let Ok(Some((url, from))) = guest
                && self.visit.feed
            {
                let party = Arc::clone(self);
                readers.spawn(async move { party.feeds.read(url, from).await });
            }
        }
        readers
    }

    /// Lets one guest in; the feed's address, and theirs.
    async fn let_in(&self, seat: Seat) -> Option<(String, Ipv4Addr)> {
        let from = seat.address();
        match self.entrance().listen(from).await {
            Ok(entered) => Some((self.welcome(seat, from, entered), from)),
            Err(error) => {
                self.refuse(&error);
                None
            }
        }
    }

    fn welcome(&self, seat: Seat, from: Ipv4Addr, entered: Entered) -> String {
        let Entered { client, answer, asked, join, post, feed_url, location } = entered;
        self.crowd.enter(Newcomer { seat, client, answer, asked });
        let mut doors = self.doors();
        doors.joins.push(join);
        doors.posts.push(post);
        doors.leaving.push((from, location));
        feed_url
    }

    fn refuse(&self, error: &DoorError) {
        *self.doors().refused.entry(error.to_string()).or_default() += 1;
    }

    /// Everybody leaves, so that the node need not wait for their silence.
    async fn say_goodbye(self: &Arc<Self>, microphones: Vec<(Ipv4Addr, String)>) {
        let mut leaving = std::mem::take(&mut self.doors().leaving);
        leaving.extend(microphones);
        let mut guests = JoinSet::new();
        for (from, location) in leaving {
            if guests.len() == LEAVING {
                guests.join_next().await;
            }
            let party = Arc::clone(self);
            // A session that the server has closed already cannot be left.
            guests.spawn(async move { _ = party.entrance().leave(from, &location).await });
        }
        guests.join_all().await;
    }
}
