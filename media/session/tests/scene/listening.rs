//! A listener of ours and a client, joined by two wires.

#![allow(dead_code, reason = "each test uses its part")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cooee_session::client::{Client, Event as ClientEvent, Wish};
use cooee_session::listen::{Event, Listen};
use cooee_session::{Dropped, Identity, MAX_DATAGRAM, Output, Secrets, Shared, red, rtp};

use super::{CSRCS, Mix, STEP, Wire, server_address};

/// A packet that the client heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub at: Instant,
    pub sequence: u64,
    pub timestamp: u32,
    pub red: bool,
    /// Epochs and frame indices of all blocks, the newest last.
    pub frames: Vec<(u32, u32)>,
}

pub struct Listening {
    pub now: Instant,
    pub shared: Shared,
    pub client: Client,
    pub client_address: SocketAddr,
    pub server: Listen,
    pub mix: Mix,
    pub up: Wire,
    pub down: Wire,
    pub heard: Vec<Heard>,
    pub events: Vec<Event>,
    pub client_events: Vec<ClientEvent>,
    pub dropped: Vec<Dropped>,
    /// Whether the client asks for what is missing.
    pub nacks: bool,
    /// Counts what is to be counted while the server works (allocations), and how much of it there was.
    pub counter: fn() -> usize,
    pub counted: usize,
    next_packet: Instant,
}

impl Listening {
    pub fn new(seed: u64, red: bool) -> Listening {
        Listening::at(seed, red, server_address(), "198.51.100.7:4000".parse().unwrap())
    }

    pub fn at(seed: u64, red: bool, server: SocketAddr, client_address: SocketAddr) -> Listening {
        Listening::with(seed, red, server, client_address, &Secrets::draw(2))
    }

    /// One whose first packet has this sequence number.
    pub fn beginning_with(seed: u64, red: bool, first_sequence: u16) -> Listening {
        let client_address = "198.51.100.7:4000".parse().unwrap();
        let secrets = Secrets { first_sequence, ..Secrets::draw(2) };
        Listening::with(seed, red, server_address(), client_address, &secrets)
    }

    fn with(seed: u64, red: bool, server: SocketAddr, client_address: SocketAddr, secrets: &Secrets) -> Listening {
        let now = Instant::now();
        let identity = Identity::new().unwrap();
        let shared = Shared { identity: Identity::new().unwrap(), candidates: vec![server] };
        let (mut client, offer) = Client::offer(&identity, Wish::Listen { red }, Secrets::draw(1), now);
        let (server, answer) = Listen::answer(&shared, &offer, secrets, now).unwrap();
        client.accept(&answer, now).unwrap();
        Listening {
            now,
            shared,
            client,
            client_address,
            server,
            mix: Mix::new(1),
            up: Wire::new(seed),
            down: Wire::new(!seed),
            heard: Vec::new(),
            events: Vec::new(),
            client_events: Vec::new(),
            dropped: Vec::new(),
            nacks: false,
            counter: || 0,
            counted: 0,
            next_packet: now,
        }
    }

    pub fn connected(seed: u64, red: bool) -> Listening {
        let mut scene = Listening::new(seed, red);
        scene.run_until(5_000, |scene| scene.client.is_connected() && scene.server.is_connected());
        scene
    }

    pub fn run(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while self.now < end {
            self.step();
        }
    }

    /// Runs until it is so, and panics after `ms`.
    pub fn run_until(&mut self, ms: u64, done: impl Fn(&Listening) -> bool) {
        let end = self.now + Duration::from_millis(ms);
        while !done(self) {
            assert!(self.now < end, "not within {ms} ms");
            self.step();
        }
    }

    pub fn step(&mut self) {
        self.now += STEP;
        while let Some((from, datagram)) = self.up.take(self.now) {
            let before = (self.counter)();
            let received = self.server.receive(self.now, from, &datagram);
            self.counted += (self.counter)() - before;
            if let Err(reason) = received {
                self.dropped.push(reason);
            }
            self.poll_server();
        }
        while let Some((to, mut datagram)) = self.down.take(self.now) {
            if to == self.client_address {
                self.client_receives(&mut datagram);
            }
        }
        if self.now >= self.next_packet {
            self.next_packet += Duration::from_millis(20) * self.mix.class.frames();
            self.send();
        }
        self.poll_server();
        self.poll_client();
    }

    fn send(&mut self) {
        let (epoch, index, class) = self.mix.tick();
        let packet = cooee_session::mix::History::packet(&self.mix, epoch, index, class).unwrap();
        let mut out = [0; MAX_DATAGRAM];
        if let Some((to, len)) = self.server.send(self.now, &packet, &mut out) {
            self.down.put(self.now, to, &out[..len]);
        }
    }

    fn poll_server(&mut self) {
        let mut out = [0; MAX_DATAGRAM];
        loop {
            let before = (self.counter)();
            let output = self.server.poll(self.now, &self.mix, &mut out);
            self.counted += (self.counter)() - before;
            match output {
                Output::Transmit { to, len } => self.down.put(self.now, to, &out[..len]),
                Output::Event(event) => self.events.push(event),
                Output::Timeout(at) => break assert!(at > self.now),
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
        assert_eq!(rtp::csrcs(media.header).collect::<Vec<_>>(), CSRCS);
        let frames = if media.red {
            red::read(media.payload).iter().map(|block| name(block.payload)).collect()
        } else {
            vec![name(media.payload)]
        };
        assert!(!frames.is_empty(), "RED can be read");
        let heard =
            Heard { at: self.now, sequence: media.sequence, timestamp: media.timestamp, red: media.red, frames };
        let highest = self.heard.iter().map(|heard| heard.sequence).max();
        if let Some(highest) = highest.filter(|_| self.nacks) {
            let missing: Vec<u16> = (highest + 1..heard.sequence).map(|sequence| sequence as u16).collect();
            if !missing.is_empty() {
                self.client.nack(&missing);
            }
        }
        self.heard.push(heard);
    }

    /// The frames of an epoch that were heard, in order, each once.
    pub fn frames(&self, epoch: u32) -> Vec<u32> {
        let all = self.heard.iter().flat_map(|heard| &heard.frames);
        let mut frames: Vec<u32> = all.filter(|frame| frame.0 == epoch).map(|frame| frame.1).collect();
        frames.sort_unstable();
        frames.dedup();
        frames
    }
}

fn name(payload: &[u8]) -> (u32, u32) {
    let word = |at: usize| u32::from_be_bytes(payload[at..at + 4].try_into().unwrap());
    (word(0), word(4))
}
