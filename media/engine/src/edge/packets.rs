//! Packets on their way from the receiving thread to the thread whose they are: without a lock, an allocation, or room for
//! the largest in each place.

use std::net::SocketAddr;
use std::time::Instant;

use rtrb::{Consumer, Producer, RingBuffer};

use crate::sys::LARGEST;

/// Packets that may wait for one thread; beyond that it is overloaded, and they are dropped.
///
/// Five thousand listeners' checks and reports are about 3,000 packets a second, a hundred speakers' sound is 5,000: there is
/// room for what comes in 200 ms, in which a thread does much else.
const PACKETS: usize = 1024;
/// And their bytes. Checks, reports and sound have 100 to 200, handshakes up to 1,200.
const BYTES: usize = 192 * 1024;

/// A received datagram, copied out of the queue.
#[derive(Clone)]
pub(crate) struct Packet {
    pub(crate) from: SocketAddr,
    pub(crate) arrival: Instant,
    len: usize,
    bytes: [u8; LARGEST],
}

impl Packet {
    /// Copies `datagram`, which is at most [`LARGEST`] long.
    #[cfg(test)]
    pub(crate) fn new(from: SocketAddr, arrival: Instant, datagram: &[u8]) -> Self {
        let mut bytes = [0; LARGEST];
        bytes[..datagram.len()].copy_from_slice(datagram);
        Self { from, arrival, len: datagram.len(), bytes }
    }

    pub(crate) fn datagram(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// For opening in place.
    pub(crate) fn datagram_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }
}

/// What is known of a packet; its bytes are in the ring beside.
#[derive(Debug, Clone, Copy)]
struct Head {
    from: SocketAddr,
    arrival: Instant,
    len: usize,
}

/// The sending end.
pub(crate) struct PacketSender {
    heads: Producer<Head>,
    bytes: Producer<u8>,
}

/// The receiving end.
pub(crate) struct PacketReceiver {
    heads: Consumer<Head>,
    bytes: Consumer<u8>,
}

/// A new pair. Its memory is taken from the system as it is first used.
pub(crate) fn packets() -> (PacketSender, PacketReceiver) {
    let (head_sender, heads) = RingBuffer::new(PACKETS);
    let (byte_sender, bytes) = RingBuffer::new(BYTES);
    (PacketSender { heads: head_sender, bytes: byte_sender }, PacketReceiver { heads, bytes })
}

impl PacketSender {
    /// Puts a datagram in, of at most [`LARGEST`] bytes; whether there was room.
    pub(crate) fn put(&mut self, from: SocketAddr, arrival: Instant, datagram: &[u8]) -> bool {
        let len = datagram.len();
        if self.heads.is_full() || len > LARGEST {
            return false;
        }
        let Ok(mut room) = self.bytes.write_chunk(len) else { return false };
        let (first, second) = room.as_mut_slices();
        let (start, rest) = datagram.split_at(first.len());
        first.copy_from_slice(start);
        second.copy_from_slice(rest);
        room.commit_all();
        // After its bytes: whoever sees the head finds them.
        self.heads.push(Head { from, arrival, len }).is_ok()
    }

    /// Whether all were taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.heads.slots() == PACKETS
    }
}

impl PacketReceiver {
    /// Takes the next packet out.
    pub(crate) fn take(&mut self) -> Option<Packet> {
        let Head { from, arrival, len } = self.heads.pop().ok()?;
        let kept = self.bytes.read_chunk(len).expect("bytes come before their head");
        let (first, second) = kept.as_slices();
        let mut packet = Packet { from, arrival, len, bytes: [0; LARGEST] };
        packet.bytes[..first.len()].copy_from_slice(first);
        packet.bytes[first.len()..len].copy_from_slice(second);
        kept.commit_all();
        Some(packet)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    #[test]
    fn packets_of_any_length_come_out_as_they_went_in() {
        let (mut sender, mut receiver) = packets();
        let now = Instant::now();
        let datagram = |number: usize| vec![number as u8; 1 + number * 37 % LARGEST];
        for round in 0..200 {
            let numbers = || (0..40).map(|n| round * 40 + n);
            for number in numbers() {
                assert!(sender.put(from(number as u16), now, &datagram(number)), "{number}");
            }
            for number in numbers() {
                let packet = receiver.take().expect("it was put in");
                assert_eq!((packet.from, packet.datagram()), (from(number as u16), &datagram(number)[..]));
            }
            assert!(receiver.is_empty() && receiver.take().is_none());
        }
    }

    #[test]
    fn a_full_queue_takes_nothing_until_something_is_taken_out() {
        for (len, most) in [(1, PACKETS), (LARGEST, BYTES / LARGEST)] {
            let (mut sender, mut receiver) = packets();
            let datagram = vec![7; len];
            let taken = (0..2 * PACKETS).take_while(|_| sender.put(from(1), Instant::now(), &datagram)).count();
            assert_eq!(taken, most);
            assert_eq!(receiver.take().map(|packet| packet.len), Some(len));
            assert!(sender.put(from(1), Instant::now(), &datagram));
        }
    }

    #[test]
    fn what_one_thread_puts_in_another_takes_out() {
        let (mut sender, mut receiver) = packets();
        let count = 100_000_u32;
        let putting = std::thread::spawn(move || {
            for number in 0..count {
                let datagram = number.to_be_bytes().repeat(1 + number as usize % 300);
                while !sender.put(from(1), Instant::now(), &datagram) {
                    std::thread::yield_now();
                }
            }
        });
        for number in 0..count {
            let packet = loop {
                match receiver.take() {
                    Some(packet) => break packet,
                    None => std::thread::yield_now(),
                }
            };
            assert_eq!(packet.len, 4 * (1 + number as usize % 300));
            assert!(packet.datagram().chunks(4).all(|word| word == number.to_be_bytes()));
        }
        putting.join().expect("it puts in");
    }
}
