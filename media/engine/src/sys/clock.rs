//! What a thread has computed, and what the heap holds.

use std::time::Duration;

/// The CPU clock of a thread, readable from any other as long as it lives.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThreadClock(libc::clockid_t);

impl ThreadClock {
    /// The calling thread's clock.
    pub(crate) fn current() -> Option<Self> {
        let mut clock = 0;
        // SAFETY: `pthread_self` names the calling thread, which lives; `clock` is a valid place to write to.
        let failed = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &raw mut clock) };
        (failed == 0).then_some(Self(clock))
    }

    /// CPU time that the thread has used, or `None` once it has ended.
    pub(crate) fn cpu_time(self) -> Option<Duration> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `time` is a valid place to write to; a clock that is gone gives an error.
        let failed = unsafe { libc::clock_gettime(self.0, &raw mut time) };
        (failed == 0).then(|| Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
    }
}

/// Bytes that the process has allocated from the C heap.
pub(crate) fn heap_bytes() -> usize {
    // SAFETY: the call takes nothing and only reads the allocator's own counters, under its locks.
    let info = unsafe { libc::mallinfo2() };
    info.uordblks + info.hblkhd
}
