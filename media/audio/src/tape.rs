//! Packets on a timeline, in a file: what is missing is filled, so that a file's time is the recording's.

use std::io::{self, Write};

use crate::ogg_opus::OggOpusWriter;
use crate::{FRAME, RATE};

/// What is written reaches the sink in pages of this length: 0.4 s.
const PAGE: u64 = 19_200;
/// Missing packets that a decoder is asked to conceal (RFC 7845 §4.1); what is missing after them is silence.
const CONCEALED: u64 = 5;
/// A packet of 20 ms with an empty frame: conceal it. Full-band CELT, for what comes before any other packet.
const CONCEAL: u8 = 0xf8;
/// 20 ms of digital silence.
const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];
/// TOC bits that name mode, bandwidth and frame length (RFC 6716 §3.1), with the channel.
const CONFIGURATION: u8 = 0xfc;

/// One mono Ogg Opus stream.
pub struct Tape<W: Write> {
    writer: OggOpusWriter<W>,
    end: u64,
    conceal: u8,
}

impl<W: Write> Tape<W> {
    /// Writes the headers; `serial` tells streams apart and is otherwise free.
    pub fn new(sink: W, serial: u32) -> io::Result<Self> {
        Ok(Self { writer: OggOpusWriter::paged(sink, serial, PAGE)?, end: 0, conceal: CONCEAL })
    }

    /// Where the next packet would stand, in samples.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Writes a packet where it belongs, to the nearest 20 ms; false if something stands there already, or if it is no Opus.
    pub fn put(&mut self, at: u64, opus: &[u8]) -> io::Result<bool> {
        let Ok(samples) = opus::packet::get_nb_samples(opus, RATE) else { return Ok(false) };
        let samples = samples as u64;
        if samples == 0 || (at < self.end && at + samples / 2 <= self.end) {
            return Ok(false);
        }
        self.fill(at)?;
        if samples == FRAME as u64 && opus[0].is_multiple_of(4) {
            self.conceal = opus[0] & CONFIGURATION;
        }
        self.write(opus, samples)?;
        Ok(true)
    }

    /// Fills up to `until`, to the nearest 20 ms.
    pub fn fill(&mut self, until: u64) -> io::Result<()> {
        let frames = (until.saturating_sub(self.end) + FRAME as u64 / 2) / FRAME as u64;
        for n in 0..frames {
            if n < CONCEALED {
                self.write(&[self.conceal], FRAME as u64)?;
            } else {
                self.write(&SILENCE, FRAME as u64)?;
            }
        }
        Ok(())
    }

    /// Where pages go.
    pub fn sink(&self) -> &W {
        self.writer.sink()
    }

    /// Ends the stream and gives the file back.
    pub fn finish(self) -> io::Result<W> {
        self.writer.finish()
    }

    fn write(&mut self, opus: &[u8], samples: u64) -> io::Result<()> {
        self.end += samples;
        self.writer.packet(opus, samples)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::encode::Encode;
    use crate::remux::RecordedPackets;
    use crate::testing::speech;

    fn frames(count: usize) -> Vec<Vec<u8>> {
        let mut encode = Encode::new().unwrap();
        let pcm = speech(5, count);
        pcm.chunks_exact(FRAME).map(|frame| encode.frame(frame.try_into().unwrap()).unwrap().opus.to_vec()).collect()
    }

    fn read(file: Vec<u8>) -> Vec<Vec<u8>> {
        RecordedPackets::open(Cursor::new(file)).unwrap().map(|(packet, _)| packet).collect()
    }

    #[test]
    fn a_packet_stands_where_its_time_is_and_gaps_are_filled() {
        let said = frames(3);
        let mut tape = Tape::new(Vec::new(), 1).unwrap();
        assert!(tape.put(0, &said[0]).unwrap());
        assert!(tape.put(960 * 10, &said[1]).unwrap());
        assert!(tape.put(960 * 11, &said[2]).unwrap());
        assert_eq!(tape.end(), 960 * 12);
        let packets = read(tape.finish().unwrap());
        assert_eq!(packets.len(), 12);
        assert_eq!([&packets[0], &packets[10], &packets[11]], [&said[0], &said[1], &said[2]]);
        assert!(packets[1..6].iter().all(|packet| packet.len() == 1), "a decoder conceals these");
        assert!(packets[6..10].iter().all(|packet| packet[..] == SILENCE), "and these are silent");
    }

    #[test]
    fn what_comes_too_late_or_twice_is_left_out() {
        let said = frames(2);
        let mut tape = Tape::new(Vec::new(), 1).unwrap();
        assert!(tape.put(960, &said[0]).unwrap());
        assert!(!tape.put(960, &said[1]).unwrap());
        assert!(!tape.put(0, &said[1]).unwrap());
        assert!(!tape.put(9600, b"").unwrap());
        assert_eq!(tape.end(), 1920);
    }

    #[test]
    fn a_clock_that_is_a_little_off_leaves_no_holes() {
        let said = frames(1);
        let mut tape = Tape::new(Vec::new(), 1).unwrap();
        for n in 0..100_u64 {
            assert!(tape.put(n * 960 + 400, &said[0]).unwrap());
        }
        assert_eq!(tape.end(), 96_000);
    }

    #[test]
    fn filled_silence_is_silent() {
        let mut decoder = opus::Decoder::new(RATE, opus::Channels::Mono).unwrap();
        let mut pcm = [1_i16; FRAME];
        assert_eq!(decoder.decode(&SILENCE, &mut pcm, false).unwrap(), FRAME);
        assert!(pcm.iter().all(|sample| *sample == 0));
    }
}
