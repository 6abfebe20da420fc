//! One speaker's own packets, in the time of the recording.

use std::collections::BTreeMap;
use std::io::{self, Write};

use bytes::Bytes;

use crate::tape::Tape;

/// Packets wait so long for those that they have overtaken, in samples: 200 ms.
const PATIENCE: u64 = 9_600;
/// A speaker's clock that says something else than ours by more than this is set anew: 1 s.
const MOST_APART: u64 = 48_000;

/// Where on our timeline a packet stood, by which later ones find their place.
#[derive(Clone, Copy)]
struct Anchor {
    ssrc: u32,
    timestamp: u32,
    at: u64,
}

/// One speaker's file.
pub struct Track<W: Write> {
    tape: Tape<W>,
    anchor: Option<Anchor>,
    waiting: BTreeMap<u64, Bytes>,
}

impl<W: Write> Track<W> {
    /// A track on a fresh tape.
    pub fn new(tape: Tape<W>) -> Self {
        Self { tape, anchor: None, waiting: BTreeMap::new() }
    }

    /// Takes a packet that came when the recording was `now` samples long. `timestamp` is its RTP timestamp, 48 kHz.
    pub fn packet(&mut self, now: u64, ssrc: u32, timestamp: u32, opus: Bytes) {
        let at = self.place(now, ssrc, timestamp);
        self.waiting.entry(at).or_insert(opus);
    }

    /// Writes what has waited long enough at `now`.
    pub fn settle(&mut self, now: u64) -> io::Result<()> {
        while let Some(first) = self.waiting.first_entry() {
            if first.key() + PATIENCE > now {
                break;
            }
            let (at, opus) = first.remove_entry();
            self.tape.put(at, &opus)?;
        }
        Ok(())
    }

    /// Where pages go.
    pub fn sink(&self) -> &W {
        self.tape.sink()
    }

    /// Writes what is left, ends the stream, and gives the file back.
    pub fn finish(mut self) -> io::Result<W> {
        self.settle(u64::MAX)?;
        self.tape.finish()
    }

    fn place(&mut self, now: u64, ssrc: u32, timestamp: u32) -> u64 {
        let known = self.anchor.filter(|anchor| anchor.ssrc == ssrc).and_then(|anchor| {
            let step = i64::from(timestamp.wrapping_sub(anchor.timestamp) as i32);
            anchor.at.checked_add_signed(step)
        });
        let at = known.filter(|at| at.abs_diff(now) <= MOST_APART).unwrap_or(now);
        if self.anchor.is_none_or(|anchor| anchor.ssrc != ssrc || at > anchor.at || known != Some(at)) {
            self.anchor = Some(Anchor { ssrc, timestamp, at });
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::remux::RecordedPackets;

    /// 20 ms that can be told apart.
    fn said(n: u8) -> Bytes {
        Bytes::from(vec![0xf8, n, n, n])
    }

    fn track() -> Track<Vec<u8>> {
        Track::new(Tape::new(Vec::new(), 7).unwrap())
    }

    /// At which frames which packets stand.
    fn read(track: Track<Vec<u8>>) -> Vec<(usize, u8)> {
        let packets = RecordedPackets::open(Cursor::new(track.finish().unwrap())).unwrap();
        let said = packets.enumerate().filter(|(_, (packet, _))| packet.len() == 4);
        said.map(|(at, (packet, _))| (at, packet[1])).collect()
    }

    #[test]
    fn packets_that_overtook_each_other_are_in_order_again() {
        let mut track = track();
        for (now, n) in [(0, 0), (1, 2), (2, 1), (3, 3)] {
            track.packet(now * 960, 1, u32::from(n) * 960, said(n));
            track.settle(now * 960).unwrap();
        }
        assert_eq!(read(track), [(0, 0), (1, 1), (2, 2), (3, 3)]);
    }

    #[test]
    fn a_pause_is_as_long_as_the_timestamps_say() {
        let mut track = track();
        track.packet(960 * 5, 1, u32::MAX - 959, said(1));
        track.packet(960 * 16, 1, 960 * 9, said(2));
        assert_eq!(read(track), [(5, 1), (15, 2)], "the second was held up on its way");
    }

    #[test]
    fn another_source_or_a_clock_far_off_begins_where_the_recording_is() {
        let mut track = track();
        track.packet(0, 1, 0, said(1));
        track.packet(960 * 10, 2, 77, said(2));
        track.packet(960 * 20, 2, 77 + 48_000 * 60, said(3));
        track.packet(960 * 21, 2, 77 + 48_000 * 60 + 960, said(4));
        assert_eq!(read(track), [(0, 1), (10, 2), (20, 3), (21, 4)]);
    }

    #[test]
    fn what_waits_is_written_after_a_fifth_of_a_second() {
        let mut track = track();
        track.packet(0, 1, 0, said(1));
        track.settle(9_599).unwrap();
        assert_eq!(track.tape.end(), 0);
        track.settle(9_600).unwrap();
        assert_eq!(track.tape.end(), 960);
    }
}
