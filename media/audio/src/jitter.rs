//! The jitter buffer of one speaker: puts packets into order and says which is due.

use std::time::Instant;

use bytes::Bytes;
use cooee_stage::Packet;

use crate::RATE;
use crate::adapt::{Delays, MS};

/// Packets that can wait: 640 ms of the shortest ones.
const SLOTS: usize = 256;
/// A step of the sequence beyond this is a new beginning, not loss (RFC 3550 A.1).
const MAX_STEP: u16 = 3000;
/// A packet so far from the others in time belongs to a timeline of its own.
const MAX_STRANGENESS: i64 = 2 * RATE as i64;
/// What is older is left out: by now somebody else has the word.
const MAX_AGE: i64 = 320 * MS;
/// The same where time was lost here, not in the network, counted from the target.
const AFTER_STALL: i64 = 20 * MS;
/// A gap longer than this is not guessed but left silent.
const MAX_GUESS: i64 = 120 * MS;
/// A stream that has nothing for so long is at rest.
const PATIENCE: i64 = 100 * MS;
/// The shortest piece of Opus, to whose multiples guesses are bound.
const GRAIN: i64 = 120;
/// A packet of so many bytes says that the sender has gone silent (RFC 6716 §2.1.9: DTX).
const DTX_BYTES: usize = 2;

/// What became of a received packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It waits for its turn.
    Kept,
    /// It came after its turn.
    Late,
    /// It was there already.
    Duplicate,
    /// It has no payload, or one that is no Opus.
    NotOpus,
    /// Its numbers do not follow the ones before; if the next one agrees with it, the stream begins anew there.
    Stray,
    /// The speaker is unknown or may not pass.
    NotPermitted,
}

/// What is to be played next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// This packet.
    Play(Bytes),
    /// So many samples that are lost, and then this packet, which may carry them as FEC. It comes again as `Play`.
    Lost(usize, Bytes),
    /// The next packet is not there yet: guess for a frame. The stream's time stands still meanwhile.
    Starved,
    /// The speaker sends nothing, or the next packet shall wait.
    Rest,
}

#[derive(Debug)]
pub(crate) struct Jitter {
    origin: Option<Instant>,
    stream: Option<Stream>,
    slots: Vec<Option<Slot>>,
    delays: Delays,
    /// Extended sequence of the packet that is due; below it all have had their turn.
    next_sequence: i64,
    /// Extended timestamp up to which everything was played.
    next_timestamp: i64,
    /// Samples guessed since then.
    guessed: i64,
    playing: bool,
    said_silent: bool,
    stalled: bool,
}

/// Where the numbers of the stream stand: those of the newest packet.
#[derive(Debug)]
struct Stream {
    ssrc: u32,
    sequence: i64,
    timestamp: i64,
    /// Bit n: the packet `sequence - n` has come.
    came: u64,
    /// After a stray packet: the sequence with which the stream would begin anew.
    anew: Option<u16>,
}

#[derive(Debug)]
struct Slot {
    sequence: i64,
    timestamp: i64,
    samples: i64,
    payload: Bytes,
}

impl Jitter {
    pub(crate) fn new() -> Self {
        Self {
            origin: None,
            stream: None,
            slots: std::iter::repeat_with(|| None).take(SLOTS).collect(),
            delays: Delays::new(),
            next_sequence: i64::MIN,
            next_timestamp: 0,
            guessed: 0,
            playing: false,
            said_silent: true,
            stalled: false,
        }
    }

    /// Takes a packet.
    pub(crate) fn push(&mut self, packet: &Packet) -> Heard {
        // An empty payload would be decoded as 120 ms of concealment.
        let samples = opus::packet::get_nb_samples(&packet.payload, RATE).unwrap_or(0) as i64;
        if packet.payload.is_empty() || samples == 0 {
            return Heard::NotOpus;
        }
        let arrival = self.samples_at(packet.arrival);
        let Some((sequence, timestamp)) = self.extend(packet, arrival) else { return Heard::Stray };
        if self.stream.as_mut().is_none_or(|stream| !stream.first_time(sequence)) {
            return Heard::Duplicate;
        }
        self.delays.arrived(arrival, timestamp);
        let slot = &mut self.slots[index(sequence)];
        if sequence < self.next_sequence || slot.as_ref().is_some_and(|there| there.sequence > sequence) {
            return Heard::Late;
        }
        *slot = Some(Slot { sequence, timestamp, samples, payload: packet.payload.clone() });
        Heard::Kept
    }

    /// What is to be played next at `now`.
    pub(crate) fn next(&mut self, now: Instant) -> Step {
        let now = self.samples_at(now);
        loop {
            let Some((sequence, timestamp)) = self.first() else { return self.nothing() };
            let age = self.delays.age(now, timestamp);
            let oldest = if self.stalled { self.delays.target() + AFTER_STALL } else { MAX_AGE };
            if age > oldest && self.newest() > sequence {
                self.take(sequence);
                self.next_sequence = sequence + 1;
                self.playing = false;
                continue;
            }
            if !self.playing {
                if self.says_silent(sequence) {
                    self.take(sequence);
                    self.next_sequence = sequence + 1;
                    continue;
                }
                if age < self.delays.wait() {
                    return Step::Rest;
                }
                self.begin(sequence, timestamp);
            }
            if let Some(step) = self.step(sequence, timestamp) {
                return step;
            }
        }
    }

    /// Stops playing; what waits and is too old is left out. For when time was lost here.
    pub(crate) fn resynchronize(&mut self) {
        self.playing = false;
        self.stalled = true;
    }

    /// How long after the quickest packets the stream is played, if `waiting` samples of it are decoded and not played yet.
    pub(crate) fn delay(&self, now: Instant, waiting: usize) -> Option<i64> {
        let since = now.saturating_duration_since(self.origin?);
        let age = self.delays.age(samples_in(since.as_nanos()), self.next_timestamp);
        self.playing.then_some(age - self.guessed + waiting as i64)
    }

    /// How long packets shall wait at least, in samples, until they are fetched.
    pub(crate) fn wait(&self) -> i64 {
        self.delays.wait()
    }

    pub(crate) fn target(&self) -> i64 {
        self.delays.target()
    }

    fn step(&mut self, sequence: i64, timestamp: i64) -> Option<Step> {
        let lost = sequence > self.next_sequence;
        if lost {
            self.next_timestamp += self.guessed;
            self.guessed = 0;
        }
        let gap = timestamp - self.next_timestamp;
        if gap > 0 && (!lost || gap > MAX_GUESS) {
            self.playing = false;
            return None;
        }
        if lost && gap >= GRAIN {
            let samples = gap - gap % GRAIN;
            self.next_sequence = sequence;
            self.next_timestamp = timestamp;
            let payload = self.slots[index(sequence)].as_ref()?.payload.clone();
            return Some(Step::Lost(samples as usize, payload));
        }
        let slot = self.take(sequence)?;
        self.next_sequence = sequence + 1;
        self.next_timestamp = timestamp + slot.samples;
        self.guessed = 0;
        self.said_silent = slot.payload.len() <= DTX_BYTES;
        Some(Step::Play(slot.payload))
    }

    fn nothing(&mut self) -> Step {
        if !self.playing || self.said_silent || self.guessed >= PATIENCE {
            self.playing = false;
            return Step::Rest;
        }
        self.guessed += crate::FRAME as i64;
        Step::Starved
    }

    fn begin(&mut self, sequence: i64, timestamp: i64) {
        self.playing = true;
        self.next_sequence = sequence;
        self.next_timestamp = timestamp;
        self.guessed = 0;
        self.stalled = false;
    }

    /// The extended sequence and timestamp of a packet; `None` if it is a stray. A new stream forgets what waits of the old.
    fn extend(&mut self, packet: &Packet, arrival: i64) -> Option<(i64, i64)> {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.ssrc == packet.ssrc) else {
            return Some(self.anew(packet));
        };
        let step = packet.sequence.wrapping_sub(stream.sequence as u16) as i16;
        if step.unsigned_abs() >= MAX_STEP {
            if stream.anew == Some(packet.sequence) {
                return Some(self.anew(packet));
            }
            stream.anew = Some(packet.sequence.wrapping_add(1));
            return None;
        }
        stream.anew = None;
        let sequence = stream.sequence + i64::from(step);
        let timestamp = stream.timestamp + i64::from(packet.timestamp.wrapping_sub(stream.timestamp as u32) as i32);
        if self.delays.strangeness(arrival, timestamp) > MAX_STRANGENESS {
            return if step > 0 { Some(self.anew(packet)) } else { None };
        }
        if step > 0 {
            stream.came = stream.came.checked_shl(u32::from(step.unsigned_abs())).unwrap_or(0);
            stream.sequence = sequence;
            stream.timestamp = timestamp;
        }
        Some((sequence, timestamp))
    }

    fn anew(&mut self, packet: &Packet) -> (i64, i64) {
        self.slots.fill_with(|| None);
        self.delays.clear();
        self.playing = false;
        let (sequence, timestamp) = (i64::from(packet.sequence), i64::from(packet.timestamp));
        // What was sent just before the first packet that came may still come, and has its turn.
        self.next_sequence = sequence - 8;
        self.stream = Some(Stream { ssrc: packet.ssrc, sequence, timestamp, came: 0, anew: None });
        (sequence, timestamp)
    }

    fn first(&self) -> Option<(i64, i64)> {
        let newest = self.newest();
        // Nothing waits that is more than a round of the slots older than the newest.
        let oldest = self.next_sequence.max(newest - SLOTS as i64 + 1);
        (oldest..=newest)
            .filter_map(|sequence| self.slots[index(sequence)].as_ref().filter(|slot| slot.sequence == sequence))
            .map(|slot| (slot.sequence, slot.timestamp))
            .next()
    }

    fn newest(&self) -> i64 {
        self.stream.as_ref().map_or(i64::MIN + SLOTS as i64, |stream| stream.sequence)
    }

    /// Whether the packet only repeats that there is silence.
    fn says_silent(&self, sequence: i64) -> bool {
        self.slots[index(sequence)].as_ref().is_some_and(|slot| slot.payload.len() <= DTX_BYTES)
    }

    fn take(&mut self, sequence: i64) -> Option<Slot> {
        self.slots[index(sequence)].take_if(|slot| slot.sequence == sequence)
    }

    fn samples_at(&mut self, now: Instant) -> i64 {
        let origin = *self.origin.get_or_insert(now);
        samples_in(now.saturating_duration_since(origin).as_nanos())
    }
}

impl Stream {
    /// Notes that a packet came; false if it had come before, or is too old to know.
    fn first_time(&mut self, sequence: i64) -> bool {
        let bit = u32::try_from(self.sequence - sequence).ok().and_then(|back| 1_u64.checked_shl(back)).unwrap_or(0);
        let first = bit != 0 && self.came & bit == 0;
        self.came |= bit;
        first
    }
}

fn index(sequence: i64) -> usize {
    sequence.rem_euclid(SLOTS as i64) as usize
}

fn samples_in(nanos: u128) -> i64 {
    (nanos * u128::from(RATE) / 1_000_000_000) as i64
}

#[cfg(test)]
mod tests;
