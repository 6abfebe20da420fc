//! What a session keeps on the heap, and that sending allocates nothing.

#![allow(unsafe_code, reason = "an allocator that counts has to be one")]

mod scene {
    mod base;
    pub mod listening;
    pub mod speaking;
    pub use base::*;
}

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use cooee_session::MAX_DATAGRAM;
use cooee_session::listen::Listen;
use cooee_session::mix::History;
use cooee_session::speak::{SlotPacket, Speak};
use scene::listening::Listening;
use scene::speaking::Speaking;

thread_local! {
    static BYTES: Cell<isize> = const { Cell::new(0) };
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

fn count(bytes: isize) {
    BYTES.with(|all| all.set(all.get() + bytes));
    CALLS.with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: every call is handed on to the system's allocator unchanged; counting touches thread-locals without destructors only.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn bytes() -> isize {
    BYTES.with(Cell::get)
}

fn calls() -> usize {
    CALLS.with(Cell::get)
}

/// What the scene's listen session holds, itself included.
fn held(mut scene: Listening) -> isize {
    let session = std::mem::replace(&mut scene.server, Listening::new(3, true).server);
    assert!(session.is_connected());
    let before = bytes();
    drop(session);
    before - bytes() + size_of::<Listen>() as isize
}

#[test]
fn a_listener_holds_little_from_the_end_of_the_handshake_on() {
    let during = held(Listening::connected(1, true));
    let mut scene = Listening::connected(2, true);
    scene.run(40_000);
    let settled = held(scene);
    println!("{during} B right after the handshake, {settled} B half a minute later");
    assert!((500..3_500).contains(&during), "{during} B");
    assert!((500..3_500).contains(&settled), "{settled} B");
}

#[test]
fn sending_to_a_listener_allocates_nothing() {
    let mut scene = Listening::connected(4, true);
    scene.client.nack(&[0]);
    scene.run(1_000);
    assert_eq!(scene.server.reception().red_depth, 1);
    let mut out = [0; MAX_DATAGRAM];
    for _ in 0..1_000 {
        let (epoch, index, class) = scene.mix.tick();
        let packet = scene.mix.packet(epoch, index, class).unwrap();
        let before = calls();
        let sent = scene.server.send(scene.now, &packet, &mut out);
        assert_eq!(calls(), before);
        assert!(sent.is_some());
    }
}

#[test]
fn reports_repeats_checks_and_a_new_address_allocate_nothing() {
    let mut scene = Listening::connected(8, true);
    (scene.nacks, scene.down.loss) = (true, 0.1);
    // Until what the handshake left is gone, and the first of each kind has come.
    scene.run(40_000);
    let (before, sent) = (scene.server.reports().count, scene.server.sent());
    let checks = |scene: &Listening| scene.up.seen.iter().filter(|(_, datagram)| datagram[..2] == [0, 1]).count();
    let checked = checks(&scene);
    (scene.counter, scene.counted) = (calls, 0);
    scene.run(15_000);
    scene.client_address.set_port(4001);
    scene.run(15_000);
    assert_eq!(scene.counted, 0);
    // All of it did happen.
    assert_eq!(scene.server.address(), Some(scene.client_address), "our own check was answered");
    assert!(scene.server.reports().count >= before + 4 && checks(&scene) >= checked + 8);
    assert!(scene.server.sent().resent > sent.resent + 50, "{:?}", scene.server.sent());
}

#[test]
fn a_speaker_is_received_and_heard_without_allocations() {
    let mut scene = Speaking::connected(5, 5);
    scene.playing = Some((7, 0));
    scene.run(3_000);
    let mut out = [0; MAX_DATAGRAM];
    let mut up = [0; MAX_DATAGRAM];
    let (_, next) = scene.playing.unwrap();
    for sequence in next..next + 500 {
        let (_, len) = scene.client.send(sequence as u32 * 960, false, &[5; 80], &mut up).unwrap();
        let before = calls();
        scene.now += Duration::from_millis(20);
        let received = scene.server.receive(scene.now, scene.client_address, &mut up[..len]);
        assert!(received.unwrap().is_some());
        let payload = sequence.to_be_bytes();
        let packet =
            SlotPacket { csrc: 7, sequence, timestamp: sequence as u32 * 960, marker: false, payload: &payload };
        assert!(scene.server.send_slot(scene.now, 0, &packet, &mut out).is_some());
        assert_eq!(calls(), before);
    }
    let session = std::mem::replace(&mut scene.server, Speaking::new(6, 5).server);
    let before = bytes();
    drop(session);
    let held = before - bytes() + size_of::<Speak>() as isize;
    println!("{held} B for a speaker who hears one slot");
    assert!((10_000..50_000).contains(&held), "{held} B");
}
