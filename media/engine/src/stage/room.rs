//! The stage of one Space: permissions, slots, the mix, and the file speakers.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use cooee_audio::{CodecError, MixedFrame, Mixer, SpeakerStats};
use cooee_stage::{Change, Csrc, Epoch, Forward, Hearer, Level, Packet, Participant, SLOTS, Seat, Slots, StageTable};

use super::levels::Levels;
use super::taps::Taps;
use super::voices::Voices;
use crate::guard::bug_may_be_here;
use crate::record::Recorder;
use crate::registry::Space;
use crate::voices::VoiceSender;

/// In-band FEC takes bits from the sound of all: it is for one who asks, and one more of every so many.
const FEC_SHARE: usize = 50;

/// A stage. It belongs to one thread; the steady state takes no lock.
///
/// A packet and a frame allocate nothing of their own: their payloads share blocks that last for seconds. What the feed is
/// told does: a string with the levels five times a second, a few for each session when slots change hands, and now and then
/// a block of the channel to it.
pub(super) struct Room {
    pub(super) space: Arc<Space>,
    epoch: Epoch,
    table: StageTable,
    slots: Slots,
    mixer: Mixer,
    voices: Voices,
    taps: Taps,
    pub(super) recorder: Option<Box<Recorder>>,
    pub(super) levels: Levels,
    fec: bool,
    /// Ended by a bug: nothing is heard until the Space is opened with a higher epoch.
    pub(super) failed: bool,
    /// What is to leave through slots.
    pub(super) forwards: Vec<Forward>,
    /// Sessions with slots.
    hearers: Vec<Hearer>,
}

impl Room {
    pub(super) fn new(space: Arc<Space>, epoch: Epoch, now: Instant) -> Result<Self, CodecError> {
        let (table, slots, mixer) = (StageTable::new(), Slots::new(), Mixer::new(now, epoch)?);
        let (voices, taps, levels) = (Voices::default(), Taps::default(), Levels::default());
        let (forwards, hearers) = (Vec::with_capacity(64), Vec::new());
        Ok(Self {
            space,
            epoch,
            table,
            slots,
            mixer,
            voices,
            taps,
            recorder: None,
            levels,
            fec: false,
            failed: false,
            forwards,
            hearers,
        })
    }

    /// Raises the epoch. A stage that ended by a bug begins anew, with the same people; its recording has ended.
    pub(super) fn raise_epoch(&mut self, epoch: Epoch, now: Instant) -> Result<(), CodecError> {
        if epoch <= self.epoch {
            return Ok(());
        }
        self.epoch = epoch;
        self.mixer.raise_epoch(epoch);
        if !self.failed {
            return Ok(());
        }
        let (version, seats) = (self.table.version(), self.table.seats().to_vec());
        let mut fresh = Self::new(Arc::clone(&self.space), epoch, now)?;
        fresh.voices = std::mem::take(&mut self.voices);
        fresh.taps = std::mem::take(&mut self.taps);
        if let Some(version) = version {
            fresh.set_stage(version, seats)?;
        }
        *self = fresh;
        Ok(())
    }

    /// Takes a table of the stage.
    pub(super) fn set_stage(&mut self, version: u64, seats: Vec<Seat>) -> Result<(), CodecError> {
        for change in self.table.set(version, seats) {
            match change {
                Change::Seated(seat) => self.seat(seat.csrc, seat.may_pass)?,
                Change::Opened(csrc) => self.seat(csrc, true)?,
                Change::Closed(csrc) => self.seat(csrc, false)?,
                Change::Unseated(_, csrc) => {
                    self.slots.unseat(csrc);
                    self.mixer.unseat(csrc);
                }
            }
        }
        self.taps.follow(self.table.seats());
        Ok(())
    }

    /// Exactly the voices of these are for recognisers of speech.
    pub(super) fn set_taps(&mut self, wanted: Vec<Participant>) {
        self.taps.set(wanted, self.table.seats());
    }

    fn seat(&mut self, csrc: Csrc, may_pass: bool) -> Result<(), CodecError> {
        self.slots.seat(csrc, may_pass);
        self.mixer.seat(csrc, may_pass)
    }

    /// Whether somebody has a seat. Before the first table nobody is turned away.
    pub(super) fn has_seat(&self, participant: &str) -> bool {
        self.table.version().is_none() || self.table.seat_of(participant).is_some()
    }

    /// Gives a session so many slots, if its person has a seat.
    pub(super) fn attach(
        &mut self,
        hearer: Hearer,
        participant: &str,
        slots: usize,
        random: impl FnMut() -> (u16, u32),
    ) {
        if self.hearers.contains(&hearer) {
            return;
        }
        let Some(seat) = self.table.seat_of(participant) else { return };
        self.slots.attach(hearer, seat.csrc, std::iter::repeat_with(random).take(slots));
        self.hearers.push(hearer);
    }

    pub(super) fn detach(&mut self, hearer: Hearer) {
        self.slots.detach(hearer);
        self.hearers.retain(|other| *other != hearer);
    }

    /// Who is in the slots of a session.
    pub(super) fn occupants(&self, hearer: Hearer) -> Option<[Option<Csrc>; SLOTS]> {
        self.slots.occupants(hearer)
    }

    /// Takes a packet of a participant; whether it may pass. What is to be forwarded is in `forwards` then.
    ///
    /// `level` is what the sender claims (RFC 6464).
    pub(super) fn packet(&mut self, participant: &str, packet: &Packet, level: Option<Level>) -> bool {
        let Some(seat) = self.table.seat_of(participant).filter(|seat| seat.may_pass && !self.failed) else {
            return false;
        };
        let csrc = seat.csrc;
        if let Some(recorder) = &mut self.recorder {
            recorder.packet(&seat.participant, csrc, packet);
        }
        if let Some(level) = level {
            self.slots.hinted(csrc, packet.arrival, level);
        }
        self.slots.packet(csrc, packet, &mut self.forwards);
        self.mixer.receive(csrc, packet);
        true
    }

    pub(super) fn add_voice(&mut self, participant: Participant, voice: Arc<cooee_audio::Voice>, now: Instant) {
        self.voices.add(participant, voice, now);
    }

    /// When the next frame is due; `None` if there will be none.
    pub(super) fn due(&self) -> Option<Instant> {
        (!self.failed).then(|| self.mixer.due())
    }

    /// Mixes the frame that is due, and decides who is in which slot. `None` if none is due.
    ///
    /// The second part says whether any slot changed hands.
    pub(super) fn tick(
        &mut self,
        now: Instant,
        ring: &mut VoiceSender,
    ) -> Result<Option<(MixedFrame, bool)>, CodecError> {
        bug_may_be_here("mix", &self.space.id);
        self.play_voices(now);
        self.follow_fec_wishes()?;
        let Self { mixer, taps, space, .. } = self;
        let Some(frame) = mixer.tick_with(now, |sound| taps.heard(space, &sound, ring))? else { return Ok(None) };
        let mut loudest = Level::SILENCE;
        for speaker in self.mixer.levels() {
            self.slots.heard(speaker.csrc, now, speaker.level);
            self.levels.heard(speaker);
            loudest = loudest.max(speaker.level);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.frame(&frame, loudest);
        }
        let changed = self.slots.assign(now, &mut self.forwards);
        Ok(Some((frame, changed)))
    }

    fn play_voices(&mut self, now: Instant) {
        let Self { voices, table, slots, mixer, forwards, recorder, .. } = self;
        voices.play(now, |participant, packet| {
            if let Some(seat) = table.seat_of(participant).filter(|seat| seat.may_pass) {
                if let Some(recorder) = recorder {
                    recorder.packet(&seat.participant, seat.csrc, packet);
                }
                slots.packet(seat.csrc, packet, forwards);
                mixer.receive(seat.csrc, packet);
            }
        });
    }

    fn follow_fec_wishes(&mut self) -> Result<(), CodecError> {
        let (wishes, listeners) = (self.space.fec_wishes.load(Relaxed), self.space.listeners.load(Relaxed));
        let fec = is_fec_wished(self.fec, wishes, listeners);
        if fec != self.fec {
            self.fec = fec;
            self.mixer.set_fec(fec)?;
        }
        Ok(())
    }

    /// What the jitter buffers of those on stage have done, and aim at.
    pub(super) fn jitter_stats(&self) -> impl Iterator<Item = SpeakerStats> {
        self.table.seats().iter().filter_map(|seat| self.mixer.stats(seat.csrc))
    }
}

/// Whether so many of the listeners are enough: to begin with it a whole share of them, to go on with it half a share.
fn is_fec_wished(is_on: bool, wishes: usize, listeners: usize) -> bool {
    let share = 1 + listeners / FEC_SHARE;
    if is_on { wishes * 2 >= share } else { wishes >= share }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fec_is_for_a_share_of_the_listeners_not_for_one_of_many() {
        let steps = [(1, 49, true), (1, 1_000, false), (20, 1_000, false), (21, 1_000, true)];
        for (wishes, listeners, wished) in steps {
            assert_eq!(is_fec_wished(false, wishes, listeners), wished, "{wishes} of {listeners}");
        }
        for (wishes, listeners, wished) in [(1, 49, true), (0, 49, false), (11, 1_000, true), (10, 1_000, false)] {
            assert_eq!(is_fec_wished(true, wishes, listeners), wished, "{wishes} of {listeners}, once it is on");
        }
    }
}
