//! The thread that receives: it tells whose a datagram is, and hands it over.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cooee_session::demux::{Kind, classify, peek_ssrc, peek_ufrag, thread_of};
use crossbeam_channel::Receiver as Changes;

use super::inbox::{Mark, Route};
use crate::figures::{DropReason, ThreadFigures};
use crate::guard::Bugs;
use crate::sys::{BATCH, ReceiveBatch, Waker, wait};

/// How long it sleeps at most, so that a stop is noticed.
const NAP: Duration = Duration::from_millis(100);

/// A set of threads: bit n is thread n.
type Threads = u64;

/// Where packets go, by thread number.
pub(crate) trait Routed: Send {
    /// Hands a datagram to a thread; whether there was room for it.
    fn packet(&mut self, thread: u8, from: SocketAddr, arrival: Instant, datagram: &[u8]) -> bool;
    /// Wakes every thread that got one.
    fn wake(&self, threads: u64);
}

/// The receiving thread's state.
pub(crate) struct Receiver<R> {
    pub(crate) sockets: Vec<Arc<UdpSocket>>,
    pub(crate) threads: R,
    pub(crate) changes: Changes<Route>,
    pub(crate) figures: Arc<ThreadFigures>,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) bugs: Arc<Bugs>,
}

impl<R: Routed> Receiver<R> {
    /// Runs until told to stop.
    pub(crate) fn run(mut self, waker: &Waker) {
        self.figures.started();
        let (sockets, bugs) = (self.sockets.clone(), Arc::clone(&self.bugs));
        let mut owners = HashMap::new();
        let mut batch = ReceiveBatch::new();
        let polled: Vec<_> = sockets.iter().map(|socket| (socket.as_raw_fd(), libc::POLLIN)).collect();
        while !self.stop.load(Ordering::Relaxed) {
            wait(waker, &polled, NAP, || true);
            for socket in &sockets {
                bugs.survive(|| self.drain(socket, &mut batch, &mut owners));
            }
        }
    }

    fn drain(&mut self, socket: &UdpSocket, batch: &mut ReceiveBatch, owners: &mut HashMap<Mark, Threads>) {
        while let Ok(count) = batch.receive(socket) {
            self.apply_changes(owners);
            let arrival = Instant::now();
            let (mut woken, mut bytes) = (0, 0);
            for (from, datagram) in batch.datagrams() {
                bytes += datagram.len() as u64;
                match threads_of(from, datagram, owners) {
                    Ok(threads) => woken |= self.hand_over(threads, from, arrival, datagram),
                    Err(why) => self.figures.dropped(why, 1),
                }
            }
            self.threads.wake(woken);
            self.figures.received(count as u64, bytes);
            if count < BATCH {
                break;
            }
        }
    }

    /// Hands a datagram to each of `threads`, nearly always one; those that had room for it.
    fn hand_over(&mut self, mut threads: Threads, from: SocketAddr, arrival: Instant, datagram: &[u8]) -> Threads {
        let mut woken = 0;
        while threads != 0 {
            let thread = threads.trailing_zeros() as u8;
            threads &= threads - 1;
            if self.threads.packet(thread, from, arrival, datagram) {
                woken |= 1 << thread;
            } else {
                self.figures.dropped(DropReason::QueueFull, 1);
            }
        }
        woken
    }

    fn apply_changes(&self, owners: &mut HashMap<Mark, Threads>) {
        for route in self.changes.try_iter() {
            apply(owners, &route);
        }
    }
}

/// Nobody takes a mark from a session of another thread either.
fn apply(owners: &mut HashMap<Mark, Threads>, route: &Route) {
    let threads = owners.entry(route.mark).or_default();
    if route.added {
        *threads |= 1 << route.thread;
    } else {
        *threads &= !(1 << route.thread);
        if *threads == 0 {
            owners.remove(&route.mark);
        }
    }
}

/// Whose datagram it is: a STUN request says it itself, all else belongs to whoever is known at the address. RTP from
/// elsewhere may be somebody's whose address has changed: its session finds out whether it is authentic.
fn threads_of(from: SocketAddr, datagram: &[u8], owners: &HashMap<Mark, Threads>) -> Result<Threads, DropReason> {
    let with = |mark: Mark| owners.get(&mark).copied().unwrap_or_default();
    let threads = match classify(datagram).ok_or(DropReason::Malformed)? {
        Kind::Stun => match peek_ufrag(datagram) {
            Some(fragment) => 1 << thread_of(fragment).ok_or(DropReason::Malformed)?,
            None => with(Mark::From(from)),
        },
        Kind::Dtls | Kind::Rtcp => with(Mark::From(from)),
        Kind::Rtp => with(Mark::From(from)) | peek_ssrc(datagram).map_or(0, |ssrc| with(Mark::Ssrc(ssrc))),
    };
    if threads == 0 { Err(DropReason::UnknownAddress) } else { Ok(threads) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from() -> SocketAddr {
        "127.0.0.1:5".parse().expect("an address")
    }

    #[test]
    fn media_from_an_address_that_nobody_proved_is_nobodys() {
        let owners = HashMap::from([(Mark::From(from()), 8)]);
        assert_eq!(threads_of(from(), &[0x80, 111, 0, 0], &owners), Ok(8));
        assert_eq!(threads_of(from(), &[22, 254, 253], &owners), Ok(8));
        assert_eq!(threads_of(from(), &[0x80, 111, 0, 0], &HashMap::new()), Err(DropReason::UnknownAddress));
    }

    #[test]
    fn sound_from_a_new_address_is_its_speakers() {
        let owners = HashMap::from([(Mark::Ssrc(0x0102_0304), 8), (Mark::From(from()), 2)]);
        let sound = |last| [0x80, 111, 0, 0, 0, 0, 0, 0, 1, 2, 3, last];
        let elsewhere = "127.0.0.1:6".parse().expect("an address");
        assert_eq!(threads_of(elsewhere, &sound(4), &owners), Ok(8));
        assert_eq!(threads_of(elsewhere, &sound(5), &owners), Err(DropReason::UnknownAddress));
        assert_eq!(threads_of(from(), &sound(4), &owners), Ok(10), "the address was another's before");
    }

    #[test]
    fn an_address_that_sessions_of_two_threads_have_is_both_threads() {
        let mut owners = HashMap::new();
        let steps = [(3, true, Some(8)), (5, true, Some(40)), (5, false, Some(8)), (5, true, Some(40))];
        for (thread, added, expected) in steps.into_iter().chain([(3, false, Some(32)), (5, false, None)]) {
            apply(&mut owners, &Route { mark: Mark::From(from()), thread, added });
            assert_eq!(owners.get(&Mark::From(from())).copied(), expected);
        }
    }

    #[test]
    fn what_speaks_no_protocol_is_dropped() {
        let owners = HashMap::from([(Mark::From(from()), 8)]);
        for seed in [&[][..], &[0xFF; 40], &[70], &[200, 0, 0, 0]] {
            assert_eq!(threads_of(from(), seed, &owners), Err(DropReason::Malformed));
        }
    }
}
