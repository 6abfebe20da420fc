//! What was measured, in figures.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::Plan;
use super::delay::delays;
use super::phases::Phase;
use crate::child::Figures;
use crate::sound::{Network, Sound};
use crate::stats::{Times, round};

/// The phases.
pub(super) struct Measured {
    /// The kernel's own time for a datagram, before and after all.
    pub(super) floor: Duration,
    pub(super) room: Phase,
    pub(super) silent_joins: Phase,
    pub(super) half: Phase,
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
    /// With everybody there, by the number of listeners: what all cost together is in it.
    per_listener_us: f64,
    /// What each listener adds: the difference between all and half of them.
    per_added_listener_us: f64,
    /// What the Space costs whatever the number of its listeners: the rest, of which `room_us` is there without any.
    fixed_us: f64,
    /// The Space with its speakers and no listener.
    room_us: f64,
    /// How many listeners of this Space fill a core: (10^6 - `fixed_us`) / `per_added_listener_us`.
    listeners_per_core: f64,
    /// By thread; `other` is what is no thread of the engine's own.
    threads_us: BTreeMap<String, f64>,
    /// For each packet of the mix: all, the seal, the call that hands it to the kernel.
    per_packet_us: f64,
    seal_us: f64,
    send_us: f64,
    /// What the kernel alone takes to send a datagram, measured before and after by this program.
    send_floor_us: f64,
    /// `per_packet_us` by that: how many bare datagrams a packet is worth, with its seal, the mix and all the rest.
    over_send_floor: f64,
    /// The whole process, in cores.
    cores_used: f64,
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
    /// How long the longest one held sound back, on average over the phase.
    jitter_delay_ms: f64,
    /// `mix` without that.
    mix_after_jitter_p50_ms: Option<f64>,
    mix_after_jitter_p99_ms: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Checks {
    /// What the listeners received.
    #[serde(flatten)]
    sound: Sound,
    /// Offers that the engine refused, and speakers whose sessions ended.
    refused_or_lost: usize,
    /// Packets through slots that nobody had sent so, in all phases, and packets that were not authentic.
    forwarded_unknown: u64,
    forwarded_not_authentic: u64,
    /// Packets through slots in the steady state, and how many there should be.
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
    Report {
        run: "engine",
        class_ms: plan.settings.class_ms,
        listeners,
        speakers: measured.steady.talk.connected,
        seconds: round(window.time.as_secs_f64(), 1),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        network: Network::of(window),
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
    let half = measured.half.crowd.connected as f64;
    let added = (all - per_second(&measured.half, |figures| figures.process_us)) / (listeners - half).max(1.0);
    let fixed = all - added * listeners;
    let floor = measured.floor.as_secs_f64() * 1e6;
    Cpu {
        send_floor_us: round(floor, 3),
        over_send_floor: round(all / packets / floor, 2),
        per_listener_us: round(all / listeners, 2),
        per_added_listener_us: round(added, 2),
        fixed_us: round(fixed, 1),
        room_us: round(room, 1),
        // A handful of listeners may cost less than can be measured.
        listeners_per_core: if added > 0.0 { ((1e6 - fixed) / added).floor() } else { 0.0 },
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
    let jitter_delay_ms = marks.jitter_delay_ms;
    let after = |of: fn(&Times) -> f64| mix.as_ref().map(|times| round(of(times) - jitter_delay_ms, 3));
    Delays {
        forward: Times::of(measured.steady.talk.delays.clone()),
        mix_after_jitter_p50_ms: after(|times| times.p50_ms),
        mix_after_jitter_p99_ms: after(|times| times.p99_ms),
        mix,
        jitter_target_ms: round(marks.after.jitter_target_ms, 2),
        jitter_delay_ms: round(jitter_delay_ms, 2),
    }
}

fn checks(measured: &Measured) -> Checks {
    let Measured { room, silent_joins, half, joins, steady, marks, settled, .. } = measured;
    let others: Vec<&Phase> = [room, silent_joins, half, joins, marks].into_iter().chain(settled).collect();
    let phases = || others.iter().copied().chain([steady]);
    let dropped = |(why, after): (&String, &u64)| {
        let more = after - steady.before.dropped.get(why).copied().unwrap_or(0);
        (more > 0).then(|| (why.clone(), more))
    };
    let speakers = steady.talk.connected as u64;
    Checks {
        sound: Sound::of(&steady.crowd, &others.iter().map(|phase| &phase.crowd).collect::<Vec<_>>()),
        refused_or_lost: phases().map(|phase| phase.talk.closed + phase.refused).sum(),
        forwarded_unknown: phases().map(|phase| phase.talk.unknown).sum(),
        forwarded_not_authentic: phases().map(|phase| phase.talk.not_authentic).sum(),
        forwarded: steady.talk.forwarded,
        forward_expected: steady.talk.sent * speakers.saturating_sub(1).min(5),
        engine_dropped: steady.after.dropped.iter().filter_map(dropped).collect(),
    }
}

impl Checks {
    fn pass(&self) -> bool {
        let forwarding = self.forwarded_unknown + self.forwarded_not_authentic;
        self.sound.passes() && forwarding == 0 && self.refused_or_lost == 0
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
