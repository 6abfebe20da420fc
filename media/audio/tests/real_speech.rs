//! Real speech through a bad network, as listeners hear it.
#![allow(missing_docs)]

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use cooee_audio::{FRAME_TIME, Mixer, Voice, level_of};
use cooee_stage::{Csrc, Epoch, Packet};

const SPEAKER: Csrc = Csrc(7);
const FRAMES: u64 = 3000;

fn voice() -> Voice {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cooee/demo/voices/lena.opus");
    Voice::read(File::open(file).expect("the demo has this voice")).expect("it is a voice")
}

/// What a listener decodes of one minute whose packets are lost and delayed like this.
fn heard(voice: &Voice, loss: f32, jitter: Duration) -> Vec<f32> {
    let start = Instant::now();
    let (mut losses, mut delays) = (fastrand::Rng::with_seed(11), fastrand::Rng::with_seed(12));
    let mut way = Vec::new();
    for n in (0..FRAMES).filter(|_| losses.f32() >= loss) {
        let frame = voice.frame(n);
        let arrival = start + FRAME_TIME * n as u32 + jitter.mul_f32(delays.f32());
        let (sequence, timestamp) = (frame.sequence, frame.timestamp);
        way.push(Packet { ssrc: 1, sequence, timestamp, marker: false, arrival, payload: frame.payload });
    }
    way.sort_by_key(|packet| packet.arrival);
    let mut way = way.into_iter().peekable();
    let mut mixer = Mixer::new(start, Epoch(1)).expect("libopus works");
    mixer.seat(SPEAKER, true).expect("libopus works");
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).expect("libopus works");
    let (mut pcm, mut frame) = (Vec::new(), [0.0; 960]);
    for n in 0..FRAMES {
        let now = start + FRAME_TIME * n as u32;
        while let Some(packet) = way.next_if(|packet| packet.arrival <= now) {
            mixer.receive(SPEAKER, &packet);
        }
        let packet = mixer.tick(now).expect("it encodes").expect("it is due");
        decoder.decode_float(&packet.opus, &mut frame, false).expect("it decodes");
        pcm.extend(frame);
    }
    pcm
}

fn largest_step(pcm: &[f32]) -> f32 {
    pcm.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

#[test]
fn speech_survives_ten_per_cent_loss_and_jitter_without_a_click() {
    let voice = voice();
    let clean = heard(&voice, 0.0, Duration::ZERO);
    let bad = heard(&voice, 0.1, Duration::from_millis(50));
    let (clean_step, bad_step) = (largest_step(&clean), largest_step(&bad));
    assert!(bad_step < 1.3 * clean_step, "{bad_step} against {clean_step}");
    let (clean_level, bad_level) = (level_of(&clean).dbov(), level_of(&bad).dbov());
    assert!(clean_level > -40, "the voice is silent: {clean_level}");
    assert!((clean_level - bad_level).abs() <= 2, "{bad_level} against {clean_level}");
}
