//! Sleeping until another thread calls or a socket is ready.

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::time::Duration;

/// Wakes one thread that sleeps in [`wait`]. Calling a thread that is awake costs one atomic operation.
#[derive(Debug)]
pub(crate) struct Waker {
    event: OwnedFd,
    asleep: AtomicBool,
}

impl Waker {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: the call takes no pointers.
        let fd = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `fd` was just opened and belongs to nobody else.
        let event = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { event, asleep: AtomicBool::new(false) })
    }

    /// Wakes the thread if it sleeps or is about to. Call it after the work was put where the thread will find it.
    pub(crate) fn wake(&self) {
        // Either we see that it is about to sleep, or it sees the work, whatever order the queue keeps.
        fence(Ordering::SeqCst);
        if self.asleep.swap(false, Ordering::SeqCst) {
            let one: u64 = 1;
            // SAFETY: `one` is 8 readable bytes. A full counter gives an error, and then the thread is awake anyway.
            unsafe { libc::write(self.event.as_raw_fd(), (&raw const one).cast(), 8) };
        }
    }

    fn clear(&self) {
        let mut count = 0_u64;
        // SAFETY: `count` is 8 writable bytes; the descriptor does not block.
        unsafe { libc::read(self.event.as_raw_fd(), (&raw mut count).cast(), 8) };
    }
}

/// Sleeps until `waker` is called, one of `sockets` is ready for its poll events, or `timeout` is over.
///
/// `idle` is asked after sleep was announced, so that work that came in between is not slept over.
pub(crate) fn wait(waker: &Waker, sockets: &[(RawFd, i16)], timeout: Duration, idle: impl FnOnce() -> bool) {
    waker.asleep.store(true, Ordering::SeqCst);
    fence(Ordering::SeqCst);
    if idle() {
        let mut polled = [libc::pollfd { fd: -1, events: 0, revents: 0 }; 4];
        polled[0] = libc::pollfd { fd: waker.event.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        for (place, (fd, events)) in polled[1..].iter_mut().zip(sockets) {
            *place = libc::pollfd { fd: *fd, events: *events, revents: 0 };
        }
        let timeout =
            libc::timespec { tv_sec: timeout.as_secs() as libc::time_t, tv_nsec: timeout.subsec_nanos().into() };
        // SAFETY: `polled` and `timeout` live until the call returns; places with descriptor -1 are ignored.
        unsafe { libc::ppoll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, &raw const timeout, std::ptr::null()) };
        if polled[0].revents != 0 {
            waker.clear();
        }
    }
    waker.asleep.store(false, Ordering::SeqCst);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_call_from_another_thread_ends_the_sleep() {
        let waker = Arc::new(Waker::new().expect("an eventfd"));
        let (caller, start) = (Arc::clone(&waker), Instant::now());
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(30));
            caller.wake();
        });
        wait(&waker, &[], Duration::from_secs(20), || true);
        assert!(start.elapsed() < Duration::from_secs(10));
        thread.join().expect("it only wakes");
    }

    #[test]
    fn work_that_came_in_between_is_not_slept_over() {
        let waker = Waker::new().expect("an eventfd");
        let start = Instant::now();
        wait(&waker, &[], Duration::from_secs(20), || false);
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn the_sleep_ends_by_itself() {
        let waker = Waker::new().expect("an eventfd");
        let start = Instant::now();
        wait(&waker, &[], Duration::from_millis(5), || true);
        assert!(start.elapsed() >= Duration::from_millis(5));
    }
}
