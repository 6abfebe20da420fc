//! The promise on which AES-GCM rests: no index is ever sent with two different contents.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::stream::Stream;
use crate::mix::{Class, Earlier, History, MixPacket};
use crate::rtp::Parsed;
use crate::srtp::{Master, Opener, Profile, Sealer, estimate};

const SSRC: u32 = 77;

fn master() -> Master {
    Master::new(Profile::Aes256Gcm, &[1; 32], &[2; 12]).unwrap()
}

/// A mix that now and then forgets, and may even break its own promise.
#[derive(Default)]
struct Mix {
    packets: BTreeMap<(u32, u32, u8), (u32, Vec<u8>)>,
    /// Salt of all payloads: changing it makes every packet differ from what was sent.
    salt: u8,
}

impl Mix {
    fn make(&mut self, epoch: u32, index: u32, class: Class, long: bool) {
        let len = if long { 1_100 } else { 20 + index as usize % 40 };
        let mut payload = vec![index as u8; len];
        payload[..4].copy_from_slice(&epoch.to_be_bytes());
        let timestamp = index.wrapping_mul(960).wrapping_add(epoch.wrapping_mul(0x1234_5678));
        self.packets.entry((epoch, index, class as u8)).or_insert((timestamp, payload));
    }

    fn salted(&mut self, salt: u8) {
        let change = self.salt ^ salt;
        self.packets.values_mut().for_each(|(_, payload)| payload[5] ^= change);
        self.salt = salt;
    }
}

impl History for Mix {
    fn packet(&self, epoch: u32, index: u32, class: Class) -> Option<MixPacket<'_>> {
        let (timestamp, payload) = self.packets.get(&(epoch, index, class as u8))?;
        let before = self.packets.get(&(epoch, index.wrapping_sub(class.frames()), class as u8));
        Some(MixPacket {
            epoch,
            index,
            class,
            timestamp: *timestamp,
            marker: index.is_multiple_of(7),
            csrcs: &[1, 2],
            payload,
            earlier: [before.map(|(timestamp, payload)| Earlier { timestamp: *timestamp, payload }), None],
        })
    }
}

#[derive(Debug, Clone)]
enum Act {
    Send { red_depth: u8, long: bool },
    SendAgain,
    Nack { behind: u16 },
    Class(Class),
    Epoch(i8),
    Skip(u8),
    Forget,
    Salt(u8),
    NoRoom,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let class = prop_oneof![Just(Class::Ms20), Just(Class::Ms40), Just(Class::Ms60), Just(Class::Ms120)];
    let act = prop_oneof![
        8 => (0..2u8, prop::bool::weighted(0.05)).prop_map(|(red_depth, long)| Act::Send { red_depth, long }),
        1 => Just(Act::SendAgain),
        6 => (0..80u16).prop_map(|behind| Act::Nack { behind }),
        1 => class.prop_map(Act::Class),
        1 => (-1..2i8).prop_map(Act::Epoch),
        1 => any::<u8>().prop_map(Act::Skip),
        1 => Just(Act::Forget),
        1 => (0..3u8).prop_map(Act::Salt),
        1 => Just(Act::NoRoom),
    ];
    prop::collection::vec(act, 1..400)
}

struct Scene {
    stream: Stream,
    sealer: Sealer,
    opener: Opener,
    mix: Mix,
    class: Class,
    epoch: u32,
    index: u32,
    now: Instant,
    sent: BTreeMap<u64, Vec<u8>>,
    /// What the next index has to be.
    next: u64,
}

impl Scene {
    fn new(first_sequence: u16) -> Scene {
        Scene {
            stream: Stream::new(SSRC, first_sequence, 111, Some(63)),
            sealer: Sealer::new(&master()),
            opener: Opener::new(&master()),
            mix: Mix::default(),
            class: Class::Ms20,
            epoch: 5,
            index: 0,
            now: Instant::now(),
            sent: BTreeMap::new(),
            next: u64::from(first_sequence),
        }
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Send { red_depth, long } => {
                self.index = self.index.wrapping_add(self.class.frames());
                self.mix.make(self.epoch, self.index, self.class, long);
                self.send(red_depth);
            }
            Act::SendAgain => self.send(1),
            Act::Nack { behind } => self.nack((self.next as u16).wrapping_sub(behind)),
            Act::Class(class) => self.class = class,
            Act::Epoch(by) => self.epoch = self.epoch.wrapping_add_signed(i32::from(by)),
            Act::Skip(frames) => self.index = self.index.wrapping_add(u32::from(frames)),
            Act::Forget => self.mix.packets.clear(),
            Act::Salt(salt) => self.mix.salted(salt),
            Act::NoRoom => {
                if let Some(packet) = self.mix.packet(self.epoch, self.index, self.class) {
                    let sent = self.stream.send(&self.sealer, self.now, &packet, 1, &mut [0; 30]);
                    assert_eq!(sent, None);
                }
            }
        }
    }

    fn send(&mut self, red_depth: u8) {
        self.now += Duration::from_millis(20);
        let Some(packet) = self.mix.packet(self.epoch, self.index, self.class) else { return };
        let mut out = [0; 1_280];
        let sent = self.stream.send(&self.sealer, self.now, &packet, red_depth, &mut out);
        let Some(len) = sent else { return };
        assert!(len <= 1_200, "{len}");
        let header = Parsed::read(&out[..len]).unwrap();
        let index = estimate(Some(self.next), header.sequence);
        assert!(index >= self.next, "a session's sequence never goes back");
        self.next = index + 1;
        assert!(self.sent.insert(index, out[..len].to_vec()).is_none(), "{index} twice");
        assert_eq!(self.opener.open(&mut out[..len]).map(|opened| opened.index), Ok(index));
    }

    fn nack(&mut self, sequence: u16) {
        let mut out = [0; 1_280];
        let Some(len) = self.stream.resend(&self.sealer, sequence, &self.mix, &mut out) else {
            return;
        };
        let index = estimate(Some(self.next), Parsed::read(&out[..len]).unwrap().sequence);
        assert_eq!(index as u16, sequence);
        assert_eq!(self.sent.get(&index).map(Vec::as_slice), Some(&out[..len]), "byte for byte");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_index_is_sent_with_two_contents(acts in acts(), near_roll_over in any::<bool>()) {
        let mut scene = Scene::new(if near_roll_over { 65_500 } else { 100 });
        // A receiver counts roll-overs from the first packet: it starts where we do.
        for act in &acts {
            scene.act(act);
        }
    }
}

#[test]
fn what_was_lost_comes_again_even_across_a_roll_over_and_an_epoch() {
    let mut scene = Scene::new(65_510);
    for round in 0..60 {
        scene.act(&Act::Send { red_depth: round % 2, long: false });
        if round == 30 {
            scene.epoch += 1;
        }
    }
    for behind in 1..=60 {
        scene.nack((scene.next as u16).wrapping_sub(behind));
    }
    assert_eq!((scene.stream.sent().resent, scene.stream.sent().not_resent), (60, 0));
}

#[test]
fn a_history_that_changed_its_mind_is_not_sent() {
    let mut scene = Scene::new(0);
    scene.act(&Act::Send { red_depth: 0, long: false });
    scene.act(&Act::Salt(1));
    scene.nack(0);
    assert_eq!((scene.stream.sent().resent, scene.stream.sent().not_resent), (0, 1));
}

#[test]
fn a_packet_is_repeated_eight_times_at_most() {
    let mut scene = Scene::new(0);
    scene.act(&Act::Send { red_depth: 0, long: false });
    for _ in 0..20 {
        scene.nack(0);
    }
    assert_eq!((scene.stream.sent().resent, scene.stream.sent().not_resent), (8, 12));
}
