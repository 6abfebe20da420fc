//! The thread that receives: it tells whose a datagram is, and hands it over.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cooee_session::demux::{Kind, classify, peek_ssrc, peek_ufrag, thread_of};
use crossbeam_channel::Receiver as Changes;

use super::inbox::{Mark, Packet, Route};
use crate::figures::{DropReason, ThreadFigures};
use crate::guard::Bugs;
use crate::sys::{BATCH, ReceiveBatch, Waker, wait};

/// How long it sleeps at most, so that a stop is noticed.
const NAP: Duration = Duration::from_millis(100);

/// Where packets go, by thread number.
pub(crate) trait Routed: Send {
    /// Hands a packet to a thread; whether there was room for it.
    fn packet(&self, thread: u8, packet: Packet) -> bool;
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
    pub(crate) fn run(self, waker: &Waker) {
        self.figures.started();
        let mut owners: HashMap<Mark, u8> = HashMap::new();
        let mut batch = ReceiveBatch::new();
        let polled: Vec<_> = self.sockets.iter().map(|socket| (socket.as_raw_fd(), libc::POLLIN)).collect();
        while !self.stop.load(Ordering::Relaxed) {
            wait(waker, &polled, NAP, || true);
            for socket in &self.sockets {
                self.bugs.survive(|| self.drain(socket, &mut batch, &mut owners));
            }
        }
    }

    fn drain(&self, socket: &UdpSocket, batch: &mut ReceiveBatch, owners: &mut HashMap<Mark, u8>) {
        while let Ok(count) = batch.receive(socket) {
            self.apply_changes(owners);
            let arrival = Instant::now();
            let (mut woken, mut bytes) = (0, 0);
            for (from, datagram) in batch.datagrams() {
                bytes += datagram.len() as u64;
                match owner(from, datagram, owners) {
                    Ok(thread) if self.threads.packet(thread, Packet::new(from, arrival, datagram)) => {
                        woken |= 1 << thread;
                    }
                    Ok(_) => self.figures.dropped(DropReason::QueueFull, 1),
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

    fn apply_changes(&self, owners: &mut HashMap<Mark, u8>) {
        for Route { mark, thread, added } in self.changes.try_iter() {
            if added {
                owners.insert(mark, thread);
            } else if owners.get(&mark) == Some(&thread) {
                owners.remove(&mark);
            }
        }
    }
}

/// Whose datagram it is: a STUN request says it itself, all else belongs to whoever is known at the address. RTP from
/// elsewhere may be somebody's whose address has changed: its session finds out whether it is authentic.
fn owner(from: SocketAddr, datagram: &[u8], owners: &HashMap<Mark, u8>) -> Result<u8, DropReason> {
    let by_address = || owners.get(&Mark::From(from)).copied();
    let by_ssrc = || owners.get(&Mark::Ssrc(peek_ssrc(datagram)?)).copied();
    match classify(datagram).ok_or(DropReason::Malformed)? {
        Kind::Stun => match peek_ufrag(datagram) {
            Some(fragment) => return thread_of(fragment).ok_or(DropReason::Malformed),
            None => by_address(),
        },
        Kind::Dtls | Kind::Rtcp => by_address(),
        Kind::Rtp => by_address().or_else(by_ssrc),
    }
    .ok_or(DropReason::UnknownAddress)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_from_an_address_that_nobody_proved_is_nobodys() {
        let from = "127.0.0.1:5".parse().expect("an address");
        let owners = HashMap::from([(Mark::From(from), 3)]);
        assert_eq!(owner(from, &[0x80, 111, 0, 0], &owners), Ok(3));
        assert_eq!(owner(from, &[22, 254, 253], &owners), Ok(3));
        assert_eq!(owner(from, &[0x80, 111, 0, 0], &HashMap::new()), Err(DropReason::UnknownAddress));
    }

    #[test]
    fn sound_from_a_new_address_is_its_speakers() {
        let from = "127.0.0.1:5".parse().expect("an address");
        let owners = HashMap::from([(Mark::Ssrc(0x0102_0304), 3)]);
        assert_eq!(owner(from, &[0x80, 111, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], &owners), Ok(3));
        assert_eq!(owner(from, &[0x80, 111, 0, 0, 0, 0, 0, 0, 1, 2, 3, 5], &owners), Err(DropReason::UnknownAddress));
    }

    #[test]
    fn what_speaks_no_protocol_is_dropped() {
        let from = "127.0.0.1:5".parse().expect("an address");
        let owners = HashMap::from([(Mark::From(from), 3)]);
        for seed in [&[][..], &[0xFF; 40], &[70], &[200, 0, 0, 0]] {
            assert_eq!(owner(from, seed, &owners), Err(DropReason::Malformed));
        }
    }
}
