//! One speaker.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use cooee_audio::CodecError;
use cooee_session::MAX_DATAGRAM;
use cooee_session::client::Client;

use super::{Guest, Mode, Speech, Window, marked};
use crate::ear::Ear;
use crate::net::{Port, Seat, Stamp};

/// RTP ticks of a frame.
const TICKS: u32 = 960;
/// Packets of everybody that are remembered: several seconds.
const REMEMBERED: usize = 1500;
/// Payloads below this are silence, and alike.
const DISTINCT: usize = 12;

/// When payloads were sent, so that they are known again where they arrive.
#[derive(Debug, Default)]
pub(super) struct Sent {
    at: HashMap<Box<[u8]>, Stamp>,
    order: VecDeque<Box<[u8]>>,
}

impl Sent {
    fn note(&mut self, payload: &[u8], at: Stamp) {
        if self.order.len() == REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.at.remove(&oldest);
        }
        if self.at.insert(payload.into(), at).is_none() {
            self.order.push_back(payload.into());
        }
    }

    /// Notes that a payload came; whether somebody had sent it.
    pub(super) fn arrived(&self, payload: &[u8], at: Stamp, window: &mut Window) {
        match self.at.get(payload) {
            Some(sent) if payload.len() >= DISTINCT => window.delays.push(at.since(*sent)),
            Some(_) => {}
            None => window.unknown += 1,
        }
    }
}

pub(super) struct Talker {
    pub(super) client: Client,
    pub(super) seat: Seat,
    pub(super) connected: bool,
    /// When the client has to be polled.
    pub(super) due: Instant,
    /// When the next frame is to be sent.
    pub(super) next: Instant,
    speech: Speech,
    marks: Vec<Vec<u8>>,
    /// Hears the marks as they are sent.
    ear: Ear,
    frames: u32,
    spoke: bool,
}

impl Talker {
    pub(super) fn new(guest: Guest, number: usize, now: Instant) -> Result<Talker, CodecError> {
        let Guest { seat, client, speech, .. } = guest;
        Ok(Talker {
            client,
            seat,
            connected: false,
            due: now,
            next: now,
            speech,
            marks: marked(number)?,
            ear: Ear::new()?,
            frames: 0,
            spoke: false,
        })
    }

    /// Sends the frame that is due.
    pub(super) fn say(&mut self, mode: Mode, port: &Port, sent: &mut Sent, window: &mut Window) {
        self.next += Duration::from_millis(20);
        self.frames = self.frames.wrapping_add(1);
        let spoke = std::mem::replace(&mut self.spoke, mode != Mode::Quiet);
        let payload = match mode {
            _ if !self.connected => return,
            Mode::Quiet => return,
            Mode::Speech => &self.speech.next_frame()[..],
            Mode::Marks => &self.marks[self.frames as usize % self.marks.len()],
        };
        let (timestamp, mut buffer) = (self.frames.wrapping_mul(TICKS), [0; MAX_DATAGRAM]);
        let Some((to, len)) = self.client.send(timestamp, !spoke, payload, &mut buffer) else { return };
        let at = Stamp::now();
        port.send(self.seat, to, &buffer[..len]);
        window.sent += 1;
        sent.note(payload, at);
        if mode == Mode::Marks {
            self.ear.hear(at, timestamp, payload);
        }
    }

    pub(super) fn take(&mut self, window: &mut Window) {
        window.connected += usize::from(self.connected);
        window.marks.extend(self.ear.take().onsets);
    }
}
