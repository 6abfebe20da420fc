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
/// How long a datagram without haste waits for its thread to wake for something else: while sound flows it does so for
/// every frame.
const LEISURE: Duration = Duration::from_millis(20);

/// After a datagram without haste others are let gather for so long, sound among them: waking for each costs more than all
/// else that is done with it. The more listeners there are, the more of the time it is so; in a small room it hardly is.
const REST: Duration = Duration::from_millis(2);

/// Batches from one socket before the other gets its turn: whoever floods one family does not silence the other.
const BATCHES_AT_ONCE: usize = 16;

/// A set of threads: bit n is thread n.
type Threads = u64;

/// Whose a datagram is, and whether they are woken for it. Waking costs several times what the work does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Addressees {
    threads: Threads,
    hasty: bool,
}

/// Where packets go, by thread number.
pub(crate) trait Routed: Send {
    /// Hands a datagram to a thread; whether there was room for it.
    fn packet(&mut self, thread: u8, from: SocketAddr, arrival: Instant, datagram: &[u8]) -> bool;
    /// Wakes those of the threads that have some waiting.
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
    pub(crate) owed: Owed,
}

/// Threads that were not woken yet for what they got, and until when that is well.
#[derive(Debug, Default)]
pub(crate) struct Owed {
    threads: Threads,
    until: Option<Instant>,
    /// Whether something was added since the last look.
    fresh: bool,
}

impl Owed {
    fn add(&mut self, threads: Threads, now: Instant) {
        self.threads |= threads;
        self.until.get_or_insert(now + LEISURE);
        self.fresh = true;
    }

    /// The threads whose time has come.
    fn take_due(&mut self, now: Instant) -> Threads {
        if self.until.is_none_or(|until| now < until) {
            return 0;
        }
        self.until = None;
        std::mem::take(&mut self.threads)
    }

    fn nap(&self, now: Instant) -> Duration {
        self.until.map_or(NAP, |until| until.saturating_duration_since(now))
    }
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
            if std::mem::take(&mut self.owed.fresh) {
                std::thread::sleep(REST);
            } else {
                wait(waker, &polled, self.owed.nap(Instant::now()), || true);
            }
            for socket in &sockets {
                bugs.survive(|| self.drain(socket, &mut batch, &mut owners));
            }
            self.threads.wake(self.owed.take_due(Instant::now()));
        }
    }

    fn drain(&mut self, socket: &UdpSocket, batch: &mut ReceiveBatch, owners: &mut HashMap<Mark, Threads>) {
        for _ in 0..BATCHES_AT_ONCE {
            let Ok(count) = batch.receive(socket) else { break };
            self.apply_changes(owners);
            let arrival = Instant::now();
            let (mut woken, mut bytes) = (0, 0);
            for (from, datagram) in batch.datagrams() {
                bytes += datagram.len() as u64;
                match addressees(from, datagram, owners) {
                    Ok(Addressees { threads, hasty }) => {
                        let got = self.hand_over(threads, from, arrival, datagram);
                        if hasty { woken |= got } else { self.owed.add(got, arrival) }
                    }
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
///
/// There is no haste where a check comes from an address that has proved itself: it renews a consent of half a minute.
fn addressees(from: SocketAddr, datagram: &[u8], owners: &HashMap<Mark, Threads>) -> Result<Addressees, DropReason> {
    let with = |mark: Mark| owners.get(&mark).copied().unwrap_or_default();
    let (threads, hasty) = match classify(datagram).ok_or(DropReason::Malformed)? {
        Kind::Stun => match peek_ufrag(datagram) {
            Some(fragment) => {
                let thread = 1 << thread_of(fragment).ok_or(DropReason::Malformed)?;
                (thread, with(Mark::From(from)) & thread == 0)
            }
            None => (with(Mark::From(from)), true),
        },
        Kind::Dtls | Kind::Rtcp => (with(Mark::From(from)), true),
        Kind::Rtp => {
            let of_stream = peek_ssrc(datagram).map_or(0, |ssrc| with(Mark::Ssrc(ssrc)));
            (with(Mark::From(from)) | of_stream, true)
        }
    };
    if threads == 0 { Err(DropReason::UnknownAddress) } else { Ok(Addressees { threads, hasty }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from() -> SocketAddr {
        "127.0.0.1:5".parse().expect("an address")
    }

    fn threads_of(from: SocketAddr, datagram: &[u8], owners: &HashMap<Mark, Threads>) -> Result<Threads, DropReason> {
        addressees(from, datagram, owners).map(|addressees| addressees.threads)
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

    /// Puts back into the socket what is taken out, for a while.
    struct Flood {
        socket: UdpSocket,
        to: SocketAddr,
        left: usize,
    }

    impl Routed for Flood {
        fn packet(&mut self, _: u8, _: SocketAddr, _: Instant, datagram: &[u8]) -> bool {
            self.left = self.left.checked_sub(1).expect("the turn has an end");
            self.socket.send_to(datagram, self.to).is_ok()
        }

        fn wake(&self, _: u64) {}
    }

    #[test]
    fn a_flood_at_one_socket_leaves_the_other_its_turn() {
        let [socket, sender] = [0; 2].map(|_| UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound"));
        socket.set_nonblocking(true).expect("it can be set");
        let (to, from) = (socket.local_addr().expect("bound"), sender.local_addr().expect("bound"));
        for _ in 0..BATCH {
            sender.send_to(&[0x80, 111, 0, 0], to).expect("loopback takes it");
        }
        let threads = Flood { socket: sender, to, left: 10 * BATCHES_AT_ONCE * BATCH };
        let (figures, stop, bugs, owed) = Default::default();
        let (_, changes) = crossbeam_channel::unbounded();
        let mut receiver = Receiver { sockets: Vec::new(), threads, changes, figures, stop, bugs, owed };
        let mut owners = HashMap::from([(Mark::From(from), 1)]);
        receiver.drain(&socket, &mut ReceiveBatch::new(), &mut owners);
        let taken = receiver.figures.packets_in.load(Ordering::Relaxed);
        assert!((1..=(BATCHES_AT_ONCE * BATCH) as u64).contains(&taken), "{taken}");
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
    fn nobody_wakes_for_a_check_from_an_address_that_has_proved_itself() {
        // A binding request with a username (RFC 8489 §5, §14.3) whose first letter names thread 3.
        let mut check = vec![0, 1, 0, 12, 0x21, 0x12, 0xA4, 0x42];
        check.extend([7; 12]);
        check.extend([0, 6, 0, 6]);
        check.extend(b"Dabc:x\0\0");
        let hasty = |owners: &HashMap<Mark, Threads>| addressees(from(), &check, owners);
        assert_eq!(hasty(&HashMap::new()), Ok(Addressees { threads: 8, hasty: true }));
        assert_eq!(hasty(&HashMap::from([(Mark::From(from()), 4)])), Ok(Addressees { threads: 8, hasty: true }));
        assert_eq!(hasty(&HashMap::from([(Mark::From(from()), 12)])), Ok(Addressees { threads: 8, hasty: false }));
    }

    #[test]
    fn whoever_was_not_woken_is_so_within_the_time_of_a_frame() {
        let (mut owed, start) = (Owed::default(), Instant::now());
        assert_eq!((owed.take_due(start), owed.nap(start)), (0, NAP));
        owed.add(8, start);
        owed.add(2, start + LEISURE / 2);
        assert_eq!((owed.take_due(start + LEISURE / 2), owed.nap(start + LEISURE / 2)), (0, LEISURE / 2));
        assert_eq!(owed.take_due(start + LEISURE), 10);
        assert_eq!((owed.take_due(start + LEISURE), owed.nap(start)), (0, NAP));
    }

    #[test]
    fn what_speaks_no_protocol_is_dropped() {
        let owners = HashMap::from([(Mark::From(from()), 8)]);
        for seed in [&[][..], &[0xFF; 40], &[70], &[200, 0, 0, 0]] {
            assert_eq!(threads_of(from(), seed, &owners), Err(DropReason::Malformed));
        }
    }
}
