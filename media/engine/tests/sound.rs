//! Sound through the whole engine, over loopback UDP with real ICE, DTLS and SRTP.
#![allow(clippy::float_cmp, reason = "figures that count are whole numbers")]

mod common;

use std::time::{Duration, Instant};

use common::{Ear, Peer, engine, engine_at, figure, run, run_until, stage, wait_for};
use cooee_engine::{Engine, Event, Reason};
use cooee_session::Identity;
use cooee_session::client::Wish;

const SECOND: Duration = Duration::from_secs(1);
/// A tone counts as heard above this share of full scale; it is said at a quarter.
const HEARD: f64 = 0.1;
/// And as not heard below this.
const NOT_HEARD: f64 = 0.01;
const RESENT: &str = "cooee_packets_resent_total";

fn identity() -> Identity {
    Identity::new().expect("a certificate")
}

fn all_connected(peers: &[&mut Peer]) -> bool {
    peers.iter().all(|peer| peer.connected)
}

fn connect(peers: &mut [&mut Peer]) {
    assert!(run_until(peers, 5 * SECOND, all_connected), "not all are connected");
}

fn clear(peer: &mut Peer) {
    peer.ears.iter_mut().for_each(Ear::clear);
}

/// The loudest of a peer's slots at a tone.
fn in_slots(peer: &Peer, hertz: f64) -> f64 {
    peer.ears.iter().map(|ear| ear.tone(hertz, 300)).fold(0.0, f64::max)
}

/// Packets that were dropped for this reason.
fn dropped(engine: &Engine, reason: &str) -> f64 {
    figure(engine, &format!("cooee_packets_dropped_total{{reason=\"{reason}\"}}"))
}

/// A Space with two speakers, of 400 and 700 hertz, connected, and one listener.
fn conversation(engine: &Engine, identity: &Identity) -> (Peer, Peer, Peer) {
    engine.open_space("a", 1);
    engine.set_stage("a", 1, stage(&[("1", 101, true), ("2", 102, true)]));
    let mut one = Peer::speak(engine, identity, "a", "1");
    let mut two = Peer::speak(engine, identity, "a", "2");
    let mut listener = Peer::listen(engine, identity, "a", "3");
    connect(&mut [&mut one, &mut two, &mut listener]);
    one.say(400.0);
    two.say(700.0);
    (one, two, listener)
}

#[test]
fn speakers_hear_each_other_and_a_listener_hears_both() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    run(&mut [&mut one, &mut two, &mut listener], 2 * SECOND);
    assert!(in_slots(&one, 700.0) > HEARD && in_slots(&one, 400.0) < NOT_HEARD, "never oneself");
    assert!(in_slots(&two, 400.0) > HEARD && in_slots(&two, 700.0) < NOT_HEARD, "never oneself");
    let mix = &listener.ears[0];
    assert!(mix.tone(400.0, 300) > HEARD && mix.tone(700.0, 300) > HEARD);
    let mut audible = mix.csrcs.clone();
    audible.sort_unstable();
    assert_eq!(audible, [101, 102]);
    // From the second second on: what came before it may have been silence, of which RTP withholds frames.
    let late = &mix.timestamps[mix.timestamps.len() - 40..];
    let steps = late.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    assert!(steps.filter(|step| *step == 960).count() >= 35, "the mix is continuous: {late:?}");
}

#[test]
fn a_muted_speaker_is_heard_by_nobody_although_they_go_on_sending() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    run(&mut [&mut one, &mut two, &mut listener], SECOND);
    engine.set_stage("a", 2, stage(&[("1", 101, false), ("2", 102, true)]));
    run(&mut [&mut one, &mut two, &mut listener], Duration::from_millis(200));
    clear(&mut two);
    run(&mut [&mut one, &mut two, &mut listener], SECOND);
    assert!(two.ears.iter().all(|ear| ear.packets == 0), "nothing of the muted one is forwarded");
    assert!(listener.ears[0].tone(400.0, 300) < NOT_HEARD);
    assert!(listener.ears[0].tone(700.0, 300) > HEARD);
    engine.set_stage("a", 3, stage(&[("1", 101, true), ("2", 102, true)]));
    run(&mut [&mut one, &mut two, &mut listener], SECOND);
    assert!(in_slots(&two, 400.0) > HEARD);
    assert!(listener.ears[0].tone(400.0, 300) > HEARD);
}

#[test]
fn an_older_table_of_the_stage_opens_no_microphone() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    engine.set_stage("a", 7, stage(&[("1", 101, false), ("2", 102, false)]));
    engine.set_stage("a", 6, stage(&[("1", 101, true), ("2", 102, true)]));
    run(&mut [&mut one, &mut two, &mut listener], SECOND);
    assert!(listener.ears[0].tone(400.0, 300) < NOT_HEARD && in_slots(&two, 400.0) < NOT_HEARD);
}

#[test]
fn who_leaves_the_stage_loses_the_session() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    engine.set_stage("a", 2, stage(&[("2", 102, true)]));
    let closed = wait_for(&engine, |event| match event {
        Event::SpeakClosed(session, reason, _) => Some((session.participant.clone(), reason.as_str().to_owned())),
        _ => None,
    });
    assert_eq!(closed, ("1".to_owned(), "closed".to_owned()));
    assert!(run_until(&mut [&mut one, &mut two, &mut listener], SECOND, |peers| peers[0].closed), "it was said");
}

#[test]
fn who_speaks_no_longer_gets_the_mix() {
    let (engine, identity) = (engine(), identity());
    engine.open_space("a", 1);
    engine.set_stage("a", 1, stage(&[("1", 101, true)]));
    let mut listening = Peer::listen(&engine, &identity, "a", "1");
    connect(&mut [&mut listening]);
    let mut speaking = Peer::speak(&engine, &identity, "a", "1");
    connect(&mut [&mut speaking]);
    let session = wait_for(&engine, |event| match event {
        Event::ListenClosed(session, Reason::Replaced, _) => Some(session.session.clone()),
        _ => None,
    });
    assert_eq!(session, listening.session);
}

#[test]
fn a_newer_session_replaces_the_older_one_when_it_is_connected() {
    let (engine, identity) = (engine(), identity());
    engine.open_space("a", 1);
    engine.set_stage("a", 1, stage(&[("1", 101, true), ("2", 102, true)]));
    let mut old = Peer::speak(&engine, &identity, "a", "1");
    let mut other = Peer::speak(&engine, &identity, "a", "2");
    connect(&mut [&mut old, &mut other]);
    old.say(400.0);
    run(&mut [&mut old, &mut other], SECOND);
    assert!(in_slots(&other, 400.0) > HEARD);
    let mut new = Peer::open(&identity, Wish::Speak { slots: 5 }, |offer| {
        engine.open_speak("a", "1", offer, 0, Some(&old.session)).expect("the offer is good")
    });
    run(&mut [&mut old, &mut other], Duration::from_millis(300));
    assert!(!old.closed, "not before the new one is connected");
    connect(&mut [&mut new]);
    assert!(run_until(&mut [&mut old, &mut new, &mut other], SECOND, |peers| peers[0].closed));
    let refused = engine.restart_ice("a", &old.session, "", None).expect_err("it is gone");
    assert_eq!(refused.code(), "session_replaced");
    new.say(900.0);
    clear(&mut other);
    run(&mut [&mut new, &mut other], SECOND);
    assert!(in_slots(&other, 900.0) > HEARD);
}

#[test]
fn a_session_that_ends_says_how_its_sound_came_through() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    one.say(400.0);
    run(&mut [&mut one, &mut two, &mut listener], SECOND);
    assert_eq!(engine.close_participant("a", "3", "left") + engine.close_participant("a", "1", "left"), 2);
    let mut ended = Vec::new();
    wait_for(&engine, |event| {
        if let Event::SpeakClosed(_, _, figures) | Event::ListenClosed(_, _, figures) = event {
            ended.push(*figures);
        }
        (ended.len() == 2).then_some(())
    });
    for figures in ended {
        assert!(figures.connected && figures.lasted >= SECOND, "{figures:?}");
        assert!(figures.quality.packets >= 20 && figures.quality.lost == 0, "{figures:?}");
    }
}

#[test]
fn a_voice_out_of_a_file_is_heard_by_listeners() {
    let (engine, identity) = (engine(), identity());
    let voices = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cooee/demo/voices");
    engine.open_space("a", 1);
    for name in ["amara", "joao", "lena"] {
        engine.add_voice("a", name, &format!("{voices}/{name}.opus")).expect("it can be played");
    }
    engine.set_stage("a", 1, stage(&[("amara", 101, true), ("joao", 102, true), ("lena", 103, true)]));
    let mut listener = Peer::listen(&engine, &identity, "a", "3");
    connect(&mut [&mut listener]);
    let loud = |peers: &[&mut Peer]| peers[0].ears[0].pcm.iter().any(|sample| sample.unsigned_abs() > 3000);
    assert!(run_until(&mut [&mut listener], 10 * SECOND, loud));
    let error = engine.add_voice("a", "x", file!()).expect_err("that is no voice");
    assert_eq!(error.code(), "bad_voice");
}

#[test]
fn recognisers_hear_exactly_those_who_agreed() {
    let engine = engine();
    engine.open_space("a", 1);
    let voices = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cooee/demo/voices");
    let seats = ["lena", "joao"].into_iter().zip(1..).map(|(name, csrc)| (name.to_owned(), csrc, true));
    engine.set_stage("a", 1, seats.collect());
    engine.set_taps("a", vec!["lena".to_owned(), "nobody".to_owned()]);
    for name in ["lena", "joao"] {
        engine.add_voice("a", name, &format!("{voices}/{name}.opus")).expect("it can be played");
    }
    let (until, mut frames) = (Instant::now() + Duration::from_secs(60), 0);
    while frames < 50 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
        for voice in engine.take_voices() {
            assert_eq!((voice.space.as_str(), voice.participant.as_str()), ("a", "lena"));
            assert_eq!(voice.pcm.len(), voice.levels.len() * 640);
            frames += voice.levels.len();
        }
    }
    assert!(frames >= 50, "{frames} frames were heard");
    engine.set_taps("a", Vec::new());
    // What was on its way may still come.
    std::thread::sleep(Duration::from_millis(200));
    engine.take_voices();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(engine.take_voices(), []);
}

#[test]
fn closing_the_space_closes_its_sessions() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    engine.close_space("a", "ended");
    let mut closed = 0;
    wait_for(&engine, |event| {
        closed += u32::from(matches!(event, Event::SpeakClosed(..) | Event::ListenClosed(..)));
        (closed == 3).then_some(())
    });
    let all_closed = |peers: &[&mut Peer]| peers[..2].iter().all(|peer| peer.closed);
    assert!(run_until(&mut [&mut one, &mut two, &mut listener], SECOND, all_closed));
    let refused = engine.open_listen("a", "3", "", 0).expect_err("it is over");
    assert_eq!(refused.code(), "space_unknown");
}

#[test]
fn a_removed_participant_loses_everything() {
    let (engine, identity) = (engine(), identity());
    let (_one, _two, listener) = conversation(&engine, &identity);
    assert_eq!(engine.close_participant("a", "3", "removed"), 1);
    let closed = wait_for(&engine, |event| match event {
        Event::ListenClosed(session, reason, _) => Some((session.session.clone(), reason.as_str().to_owned())),
        _ => None,
    });
    assert_eq!(closed, (listener.session.clone(), "removed".to_owned()));
    assert_eq!(engine.close_participant("a", "3", "removed"), 0);
    assert!(!engine.close_session("a", &listener.session, &Reason::Left));
}

#[test]
fn a_listener_and_a_speaker_are_followed_to_a_new_port() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    let all_hear = |peers: &[&mut Peer]| {
        let mix = &peers[2].ears[0];
        let speakers_hear = in_slots(peers[0], 700.0) > HEARD && in_slots(peers[1], 400.0) > HEARD;
        speakers_hear && mix.tone(400.0, 300) > HEARD && mix.tone(700.0, 300) > HEARD
    };
    assert!(run_until(&mut [&mut one, &mut two, &mut listener], 30 * SECOND, all_hear), "before");
    // Nothing comes to the sockets that they leave: the speaker is found by the sound, the listener by the next check.
    one.rebind();
    listener.rebind();
    for peer in [&mut one, &mut two, &mut listener] {
        clear(peer);
    }
    assert!(
        run_until(&mut [&mut one, &mut two, &mut listener], 30 * SECOND, all_hear),
        "from the new ports and at them"
    );
}

#[test]
fn an_ice_restart_goes_on_with_the_same_session() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    run(&mut [&mut one, &mut two, &mut listener], SECOND);
    let etag = listener.etag.clone();
    for peer in [&mut one, &mut listener] {
        peer.rebind();
        peer.restart_ice(&engine, "a");
        clear(peer);
    }
    assert_ne!(listener.etag, etag);
    let stale = engine.restart_ice("a", &listener.session, "", Some(&etag)).expect_err("the ETag is old");
    assert_eq!(stale.code(), "etag_mismatch");
    run(&mut [&mut one, &mut two, &mut listener], SECOND);
    assert!(in_slots(&one, 700.0) > HEARD);
    assert!(listener.ears[0].tone(400.0, 300) > HEARD && listener.ears[0].tone(700.0, 300) > HEARD);
}

#[test]
fn ten_percent_of_loss_is_asked_for_again() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    listener.asks = true;
    listener.lose_one_in(10);
    // A machine that stands still for a second forgets what is asked for after it: another 150 packets show it then.
    let repaired = |peers: &[&mut Peer]| {
        let mix = &peers[2].ears[0];
        mix.packets > 150 && mix.share(150) > 0.97 && mix.tone(400.0, 1000) > HEARD && mix.tone(700.0, 1000) > HEARD
    };
    assert!(
        run_until(&mut [&mut one, &mut two, &mut listener], 60 * SECOND, repaired),
        "{} lost, {} of the rest came",
        listener.lost.len(),
        listener.ears[0].share(150)
    );
    let (resent, not_resent) = (figure(&engine, RESENT), figure(&engine, "cooee_packets_not_resent_total"));
    assert!(listener.lost.len() >= 14, "{}", listener.lost.len());
    assert!(resent >= 10.0 && not_resent < resent, "{resent} sent again, {not_resent} not");
}

#[test]
fn the_page_of_figures_tells_what_happened() {
    let (engine, identity) = (engine(), identity());
    let (mut one, mut two, mut listener) = conversation(&engine, &identity);
    let sessions = |kind: &str, state: &str| {
        figure(&engine, &format!("cooee_sessions{{kind=\"{kind}\",state=\"{state}\"}}")) as u32
    };
    let reported = || {
        let [count, sum] = ["count", "sum"].map(|part| figure(&engine, &format!("cooee_listener_loss_{part}")));
        (count, sum)
    };
    let until = |peers: &mut [&mut Peer], what: &str, is_so: &dyn Fn() -> bool| {
        assert!(run_until(peers, 30 * SECOND, |_| is_so()), "{what}: {}", engine.metrics());
    };
    let all = &mut [&mut one, &mut two, &mut listener];
    until(all, "sessions", &|| (sessions("listen", "connected"), sessions("speak", "connected")) == (1, 2));
    until(all, "frames of the mix", &|| figure(&engine, "cooee_mix_lateness_seconds_count") >= 50.0);
    until(all, "a report of no loss", &|| reported().0 > 0.0);
    assert_eq!(reported().1, 0.0, "nothing was lost");
    all[2].lose_one_in(10);
    until(all, "a report of loss", &|| reported().1 > 0.0);
    // At most one of two packets of one report; the reports before it told nothing.
    let (count, sum) = reported();
    assert!(sum / count < 0.5, "{sum} in {count} reports");
    assert_eq!(dropped(&engine, "replayed") + dropped(&engine, "not_authentic"), 0.0);
    all[0].replay(engine.edge_port(), 0);
    until(all, "what was said is said again", &|| dropped(&engine, "replayed") == 1.0);
    assert_eq!(dropped(&engine, "not_authentic"), 0.0);
    all[0].replay(engine.edge_port(), 1);
    until(all, "what was said under another number", &|| dropped(&engine, "not_authentic") == 1.0);
    let _waiting = Peer::listen(&engine, &identity, "a", "4");
    until(all, "somebody on the way", &|| sessions("listen", "opening") == 1);
    engine.close_participant("a", "3", "left");
    until(all, "a session less", &|| (sessions("listen", "connected"), sessions("speak", "connected")) == (0, 2));
}

#[test]
fn offers_that_cannot_be_answered_say_why() {
    let engine = engine();
    engine.open_space("a", 1);
    for offer in ["", "nonsense", "\0\u{fffd}"] {
        assert_eq!(engine.open_listen("a", "1", offer, 0).expect_err("no offer").code(), "sdp_malformed", "{offer:?}");
        assert_eq!(engine.open_speak("a", "1", offer, 0, None).expect_err("no offer").code(), "sdp_malformed");
    }
    assert_eq!(engine.open_listen("b", "1", "", 0).expect_err("no Space").code(), "space_unknown");
}

#[test]
fn garbage_is_dropped_counted_and_never_answered() {
    let engine = engine();
    engine.open_space("a", 1);
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
    socket.set_read_timeout(Some(Duration::from_millis(300))).expect("it can be set");
    let mut random = fastrand::Rng::with_seed(3);
    for round in 0..3000_usize {
        let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(round % 1400).collect();
        socket.send_to(&bytes, ("127.0.0.1", engine.edge_port())).expect("loopback takes it");
    }
    assert!(socket.recv(&mut [0; 2048]).is_err(), "nothing is said to strangers");
    assert!(dropped(&engine, "malformed") > 100.0 && dropped(&engine, "unknown_address") > 100.0);
}

#[test]
fn a_listener_is_served_over_ipv6_where_there_is_any() {
    if let Err(error) = std::net::UdpSocket::bind("[::1]:0") {
        return eprintln!("not tested: this machine has no IPv6 ({error})");
    }
    let (engine, identity) = (engine_at("::1"), identity());
    engine.open_space("a", 1);
    engine.set_stage("a", 1, stage(&[("1", 101, true)]));
    let mut speaker = Peer::open_at("[::1]:0", &identity, Wish::Speak { slots: 0 }, |offer| {
        engine.open_speak("a", "1", offer, 0, None).expect("the offer is good")
    });
    let mut listener = Peer::open_at("[::1]:0", &identity, Wish::Listen { red: false }, |offer| {
        engine.open_listen("a", "2", offer, 0).expect("the offer is good")
    });
    connect(&mut [&mut speaker, &mut listener]);
    speaker.say(400.0);
    run(&mut [&mut speaker, &mut listener], SECOND);
    assert!(listener.ears[0].tone(400.0, 300) > HEARD);
}
