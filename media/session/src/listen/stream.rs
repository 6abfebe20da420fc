//! The packets of one listener: written, remembered, and written again.
//!
//! This file keeps the promise on which AES-GCM rests: no index (roll-over counter and sequence number) leaves twice with
//! different bytes. Each index is used up before sealing; what is sent again is rebuilt from the same mix and compared
//! with the tag of the first time.
//!
//! [`Stream::send`] is the hot path: nothing in it allocates, locks or logs.

use std::time::{Duration, Instant};

use super::Sent;
use crate::mix::{Class, Earlier, History, MixPacket};
use crate::red;
use crate::rtcp::SenderInfo;
use crate::rtp::Header;
use crate::srtp::{MAX_TAG, Sealer};

/// No RTP datagram is larger: it has to fit any path.
const MAX_PACKET: usize = 1_200;
/// More than a second of 20 ms packets.
const REMEMBERED: u64 = 64;
/// A packet that was asked for so often is not coming through.
const MAX_REPEATS: u8 = 8;

#[derive(Debug)]
pub(super) struct Stream {
    ssrc: u32,
    opus: u8,
    red: Option<u8>,
    /// The index of the next packet. Never goes back.
    next: u64,
    timeline: Timeline,
    ring: Box<[Entry; REMEMBERED as usize]>,
    sent: Sent,
}

/// What is needed to write a packet again.
#[derive(Debug, Clone, Copy)]
struct Entry {
    epoch: u32,
    index: u32,
    /// The end of the sealed packet: proves that what was rebuilt is what was sent.
    tag: [u8; 4],
    /// `None`: nothing was sent with this index.
    class: Option<Class>,
    red_depth: u8,
    repeats: u8,
}

const NOTHING: Entry = Entry { epoch: 0, index: 0, tag: [0; 4], class: None, red_depth: 0, repeats: 0 };

/// Makes the timestamps of successive epochs one continuous line.
#[derive(Debug, Default)]
struct Timeline {
    current: Option<Offset>,
    previous: Option<Offset>,
    /// The last packet: when it was sent, and its timestamp as sent.
    last: Option<(Instant, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Offset {
    epoch: u32,
    ticks: u32,
}

impl Stream {
    pub(super) fn new(ssrc: u32, first_sequence: u16, opus: u8, red: Option<u8>) -> Stream {
        Stream {
            ssrc,
            opus,
            red,
            next: u64::from(first_sequence),
            timeline: Timeline::default(),
            ring: Box::new([NOTHING; REMEMBERED as usize]),
            sent: Sent::default(),
        }
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub(super) fn sent(&self) -> Sent {
        self.sent
    }

    /// Writes and seals the next packet; its length, or `None` if it is empty, too large, or of a past epoch.
    pub(super) fn send(
        &mut self,
        sealer: &Sealer,
        now: Instant,
        packet: &MixPacket<'_>,
        red_depth: u8,
        out: &mut [u8],
    ) -> Option<usize> {
        let offset = self.timeline.enter(now, packet)?;
        let red_depth = self.affordable(packet, red_depth);
        let (header_len, len) = self.write(packet, offset, self.next, red_depth, out)?;
        let index = self.next;
        self.next += 1;
        let place = &mut self.ring[(index % REMEMBERED) as usize];
        *place = NOTHING;
        let total = sealer.seal(out, header_len, len, self.ssrc, index)?;
        *place = Entry {
            epoch: packet.epoch,
            index: packet.index,
            tag: *out[..total].last_chunk()?,
            class: Some(packet.class),
            red_depth,
            repeats: 0,
        };
        self.timeline.last = Some((now, packet.timestamp.wrapping_add(offset)));
        self.sent.packets = self.sent.packets.wrapping_add(1);
        self.sent.octets = self.sent.octets.wrapping_add((len - header_len) as u32);
        Some(total)
    }

    /// Writes a packet that was sent once more, byte for byte, or not at all.
    pub(super) fn resend(
        &mut self,
        sealer: &Sealer,
        sequence: u16,
        history: &dyn History,
        out: &mut [u8],
    ) -> Option<usize> {
        let rebuilt = self.rebuild(sealer, sequence, history, out);
        let count = if rebuilt.is_some() { &mut self.sent.resent } else { &mut self.sent.not_resent };
        *count = count.wrapping_add(1);
        rebuilt
    }

    fn rebuild(&mut self, sealer: &Sealer, sequence: u16, history: &dyn History, out: &mut [u8]) -> Option<usize> {
        let behind = u64::from((self.next as u16).wrapping_sub(sequence));
        let index = self.next.checked_sub(behind)?;
        if !(1..=REMEMBERED).contains(&behind) {
            return None;
        }
        let entry = &mut self.ring[(index % REMEMBERED) as usize];
        let class = entry.class.filter(|_| entry.repeats < MAX_REPEATS)?;
        entry.repeats += 1;
        let Entry { epoch, index: frame, tag, red_depth, .. } = *entry;
        let packet = history.packet(epoch, frame, class)?;
        let offset = self.timeline.offset(epoch)?;
        let (header_len, len) = self.write(&packet, offset, index, red_depth, out)?;
        let total = sealer.seal(out, header_len, len, self.ssrc, index)?;
        (out[..total].last_chunk() == Some(&tag)).then_some(total)
    }

    /// How many copies the packet can carry.
    fn affordable(&self, packet: &MixPacket<'_>, wished: u8) -> u8 {
        let carries = |earlier: &Earlier<'_>| {
            let len = 12 + 4 * packet.csrcs.len() + red::OVERHEAD + earlier.payload.len() + packet.payload.len();
            red::can_carry(packet.timestamp, earlier) && len + MAX_TAG <= MAX_PACKET
        };
        u8::from(wished > 0 && self.red.is_some() && packet.earlier[0].as_ref().is_some_and(carries))
    }

    /// The lengths of header and packet, without tag.
    fn write(
        &self,
        packet: &MixPacket<'_>,
        offset: u32,
        index: u64,
        red_depth: u8,
        out: &mut [u8],
    ) -> Option<(usize, usize)> {
        let earlier = packet.earlier[0].as_ref().filter(|_| red_depth > 0);
        let header = Header {
            payload_type: if red_depth > 0 { self.red? } else { self.opus },
            marker: packet.marker,
            sequence: index as u16,
            timestamp: packet.timestamp.wrapping_add(offset),
            ssrc: self.ssrc,
            csrcs: packet.csrcs,
        };
        let header_len = header.write(out)?;
        let body = &mut out[header_len..];
        let payload_len = match earlier {
            Some(earlier) => red::write(body, self.opus, packet.timestamp, earlier, packet.payload)?,
            None if red_depth > 0 => return None,
            None => {
                body.get_mut(..packet.payload.len())?.copy_from_slice(packet.payload);
                packet.payload.len()
            }
        };
        let len = header_len + payload_len;
        (payload_len > 0 && len + MAX_TAG <= MAX_PACKET).then_some((header_len, len))
    }

    /// What a sender report says, or `None` before the first packet. `ntp` is the clock at `now`.
    pub(super) fn sender_info(&self, now: Instant, ntp: u64) -> Option<SenderInfo> {
        let (at, timestamp) = self.timeline.last?;
        Some(SenderInfo {
            ssrc: self.ssrc,
            ntp,
            timestamp: timestamp.wrapping_add(ticks(now - at)),
            packets: self.sent.packets,
            octets: self.sent.octets,
        })
    }
}

impl Timeline {
    /// What to add to the timestamps of the packet's epoch; `None` if that epoch is over.
    fn enter(&mut self, now: Instant, packet: &MixPacket<'_>) -> Option<u32> {
        let epoch = packet.epoch;
        match self.current {
            Some(current) if current.epoch == epoch => return Some(current.ticks),
            Some(current) if current.epoch > epoch => return None,
            _ => {}
        }
        let ticks = self.last.map_or(0, |(at, timestamp)| {
            let elapsed = ticks(now - at).max(packet.class.ticks());
            timestamp.wrapping_add(elapsed).wrapping_sub(packet.timestamp)
        });
        self.previous = self.current.replace(Offset { epoch, ticks });
        Some(ticks)
    }

    fn offset(&self, epoch: u32) -> Option<u32> {
        let known = [self.current, self.previous].into_iter().flatten();
        known.filter(|offset| offset.epoch == epoch).map(|offset| offset.ticks).next()
    }
}

/// A span of time on the RTP clock.
fn ticks(span: Duration) -> u32 {
    (span.as_micros() * 48 / 1_000) as u32
}
