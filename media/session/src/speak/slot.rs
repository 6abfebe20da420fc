//! One slot: a stream of ours in which different people are heard one after another.

use std::time::Instant;

use super::SlotPacket;
use crate::rtcp::SenderInfo;
use crate::rtp::Header;
use crate::srtp::{Sealer, Window};

/// More than a second of packets can be sent again.
const KEPT: usize = 64;
/// A source that jumps further than this has begun anew.
const MAX_JUMP: u64 = 200;
/// A packet that was asked for so often is not coming through.
const MAX_REPEATS: u8 = 8;
/// One frame of 20 ms on the RTP clock.
const FRAME: u32 = 960;

#[derive(Debug)]
pub(super) struct Slot {
    ssrc: u32,
    payload_type: u8,
    /// One more than the highest index sent.
    next: u64,
    /// What was sent: no index is sealed twice.
    used: Window,
    run: Option<Run>,
    /// The first packet: the slot's own clock begins with it.
    origin: Option<Instant>,
    /// The highest timestamp sent, and when.
    last: Option<(Instant, u32)>,
    kept: Vec<Kept>,
    packets: u32,
    octets: u32,
}

/// A time in which one source is heard.
#[derive(Debug, Clone, Copy)]
struct Run {
    csrc: u32,
    /// Our first index in it; what is older belongs to the run before.
    first: u64,
    /// Our index minus the source's.
    shift: u64,
    /// Our timestamp minus the source's.
    ticks: u32,
}

/// A packet as it was sealed.
#[derive(Debug, Default)]
struct Kept {
    index: u64,
    repeats: u8,
    bytes: Vec<u8>,
}

impl Slot {
    pub(super) fn new(ssrc: u32, payload_type: u8, first_sequence: u16) -> Slot {
        Slot {
            ssrc,
            payload_type,
            next: u64::from(first_sequence),
            used: Window::default(),
            run: None,
            origin: None,
            last: None,
            kept: std::iter::repeat_with(Kept::default).take(KEPT).collect(),
            packets: 0,
            octets: 0,
        }
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Writes and seals a packet; its length, or `None` if it is too late, was sent before, or does not fit.
    pub(super) fn send(
        &mut self,
        sealer: &Sealer,
        now: Instant,
        packet: &SlotPacket<'_>,
        out: &mut [u8],
    ) -> Option<usize> {
        let (run, begins) = self.run_of(now, packet);
        let index = packet.sequence.wrapping_add(run.shift);
        // What was said before the very first packet has a number below zero, which wraps to a huge one.
        let late = (index.wrapping_sub(run.first) as i64) < 0;
        if late || !self.used.is_new(index) || packet.payload.is_empty() {
            return None;
        }
        let header = Header {
            payload_type: self.payload_type,
            marker: packet.marker || begins,
            sequence: index as u16,
            timestamp: packet.timestamp.wrapping_add(run.ticks),
            ssrc: self.ssrc,
            csrcs: &[packet.csrc],
        };
        let header_len = header.write(out)?;
        let len = header_len + packet.payload.len();
        out.get_mut(header_len..len)?.copy_from_slice(packet.payload);
        self.used.accept(index);
        self.run = Some(run);
        self.next = self.next.max(index + 1);
        let total = sealer.seal(out, header_len, len, self.ssrc, index)?;
        self.sent(now, header.timestamp, packet.payload.len());
        self.keep(index, &out[..total]);
        Some(total)
    }

    /// The run that a packet belongs to, and whether it begins with it.
    fn run_of(&self, now: Instant, packet: &SlotPacket<'_>) -> (Run, bool) {
        let current = self.run.filter(|run| {
            let index = packet.sequence.wrapping_add(run.shift);
            // A number that has come far from behind wraps to a huge one: that is no jump of the source's.
            let ahead = index.wrapping_sub(self.next) as i64;
            run.csrc == packet.csrc && ahead.unsigned_abs() <= MAX_JUMP
        });
        if let Some(run) = current {
            return (run, false);
        }
        let timestamp = self.timestamp(now);
        let run = Run {
            csrc: packet.csrc,
            first: self.next,
            shift: self.next.wrapping_sub(packet.sequence),
            ticks: timestamp.wrapping_sub(packet.timestamp),
        };
        (run, true)
    }

    /// Where the next run begins: by the slot's own clock, or right after what was sent if that runs ahead of it.
    fn timestamp(&self, now: Instant) -> u32 {
        let (Some(origin), Some((_, last))) = (self.origin, self.last) else { return 0 };
        let clock = ticks(origin, now);
        let ahead = last.wrapping_add(FRAME).wrapping_sub(clock) as i32;
        if ahead > 0 { clock.wrapping_add(ahead as u32) } else { clock }
    }

    fn sent(&mut self, now: Instant, timestamp: u32, octets: usize) {
        self.origin.get_or_insert(now);
        if self.last.is_none_or(|(_, last)| timestamp.wrapping_sub(last) as i32 > 0) {
            self.last = Some((now, timestamp));
        }
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(octets as u32);
    }

    fn keep(&mut self, index: u64, sealed: &[u8]) {
        let kept = &mut self.kept[index as usize % KEPT];
        kept.index = index;
        kept.repeats = 0;
        kept.bytes.clear();
        kept.bytes.extend_from_slice(sealed);
    }

    /// The very bytes that were sent with this sequence number, if they are still there.
    pub(super) fn resend(&mut self, sequence: u16, out: &mut [u8]) -> Option<usize> {
        let behind = u64::from((self.next as u16).wrapping_sub(sequence));
        let index = self.next.checked_sub(behind)?;
        let kept = &mut self.kept[index as usize % KEPT];
        if kept.index != index || kept.bytes.is_empty() || kept.repeats == MAX_REPEATS {
            return None;
        }
        kept.repeats += 1;
        out.get_mut(..kept.bytes.len())?.copy_from_slice(&kept.bytes);
        Some(kept.bytes.len())
    }

    pub(super) fn sender_info(&self, now: Instant, ntp: u64) -> Option<SenderInfo> {
        let (at, timestamp) = self.last?;
        Some(SenderInfo {
            ssrc: self.ssrc,
            ntp,
            timestamp: timestamp.wrapping_add(ticks(at, now)),
            packets: self.packets,
            octets: self.octets,
        })
    }
}

fn ticks(from: Instant, to: Instant) -> u32 {
    (to.saturating_duration_since(from).as_micros() * 48 / 1_000) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use super::*;
    use crate::rtp::Parsed;
    use crate::srtp::{Master, Opener, Profile};

    struct Scene {
        slot: Slot,
        sealer: Sealer,
        opener: Opener,
        now: Instant,
    }

    impl Scene {
        fn new() -> Scene {
            let master = Master::new(Profile::Aes128Gcm, &[1; 16], &[2; 12]).unwrap();
            Scene {
                slot: Slot::new(9, 111, 100),
                sealer: Sealer::new(&master),
                opener: Opener::new(&master),
                now: Instant::now(),
            }
        }

        /// Sends a source's packet; index and timestamp as the receiver sees them.
        fn send(&mut self, csrc: u32, sequence: u64) -> Option<(u64, u32)> {
            self.now += Duration::from_millis(20);
            let packet = SlotPacket {
                csrc,
                sequence,
                timestamp: sequence as u32 * FRAME,
                marker: false,
                payload: &sequence.to_be_bytes(),
            };
            let mut out = [0; 100];
            let len = self.slot.send(&self.sealer, self.now, &packet, &mut out)?;
            let opened = self.opener.open(&mut out[..len]).unwrap();
            Some((opened.index, opened.header.timestamp))
        }
    }

    #[test]
    fn a_change_of_source_continues_sequence_and_time() {
        let mut scene = Scene::new();
        for sequence in 0..10 {
            scene.send(1, 7_000 + sequence).unwrap();
        }
        assert_eq!(scene.send(2, 500_000).map(|sent| sent.0), Some(110));
        let (index, timestamp) = scene.send(2, 500_001).unwrap();
        assert_eq!((index, timestamp), (111, 11 * FRAME));
        assert_eq!(scene.send(1, 7_010).map(|sent| sent.0), Some(112), "back again");
    }

    #[test]
    fn gaps_and_late_packets_of_a_source_stay_what_they_are() {
        let mut scene = Scene::new();
        assert_eq!(scene.send(1, 50), Some((100, 0)));
        assert_eq!(scene.send(1, 53), Some((103, 3 * FRAME)));
        assert_eq!(scene.send(1, 52), Some((102, 2 * FRAME)));
        assert_eq!(scene.send(1, 52), None, "once");
        assert_eq!(scene.send(1, 49), None, "before the run began");
        assert_eq!(scene.send(1, 54), Some((104, 4 * FRAME)));
    }

    #[test]
    fn what_was_said_before_a_streams_first_numbers_is_too_late() {
        let mut scene = Scene::new();
        scene.slot = Slot::new(9, 111, 3);
        assert_eq!(scene.send(1, 50), Some((3, 0)));
        assert_eq!(scene.send(1, 46), None, "it would be number -1");
        assert_eq!(scene.send(1, 51), Some((4, FRAME)));
        assert_eq!(scene.slot.next, 5);
    }

    #[test]
    fn a_source_that_begins_anew_is_heard_at_once() {
        let mut scene = Scene::new();
        scene.send(1, 50).unwrap();
        assert_eq!(scene.send(1, 1 << 48).map(|sent| sent.0), Some(101));
        assert_eq!(scene.send(1, (1 << 48) + 1).map(|sent| sent.0), Some(102));
    }

    #[test]
    fn a_burst_of_pre_roll_does_not_push_time_ahead_for_ever() {
        let mut scene = Scene::new();
        for round in 0..50 {
            for sequence in 0..10 {
                // The first four come at once.
                let source = round % 2;
                scene.send(source, u64::from(round) * 1_000 + sequence).unwrap();
                if sequence < 3 {
                    scene.now -= Duration::from_millis(20);
                }
            }
            scene.now += Duration::from_millis(60);
        }
        let (_, last) = scene.slot.last.unwrap();
        let clock = ticks(scene.slot.origin.unwrap(), scene.now);
        assert!(last.abs_diff(clock) < 6 * FRAME, "{last} at {clock}");
    }

    #[test]
    fn what_is_sent_again_is_the_same_to_the_byte() {
        let mut scene = Scene::new();
        let mut first_times = HashMap::new();
        let mut random = fastrand::Rng::with_seed(3);
        let mut out = [0; 100];
        for round in 0..70_000u64 {
            scene.now += Duration::from_millis(20);
            let source = random.u32(0..3);
            let sequence = round + u64::from(random.u8(0..4));
            let payload = [source as u8, round as u8, 3];
            let packet = SlotPacket { csrc: source, sequence, timestamp: 960, marker: false, payload: &payload };
            let len = if random.bool() {
                scene.slot.send(&scene.sealer, scene.now, &packet, &mut out)
            } else {
                scene.slot.resend((scene.slot.next as u16).wrapping_sub(random.u16(0..70)), &mut out)
            };
            let Some(len) = len else { continue };
            let header = Parsed::read(&out[..len]).unwrap();
            let index = crate::srtp::estimate(Some(scene.slot.next), header.sequence);
            let before = first_times.insert(index, out[..len].to_vec());
            assert!(before.is_none_or(|before| before == out[..len]), "{index} sealed twice");
        }
        assert!(first_times.len() > 20_000);
    }
}
