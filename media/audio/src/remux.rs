//! Recordings put together and cut, packet by packet: nothing is decoded.

use std::io::{self, Read, Seek, Write};

use ogg::PacketReader;

use crate::ogg_opus::{HEAD, OggOpusWriter, PRE_SKIP, TAGS};
use crate::tape::Tape;
use crate::{RATE, VoiceError};

/// The packets of an Ogg Opus file with their samples. What is damaged, as after a crash, ends it.
pub struct RecordedPackets<R: Read + Seek> {
    packets: PacketReader<R>,
}

impl<R: Read + Seek> RecordedPackets<R> {
    /// Reads the headers.
    pub fn open(file: R) -> Result<Self, VoiceError> {
        let mut packets = PacketReader::new(file);
        let head = packets.read_packet()?.ok_or(VoiceError::Empty)?;
        let tags = packets.read_packet()?.ok_or(VoiceError::Empty)?;
        if head.data.starts_with(HEAD) && tags.data.starts_with(TAGS) {
            Ok(Self { packets })
        } else {
            Err(VoiceError::NotOpus)
        }
    }
}

impl<R: Read + Seek> Iterator for RecordedPackets<R> {
    type Item = (Vec<u8>, u64);

    fn next(&mut self) -> Option<Self::Item> {
        let packet = self.packets.read_packet().ok().flatten()?;
        let samples = opus::packet::get_nb_samples(&packet.data, RATE).ok()?;
        Some((packet.data, samples as u64))
    }
}

/// Writes recordings one after the other, each from its place (in samples) on; the samples of the whole.
///
/// A part that holds nothing, or never got as far as its headers, is left out.
pub fn join<R: Read + Seek, W: Write>(
    parts: impl IntoIterator<Item = (R, u64)>,
    out: W,
    serial: u32,
) -> io::Result<(u64, W)> {
    let mut tape = Tape::new(out, serial)?;
    for (part, start) in parts {
        let Ok(packets) = RecordedPackets::open(part) else { continue };
        let mut at = start;
        for (packet, samples) in packets {
            tape.put(at, &packet)?;
            at += samples;
        }
    }
    Ok((tape.end(), tape.finish()?))
}

/// Writes what a player plays of `file` in `length` samples after `from`; how many samples the cut plays.
///
/// It begins and ends at the packets' borders. What players leave out at the start is taken from before the cut, so
/// that the decoder has settled when it begins.
pub fn cut<R: Read + Seek, W: Write>(
    file: R,
    out: W,
    serial: u32,
    from: u64,
    length: u64,
) -> Result<(u64, W), VoiceError> {
    let (mut writer, mut at, mut written) = (OggOpusWriter::new(out, serial)?, 0, 0);
    let until = from + length + u64::from(PRE_SKIP);
    for (packet, samples) in RecordedPackets::open(file)? {
        if at >= until {
            break;
        }
        if at + samples > from {
            writer.packet(&packet, samples)?;
            written += samples;
        }
        at += samples;
    }
    let played = written.saturating_sub(u64::from(PRE_SKIP));
    if played == 0 { Err(VoiceError::Empty) } else { Ok((played, writer.finish()?)) }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn said(n: u16) -> Vec<u8> {
        let [high, low] = n.to_be_bytes();
        vec![0xf8, high, low, 7]
    }

    fn file(numbers: std::ops::Range<u16>) -> Vec<u8> {
        let mut tape = Tape::new(Vec::new(), 1).unwrap();
        for n in numbers {
            tape.put(tape.end(), &said(n)).unwrap();
        }
        tape.finish().unwrap()
    }

    fn numbers(file: &[u8]) -> Vec<u16> {
        let packets = RecordedPackets::open(Cursor::new(file)).unwrap();
        packets
            .filter(|(packet, _)| packet.len() == 4)
            .map(|(packet, _)| u16::from_be_bytes([packet[1], packet[2]]))
            .collect()
    }

    #[test]
    fn parts_are_joined_packet_by_packet_with_the_pause_between_them() {
        let parts = [(Cursor::new(file(0..30)), 0), (Cursor::new(file(30..50)), 40 * 960)];
        let (samples, joined) = join(parts, Vec::new(), 2).unwrap();
        assert_eq!(samples, 60 * 960);
        assert_eq!(numbers(&joined), (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn of_a_file_that_was_torn_everything_before_the_tear_is_kept() {
        let whole = file(0..200);
        let torn = whole[..whole.len() - 40].to_vec();
        let (samples, joined) = join([(Cursor::new(torn), 0), (Cursor::new(Vec::new()), 0)], Vec::new(), 2).unwrap();
        let kept = numbers(&joined);
        assert!(kept.len() >= 180 && kept.iter().enumerate().all(|(at, n)| at == usize::from(*n)));
        assert_eq!(samples, kept.len() as u64 * 960);
    }

    #[test]
    fn a_cut_plays_the_packets_that_were_asked_for() {
        let (played, clip) = cut(Cursor::new(file(0..500)), Vec::new(), 2, 100 * 960, 50 * 960).unwrap();
        assert_eq!(played, 50 * 960);
        // Four packets (80 ms) are left out by players, at the start of the whole as at the start of the cut.
        assert_eq!(numbers(&clip), (100..154).collect::<Vec<_>>());
    }

    #[test]
    fn a_cut_after_the_end_is_refused() {
        assert!(cut(Cursor::new(file(0..10)), Vec::new(), 2, 20 * 960, 960).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(at in 0..3000_usize, byte in any::<u8>(), cut in 0..3000_usize) {
            let mut bytes = file(0..200);
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(cut.max(1));
            if let Ok(packets) = RecordedPackets::open(Cursor::new(bytes)) {
                prop_assert!(packets.count() <= 200);
            }
        }
    }
}
