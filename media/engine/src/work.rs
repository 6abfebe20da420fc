//! What the threads of listeners and of stages have in common: they work until they are stopped, and a bug ends no more than
//! the work that it was met in.

use std::time::{Duration, Instant};

use crate::event::Reason;
use crate::guard::{Bugs, Struck, guarded};
use crate::registry::SessionKey;

/// How long a thread rests after a bug of its own, lest it meets the same one without end.
const SHOCK: Duration = Duration::from_millis(5);

/// Whose work is being done, and hence what a bug in it ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose {
    /// That of the session at this place.
    Session(u32),
    /// That of the session with this key.
    Key(SessionKey),
    /// What the thread does for the Space with this number.
    Space(u32),
}

/// A thread that owns sessions.
pub(crate) trait Worker {
    /// Sleeps until there is something to do, and does it.
    fn turn(&mut self);

    /// Whether it was told to stop.
    fn is_stopped(&self) -> bool;

    /// Where bugs are counted.
    fn bugs(&self) -> &Bugs;

    /// The place of a session, also of one that is not in all books yet.
    fn place_of(&self, key: SessionKey) -> Option<u32>;

    /// Ends a session, and tells.
    fn close(&mut self, at: u32, reason: Reason, now: Instant);

    /// A bug was met in what the thread does for a Space.
    fn space_failed(&mut self, number: u32, now: Instant);

    /// Works until told to stop.
    fn work_until_stopped(&mut self) {
        while !self.is_stopped() {
            if guarded(|| self.turn()).is_err() {
                self.bugs().met(Struck::Work);
                std::thread::sleep(SHOCK);
            }
        }
    }

    /// Does a piece of work. If it meets a bug, whose work it was is ended, and everything else goes on.
    fn attempt(&mut self, whose: Option<Whose>, now: Instant, work: impl FnOnce(&mut Self))
    where
        Self: Sized,
    {
        if guarded(|| work(self)).is_ok() {
            return;
        }
        match whose {
            Some(Whose::Session(at)) => self.session_failed(at, now),
            Some(Whose::Key(key)) => {
                if let Some(at) = self.place_of(key) {
                    self.session_failed(at, now);
                }
            }
            Some(Whose::Space(number)) => self.space_failed(number, now),
            None => self.bugs().met(Struck::Work),
        }
    }

    /// A bug was met in the work of a session.
    fn session_failed(&mut self, at: u32, now: Instant) {
        self.bugs().met(Struck::Session);
        self.close(at, Reason::Failed, now);
    }
}
