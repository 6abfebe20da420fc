use std::time::Duration;

use super::*;
use proptest::prelude::*;

/// A packet of one silent full-band 20 ms frame with a body, so that it is no DTX.
fn packet(start: Instant, at_ms: u64, sequence: u16, timestamp: u32) -> Packet {
    let payload = Bytes::from(vec![0xf8, sequence as u8, 1, 2, 3]);
    let arrival = start + Duration::from_millis(at_ms);
    Packet { ssrc: 1, sequence, timestamp, marker: false, arrival, payload }
}

/// Feeds packets `(arrival ms, sequence, timestamp in frames)` and notes what is played every 20 ms: the sequence's low byte,
/// or a sign: `?` guessed, `~` lost, `_` at rest.
fn played(packets: &[(u64, u16, u32)], until_ms: u64) -> String {
    let start = Instant::now();
    let mut jitter = Jitter::new();
    let mut waiting = packets.iter().peekable();
    let mut out = String::new();
    for tick in (0..until_ms).step_by(20) {
        while let Some((at, sequence, frames)) = waiting.next_if(|(at, ..)| *at <= tick) {
            jitter.push(&packet(start, *at, *sequence, frames.wrapping_mul(960)));
        }
        out += &sign(&mut jitter, start + Duration::from_millis(tick));
    }
    out
}

fn sign(jitter: &mut Jitter, now: Instant) -> String {
    match jitter.next(now) {
        Step::Play(payload) => format!("{} ", payload[1]),
        Step::Lost(samples, _) => "~".repeat(samples / 960) + " ",
        Step::Starved => "? ".into(),
        Step::Rest => "_ ".into(),
    }
}

#[test]
fn packets_are_played_in_order_after_the_first_target() {
    let packets: Vec<_> = (0..5).map(|n| (u64::from(n) * 20, n, u32::from(n))).collect();
    assert_eq!(played(&packets, 160), "_ _ 0 1 2 3 4 ? ");
}

#[test]
fn reordered_and_doubled_packets_are_put_right() {
    let packets = [(0, 0, 0), (40, 2, 2), (41, 1, 1), (42, 1, 1), (60, 3, 3)];
    assert_eq!(played(&packets, 120), "_ _ 0 1 2 3 ");
}

#[test]
fn numbers_go_on_beyond_their_ends() {
    let packets: Vec<_> = (0..4_u16)
        .map(|n| (u64::from(n) * 20, 65_534_u16.wrapping_add(n), u32::MAX / 960 - 1 + u32::from(n)))
        .collect();
    assert_eq!(played(&packets, 120), "_ _ 254 255 0 1 ");
}

#[test]
fn a_lost_packet_is_guessed_with_the_next_one_at_hand() {
    let packets = [(0, 0, 0), (20, 1, 1), (60, 3, 3), (80, 4, 4)];
    assert_eq!(played(&packets, 140), "_ _ 0 1 ~ 3 4 ");
}

#[test]
fn a_late_packet_is_still_played_if_nothing_came_after_it() {
    let packets = [(0, 0, 0), (70, 1, 1), (71, 2, 2)];
    assert_eq!(played(&packets, 140), "_ _ 0 ? 1 2 ? ");
}

#[test]
fn a_guess_stands_for_the_packet_that_was_lost_meanwhile() {
    let packets = [(0, 0, 0), (70, 2, 2), (75, 3, 3)];
    assert_eq!(played(&packets, 120), "_ _ 0 ? 2 3 ");
}

#[test]
fn a_packet_after_its_turn_is_late() {
    let start = Instant::now();
    let mut jitter = Jitter::new();
    for sequence in [10, 12] {
        jitter.push(&packet(start, 0, sequence, u32::from(sequence) * 960));
    }
    for tick in 2..6 {
        jitter.next(start + Duration::from_millis(tick * 20));
    }
    assert_eq!(jitter.push(&packet(start, 130, 11, 11 * 960)), Heard::Late);
}

#[test]
fn silence_in_the_senders_time_is_rest_and_not_loss() {
    let packets = [(0, 0, 0), (20, 1, 1), (300, 2, 15), (320, 3, 16)];
    let played = played(&packets, 400);
    assert!(played.starts_with("_ _ 0 1 ? "), "{played}");
    assert!(played.ends_with("_ _ _ 2 3 ? "), "{played}");
    assert!(!played.contains('~'));
}

#[test]
fn a_sender_who_says_that_it_goes_silent_is_not_guessed() {
    let start = Instant::now();
    let mut jitter = Jitter::new();
    jitter.push(&packet(start, 0, 0, 0));
    let mut dtx = packet(start, 20, 1, 960);
    dtx.payload = Bytes::from_static(&[0xf8]);
    jitter.push(&dtx);
    let signs: Vec<bool> =
        (2..6).map(|tick| matches!(jitter.next(start + Duration::from_millis(20 * tick)), Step::Play(_))).collect();
    assert_eq!(signs, [true, true, false, false]);
    assert_eq!(jitter.next(start + Duration::from_millis(120)), Step::Rest);
}

#[test]
fn nothing_is_guessed_for_longer_than_100_ms() {
    let played = played(&[(0, 0, 0), (20, 1, 1)], 400);
    assert_eq!(played.matches('?').count(), 5);
    assert!(played.ends_with("_ _ _ "));
}

#[test]
fn what_waited_too_long_is_left_out() {
    let mut packets: Vec<_> = (0..10_u16).map(|n| (u64::from(n) * 20, n, u32::from(n))).collect();
    packets.extend((10..60_u16).map(|n| (1200, n, u32::from(n))));
    let played = played(&packets, 1400);
    assert!(!played.contains(" 43 "), "{played}");
    assert!(played.contains("_ 44 45 46 47 "), "{played}");
}

#[test]
fn a_new_stream_begins_anew_at_once() {
    let start = Instant::now();
    let mut jitter = Jitter::new();
    for n in 0..20 {
        jitter.push(&packet(start, n * 20, 500 + n as u16, n as u32 * 960));
    }
    let other = Packet { ssrc: 2, ..packet(start, 400, 9, 77) };
    assert_eq!(jitter.push(&other), Heard::Kept);
    assert_eq!(sign(&mut jitter, start + Duration::from_millis(460)), "9 ");
}

#[test]
fn a_jump_of_the_sequence_counts_when_a_second_packet_agrees() {
    let start = Instant::now();
    let mut jitter = Jitter::new();
    jitter.push(&packet(start, 0, 100, 0));
    assert_eq!(jitter.push(&packet(start, 20, 40_000, 960)), Heard::Stray);
    assert_eq!(jitter.push(&packet(start, 21, 101, 960)), Heard::Kept);
    assert_eq!(jitter.push(&packet(start, 40, 50_000, 1920)), Heard::Stray);
    assert_eq!(jitter.push(&packet(start, 60, 50_001, 2880)), Heard::Kept);
}

#[test]
fn a_jump_of_the_timestamp_begins_a_new_timeline() {
    let mut packets: Vec<_> = (0..5_u16).map(|n| (u64::from(n) * 20, n, u32::from(n))).collect();
    packets.extend((5..10_u16).map(|n| (u64::from(n) * 20, n, 1_000_000 + u32::from(n))));
    let played = played(&packets, 300);
    assert!(played.contains(" 5 6 7 8 9 "), "{played}");
}

#[test]
fn what_is_no_opus_is_dropped() {
    let start = Instant::now();
    let mut jitter = Jitter::new();
    for payload in [&b""[..], &[0x03], &[0xff, 0xff, 0xff], &[0xfb, 0x3f]] {
        let bad = Packet { payload: Bytes::copy_from_slice(payload), ..packet(start, 0, 1, 0) };
        assert_eq!(jitter.push(&bad), Heard::NotOpus, "{payload:?}");
    }
}

proptest! {
    #[test]
    fn any_packets_at_all_are_taken_without_a_panic_and_played_at_most_once(
        packets in prop::collection::vec((0..50_u64, any::<u16>(), any::<u32>(), 0..3_u32, 0..4_u8), 0..300)
    ) {
        let start = Instant::now();
        let mut jitter = Jitter::new();
        let (mut now, mut kept, mut played) = (0, 0, 0);
        let (mut sequence, mut timestamp) = (0_u16, 0_u32);
        for (wait, any_sequence, any_timestamp, ssrc, kind) in packets {
            now += wait;
            (sequence, timestamp) = match kind {
                0 => (any_sequence, any_timestamp),
                1 => (sequence.wrapping_add(any_sequence % 5), timestamp.wrapping_add(any_timestamp % 9000)),
                _ => (sequence.wrapping_add(1), timestamp.wrapping_add(960)),
            };
            let ssrc = if kind == 0 { ssrc } else { 0 };
            let packet = Packet { ssrc, ..packet(start, now, sequence, timestamp) };
            kept += u32::from(jitter.push(&packet) == Heard::Kept);
            if matches!(jitter.next(start + Duration::from_millis(now)), Step::Play(_)) {
                played += 1;
            }
        }
        prop_assert!(played <= kept);
    }
}
