//! What the tests of sound share: signals, senders, a bad network, and ears for clicks. All of it seeded.

use std::collections::BTreeMap;
use std::f32::consts::TAU;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cooee_stage::Packet;

use crate::encode::Encode;
use crate::{FRAME, FRAME_TIME, RATE};

/// A tone.
pub(crate) fn sine(hz: f32, amplitude: f32, samples: usize) -> Vec<f32> {
    (0..samples).map(|n| amplitude * (TAU * hz * n as f32 / RATE as f32).sin()).collect()
}

/// Something like speech: syllables of gliding pitch with a few overtones, and pauses between phrases.
pub(crate) fn speech(seed: u64, frames: usize) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut pcm = Vec::with_capacity(frames * FRAME);
    let mut phase = 0.0_f32;
    while pcm.len() < frames * FRAME {
        let syllables = random.usize(3..9);
        for _ in 0..syllables {
            syllable(&mut random, &mut phase, &mut pcm);
        }
        let pause = random.usize(7_000..30_000);
        pcm.extend((0..pause).map(|_| (random.f32() - 0.5) * 0.0005));
    }
    pcm.truncate(frames * FRAME);
    pcm
}

fn syllable(random: &mut fastrand::Rng, phase: &mut f32, pcm: &mut Vec<f32>) {
    let length = random.usize(5_000..12_000);
    let (from, to) = (110.0 + 90.0 * random.f32(), 110.0 + 90.0 * random.f32());
    let formant = 2.0 + 6.0 * random.f32();
    for n in 0..length {
        let done = n as f32 / length as f32;
        *phase = (*phase + (from + (to - from) * done) / RATE as f32).fract();
        let overtone = |k: f32| (TAU * k * *phase).sin() / (1.0 + (k - formant).abs()) / k.sqrt();
        let tone: f32 = (1..=10).map(|k| overtone(k as f32)).sum();
        pcm.push(0.15 * tone * (done * (1.0 - done) * 4.0).sqrt());
    }
}

/// The largest step from one sample to the next: what a click enlarges.
pub(crate) fn largest_step(pcm: &[f32]) -> f32 {
    pcm.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

/// How much the sharpest bend of the wave stands out of the bends within 5 ms around it: what an ear hears as a click.
pub(crate) fn sharpest_click(pcm: &[f32]) -> f32 {
    const AROUND: usize = 240;
    /// What lies so close belongs to the click itself.
    const CLOSE: usize = 8;
    /// Bends below this (−70 dB) are not heard.
    const INAUDIBLE: f32 = 3e-4;
    let bends: Vec<f32> = pcm.windows(3).map(|w| (w[2] - 2.0 * w[1] + w[0]).powi(2)).collect();
    let mut sums = vec![0.0_f64];
    for bend in &bends {
        sums.push(sums[sums.len() - 1] + f64::from(*bend));
    }
    let power = |from: usize, to: usize| sums[to] - sums[from];
    let outstanding = |n: usize| {
        let around = power(n - AROUND, n - CLOSE) + power(n + CLOSE, n + AROUND);
        let usual = (around / (2 * (AROUND - CLOSE)) as f64).sqrt() as f32;
        bends[n].sqrt() / (usual + INAUDIBLE)
    };
    (AROUND..bends.len() - AROUND).map(outstanding).fold(0.0, f32::max)
}

/// A sender of 20 ms packets, whose clock may run wrong.
pub(crate) struct Sender {
    encode: Encode,
    sequence: u16,
    timestamp: u32,
    pub(crate) ssrc: u32,
    /// How fast its clock runs, in millionths.
    pub(crate) ppm: f64,
    sent: u32,
}

impl Sender {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        Self {
            encode: Encode::new().expect("libopus works"),
            sequence: random.u16(..),
            timestamp: random.u32(..),
            ssrc: random.u32(..),
            ppm: 0.0,
            sent: 0,
        }
    }

    pub(crate) fn set_fec(&mut self) {
        self.encode.set_fec(true).expect("libopus works");
    }

    /// Encodes 20 ms.
    pub(crate) fn encode(&mut self, pcm: &[f32]) -> Bytes {
        let encoded = self.encode.frame(pcm.try_into().expect("a whole frame")).expect("it encodes");
        Bytes::copy_from_slice(encoded.opus)
    }

    /// The next packet and when it leaves, counted from `start`; `None` in a silence, as browsers do with DTX.
    pub(crate) fn frame(&mut self, start: Instant, pcm: &[f32], dtx: bool) -> Option<Packet> {
        let payload = self.encode(pcm);
        if dtx && payload.len() <= 2 {
            self.sent += 1;
            return None;
        }
        Some(self.packet(start, payload))
    }

    /// The same with 20 ms that are encoded already.
    pub(crate) fn packet(&mut self, start: Instant, payload: Bytes) -> Packet {
        let at = FRAME_TIME.as_secs_f64() * f64::from(self.sent) / (1.0 + self.ppm / 1e6);
        let packet = Packet {
            ssrc: self.ssrc,
            sequence: self.sequence,
            timestamp: self.timestamp.wrapping_add(self.sent.wrapping_mul(FRAME as u32)),
            marker: false,
            arrival: start + Duration::from_secs_f64(at),
            payload,
        };
        self.sent += 1;
        self.sequence = self.sequence.wrapping_add(1);
        packet
    }
}

/// A network that loses, delays, doubles and so reorders packets.
pub(crate) struct Network {
    random: fastrand::Rng,
    pub(crate) loss: f32,
    pub(crate) doubled: f32,
    pub(crate) jitter: Duration,
    way: BTreeMap<(Instant, u64), Packet>,
    count: u64,
}

impl Network {
    pub(crate) fn new(seed: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { random, loss: 0.0, doubled: 0.0, jitter: Duration::ZERO, way: BTreeMap::new(), count: 0 }
    }

    pub(crate) fn send(&mut self, packet: &Packet) {
        if self.random.f32() < self.loss {
            return;
        }
        let copies = if self.random.f32() < self.doubled { 2 } else { 1 };
        for _ in 0..copies {
            let arrival = packet.arrival + self.jitter.mul_f32(self.random.f32());
            self.count += 1;
            self.way.insert((arrival, self.count), Packet { arrival, ..packet.clone() });
        }
    }

    /// The next packet that has arrived by `now`.
    pub(crate) fn receive(&mut self, now: Instant) -> Option<Packet> {
        let first = self.way.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
