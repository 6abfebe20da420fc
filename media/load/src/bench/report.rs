//! What was measured, in figures.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::Plan;
use super::delay::delays;
use super::phases::Phase;
use crate::child::Figures;
use crate::stats::{Times, round};

/// A voice is louder than this, in dBov.
const AUDIBLE_DBOV: f64 = -50.0;

/// The phases.
pub(super) struct Measured {
    pub(super) room: Phase,
    pub(super) silent_joins: Phase,
    pub(super) joins: Phase,
    pub(super) steady: Phase,
    pub(super) marks: Phase,
    pub(super) settled: Option<Phase>,
}

/// The figures of a run.
#[derive(Debug, Serialize)]
pub struct Report {
    run: &'static str,
    class_ms: Option<u16>,
    listeners: usize,
    speakers: usize,
    seconds: f64,
    cores: usize,
    cpu: Cpu,
    network: Network,
    heap: Heap,
    join: Joins,
    delay: Delays,
    checks: Checks,
    targets: Vec<Target>,
    /// Whether everything that came was authentic and sound. Targets do not count.
    ok: bool,
}

/// CPU time of the engine's whole process, in microseconds a second.
#[derive(Debug, Serialize)]
struct Cpu {
    /// With everybody there, by the number of listeners: the Space itself is in it.
    per_listener_us: f64,
    /// 10^6 / `per_listener_us`.
    listeners_per_core: f64,
    /// The Space with its speakers and no listener.
    room_us: f64,
    /// What each listener adds to it.
    per_added_listener_us: f64,
    /// By thread; `other` is what is no thread of the engine's own.
    threads_us: BTreeMap<String, f64>,
    /// For each packet of the mix: all, the seal, the call that hands it to the kernel.
    per_packet_us: f64,
    seal_us: f64,
    send_us: f64,
    /// The whole process, in cores.
    cores_used: f64,
}

#[derive(Debug, Serialize)]
struct Network {
    packets_per_second: f64,
    mbit_per_second: f64,
    packets_per_listener_and_second: f64,
}

#[derive(Debug, Serialize)]
struct Heap {
    /// All are connected, and the handshakes not forgotten yet.
    per_listener_bytes: f64,
    /// The handshakes are forgotten.
    per_listener_settled_bytes: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Joins {
    /// The engine's CPU time, of joins while nobody speaks.
    cpu_us: f64,
    /// Of it, answering the offer.
    answer_us: f64,
    /// From knocking to the first packet, of joins while all talk.
    first_packet: Option<Times>,
    per_second: f64,
}

#[derive(Debug, Serialize)]
struct Delays {
    /// From a speaker's packet leaving them to its arrival at another speaker.
    forward: Option<Times>,
    /// From sound leaving a speaker to its arrival at a listener: jitter buffer, mix, both codecs' delay, packet, and the
    /// spreading over the packet's time.
    mix: Option<Times>,
    /// What the jitter buffer aims at.
    jitter_target_ms: f64,
    /// `mix` without it.
    mix_after_jitter_p50_ms: Option<f64>,
    mix_after_jitter_p99_ms: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Checks {
    /// Sessions that ended, never connected, or were refused.
    failed_sessions: usize,
    /// Connected listeners that heard nothing in the steady state.
    unheard: usize,
    /// SRTP and SRTCP packets that were not authentic.
    not_authentic: u64,
    /// Datagrams that clients refused, by protocol and reason, in all phases.
    refused: BTreeMap<String, u64>,
    /// Packets of the sample that could not be decoded, and how many could.
    undecoded: u64,
    decoded: u64,
    ears: usize,
    /// The quietest of the sample in the steady state.
    quietest_dbov: Option<f64>,
    /// The longest time without a packet at any of the sample in the steady state.
    longest_gap_ms: f64,
    /// In the steady state: packets that did not come, those for which our own socket had no room among them.
    lost: u64,
    expected: u64,
    overflowed: u32,
    /// Packets through slots that nobody had sent so.
    forwarded_unknown: u64,
    forwarded: u64,
    forward_expected: u64,
    /// What the engine dropped in the steady state, by reason.
    engine_dropped: BTreeMap<String, u64>,
}

/// What is to be reached.
#[derive(Debug, Serialize)]
struct Target {
    id: String,
    value: f64,
    limit: f64,
    unit: &'static str,
    met: bool,
}

pub(super) fn of(plan: &Plan, measured: &Measured) -> Report {
    let listeners = measured.steady.crowd.connected;
    let (cpu, heap) = (cpu(measured), heap(measured));
    let (join, delay) = (joins(plan, measured), delay(measured));
    let checks = checks(measured);
    let targets = targets(plan, &cpu, &heap, &join, &delay);
    let window = &measured.steady.crowd;
    let seconds = window.time.as_secs_f64();
    Report {
        run: "engine",
        class_ms: plan.settings.class_ms,
        listeners,
        speakers: measured.steady.talk.connected,
        seconds: round(seconds, 1),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        network: Network {
            packets_per_second: (window.packets as f64 / seconds).round(),
            mbit_per_second: round(window.bytes as f64 * 8.0 / 1e6 / seconds, 1),
            packets_per_listener_and_second: round(window.packets as f64 / seconds / listeners.max(1) as f64, 2),
        },
        ok: checks.pass(),
        cpu,
        heap,
        join,
        delay,
        checks,
        targets,
    }
}

impl Report {
    /// Whether everything that came was authentic and sound.
    pub fn is_ok(&self) -> bool {
        self.ok
    }
}

fn per_second(phase: &Phase, of: impl Fn(&Figures) -> u64) -> f64 {
    of(&phase.after).saturating_sub(of(&phase.before)) as f64 / phase.time.as_secs_f64()
}

fn cpu(measured: &Measured) -> Cpu {
    let steady = &measured.steady;
    let listeners = steady.crowd.connected.max(1) as f64;
    let all = per_second(steady, |figures| figures.process_us);
    let room = per_second(&measured.room, |figures| figures.process_us);
    let packets = per_second(steady, |figures| figures.packets_sent).max(1.0);
    let sealed = per_second(steady, |figures| figures.sealed).max(1.0);
    let thread = |name: &String| {
        let of = |figures: &Figures| figures.threads_us.get(name).copied().unwrap_or(0);
        (name.clone(), round(per_second(steady, of), 1))
    };
    let mut threads_us: BTreeMap<String, f64> = steady.after.threads_us.keys().map(thread).collect();
    let other = all - threads_us.values().sum::<f64>();
    threads_us.insert("other".to_owned(), round(other.max(0.0), 1));
    let per_listener = all / listeners;
    Cpu {
        per_listener_us: round(per_listener, 2),
        listeners_per_core: (1e6 / per_listener).floor(),
        room_us: round(room, 1),
        per_added_listener_us: round((all - room) / listeners, 2),
        threads_us,
        per_packet_us: round(all / packets, 3),
        seal_us: round(per_second(steady, |figures| figures.sealing_us) / sealed, 3),
        send_us: round(per_second(steady, |figures| figures.sending_us) / sealed, 3),
        cores_used: round(all / 1e6, 3),
    }
}

fn heap(measured: &Measured) -> Heap {
    let before = measured.silent_joins.before.heap_bytes;
    let per_listener = |phase: &Phase| {
        let more = phase.after.heap_bytes.saturating_sub(before) as f64;
        (more / phase.crowd.connected.max(1) as f64).round()
    };
    Heap {
        per_listener_bytes: per_listener(&measured.joins),
        per_listener_settled_bytes: measured.settled.as_ref().map(per_listener),
    }
}

fn joins(plan: &Plan, measured: &Measured) -> Joins {
    let silent = &measured.silent_joins;
    let joined = silent.crowd.connected.max(1) as f64;
    let used = |of: fn(&Figures) -> u64| of(&silent.after).saturating_sub(of(&silent.before)) as f64;
    let threads = used(|figures| figures.threads_us.values().sum());
    let answers = used(|figures| figures.doors_us);
    Joins {
        cpu_us: round((threads + answers) / joined, 1),
        answer_us: round(answers / joined, 1),
        first_packet: Times::of(measured.joins.crowd.joins.clone()),
        per_second: plan.join_rate.into(),
    }
}

fn delay(measured: &Measured) -> Delays {
    let marks = &measured.marks;
    let heard = marks.crowd.heard.iter().flat_map(|heard| heard.onsets.iter().copied());
    let mix = Times::of(delays(&marks.talk.marks, heard));
    let jitter_target_ms = marks.after.jitter_target_ms;
    let after = |of: fn(&Times) -> f64| mix.as_ref().map(|times| round(of(times) - jitter_target_ms, 3));
    Delays {
        forward: Times::of(measured.steady.talk.delays.clone()),
        mix_after_jitter_p50_ms: after(|times| times.p50_ms),
        mix_after_jitter_p99_ms: after(|times| times.p99_ms),
        mix,
        jitter_target_ms: round(jitter_target_ms, 2),
    }
}

fn checks(measured: &Measured) -> Checks {
    let Measured { room, silent_joins, joins, steady, marks, settled } = measured;
    let phases: Vec<&Phase> = [room, silent_joins, joins, steady, marks].into_iter().chain(settled).collect();
    let failed = |phase: &&Phase| phase.crowd.closed + phase.talk.closed + phase.refused;
    let mut refused = BTreeMap::<String, u64>::new();
    for (why, count) in phases.iter().flat_map(|phase| phase.crowd.refused.iter().chain(&phase.talk.refused)) {
        *refused.entry(why.clone()).or_default() += count;
    }
    let heard = &steady.crowd.heard;
    let level = heard.iter().map(|heard| heard.dbov().unwrap_or(f64::NEG_INFINITY)).reduce(f64::min);
    let gap = heard.iter().map(|heard| heard.longest_gap).max().unwrap_or(Duration::ZERO);
    let dropped = |(why, after): (&String, &u64)| {
        let more = after - steady.before.dropped.get(why).copied().unwrap_or(0);
        (more > 0).then(|| (why.clone(), more))
    };
    let speakers = steady.talk.connected as u64;
    Checks {
        failed_sessions: phases.iter().map(failed).sum::<usize>() + steady.crowd.connecting,
        unheard: steady.crowd.unheard,
        not_authentic: phases.iter().map(|phase| phase.crowd.not_authentic + phase.talk.not_authentic).sum(),
        refused,
        undecoded: phases.iter().map(|phase| phase.crowd.undecoded()).sum(),
        decoded: heard.iter().map(|heard| heard.packets).sum(),
        ears: heard.len(),
        quietest_dbov: level.filter(|level| level.is_finite()).map(|level| round(level, 1)),
        longest_gap_ms: round(gap.as_secs_f64() * 1000.0, 1),
        lost: steady.crowd.lost(),
        expected: steady.crowd.expected,
        overflowed: steady.crowd.overflowed,
        forwarded_unknown: phases.iter().map(|phase| phase.talk.unknown).sum(),
        forwarded: steady.talk.forwarded,
        forward_expected: steady.talk.sent * speakers.saturating_sub(1).min(5),
        engine_dropped: steady.after.dropped.iter().filter_map(dropped).collect(),
    }
}

impl Checks {
    fn pass(&self) -> bool {
        let heard = self.ears > 0 && self.quietest_dbov.is_some_and(|level| level > AUDIBLE_DBOV);
        let failures = self.not_authentic + self.undecoded + self.forwarded_unknown;
        heard && failures == 0 && self.failed_sessions == 0 && self.unheard == 0
    }
}

fn targets(plan: &Plan, cpu: &Cpu, heap: &Heap, join: &Joins, delay: &Delays) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut most = |id: &str, value: Option<f64>, limit: f64, unit| {
        targets.extend(value.map(|value| Target { id: id.to_owned(), value, limit, unit, met: value <= limit }));
    };
    let frame_ms = plan.settings.class_ms.map(f64::from);
    most("heap_per_listener", Some(heap.per_listener_bytes), 12_000.0, "B");
    most("cpu_per_join", Some(join.cpu_us), 600.0, "µs");
    most("forward_delay_p99", delay.forward.map(|times| times.p99_ms), 5.0, "ms");
    if let Some(frame_ms) = frame_ms {
        most("mix_delay_after_jitter_p99", delay.mix_after_jitter_p99_ms, 20.0 + frame_ms, "ms");
    }
    let least = match plan.settings.class_ms {
        Some(20) => Some(5_000.0),
        Some(60) => Some(12_000.0),
        _ => None,
    };
    if let Some((limit, class)) = least.zip(plan.settings.class_ms) {
        let (id, value) = (format!("listeners_per_core_{class}ms"), cpu.listeners_per_core);
        targets.push(Target { id, value, limit, unit: "listeners", met: value >= limit });
    }
    targets
}
