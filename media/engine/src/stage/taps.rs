//! The voices of a stage that recognisers of speech are to hear.

use std::sync::Arc;

use cooee_audio::{Contribution, Tap};
use cooee_stage::{Csrc, Participant, Seat};

use crate::registry::Space;
use crate::voices::{VoiceFrame, VoiceSender};

struct Tapped {
    csrc: Csrc,
    participant: Participant,
    tap: Box<Tap>,
}

/// Who is tapped. Commands change it; the packet path only reads it, and moves sound.
#[derive(Default)]
pub(super) struct Taps {
    wanted: Vec<Participant>,
    seated: Vec<Tapped>,
}

impl Taps {
    /// Exactly these are tapped while they have a seat.
    pub(super) fn set(&mut self, wanted: Vec<Participant>, seats: &[Seat]) {
        self.wanted = wanted;
        self.follow(seats);
    }

    /// Takes a table of the stage: who sits down begins anew, and nobody's sound goes on under another's name.
    pub(super) fn follow(&mut self, seats: &[Seat]) {
        let wanted = |seat: &&Seat| self.wanted.contains(&seat.participant);
        let now: Vec<&Seat> = seats.iter().filter(wanted).collect();
        let same = |tapped: &Tapped, seat: &Seat| seat.csrc == tapped.csrc && seat.participant == tapped.participant;
        self.seated.retain(|tapped| now.iter().any(|seat| same(tapped, seat)));
        for seat in now {
            if !self.seated.iter().any(|tapped| same(tapped, seat)) {
                let (csrc, participant, tap) = (seat.csrc, seat.participant.clone(), Box::default());
                self.seated.push(Tapped { csrc, participant, tap });
            }
        }
    }

    /// Puts what is to be heard of somebody's 20 ms into the ring.
    pub(super) fn heard(&mut self, space: &Arc<Space>, sound: &Contribution<'_>, ring: &mut VoiceSender) {
        let Some(tapped) = self.seated.iter_mut().find(|tapped| tapped.csrc == sound.csrc) else { return };
        let participant = &tapped.participant;
        tapped.tap.heard(sound.at, sound.index, sound.level, sound.pcm, |frame| {
            let (space, participant) = (Arc::clone(space), participant.clone());
            ring.put(VoiceFrame { space, participant, at: sound.at, frame: *frame });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(csrc: u32, who: &str) -> Seat {
        Seat { participant: Participant::new(who), csrc: Csrc(csrc), may_pass: true }
    }

    fn tapped(taps: &Taps) -> Vec<(u32, &str)> {
        taps.seated.iter().map(|tapped| (tapped.csrc.0, tapped.participant.as_str())).collect()
    }

    #[test]
    fn only_who_is_wanted_and_seated_is_tapped() {
        let mut taps = Taps::default();
        taps.set(vec![Participant::new("ada"), Participant::new("eve")], &[seat(1, "ada"), seat(2, "bob")]);
        assert_eq!(tapped(&taps), [(1, "ada")]);
        taps.follow(&[seat(1, "ada"), seat(3, "eve")]);
        assert_eq!(tapped(&taps), [(1, "ada"), (3, "eve")]);
        taps.set(Vec::new(), &[seat(1, "ada"), seat(3, "eve")]);
        assert_eq!(tapped(&taps), []);
    }

    #[test]
    fn whoever_takes_over_a_seat_is_not_tapped_for_the_one_before() {
        let mut taps = Taps::default();
        taps.set(vec![Participant::new("ada")], &[seat(1, "ada")]);
        taps.follow(&[seat(1, "bob")]);
        assert_eq!(tapped(&taps), []);
    }
}
