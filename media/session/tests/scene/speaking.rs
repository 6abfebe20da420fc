//! A speaker of ours and a client, joined by two wires.

#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cooee_session::client::{Client, Event as ClientEvent, Wish};
use cooee_session::speak::{Event, SlotPacket, Speak};
use cooee_session::{Dropped, Identity, MAX_DATAGRAM, Output, Secrets, Shared, demux, rtp};

use super::{STEP, Wire, server_address};

/// A packet that the client heard in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub slot: usize,
    pub sequence: u64,
    pub timestamp: u32,
    pub csrc: u32,
    pub payload: Vec<u8>,
}

pub struct Speaking {
    pub now: Instant,
    pub shared: Shared,
    pub client: Client,
    pub client_address: SocketAddr,
    pub server: Speak,
    pub up: Wire,
    pub down: Wire,
    /// Sequence numbers that the server received, with their timestamps.
    pub received: Vec<(Instant, u64, u32)>,
    pub heard: Vec<Heard>,
    pub events: Vec<Event>,
    pub client_events: Vec<ClientEvent>,
    pub dropped: Vec<Dropped>,
    /// Who plays in slot 0, with their own next sequence.
    pub playing: Option<(u32, u64)>,
    /// Whether datagrams from unknown addresses are brought to the session by their SSRC.
    pub by_ssrc: bool,
    addresses: BTreeSet<SocketAddr>,
    ssrcs: BTreeSet<u32>,
    next_packet: Instant,
    count: u32,
}

impl Speaking {
    pub fn new(seed: u64, slots: usize) -> Speaking {
        let now = Instant::now();
        let identity = Identity::new().unwrap();
        let candidates = vec![server_address()];
        let shared = Shared { identity: Identity::new().unwrap(), candidates };
        let (mut client, offer) = Client::offer(&identity, Wish::Speak { slots }, Secrets::draw(1), now);
        let (server, answer) = Speak::answer(&shared, &offer, &Secrets::draw(2), now).unwrap();
        client.accept(&answer, now).unwrap();
        Speaking {
            now,
            shared,
            client,
            client_address: "198.51.100.7:4000".parse().unwrap(),
            server,
            up: Wire::new(seed),
            down: Wire::new(!seed),
            received: Vec::new(),
            heard: Vec::new(),
            events: Vec::new(),
            client_events: Vec::new(),
            dropped: Vec::new(),
            playing: None,
            by_ssrc: true,
            addresses: BTreeSet::new(),
            ssrcs: BTreeSet::new(),
            next_packet: now,
            count: 0,
        }
    }

    pub fn connected(seed: u64, slots: usize) -> Speaking {
        let mut scene = Speaking::new(seed, slots);
        scene.run_until(5_000, |scene| scene.client.is_connected() && scene.server.is_connected());
        scene
    }

    pub fn run(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while self.now < end {
            self.step();
        }
    }

    pub fn run_until(&mut self, ms: u64, done: impl Fn(&Speaking) -> bool) {
        let end = self.now + Duration::from_millis(ms);
        while !done(self) {
            assert!(self.now < end, "not within {ms} ms");
            self.step();
        }
    }

    fn step(&mut self) {
        self.now += STEP;
        while let Some((from, mut datagram)) = self.up.take(self.now) {
            // What the engine's router does.
            let known = self.addresses.contains(&from)
                || demux::peek_ufrag(&datagram).is_some()
                || demux::classify(&datagram) == Some(demux::Kind::Stun)
                || (self.by_ssrc && demux::peek_ssrc(&datagram).is_some_and(|ssrc| self.ssrcs.contains(&ssrc)));
            if known {
                match self.server.receive(self.now, from, &mut datagram) {
                    Ok(Some(packet)) => {
                        assert_eq!(packet.payload, packet.timestamp.to_be_bytes());
                        self.received.push((self.now, packet.sequence, packet.timestamp));
                    }
                    Ok(None) => {}
                    Err(reason) => self.dropped.push(reason),
                }
            }
            self.poll_server();
        }
        while let Some((to, mut datagram)) = self.down.take(self.now) {
            if to == self.client_address {
                self.client_receives(&mut datagram);
            }
        }
        if self.now >= self.next_packet {
            self.next_packet += Duration::from_millis(20);
            self.talk();
        }
        self.poll_server();
        self.poll_client();
    }

    /// Everybody says 20 ms.
    fn talk(&mut self) {
        let mut out = [0; MAX_DATAGRAM];
        let timestamp = self.count * 960;
        self.count += 1;
        if let Some((_, len)) = self.client.send(timestamp, self.count == 1, &timestamp.to_be_bytes(), &mut out) {
            self.up.put(self.now, self.client_address, &out[..len]);
        }
        if let Some((csrc, sequence)) = &mut self.playing {
            let payload = sequence.to_be_bytes();
            let packet = SlotPacket {
                csrc: *csrc,
                sequence: *sequence,
                timestamp: *sequence as u32 * 960,
                marker: false,
                payload: &payload,
            };
            *sequence += 1;
            if let Some((to, len)) = self.server.send_slot(self.now, 0, &packet, &mut out) {
                self.down.put(self.now, to, &out[..len]);
            }
        }
    }

    fn poll_server(&mut self) {
        let mut out = [0; MAX_DATAGRAM];
        loop {
            match self.server.poll(self.now, &mut out) {
                Output::Transmit { to, len } => self.down.put(self.now, to, &out[..len]),
                Output::Timeout(at) => break assert!(at > self.now),
                Output::Event(event) => {
                    match event {
                        Event::AddressAdded(address) => _ = self.addresses.insert(address),
                        Event::AddressRemoved(address) => _ = self.addresses.remove(&address),
                        Event::Ssrc(ssrc) => _ = self.ssrcs.insert(ssrc),
                        Event::Connected | Event::Closed(_) => {}
                    }
                    self.events.push(event);
                }
            }
        }
    }

    fn poll_client(&mut self) {
        let mut out = [0; MAX_DATAGRAM];
        loop {
            match self.client.poll(self.now, &mut out) {
                Output::Transmit { len, .. } => {
                    self.up.put(self.now, self.client_address, &out[..len]);
                }
                Output::Event(event) => self.client_events.push(event),
                Output::Timeout(at) => break assert!(at > self.now),
            }
        }
    }

    fn client_receives(&mut self, datagram: &mut [u8]) {
        let Ok(Some(media)) = self.client.receive(self.now, datagram) else { return };
        let heard = Heard {
            slot: media.slot,
            sequence: media.sequence,
            timestamp: media.timestamp,
            csrc: rtp::csrcs(media.header).next().unwrap(),
            payload: media.payload.to_vec(),
        };
        let highest = self.heard.iter().map(|heard| heard.sequence).max();
        if let Some(highest) = highest {
            let missing: Vec<u16> = (highest + 1..heard.sequence).map(|sequence| sequence as u16).collect();
            if !missing.is_empty() {
                self.client.nack(&missing);
            }
        }
        self.heard.push(heard);
    }
}
