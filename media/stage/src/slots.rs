//! The slots: which of the others a speaker hears, and through which of the few streams.

use std::time::{Duration, Instant};

use arrayvec::ArrayVec;

use crate::{Csrc, Forward, HANGOVER, Hearer, Level, Packet, Rewriter, Talk};

/// So many others can be heard at once.
pub const SLOTS: usize = 5;
/// What a speaker said so long ago is sent first when they get a slot, so that first words survive.
pub const PREROLL: Duration = Duration::from_millis(60);

/// [`PREROLL`] in the shortest packets that Opus knows (2.5 ms).
const PREROLL_PACKETS: usize = 24;
/// Somebody talking loses the slot only to somebody louder by this much, in dB.
const LOUDER_BY: f32 = 6.0;
/// A sender's own word that they talk is taken for so long; by then our decoder has heard it, or not.
const TRUST: Duration = Duration::from_millis(300);
/// How fast the measure of loudness falls, in dB per frame of 20 ms: 10 dB within the longest pause between words.
const LOUDNESS_FALL: f32 = 0.5;
/// What has no level yet.
const NO_LOUDNESS: f32 = -127.0;

/// The slots of everybody on one stage.
///
/// Memory is kept and used again: in the steady state nothing is allocated.
#[derive(Debug, Default)]
pub struct Slots {
    speakers: Vec<Speaker>,
    hearers: Vec<Ears>,
    ranked: Vec<usize>,
}

#[derive(Debug)]
struct Speaker {
    csrc: Csrc,
    may_pass: bool,
    talk: Talk,
    claim: Talk,
    loudness: f32,
    preroll: ArrayVec<Packet, PREROLL_PACKETS>,
}

#[derive(Debug)]
struct Ears {
    hearer: Hearer,
    own: Csrc,
    /// As many as the session has streams for.
    slots: ArrayVec<Slot, SLOTS>,
}

#[derive(Debug)]
struct Slot {
    occupant: Option<Csrc>,
    since: Option<Instant>,
    rewriter: Rewriter,
}

impl Slots {
    /// A stage with nobody on it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a person on stage, or changes whether their packets may pass. What a muted person said before is forgotten.
    pub fn seat(&mut self, csrc: Csrc, may_pass: bool) {
        let Some(speaker) = self.speakers.iter_mut().find(|speaker| speaker.csrc == csrc) else {
            self.speakers.push(Speaker::new(csrc, may_pass));
            return;
        };
        if !may_pass {
            *speaker = Speaker::new(csrc, false);
        }
        speaker.may_pass = may_pass;
    }

    /// Takes a person off the stage; their slots become free at once.
    pub fn unseat(&mut self, csrc: Csrc) {
        self.speakers.retain(|speaker| speaker.csrc != csrc);
        for slot in self.hearers.iter_mut().flat_map(|ears| &mut ears.slots) {
            if slot.occupant == Some(csrc) {
                slot.occupant = None;
            }
        }
    }

    /// Gives a session of `own` its slots, at most [`SLOTS`]. `first` are the numbers with which the slots' streams begin
    /// (sequence, timestamp).
    pub fn attach(&mut self, hearer: Hearer, own: Csrc, first: impl IntoIterator<Item = (u16, u32)>) {
        self.detach(hearer);
        let slot =
            |(sequence, timestamp)| Slot { occupant: None, since: None, rewriter: Rewriter::new(sequence, timestamp) };
        let slots = first.into_iter().take(SLOTS).map(slot).collect();
        self.hearers.push(Ears { hearer, own, slots });
    }

    /// Takes the slots of a session away.
    pub fn detach(&mut self, hearer: Hearer) {
        self.hearers.retain(|ears| ears.hearer != hearer);
    }

    /// Feeds the level that our decoder measured in one frame of 20 ms.
    pub fn heard(&mut self, from: Csrc, now: Instant, level: Level) {
        if let Some(speaker) = self.permitted(from) {
            speaker.talk.heard(now, level);
            speaker.loudness = f32::from(level.dbov()).max(speaker.loudness - LOUDNESS_FALL);
        }
    }

    /// Feeds the level that the sender claims in the header of a packet (RFC 6464), as soon as it comes.
    ///
    /// It is a hint: our decoder hears a packet only after the jitter buffer, and first words shall not wait for that.
    pub fn hinted(&mut self, from: Csrc, now: Instant, level: Level) {
        if let Some(speaker) = self.permitted(from) {
            speaker.claim.heard(now, level);
        }
    }

    /// Takes a packet of `from` and appends to `out` what is to be sent now.
    ///
    /// Nothing is sent for somebody who may not pass, and nothing without a payload.
    pub fn packet(&mut self, from: Csrc, packet: &Packet, out: &mut Vec<Forward>) {
        if packet.payload.is_empty() {
            return;
        }
        let Some(speaker) = self.permitted(from) else { return };
        speaker.keep(packet);
        for ears in &mut self.hearers {
            ears.forward(from, packet, out);
        }
    }

    /// Decides anew who is in which slot, and appends the pre-roll of those who got one to `out`. Call it once a frame.
    ///
    /// Returns whether any slot changed hands.
    pub fn assign(&mut self, now: Instant, out: &mut Vec<Forward>) -> bool {
        let Self { speakers, hearers, ranked } = self;
        ranked.clear();
        ranked.extend((0..speakers.len()).filter(|&n| speakers[n].may_pass));
        ranked.sort_unstable_by(|&a, &b| speakers[b].rank(now).total_cmp(&speakers[a].rank(now)).then(a.cmp(&b)));
        let mut changed = false;
        for ears in hearers {
            for speaker in ranked.iter().map(|&n| &speakers[n]) {
                if let Some(slot) = ears.slot_for(speaker, speakers, now) {
                    ears.give(slot, speaker, now, out);
                    changed = true;
                }
            }
        }
        changed
    }

    /// Who is in the slots of a session; nobody is in those that it does not have.
    pub fn occupants(&self, hearer: Hearer) -> Option<[Option<Csrc>; SLOTS]> {
        let ears = self.hearers.iter().find(|ears| ears.hearer == hearer)?;
        Some(std::array::from_fn(|slot| ears.slots.get(slot)?.occupant))
    }

    fn permitted(&mut self, csrc: Csrc) -> Option<&mut Speaker> {
        self.speakers.iter_mut().find(|speaker| speaker.csrc == csrc && speaker.may_pass)
    }
}

impl Speaker {
    fn new(csrc: Csrc, may_pass: bool) -> Self {
        let (talk, claim) = (Talk::new(), Talk::new());
        Self { csrc, may_pass, talk, claim, loudness: NO_LOUDNESS, preroll: ArrayVec::new() }
    }

    fn is_talking(&self, now: Instant) -> bool {
        self.talk.is_talking(now) || (self.claim.is_talking(now) && self.claim.turn(now) < TRUST)
    }

    /// Those who talk come before those who do not, the loudest first.
    fn rank(&self, now: Instant) -> f32 {
        let talking = if self.is_talking(now) { 1000.0 } else { 0.0 };
        talking + self.loudness
    }

    /// Keeps a packet for the pre-roll, in the order in which it was spoken.
    fn keep(&mut self, packet: &Packet) {
        self.preroll.retain(|kept| {
            kept.ssrc == packet.ssrc && packet.arrival.saturating_duration_since(kept.arrival) < PREROLL
        });
        if self.preroll.is_full() {
            self.preroll.remove(0);
        }
        let later = |kept: &Packet| (kept.sequence.wrapping_sub(packet.sequence) as i16) > 0;
        let place = self.preroll.iter().position(later).unwrap_or(self.preroll.len());
        self.preroll.insert(place, packet.clone());
    }
}

impl Ears {
    fn forward(&mut self, from: Csrc, packet: &Packet, out: &mut Vec<Forward>) {
        let hearer = self.hearer;
        let Some(slot) = self.slots.iter().position(|slot| slot.occupant == Some(from)) else { return };
        if let Some(header) = self.slots[slot].rewriter.rewrite(from, packet) {
            out.push(Forward {
                to: hearer,
                slot: slot as u8,
                from,
                sequence: header.sequence,
                timestamp: header.timestamp,
                marker: header.marker,
                payload: packet.payload.clone(),
            });
        }
    }

    /// The slot that `speaker` is to get now, if they have none and one can be had.
    fn slot_for(&self, speaker: &Speaker, all: &[Speaker], now: Instant) -> Option<usize> {
        if speaker.csrc == self.own || self.slots.iter().any(|slot| slot.occupant == Some(speaker.csrc)) {
            return None;
        }
        if let Some(free) = self.slots.iter().position(|slot| slot.occupant.is_none()) {
            return Some(free);
        }
        if !speaker.is_talking(now) {
            return None;
        }
        let occupant = |slot: &Slot| all.iter().find(|other| Some(other.csrc) == slot.occupant);
        let (slot, weakest) = self
            .slots
            .iter()
            .enumerate()
            .filter_map(|(n, slot)| Some((n, occupant(slot)?)))
            .min_by(|(_, a), (_, b)| a.rank(now).total_cmp(&b.rank(now)))?;
        let held = self.slots[slot].since.is_none_or(|since| now.saturating_duration_since(since) >= HANGOVER);
        let outshone = held && speaker.talk.turn(now) >= HANGOVER && speaker.loudness >= weakest.loudness + LOUDER_BY;
        (!weakest.is_talking(now) || outshone).then_some(slot)
    }

    fn give(&mut self, slot: usize, speaker: &Speaker, now: Instant, out: &mut Vec<Forward>) {
        self.slots[slot].occupant = Some(speaker.csrc);
        self.slots[slot].since = Some(now);
        let fresh = |packet: &&Packet| now.saturating_duration_since(packet.arrival) < PREROLL;
        for packet in speaker.preroll.iter().filter(fresh) {
            self.forward(speaker.csrc, packet, out);
        }
    }
}

#[cfg(test)]
mod tests;
