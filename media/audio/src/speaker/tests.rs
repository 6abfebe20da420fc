use std::time::Duration;

use super::*;
use crate::FRAME_TIME;
use crate::testing::{Network, Sender, largest_step, sharpest_click, sine, speech};

/// What a speaker plays of `pcm`, sent through `network`, and the longest delay seen, in samples.
struct Played {
    pcm: Vec<f32>,
    stats: SpeakerStats,
    longest_delay: u32,
}

fn play(sender: &mut Sender, network: &mut Network, pcm: impl Iterator<Item = Vec<f32>>, dtx: bool) -> Played {
    let start = Instant::now();
    let mut speaker = Speaker::new().unwrap();
    let (mut now, mut longest_delay) = (start, 0);
    let mut out = Vec::new();
    let mut frame = [0.0; FRAME];
    for pcm in pcm {
        if let Some(packet) = sender.frame(start, &pcm, dtx) {
            network.send(&packet);
        }
        while let Some(packet) = network.receive(now) {
            speaker.receive(&packet);
        }
        if speaker.pull(now, &mut frame).is_none() {
            frame.fill(0.0);
        }
        longest_delay = longest_delay.max(speaker.stats(now).delay);
        out.extend(frame);
        now += FRAME_TIME;
    }
    Played { pcm: out, stats: speaker.stats(now), longest_delay }
}

fn frames(pcm: &[f32]) -> impl Iterator<Item = Vec<f32>> + '_ {
    pcm.chunks_exact(FRAME).map(<[f32]>::to_vec)
}

fn perfect() -> Network {
    Network::new(1)
}

#[test]
fn the_level_of_a_tone_is_right_within_one_db() {
    for amplitude in [0.5, 0.05, 0.01] {
        let tone = sine(440.0, amplitude, 100 * FRAME);
        let played = play(&mut Sender::new(1), &mut perfect(), frames(&tone), false);
        let (sent, heard) = (level_of(&tone), level_of(&played.pcm[20 * FRAME..]));
        assert!((sent.dbov() - heard.dbov()).abs() <= 1, "{sent:?} {heard:?}");
    }
}

#[test]
fn a_perfect_network_needs_no_guess_and_little_delay() {
    let played = play(&mut Sender::new(1), &mut perfect(), frames(&speech(1, 3000)), false);
    let guessed = played.stats.concealed;
    assert!(guessed <= FRAME as u64, "{guessed}");
    assert_eq!(played.stats.late, 0);
    assert!(i64::from(played.stats.delay) <= 45 * MS, "{:?}", played.stats);
}

/// How long speech is held after its first five seconds, in samples.
#[derive(Debug)]
struct Held {
    shortest: u32,
    longest: u32,
    target: u32,
    concealed: u64,
}

/// Plays speech whose packets leave `phase` after a frame is due and are up to `jitter` late.
fn held(spoken: &[bytes::Bytes], phase: Duration, jitter: Duration) -> Held {
    let start = Instant::now();
    let (mut sender, mut speaker, mut network) = (Sender::new(1), Speaker::new().unwrap(), Network::new(4));
    network.jitter = jitter;
    let mut frame = [0.0; FRAME];
    let (mut held, mut before) = (Held { shortest: u32::MAX, longest: 0, target: 0, concealed: 0 }, 0);
    for (n, payload) in spoken.iter().enumerate() {
        let now = start + FRAME_TIME * n as u32;
        network.send(&sender.packet(start + phase, payload.clone()));
        while let Some(packet) = network.receive(now) {
            speaker.receive(&packet);
        }
        speaker.pull(now, &mut frame);
        let stats = speaker.stats(now + FRAME_TIME);
        if n < 250 {
            before = stats.concealed;
            continue;
        }
        let (shortest, longest) = (held.shortest.min(stats.delay), held.longest.max(stats.delay));
        held = Held { shortest, longest, target: stats.target, concealed: stats.concealed - before };
    }
    held
}

fn encoded(pcm: &[f32]) -> Vec<bytes::Bytes> {
    let mut sender = Sender::new(1);
    frames(pcm).map(|frame| sender.encode(&frame)).collect()
}

#[test]
fn a_clean_network_holds_at_most_half_a_frame_more_than_the_target_whatever_the_phase() {
    let spoken = encoded(&speech(9, 750));
    for (phase, jitter) in (0..20).flat_map(|phase| [0, 5].map(|jitter| (phase, jitter))) {
        let held = held(&spoken, Duration::from_millis(phase), Duration::from_millis(jitter));
        let what = format!("{phase} ms, jitter {jitter} ms: {held:?}");
        assert_eq!((held.target, held.concealed), (20 * MS as u32, 0), "{what}");
        assert!(held.shortest >= 5 * MS as u32 && held.longest <= 30 * MS as u32, "{what}");
    }
}

#[test]
fn jitter_below_the_shortest_target_is_waited_for() {
    let spoken = encoded(&speech(9, 750));
    for phase in (0..20).step_by(3) {
        let held = held(&spoken, Duration::from_millis(phase), Duration::from_millis(15));
        assert!(held.concealed <= FRAME as u64 && held.longest <= 42 * MS as u32, "{phase} ms: {held:?}");
    }
}

#[test]
fn ten_per_cent_loss_and_jitter_are_concealed_without_a_click() {
    let spoken = speech(2, 3000);
    let clean = play(&mut Sender::new(1), &mut perfect(), frames(&spoken), false);
    let mut network = Network::new(7);
    (network.loss, network.doubled, network.jitter) = (0.10, 0.02, Duration::from_millis(60));
    let played = play(&mut Sender::new(1), &mut network, frames(&spoken), false);
    let concealed = played.stats.concealed as f32 / spoken.len() as f32;
    assert!((0.05..0.2).contains(&concealed), "{concealed}");
    let (bad, good) = (largest_step(&played.pcm), largest_step(&clean.pcm));
    assert!(bad < 1.5 * good, "{bad} against {good}");
    let (bad, good) = (sharpest_click(&played.pcm), sharpest_click(&clean.pcm));
    assert!(bad < 1.2 * good, "{bad} against {good}");
    assert!(i64::from(played.longest_delay) < 160 * MS, "{:?}", played.stats);
}

#[test]
fn a_voice_that_breaks_off_fades_out_and_comes_back_without_a_click() {
    let tone = sine(220.0, 0.3, 400 * FRAME);
    let start = Instant::now();
    let (mut sender, mut speaker) = (Sender::new(1), Speaker::new().unwrap());
    let (mut out, mut frame) = (Vec::new(), [0.0; FRAME]);
    for (n, pcm) in frames(&tone).enumerate() {
        let packet = sender.frame(start, &pcm, false).unwrap();
        if n % 50 < 30 {
            speaker.receive(&packet);
        }
        if speaker.pull(start + FRAME_TIME * n as u32, &mut frame).is_none() {
            frame.fill(0.0);
        }
        out.extend(frame);
    }
    let (click, calm) = (sharpest_click(&out), sharpest_click(&out[..25 * FRAME]));
    assert!(click < 1.2 * calm, "{click} against {calm}");
    let silent = out.chunks_exact(FRAME).filter(|frame| frame.iter().all(|sample| *sample == 0.0));
    assert!(silent.count() > 8 * 10);
}

#[test]
fn fec_gives_back_most_of_what_is_lost() {
    let mut sender = Sender::new(1);
    sender.set_fec();
    let mut network = Network::new(3);
    network.loss = 0.10;
    let played = play(&mut sender, &mut network, frames(&speech(2, 2000)), false);
    assert!(played.stats.recovered > played.stats.concealed, "{:?}", played.stats);
}

#[test]
fn pauses_that_are_not_sent_are_neither_loss_nor_noise() {
    let mut spoken = speech(3, 200);
    for _ in 0..20 {
        spoken.extend(vec![0.0; 100 * FRAME]);
        spoken.extend(speech(4, 100));
    }
    let played = play(&mut Sender::new(1), &mut perfect(), frames(&spoken), true);
    let concealed = played.stats.concealed as f32 / spoken.len() as f32;
    assert!(concealed < 0.06, "{concealed}");
    assert_eq!(played.stats.late, 0);
    assert!(i64::from(played.longest_delay) < 100 * MS);
    let quiet = (250..280).all(|frame| level_of(&played.pcm[frame * FRAME..][..FRAME]).dbov() < -60);
    assert!(quiet);
}

#[test]
fn a_stall_of_the_network_costs_its_own_time_and_the_delay_goes_back() {
    let start = Instant::now();
    let (mut sender, mut speaker) = (Sender::new(1), Speaker::new().unwrap());
    let mut frame = [0.0; FRAME];
    let mut held = Vec::new();
    let mut delays = Vec::new();
    for (n, pcm) in frames(&speech(5, 1000)).enumerate() {
        let now = start + FRAME_TIME * n as u32;
        held.push(sender.frame(start, &pcm, false).unwrap());
        if !(200..215).contains(&n) {
            for packet in held.drain(..) {
                speaker.receive(&Packet { arrival: now, ..packet });
            }
        }
        speaker.pull(now, &mut frame);
        delays.push(i64::from(speaker.stats(now).delay));
    }
    assert!(delays.iter().max().unwrap() < &(400 * MS));
    assert!(delays[999] < 100 * MS, "{:?}", speaker.stats(start));
}

#[test]
fn jitter_makes_the_delay_grow_and_quiet_makes_it_shrink() {
    let spoken = speech(6, 1500);
    let mut network = Network::new(5);
    network.jitter = Duration::from_millis(120);
    let shaky = play(&mut Sender::new(1), &mut network, frames(&spoken), false);
    assert!(i64::from(shaky.stats.target) > 80 * MS, "{:?}", shaky.stats);
    let late = shaky.stats.late as f32 / 1500.0;
    assert!(late < 0.06, "{late}");
}

/// Sends ten seconds of `pcm` (interleaved) in packets of `samples`, each up to 10 ms late, and plays them.
fn play_packets_of(samples: usize, channels: opus::Channels, pcm: &[f32]) -> Played {
    let mut encoder = opus::Encoder::new(48_000, channels, opus::Application::Audio).unwrap();
    let count = channels as usize;
    let start = Instant::now();
    let mut network = Network::new(9);
    network.jitter = Duration::from_millis(10);
    for (n, piece) in pcm.chunks_exact(samples * count).enumerate() {
        let payload = encoder.encode_vec_float(piece, 1400).unwrap().into();
        // It can leave when its last sample has been spoken.
        let arrival = start + Duration::from_micros((n + 1) as u64 * samples as u64 * 1000 / 48);
        let timestamp = n as u32 * samples as u32;
        network.send(&Packet { ssrc: 1, sequence: n as u16, timestamp, marker: false, arrival, payload });
    }
    let mut speaker = Speaker::new().unwrap();
    let (mut out, mut frame, mut longest_delay) = (Vec::new(), [0.0; FRAME], 0);
    for n in 0..500 {
        let now = start + FRAME_TIME * n;
        while let Some(packet) = network.receive(now) {
            speaker.receive(&packet);
        }
        if speaker.pull(now, &mut frame).is_some() {
            out.extend(frame);
        }
        longest_delay = longest_delay.max(speaker.stats(now).delay);
    }
    Played { pcm: out, stats: speaker.stats(start + FRAME_TIME * 500), longest_delay }
}

#[test]
fn packets_of_every_length_are_played_alike() {
    let tone = sine(440.0, 0.3, 480_000);
    for samples in [120, 240, 480, 960, 1920, 2880, 3840, 4800, 5760] {
        let played = play_packets_of(samples, opus::Channels::Mono, &tone);
        let what = format!("{samples}: {} {:?}", played.longest_delay, played.stats);
        assert!(played.stats.concealed <= 2 * FRAME as u64, "{what}");
        assert!(i64::from(played.longest_delay) < 90 * MS, "{what}");
        assert!((level_of(&played.pcm[48_000..]).dbov() - level_of(&tone).dbov()).abs() <= 1, "{what}");
        let step = largest_step(&played.pcm[48_000..450_000]);
        assert!(step < 1.4 * largest_step(&tone), "{what} {step}");
    }
}

#[test]
fn stereo_is_mixed_down() {
    let tone = sine(440.0, 0.3, 480_000);
    let left_only: Vec<f32> = tone.iter().flat_map(|sample| [*sample, 0.0]).collect();
    let both: Vec<f32> = tone.iter().flat_map(|sample| [*sample, *sample]).collect();
    let level = |pcm: &[f32]| level_of(&play_packets_of(960, opus::Channels::Stereo, pcm).pcm[48_000..]).dbov();
    assert!((level(&both) - level_of(&tone).dbov()).abs() <= 1);
    assert!((level(&left_only) - level_of(&tone).dbov() + 6).abs() <= 1);
}

/// What came of a stream whose clock is wrong.
struct Drifted {
    stats: SpeakerStats,
    longest_delay: i64,
    sharpest_click: f32,
}

/// Plays `signal` over and over for so many frames, sent by a clock that is wrong by `ppm`.
fn drift(ppm: f64, signal: &[f32], count: u32) -> Drifted {
    let mut sender = Sender::new(1);
    sender.ppm = ppm;
    let encoded: Vec<_> = frames(signal).map(|pcm| sender.encode(&pcm)).collect();
    let start = Instant::now();
    let mut speaker = Speaker::new().unwrap();
    let mut frame = [0.0; FRAME];
    let (mut heard, mut sharpest, mut longest_delay) = (Vec::new(), 0.0_f32, 0);
    let mut packets = encoded.iter().cycle().map(|payload| sender.packet(start, payload.clone())).peekable();
    for n in 0..count {
        let now = start + FRAME_TIME * n;
        while let Some(packet) = packets.next_if(|packet| packet.arrival <= now) {
            speaker.receive(&packet);
        }
        if speaker.pull(now, &mut frame).is_some() {
            heard.extend(frame);
            longest_delay = longest_delay.max(speaker.stats(now).delay);
        }
        // Piece by piece: an hour at once would be gigabytes. The pieces overlap by more than a click's surroundings.
        if heard.len() > 500 * FRAME {
            sharpest = sharpest.max(sharpest_click(&heard));
            heard.drain(..heard.len() - FRAME);
        }
    }
    Drifted { stats: speaker.stats(start), longest_delay: longest_delay.into(), sharpest_click: sharpest }
}

/// A virtual hour of speech; 300 ppm of it are 1.08 s.
fn an_hour_of_drift(ppm: f64) {
    let minute = speech(8, 3000);
    let calm = drift(0.0, &minute, 6000).sharpest_click;
    let hour = drift(ppm, &minute, 180_000);
    assert!(hour.longest_delay < 70 * MS, "{} {:?}", hour.longest_delay, hour.stats);
    assert!(hour.stats.concealed < 4800, "{:?}", hour.stats);
    assert!(hour.sharpest_click < 1.2 * calm, "{} against {calm}", hour.sharpest_click);
    let (longer, shorter) = (hour.stats.lengthened as f64, hour.stats.shortened as f64);
    assert!(((shorter - longer) - ppm * 172.8).abs() < 4800.0, "{:?}", hour.stats);
}

#[test]
fn an_hour_with_a_fast_clock_keeps_the_delay_and_makes_no_click() {
    an_hour_of_drift(300.0);
}

#[test]
fn an_hour_with_a_slow_clock_keeps_the_delay_and_makes_no_click() {
    an_hour_of_drift(-300.0);
}

#[test]
fn drift_without_any_pause_is_taken_out_by_whole_periods() {
    // 240 frames hold 1056 whole periods, so that the tone goes on over the seam.
    let tone = sine(220.0, 0.3, 240 * FRAME);
    let calm = drift(0.0, &tone, 2000).sharpest_click;
    for ppm in [-300.0, 300.0] {
        let drifted = drift(ppm, &tone, 30_000);
        assert!(drifted.stats.concealed < 4800, "{ppm}: {:?}", drifted.stats);
        assert!(drifted.longest_delay < 90 * MS, "{ppm}: {} {:?}", drifted.longest_delay, drifted.stats);
        let moved = if ppm > 0.0 { drifted.stats.shortened } else { drifted.stats.lengthened };
        assert!(moved > 4000, "{ppm}: {:?}", drifted.stats);
        let click = drifted.sharpest_click;
        assert!(click < 1.2 * calm, "{ppm}: {click} against {calm}");
    }
}
