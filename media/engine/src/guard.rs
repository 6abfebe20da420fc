//! A bug ends the work of one session or Space, never a thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A bug was met; its message went where panics go. What `act` worked on is to be dropped.
#[derive(Debug)]
pub(crate) struct Bug;

/// Calls `act`, and survives its panic.
pub(crate) fn guarded<R>(act: impl FnOnce() -> R) -> Result<R, Bug> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|_| Bug)
}

/// Has panics of the engine's threads say where they happened, in one line, and no more.
///
/// A backtrace, where the environment asks for one, takes half a second in which everybody on the thread would wait; and a
/// panic's message may hold an address.
pub(crate) fn keep_panics_short() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let thread = std::thread::current();
            match thread.name().filter(|name| name.starts_with("cooee-")) {
                Some(thread) => {
                    let at = panic.location().map(ToString::to_string).unwrap_or_default();
                    if tracing::dispatcher::has_been_set() {
                        tracing::error!(thread, at, "a thread met a bug");
                    } else {
                        eprintln!("{thread} met a bug at {at}");
                    }
                }
                None => before(panic),
            }
        }));
    });
}

/// What a bug struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Struck {
    /// The mix of a Space: it is silent until the stage is taken again.
    Mix,
    /// The listeners of a Space on one thread: they miss a second.
    Audience,
    /// A speak or listen session: it ends.
    Session,
    /// An offer: it is refused.
    Offer,
    /// A piece of work for nobody in particular: it is left out.
    Work,
}

impl Struck {
    pub(crate) const ALL: [(Self, &'static str); 5] = [
        (Self::Mix, "mix"),
        (Self::Audience, "audience"),
        (Self::Session, "session"),
        (Self::Offer, "offer"),
        (Self::Work, "work"),
    ];
}

/// How many bugs were met since the start.
#[derive(Debug, Default)]
pub(crate) struct Bugs([AtomicU64; Struck::ALL.len()]);

impl Bugs {
    /// Counts a bug and says so.
    pub(crate) fn met(&self, struck: Struck) {
        self.0[struck as usize].fetch_add(1, Relaxed);
        let (_, what) = Struck::ALL[struck as usize];
        tracing::error!(struck = what, "a bug was met");
    }

    /// Does a piece of work whose bug concerns nobody in particular.
    pub(crate) fn survive(&self, work: impl FnOnce()) {
        if guarded(work).is_err() {
            self.met(Struck::Work);
        }
    }

    pub(crate) fn count(&self, struck: Struck) -> u64 {
        self.0[struck as usize].load(Relaxed)
    }
}

/// A place where a test may plant a bug; elsewhere it is nothing.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn bug_may_be_here(_place: &str, _whose: &str) {}

#[cfg(test)]
pub(crate) use planted::{bug_may_be_here, plant};

#[cfg(test)]
mod planted {
    use std::sync::{Mutex, PoisonError};

    static PLANTED: Mutex<Vec<(&str, &str, u32)>> = Mutex::new(Vec::new());

    /// Has the work at `place` for `whose` meet a bug so many times.
    pub(crate) fn plant(place: &'static str, whose: &'static str, times: u32) {
        PLANTED.lock().unwrap_or_else(PoisonError::into_inner).push((place, whose, times));
    }

    pub(crate) fn bug_may_be_here(place: &str, whose: &str) {
        let mut planted = PLANTED.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = planted.iter().position(|(at, who, _)| (*at, *who) == (place, whose)) else { return };
        planted[at].2 -= 1;
        if planted[at].2 == 0 {
            planted.remove(at);
        }
        drop(planted);
        panic!("a planted bug");
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
