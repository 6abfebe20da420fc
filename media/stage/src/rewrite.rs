//! One continuous RTP stream out of many that take turns.

use std::time::Instant;

use crate::{Csrc, Packet};

/// A jump of the incoming sequence beyond this is a new beginning, not loss (RFC 3550 A.1 uses the same bound).
const MAX_JUMP: i16 = 3000;
/// How far behind the newest packet one is still told from a repetition.
const WINDOW: u64 = 64;
/// RTP ticks per millisecond.
const TICKS_PER_MS: u128 = 48;
/// The least that time moves on when the source changes: one frame of 20 ms.
const FRAME_TICKS: u32 = 960;

/// The header of a rewritten packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// Extended sequence number; never given twice.
    pub sequence: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// RTP marker: the source's own, and the first packet after a change.
    pub marker: bool,
}

/// Rewrites the packets of changing sources into one outgoing stream.
///
/// Within one source the distances of sequence and timestamp stay as they were, so that a lost packet can still be asked
/// for and put in its place. Where the source changes the sequence goes on by one, and the timestamp by the time that passed.
#[derive(Clone, Debug)]
pub struct Rewriter {
    next_sequence: u64,
    source: Option<Source>,
    last: Option<(Instant, u32)>,
    first_timestamp: u32,
}

#[derive(Clone, Copy, Debug)]
struct Source {
    csrc: Csrc,
    ssrc: u32,
    /// Outgoing sequence of the first packet: what lies before it belongs to somebody else.
    first: u64,
    newest: u64,
    newest_in: u16,
    /// Bit n: outgoing sequence `newest - n` was given.
    given: u64,
    shift: u32,
}

impl Rewriter {
    /// A stream that begins at these numbers (which the shell draws at random).
    pub fn new(first_sequence: u16, first_timestamp: u32) -> Self {
        Self { next_sequence: u64::from(first_sequence), source: None, last: None, first_timestamp }
    }

    /// The header for `packet` of `from`, or `None` if it must not be sent: a repetition, or too old to have a place.
    pub fn rewrite(&mut self, from: Csrc, packet: &Packet) -> Option<Rewritten> {
        let known = self.source.filter(|source| source.csrc == from && source.ssrc == packet.ssrc);
        let step = known.map(|source| packet.sequence.wrapping_sub(source.newest_in) as i16);
        let (Some(mut source), Some(step)) = (known, step.filter(|step| step.unsigned_abs() < MAX_JUMP as u16)) else {
            return Some(self.begin(from, packet));
        };
        let sequence = source.place(step)?;
        source.newest_in = if step > 0 { packet.sequence } else { source.newest_in };
        self.source = Some(source);
        self.next_sequence = source.newest + 1;
        let timestamp = packet.timestamp.wrapping_add(source.shift);
        if step > 0 {
            self.last = Some((packet.arrival, timestamp));
        }
        Some(Rewritten { sequence, timestamp, marker: packet.marker })
    }

    fn begin(&mut self, from: Csrc, packet: &Packet) -> Rewritten {
        let timestamp = match self.last {
            None => self.first_timestamp,
            Some((arrival, last)) => {
                let passed = packet.arrival.saturating_duration_since(arrival).as_micros() * TICKS_PER_MS / 1000;
                last.wrapping_add((passed as u32).max(FRAME_TICKS))
            }
        };
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.last = Some((packet.arrival, timestamp));
        self.source = Some(Source {
            csrc: from,
            ssrc: packet.ssrc,
            first: sequence,
            newest: sequence,
            newest_in: packet.sequence,
            given: 1,
            shift: timestamp.wrapping_sub(packet.timestamp),
        });
        Rewritten { sequence, timestamp, marker: true }
    }
}

impl Source {
    /// The outgoing sequence of the packet `step` after the newest one, if it has not been given.
    fn place(&mut self, step: i16) -> Option<u64> {
        if step > 0 {
            let step = u64::from(step.unsigned_abs());
            self.newest += step;
            self.given = if step < WINDOW { self.given << step | 1 } else { 1 };
            return Some(self.newest);
        }
        let back = u64::from(step.unsigned_abs());
        let sequence = self.newest.checked_sub(back).filter(|sequence| *sequence >= self.first)?;
        if back >= WINDOW || self.given & (1 << back) != 0 {
            return None;
        }
        self.given |= 1 << back;
        Some(sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use proptest::prelude::*;
    use std::collections::HashSet;
    use std::time::Duration;

    fn packet(start: Instant, at_ms: u64, ssrc: u32, sequence: u16, timestamp: u32) -> Packet {
        let arrival = start + Duration::from_millis(at_ms);
        Packet { ssrc, sequence, timestamp, marker: false, arrival, payload: Bytes::new() }
    }

    #[test]
    fn a_stream_keeps_its_distances() {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(100, 5000);
        let first = rewriter.rewrite(Csrc(1), &packet(now, 0, 9, 65535, 77)).unwrap();
        let lost_one = rewriter.rewrite(Csrc(1), &packet(now, 40, 9, 1, 77 + 1920)).unwrap();
        let late = rewriter.rewrite(Csrc(1), &packet(now, 41, 9, 0, 77 + 960)).unwrap();
        assert_eq!(first, Rewritten { sequence: 100, timestamp: 5000, marker: true });
        assert_eq!(lost_one, Rewritten { sequence: 102, timestamp: 6920, marker: false });
        assert_eq!(late, Rewritten { sequence: 101, timestamp: 5960, marker: false });
    }

    #[test]
    fn a_new_source_goes_on_after_the_old_one() {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(0, 0);
        rewriter.rewrite(Csrc(1), &packet(now, 0, 9, 500, 1_000_000));
        let other = rewriter.rewrite(Csrc(2), &packet(now, 100, 8, 3, 7)).unwrap();
        assert_eq!(other, Rewritten { sequence: 1, timestamp: 4800, marker: true });
    }

    #[test]
    fn a_preroll_older_than_what_was_sent_still_moves_time_forward() {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(0, 0);
        rewriter.rewrite(Csrc(1), &packet(now, 100, 9, 500, 0));
        let other = rewriter.rewrite(Csrc(2), &packet(now, 40, 8, 3, 7)).unwrap();
        assert_eq!(other.timestamp, 960);
    }

    #[test]
    fn a_repetition_and_a_packet_from_before_the_turn_are_dropped() {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(0, 0);
        rewriter.rewrite(Csrc(1), &packet(now, 0, 9, 500, 0));
        assert_eq!(rewriter.rewrite(Csrc(1), &packet(now, 1, 9, 500, 0)), None);
        assert_eq!(rewriter.rewrite(Csrc(1), &packet(now, 2, 9, 499, 0)), None);
    }

    #[test]
    fn a_sender_that_begins_anew_goes_on_at_the_next_number() {
        let now = Instant::now();
        let mut rewriter = Rewriter::new(0, 0);
        rewriter.rewrite(Csrc(1), &packet(now, 0, 9, 500, 0));
        let jumped = rewriter.rewrite(Csrc(1), &packet(now, 20, 9, 40_000, 99)).unwrap();
        let another = rewriter.rewrite(Csrc(1), &packet(now, 40, 10, 7, 3)).unwrap();
        assert_eq!((jumped.sequence, jumped.marker), (1, true));
        assert_eq!((another.sequence, another.timestamp), (2, 1920));
    }

    proptest! {
        #[test]
        fn no_sequence_number_is_ever_given_twice(
            packets in prop::collection::vec((0..3_u32, 0..2_u32, any::<u16>(), 0..200_u16, 0..30_u64), 1..400)
        ) {
            let mut now = Instant::now();
            let mut rewriter = Rewriter::new(65_500, 1);
            let mut given = HashSet::new();
            for (csrc, ssrc, base, step, wait) in packets {
                now += Duration::from_millis(wait);
                let sequence = if step == 0 { base } else { step };
                let sent = rewriter.rewrite(Csrc(csrc), &packet(now, 0, ssrc, sequence, u32::from(sequence) * 960));
                if let Some(sent) = sent {
                    prop_assert!(given.insert(sent.sequence), "{} was given twice", sent.sequence);
                }
            }
        }
    }
}
