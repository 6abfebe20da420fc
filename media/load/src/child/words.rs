//! What is said between the two processes: one JSON object a line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The Space of every run.
pub(super) const SPACE: &str = "load";

/// How the engine is to be.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Settings {
    /// Length of all packets in ms; without it the engine chooses.
    pub class_ms: Option<u16>,
    /// Threads of listeners; 0 is one per core.
    pub listener_threads: usize,
}

/// What the engine is asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Ask {
    /// Start, and open the Space.
    Start(Settings),
    /// Who may speak: participant and CSRC.
    Stage(Vec<(String, u32)>),
    Speak {
        participant: String,
        offer: String,
    },
    Listen {
        participant: String,
        offer: String,
    },
    Figures,
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    Done,
    Answer(String),
    Figures(Box<Figures>),
    Refused(String),
}

/// What the engine has used so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Figures {
    /// CPU time of all the process, in microseconds.
    pub process_us: u64,
    /// CPU time of answering offers, in microseconds.
    pub doors_us: u64,
    /// CPU time of the engine's threads, in microseconds.
    pub threads_us: BTreeMap<String, u64>,
    /// Bytes allocated from the C heap.
    pub heap_bytes: u64,
    /// Datagrams sent.
    pub packets_sent: u64,
    /// Time for sealing the mix, in microseconds, and how many packets were sealed.
    pub sealing_us: u64,
    /// Time for handing them to the kernel, in microseconds.
    pub sending_us: u64,
    /// Packets of the mix that were sealed.
    pub sealed: u64,
    /// What the longest jitter buffer aims at, in milliseconds.
    pub jitter_target_ms: f64,
    /// How long the longest one holds sound back, in milliseconds.
    pub jitter_delay_ms: f64,
    /// Packets that went nowhere, by reason.
    pub dropped: BTreeMap<String, u64>,
}
