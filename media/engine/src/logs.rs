//! What the engine's code logs (`tracing`), kept until Python asks.
//!
//! A place in the code that logs without end is heard now and then, with how often it was not; a reader who does not come costs
//! nothing but the lines beyond a bound. Who logs never waits.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use tracing::callsite::Identifier;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Lines that may wait to be read.
const UNREAD: usize = 256;
/// Lines of one place in the code…
const BURST: u64 = 20;
/// …in this time. Further ones are counted.
const PERIOD: Duration = Duration::from_secs(10);

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// `error`, `warning` or `info`.
    pub level: &'static str,
    /// The part of the engine that says it.
    pub part: String,
    /// What it says.
    pub said: String,
    /// Names and values.
    pub fields: Vec<(String, String)>,
    /// How often the same place said it unheard, since the last line of it.
    pub unheard: u64,
}

/// Gathers what is logged in this process from now on. Doing it twice changes nothing, and a program that has another
/// subscriber keeps it.
pub fn gather_logs() {
    _ = tracing::subscriber::set_global_default(Gatherer::new(lines()));
}

/// The lines since the last call.
pub fn take_logs() -> Vec<LogLine> {
    lines().receiver.try_iter().take(UNREAD).collect()
}

/// How many lines found no room.
pub(crate) fn dropped() -> u64 {
    lines().dropped.load(Relaxed)
}

fn lines() -> &'static Lines {
    static LINES: OnceLock<Lines> = OnceLock::new();
    LINES.get_or_init(Lines::new)
}

struct Lines {
    sender: Sender<LogLine>,
    receiver: Receiver<LogLine>,
    dropped: AtomicU64,
}

impl Lines {
    fn new() -> Self {
        let (sender, receiver) = bounded(UNREAD);
        Self { sender, receiver, dropped: AtomicU64::new(0) }
    }
}

/// The `tracing` subscriber. It knows no spans: the engine has none.
struct Gatherer {
    lines: &'static Lines,
    places: Mutex<HashMap<Identifier, Place>>,
}

/// How much a place in the code has said lately.
struct Place {
    since: Instant,
    said: u64,
    unheard: u64,
}

impl Place {
    /// Whether a line is heard, and how many before it were not.
    fn speaks(&mut self, now: Instant) -> Option<u64> {
        if now.saturating_duration_since(self.since) >= PERIOD {
            (self.since, self.said) = (now, 0);
        }
        self.said += 1;
        if self.said > BURST {
            self.unheard += 1;
            return None;
        }
        Some(std::mem::take(&mut self.unheard))
    }
}

impl Gatherer {
    fn new(lines: &'static Lines) -> Self {
        Self { lines, places: Mutex::default() }
    }

    /// Whether the place may say something now, and how often it was not heard since it last did.
    fn may_speak(&self, now: Instant, place: Identifier) -> Option<u64> {
        // Whoever logs does not wait for another who does.
        let Ok(mut places) = self.places.try_lock() else {
            self.drop_one();
            return None;
        };
        places.entry(place).or_insert(Place { since: now, said: 0, unheard: 0 }).speaks(now)
    }

    fn put(&self, line: LogLine) {
        if self.lines.sender.try_send(line).is_err() {
            self.drop_one();
        }
    }

    fn drop_one(&self) {
        self.lines.dropped.fetch_add(1, Relaxed);
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warning",
        _ => "info",
    }
}

impl Visit for LogLine {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.said);
        } else {
            self.fields.push((field.name().to_owned(), value.to_owned()));
        }
    }
}

impl Subscriber for Gatherer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    /// What is finer costs one load and a comparison where it stands.
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        let about = event.metadata();
        let Some(unheard) = self.may_speak(Instant::now(), about.callsite()) else { return };
        let (level, part) = (word(*about.level()), about.target().to_owned());
        let mut line = LogLine { level, part, said: String::new(), fields: Vec::new(), unheard };
        event.record(&mut line);
        self.put(line);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has `log` heard by a subscriber of this thread's own.
    fn heard(log: impl FnOnce()) -> (Vec<LogLine>, u64) {
        let lines: &Lines = Box::leak(Box::new(Lines::new()));
        tracing::subscriber::with_default(Gatherer::new(lines), log);
        (lines.receiver.try_iter().collect(), lines.dropped.load(Relaxed))
    }

    #[test]
    fn a_line_has_what_was_said_and_its_fields() {
        let (lines, _) = heard(|| {
            tracing::error!(struck = "mix", times = 3, "a bug was met");
            tracing::warn!(error = %"no way", "it failed");
            tracing::info!("so it is");
            tracing::debug!("not of interest");
        });
        let seen: Vec<_> = lines.iter().map(|line| (line.level, line.said.as_str())).collect();
        assert_eq!(seen, [("error", "a bug was met"), ("warning", "it failed"), ("info", "so it is")]);
        let fields = [("struck", "mix"), ("times", "3")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(lines[0].fields, fields);
        assert!(lines[0].part.starts_with("cooee_engine::logs"));
    }

    #[test]
    fn a_place_that_says_it_without_end_is_heard_a_few_times_and_others_still_are() {
        let (lines, dropped) = heard(|| {
            for number in 0..1_000 {
                tracing::error!(number, "again");
            }
            tracing::error!("something else");
        });
        assert_eq!((lines.len() as u64, dropped), (BURST + 1, 0));
        assert_eq!(lines.last().map(|line| line.said.as_str()), Some("something else"));
    }

    #[test]
    fn after_a_while_it_is_heard_again_with_how_often_it_was_not() {
        let start = Instant::now();
        let mut place = Place { since: start, said: 0, unheard: 0 };
        let heard = (0..100).filter(|_| place.speaks(start).is_some()).count() as u64;
        assert_eq!(heard, BURST);
        assert_eq!(place.speaks(start + PERIOD), Some(100 - BURST));
        assert_eq!(place.speaks(start + PERIOD), Some(0));
    }

    #[test]
    fn lines_that_nobody_reads_are_dropped_and_counted() {
        let line = LogLine { level: "info", part: String::new(), said: String::new(), fields: Vec::new(), unheard: 0 };
        let gatherer = Gatherer::new(Box::leak(Box::new(Lines::new())));
        for _ in 0..UNREAD + 7 {
            gatherer.put(line.clone());
        }
        assert_eq!(gatherer.lines.receiver.try_iter().count(), UNREAD);
        assert_eq!(gatherer.lines.dropped.load(Relaxed), 7);
    }
}
