//! Speak sessions over a seeded network in virtual time.

mod scene {
    mod base;
    pub mod speaking;
    pub use base::*;
}

use std::time::Duration;

use cooee_session::client::Event as ClientEvent;
use cooee_session::speak::Event;
use cooee_session::{CloseReason, Dropped, MAX_DATAGRAM, Secrets};
use scene::speaking::Speaking;

#[test]
fn a_speaker_is_heard_packet_by_packet() {
    let mut scene = Speaking::connected(1, 5);
    assert_eq!(scene.server.slots(), 5);
    scene.run(5_000);
    assert!(scene.received.len() > 240, "{}", scene.received.len());
    for pair in scene.received.windows(2) {
        assert_eq!((pair[1].1 - pair[0].1, pair[1].2 - pair[0].2), (1, 960));
    }
    assert!(scene.events.contains(&Event::Connected));
    assert!(scene.dropped.is_empty(), "{:?}", scene.dropped);
}

#[test]
fn others_are_heard_in_a_slot_as_one_stream() {
    let mut scene = Speaking::connected(2, 5);
    for (csrc, first) in [(7, 100), (8, 70_000), (7, 150), (9, 3)] {
        scene.playing = Some((csrc, first));
        scene.run(1_000);
    }
    let sources: Vec<u32> = scene.heard.iter().map(|heard| heard.csrc).collect();
    assert_eq!(sources.chunk_by(|a, b| a == b).map(|run| run[0]).collect::<Vec<_>>(), [7, 8, 7, 9]);
    for pair in scene.heard.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        assert_eq!(pair[1].timestamp.wrapping_sub(pair[0].timestamp), 960);
    }
}

#[test]
fn packets_lost_on_the_way_in_are_asked_for() {
    let mut scene = Speaking::connected(3, 5);
    scene.up.loss = 0.1;
    scene.run(20_000);
    scene.up.loss = 0.0;
    scene.run(500);
    let sequences: std::collections::BTreeSet<u64> = scene.received.iter().map(|packet| packet.1).collect();
    assert_eq!(sequences.len(), scene.received.len(), "each once");
    let expected = sequences.last().unwrap() - sequences.first().unwrap() + 1;
    let lost = expected - sequences.len() as u64;
    assert!(scene.server.counts().asked > 80);
    assert!(lost * 200 < expected, "{lost} of {expected} lost");
}

#[test]
fn packets_lost_in_a_slot_come_again_when_asked_for() {
    let mut scene = Speaking::connected(4, 5);
    scene.playing = Some((7, 0));
    scene.down.loss = 0.1;
    scene.run(20_000);
    scene.down.loss = 0.0;
    scene.run(500);
    let sequences: std::collections::BTreeSet<u64> = scene.heard.iter().map(|heard| heard.sequence).collect();
    let expected = sequences.last().unwrap() - sequences.first().unwrap() + 1;
    let lost = expected - sequences.len() as u64;
    let counts = scene.server.counts();
    assert!(counts.resent > 50 && counts.not_resent == 0, "{counts:?}");
    // What was lost twice stays lost: this client asks once.
    assert!(lost * 50 < expected, "{lost} of {expected} lost");
}

#[test]
fn a_speaker_whose_port_changes_is_heard_on_and_hears_again_within_a_second() {
    let mut scene = Speaking::connected(5, 5);
    scene.playing = Some((7, 0));
    scene.run(3_100);
    scene.client_address = "203.0.113.77:6000".parse().unwrap();
    let moved = scene.now;
    let (received, heard) = (scene.received.len(), scene.heard.len());
    scene.run_until(1_000, |scene| scene.heard.len() > heard + 3);
    assert!(scene.now - moved < Duration::from_millis(200), "{:?}", scene.now - moved);
    scene.run(1_000);
    let gaps = scene.received[received - 5..].windows(2).map(|pair| pair[1].0 - pair[0].0);
    assert!(gaps.max() < Some(Duration::from_millis(50)), "not one packet of the voice is lost");
    assert_eq!(scene.server.address(), Some(scene.client_address));
}

#[test]
fn a_flood_of_authentic_sound_passes_at_the_highest_rate_that_sound_can_have() {
    let mut scene = Speaking::connected(9, 0);
    scene.run(1_000);
    let (mut taken, mut refused) = (0, 0);
    for step in 0..2_000u32 {
        scene.now += Duration::from_millis(1);
        for packet in 0..20 {
            let (timestamp, mut out) = (step * 20 + packet, [0; MAX_DATAGRAM]);
            let (_, len) = scene.client.send(timestamp, false, b"more", &mut out).unwrap();
            match scene.server.receive(scene.now, scene.client_address, &mut out[..len]) {
                Ok(packet) => taken += u32::from(packet.is_some()),
                Err(reason) => refused += u32::from(reason == Dropped::TooMany),
            }
        }
    }
    assert!((1_200..=1_260).contains(&taken), "{taken} of 40 000 in 2 s");
    assert_eq!(taken + refused, 40_000);
    let received = scene.received.len();
    scene.run(2_000);
    assert!(scene.received.len() > received + 90 && !scene.dropped.contains(&Dropped::TooMany), "all is as before");
}

/// Sends packets of so many bytes for so long, one in each `step`; how many are taken.
fn taken(scene: &mut Speaking, bytes: usize, step: Duration, time: Duration) -> u32 {
    let (mut taken, mut timestamp, end) = (0, 0, scene.now + time);
    while scene.now < end {
        scene.now += step;
        timestamp += 120;
        let mut out = [0; MAX_DATAGRAM];
        let (_, len) = scene.client.send(timestamp, false, &vec![7; bytes], &mut out).unwrap();
        match scene.server.receive(scene.now, scene.client_address, &mut out[..len]) {
            Ok(packet) => taken += u32::from(packet.is_some()),
            Err(reason) => assert_eq!(reason, Dropped::TooMany),
        }
    }
    taken
}

#[test]
fn large_packets_pass_at_the_highest_rate_that_opus_has() {
    let (ms, second) = (Duration::from_millis(1), Duration::from_secs(1));
    let mut scene = Speaking::connected(11, 0);
    // 510 kbit in a second.
    assert_eq!(taken(&mut scene, 637, 10 * ms, 20 * second), 2_000);
    // 3.2 Mbit in a second: what ran ahead, and then a sixth.
    let of_flood = taken(&mut scene, 1_000, 2_500 * ms / 1_000, 12 * second);
    assert!((1_000..1_200).contains(&of_flood), "{of_flood} of 4 800 in 12 s");
    assert!(taken(&mut scene, 80, 20 * ms, 6 * second) >= 290, "all is as before");
}

#[test]
fn sound_that_was_held_back_for_seconds_passes_at_once() {
    let mut scene = Speaking::connected(10, 0);
    scene.run(1_000);
    for timestamp in 0..200 {
        let mut out = [0; MAX_DATAGRAM];
        let (_, len) = scene.client.send(timestamp, false, b"late", &mut out).unwrap();
        assert!(scene.server.receive(scene.now, scene.client_address, &mut out[..len]).is_ok());
    }
}

#[test]
fn without_help_from_the_router_a_changed_port_is_followed_with_the_next_check() {
    let mut scene = Speaking::connected(6, 5);
    scene.by_ssrc = false;
    scene.run(3_100);
    scene.client_address.set_port(4001);
    let received = scene.received.len();
    scene.run_until(3_000, |scene| scene.received.len() > received + 5);
}

#[test]
fn an_ice_restart_continues_the_session() {
    let mut scene = Speaking::connected(7, 5);
    scene.playing = Some((7, 0));
    scene.run(1_000);
    let fragment = scene.client.restart_ice(&Secrets::draw(5));
    let ours = scene.server.restart_ice(&scene.shared, &fragment, &Secrets::draw(2));
    scene.client_address = "203.0.113.9:5000".parse().unwrap();
    scene.client.accept_fragment(&ours.unwrap().unwrap(), scene.now).unwrap();
    let (received, heard) = (scene.received.len(), scene.heard.len());
    scene.run(1_000);
    assert!(scene.received.len() > received + 45);
    assert!(scene.heard.len() > heard + 40);
    assert!(scene.received.windows(2).all(|pair| pair[1].1 == pair[0].1 + 1));
}

#[test]
fn a_long_talk_rolls_over_and_over() {
    let mut scene = Speaking::connected(8, 1);
    scene.playing = Some((7, 0));
    scene.run(1_400_000);
    let first = scene.received[0].1;
    assert!(scene.received.last().unwrap().1 > first + 69_000);
    assert!(scene.heard.last().unwrap().sequence > 69_000);
    assert!(scene.received.windows(2).all(|pair| pair[1].1 == pair[0].1 + 1));
    assert!(scene.heard.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
}

#[test]
fn speakers_who_vanish_are_given_up_and_goodbyes_are_understood() {
    let mut scene = Speaking::connected(9, 5);
    scene.run(100);
    let mut out = [0; MAX_DATAGRAM];
    let (to, len) = scene.server.goodbye(&mut out).unwrap();
    scene.down.put(scene.now, to, &out[..len]);
    scene.run(100);
    assert!(scene.client_events.contains(&ClientEvent::Closed(CloseReason::Left)));
    scene.run_until(31_000, |scene| scene.events.contains(&Event::Closed(CloseReason::Timeout)));
}

#[test]
fn replayed_and_garbled_datagrams_are_dropped() {
    let mut scene = Speaking::connected(10, 5);
    scene.run(7_000);
    let received = scene.received.len();
    let mut random = fastrand::Rng::with_seed(10);
    let stranger = "198.51.100.66:6666".parse().unwrap();
    let seen = scene.up.seen.clone();
    for (from, datagram) in &seen {
        if datagram[0] < 4 || datagram[0] == 22 || datagram[0] == 20 {
            continue;
        }
        for address in [*from, stranger] {
            let mut bad = datagram.clone();
            bad[random.usize(0..datagram.len())] ^= 1 << random.u8(0..8);
            assert!(scene.server.receive(scene.now, address, &mut bad).is_err());
            let cut = random.usize(0..datagram.len());
            let mut cut = datagram[..cut].to_vec();
            assert!(scene.server.receive(scene.now, address, &mut cut).is_err());
        }
    }
    // The last ones are still under way.
    scene.run(100);
    let seen = &seen[..seen.len() - 4];
    for (from, datagram) in seen.iter().filter(|(_, datagram)| datagram[0] >= 128) {
        assert!(scene.server.receive(scene.now, *from, &mut datagram.clone()).is_err());
    }
    assert!(scene.received.len() <= received + 6);
    assert_eq!(scene.server.address(), Some(scene.client_address));
}

#[test]
fn a_track_that_ends_does_not_end_the_session_but_silence_after_it_does_sooner() {
    let mut scene = Speaking::connected(11, 5);
    scene.run(1_000);
    let mut out = [0; MAX_DATAGRAM];
    let mut bye = |scene: &mut Speaking| {
        let (_, len) = scene.client.bye(&mut out).unwrap();
        scene.up.put(scene.now, scene.client_address, &out[..len]);
    };
    bye(&mut scene);
    scene.run(15_000);
    assert!(scene.server.is_connected());
    bye(&mut scene);
    scene.run(15);
    scene.up.loss = 1.0;
    scene.run_until(10_100, |scene| scene.events.contains(&Event::Closed(CloseReason::Timeout)));
}
