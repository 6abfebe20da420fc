//! An independent WebRTC peer (`str0m`: its own ICE, SRTP, SDP and RTCP) as listener and as speaker.

mod scene {
    mod base;
    pub use base::*;
}

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cooee_session::listen::{self, Listen, Reception};
use cooee_session::mix::History;
use cooee_session::speak::{self, SlotPacket, Speak};
use cooee_session::{Dropped, Identity, MAX_DATAGRAM, Output, Secrets, Shared};
use scene::{CSRCS, Mix, STEP, Wire, server_address};
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Rtc};

/// Both of our sessions, as far as this test is concerned.
trait Session {
    fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &mut [u8]) -> Result<(), Dropped>;
    /// A datagram to send, if there is one.
    fn poll(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)>;
    /// Sends 20 ms of sound.
    fn talk(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)>;
}

struct Audience {
    session: Listen,
    mix: Mix,
    /// What its reports were taken for.
    receptions: Vec<Reception>,
}

impl Session for Audience {
    fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &mut [u8]) -> Result<(), Dropped> {
        self.session.receive(now, from, datagram)
    }

    fn poll(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        loop {
            match self.session.poll(now, &self.mix, out) {
                Output::Transmit { to, len } => return Some((to, len)),
                Output::Event(listen::Event::Closed(reason)) => panic!("{reason:?}"),
                Output::Event(listen::Event::Reception(reception)) => self.receptions.push(reception),
                Output::Event(_) => {}
                Output::Timeout(_) => return None,
            }
        }
    }

    fn talk(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let (epoch, index, class) = self.mix.tick();
        let packet = self.mix.packet(epoch, index, class).unwrap();
        self.session.send(now, &packet, out)
    }
}

struct Stage {
    session: Speak,
    received: Vec<(u64, Vec<u8>)>,
    sequence: u64,
}

impl Session for Stage {
    fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &mut [u8]) -> Result<(), Dropped> {
        if let Some(packet) = self.session.receive(now, from, datagram)? {
            self.received.push((packet.sequence, packet.payload.to_vec()));
        }
        Ok(())
    }

    fn poll(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        loop {
            match self.session.poll(now, out) {
                Output::Transmit { to, len } => return Some((to, len)),
                Output::Event(speak::Event::Closed(reason)) => panic!("{reason:?}"),
                Output::Event(_) => {}
                Output::Timeout(_) => return None,
            }
        }
    }

    fn talk(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        self.sequence += 1;
        let payload = self.sequence.to_be_bytes();
        let timestamp = self.sequence as u32 * 960;
        let packet = SlotPacket { csrc: 5, sequence: self.sequence, timestamp, marker: false, payload: &payload };
        self.session.send_slot(now, 2, &packet, out)
    }
}

struct Call<S> {
    now: Instant,
    rtc: Rtc,
    address: SocketAddr,
    server: S,
    up: Wire,
    down: Wire,
    /// Sequence numbers, CSRCs and payloads that the peer heard.
    heard: Vec<(u64, Vec<u32>, Vec<u8>)>,
    connected: bool,
    next_talk: Instant,
    mids: Vec<Mid>,
    said: u64,
}

fn call<S>(
    directions: &[Direction],
    change: impl Fn(String) -> String,
    answer: impl Fn(&Shared, &str, Instant) -> (S, String),
) -> Call<S> {
    let now = Instant::now();
    let address = "198.51.100.7:4000".parse().unwrap();
    let mut rtc = Rtc::builder().set_rtp_mode(true).build(now);
    rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
    let mut api = rtc.sdp_api();
    let mids = directions.iter().map(|way| api.add_media(MediaKind::Audio, *way, None, None, None)).collect();
    let (offer, pending) = api.apply().unwrap();
    let shared = Shared { identity: Identity::new().unwrap(), candidates: vec![server_address()] };
    let (server, text) = answer(&shared, &change(offer.to_sdp_string()), now);
    let text = SdpAnswer::from_sdp_string(&text).unwrap();
    rtc.sdp_api().accept_answer(pending, text).unwrap();
    Call {
        now,
        rtc,
        address,
        server,
        up: Wire::new(1),
        down: Wire::new(2),
        heard: Vec::new(),
        connected: false,
        next_talk: now,
        mids,
        said: 0,
    }
}

impl<S: Session> Call<S> {
    fn run(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while self.now < end {
            self.step();
        }
    }

    fn step(&mut self) {
        self.now += STEP;
        let mut out = [0; MAX_DATAGRAM];
        while let Some((from, mut datagram)) = self.up.take(self.now) {
            let _ = self.server.receive(self.now, from, &mut datagram);
            self.poll_server(&mut out);
        }
        if self.now >= self.next_talk {
            self.next_talk += Duration::from_millis(20);
            if let Some((to, len)) = self.server.talk(self.now, &mut out) {
                self.down.put(self.now, to, &out[..len]);
            }
        }
        self.poll_server(&mut out);
        while let Some((_, datagram)) = self.down.take(self.now) {
            let receive = Receive::new(Protocol::Udp, server_address(), self.address, &datagram).unwrap();
            self.rtc.handle_input(Input::Receive(self.now, receive)).unwrap();
            self.poll_peer();
        }
        self.rtc.handle_input(Input::Timeout(self.now)).unwrap();
        self.poll_peer();
    }

    fn poll_server(&mut self, out: &mut [u8]) {
        while let Some((to, len)) = self.server.poll(self.now, out) {
            self.down.put(self.now, to, &out[..len]);
        }
    }

    fn poll_peer(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                str0m::Output::Timeout(_) => return,
                str0m::Output::Transmit(transmit) => self.up.put(self.now, self.address, &transmit.contents),
                str0m::Output::Event(Event::Connected) => self.connected = true,
                str0m::Output::Event(Event::RtpPacket(packet)) => {
                    // By itself it asks for packets only where they would come again in a stream of their own (RTX).
                    if let Some(stream) = self.rtc.direct_api().stream_rx(&packet.header.ssrc) {
                        stream.suppress_nack(false);
                    }
                    let csrcs = packet.header.csrc[..packet.header.csrc_count].to_vec();
                    self.heard.push((*packet.seq_no, csrcs, packet.payload.to_vec()));
                }
                str0m::Output::Event(_) => {}
            }
        }
    }

    /// The peer says something in its first section.
    fn say(&mut self) {
        self.said += 1;
        let mid = self.mids[0];
        let payload_type = self.rtc.media(mid).unwrap().remote_pts()[0];
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None).unwrap();
        let payload = self.said.to_be_bytes();
        let time = self.said as u32 * 960;
        stream.write_rtp(RtpWrite::new(payload_type, self.said.into(), time, self.now, payload));
    }
}

fn listening(change: impl Fn(String) -> String) -> Call<Audience> {
    call(&[Direction::RecvOnly], change, |shared, offer, now| {
        let (session, answer) = Listen::answer(shared, offer, &Secrets::draw(1), now).unwrap();
        (Audience { session, mix: Mix::new(1), receptions: Vec::new() }, answer)
    })
}

fn speaking(change: impl Fn(String) -> String) -> Call<Stage> {
    let recvonly = Direction::RecvOnly;
    let directions = [Direction::SendOnly, recvonly, recvonly, recvonly, recvonly, recvonly];
    call(&directions, change, |shared, offer, now| {
        let (session, answer) = Speak::answer(shared, offer, &Secrets::draw(1), now).unwrap();
        assert_eq!(session.slots(), 5);
        (Stage { session, received: Vec::new(), sequence: 0 }, answer)
    })
}

#[test]
fn str0m_listens() {
    let mut call = listening(|offer| offer);
    call.run(5_000);
    assert!(call.connected);
    assert!(call.heard.len() > 200, "{} heard", call.heard.len());
    assert!(call.heard.iter().all(|(_, csrcs, _)| csrcs == &CSRCS));
    let reception = call.server.session.reception();
    assert_eq!(reception.loss_per_mille, 0);
}

#[test]
fn str0m_reports_its_losses_and_gets_packets_again() {
    let mut call = listening(|offer| offer);
    call.run(2_000);
    call.down.loss = 0.1;
    call.run(10_000);
    call.down.loss = 0.0;
    call.run(1_000);
    let (sent, receptions) = (call.server.session.sent(), &call.server.receptions);
    assert!(sent.resent > 20, "{sent:?}");
    let told = receptions.iter().filter(|reception| reception.loss_per_mille > 0).count();
    assert!(told > 0, "{receptions:?}");
    let mut heard: Vec<u64> = call.heard.iter().map(|packet| packet.0).collect();
    heard.sort_unstable();
    heard.dedup();
    let span = heard[heard.len() - 1] - heard[0] + 1;
    assert!(heard.len() as u64 * 100 > span * 97, "{} of {span} heard", heard.len());
}

#[test]
fn str0m_speaks_and_hears_a_slot() {
    let mut call = speaking(|offer| offer);
    call.run(1_000);
    assert!(call.connected);
    for _ in 0..100 {
        call.say();
        call.run(20);
    }
    let received: Vec<u64> = call.server.received.iter().map(|packet| packet.0).collect();
    assert_eq!(received, (1..=100).collect::<Vec<u64>>()[..received.len()]);
    assert!(received.len() >= 98);
    assert_eq!(call.server.received[0].1, 1u64.to_be_bytes());
    assert!(call.heard.len() > 100 && call.heard.iter().all(|(_, csrcs, _)| csrcs == &[5]));
}

#[test]
fn str0m_sends_again_what_we_miss_of_it_or_lives_with_being_asked() {
    let mut call = speaking(|offer| offer);
    call.run(1_000);
    call.up.loss = 0.1;
    for _ in 0..200 {
        call.say();
        call.run(20);
    }
    assert!(call.server.session.counts().asked > 5);
    assert!(call.server.received.len() > 150);
}

#[test]
fn a_passive_peer_is_spoken_to_first() {
    let mut call = speaking(|offer| offer.replace("actpass", "passive"));
    call.run(1_000);
    assert!(call.connected);
    for _ in 0..20 {
        call.say();
        call.run(20);
    }
    assert!(call.server.received.len() >= 18);
}
