//! The child: it hosts the engine and obeys.

use std::io::{BufRead, Write};
use std::time::Duration;

use cooee_audio::FrameClass;
use cooee_engine::{Config, Engine, EngineError};

use super::words::{Ask, Figures, Reply, SPACE, Settings};
use crate::metrics::Page;
use crate::net::{process_cpu, thread_cpu};

/// Answers line by line until there are no more.
pub fn serve(asks: impl BufRead, mut replies: impl Write) -> std::io::Result<()> {
    let mut child = Child::default();
    for line in asks.lines() {
        let reply = match serde_json::from_str(&line?) {
            Ok(ask) => child.obey(ask).unwrap_or_else(|error| Reply::Refused(error.to_string())),
            Err(error) => Reply::Refused(error.to_string()),
        };
        serde_json::to_writer(&mut replies, &reply)?;
        replies.write_all(b"\n")?;
        replies.flush()?;
    }
    Ok(())
}

#[derive(Default)]
struct Child {
    engine: Option<Engine>,
    doors: Duration,
}

impl Child {
    fn obey(&mut self, ask: Ask) -> Result<Reply, EngineError> {
        if let Ask::Start(settings) = ask {
            self.engine = Some(start(settings)?);
            return Ok(Reply::Done);
        }
        let engine = self.engine.as_ref().ok_or(EngineError::Stopped)?;
        let before = thread_cpu();
        Ok(match ask {
            Ask::Start(_) => Reply::Done,
            Ask::Stage(seats) => {
                let seats = seats.into_iter().map(|(participant, csrc)| (participant, csrc, true)).collect();
                engine.set_stage(SPACE, 1, seats);
                Reply::Done
            }
            Ask::Speak { participant, offer } => {
                Reply::Answer(engine.open_speak(SPACE, &participant, &offer, 0, None)?.sdp)
            }
            Ask::Listen { participant, offer } => {
                let answer = engine.open_listen(SPACE, &participant, &offer, 0)?;
                self.doors += thread_cpu().saturating_sub(before);
                Reply::Answer(answer.sdp)
            }
            Ask::Figures => {
                // Nobody reads the events; the oldest must not pile up.
                engine.poll_events(Duration::ZERO);
                Reply::Figures(Box::new(figures(engine, self.doors)))
            }
        })
    }
}

fn start(settings: Settings) -> Result<Engine, EngineError> {
    let engine = Engine::new(Config {
        node: "load".to_owned(),
        edge_host: "127.0.0.1".to_owned(),
        edge_port: 0,
        advertise: Vec::new(),
        grant_key: vec![7; 32],
        listener_threads: settings.listener_threads,
        stage_threads: 0,
        frame_class: settings.class_ms.and_then(class),
    });
    engine.start()?;
    engine.open_space(SPACE, 1);
    Ok(engine)
}

fn class(ms: u16) -> Option<FrameClass> {
    FrameClass::ALL.into_iter().find(|class| class.time() == Duration::from_millis(ms.into()))
}

fn figures(engine: &Engine, doors: Duration) -> Figures {
    let process_us = process_cpu().as_micros() as u64;
    let text = engine.metrics();
    let page = Page::read(&text);
    let us = |name: &str| (page.sum(name) * 1e6) as u64;
    let longest = |name: &str| page.by_label(name, "thread").map(|(_, seconds)| seconds).fold(0.0, f64::max) * 1000.0;
    let by = |name: &str, label: &str, scale: f64| {
        page.by_label(name, label).map(|(value, figure)| (value.to_owned(), (figure * scale) as u64)).collect()
    };
    Figures {
        process_us,
        doors_us: doors.as_micros() as u64,
        threads_us: by("cooee_thread_cpu_seconds_total", "thread", 1e6),
        heap_bytes: page.sum("cooee_heap_bytes") as u64,
        packets_sent: page.sum("cooee_packets_sent_total") as u64,
        sealing_us: us("cooee_seal_seconds_sum"),
        sending_us: us("cooee_send_seconds_sum"),
        sealed: page.sum("cooee_seal_seconds_count") as u64,
        jitter_target_ms: longest("cooee_jitter_target_seconds"),
        jitter_delay_ms: longest("cooee_jitter_delay_seconds"),
        dropped: by("cooee_packets_dropped_total", "reason", 1.0),
    }
}
