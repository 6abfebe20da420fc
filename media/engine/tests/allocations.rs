//! The threads of listeners allocate nothing while sound flows, whatever comes back: checks, reports, and wishes for repeats.

#![allow(unsafe_code, reason = "an allocator that counts has to be one")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicI32, AtomicUsize};
use std::time::Duration;

use common::{Peer, engine, figure, run, run_until, stage};
use cooee_session::Identity;

/// Threads that are told apart; more are one.
const THREADS: usize = 64;
const NONE: usize = usize::MAX;

static KNOWN: AtomicUsize = AtomicUsize::new(0);
static IDS: [AtomicI32; THREADS] = [const { AtomicI32::new(0) }; THREADS];
static CALLS: [AtomicUsize; THREADS] = [const { AtomicUsize::new(0) }; THREADS];

thread_local! {
    static OWN: Cell<usize> = const { Cell::new(NONE) };
}

struct Counting;

fn count() {
    let own = OWN.get();
    let own = if own == NONE { enrol() } else { own };
    CALLS[own].fetch_add(1, Relaxed);
}

fn enrol() -> usize {
    let own = KNOWN.fetch_add(1, Relaxed).min(THREADS - 1);
    // SAFETY: it takes nothing, and cannot fail.
    IDS[own].store(unsafe { libc::gettid() }, Relaxed);
    OWN.set(own);
    own
}

// SAFETY: every call is handed on to the system's allocator unchanged; counting touches a thread-local without a destructor,
// and atomics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often the threads of this name have asked for memory.
fn calls_of(name: &str) -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("it is Linux").filter_map(Result::ok);
    let named =
        tasks.filter(|task| fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.starts_with(name)));
    let ids: Vec<i32> = named.filter_map(|task| task.file_name().to_str()?.parse().ok()).collect();
    assert!(!ids.is_empty(), "no thread is called {name}");
    let known = KNOWN.load(Relaxed).min(THREADS - 1);
    (0..known).filter(|at| ids.contains(&IDS[*at].load(Relaxed))).map(|at| CALLS[at].load(Relaxed)).sum()
}

#[test]
fn threads_of_listeners_allocate_nothing_while_sound_flows() {
    let (engine, identity) = (engine(), Identity::new().expect("a certificate"));
    engine.open_space("a", 1);
    engine.set_stage("a", 1, stage(&[("1", 101, true)]));
    let mut speaker = Peer::speak(&engine, &identity, "a", "1");
    let mut listeners: Vec<Peer> =
        (2..8).map(|number| Peer::listen(&engine, &identity, "a", &number.to_string())).collect();
    let mut all: Vec<&mut Peer> = std::iter::once(&mut speaker).chain(&mut listeners).collect();
    assert!(run_until(&mut all, Duration::from_secs(10), |all| all.iter().all(|peer| peer.connected)));
    all[0].say(400.0);
    for listener in &mut all[1..5] {
        listener.asks = true;
        listener.lose_one_in(10);
    }
    // By then a second of packets is kept, and everybody has reported and asked once.
    run(&mut all, Duration::from_secs(7));
    let figures = || ["cooee_packets_resent_total", "cooee_listener_loss_count"].map(|name| figure(&engine, name));
    let (before, told) = (calls_of("cooee-listen"), figures());
    assert!(before > 0, "their beginning is counted");
    run(&mut all, Duration::from_secs(6));
    let all_of_it = |_: &[&mut Peer]| figures().iter().zip(told).all(|(now, then)| *now >= then + 6.0);
    assert!(run_until(&mut all, Duration::from_secs(30), all_of_it), "{told:?}, then {:?}", figures());
    let after = calls_of("cooee-listen");
    assert!(all[1..].iter().all(|listener| listener.ears[0].packets > 200), "all hear");
    assert_eq!(after - before, 0, "allocations of the threads of listeners");
}
