//! The packet path allocates nothing in the steady state but the blocks that payloads share.
#![allow(missing_docs)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cooee_audio::{Contribution, FRAME_TIME, FrameClass, Joiner, Mixer, Tap};
use cooee_stage::{Csrc, Epoch, Packet};

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: it only counts, and hands everything on to the system's allocator, whose contract is the same.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SPEAKERS: u32 = 3;
const SECONDS: u32 = 60;

/// A tone with a body for each speaker, 50 packets of it.
fn tones() -> Vec<Bytes> {
    let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).expect("libopus works");
    let frame = |n: usize| -> Vec<f32> { (0..960).map(|s| 0.2 * ((n * 960 + s) as f32 * 0.02).sin()).collect() };
    (0..50).map(|n| Bytes::from(encoder.encode_vec_float(&frame(n), 1275).expect("it encodes"))).collect()
}

#[test]
fn the_steady_state_allocates_only_blocks_for_payloads() {
    let tones = tones();
    let start = Instant::now();
    let mut mixer = Mixer::new(start, Epoch(1)).expect("libopus works");
    let mut joiners = FrameClass::ALL.map(|class| Joiner::new(class).expect("libopus works"));
    for speaker in 0..SPEAKERS {
        mixer.seat(Csrc(speaker), true).expect("libopus works");
    }
    let mut tap = Tap::new();
    let mut tapped = 0_u32;
    let mut random = fastrand::Rng::with_seed(1);
    let mut run = |frames: std::ops::Range<u32>| {
        let before = COUNT.get();
        for n in frames {
            let now = start + FRAME_TIME * n;
            for speaker in 0..SPEAKERS {
                let packet = Packet {
                    ssrc: speaker,
                    sequence: n as u16,
                    timestamp: n * 960,
                    marker: false,
                    arrival: now + Duration::from_millis(random.u64(..15)),
                    payload: tones[n as usize % tones.len()].clone(),
                };
                // One in twenty is lost.
                if random.u8(..20) > 0 {
                    mixer.receive(Csrc(speaker), &packet);
                }
            }
            let hear = |sound: Contribution<'_>| {
                if sound.csrc == Csrc(0) {
                    tap.heard(sound.at, sound.index, sound.level, sound.pcm, |_| tapped += 1);
                }
            };
            let frame = mixer.tick_with(now, hear).expect("it encodes").expect("it is due");
            for joiner in &mut joiners {
                std::hint::black_box(joiner.push(&frame));
            }
        }
        COUNT.get() - before
    };
    run(0..500);
    let allocated = run(500..500 + SECONDS * 50);
    // Five users of blocks (the mixer and the three joiners that join, each two allocations), a block lasts for seconds.
    assert!(allocated < SECONDS as usize * 4, "{allocated} allocations in {SECONDS} s");
    assert!(tapped > SECONDS * 45, "{tapped} frames of a voice in {SECONDS} s");
    println!("{allocated} allocations in {SECONDS} s of {SPEAKERS} speakers and four classes");
}
