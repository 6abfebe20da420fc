//! Which Spaces are open here, and who holds which session. Asked by calls, never by the packet path.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ring::rand::{SecureRandom as _, SystemRandom};

use crate::error::EngineError;
use crate::event::Session;
use crate::presence::Present;

/// How many ids of replaced sessions are remembered.
const REPLACED: usize = 4096;
/// Sessions that a participant may have in a Space: some devices, some tabs, some that are about to end.
const SESSIONS_EACH: usize = 16;
/// Characters of a session's id: 22 of 62 are 131 bits.
const ID_CHARS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LEN: usize = 22;

/// What a Space's threads share.
#[derive(Debug)]
pub(crate) struct Space {
    /// Its number on this node.
    pub(crate) number: u32,
    /// Its id.
    pub(crate) id: Box<str>,
    /// Connected listen sessions.
    pub(crate) listeners: AtomicUsize,
    /// Listeners that in-band FEC would help.
    pub(crate) fec_wishes: AtomicUsize,
    /// Whoever was let in at a lower one is not let in any more.
    pub(crate) access_epoch: AtomicU64,
    /// Bit n: thread n has listeners of this Space.
    pub(crate) threads: AtomicU64,
}

/// Names a session within the engine; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SessionKey(pub(crate) u64);

/// Which door a session came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Speak,
    Listen,
}

/// Whose session it is. Dropping it ends the person's presence by this session.
pub(crate) struct Owner {
    pub(crate) key: SessionKey,
    pub(crate) space: Arc<Space>,
    pub(crate) participant: Box<str>,
    pub(crate) session: Box<str>,
    pub(crate) _present: Present,
}

impl Owner {
    /// The session as events name it.
    pub(crate) fn session(&self) -> Session {
        Session {
            space: self.space.id.to_string(),
            participant: self.participant.to_string(),
            session: self.session.to_string(),
        }
    }
}

/// Where a session lives.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) key: SessionKey,
    pub(crate) door: Door,
    pub(crate) space: Arc<Space>,
    pub(crate) participant: Box<str>,
    pub(crate) thread: u8,
    /// Raised by every ICE restart.
    pub(crate) version: u32,
}

#[derive(Default)]
struct Books {
    spaces: HashMap<Box<str>, Arc<Space>>,
    sessions: HashMap<Box<str>, Place>,
    people: HashMap<(u32, Box<str>), Vec<Box<str>>>,
    replaced: VecDeque<Box<str>>,
    next_space: u32,
    next_key: u64,
}

/// The node's books.
#[derive(Default)]
pub(crate) struct Registry(Mutex<Books>);

impl Registry {
    /// The Space, opened if it was not; and whether it is new.
    pub(crate) fn open_space(&self, id: &str) -> (Arc<Space>, bool) {
        let mut books = self.books();
        if let Some(space) = books.spaces.get(id) {
            return (Arc::clone(space), false);
        }
        let number = books.next_space;
        books.next_space += 1;
        let (listeners, fec_wishes, access_epoch, threads) = Default::default();
        let space = Arc::new(Space { number, id: id.into(), listeners, fec_wishes, access_epoch, threads });
        books.spaces.insert(id.into(), Arc::clone(&space));
        (space, true)
    }

    /// Nobody begins a session any more who was let in before; a lower epoch changes nothing. Whose session was noted already
    /// is found by [`Registry::sessions_of`].
    pub(crate) fn set_access_epoch(&self, id: &str, epoch: u64) {
        if let Some(space) = self.books().spaces.get(id) {
            space.access_epoch.fetch_max(epoch, Relaxed);
        }
    }

    pub(crate) fn space(&self, id: &str) -> Result<Arc<Space>, EngineError> {
        self.books().spaces.get(id).cloned().ok_or(EngineError::SpaceUnknown)
    }

    /// Takes the Space out; its sessions follow as their threads close them.
    pub(crate) fn close_space(&self, id: &str) -> Option<Arc<Space>> {
        self.books().spaces.remove(id)
    }

    pub(crate) fn spaces(&self) -> usize {
        self.books().spaces.len()
    }

    /// A key and an id for a new session.
    pub(crate) fn draw(&self) -> (SessionKey, Box<str>) {
        let mut books = self.books();
        books.next_key += 1;
        (SessionKey(books.next_key), random_id())
    }

    /// Notes a session of somebody who was let in at `access_epoch`, and lets `hand_over` give it to its thread, so that
    /// whoever closes it later finds it there.
    pub(crate) fn add(
        &self,
        session: &str,
        place: Place,
        access_epoch: u64,
        hand_over: impl FnOnce(),
    ) -> Result<(), EngineError> {
        let mut books = self.books();
        if access_epoch < place.space.access_epoch.load(Relaxed) {
            return Err(EngineError::AccessExpired);
        }
        if books.spaces.get(&place.space.id).is_none_or(|space| space.number != place.space.number) {
            return Err(EngineError::SpaceUnknown);
        }
        let names = books.people.entry((place.space.number, place.participant.clone())).or_default();
        if names.len() >= SESSIONS_EACH {
            return Err(EngineError::Overloaded);
        }
        hand_over();
        names.push(session.into());
        books.sessions.insert(session.into(), place);
        Ok(())
    }

    /// Where a session of `space` lives.
    pub(crate) fn find(&self, space: &str, session: &str) -> Result<Place, EngineError> {
        let books = self.books();
        match books.sessions.get(session).filter(|place| &*place.space.id == space) {
            Some(place) => Ok(place.clone()),
            None if books.replaced.iter().any(|other| &**other == session) => Err(EngineError::SessionReplaced),
            None => Err(EngineError::SessionUnknown),
        }
    }

    /// Notes an ICE restart; the session's new version.
    pub(crate) fn restarted(&self, session: &str) -> u32 {
        let mut books = self.books();
        books.sessions.get_mut(session).map_or(0, |place| {
            place.version += 1;
            place.version
        })
    }

    /// All sessions of a participant in a Space, through one door or both.
    pub(crate) fn sessions_of(&self, space: &Space, participant: &str, door: Option<Door>) -> Vec<Place> {
        let books = self.books();
        let names = books.people.get(&(space.number, Box::from(participant))).map_or(&[][..], Vec::as_slice);
        let places = names.iter().filter_map(|name| books.sessions.get(name));
        places.filter(|place| door.is_none_or(|door| door == place.door)).cloned().collect()
    }

    /// Takes a session out that has ended.
    pub(crate) fn remove(&self, session: &str, replaced: bool) {
        let mut books = self.books();
        let Some(place) = books.sessions.remove(session) else { return };
        let person = (place.space.number, place.participant);
        if let Some(names) = books.people.get_mut(&person) {
            names.retain(|name| &**name != session);
            if names.is_empty() {
                books.people.remove(&person);
            }
        }
        if replaced {
            if books.replaced.len() == REPLACED {
                books.replaced.pop_front();
            }
            books.replaced.push_back(session.into());
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn random_id() -> Box<str> {
    let mut id = String::with_capacity(ID_LEN);
    let mut bytes = [0_u8; 32];
    while id.len() < ID_LEN {
        SystemRandom::new().fill(&mut bytes).expect("the system has a random source");
        // 248 is the largest multiple of 62: every character is as likely as any other.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        id.extend(fair.take(ID_LEN - id.len()).map(|byte| char::from(ID_CHARS[usize::from(byte % 62)])));
    }
    id.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(registry: &Registry, space: &Arc<Space>, participant: &str, door: Door) -> Box<str> {
        let (key, id) = registry.draw();
        let space = Arc::clone(space);
        let place = Place { key, door, space, participant: participant.into(), thread: 0, version: 1 };
        registry.add(&id, place, 0, || {}).expect("the Space is open");
        id
    }

    #[test]
    fn ids_cannot_be_guessed_and_differ() {
        let ids = [random_id(), random_id()];
        assert_ne!(ids[0], ids[1]);
        assert!(ids[0].len() == ID_LEN && ids[0].bytes().all(|byte| ID_CHARS.contains(&byte)));
    }

    #[test]
    fn a_session_is_found_in_its_space_only() {
        let registry = Registry::default();
        let (space, new) = registry.open_space("a");
        assert!(new && !registry.open_space("a").1);
        let id = place(&registry, &space, "7", Door::Listen);
        assert!(registry.find("a", &id).is_ok());
        assert_eq!(registry.find("b", &id).expect_err("another Space"), EngineError::SessionUnknown);
    }

    #[test]
    fn no_session_begins_in_a_space_that_has_ended() {
        let registry = Registry::default();
        let (space, _) = registry.open_space("a");
        registry.close_space("a");
        registry.open_space("a");
        let (key, id) = registry.draw();
        let place = Place { key, door: Door::Listen, space, participant: "7".into(), thread: 0, version: 1 };
        let refused = registry.add(&id, place, 0, || panic!("handed over"));
        assert_eq!(refused, Err(EngineError::SpaceUnknown));
    }

    #[test]
    fn whoever_was_let_in_before_somebody_was_put_out_begins_nothing() {
        let registry = Registry::default();
        let (space, _) = registry.open_space("a");
        let add = |epoch| {
            let (key, id) = registry.draw();
            let (door, participant, space) = (Door::Listen, Box::from("7"), Arc::clone(&space));
            let place = Place { key, door, space, participant, thread: 0, version: 1 };
            registry.add(&id, place, epoch, || {})
        };
        assert_eq!(add(0), Ok(()), "nothing was said yet");
        registry.set_access_epoch("a", 3);
        registry.set_access_epoch("a", 2);
        assert_eq!([2, 3, 4].map(add), [Err(EngineError::AccessExpired), Ok(()), Ok(())]);
    }

    #[test]
    fn a_participant_has_not_endless_sessions() {
        let registry = Registry::default();
        let (space, _) = registry.open_space("a");
        let last = (0..SESSIONS_EACH).map(|_| place(&registry, &space, "7", Door::Listen)).last().expect("some");
        let (key, id) = registry.draw();
        let (door, participant) = (Door::Listen, Box::from("7"));
        let more = Place { key, door, space: Arc::clone(&space), participant, thread: 0, version: 1 };
        assert_eq!(registry.add(&id, more.clone(), 0, || {}), Err(EngineError::Overloaded));
        registry.remove(&last, false);
        assert_eq!(registry.add(&id, more, 0, || {}), Ok(()));
    }

    #[test]
    fn a_participants_sessions_are_found_by_door() {
        let registry = Registry::default();
        let (space, _) = registry.open_space("a");
        let speak = place(&registry, &space, "7", Door::Speak);
        place(&registry, &space, "7", Door::Listen);
        place(&registry, &space, "8", Door::Listen);
        assert_eq!(registry.sessions_of(&space, "7", None).len(), 2);
        assert_eq!(registry.sessions_of(&space, "7", Some(Door::Speak)).len(), 1);
        registry.remove(&speak, false);
        assert!(registry.sessions_of(&space, "7", Some(Door::Speak)).is_empty());
    }

    #[test]
    fn a_replaced_session_is_remembered_as_such() {
        let registry = Registry::default();
        let (space, _) = registry.open_space("a");
        let (gone, old) = (place(&registry, &space, "7", Door::Speak), place(&registry, &space, "7", Door::Speak));
        registry.remove(&gone, false);
        registry.remove(&old, true);
        assert_eq!(registry.find("a", &gone).expect_err("gone"), EngineError::SessionUnknown);
        assert_eq!(registry.find("a", &old).expect_err("gone"), EngineError::SessionReplaced);
    }
}
