//! The server's streams at the client, and the client's own.

use super::Media;
use super::offer::{OPUS, RED};
use crate::Dropped;
use crate::rtcp::Block;
use crate::rtp::{Header, Parsed};
use crate::srtp::{Master, Opener, Sealer};

/// What is received of the server's streams.
#[derive(Debug)]
pub(super) struct Incoming {
    streams: Vec<Stream>,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    opener: Opener,
    first: Option<u64>,
    highest: u64,
    received: u64,
    /// Expected and received at the last report.
    reported: (u64, u64),
}

impl Incoming {
    pub(super) fn new(ssrcs: &[u32], master: &Master) -> Incoming {
        let stream = |&ssrc: &u32| Stream {
            ssrc,
            opener: Opener::new(master),
            first: None,
            highest: 0,
            received: 0,
            reported: (0, 0),
        };
        Incoming { streams: ssrcs.iter().map(stream).collect() }
    }

    pub(super) fn open<'a>(&mut self, datagram: &'a mut [u8]) -> Result<Media<'a>, Dropped> {
        let ssrc = Parsed::read(datagram).ok_or(Dropped::Malformed)?.ssrc;
        let slot = self.streams.iter().position(|stream| stream.ssrc == ssrc);
        let slot = slot.ok_or(Dropped::OutOfPlace)?;
        let stream = &mut self.streams[slot];
        let opened = stream.opener.open(datagram)?;
        stream.first.get_or_insert(opened.index);
        stream.highest = stream.highest.max(opened.index);
        stream.received += 1;
        let (header, rest) = datagram.split_at(opened.header.header_len);
        let payload = &rest[..opened.end - header.len()];
        Ok(Media {
            slot,
            sequence: opened.index,
            timestamp: opened.header.timestamp,
            marker: opened.header.marker,
            red: opened.header.payload_type == RED,
            header,
            payload: opened.header.unpad(payload).ok_or(Dropped::Malformed)?,
        })
    }

    /// The SSRC of a slot.
    pub(super) fn ssrc(&self, slot: usize) -> Option<u32> {
        self.streams.get(slot).map(|stream| stream.ssrc)
    }

    /// How each stream was received since the last call.
    pub(super) fn report(&mut self) -> impl Iterator<Item = Block> + '_ {
        self.streams.iter_mut().filter_map(Stream::report)
    }
}

impl Stream {
    fn report(&mut self) -> Option<Block> {
        let expected = self.highest + 1 - self.first?;
        let (expected_before, received_before) = std::mem::replace(&mut self.reported, (expected, self.received));
        let (expected, received) = (expected - expected_before, self.received - received_before);
        let lost = expected.saturating_sub(received);
        Some(Block {
            ssrc: self.ssrc,
            fraction_lost: (lost * 256).checked_div(expected).unwrap_or(0).min(255) as u8,
            lost: 0,
            highest: self.highest as u32,
            jitter: 0,
            last_report: 0,
            delay: 0,
        })
    }
}

/// Sealed packets that can be asked for again: more than a second.
const KEPT: u64 = 64;

/// What a speaker sends.
#[derive(Debug)]
pub(super) struct Outgoing {
    ssrc: u32,
    sealer: Sealer,
    next: u64,
    kept: Vec<Vec<u8>>,
}

impl Outgoing {
    pub(super) fn new(ssrc: u32, first_sequence: u16, master: &Master) -> Outgoing {
        Outgoing {
            ssrc,
            sealer: Sealer::new(master),
            next: u64::from(first_sequence),
            kept: vec![Vec::new(); KEPT as usize],
        }
    }

    pub(super) fn send(&mut self, timestamp: u32, marker: bool, payload: &[u8], out: &mut [u8]) -> Option<usize> {
        let index = self.next;
        let header =
            Header { payload_type: OPUS, marker, sequence: index as u16, timestamp, ssrc: self.ssrc, csrcs: &[] };
        let header_len = header.write(out)?;
        let len = header_len + payload.len();
        out.get_mut(header_len..len)?.copy_from_slice(payload);
        self.next += 1;
        let len = self.sealer.seal(out, header_len, len, self.ssrc, index)?;
        let kept = &mut self.kept[(index % KEPT) as usize];
        kept.clear();
        kept.extend_from_slice(&out[..len]);
        Some(len)
    }

    /// A packet as it was sent before.
    pub(super) fn kept(&self, sequence: u16) -> Option<&[u8]> {
        let behind = u64::from((self.next as u16).wrapping_sub(sequence));
        let index = self.next.checked_sub(behind)?;
        let kept = &self.kept[(index % KEPT) as usize];
        ((1..=KEPT).contains(&behind) && !kept.is_empty()).then_some(kept)
    }
}
