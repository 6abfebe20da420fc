use super::*;
use crate::decode::Decode;
use crate::limiter::CEILING;
use crate::testing::{Sender, largest_step, sine, speech};
use crate::{RATE, level_of};
use proptest::prelude::*;

const ANN: Csrc = Csrc(1);
const BEN: Csrc = Csrc(2);
const MS: Duration = Duration::from_millis(1);

/// A mixer on virtual time, with senders whose packets arrive at once.
struct Room {
    start: Instant,
    mixer: Mixer,
    senders: Vec<(Csrc, Sender, Vec<f32>)>,
    frames: u32,
}

impl Room {
    fn new() -> Self {
        let start = Instant::now();
        let mixer = Mixer::new(start, Epoch(1)).unwrap();
        Self { start, mixer, senders: Vec::new(), frames: 0 }
    }

    /// Seats a speaker who goes on to say `pcm`, 20 ms a tick, over and over.
    fn speaks(&mut self, csrc: Csrc, pcm: Vec<f32>) {
        self.mixer.seat(csrc, true).unwrap();
        self.senders.push((csrc, Sender::new(u64::from(csrc.0)), pcm));
    }

    /// Goes on for so many frames and gives the mix before it is encoded.
    fn run(&mut self, frames: u32) -> (Vec<f32>, Vec<MixedFrame>) {
        let (mut pcm, mut mixed) = (Vec::new(), Vec::new());
        for _ in 0..frames {
            for (csrc, sender, spoken) in &mut self.senders {
                let at = self.frames as usize * FRAME % spoken.len();
                let packet = sender.frame(self.start, &spoken[at..at + FRAME], false).unwrap();
                self.mixer.receive(*csrc, &packet);
            }
            mixed.extend(self.mixer.tick(self.start + FRAME_TIME * self.frames).unwrap());
            pcm.extend_from_slice(&self.mixer.sum[..]);
            self.frames += 1;
        }
        (pcm, mixed)
    }
}

fn loudness(pcm: &[f32]) -> i8 {
    level_of(pcm).dbov()
}

#[test]
fn frames_come_at_their_deadlines_and_not_before() {
    let start = Instant::now();
    let now = start;
    let start = now + MS;
    let mut mixer = Mixer::new(start, Epoch(3)).unwrap();
    assert!(mixer.tick(now).unwrap().is_none());
    let first = mixer.tick(start).unwrap().unwrap();
    assert_eq!((first.epoch, first.index), (Epoch(3), 0));
    assert_eq!(mixer.due(), start + 20 * MS);
    assert!(mixer.tick(start + 19 * MS).unwrap().is_none());
    // 5 ms late: the next one is due when it would have been.
    assert_eq!(mixer.tick(start + 25 * MS).unwrap().unwrap().index, 1);
    assert_eq!(mixer.due(), start + 40 * MS);
}

#[test]
fn a_short_stall_is_made_up_and_a_long_one_skipped() {
    let start = Instant::now();
    let mut mixer = Mixer::new(start, Epoch(1)).unwrap();
    let mut indexes = |at: Duration| {
        let mut indexes = Vec::new();
        while let Some(frame) = mixer.tick(start + at).unwrap() {
            indexes.push(frame.index);
        }
        indexes
    };
    assert_eq!(indexes(Duration::ZERO), [0]);
    assert_eq!(indexes(80 * MS), [1, 2, 3, 4]);
    assert_eq!(indexes(185 * MS), [9]);
    assert_eq!(indexes(200 * MS), [10]);
}

#[test]
fn what_is_mixed_can_be_decoded_and_is_what_was_said() {
    let mut room = Room::new();
    room.speaks(ANN, sine(440.0, 0.3, FRAME * 50));
    let (_, mixed) = room.run(100);
    let mut decode = Decode::new().unwrap();
    let heard: Vec<f32> = mixed.iter().flat_map(|frame| decode.packet(&frame.opus).unwrap().to_vec()).collect();
    assert!((loudness(&heard[50 * FRAME..]) - loudness(&sine(440.0, 0.3, 48_000))).abs() <= 1);
}

#[test]
fn a_muted_speaker_is_gone_within_one_frame_and_without_a_click() {
    let mut room = Room::new();
    room.speaks(ANN, sine(200.0, 0.5, FRAME * 50));
    let (before, _) = room.run(50);
    room.mixer.seat(ANN, false).unwrap();
    let (after, mixed) = room.run(10);
    assert!(loudness(&before[40 * FRAME..]) > -12);
    // The limiter looks 5 ms ahead, so that the end of the ramp comes with the second frame.
    assert!(after[2 * FRAME..].iter().all(|sample| *sample == 0.0));
    assert!(loudness(&after[FRAME / 2..]) < -100);
    assert!(largest_step(&after) <= 1.2 * largest_step(&before[40 * FRAME..]));
    assert!(mixed[1..].iter().all(|frame| frame.csrcs.is_empty()));
}

#[test]
fn nothing_is_taken_from_somebody_without_permission() {
    let mut room = Room::new();
    room.speaks(ANN, sine(200.0, 0.5, FRAME * 50));
    room.mixer.seat(ANN, false).unwrap();
    let packet = room.senders[0].1.frame(room.start, &[0.1; FRAME], false).unwrap();
    assert_eq!(room.mixer.receive(ANN, &packet), Heard::NotPermitted);
    assert_eq!(room.mixer.receive(BEN, &packet), Heard::NotPermitted);
    let (pcm, _) = room.run(20);
    assert!(pcm.iter().all(|sample| *sample == 0.0));
    assert_eq!(room.mixer.levels().count(), 0);
}

#[test]
fn what_was_said_before_a_mute_is_not_heard_after_it() {
    let mut room = Room::new();
    room.speaks(ANN, sine(200.0, 0.5, FRAME * 50));
    room.run(20);
    room.mixer.seat(ANN, false).unwrap();
    room.run(1);
    room.senders.clear();
    room.mixer.seat(ANN, true).unwrap();
    let (pcm, _) = room.run(20);
    assert!(loudness(&pcm[FRAME..]) < -100);
}

#[test]
fn a_mute_taken_back_before_the_next_frame_changes_nothing() {
    let mut room = Room::new();
    room.speaks(ANN, sine(200.0, 0.5, FRAME * 50));
    room.run(20);
    room.mixer.seat(ANN, false).unwrap();
    room.mixer.seat(ANN, true).unwrap();
    let (pcm, _) = room.run(20);
    assert!(loudness(&pcm[..FRAME]) > -12);
}

#[test]
fn who_leaves_fades_out_and_who_comes_back_is_heard() {
    let mut room = Room::new();
    room.speaks(ANN, sine(200.0, 0.5, FRAME * 50));
    room.run(20);
    room.mixer.unseat(ANN);
    let (gone, _) = room.run(10);
    assert!(room.mixer.stats(ANN).is_none());
    assert!(loudness(&gone[2 * FRAME..]) == Level::SILENCE.dbov());
    room.mixer.seat(ANN, true).unwrap();
    let (back, _) = room.run(20);
    assert!(loudness(&back[10 * FRAME..]) > -12);
}

#[test]
fn the_audible_are_named_the_loudest_first() {
    let mut room = Room::new();
    room.speaks(ANN, sine(200.0, 0.02, FRAME * 50));
    room.speaks(BEN, sine(300.0, 0.3, FRAME * 50));
    room.speaks(Csrc(3), vec![0.0; FRAME * 50]);
    let (_, mixed) = room.run(30);
    assert_eq!(mixed[29].csrcs[..], [BEN, ANN]);
    let levels: Vec<(Csrc, i8, bool)> = room.mixer.levels().map(|s| (s.csrc, s.level.dbov(), s.audible)).collect();
    assert!(
        matches!(levels[..], [(ANN, -38..=-36, true), (BEN, -15..=-13, true), (Csrc(3), ..=-90, false)]),
        "{levels:?}"
    );
}

#[test]
fn more_than_fifteen_at_once_name_the_loudest_fifteen() {
    let mut room = Room::new();
    for n in 0..18_u16 {
        room.speaks(Csrc(u32::from(n)), sine(200.0, 0.01 + 0.005 * f32::from(n), FRAME * 50));
    }
    let (_, mixed) = room.run(20);
    assert_eq!(mixed[19].csrcs.len(), MAX_CSRCS);
    assert_eq!(mixed[19].csrcs[0], Csrc(17));
    assert!(!mixed[19].csrcs.contains(&Csrc(0)));
}

#[test]
fn many_loud_voices_do_not_clip() {
    let mut room = Room::new();
    for n in 0..6 {
        let loud: Vec<f32> = speech(u64::from(n), 100).iter().map(|sample| (sample * 4.0).clamp(-1.0, 1.0)).collect();
        room.speaks(Csrc(n), loud);
    }
    let (pcm, _) = room.run(100);
    assert!(pcm.iter().all(|sample| sample.abs() <= CEILING));
    let flat = pcm.windows(4).filter(|w| w.iter().all(|s| s.abs() >= CEILING - 1e-4)).count();
    assert!(flat < 20, "{flat} samples lie flat");
    assert!(loudness(&pcm[20 * FRAME..]) > -14);
}

#[test]
fn an_empty_room_gives_silent_frames_without_end() {
    let (_, mixed) = Room::new().run(200);
    assert!(mixed[50..].iter().all(|frame| frame.silent && frame.opus.len() <= 2));
    assert!(mixed.iter().all(|frame| opus::packet::get_nb_samples(&frame.opus, RATE).unwrap() == FRAME));
}

#[test]
fn a_node_that_takes_over_goes_on_in_its_own_epoch() {
    let start = Instant::now();
    let mut mixer = Mixer::new(start, Epoch(2)).unwrap();
    mixer.begin_at(1000);
    mixer.begin_at(5);
    mixer.raise_epoch(Epoch(4));
    mixer.raise_epoch(Epoch(3));
    let frame = mixer.tick(start).unwrap().unwrap();
    assert_eq!((frame.epoch, frame.index), (Epoch(4), 1000));
}

#[test]
fn a_stall_of_this_machine_does_not_lengthen_the_delay() {
    let mut room = Room::new();
    room.speaks(ANN, speech(1, 500));
    room.run(100);
    let before = room.mixer.stats(ANN).unwrap().delay;
    for _ in 0..25 {
        let (csrc, sender, spoken) = &mut room.senders[0];
        let at = room.frames as usize * FRAME;
        let packet = sender.frame(room.start, &spoken[at..at + FRAME], false).unwrap();
        room.mixer.receive(*csrc, &packet);
        room.frames += 1;
    }
    room.run(5);
    let after = room.mixer.stats(ANN).unwrap().delay;
    assert!(after <= before + 2 * FRAME as u32, "{before} {after}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn indexes_only_rise_and_stay_with_the_clock(waits in prop::collection::vec(0..150_u64, 1..60)) {
        let start = Instant::now();
        let mut mixer = Mixer::new(start, Epoch(1)).unwrap();
        let mut now = start;
        let mut last = None;
        for wait in waits {
            now += Duration::from_millis(wait);
            let mut burst = 0;
            while let Some(frame) = mixer.tick(now).unwrap() {
                burst += 1;
                prop_assert!(Some(frame.index) > last);
                last = Some(frame.index);
            }
            prop_assert!(burst <= 4);
            prop_assert_eq!(last, Some((now - start).as_millis() as u64 / 20));
        }
    }

    #[test]
    fn any_commands_leave_a_mix_that_goes_on(
        commands in prop::collection::vec((0..5_u8, 0..4_u32, any::<u16>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..60)), 0..120)
    ) {
        let start = Instant::now();
        let mut mixer = Mixer::new(start, Epoch(1)).unwrap();
        for (n, (command, who, sequence, timestamp, payload)) in commands.into_iter().enumerate() {
            let now = start + FRAME_TIME * n as u32;
            let csrc = Csrc(who);
            match command {
                0 => mixer.seat(csrc, sequence % 2 == 0).unwrap(),
                1 => mixer.unseat(csrc),
                _ => {
                    let packet = Packet { ssrc: who, sequence, timestamp, marker: false, arrival: now, payload: payload.into() };
                    mixer.receive(csrc, &packet);
                }
            }
            prop_assert!(mixer.tick(now).unwrap().is_some());
            prop_assert!(mixer.sum.iter().all(|sample| sample.abs() <= CEILING));
        }
    }
}
