//! Who is there: a participant is present while they hold a feed or a session, and two seconds longer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::event::Event;

/// How long somebody without feed and session still counts: a reconnect is not a departure.
const GRACE: Duration = Duration::from_secs(2);
/// At most one event per Space and this long.
const PERIOD: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Person {
    holds: u32,
    announced: bool,
    gone_at: Option<Instant>,
}

#[derive(Default)]
struct Space {
    people: HashMap<String, Person>,
    /// Those whose announced state may differ from the real one.
    changed: Vec<String>,
    present: usize,
    told_at: Option<Instant>,
}

/// Presence in all Spaces of this node.
#[derive(Default)]
pub(crate) struct Presence {
    spaces: HashMap<String, Space>,
}

impl Presence {
    fn enter(&mut self, space: &str, participant: &str) {
        let space = self.spaces.entry(space.to_owned()).or_default();
        let person = space.people.entry(participant.to_owned()).or_default();
        person.holds += 1;
        person.gone_at = None;
        if person.holds == 1 && !person.announced {
            space.changed.push(participant.to_owned());
        }
    }

    fn leave(&mut self, space: &str, participant: &str, now: Instant) {
        let Some(space) = self.spaces.get_mut(space) else { return };
        let Some(person) = space.people.get_mut(participant) else { return };
        person.holds = person.holds.saturating_sub(1);
        if person.holds == 0 {
            person.gone_at = Some(now);
            space.changed.push(participant.to_owned());
        }
    }

    /// The events that are due.
    pub(crate) fn tick(&mut self, now: Instant) -> Vec<Event> {
        let events = self.spaces.iter_mut().filter_map(|(name, space)| space.tick(name, now)).collect();
        self.spaces.retain(|_, space| !space.people.is_empty());
        events
    }
}

impl Space {
    fn tick(&mut self, name: &str, now: Instant) -> Option<Event> {
        if self.changed.is_empty() || self.told_at.is_some_and(|at| now.saturating_duration_since(at) < PERIOD) {
            return None;
        }
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        for participant in changed {
            let Some(person) = self.people.get_mut(&participant) else { continue };
            let over = person.gone_at.is_some_and(|at| now.saturating_duration_since(at) >= GRACE);
            match (person.holds > 0, person.announced) {
                (true, false) => {
                    person.announced = true;
                    joined.push(participant);
                }
                (false, true) if over => {
                    self.people.remove(&participant);
                    left.push(participant);
                }
                (false, true) => self.changed.push(participant),
                (false, false) => _ = self.people.remove(&participant),
                (true, true) => {}
            }
        }
        if joined.is_empty() && left.is_empty() {
            return None;
        }
        self.present = self.present + joined.len() - left.len();
        self.told_at = Some(now);
        Some(Event::Presence { space: name.to_owned(), joined, left, count: self.present })
    }
}

/// Presence shared between threads.
#[derive(Default)]
pub(crate) struct SharedPresence(Mutex<Presence>);

impl SharedPresence {
    /// Counts the participant as present until the result is dropped.
    pub(crate) fn enter(self: &Arc<Self>, space: &str, participant: &str) -> Present {
        self.lock().enter(space, participant);
        Present { of: Arc::clone(self), space: space.into(), participant: participant.into() }
    }

    pub(crate) fn tick(&self, now: Instant) -> Vec<Event> {
        self.lock().tick(now)
    }

    fn lock(&self) -> MutexGuard<'_, Presence> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody's feed or session; they are present while one exists.
pub(crate) struct Present {
    of: Arc<SharedPresence>,
    space: Box<str>,
    participant: Box<str>,
}

impl Drop for Present {
    fn drop(&mut self) {
        self.of.lock().leave(&self.space, &self.participant, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    fn told(events: &[Event]) -> Vec<(Vec<String>, Vec<String>, usize)> {
        let parts = |event: &Event| match event {
            Event::Presence { joined, left, count, .. } => (joined.clone(), left.clone(), *count),
            other => panic!("not presence: {other:?}"),
        };
        events.iter().map(parts).collect()
    }

    #[test]
    fn who_comes_is_told_at_once_and_the_next_within_a_second() {
        let (mut presence, start) = (Presence::default(), Instant::now());
        presence.enter("a", "1");
        assert_eq!(told(&presence.tick(start)), [(vec!["1".into()], vec![], 1)]);
        presence.enter("a", "2");
        presence.enter("a", "3");
        assert!(presence.tick(after(start, 999)).is_empty());
        assert_eq!(told(&presence.tick(after(start, 1000))), [(vec!["2".into(), "3".into()], vec![], 3)]);
    }

    #[test]
    fn a_reconnect_within_two_seconds_is_not_told() {
        let (mut presence, start) = (Presence::default(), Instant::now());
        presence.enter("a", "1");
        presence.tick(start);
        presence.leave("a", "1", start);
        assert!(presence.tick(after(start, 1500)).is_empty());
        presence.enter("a", "1");
        assert!(presence.tick(after(start, 5000)).is_empty());
    }

    #[test]
    fn who_left_is_told_after_the_grace() {
        let (mut presence, start) = (Presence::default(), Instant::now());
        presence.enter("a", "1");
        presence.enter("a", "1");
        presence.tick(start);
        presence.leave("a", "1", start);
        assert!(presence.tick(after(start, 9000)).is_empty(), "one feed is left");
        presence.leave("a", "1", after(start, 9000));
        assert!(presence.tick(after(start, 10_000)).is_empty());
        assert_eq!(told(&presence.tick(after(start, 11_000))), [(vec![], vec!["1".into()], 0)]);
        assert!(presence.spaces.is_empty());
    }

    #[test]
    fn a_visit_shorter_than_a_period_is_not_told() {
        let (mut presence, start) = (Presence::default(), Instant::now());
        presence.enter("a", "1");
        presence.leave("a", "1", start);
        assert!(presence.tick(after(start, 5000)).is_empty());
        assert!(presence.spaces.is_empty());
    }
}
