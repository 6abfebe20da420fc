//! The engine's figures as Prometheus text.

use std::fmt::{Display, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::figures::{DropReason, Histogram, SessionFigures, ThreadFigures};
use crate::guard::Struck;
use crate::logs;
use crate::shared::Shared;
use crate::sys::heap_bytes;

/// All figures of the engine.
pub(crate) fn render(shared: &Shared, threads: &[Arc<ThreadFigures>]) -> String {
    let mut page = Page(String::with_capacity(8192));
    feed(&mut page, shared);
    page.head("cooee_spaces", "gauge", "Spaces whose stage is on this node.");
    page.line("cooee_spaces", "", shared.registry.spaces());
    page.head("cooee_heap_bytes", "gauge", "Bytes allocated from the C heap by the whole process.");
    page.line("cooee_heap_bytes", "", heap_bytes());
    let met = |(struck, word)| (format!("{{struck=\"{word}\"}}"), shared.bugs.count(struck));
    page.counter(
        "cooee_bugs_total",
        "Bugs that were met and survived, by what they ended.",
        Struck::ALL.into_iter().map(met),
    );
    page.counter(
        "cooee_events_dropped_total",
        "Events of the engine that were dropped because nobody read them.",
        std::iter::once((String::new(), shared.events.dropped())),
    );
    page.counter(
        "cooee_log_lines_dropped_total",
        "Lines of the engine's log that were dropped because nobody read them.",
        std::iter::once((String::new(), logs::dropped())),
    );
    recordings(&mut page, shared);
    sessions(&mut page, threads);
    traffic(&mut page, threads);
    sending(&mut page, threads);
    page.histogram(
        "cooee_mix_lateness_seconds",
        "How late frames of the mix were.",
        &times(threads, "stage", |t| &t.mix_lateness),
    );
    page.histogram(
        "cooee_forward_seconds",
        "From receiving a packet to sending it through slots.",
        &times(threads, "stage", |t| &t.forward),
    );
    cpu(&mut page, threads);
    page.0
}

fn recordings(page: &mut Page, shared: &Shared) {
    let figures = &shared.recordings.figures;
    page.head("cooee_recordings", "gauge", "Recordings under way.");
    page.line("cooee_recordings", "", figures.open.load(Relaxed));
    let one = |figure: &AtomicU64| std::iter::once((String::new(), figure.load(Relaxed)));
    page.counter(
        "cooee_recording_lost_total",
        "Frames and packets that were not recorded because the disk was too slow.",
        one(&figures.lost),
    );
    page.counter("cooee_recordings_failed_total", "Recordings that a failure ended.", one(&figures.failed));
}

struct Page(String);

/// A figure's name, its help, and where it is.
type Counter<T> = (&'static str, &'static str, fn(&T) -> &AtomicU64);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a string cannot fail.
        _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl Display) {
        _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn counter(&mut self, name: &str, help: &str, values: impl Iterator<Item = (String, u64)>) {
        self.head(name, "counter", help);
        for (labels, value) in values {
            self.line(name, &labels, value);
        }
    }

    fn histogram(&mut self, name: &str, help: &str, all: &[(String, &Histogram)]) {
        self.head(name, "histogram", help);
        for (label, histogram) in all {
            let (count, sum_us, buckets) = histogram.read();
            let mut below = 0;
            for (bound, bucket) in Histogram::BOUNDS_US.into_iter().zip(buckets) {
                below += bucket;
                let bound = bound as f64 / 1e6;
                _ = writeln!(self.0, "{name}_bucket{{{label},le=\"{bound}\"}} {below}");
            }
            _ = writeln!(self.0, "{name}_bucket{{{label},le=\"+Inf\"}} {count}");
            _ = writeln!(self.0, "{name}_sum{{{label}}} {}", sum_us as f64 / 1e6);
            _ = writeln!(self.0, "{name}_count{{{label}}} {count}");
        }
    }
}

fn feed(page: &mut Page, shared: &Shared) {
    let figures = &shared.feed.figures;
    page.head("cooee_feed_clients", "gauge", "Connected feeds.");
    page.line("cooee_feed_clients", "", shared.feed.readers());
    let counters: [(&str, &str, &AtomicU64); 5] = [
        ("cooee_feed_opened_total", "Feeds that were opened.", &figures.opened),
        ("cooee_feed_closed_total", "Feeds that were closed.", &figures.closed),
        ("cooee_feed_too_slow_total", "Feeds closed because the reader did not keep up.", &figures.too_slow),
        (
            "cooee_feed_refused_total",
            "Feeds refused for their grant, or because the participant has too many.",
            &figures.refused,
        ),
        ("cooee_feed_frames_total", "Changes published.", &figures.frames),
    ];
    for (name, help, counter) in counters {
        page.counter(name, help, std::iter::once((String::new(), counter.load(Relaxed))));
    }
}

/// Threads with sessions, with the kind of their sessions.
fn with_sessions(threads: &[Arc<ThreadFigures>]) -> impl Iterator<Item = (&'static str, &SessionFigures)> {
    let kind = |thread: &Arc<ThreadFigures>| match thread.name.as_str() {
        name if name.contains("listen") => Some("listen"),
        name if name.contains("stage") => Some("speak"),
        _ => None,
    };
    threads.iter().filter_map(move |thread| Some((kind(thread)?, &thread.sessions)))
}

fn sessions(page: &mut Page, threads: &[Arc<ThreadFigures>]) {
    let sum = |wanted: &str, counter: fn(&SessionFigures) -> &AtomicU64| -> u64 {
        let of_kind = with_sessions(threads).filter(|(kind, _)| *kind == wanted);
        of_kind.map(|(_, figures)| counter(figures).load(Relaxed)).sum()
    };
    page.head("cooee_sessions", "gauge", "Sessions by kind and state.");
    for kind in ["listen", "speak"] {
        let connected = sum(kind, |f| &f.connected).saturating_sub(sum(kind, |f| &f.closed_connected));
        let opened = sum(kind, |f| &f.opened);
        let begun = sum(kind, |f| &f.connected) + sum(kind, |f| &f.closed_unconnected);
        page.line("cooee_sessions", &format!("{{kind=\"{kind}\",state=\"connected\"}}"), connected);
        page.line("cooee_sessions", &format!("{{kind=\"{kind}\",state=\"opening\"}}"), opened.saturating_sub(begun));
    }
    let counters: [Counter<SessionFigures>; 5] = [
        ("cooee_sessions_opened_total", "Sessions that were opened.", |f| &f.opened),
        ("cooee_sessions_connected_total", "Sessions that were connected.", |f| &f.connected),
        ("cooee_sessions_failed_total", "Sessions whose DTLS failed.", |f| &f.failed),
        ("cooee_sessions_stalled_total", "Sessions that were reached but agreed upon no keys in 15 s.", |f| &f.stalled),
        ("cooee_sessions_timed_out_total", "Sessions whose ICE checks ceased, or never came.", |f| &f.timed_out),
    ];
    for (name, help, counter) in counters {
        let values = ["listen", "speak"].map(|kind| (format!("{{kind=\"{kind}\"}}"), sum(kind, counter)));
        page.counter(name, help, values.into_iter());
    }
    let joining: Vec<_> =
        ["listen", "stage"].iter().flat_map(|part| times(threads, part, |t| &t.sessions.joining)).collect();
    page.histogram("cooee_session_join_seconds", "From the answer to the connection.", &joining);
}

fn traffic(page: &mut Page, threads: &[Arc<ThreadFigures>]) {
    let counters: [Counter<ThreadFigures>; 8] = [
        ("cooee_packets_received_total", "Datagrams received.", |t| &t.packets_in),
        ("cooee_bytes_received_total", "Bytes received.", |t| &t.bytes_in),
        ("cooee_packets_sent_total", "Datagrams sent.", |t| &t.packets_out),
        ("cooee_bytes_sent_total", "Bytes sent.", |t| &t.bytes_out),
        ("cooee_packets_resent_total", "Packets sent again upon NACK.", |t| &t.resent),
        ("cooee_packets_not_resent_total", "NACKed packets that could not be sent again.", |t| &t.not_resent),
        ("cooee_voice_frames_total", "Frames (20 ms) of voices handed to recognisers of speech.", |t| &t.voice_frames),
        ("cooee_voice_frames_dropped_total", "Frames of voices that found no room: recognisers are behind.", |t| {
            &t.voice_frames_dropped
        }),
    ];
    for (name, help, counter) in counters {
        let sum = threads.iter().map(|thread| counter(thread).load(Relaxed)).sum();
        page.counter(name, help, std::iter::once((String::new(), sum)));
    }
    let dropped = |(why, word): (DropReason, &str)| {
        let sum = threads.iter().map(|thread| thread.total_dropped(why)).sum();
        (format!("{{reason=\"{word}\"}}"), sum)
    };
    page.counter("cooee_packets_dropped_total", "Packets that went nowhere.", DropReason::ALL.into_iter().map(dropped));
    let sum = |counter: fn(&ThreadFigures) -> &AtomicU64| threads.iter().map(|t| counter(t).load(Relaxed)).sum::<u64>();
    page.head("cooee_listener_loss", "summary", "Loss that listeners reported, as a share.");
    page.line("cooee_listener_loss_sum", "", sum(|t| &t.loss_per_mille_sum) as f64 / 1000.0);
    page.line("cooee_listener_loss_count", "", sum(|t| &t.loss_reports));
    jitter(page, threads);
}

fn jitter(page: &mut Page, threads: &[Arc<ThreadFigures>]) {
    let gauges: [Counter<ThreadFigures>; 2] = [
        ("cooee_jitter_target_seconds", "What the jitter buffers aim at: the longest of each thread.", |t| {
            &t.jitter_target
        }),
        ("cooee_jitter_delay_seconds", "How long they hold sound back: the longest of each thread.", |t| {
            &t.jitter_delay
        }),
    ];
    for (name, help, samples) in gauges {
        page.head(name, "gauge", help);
        for thread in threads.iter().filter(|thread| thread.name.contains("stage")) {
            let seconds = samples(thread).load(Relaxed) as f64 / f64::from(cooee_audio::RATE);
            page.line(name, &format!("{{thread=\"{}\"}}", thread.name), seconds);
        }
    }
}

fn sending(page: &mut Page, threads: &[Arc<ThreadFigures>]) {
    let sum = |counter: fn(&ThreadFigures) -> &AtomicU64| threads.iter().map(|t| counter(t).load(Relaxed)).sum::<u64>();
    page.head("cooee_seal_seconds", "summary", "Time for sealing packets of the mix, and how many there were.");
    page.line("cooee_seal_seconds_sum", "", sum(|t| &t.seal_ns) as f64 / 1e9);
    page.line("cooee_seal_seconds_count", "", sum(|t| &t.sealed));
    page.head("cooee_send_seconds", "summary", "Time for handing them to the kernel.");
    page.line("cooee_send_seconds_sum", "", sum(|t| &t.send_ns) as f64 / 1e9);
    page.line("cooee_send_seconds_count", "", sum(|t| &t.sealed));
}

fn times<'a>(
    threads: &'a [Arc<ThreadFigures>],
    part: &str,
    of: fn(&ThreadFigures) -> &Histogram,
) -> Vec<(String, &'a Histogram)> {
    let named = threads.iter().filter(|thread| thread.name.contains(part));
    named.map(|thread| (format!("thread=\"{}\"", thread.name), of(thread))).collect()
}

fn cpu(page: &mut Page, threads: &[Arc<ThreadFigures>]) {
    page.head("cooee_thread_cpu_seconds_total", "counter", "CPU time of the engine's threads.");
    for thread in threads {
        if let Some(time) = thread.cpu_time() {
            let labels = format!("{{thread=\"{}\"}}", thread.name);
            page.line("cooee_thread_cpu_seconds_total", &labels, time.as_secs_f64());
        }
    }
}
