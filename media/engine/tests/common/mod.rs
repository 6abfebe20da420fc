//! A real client over loopback UDP, for the tests of the engine.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use cooee_engine::{Answer, Config, Engine, Event};
use cooee_session::client::{Client, Event as Happened, Wish};
use cooee_session::demux::{Kind, classify};
use cooee_session::{Identity, MAX_DATAGRAM, Output, Secrets};

/// Samples in 20 ms.
const FRAME: usize = 960;

/// The key that the tests sign grants with.
pub const KEY: &[u8] = b"the tests' key";

/// A started engine on loopback.
pub fn engine() -> Engine {
    engine_at("127.0.0.1")
}

/// A started engine.
pub fn engine_at(host: &str) -> Engine {
    let engine = Engine::new(Config {
        node: "n1".into(),
        edge_host: host.into(),
        edge_port: 0,
        advertise: Vec::new(),
        grant_key: KEY.to_vec(),
        listener_threads: 2,
        stage_threads: 1,
        frame_class: None,
    });
    engine.start().expect("loopback can be bound");
    engine
}

/// Waits for an event that `wanted` takes for its own.
pub fn wait_for<T>(engine: &Engine, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until {
        if let Some(found) = engine.poll_events(Duration::from_millis(100)).iter().find_map(&mut wanted) {
            return found;
        }
    }
    panic!("the event did not come");
}

/// The value of a figure; of all its lines together if its labels are not given whole.
pub fn figure(engine: &Engine, name: &str) -> f64 {
    let page = engine.metrics();
    let is_of = |rest: &str| name.ends_with('}') || rest.starts_with(['{', ' ']);
    let lines = page.lines().filter_map(|line| line.strip_prefix(name)).filter(|rest| is_of(rest));
    let values: Vec<f64> = lines.filter_map(|rest| rest.rsplit(' ').next()?.parse().ok()).collect();
    assert!(!values.is_empty(), "no figure {name} in {page}");
    values.iter().sum()
}

/// What was heard of one stream.
pub struct Ear {
    decoder: opus::Decoder,
    pub pcm: Vec<i16>,
    pub packets: u32,
    pub csrcs: Vec<u32>,
    pub first_at: Option<Instant>,
    pub sequences: Vec<u64>,
    pub timestamps: Vec<u32>,
}

impl Ear {
    fn new() -> Self {
        let decoder = opus::Decoder::new(48_000, opus::Channels::Mono).expect("libopus");
        let (pcm, csrcs, sequences, timestamps) = Default::default();
        Self { decoder, pcm, packets: 0, csrcs, first_at: None, sequences, timestamps }
    }

    /// Forgets what was heard.
    pub fn clear(&mut self) {
        self.pcm.clear();
        self.packets = 0;
        self.sequences.clear();
        self.timestamps.clear();
    }

    /// Which share of the packets between the first and the last of the latest `count` came at all.
    pub fn share(&self, count: usize) -> f64 {
        let latest = &self.sequences[self.sequences.len().saturating_sub(count)..];
        let came: BTreeSet<u64> = latest.iter().copied().collect();
        let (Some(first), Some(last)) = (came.first(), came.last()) else { return 0.0 };
        came.len() as f64 / (last - first + 1) as f64
    }

    /// How strongly a tone of `hertz` is heard in the last `ms`, as an amplitude of full scale (Goertzel).
    pub fn tone(&self, hertz: f64, ms: usize) -> f64 {
        let samples = &self.pcm[self.pcm.len().saturating_sub(ms * 48)..];
        if samples.is_empty() {
            return 0.0;
        }
        let step = std::f64::consts::TAU * hertz / 48_000.0;
        let (mut re, mut im) = (0.0, 0.0);
        for (n, sample) in samples.iter().enumerate() {
            let (sin, cos) = (step * n as f64).sin_cos();
            re += f64::from(*sample) * cos;
            im += f64::from(*sample) * sin;
        }
        2.0 * re.hypot(im) / samples.len() as f64 / 32_768.0
    }
}

/// A tone, encoded frame by frame in real time.
struct Mouth {
    encoder: opus::Encoder,
    hertz: f64,
    sample: u32,
    due: Instant,
}

/// One client with a socket of its own.
pub struct Peer {
    client: Client,
    socket: UdpSocket,
    due: Instant,
    mouth: Option<Mouth>,
    /// Of so many packets of sound one is thrown away when it comes first.
    loses_one_in: Option<u16>,
    /// The sequence numbers of those that were.
    pub lost: BTreeSet<u16>,
    /// The datagram of sound that it sent last.
    said: Vec<u8>,
    /// Whether it asks, once, for what is missing in its first stream (NACK).
    pub asks: bool,
    /// The highest index in its first stream.
    highest: Option<u64>,
    pub ears: Vec<Ear>,
    pub session: String,
    pub etag: String,
    pub connected: bool,
    pub closed: bool,
}

impl Peer {
    /// Opens a session by `open`, which is handed the offer.
    pub fn open(identity: &Identity, wish: Wish, open: impl FnOnce(&str) -> Answer) -> Self {
        Self::open_at("127.0.0.1:0", identity, wish, open)
    }

    /// The same from a certain address.
    pub fn open_at(at: &str, identity: &Identity, wish: Wish, open: impl FnOnce(&str) -> Answer) -> Self {
        let socket = UdpSocket::bind(at).expect("loopback can be bound");
        socket.set_nonblocking(true).expect("it can be set");
        let now = Instant::now();
        let (mut client, offer) = Client::offer(identity, wish, Secrets::draw(0), now);
        let Answer { session, sdp, etag } = open(&offer);
        client.accept(&sdp, now).expect("the answer is good");
        let ears = std::iter::repeat_with(Ear::new).take(6).collect();
        Self {
            client,
            socket,
            due: now,
            mouth: None,
            loses_one_in: None,
            lost: BTreeSet::new(),
            said: Vec::new(),
            asks: false,
            highest: None,
            ears,
            session,
            etag,
            connected: false,
            closed: false,
        }
    }

    pub fn listen(engine: &Engine, identity: &Identity, space: &str, participant: &str) -> Self {
        Self::open(identity, Wish::Listen { red: false }, |offer| {
            engine.open_listen(space, participant, offer, 0).expect("the offer is good")
        })
    }

    pub fn speak(engine: &Engine, identity: &Identity, space: &str, participant: &str) -> Self {
        Self::open(identity, Wish::Speak { slots: 5 }, |offer| {
            engine.open_speak(space, participant, offer, 0, None).expect("the offer is good")
        })
    }

    /// Says a tone from now on.
    pub fn say(&mut self, hertz: f64) {
        let encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).expect("libopus");
        self.mouth = Some(Mouth { encoder, hertz, sample: 0, due: Instant::now() });
    }

    /// From now on one of so many packets of sound is lost on the way; what is sent again comes through.
    pub fn lose_one_in(&mut self, count: u16) {
        self.loses_one_in = Some(count);
    }

    /// Somebody sends once more what it said last, to the engine at this port; with a sequence number that is `ahead` by so much.
    pub fn replay(&self, port: u16, ahead: u16) {
        let mut datagram = self.said.clone();
        let sequence = u16::from_be_bytes([datagram[2], datagram[3]]).wrapping_add(ahead);
        datagram[2..4].copy_from_slice(&sequence.to_be_bytes());
        self.socket.send_to(&datagram, ("127.0.0.1", port)).expect("loopback takes it");
    }

    /// Goes on from another port, as after a change of the NAT's mind.
    pub fn rebind(&mut self) {
        self.socket = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
        self.socket.set_nonblocking(true).expect("it can be set");
    }

    pub fn restart_ice(&mut self, engine: &Engine, space: &str) {
        let fragment = self.client.restart_ice(&Secrets::draw(0));
        let answer = engine.restart_ice(space, &self.session, &fragment, Some(&self.etag)).expect("it restarts");
        self.client.accept_fragment(&answer.sdp, Instant::now()).expect("the fragment is good");
        self.etag = answer.etag;
        self.due = Instant::now();
    }

    /// Does what is to be done now.
    pub fn step(&mut self) {
        let now = Instant::now();
        let mut buffer = [0; 2048];
        while let Ok(len) = self.socket.recv(&mut buffer) {
            self.receive(now, &mut buffer[..len]);
        }
        if now >= self.due {
            self.poll(now);
        }
        self.speak_up(now);
    }

    fn receive(&mut self, now: Instant, datagram: &mut [u8]) {
        let is_media = datagram[0] >= 128;
        if classify(datagram) == Some(Kind::Rtp) && self.is_lost(u16::from_be_bytes([datagram[2], datagram[3]])) {
            return;
        }
        let media = match self.client.receive(now, datagram) {
            Ok(Some(media)) => media,
            Ok(None) => return self.due = now,
            // A STUN message may be of the time before an ICE restart, and sound may overtake the end of the handshake.
            Err(why) => return assert!(!is_media || !self.connected, "the client dropped sound: {why}"),
        };
        if media.slot == 0 {
            let next = self.highest.map_or(media.sequence, |highest| highest + 1);
            self.highest = Some(media.sequence.max(next.saturating_sub(1)));
            let missing: Vec<u16> = (next..media.sequence).map(|index| index as u16).collect();
            if self.asks && !missing.is_empty() {
                self.client.nack(&missing);
                self.due = now;
            }
        }
        let ear = &mut self.ears[media.slot];
        ear.first_at.get_or_insert(now);
        ear.packets += 1;
        ear.sequences.push(media.sequence);
        ear.timestamps.push(media.timestamp);
        ear.csrcs = cooee_session::rtp::csrcs(media.header).collect();
        assert!(!media.red, "RED was not offered");
        let mut pcm = [0; FRAME * 6];
        let samples = ear.decoder.decode(media.payload, &mut pcm, false).expect("it is Opus");
        ear.pcm.extend_from_slice(&pcm[..samples]);
    }

    fn is_lost(&mut self, sequence: u16) -> bool {
        self.loses_one_in.is_some_and(|count| sequence.is_multiple_of(count)) && self.lost.insert(sequence)
    }

    fn poll(&mut self, now: Instant) {
        let mut buffer = [0; MAX_DATAGRAM];
        loop {
            match self.client.poll(now, &mut buffer) {
                Output::Transmit { to, len } => _ = self.socket.send_to(&buffer[..len], to).expect("loopback takes it"),
                Output::Event(Happened::Connected) => self.connected = true,
                Output::Event(Happened::Closed(_)) => self.closed = true,
                Output::Timeout(due) => return self.due = due,
            }
        }
    }

    fn speak_up(&mut self, now: Instant) {
        let Some(mouth) = self.mouth.as_mut().filter(|mouth| mouth.due <= now && self.connected) else { return };
        let tone = |n: u32| (f64::from(n) * std::f64::consts::TAU * mouth.hertz / 48_000.0).sin();
        let pcm: Vec<i16> = (0..FRAME as u32).map(|n| (tone(mouth.sample + n) * 8_000.0) as i16).collect();
        let opus = mouth.encoder.encode_vec(&pcm, 1000).expect("libopus");
        let mut buffer = [0; MAX_DATAGRAM];
        if let Some((to, len)) = self.client.send(mouth.sample, mouth.sample == 0, &opus, &mut buffer) {
            self.socket.send_to(&buffer[..len], to).expect("loopback takes it");
            self.said = buffer[..len].to_vec();
        }
        mouth.sample += FRAME as u32;
        mouth.due += Duration::from_millis(20);
    }
}

/// Lets the peers live for a while.
pub fn run(peers: &mut [&mut Peer], time: Duration) {
    run_until(peers, time, |_| false);
}

/// Lets the peers live until `done`, or for so long; whether it was done.
pub fn run_until(peers: &mut [&mut Peer], time: Duration, done: impl Fn(&[&mut Peer]) -> bool) -> bool {
    let until = Instant::now() + time;
    while Instant::now() < until {
        for peer in peers.iter_mut() {
            peer.step();
        }
        if done(peers) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    done(peers)
}

/// The stage's table: participant, csrc, and whether they may speak.
pub fn stage(all: &[(&str, u32, bool)]) -> Vec<(String, u32, bool)> {
    all.iter().map(|(participant, csrc, may_pass)| ((*participant).to_owned(), *csrc, *may_pass)).collect()
}
