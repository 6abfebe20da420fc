//! A seeded network in virtual time, and the mix that is sent over it.

#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cooee_session::mix::{Class, Earlier, History, MixPacket};

/// The step of virtual time.
pub const STEP: Duration = Duration::from_millis(5);

/// Where the server is.
pub fn server_address() -> SocketAddr {
    "192.0.2.1:8001".parse().unwrap()
}

/// One direction of a path: loses, delays and so reorders.
pub struct Wire {
    random: fastrand::Rng,
    pub loss: f64,
    pub delay_ms: u64,
    pub jitter_ms: u64,
    /// What it never lets through.
    pub blocks: fn(&[u8]) -> bool,
    in_flight: BTreeMap<(Instant, u64), (SocketAddr, Vec<u8>)>,
    count: u64,
    /// Everything that was put in, lost or not.
    pub seen: Vec<(SocketAddr, Vec<u8>)>,
}

impl Wire {
    pub fn new(seed: u64) -> Wire {
        Wire {
            random: fastrand::Rng::with_seed(seed),
            loss: 0.0,
            delay_ms: 10,
            jitter_ms: 0,
            blocks: |_| false,
            in_flight: BTreeMap::new(),
            count: 0,
            seen: Vec::new(),
        }
    }

    pub fn put(&mut self, now: Instant, address: SocketAddr, datagram: &[u8]) {
        self.seen.push((address, datagram.to_vec()));
        if self.random.f64() < self.loss || (self.blocks)(datagram) {
            return;
        }
        let jitter = self.random.u64(0..=self.jitter_ms);
        self.count += 1;
        let at = now + Duration::from_millis(self.delay_ms + jitter);
        self.in_flight.insert((at, self.count), (address, datagram.to_vec()));
    }

    pub fn take(&mut self, now: Instant) -> Option<(SocketAddr, Vec<u8>)> {
        let first = self.in_flight.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}

/// A mix whose packets can be told apart: each payload begins with its epoch and index.
pub struct Mix {
    pub epoch: u32,
    pub class: Class,
    /// Timestamp of frame 0 in this epoch.
    pub base: u32,
    next: u32,
    packets: BTreeMap<(u32, u32, u8), Kept>,
}

struct Kept {
    timestamp: u32,
    payload: Vec<u8>,
    before: Option<(u32, Vec<u8>)>,
}

pub const CSRCS: [u32; 2] = [11, 22];

impl Mix {
    pub fn new(epoch: u32) -> Mix {
        Mix { epoch, class: Class::Ms20, base: 0, next: 0, packets: BTreeMap::new() }
    }

    /// Makes the next packet and answers its name.
    pub fn tick(&mut self) -> (u32, u32, Class) {
        let index = self.next;
        self.next += self.class.frames();
        let timestamp = self.base.wrapping_add(index * 960);
        let mut payload = [self.epoch.to_be_bytes(), index.to_be_bytes()].concat();
        payload.resize(40 + (index % 50) as usize, 7);
        let before = self
            .packets
            .get(&(self.epoch, index.wrapping_sub(self.class.frames()), self.class as u8))
            .map(|kept| (kept.timestamp, kept.payload.clone()));
        let kept = Kept { timestamp, payload, before };
        self.packets.insert((self.epoch, index, self.class as u8), kept);
        (self.epoch, index, self.class)
    }
}

impl History for Mix {
    fn packet(&self, epoch: u32, index: u32, class: Class) -> Option<MixPacket<'_>> {
        let kept = self.packets.get(&(epoch, index, class as u8))?;
        let before = kept.before.as_ref();
        Some(MixPacket {
            epoch,
            index,
            class,
            timestamp: kept.timestamp,
            marker: index == 0,
            csrcs: &CSRCS,
            payload: &kept.payload,
            earlier: [before.map(|(timestamp, payload)| Earlier { timestamp: *timestamp, payload }), None],
        })
    }
}
