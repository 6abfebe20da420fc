//! Listen sessions over a seeded network in virtual time.

mod scene {
    mod base;
    pub mod listening;
    pub use base::*;
}

use std::time::Duration;

use cooee_session::client::Event as ClientEvent;
use cooee_session::listen::Event;
use cooee_session::mix::Class;
use cooee_session::{CloseReason, Dropped, Secrets};
use scene::listening::Listening;

#[test]
fn a_listener_connects_and_hears_every_frame() {
    let mut scene = Listening::connected(1, true);
    assert!(scene.now.elapsed() < Duration::from_secs(30), "virtual time");
    scene.run(10_000);
    let frames = scene.frames(1);
    let (first, last) = (frames[0], frames[frames.len() - 1]);
    assert_eq!(frames.len() as u32, last - first + 1, "no gap");
    assert!(frames.len() > 480);
    assert!(scene.events.contains(&Event::Connected));
    assert_eq!(scene.client_events, [ClientEvent::Connected]);
    assert!(scene.dropped.is_empty(), "{:?}", scene.dropped);
    for pair in scene.heard.windows(2) {
        assert_eq!(pair[1].timestamp - pair[0].timestamp, 960);
        assert_eq!(pair[1].sequence - pair[0].sequence, 1);
    }
}

#[test]
fn a_listener_connects_through_ten_per_cent_of_loss() {
    for seed in 0..8 {
        let mut scene = Listening::new(seed, true);
        (scene.up.loss, scene.down.loss) = (0.1, 0.1);
        (scene.up.jitter_ms, scene.down.jitter_ms) = (20, 20);
        scene.run_until(30_000, |scene| scene.client.is_connected() && scene.server.is_connected());
        scene.run(2_000);
        assert!(scene.heard.len() > 60, "seed {seed}: {} heard", scene.heard.len());
    }
}

#[test]
fn addresses_may_be_of_either_family() {
    let server = "[2001:db8::1]:8001".parse().unwrap();
    let mut scene = Listening::at(3, false, server, "[2001:db8::7]:4000".parse().unwrap());
    scene.run_until(5_000, |scene| scene.heard.len() > 10);
}

#[test]
fn lost_packets_are_asked_for_and_come_again_the_same() {
    let mut scene = Listening::connected(4, false);
    scene.nacks = true;
    scene.down.loss = 0.1;
    scene.run(20_000);
    scene.down.loss = 0.0;
    scene.run(500);
    let sent = scene.server.sent();
    let frames = scene.frames(1);
    let lost = (frames[frames.len() - 1] - frames[0] + 1) as usize - frames.len();
    assert!(sent.resent > 50, "{sent:?}");
    assert_eq!(sent.not_resent, 0);
    // What was lost twice stays lost: this client asks once.
    assert!(lost * 50 < frames.len(), "{lost} of {} lost", frames.len());
}

#[test]
fn the_first_nack_turns_on_red_which_repairs_by_itself() {
    let mut scene = Listening::connected(5, true);
    scene.run(1_000);
    assert!(scene.heard.iter().all(|heard| !heard.red));
    scene.client.nack(&[0]);
    scene.run(1_000);
    assert_eq!(scene.server.reception().red_depth, 1);
    let from = scene.heard.len();
    scene.down.loss = 0.1;
    scene.run(20_000);
    assert!(scene.heard[from..].iter().all(|heard| heard.red && heard.frames.len() == 2));
    let frames = scene.frames(1);
    let lost = (frames[frames.len() - 1] - frames[0] + 1) as usize - frames.len();
    assert!(lost * 40 < frames.len(), "{lost} of {} lost with RED 1 at 10 %", frames.len());
}

#[test]
fn reported_loss_is_told_and_asks_for_short_packets() {
    let mut scene = Listening::connected(6, false);
    scene.mix.class = Class::Ms60;
    scene.down.loss = 0.2;
    scene.run(12_000);
    let reception = scene.server.reception();
    assert!(reception.loss_per_mille > 60, "{reception:?}");
    assert!(reception.wants_short && reception.wants_fec && reception.red_depth == 0);
    assert!(scene.events.contains(&Event::Reception(reception)));
}

#[test]
fn sequences_and_their_roll_over_are_never_broken_by_a_change_of_class() {
    let first_sequence = 65_300;
    let mut scene = Listening::beginning_with(7, true, first_sequence);
    scene.run_until(5_000, |scene| scene.client.is_connected() && scene.server.is_connected());
    for round in 0..70 {
        scene.mix.class = [Class::Ms20, Class::Ms40, Class::Ms60, Class::Ms120][round % 4];
        scene.run(240);
    }
    let (first, last) = (scene.heard[0].sequence, scene.heard[scene.heard.len() - 1].sequence);
    assert!(first < 65_310 && last > 65_536 + 100, "they rolled over: {first} to {last}");
    for pair in scene.heard.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
    }
}

#[test]
fn a_new_epoch_continues_the_timeline_and_the_old_one_is_silent() {
    let mut scene = Listening::connected(8, true);
    scene.run(2_000);
    scene.mix.epoch = 2;
    scene.mix.base = 0xFFFF_0000;
    scene.run(2_000);
    let place = scene.heard.iter().position(|heard| heard.frames[0].0 == 2).unwrap();
    let (before, first) = (scene.heard[place - 1].clone(), scene.heard[place].clone());
    assert_eq!(first.sequence, before.sequence + 1);
    let step = first.timestamp.wrapping_sub(before.timestamp);
    assert!((960..2_000).contains(&step), "{step} ticks");
    let heard = scene.heard.len();
    scene.mix.epoch = 1;
    scene.run(500);
    assert!(scene.heard.len() <= heard + 2, "only what was under way");
}

#[test]
fn a_changed_port_is_followed_with_the_next_check() {
    let mut scene = Listening::connected(9, true);
    scene.run(5_000);
    scene.client_address.set_port(4001);
    let moved = scene.now;
    let heard = scene.heard.len();
    scene.run_until(4_000, |scene| scene.heard.len() > heard + 5);
    let address = scene.client_address;
    assert!(scene.events.contains(&Event::AddressAdded(address)));
    assert_eq!(scene.server.address(), Some(address));
    assert!(scene.now - moved < Duration::from_millis(2_700), "the client checks every 2.5 s");
}

#[test]
fn an_ice_restart_continues_the_session() {
    let mut scene = Listening::connected(10, true);
    scene.run(1_000);
    let fragment = scene.client.restart_ice(&Secrets::draw(5));
    let secrets = Secrets::draw(2);
    let ours = scene.server.restart_ice(&scene.shared, &fragment, &secrets).unwrap().unwrap();
    scene.client_address = "203.0.113.9:5000".parse().unwrap();
    scene.client.accept_fragment(&ours, scene.now).unwrap();
    let before = scene.heard.last().unwrap().sequence;
    scene.run(1_000);
    assert!(scene.heard.last().unwrap().sequence > before + 40);
    assert_eq!(scene.server.restart_ice(&scene.shared, &fragment, &secrets), Ok(None), "no restart");
}

#[test]
fn a_silent_listener_is_given_up_after_thirty_seconds() {
    let mut scene = Listening::connected(11, true);
    scene.up.loss = 1.0;
    let silent = scene.now;
    scene.run_until(40_000, |scene| scene.events.contains(&Event::Closed(CloseReason::Timeout)));
    let passed = scene.now - silent;
    assert!(passed > Duration::from_secs(27) && passed < Duration::from_secs(31), "{passed:?}");
    assert!(!scene.server.is_connected());
}

#[test]
fn an_offer_that_nobody_follows_up_is_given_up_too() {
    let mut scene = Listening::new(12, true);
    scene.up.loss = 1.0;
    scene.run_until(31_000, |scene| scene.events.contains(&Event::Closed(CloseReason::Timeout)));
}

#[test]
fn goodbye_is_understood() {
    let mut scene = Listening::connected(13, true);
    scene.run(100);
    let mut out = [0; cooee_session::MAX_DATAGRAM];
    let (to, len) = scene.server.goodbye(scene.now, &mut out).unwrap();
    scene.down.put(scene.now, to, &out[..len]);
    scene.run(100);
    assert!(scene.client_events.contains(&ClientEvent::Closed(CloseReason::Left)));
}

#[test]
fn a_foreign_certificate_gets_no_keys() {
    let mut scene = Listening::new(14, true);
    // The offer announced another certificate than the one that the client will show.
    let other = cooee_session::Identity::new().unwrap();
    let mine = cooee_session::Identity::new().unwrap();
    let wish = cooee_session::client::Wish::Listen { red: true };
    let (mut client, offer) = cooee_session::client::Client::offer(&mine, wish, Secrets::draw(1), scene.now);
    let offer = offer.replace(&mine.fingerprint().to_string(), &other.fingerprint().to_string());
    let (server, answer) =
        cooee_session::listen::Listen::answer(&scene.shared, &offer, &Secrets::draw(2), scene.now).unwrap();
    client.accept(&answer, scene.now).unwrap();
    (scene.client, scene.server) = (client, server);
    scene.run_until(5_000, |scene| scene.events.contains(&Event::Closed(CloseReason::Failed)));
    assert!(!scene.server.is_connected());
}

#[test]
fn replayed_and_garbled_datagrams_are_dropped_and_change_nothing() {
    let mut scene = Listening::connected(15, true);
    scene.run(42_000);
    assert!(scene.dropped.is_empty(), "{:?}", scene.dropped);
    let replay: Vec<_> = scene.up.seen.clone();
    let stranger = "198.51.100.66:6666".parse().unwrap();
    let mut random = fastrand::Rng::with_seed(15);
    let before = (scene.server.address(), scene.server.sent(), scene.server.reception());
    for (from, datagram) in &replay {
        let stun = datagram[0] < 4;
        let again = scene.server.receive(scene.now, *from, datagram);
        // A check may be answered twice: that is how lost answers are repaired.
        assert_eq!(again.is_ok(), stun, "{again:?} to {}", datagram[0]);
        if !stun {
            let refused = scene.server.receive(scene.now, stranger, datagram);
            assert_eq!(refused, Err(Dropped::UnknownAddress));
        }
        let mut bad = datagram.clone();
        let place = random.usize(0..bad.len().min(60));
        bad[place] ^= 1 << random.u8(0..8);
        // FINGERPRINT is not under the integrity check, and not needed for it.
        if place + 8 < bad.len() {
            assert!(scene.server.receive(scene.now, *from, &bad).is_err(), "byte {place}");
        }
        let cut = random.usize(0..datagram.len());
        assert!(scene.server.receive(scene.now, *from, &datagram[..cut]).is_err());
    }
    scene.run(100);
    assert_eq!(before.0, scene.server.address());
    assert_eq!(before.2, scene.server.reception());
    assert!(scene.server.is_connected());
    assert_eq!(scene.server.sent().packets, before.1.packets + 5);
}
