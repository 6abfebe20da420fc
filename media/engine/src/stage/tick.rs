//! What a stage thread does with the stages themselves: tables, ticks of the mix, forwarding.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use cooee_audio::{MixedFrame, SpeakerStats};
use cooee_session::speak::SlotPacket;
use cooee_stage::{Csrc, Epoch, SLOTS, Seat};

use super::levels::Told;
use super::room::Room;
use super::{NAP, Space, StageThread};
use crate::event::{Event, Reason};
use crate::figures::DropReason;
use crate::guard::{Bug, Struck, guarded};
use crate::live::Live;
use crate::registry::SessionKey;
use crate::work::{Whose, Worker as _};

impl StageThread {
    pub(super) fn open_space(&mut self, space: &Arc<Space>, epoch: Epoch, now: Instant) {
        let number = space.number;
        self.frames = now;
        let opened = guarded(|| match self.rooms.get_mut(&number) {
            Some(room) => room.raise_epoch(epoch, now),
            None => Room::new(Arc::clone(space), epoch, now).map(|room| _ = self.rooms.insert(number, room)),
        });
        match opened {
            Ok(Ok(())) => return,
            Ok(Err(error)) => tracing::error!(%error, "no stage could be made"),
            Err(Bug) => {}
        }
        self.mix_failed(number);
        if !self.rooms.contains_key(&number) {
            self.shared.events.emit(Event::MixFailed { space: space.id.to_string() });
        }
    }

    pub(super) fn close_space(&mut self, space: &Space, reason: &Reason, now: Instant) {
        for at in self.sessions_in(space.number) {
            self.close(at, reason.clone(), now);
        }
        self.rooms.remove(&space.number);
    }

    /// Takes a table of the stage; who has no seat any more loses their speak sessions.
    pub(super) fn set_stage(&mut self, number: u32, version: u64, seats: Vec<Seat>, now: Instant) {
        let Some(room) = self.rooms.get_mut(&number) else { return };
        if room.set_stage(version, seats).is_err() {
            return self.mix_failed(number);
        }
        for at in self.sessions_in(number) {
            let participant = &self.speakers[at as usize].owner.participant;
            if self.rooms[&number].has_seat(participant) {
                self.attach(at);
            } else {
                self.close(at, Reason::Closed("closed".to_owned()), now);
            }
        }
    }

    /// Gives a connected session its slots, if its person has a seat.
    pub(super) fn attach(&mut self, at: u32) {
        let speaker = &self.speakers[at as usize];
        let Some(room) = self.rooms.get_mut(&speaker.owner.space.number) else { return };
        let slots = speaker.session.slots();
        if speaker.connected && slots > 0 {
            // Below 2^15, so that a receiver cannot miss the first roll-over (RFC 3711 §3.3.1).
            let random = || (fastrand::u16(..0x8000), fastrand::u32(..));
            room.attach(speaker.hearer(), &speaker.owner.participant, slots, random);
        }
    }

    fn sessions_in(&self, number: u32) -> Vec<u32> {
        let of_space = self.speakers.iter().filter(|(_, speaker)| speaker.owner.space.number == number);
        of_space.map(|(at, _)| at as u32).collect()
    }

    /// Mixes what is due in every Space.
    pub(super) fn tick_rooms(&mut self) {
        let now = Instant::now();
        if now < self.frames {
            return;
        }
        let due = |room: &Room| room.due().is_some_and(|due| due <= now);
        // The numbers are copied so that a tick may use all of the thread; a map's keys cannot be held meanwhile.
        let mut numbers = std::mem::take(&mut self.due);
        numbers.extend(self.rooms.iter().filter(|(_, room)| due(room)).map(|(number, _)| *number));
        for number in numbers.drain(..) {
            self.attempt(Some(Whose::Space(number)), now, |thread| thread.tick_room(number));
        }
        self.due = numbers;
        self.frames = self.rooms.values().filter_map(Room::due).fold(now + NAP, Instant::min);
    }

    fn tick_room(&mut self, number: u32) {
        loop {
            let now = Instant::now();
            let Some(room) = self.rooms.get_mut(&number) else { return };
            let Some(due) = room.due() else { return };
            match room.tick(now, &mut self.voices) {
                Ok(Some((frame, changed))) => {
                    self.figures.mix_lateness.observe(now.saturating_duration_since(due));
                    self.deliver(number, &frame);
                    self.forward(number, None);
                    if changed {
                        self.tell_slots(number);
                    }
                }
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(%error, "a frame could not be mixed");
                    return self.mix_failed(number);
                }
            }
        }
    }

    /// Hands a frame of the mix to the threads that have listeners of the Space, and its levels to the feed.
    fn deliver(&mut self, number: u32, frame: &MixedFrame) {
        let Some(room) = self.rooms.get_mut(&number) else { return };
        let threads = room.space.threads.load(Relaxed);
        for (at, listeners) in self.listeners.iter().enumerate() {
            if threads & (1 << at) != 0 && !listeners.frame(number, frame.clone()) {
                self.figures.dropped(DropReason::QueueFull, 1);
            }
        }
        if let Some(Told { json, others }) = room.levels.message() {
            let longest = |of: fn(&SpeakerStats) -> u32| room.jitter_stats().map(|stats| of(&stats)).max().unwrap_or(0);
            self.figures.jitter_target.store(longest(|stats| stats.target).into(), Relaxed);
            self.figures.jitter_delay.store(longest(|stats| stats.delay).into(), Relaxed);
            self.shared.live.send(Live::Levels { space: Arc::clone(&room.space), json, others });
        }
    }

    /// Sends what is to leave through slots. `arrival` is that of the packet that caused it.
    pub(super) fn forward(&mut self, number: u32, arrival: Option<Instant>) {
        let Some(room) = self.rooms.get_mut(&number) else { return };
        if room.forwards.is_empty() {
            return;
        }
        let mut forwards = std::mem::take(&mut room.forwards);
        let now = Instant::now();
        for forward in forwards.drain(..) {
            let Some(at) = self.book.by_key(SessionKey(forward.to.0)) else { continue };
            let packet = SlotPacket {
                csrc: forward.from.0,
                sequence: forward.sequence,
                timestamp: forward.timestamp,
                marker: forward.marker,
                payload: &forward.payload,
            };
            let Some(buffer) = self.outbox.room(now) else { continue };
            let (session, slot) = (&mut self.speakers[at as usize].session, usize::from(forward.slot));
            match guarded(|| session.send_slot(now, slot, &packet, buffer)) {
                Ok(Some((to, len))) => self.outbox.commit(now, to, len),
                Ok(None) => {}
                Err(_) => self.session_failed(at, now),
            }
        }
        if let Some(room) = self.rooms.get_mut(&number) {
            room.forwards = forwards;
        }
        self.outbox.flush(now);
        if let Some(arrival) = arrival {
            self.figures.forward.observe(arrival.elapsed());
        }
    }

    /// Tells every session who is in its slots.
    fn tell_slots(&self, number: u32) {
        let Some(room) = self.rooms.get(&number) else { return };
        for at in self.sessions_in(number) {
            let speaker = &self.speakers[at as usize];
            if let Some(occupants) = room.occupants(speaker.hearer()) {
                let (space, participant) = (Arc::clone(&room.space), speaker.owner.participant.clone());
                self.shared.live.send(Live::Slots { space, participant, json: slots_json(occupants) });
            }
        }
    }

    /// Ends a Space's mix that met a bug, until the Space is opened at a higher epoch. Everything else goes on.
    pub(super) fn mix_failed(&mut self, number: u32) {
        self.shared.bugs.met(Struck::Mix);
        if let Some(room) = self.rooms.get_mut(&number) {
            room.failed = true;
            self.shared.events.emit(Event::MixFailed { space: room.space.id.to_string() });
        }
    }
}

/// `[csrc | null, …]` in the order of the slots.
fn slots_json(occupants: [Option<Csrc>; SLOTS]) -> String {
    serde_json::Value::from(occupants.map(|csrc| csrc.map(|csrc| csrc.0)).to_vec()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_told_in_order_with_null_for_the_empty_ones() {
        let occupants = [Some(Csrc(7)), None, Some(Csrc(9)), None, None];
        assert_eq!(slots_json(occupants), "[7,null,9,null,null]");
    }
}
