//! Timers of thousands of sessions, to 50 ms: a session that is polled a little late takes no harm.

use std::time::{Duration, Instant};

/// How exact the timers are.
const STEP: Duration = Duration::from_millis(50);
/// Steps of the wheel; what is due later goes round again.
const STEPS: u64 = 128;
/// Room in each step from the beginning. In a larger crowd each grows with it, and keeps what it has.
const ROOM: usize = 16;

/// A timer wheel. Each session has at most one timer that counts: the earliest one set since it last fired.
pub(super) struct Wheel {
    start: Instant,
    /// Steps before this one have fired.
    next: u64,
    steps: Vec<Vec<u32>>,
    firing: Vec<u32>,
}

/// The step at which a session's timer counts; kept by the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due(u64);

impl Due {
    pub(super) const NEVER: Self = Self(u64::MAX);
}

impl Wheel {
    pub(super) fn new(now: Instant) -> Self {
        let room = || Vec::with_capacity(ROOM);
        Self { start: now, next: 0, steps: (0..STEPS).map(|_| room()).collect(), firing: room() }
    }

    /// Sets the timer of `session` to `at`, unless an earlier one is set already in `due`.
    pub(super) fn set(&mut self, session: u32, due: &mut Due, at: Instant) {
        let step = self.step_of(at).max(self.next);
        if step < due.0 {
            *due = Due(step);
            self.put(session, step);
        }
    }

    /// When the next step fires.
    pub(super) fn next_step(&self) -> Instant {
        self.start + STEP * u32::try_from(self.next + 1).unwrap_or(u32::MAX)
    }

    /// The sessions whose timers may have fired. The caller asks [`Wheel::fires`] for each, and then gives the list back.
    pub(super) fn advance(&mut self, now: Instant) -> Option<Vec<u32>> {
        if now < self.next_step() {
            return None;
        }
        self.firing.clear();
        let mut firing = std::mem::take(&mut self.firing);
        std::mem::swap(&mut firing, &mut self.steps[(self.next % STEPS) as usize]);
        self.next += 1;
        Some(firing)
    }

    /// Whether a session of the list is really due; if it is due later, it is set again.
    pub(super) fn fires(&mut self, session: u32, due: &mut Due) -> bool {
        if due.0 < self.next {
            *due = Due::NEVER;
            return true;
        }
        if *due != Due::NEVER && (due.0 - (self.next - 1)).is_multiple_of(STEPS) {
            self.put(session, due.0);
        }
        false
    }

    /// Takes the list of [`Wheel::advance`] back, for its memory.
    pub(super) fn give_back(&mut self, list: Vec<u32>) {
        self.firing = list;
    }

    fn step_of(&self, at: Instant) -> u64 {
        (at.saturating_duration_since(self.start).as_millis() / STEP.as_millis()) as u64
    }

    fn put(&mut self, session: u32, step: u64) {
        self.steps[(step % STEPS) as usize].push(session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bench {
        wheel: Wheel,
        due: [Due; 2],
        start: Instant,
    }

    impl Bench {
        fn new() -> Self {
            let start = Instant::now();
            Self { wheel: Wheel::new(start), due: [Due::NEVER; 2], start }
        }

        fn set(&mut self, session: u32, ms: u64) {
            let at = self.start + Duration::from_millis(ms);
            self.wheel.set(session, &mut self.due[session as usize], at);
        }

        /// Sessions that fire until `ms`, with the millisecond.
        fn run_until(&mut self, ms: u64) -> Vec<(u32, u64)> {
            let mut fired = Vec::new();
            for ms in (0..=ms).step_by(10) {
                while let Some(list) = self.wheel.advance(self.start + Duration::from_millis(ms)) {
                    for session in &list {
                        if self.wheel.fires(*session, &mut self.due[*session as usize]) {
                            fired.push((*session, ms));
                        }
                    }
                    self.wheel.give_back(list);
                }
            }
            fired
        }
    }

    #[test]
    fn a_timer_fires_once_and_at_most_a_step_late() {
        let mut bench = Bench::new();
        bench.set(0, 120);
        bench.set(1, 30);
        assert_eq!(bench.run_until(1000), [(1, 50), (0, 150)]);
    }

    #[test]
    fn a_timer_beyond_the_wheel_goes_round_again() {
        let mut bench = Bench::new();
        bench.set(0, 20_000);
        assert_eq!(bench.run_until(60_000), [(0, 20_050)]);
    }

    #[test]
    fn of_two_timers_of_a_session_the_earlier_one_counts() {
        let mut bench = Bench::new();
        bench.set(0, 500);
        bench.set(0, 120);
        bench.set(0, 900);
        assert_eq!(bench.run_until(9000), [(0, 150)]);
    }

    #[test]
    fn what_is_overdue_fires_at_the_next_step() {
        let mut bench = Bench::new();
        assert_eq!(bench.run_until(1000), []);
        bench.set(1, 100);
        assert_eq!(bench.run_until(1100).len(), 1);
    }
}
