//! What the mix of one Space costs, in nanoseconds per frame and per cent of a core: `cargo bench -p cooee-audio`.

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use cooee_audio::{FRAME, FRAME_TIME, FrameClass, Joiner, MixedFrame, Mixer};
use cooee_stage::{Csrc, Epoch, Packet};

/// One minute of the mix.
const FRAMES: u32 = 3000;

fn main() {
    let voice = voice();
    for speakers in [0, 1, 3, 13] {
        let (per_frame, _) = mix(speakers, &voice);
        report(&format!("mix of {speakers} speakers"), per_frame);
    }
    let (_, frames) = mix(1, &voice);
    for class in FrameClass::ALL {
        report(&format!("joining for {class:?}, per frame"), join(class, &frames));
    }
}

fn report(what: &str, nanos: f64) {
    let share = nanos / FRAME_TIME.as_nanos() as f64 * 100.0;
    println!("{what:32} {nanos:10.0} ns {share:8.3} % of a core");
}

/// Ten seconds of a voice-like signal.
fn voice() -> Vec<Bytes> {
    let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).expect("libopus works");
    let sample = |n: usize| {
        let t = n as f32 / 48_000.0;
        let pitch = 130.0 * t + 3.0 * (t * 5.0).sin();
        let overtones: f32 = (1..12).map(|k| (pitch * k as f32 * std::f32::consts::TAU).sin() / k as f32).sum();
        0.1 * overtones * (t * 9.0).sin().max(0.0)
    };
    let frame = |n: usize| -> Vec<f32> { (n * FRAME..(n + 1) * FRAME).map(sample).collect() };
    (0..500).map(|n| Bytes::from(encoder.encode_vec_float(&frame(n), 1275).expect("it encodes"))).collect()
}

fn mix(speakers: u32, voice: &[Bytes]) -> (f64, Vec<MixedFrame>) {
    let start = Instant::now();
    let mut mixer = Mixer::new(start, Epoch(1)).expect("libopus works");
    for speaker in 0..speakers {
        mixer.seat(Csrc(speaker), true).expect("libopus works");
    }
    let mut frames = Vec::new();
    let clock = Instant::now();
    for n in 0..FRAMES {
        let arrival = start + FRAME_TIME * n;
        for speaker in 0..speakers {
            let payload = voice[(n + speaker * 37) as usize % voice.len()].clone();
            let packet =
                Packet { ssrc: speaker, sequence: n as u16, timestamp: n * 960, marker: false, arrival, payload };
            mixer.receive(Csrc(speaker), &packet);
        }
        frames.extend(mixer.tick(arrival).expect("it encodes"));
    }
    (clock.elapsed().as_nanos() as f64 / f64::from(FRAMES), frames)
}

fn join(class: FrameClass, frames: &[MixedFrame]) -> f64 {
    let mut joiner = Joiner::new(class).expect("libopus works");
    let clock = Instant::now();
    for frame in frames {
        black_box(joiner.push(frame));
    }
    clock.elapsed().as_nanos() as f64 / frames.len() as f64
}
