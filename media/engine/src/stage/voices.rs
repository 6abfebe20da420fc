//! The file speakers of a Space, in step with each other.

use std::sync::Arc;
use std::time::Instant;

use cooee_audio::{FRAME_TIME, Voice};
use cooee_stage::{Packet, Participant};

/// After a stall only so many frames are made up.
const LATE: u64 = 3;

struct Playing {
    participant: Participant,
    voice: Arc<Voice>,
    ssrc: u32,
}

/// Voices that began at the same instant.
#[derive(Default)]
pub(super) struct Voices {
    playing: Vec<Playing>,
    start: Option<Instant>,
    next: u64,
}

impl Voices {
    /// Adds a voice, or gives its participant another one.
    pub(super) fn add(&mut self, participant: Participant, voice: Arc<Voice>, now: Instant) {
        self.start.get_or_insert(now);
        self.playing.retain(|playing| playing.participant != participant);
        let ssrc = self.playing.len() as u32 + 1;
        self.playing.push(Playing { participant, voice, ssrc });
    }

    /// Hands over the packets that are due.
    pub(super) fn play(&mut self, now: Instant, mut packet: impl FnMut(&str, &Packet)) {
        let Some(start) = self.start else { return };
        let due = (now.saturating_duration_since(start).as_micros() / FRAME_TIME.as_micros()) as u64;
        self.next = self.next.max(due.saturating_sub(LATE));
        while self.next <= due {
            for playing in &self.playing {
                let frame = playing.voice.frame(self.next);
                let spoken = Packet {
                    ssrc: playing.ssrc,
                    sequence: frame.sequence,
                    timestamp: frame.timestamp,
                    marker: false,
                    arrival: now,
                    payload: frame.payload,
                };
                packet(playing.participant.as_str(), &spoken);
            }
            self.next += 1;
        }
    }
}
