use std::collections::HashSet;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;

const FRAME: Duration = Duration::from_millis(20);
const LISTENING: Hearer = Hearer(100);
const LOUD: i8 = -20;
const SOFT: i8 = -30;
const QUIET: i8 = -80;

/// A stage on virtual time: everybody sends a packet every 20 ms, at a level that the script sets.
struct Stage {
    slots: Slots,
    now: Instant,
    frame: u32,
    levels: Vec<(Csrc, i8)>,
}

impl Stage {
    /// People 1 to `people`, all quiet; number 1 listens through slots.
    fn of(people: u32) -> Self {
        let mut slots = Slots::new();
        for person in 1..=people {
            slots.seat(Csrc(person), true);
        }
        slots.attach(LISTENING, Csrc(1), [(0, 0); SLOTS]);
        let levels = (1..=people).map(|person| (Csrc(person), QUIET)).collect();
        Self { slots, now: Instant::now(), frame: 0, levels }
    }

    fn level(&mut self, person: u32, dbov: i8) {
        self.levels[person as usize - 1].1 = dbov;
    }

    fn packet(&self, from: Csrc) -> Packet {
        Packet {
            ssrc: from.0,
            sequence: self.frame as u16,
            timestamp: self.frame * 960,
            marker: false,
            arrival: self.now,
            payload: Bytes::copy_from_slice(&self.frame.to_be_bytes()),
        }
    }

    fn run(&mut self, duration: Duration) -> Vec<Forward> {
        let mut out = Vec::new();
        let end = self.now + duration;
        while self.now < end {
            for (person, level) in self.levels.clone() {
                self.slots.packet(person, &self.packet(person), &mut out);
                self.slots.heard(person, self.now, Level::new(level));
            }
            self.slots.assign(self.now, &mut out);
            self.now += FRAME;
            self.frame += 1;
        }
        out
    }

    fn heard(&self) -> HashSet<u32> {
        let occupants = self.slots.occupants(LISTENING).expect("the session is attached");
        occupants.iter().flatten().map(|csrc| csrc.0).collect()
    }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn who_has_fewer_slots_hears_those_who_talk_in_them() {
    let mut stage = Stage::of(6);
    stage.slots.attach(LISTENING, Csrc(1), [(0, 0); 2]);
    stage.run(ms(100));
    for talking in [5, 6, 4] {
        stage.level(talking, LOUD);
        stage.run(ms(600));
        assert!(stage.heard().contains(&talking), "{talking}: {:?}", stage.heard());
        assert!(stage.heard().len() <= 2);
        stage.level(talking, QUIET);
        stage.run(ms(2_000));
    }
    assert!(stage.run(ms(200)).iter().all(|forward| forward.slot < 2));
}

#[test]
fn up_to_five_others_each_have_a_slot_of_their_own_and_nobody_hears_themselves() {
    let mut stage = Stage::of(6);
    let out = stage.run(ms(100));
    assert_eq!(stage.heard(), HashSet::from([2, 3, 4, 5, 6]));
    assert!(out.iter().all(|forward| forward.from != Csrc(1)));
    let slot_of = |person| out.iter().filter(move |f| f.from == Csrc(person)).map(|f| f.slot);
    assert!((2..=6).all(|person| slot_of(person).collect::<HashSet<_>>().len() == 1));
    assert_eq!(out.len(), 5 * 5);
}

#[test]
fn who_begins_to_talk_gets_the_slot_of_somebody_silent_with_first_words() {
    let mut stage = Stage::of(8);
    stage.run(ms(1000));
    let silent = (2..=8).find(|person| !stage.heard().contains(person)).unwrap();
    stage.level(silent, LOUD);
    let first_word = stage.frame;
    let out = stage.run(ms(200));
    assert!(stage.heard().contains(&silent));
    let said: Vec<&Forward> = out.iter().filter(|forward| forward.from == Csrc(silent)).collect();
    assert!(said[0].marker && said[1..].iter().all(|forward| !forward.marker));
    let first = u32::from_be_bytes(said[0].payload[..].try_into().unwrap());
    assert!(first <= first_word, "{first} {first_word}");
    assert!(said.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
    assert!(said.windows(2).all(|pair| pair[1].timestamp == pair[0].timestamp + 960));
}

#[test]
fn a_hint_brings_the_first_word_whole_although_our_decoder_hears_it_later() {
    let mut stage = Stage::of(8);
    stage.run(ms(1000));
    let silent = (2..=8).find(|person| !stage.heard().contains(person)).unwrap();
    let first_word = stage.frame;
    let mut out = Vec::new();
    for _ in 0..5 {
        stage.slots.hinted(Csrc(silent), stage.now, Level::new(LOUD));
        out.extend(stage.run(FRAME));
    }
    stage.level(silent, LOUD);
    out.extend(stage.run(ms(1000)));
    let said: Vec<u32> = (out.iter().filter(|forward| forward.from == Csrc(silent)))
        .map(|forward| u32::from_be_bytes(forward.payload[..].try_into().unwrap()))
        .collect();
    assert!(said[0] <= first_word);
    assert!(said.windows(2).all(|pair| pair[1] == pair[0] + 1));
    assert!(stage.heard().contains(&silent));
}

#[test]
fn an_empty_claim_holds_no_slot_against_somebody_who_talks() {
    let mut stage = Stage::of(7);
    (2..=6).for_each(|person| stage.level(person, LOUD));
    stage.run(ms(1000));
    for _ in 0..100 {
        stage.slots.hinted(Csrc(7), stage.now, Level::new(0));
        stage.run(FRAME);
    }
    assert_eq!(stage.heard(), HashSet::from([2, 3, 4, 5, 6]));
}

#[test]
fn five_who_talk_keep_their_slots_against_one_no_louder() {
    let mut stage = Stage::of(7);
    (2..=6).for_each(|person| stage.level(person, SOFT));
    stage.run(ms(1000));
    stage.level(7, SOFT + 3);
    stage.run(ms(3000));
    assert_eq!(stage.heard(), HashSet::from([2, 3, 4, 5, 6]));
}

#[test]
fn a_louder_one_takes_the_softest_ones_slot_after_400_ms() {
    let mut stage = Stage::of(7);
    (2..=6).for_each(|person| stage.level(person, LOUD));
    stage.level(4, SOFT);
    stage.run(ms(1000));
    stage.level(7, LOUD);
    stage.run(ms(380));
    assert!(!stage.heard().contains(&7));
    stage.run(ms(100));
    assert_eq!(stage.heard(), HashSet::from([2, 3, 5, 6, 7]));
}

#[test]
fn a_pause_between_words_costs_nobody_the_slot() {
    let mut stage = Stage::of(7);
    (2..=6).for_each(|person| stage.level(person, LOUD));
    stage.run(ms(1000));
    stage.level(3, QUIET);
    stage.level(7, SOFT);
    stage.run(ms(360));
    stage.level(3, LOUD);
    stage.run(ms(200));
    assert!(stage.heard().contains(&3));
}

#[test]
fn a_muted_person_is_not_forwarded_and_leaves_nothing_behind() {
    let mut stage = Stage::of(3);
    stage.level(2, LOUD);
    stage.run(ms(500));
    stage.slots.seat(Csrc(2), false);
    assert!(stage.run(ms(500)).iter().all(|forward| forward.from != Csrc(2)));
    let before = stage.frame;
    stage.slots.seat(Csrc(2), true);
    let out = stage.run(ms(100));
    let said = |forward: &&Forward| forward.from == Csrc(2);
    let first = u32::from_be_bytes(out.iter().find(said).unwrap().payload[..].try_into().unwrap());
    assert!(first >= before);
}

#[test]
fn who_leaves_frees_the_slot_for_the_next() {
    let mut stage = Stage::of(7);
    stage.run(ms(100));
    let gone = *stage.heard().iter().next().unwrap();
    stage.slots.unseat(Csrc(gone));
    stage.run(ms(40));
    assert_eq!(stage.heard().len(), 5);
    assert!(!stage.heard().contains(&gone));
}

#[test]
fn two_sessions_of_one_person_both_hear_the_stage() {
    let mut stage = Stage::of(2);
    stage.slots.attach(Hearer(101), Csrc(1), [(9, 9); SLOTS]);
    let out = stage.run(ms(20));
    assert_eq!(out.iter().map(|forward| forward.to).collect::<Vec<_>>(), [LISTENING, Hearer(101)]);
    stage.slots.detach(LISTENING);
    assert!(stage.run(ms(100)).iter().all(|forward| forward.to == Hearer(101)));
    assert_eq!(stage.slots.occupants(LISTENING), None);
}

#[test]
fn an_empty_payload_goes_nowhere() {
    let mut stage = Stage::of(2);
    stage.run(ms(100));
    let mut out = Vec::new();
    let empty = Packet { payload: Bytes::new(), ..stage.packet(Csrc(2)) };
    stage.slots.packet(Csrc(2), &empty, &mut out);
    assert!(out.is_empty());
}

proptest! {
    #[test]
    fn no_slot_ever_repeats_a_number_or_plays_its_own_listener(
        script in prop::collection::vec((1..9_u32, 0..6_u8, -90..-10_i8), 1..60)
    ) {
        let mut stage = Stage::of(8);
        let mut given = HashSet::new();
        let mut permitted: HashSet<u32> = (1..=8).collect();
        for (person, command, level) in script {
            match command {
                0 => {
                    stage.slots.seat(Csrc(person), false);
                    permitted.remove(&person);
                }
                1 => {
                    stage.slots.seat(Csrc(person), true);
                    permitted.insert(person);
                }
                2 => {
                    stage.slots.unseat(Csrc(person));
                    permitted.remove(&person);
                }
                _ => stage.level(person, level),
            }
            for forward in stage.run(ms(120)) {
                prop_assert!(forward.from != Csrc(1));
                prop_assert!(permitted.contains(&forward.from.0));
                prop_assert!(given.insert((forward.slot, forward.sequence)));
            }
            let occupants = stage.slots.occupants(LISTENING).unwrap();
            let distinct: HashSet<_> = occupants.iter().flatten().collect();
            prop_assert_eq!(distinct.len(), occupants.iter().flatten().count());
        }
    }
}
