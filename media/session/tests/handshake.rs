//! The handshake over a seeded network in virtual time: what is lost, forged or never comes.

mod scene {
    mod base;
    pub mod listening;
    pub use base::*;
}

use std::time::Duration;

use cooee_session::demux::{Kind, classify};
use cooee_session::listen::Event;
use cooee_session::mix::NoHistory;
use cooee_session::{CloseReason, Dropped, MAX_DATAGRAM, Output};
use scene::listening::Listening;

fn is_dtls(datagram: &[u8]) -> bool {
    classify(datagram) == Some(Kind::Dtls)
}

/// What the server sends at once, by kind.
fn answers(scene: &mut Listening) -> Vec<Vec<u8>> {
    let (mut out, mut all) = ([0; MAX_DATAGRAM], Vec::new());
    loop {
        match scene.server.poll(scene.now, &NoHistory, &mut out) {
            Output::Transmit { len, .. } => all.push(out[..len].to_vec()),
            Output::Event(event) => scene.events.push(event),
            Output::Timeout(_) => return all,
        }
    }
}

/// A scene whose client has not got the server's last flight.
fn without_last_flight(seed: u64) -> Listening {
    let mut scene = Listening::new(seed, true);
    scene.run_until(5_000, |scene| scene.up.seen.iter().any(|(_, datagram)| is_dtls(datagram)));
    let flights = |scene: &Listening| scene.up.seen.iter().filter(|(_, datagram)| is_dtls(datagram)).count();
    scene.run_until(5_000, |scene| flights(scene) >= 2);
    scene.down.blocks = is_dtls;
    scene.run_until(5_000, |scene| scene.server.is_connected());
    assert!(!scene.client.is_connected());
    scene
}

#[test]
fn a_last_flight_that_was_lost_comes_again() {
    for seed in 0..8 {
        let mut scene = without_last_flight(seed);
        scene.run(3_000);
        assert!(!scene.client.is_connected());
        scene.down.blocks = |_| false;
        scene.run_until(10_000, |scene| scene.client.is_connected());
        scene.run(500);
        assert!(scene.heard.len() > 20, "{} heard", scene.heard.len());
    }
}

#[test]
fn what_is_forged_after_the_handshake_gets_no_longer_answer_and_few() {
    let mut scene = without_last_flight(9);
    scene.run(60);
    let (from, question) = scene.up.seen.iter().rfind(|(_, datagram)| is_dtls(datagram)).cloned().unwrap();
    answers(&mut scene);
    assert_eq!(scene.server.receive(scene.now, from, &question), Ok(()));
    let answer = answers(&mut scene);
    assert_eq!(answer.len(), 1);
    assert!(is_dtls(&answer[0]) && answer[0].len() < question.len());
    for _ in 0..9 {
        scene.now += Duration::from_millis(5);
        assert_eq!(scene.server.receive(scene.now, from, &question), Err(Dropped::OutOfPlace));
    }
    scene.now += Duration::from_millis(50);
    let short = [&[20, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 1][..]].concat();
    assert_eq!(scene.server.receive(scene.now, from, &short), Err(Dropped::OutOfPlace), "shorter than the answer");
    assert!(answers(&mut scene).iter().all(|answer| !is_dtls(answer)));
}

#[test]
fn who_can_be_reached_but_agrees_upon_no_keys_is_given_up_after_fifteen_seconds() {
    let mut scene = Listening::new(1, true);
    scene.up.blocks = is_dtls;
    scene.run_until(1_000, |scene| scene.server.address().is_some());
    let reached = scene.now;
    scene.run_until(20_000, |scene| scene.events.contains(&Event::Closed(CloseReason::Stalled)));
    let passed = scene.now - reached;
    assert!(passed >= Duration::from_secs(15) && passed < Duration::from_millis(15_100), "{passed:?}");
}

#[test]
fn who_goes_no_further_than_the_first_flight_is_given_up_too() {
    let mut scene = Listening::new(2, true);
    scene.down.blocks = is_dtls;
    scene.run_until(20_000, |scene| scene.events.contains(&Event::Closed(CloseReason::Stalled)));
}

#[test]
fn malformed_dtls_is_dropped_and_the_handshake_goes_on() {
    let mut scene = Listening::new(3, true);
    scene.run_until(5_000, |scene| scene.server.address().is_some());
    let from = scene.client_address;
    let hello = scene.up.seen.iter().find(|(_, datagram)| is_dtls(datagram));
    let hello =
        hello.map_or_else(|| vec![22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], |(_, datagram)| datagram.clone());
    let mut other = hello.clone();
    other[1] = 3;
    for bad in [&hello[..hello.len() - 1], &hello[..5], &other, &[23; 90]] {
        assert_eq!(scene.server.receive(scene.now, from, bad), Err(Dropped::Malformed));
    }
    scene.run_until(5_000, |scene| scene.client.is_connected() && scene.server.is_connected());
    assert!(scene.dropped.is_empty(), "{:?}", scene.dropped);
}
