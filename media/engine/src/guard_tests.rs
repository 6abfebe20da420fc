//! A bug that really happens, and who goes on.

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Duration;

use common::{Peer, engine, run, run_until, stage, wait_for};
use cooee_session::Identity;

use super::planted::plant;
use crate::{Engine, Event, Reason};

const SECOND: Duration = Duration::from_secs(1);
/// A tone counts as heard above this share of full scale; it is said at a quarter.
const HEARD: f64 = 0.1;

/// A Space with somebody who says a tone to a listener. Their names are the Space's with a number.
struct Room {
    space: &'static str,
    names: [&'static str; 2],
    speaker: Peer,
    listener: Peer,
}

impl Room {
    fn open(engine: &Engine, identity: &Identity, space: &'static str, names: [&'static str; 2]) -> Self {
        engine.open_space(space, 1);
        engine.set_stage(space, 1, stage(&[(names[0], 101, true)]));
        let mut speaker = Peer::speak(engine, identity, space, names[0]);
        let mut listener = Peer::listen(engine, identity, space, names[1]);
        let connected = |peers: &[&mut Peer]| peers.iter().all(|peer| peer.connected);
        assert!(run_until(&mut [&mut speaker, &mut listener], 5 * SECOND, connected));
        speaker.say(400.0);
        Self { space, names, speaker, listener }
    }

    fn is_heard(&self) -> bool {
        self.listener.ears[0].tone(400.0, 300) > HEARD
    }

    /// Nobody here noticed anything.
    fn goes_on(&self) -> bool {
        self.is_heard() && !self.speaker.closed && !self.listener.closed
    }
}

fn live(rooms: &mut [&mut Room], time: Duration) {
    let mut peers: Vec<&mut Peer> = rooms.iter_mut().flat_map(|room| [&mut room.speaker, &mut room.listener]).collect();
    run(&mut peers, time);
}

/// Two Spaces in which people talk and are heard.
fn two_rooms(engine: &Engine, names: [(&'static str, [&'static str; 2]); 2]) -> [Room; 2] {
    let identity = Identity::new().expect("a certificate");
    let mut rooms = names.map(|(space, names)| Room::open(engine, &identity, space, names));
    let [struck, other] = &mut rooms;
    live(&mut [struck, other], SECOND);
    assert!(rooms.iter().all(Room::is_heard));
    for room in &mut rooms {
        room.listener.ears[0].clear();
    }
    rooms
}

fn bugs(engine: &Engine, struck: &str) -> u64 {
    let name = format!("cooee_bugs_total{{struck=\"{struck}\"}} ");
    let metrics = engine.metrics();
    let line = metrics.lines().find_map(|line| line.strip_prefix(&name)).expect("it is counted");
    line.parse().expect("a number")
}

#[test]
fn a_bug_in_a_mix_silences_its_space_alone_until_the_stage_is_taken_again() {
    let engine = engine();
    let [mut struck, mut other] = two_rooms(&engine, [("mix-a", ["a1", "a2"]), ("mix-b", ["b1", "b2"])]);
    plant("mix", struck.space, 1);
    live(&mut [&mut struck, &mut other], SECOND);
    let failed = wait_for(&engine, |event| match event {
        Event::MixFailed { space } => Some(space.clone()),
        _ => None,
    });
    assert_eq!((failed.as_str(), bugs(&engine, "mix")), (struck.space, 1));
    assert!(other.goes_on());
    struck.listener.ears[0].clear();
    live(&mut [&mut struck, &mut other], SECOND / 2);
    assert_eq!(struck.listener.ears[0].packets, 0, "nothing is mixed");
    engine.open_space(struck.space, 2);
    engine.set_stage(struck.space, 1, stage(&[(struck.names[0], 101, true)]));
    live(&mut [&mut struck, &mut other], SECOND);
    assert!(struck.is_heard(), "with the sessions of before");
    assert!(!struck.speaker.closed && !struck.listener.closed);
    assert!(other.goes_on());
}

#[test]
fn a_bug_in_a_speak_session_ends_that_session_alone() {
    let engine = engine();
    let [mut struck, mut other] = two_rooms(&engine, [("speak-a", ["sa1", "sa2"]), ("speak-b", ["sb1", "sb2"])]);
    plant("speak", struck.names[0], 1);
    live(&mut [&mut struck, &mut other], SECOND);
    let closed = wait_for(&engine, |event| match event {
        Event::SpeakClosed(session, reason, _) => Some((session.session.clone(), reason.clone())),
        _ => None,
    });
    assert_eq!(closed, (struck.speaker.session.clone(), Reason::Failed));
    assert!(struck.speaker.closed, "it was said");
    assert_eq!(bugs(&engine, "session"), 1);
    assert!(!struck.listener.closed && other.goes_on());
}

#[test]
fn a_bug_in_a_listen_session_ends_that_session_alone() {
    let engine = engine();
    let [mut struck, mut other] = two_rooms(&engine, [("listen-a", ["la1", "la2"]), ("listen-b", ["lb1", "lb2"])]);
    let identity = Identity::new().expect("a certificate");
    let mut neighbours: Vec<Peer> =
        ["la3", "la4", "la5"].map(|name| Peer::listen(&engine, &identity, struck.space, name)).into_iter().collect();
    let mut live = |rooms: &mut [&mut Room; 2], time: Duration| {
        let of_rooms = rooms.iter_mut().flat_map(|room| [&mut room.speaker, &mut room.listener]);
        let mut peers: Vec<&mut Peer> = of_rooms.chain(&mut neighbours).collect();
        run(&mut peers, time);
    };
    live(&mut [&mut struck, &mut other], SECOND);
    plant("listen", struck.names[1], 1);
    live(&mut [&mut struck, &mut other], SECOND);
    let closed = wait_for(&engine, |event| match event {
        Event::ListenClosed(session, reason, _) => Some((session.session.clone(), reason.clone())),
        _ => None,
    });
    assert_eq!(closed, (struck.listener.session.clone(), Reason::Failed));
    assert_eq!(bugs(&engine, "session"), 1);
    assert!(neighbours.iter().all(|peer| peer.ears[0].tone(400.0, 300) > HEARD));
    assert!(other.goes_on() && !struck.speaker.closed);
}

#[test]
fn a_bug_in_an_audience_is_a_pause_for_its_listeners_alone() {
    let engine = engine();
    let [mut struck, mut other] = two_rooms(&engine, [("aud-a", ["aa1", "aa2"]), ("aud-b", ["ab1", "ab2"])]);
    plant("audience", struck.space, 2);
    live(&mut [&mut struck, &mut other], SECOND / 4);
    struck.listener.ears[0].clear();
    live(&mut [&mut struck, &mut other], SECOND / 2);
    assert_eq!(struck.listener.ears[0].packets, 0);
    assert!(bugs(&engine, "audience") >= 1);
    assert!(other.goes_on());
    live(&mut [&mut struck, &mut other], 3 * SECOND);
    assert!(struck.is_heard() && !struck.listener.closed, "with the session of before");
    assert!(other.goes_on());
}

#[test]
fn a_bug_in_work_for_nobody_in_particular_is_counted() {
    let bugs = super::Bugs::default();
    bugs.survive(|| panic!("a bug"));
    assert_eq!(bugs.count(super::Struck::Work), 1);
}
