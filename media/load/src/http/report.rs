//! What the guests found, in figures.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Visit;
use super::feed::FeedReport;
use super::visit::Doors;
use crate::sound::{Network, Sound};
use crate::stats::{Times, round};
use crate::{crowd, talk};

/// What crowd and speakers noticed while guests joined, and when all were there.
pub(super) struct Windows {
    pub(super) joined: crowd::Window,
    pub(super) steady: crowd::Window,
    pub(super) spoken: talk::Window,
    pub(super) speaking: talk::Window,
}

/// The figures of a visit.
#[derive(Debug, Serialize)]
pub struct Report {
    run: &'static str,
    listeners: usize,
    wanted: u32,
    seconds: f64,
    join: Joins,
    network: Network,
    speakers: Option<Speakers>,
    feed: Option<FeedReport>,
    checks: Sound,
    /// Whether everybody was let in, and everything that came was authentic and sound.
    ok: bool,
}

#[derive(Debug, Serialize)]
struct Joins {
    /// From asking to join to the first packet.
    first_packet: Option<Times>,
    /// `POST …/join`.
    join: Option<Times>,
    /// `POST /whep/…`.
    whep: Option<Times>,
    /// Who was not let in, by what was said.
    refused: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize)]
struct Speakers {
    connected: usize,
    sent: u64,
    forwarded: u64,
    /// Packets through slots that nobody here had sent: of others on stage.
    forwarded_of_others: u64,
    not_authentic: u64,
    failed_sessions: usize,
    /// From a speaker's packet leaving them to its arrival at another speaker.
    forward: Option<Times>,
}

pub(super) fn of(visit: &Visit, doors: Doors, windows: Windows, feed: Option<FeedReport>) -> Report {
    let Windows { joined, steady, spoken, speaking } = windows;
    let checks = Sound::of(&steady, &[&joined]);
    let speakers = (!visit.speakers.is_empty()).then(|| Speakers {
        connected: speaking.connected,
        sent: speaking.sent,
        forwarded: speaking.forwarded,
        forwarded_of_others: speaking.unknown,
        not_authentic: spoken.not_authentic + speaking.not_authentic,
        failed_sessions: spoken.closed + speaking.closed,
        forward: Times::of(speaking.delays),
    });
    let talked = speakers.as_ref().is_none_or(|speakers| speakers.pass(visit.speakers.len()));
    let heeded = feed.as_ref().is_none_or(FeedReport::is_ok);
    Report {
        run: "http",
        listeners: steady.connected,
        wanted: visit.listeners,
        seconds: round(steady.time.as_secs_f64(), 1),
        ok: doors.refused.is_empty() && checks.passes() && talked && heeded,
        join: Joins {
            first_packet: Times::of(joined.joins),
            join: Times::of(doors.joins),
            whep: Times::of(doors.posts),
            refused: doors.refused,
        },
        network: Network::of(&steady),
        speakers,
        feed,
        checks,
    }
}

impl Speakers {
    fn pass(&self, wanted: usize) -> bool {
        self.connected == wanted && self.not_authentic == 0 && self.failed_sessions == 0
    }
}

impl Report {
    /// Whether everybody was let in, and everything that came was authentic and sound.
    pub fn is_ok(&self) -> bool {
        self.ok
    }
}
