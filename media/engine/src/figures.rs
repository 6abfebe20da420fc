//! What the threads count. Each thread has its own counters; others only read them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use cooee_session::Dropped;

use crate::event::Reason;
use crate::sys::ThreadClock;

/// Why a packet went nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum DropReason {
    Malformed,
    NotAuthentic,
    UnknownAddress,
    UnknownSession,
    Replayed,
    OutOfPlace,
    TooMany,
    QueueFull,
    NoPermission,
    SendBlocked,
    Unreachable,
    FrameStale,
}

impl DropReason {
    pub(crate) const ALL: [(Self, &'static str); 12] = [
        (Self::Malformed, "malformed"),
        (Self::NotAuthentic, "not_authentic"),
        (Self::UnknownAddress, "unknown_address"),
        (Self::UnknownSession, "unknown_session"),
        (Self::Replayed, "replayed"),
        (Self::OutOfPlace, "out_of_place"),
        (Self::TooMany, "too_many"),
        (Self::QueueFull, "queue_full"),
        (Self::NoPermission, "no_permission"),
        (Self::SendBlocked, "send_blocked"),
        (Self::Unreachable, "unreachable"),
        (Self::FrameStale, "frame_stale"),
    ];
}

impl From<Dropped> for DropReason {
    fn from(why: Dropped) -> Self {
        match why {
            Dropped::Malformed => Self::Malformed,
            Dropped::NotAuthentic => Self::NotAuthentic,
            Dropped::UnknownAddress => Self::UnknownAddress,
            Dropped::Replayed => Self::Replayed,
            Dropped::OutOfPlace => Self::OutOfPlace,
            Dropped::TooMany => Self::TooMany,
        }
    }
}

/// A time measured many times, in microseconds.
#[derive(Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; 9],
    count: AtomicU64,
    sum_us: AtomicU64,
}

impl Histogram {
    /// Upper bounds of the buckets, in microseconds.
    pub(crate) const BOUNDS_US: [u64; 9] = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000];

    pub(crate) fn observe(&self, time: Duration) {
        let us = time.as_micros() as u64;
        if let Some(bucket) = Self::BOUNDS_US.iter().position(|bound| us <= *bound) {
            self.buckets[bucket].fetch_add(1, Relaxed);
        }
        self.count.fetch_add(1, Relaxed);
        self.sum_us.fetch_add(us, Relaxed);
    }

    /// How many were measured, their sum in microseconds, and how many fell into each bucket.
    pub(crate) fn read(&self) -> (u64, u64, [u64; 9]) {
        let buckets = std::array::from_fn(|bucket| self.buckets[bucket].load(Relaxed));
        (self.count.load(Relaxed), self.sum_us.load(Relaxed), buckets)
    }
}

/// Sessions of one kind on one thread.
#[derive(Default)]
pub(crate) struct SessionFigures {
    pub(crate) opened: AtomicU64,
    pub(crate) connected: AtomicU64,
    pub(crate) closed_connected: AtomicU64,
    pub(crate) closed_unconnected: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) stalled: AtomicU64,
    pub(crate) timed_out: AtomicU64,
    /// From opening to connection.
    pub(crate) joining: Histogram,
}

impl SessionFigures {
    pub(crate) fn note_connected(&self, took: Duration) {
        self.connected.fetch_add(1, Relaxed);
        self.joining.observe(took);
    }

    pub(crate) fn note_closed(&self, was_connected: bool, reason: &Reason) {
        let counter = if was_connected { &self.closed_connected } else { &self.closed_unconnected };
        counter.fetch_add(1, Relaxed);
        match reason {
            Reason::Failed => _ = self.failed.fetch_add(1, Relaxed),
            Reason::Stalled => _ = self.stalled.fetch_add(1, Relaxed),
            Reason::Timeout => _ = self.timed_out.fetch_add(1, Relaxed),
            Reason::Left | Reason::Replaced | Reason::Closed(_) => {}
        }
    }
}

/// The counters of one thread.
#[derive(Default)]
pub(crate) struct ThreadFigures {
    /// The thread's name.
    pub(crate) name: String,
    clock: OnceLock<ThreadClock>,
    pub(crate) packets_in: AtomicU64,
    pub(crate) bytes_in: AtomicU64,
    pub(crate) packets_out: AtomicU64,
    pub(crate) bytes_out: AtomicU64,
    dropped: [AtomicU64; DropReason::ALL.len()],
    pub(crate) sealed: AtomicU64,
    pub(crate) seal_ns: AtomicU64,
    pub(crate) send_ns: AtomicU64,
    pub(crate) resent: AtomicU64,
    pub(crate) not_resent: AtomicU64,
    pub(crate) loss_per_mille_sum: AtomicU64,
    pub(crate) loss_reports: AtomicU64,
    pub(crate) sessions: SessionFigures,
    /// The longest target of the jitter buffers, in samples.
    pub(crate) jitter_target: AtomicU64,
    /// The longest delay by them, in samples: until they follow a change of the target it differs.
    pub(crate) jitter_delay: AtomicU64,
    /// Frames of voices that recognisers of speech were handed, and those for which there was no room.
    pub(crate) voice_frames: AtomicU64,
    pub(crate) voice_frames_dropped: AtomicU64,
    pub(crate) mix_lateness: Histogram,
    pub(crate) forward: Histogram,
}

impl ThreadFigures {
    pub(crate) fn new(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// Called by the thread itself when it starts.
    pub(crate) fn started(&self) {
        if let Some(clock) = ThreadClock::current() {
            _ = self.clock.set(clock);
        }
    }

    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        self.clock.get()?.cpu_time()
    }

    pub(crate) fn dropped(&self, why: DropReason, count: u64) {
        self.dropped[why as usize].fetch_add(count, Relaxed);
    }

    pub(crate) fn total_dropped(&self, why: DropReason) -> u64 {
        self.dropped[why as usize].load(Relaxed)
    }

    pub(crate) fn received(&self, packets: u64, bytes: u64) {
        self.packets_in.fetch_add(packets, Relaxed);
        self.bytes_in.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn sent(&self, packets: u64, bytes: u64) {
        self.packets_out.fetch_add(packets, Relaxed);
        self.bytes_out.fetch_add(bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_own_counter() {
        let figures = ThreadFigures::default();
        for (at, (why, _)) in DropReason::ALL.into_iter().enumerate() {
            assert_eq!(why as usize, at);
            figures.dropped(why, at as u64);
            assert_eq!(figures.total_dropped(why), at as u64);
        }
    }

    #[test]
    fn times_fall_into_the_first_bucket_that_holds_them() {
        let histogram = Histogram::default();
        for us in [10, 50, 51, 20_000, 1_000_000] {
            histogram.observe(Duration::from_micros(us));
        }
        let (count, sum, buckets) = histogram.read();
        assert_eq!((count, sum), (5, 1_020_111));
        assert_eq!(buckets, [2, 1, 0, 0, 0, 0, 0, 0, 1]);
    }
}
