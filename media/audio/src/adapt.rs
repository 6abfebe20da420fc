//! How unevenly a speaker's packets arrive, and how long they must therefore wait.

use std::collections::VecDeque;

use crate::RATE;

/// Samples in a millisecond.
pub(crate) const MS: i64 = RATE as i64 / 1000;
/// What is judged: the last ten seconds.
const WINDOW: i64 = 10 * RATE as i64;
/// One entry for each 20 ms of the window, and a few for reordered packets.
const ENTRIES: usize = 512;
/// Packets that share so much of the sender's time share an entry.
const ENTRY_TIME: i64 = 20 * MS;
/// So many packets in a thousand shall be there when their turn comes…
const MOST: usize = 950;
/// …and so many as far as the shortest target allows: a wait that nobody hears is better than a guess.
const NEARLY_ALL: usize = 995;
/// The shortest delay that is aimed at.
const MIN_TARGET: i64 = 20 * MS;
/// Packets may be fetched so much before they have waited long enough; what nearly all wait for is that much longer.
pub(crate) const EARLY: i64 = 3 * MS;
/// The shortest wait.
const MIN_WAIT: i64 = 8 * MS;
const MAX_TARGET: i64 = 200 * MS;
/// What is aimed at until enough is known.
const FIRST_WAIT: i64 = 40 * MS;
/// Enough is known after so many entries.
const KNOWN: usize = 25;
/// The wait is worked out again after so many packets.
const EVERY: u32 = 10;

/// Measures delay variation: how much later than the quickest one each packet came. All times in samples at 48 kHz.
#[derive(Debug)]
pub(crate) struct Delays {
    window: VecDeque<Entry>,
    sorted: Vec<i64>,
    quickest: i64,
    wait: i64,
    since: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    arrival: i64,
    spoken: i64,
    quickest: i64,
    slowest: i64,
}

impl Delays {
    pub(crate) fn new() -> Self {
        Self {
            window: VecDeque::with_capacity(ENTRIES),
            sorted: Vec::with_capacity(ENTRIES),
            quickest: 0,
            wait: FIRST_WAIT,
            since: 0,
        }
    }

    /// Forgets the packets, and keeps the wait: the network is likely still the same.
    pub(crate) fn clear(&mut self) {
        self.window.clear();
        self.since = 0;
    }

    /// Notes that a packet with this timestamp came at `arrival`.
    pub(crate) fn arrived(&mut self, arrival: i64, timestamp: i64) {
        let delay = arrival - timestamp;
        self.forget(arrival);
        let spoken = timestamp.div_euclid(ENTRY_TIME);
        match self.window.back_mut() {
            Some(last) if last.spoken == spoken => {
                last.quickest = last.quickest.min(delay);
                last.slowest = last.slowest.max(delay);
            }
            _ => self.window.push_back(Entry { arrival, spoken, quickest: delay, slowest: delay }),
        }
        self.quickest = if self.window.len() == 1 { delay } else { self.quickest.min(delay) };
        self.since += 1;
        if self.since >= EVERY {
            self.since = 0;
            self.work_out();
        }
    }

    /// How long a packet has been waiting for at `now` if it had come as quickly as the quickest.
    pub(crate) fn age(&self, now: i64, timestamp: i64) -> i64 {
        now - timestamp - self.quickest
    }

    /// How far `delay` of a packet is from those that are known; 0 if none are.
    pub(crate) fn strangeness(&self, arrival: i64, timestamp: i64) -> i64 {
        if self.window.is_empty() { 0 } else { (arrival - timestamp - self.quickest).abs() }
    }

    /// The age at which packets are to be played, at the least.
    pub(crate) fn wait(&self) -> i64 {
        self.wait
    }

    /// The delay that is aimed at. Packets are fetched by the frame, and one that has not waited enough stays for the next
    /// frame: as their rhythm happens to lie to ours, packets are played up to half a frame sooner or later than this.
    pub(crate) fn target(&self) -> i64 {
        self.wait.max(MIN_TARGET)
    }

    fn forget(&mut self, now: i64) {
        let full = self.window.len() == ENTRIES;
        let old = self.window.front().is_some_and(|entry| now - entry.arrival > WINDOW);
        if full || old {
            self.window.pop_front();
        }
        if old {
            self.forget(now);
        }
    }

    fn work_out(&mut self) {
        self.quickest = self.window.iter().map(|entry| entry.quickest).min().unwrap_or(self.quickest);
        self.sorted.clear();
        self.sorted.extend(self.window.iter().map(|entry| entry.slowest - self.quickest));
        let least = if self.window.len() < KNOWN { FIRST_WAIT } else { MIN_WAIT };
        let nearly_all = (self.variation(NEARLY_ALL) + EARLY).min(MIN_TARGET);
        self.wait = self.variation(MOST).max(nearly_all).clamp(least, MAX_TARGET);
    }

    /// How late the latest of so many in a thousand packets were. The rest is out of order.
    fn variation(&mut self, per_mille: usize) -> i64 {
        let rank = (self.sorted.len() * per_mille).div_ceil(1000).saturating_sub(1);
        *self.sorted.select_nth_unstable(rank).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets every 20 ms, each late by what `late_ms` says.
    fn after(packets: i64, late_ms: impl Fn(i64) -> i64) -> Delays {
        let mut delays = Delays::new();
        for n in 0..packets {
            delays.arrived(7777 + (n * 20 + late_ms(n)) * MS, n * 20 * MS);
        }
        delays
    }

    #[test]
    fn an_even_stream_waits_as_little_as_may_be() {
        let delays = after(100, |_| 0);
        assert_eq!((delays.wait(), delays.target()), (MIN_WAIT, MIN_TARGET));
    }

    #[test]
    fn nearly_every_packet_is_waited_for_that_is_late_by_less_than_the_shortest_target() {
        for (late, wait) in [(5, 8), (12, 15), (19, 20), (25, 20), (90, 20)] {
            assert_eq!(after(500, |n| if n % 100 == 0 { late } else { 0 }).wait(), wait * MS, "{late} ms");
        }
        assert_eq!(after(500, |n| if n == 100 || n == 200 { 19 } else { 0 }).wait(), MIN_WAIT);
    }

    #[test]
    fn nineteen_of_twenty_packets_are_waited_for() {
        assert!((94 * MS..=95 * MS).contains(&after(500, |n| n % 100).target()));
        assert_eq!(after(500, |n| if n % 25 == 0 { 150 } else { 30 }).target(), MIN_TARGET);
        assert_eq!(after(500, |n| if n % 10 == 0 { 90 } else { 0 }).target(), 90 * MS);
    }

    #[test]
    fn nothing_is_waited_for_longer_than_200_ms() {
        assert_eq!(after(500, |n| n % 2 * 900).target(), MAX_TARGET);
    }

    #[test]
    fn what_is_ten_seconds_old_is_forgotten() {
        let bad_then_good = |n| if n < 100 { n % 5 * 40 } else { 0 };
        assert_eq!(after(500, bad_then_good).target(), 120 * MS);
        assert_eq!(after(620, bad_then_good).target(), MIN_TARGET);
    }

    #[test]
    fn a_clock_that_runs_slow_or_fast_does_not_add_up() {
        for ppm in [-300, 300] {
            let mut delays = Delays::new();
            for n in 0..50 * 3600 {
                delays.arrived(n * 960, n * 960 * (1_000_000 + ppm) / 1_000_000);
            }
            assert_eq!(delays.target(), MIN_TARGET);
            let last = 50 * 3600 - 1;
            assert!(delays.age(last * 960, last * 960 * (1_000_000 + ppm) / 1_000_000) <= 4 * MS);
        }
    }

    #[test]
    fn short_packets_share_an_entry_and_are_judged_over_the_same_time() {
        let mut delays = Delays::new();
        for n in 0..8000 {
            delays.arrived(n * 120 + if n % 8 == 0 { 30 * MS } else { 0 }, n * 120);
        }
        assert!(delays.window.len() > 490);
        assert_eq!(delays.target(), 30 * MS);
    }
}
