//! What a speaker sends: opened, counted, and asked for again where it is missing.

use std::time::{Duration, Instant};

use arrayvec::ArrayVec;

use super::Packet;
use crate::Dropped;
use crate::rtcp::{Block, SenderInfo};
use crate::rtp::{self, Parsed};
use crate::srtp::{Master, Opened, Opener};

/// A larger gap is not a loss but an interruption: too late to be repaired.
const MAX_GAP: u64 = 32;
/// About a round trip: then it is asked for again.
const ASK_AGAIN: Duration = Duration::from_millis(60);
/// So often.
const MAX_ASKED: u8 = 4;
/// Opus in its shortest packets (2.5 ms) makes 400 a second; what one peer sends beyond that would be everybody's work. So
/// long a packet counts…
const SHARE: Duration = Duration::from_millis(2);
/// …and so far they may run ahead: five seconds of usual packets that a network held back and let go at once.
const BURST: Duration = SHARE.saturating_mul(250);
/// Opus has at most 510 kbit in a second (RFC 6716 §2.1.1); what is larger fills the way to everybody on stage, and the disk. So
/// long a byte counts…
const BYTE: Duration = Duration::from_micros(15);
/// …and so far bytes may run ahead.
const BYTES_BURST: Duration = Duration::from_secs(5);
/// A peer may begin anew with another source so often; a source that was left does not come back.
const MAX_SOURCES: usize = 8;

#[derive(Debug)]
pub(super) struct Incoming {
    opus: u8,
    level_extension: Option<u8>,
    master: Master,
    source: Option<Source>,
    left: ArrayVec<u32, MAX_SOURCES>,
    started: Instant,
    /// Until when the packets so far would last at the highest rate.
    spent: Instant,
    /// The same for their bytes.
    filled: Instant,
}

#[derive(Debug)]
struct Source {
    ssrc: u32,
    opener: Opener,
    first: u64,
    highest: u64,
    received: u64,
    /// Expected and received at the last report.
    reported: (u64, u64),
    /// In units of 1/16 tick (RFC 3550 appendix A.8).
    jitter: u32,
    transit: Option<u32>,
    holes: ArrayVec<Hole, { MAX_GAP as usize }>,
    heard: Option<(u64, Instant)>,
}

#[derive(Debug, Clone, Copy)]
struct Hole {
    index: u64,
    asked: u8,
    due: Instant,
}

impl Incoming {
    pub(super) fn new(opus: u8, level_extension: Option<u8>, master: Master, now: Instant) -> Incoming {
        let (source, left) = (None, ArrayVec::new());
        Incoming { opus, level_extension, master, source, left, started: now, spent: now, filled: now }
    }

    /// Opens a packet in place, and says whether it is the first of a new source.
    pub(super) fn open<'a>(&mut self, now: Instant, datagram: &'a mut [u8]) -> Result<(Packet<'a>, bool), Dropped> {
        let header = Parsed::read(datagram).ok_or(Dropped::Malformed)?;
        if header.payload_type != self.opus {
            return Err(Dropped::OutOfPlace);
        }
        let known = self.source.as_ref().is_some_and(|source| source.ssrc == header.ssrc);
        let opened = match &mut self.source {
            Some(source) if known => source.opener.open(datagram)?,
            _ => self.begin(header.ssrc, datagram)?,
        };
        let source = self.source.as_mut().ok_or(Dropped::OutOfPlace)?;
        source.count(now, &opened);
        source.hear(now, self.started, header.timestamp);
        let spent = self.spent.max(now) + SHARE;
        let bytes = opened.end.saturating_sub(header.header_len).min(usize::from(u16::MAX)) as u32;
        let filled = self.filled.max(now) + BYTE * bytes;
        if known && (spent > now + BURST || filled > now + BYTES_BURST) {
            return Err(Dropped::TooMany);
        }
        (self.spent, self.filled) = (spent, filled);
        let (head, rest) = datagram.split_at(header.header_len);
        let payload = header.unpad(&rest[..opened.end - header.header_len]);
        let level = self.level_extension.and_then(|id| rtp::extension(head, id)?.first().copied());
        let packet = Packet {
            sequence: ((self.left.len() as u64) << 48) | opened.index,
            timestamp: header.timestamp,
            marker: header.marker,
            audio_level: level.map(|level| -((level & 0x7F) as i8)),
            arrival: now,
            payload: payload.filter(|payload| !payload.is_empty()).ok_or(Dropped::Malformed)?,
        };
        Ok((packet, !known))
    }

    /// A packet of an unknown source: if it is authentic, it takes the place of the one before.
    fn begin(&mut self, ssrc: u32, datagram: &mut [u8]) -> Result<Opened, Dropped> {
        if self.left.contains(&ssrc) || self.left.is_full() {
            return Err(Dropped::OutOfPlace);
        }
        let mut fresh = Opener::new(&self.master);
        let opened = fresh.open(datagram)?;
        let before = self.source.replace(Source {
            ssrc,
            opener: fresh,
            first: opened.index,
            highest: opened.index,
            received: 0,
            reported: (0, 0),
            jitter: 0,
            transit: None,
            holes: ArrayVec::new(),
            heard: None,
        });
        self.left.extend(before.map(|source| source.ssrc));
        Ok(opened)
    }

    /// Notes the peer's clock, to be echoed.
    pub(super) fn sender_report(&mut self, now: Instant, info: &SenderInfo) {
        if let Some(source) = self.source.as_mut().filter(|source| source.ssrc == info.ssrc) {
            source.heard = Some((info.ntp, now));
        }
    }

    /// The source and those of its packets that are to be asked for now.
    pub(super) fn ask(&mut self, now: Instant) -> Option<(u32, ArrayVec<u16, { MAX_GAP as usize }>)> {
        let source = self.source.as_mut()?;
        let mut sequences = ArrayVec::new();
        for hole in source.holes.iter_mut().filter(|hole| now >= hole.due) {
            hole.asked += 1;
            hole.due = now + ASK_AGAIN;
            sequences.push(hole.index as u16);
        }
        source.holes.retain(|hole| hole.asked < MAX_ASKED);
        (!sequences.is_empty()).then_some((source.ssrc, sequences))
    }

    /// When [`Incoming::ask`] has something next.
    pub(super) fn ask_due(&self) -> Option<Instant> {
        self.source.as_ref()?.holes.iter().map(|hole| hole.due).min()
    }

    /// How the source was received since the last report.
    pub(super) fn report(&mut self, now: Instant) -> Option<Block> {
        let source = self.source.as_mut()?;
        let counted = (source.highest + 1 - source.first, source.received);
        let before = std::mem::replace(&mut source.reported, counted);
        let expected = counted.0 - before.0;
        let lost = expected.saturating_sub(counted.1 - before.1);
        let (last_report, delay) =
            source.heard.map_or((0, 0), |(ntp, at)| ((ntp >> 16) as u32, (crate::rtcp::ntp(now - at) >> 16) as u32));
        Some(Block {
            ssrc: source.ssrc,
            fraction_lost: (lost * 256).checked_div(expected).unwrap_or(0).min(255) as u8,
            lost: counted.0.saturating_sub(counted.1).min(0x7F_FFFF) as u32,
            highest: source.highest as u32,
            jitter: source.jitter >> 4,
            last_report,
            delay,
        })
    }
}

impl Source {
    fn count(&mut self, now: Instant, opened: &Opened) {
        let index = opened.index;
        self.received += 1;
        self.first = self.first.min(index);
        if index > self.highest + MAX_GAP {
            self.holes.clear();
        } else {
            for missing in self.highest + 1..index {
                if self.holes.is_full() {
                    self.holes.remove(0);
                }
                self.holes.push(Hole { index: missing, asked: 0, due: now });
            }
        }
        self.highest = self.highest.max(index);
        self.holes.retain(|hole| hole.index != index);
    }

    /// Smooths how unevenly packets arrive.
    fn hear(&mut self, now: Instant, started: Instant, timestamp: u32) {
        let arrival = ((now - started).as_micros() * 48 / 1_000) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = (transit.wrapping_sub(before) as i32).unsigned_abs().min(48_000);
            self.jitter = (self.jitter + difference).saturating_sub((self.jitter + 8) >> 4);
        }
    }
}
