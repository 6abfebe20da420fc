//! What a thread is about to send: sealed into memory that is allocated once, and sent in batches.

use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd as _, RawFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrayvec::ArrayVec;
use cooee_session::MAX_DATAGRAM;

use crate::figures::{DropReason, ThreadFigures};
use crate::sys::{BATCH, Outgoing, SendError, send};

/// Datagrams that an outbox holds.
pub(crate) const SLOTS: usize = BATCH;
/// What could not be sent for so long is not worth sending any more.
const STALE: Duration = Duration::from_millis(20);

#[derive(Clone, Copy)]
struct Sealed {
    to: SocketAddr,
    slot: u8,
    len: u16,
}

struct Way {
    socket: Arc<UdpSocket>,
    ipv6: bool,
    waiting: ArrayVec<Sealed, SLOTS>,
    blocked: bool,
}

/// The outbox of one thread, over one socket per address family.
pub(crate) struct Outbox {
    arena: Box<[[u8; MAX_DATAGRAM]]>,
    used: usize,
    since: Option<Instant>,
    ways: ArrayVec<Way, 2>,
    figures: Arc<ThreadFigures>,
}

impl Outbox {
    pub(crate) fn new(sockets: &[Arc<UdpSocket>], figures: Arc<ThreadFigures>) -> Self {
        let way = |socket: &Arc<UdpSocket>| {
            let ipv6 = socket.local_addr().is_ok_and(|address| address.is_ipv6());
            Way { socket: Arc::clone(socket), ipv6, waiting: ArrayVec::new(), blocked: false }
        };
        let ways = sockets.iter().take(2).map(way).collect();
        let arena = vec![[0; MAX_DATAGRAM]; SLOTS].into_boxed_slice();
        Self { arena, used: 0, since: None, ways, figures }
    }

    /// Room for one datagram, or `None` if the outbox is full: [`Outbox::flush`] first. [`Outbox::commit`] keeps what was written.
    pub(crate) fn slot(&mut self) -> Option<&mut [u8; MAX_DATAGRAM]> {
        self.arena.get_mut(self.used)
    }

    /// Keeps the first `len` bytes of the slot, to be sent to `to`.
    pub(crate) fn commit(&mut self, now: Instant, to: SocketAddr, len: usize) {
        let Some(way) = self.ways.iter_mut().find(|way| way.ipv6 == to.is_ipv6()) else {
            return self.figures.dropped(DropReason::Unreachable, 1);
        };
        way.waiting.push(Sealed { to, slot: self.used as u8, len: len as u16 });
        self.used += 1;
        self.since.get_or_insert(now);
    }

    /// Room for one datagram, made by sending if need be; `None` if the sockets take nothing.
    pub(crate) fn room(&mut self, now: Instant) -> Option<&mut [u8; MAX_DATAGRAM]> {
        if self.used == SLOTS {
            self.flush(now);
        }
        if self.used == SLOTS {
            self.figures.dropped(DropReason::SendBlocked, 1);
        }
        self.slot()
    }

    /// How many more datagrams fit.
    pub(crate) fn free(&self) -> usize {
        SLOTS - self.used
    }

    /// Sends what waits, as far as the sockets take it. What waited too long is dropped.
    pub(crate) fn flush(&mut self, now: Instant) {
        let Self { arena, ways, figures, .. } = self;
        for way in ways.iter_mut() {
            way.flush(arena, figures);
        }
        if self.since.is_some_and(|since| now.saturating_duration_since(since) > STALE) {
            for way in &mut self.ways {
                self.figures.dropped(DropReason::SendBlocked, way.waiting.len() as u64);
                way.waiting.clear();
            }
        }
        if self.ways.iter().all(|way| way.waiting.is_empty()) {
            self.used = 0;
            self.since = None;
        }
    }

    /// The sockets that have to become writable before more can be sent.
    pub(crate) fn blocked(&self) -> ArrayVec<(RawFd, i16), 2> {
        let blocked = self.ways.iter().filter(|way| way.blocked && !way.waiting.is_empty());
        blocked.map(|way| (way.socket.as_raw_fd(), libc::POLLOUT)).collect()
    }
}

impl Way {
    fn flush(&mut self, arena: &[[u8; MAX_DATAGRAM]], figures: &ThreadFigures) {
        self.blocked = false;
        let mut sent = 0;
        while sent < self.waiting.len() {
            let rest = self.waiting[sent..].iter();
            let outgoing = |sealed: &Sealed| Outgoing {
                to: sealed.to,
                bytes: &arena[usize::from(sealed.slot)][..usize::from(sealed.len)],
            };
            match send(&self.socket, rest.map(outgoing)) {
                Ok(count) => {
                    let bytes = self.waiting[sent..sent + count].iter().map(|sealed| u64::from(sealed.len)).sum();
                    figures.sent(count as u64, bytes);
                    sent += count;
                }
                Err(SendError::Full) => {
                    self.blocked = true;
                    break;
                }
                Err(SendError::Refused) => {
                    figures.dropped(DropReason::Unreachable, 1);
                    sent += 1;
                }
            }
        }
        self.waiting.drain(..sent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox() -> (Outbox, UdpSocket) {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
        socket.set_nonblocking(true).expect("it can be set");
        let peer = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
        peer.set_read_timeout(Some(Duration::from_secs(5))).expect("it can be set");
        (Outbox::new(&[Arc::new(socket)], Arc::default()), peer)
    }

    fn put(outbox: &mut Outbox, to: SocketAddr, byte: u8) {
        outbox.slot().expect("there is room")[0] = byte;
        outbox.commit(Instant::now(), to, 1);
    }

    #[test]
    fn what_was_committed_is_sent_in_order_and_the_room_is_used_again() {
        let (mut outbox, peer) = outbox();
        let to = peer.local_addr().expect("bound");
        for round in 0..3 {
            for byte in 0..SLOTS as u8 {
                put(&mut outbox, to, byte);
            }
            assert!(outbox.slot().is_none(), "round {round}");
            outbox.flush(Instant::now());
            for byte in 0..SLOTS as u8 {
                let mut got = [0; 8];
                assert_eq!(peer.recv(&mut got).expect("it was sent"), 1);
                assert_eq!(got[0], byte);
            }
        }
    }

    #[test]
    fn where_nothing_can_be_sent_stands_in_nobodys_way() {
        let (mut outbox, peer) = outbox();
        put(&mut outbox, "192.0.2.1:9".parse().expect("an address"), 1);
        put(&mut outbox, "[::1]:9".parse().expect("an address"), 2);
        put(&mut outbox, peer.local_addr().expect("bound"), 3);
        outbox.flush(Instant::now());
        let mut got = [0; 8];
        peer.recv(&mut got).expect("it was sent");
        assert_eq!(got[0], 3);
        assert_eq!(outbox.figures.total_dropped(DropReason::Unreachable), 2);
    }
}
