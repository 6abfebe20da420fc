//! What is recorded is what was said with permission, and nothing else.

mod common;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{Peer, engine, run, run_until, stage, wait_for};
use cooee_audio::RecordedPackets;
use cooee_engine::{Engine, Event, Recorded, cut_recording, join_recordings};
use cooee_session::Identity;

const SECOND: Duration = Duration::from_secs(1);
const HEARD: f64 = 0.1;
const NOT_HEARD: f64 = 0.01;

fn place(name: &str) -> PathBuf {
    let place = std::env::temp_dir().join(format!("cooee-recording-{}-{name}", std::process::id()));
    _ = std::fs::remove_dir_all(&place);
    place
}

fn pcm(path: &Path) -> Vec<i16> {
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).expect("libopus");
    let packets = RecordedPackets::open(File::open(path).expect("it was written")).expect("it is intact");
    let mut buffer = [0; 5760];
    let mut all = Vec::new();
    for (packet, _) in packets {
        let samples = decoder.decode(&packet, &mut buffer, false).expect("it is Opus");
        all.extend_from_slice(&buffer[..samples]);
    }
    all
}

/// How strongly a tone is in there, as an amplitude of full scale (Goertzel).
fn tone(pcm: &[i16], hertz: f64) -> f64 {
    let step = std::f64::consts::TAU * hertz / 48_000.0;
    let (re, im) = pcm.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, sample)| {
        let (sin, cos) = (step * n as f64).sin_cos();
        (re + f64::from(*sample) * cos, im + f64::from(*sample) * sin)
    });
    2.0 * f64::hypot(re, im) / pcm.len().max(1) as f64 / 32_768.0
}

fn last(pcm: &[i16], ms: usize) -> &[i16] {
    &pcm[pcm.len().saturating_sub(ms * 48)..]
}

fn ended(engine: &Engine) -> (String, Recorded) {
    wait_for(engine, |event| match event {
        Event::RecordingEnded { folder, how, .. } => Some((folder.clone(), *how)),
        _ => None,
    })
}

#[test]
fn a_conversation_is_recorded_as_a_mix_and_by_speaker_and_a_closed_microphone_is_not() {
    let (engine, identity, folder) = (engine(), Identity::new().expect("a certificate"), place("whole"));
    engine.open_space("a", 1);
    engine.set_stage("a", 1, stage(&[("1", 101, true), ("2", 102, false)]));
    let mut one = Peer::speak(&engine, &identity, "a", "1");
    let mut two = Peer::speak(&engine, &identity, "a", "2");
    let connected = |peers: &[&mut Peer]| peers.iter().all(|peer| peer.connected);
    assert!(run_until(&mut [&mut one, &mut two], 5 * SECOND, connected));
    one.say(400.0);
    two.say(700.0);
    let path = folder.to_str().expect("it is text");
    engine.start_recording("a", path).expect("the Space is open");
    run(&mut [&mut one, &mut two], 2 * SECOND);
    engine.set_stage("a", 2, stage(&[("1", 101, false), ("2", 102, false)]));
    run(&mut [&mut one, &mut two], SECOND);
    engine.stop_recording("a");
    assert_eq!(ended(&engine), (path.to_owned(), Recorded::Stopped));

    let mix = pcm(&folder.join("mix.ogg"));
    let track = pcm(&folder.join("1.ogg"));
    assert!((2 * 48_000..5 * 48_000).contains(&mix.len()), "{} samples", mix.len());
    assert!(tone(&mix[48_000..72_000], 400.0) > HEARD && tone(&track[48_000..72_000], 400.0) > HEARD);
    assert!(tone(&mix[48_000..72_000], 700.0) < NOT_HEARD, "a closed microphone is not in the mix");
    assert!(tone(last(&mix, 300), 400.0) < NOT_HEARD, "nor is one that was closed meanwhile");
    assert!(!folder.join("2.ogg").exists(), "and whoever never opened theirs has no file");
    let turns = std::fs::read_to_string(folder.join("turns")).expect("it was written");
    let speakers: Vec<&str> = turns.lines().filter_map(|line| line.split_once(' ').map(|(_, who)| who)).collect();
    assert!(speakers.contains(&"1") && !speakers.iter().any(|who| who.contains('2')), "{turns:?}");
    assert!(engine.metrics().contains("cooee_recording_lost_total 0"));

    let clip = folder.join("clip.ogg");
    let [whole, part] = ["mix.ogg", "clip.ogg"].map(|name| folder.join(name).to_str().expect("text").to_owned());
    assert_eq!(cut_recording(&whole, &part, 500, 1_000).expect("it is long enough"), 1_000);
    assert!(tone(&pcm(&clip)[9_600..48_000], 400.0) > HEARD);
    let twice = folder.join("twice.ogg").to_str().expect("text").to_owned();
    let ms = mix.len() as u64 / 48;
    let joined = join_recordings(&[(whole.clone(), 0), (whole, ms)], &twice).expect("it can be written");
    assert_eq!(joined, 2 * ms - 80);
    std::fs::remove_dir_all(folder).expect("it is ours");
}

#[test]
fn a_folder_that_cannot_be_made_ends_the_recording_and_the_space_goes_on() {
    let (engine, identity, file) = (engine(), Identity::new().expect("a certificate"), place("file"));
    std::fs::write(&file, "in the way").expect("it can be written");
    engine.open_space("a", 1);
    engine.set_stage("a", 1, stage(&[("1", 101, true)]));
    engine.start_recording("a", file.join("inside").to_str().expect("text")).expect("the Space is open");
    assert_eq!(ended(&engine).1, Recorded::Failed);
    let mut one = Peer::speak(&engine, &identity, "a", "1");
    let mut listener = Peer::listen(&engine, &identity, "a", "3");
    let connected = |peers: &[&mut Peer]| peers.iter().all(|peer| peer.connected);
    assert!(run_until(&mut [&mut one, &mut listener], 5 * SECOND, connected));
    one.say(400.0);
    run(&mut [&mut one, &mut listener], SECOND);
    assert!(listener.ears[0].tone(400.0, 300) > HEARD);
    assert!(engine.metrics().contains("cooee_recordings_failed_total 1"));
    std::fs::remove_file(file).expect("it is ours");
}

#[test]
fn a_space_that_closes_and_an_engine_that_stops_end_their_recordings_whole() {
    let (engine, first, second) = (engine(), place("closed"), place("stopped"));
    for (space, folder) in [("a", &first), ("b", &second)] {
        engine.open_space(space, 1);
        engine.start_recording(space, folder.to_str().expect("text")).expect("the Space is open");
    }
    std::thread::sleep(Duration::from_millis(300));
    engine.close_space("a", "host");
    assert_eq!(ended(&engine).1, Recorded::Stopped);
    engine.stop();
    for folder in [first, second] {
        assert!(pcm(&folder.join("mix.ogg")).len() > 4_800);
        std::fs::remove_dir_all(folder).expect("it is ours");
    }
}
