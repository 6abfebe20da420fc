//! A speaker out of a file.

use std::io::{Read, Seek};

use bytes::Bytes;
use ogg::{OggReadError, Packet, PacketReader};

use crate::ogg_opus::{HEAD, TAGS};
use crate::slab::Slab;
use crate::{FRAME, RATE, VoiceError};

/// A voice is kept in memory, and no longer than this.
const MAX_MINUTES: u32 = 60;
const MAX_FRAMES: usize = MAX_MINUTES as usize * 60 * 50;

/// 20 ms of a voice, as RTP would carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceFrame {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp.
    pub timestamp: u32,
    /// One Opus packet of one 20 ms frame.
    pub payload: Bytes,
}

/// An Ogg Opus file in 20 ms frames, played in a loop.
///
/// Where it is depends on nothing but the number of frames since the common start, so that the voices of one conversation
/// stay in their turns.
#[derive(Clone, Debug)]
pub struct Voice {
    frames: Vec<Bytes>,
}

impl Voice {
    /// Reads a file. Voices that talk in turns must be of the same length.
    pub fn read(file: impl Read + Seek) -> Result<Self, VoiceError> {
        let mut packets = PacketReader::new(file);
        let head = packets.read_packet()?.ok_or(VoiceError::Empty)?;
        check_head(&head)?;
        let tags = packets.read_packet()?.ok_or(VoiceError::Empty)?;
        if !tags.data.starts_with(TAGS) {
            return Err(VoiceError::NotOpus);
        }
        let mut slab = Slab::default();
        let mut frames = Vec::new();
        while let Some(packet) = packets.read_packet()? {
            check_frame(&head, &packet, frames.len())?;
            frames.push(slab.share(&packet.data));
        }
        if frames.is_empty() { Err(VoiceError::Empty) } else { Ok(Self { frames }) }
    }

    /// How many frames until it begins again; never 0.
    #[expect(clippy::len_without_is_empty, reason = "a voice is never empty")]
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// The frame that is due `index` × 20 ms after the common start.
    pub fn frame(&self, index: u64) -> VoiceFrame {
        let payload = self.frames[(index % self.frames.len() as u64) as usize].clone();
        VoiceFrame { sequence: index as u16, timestamp: (index as u32).wrapping_mul(FRAME as u32), payload }
    }
}

/// One stream of one or two channels in the order that decoders know by themselves (RFC 7845 §5.1.1.1).
fn check_head(head: &Packet) -> Result<(), VoiceError> {
    let data = &head.data;
    let known = data.len() >= 19 && data.starts_with(HEAD) && data[8] & 0xf0 == 0 && data[18] == 0;
    if known && (1..=2).contains(&data[9]) { Ok(()) } else { Err(VoiceError::NotOpus) }
}

fn check_frame(head: &Packet, packet: &Packet, number: usize) -> Result<(), VoiceError> {
    if packet.stream_serial() != head.stream_serial() {
        return Err(VoiceError::NotOpus);
    }
    if number == MAX_FRAMES {
        return Err(VoiceError::TooLong(MAX_MINUTES));
    }
    let samples = opus::packet::get_nb_samples(&packet.data, RATE).unwrap_or(0);
    let frames = opus::packet::get_nb_frames(&packet.data).unwrap_or(0);
    if samples == FRAME && frames == 1 {
        return Ok(());
    }
    Err(VoiceError::NotTwentyMs { packet: number, got_ms: samples * 1000 / RATE as usize })
}

impl From<OggReadError> for VoiceError {
    fn from(error: OggReadError) -> Self {
        match error {
            OggReadError::ReadError(error) => Self::Io(error),
            other => Self::NotOgg(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OggOpusWriter;
    use crate::encode::Encode;
    use crate::testing::speech;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn opus_frames(count: usize) -> Vec<Vec<u8>> {
        let mut encode = Encode::new().unwrap();
        let pcm = speech(5, count);
        pcm.chunks_exact(FRAME).map(|frame| encode.frame(frame.try_into().unwrap()).unwrap().opus.to_vec()).collect()
    }

    fn file(packets: &[Vec<u8>]) -> Vec<u8> {
        let mut writer = OggOpusWriter::new(Vec::new(), 77).unwrap();
        for packet in packets {
            writer.packet(packet, 960).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn a_written_file_reads_back_frame_by_frame() {
        let frames = opus_frames(130);
        let voice = Voice::read(Cursor::new(file(&frames))).unwrap();
        assert_eq!(voice.len(), 130);
        assert!((0..130).all(|n| voice.frame(n as u64).payload == frames[n]));
    }

    #[test]
    fn a_voice_begins_again_while_its_numbers_go_on() {
        let voice = Voice::read(Cursor::new(file(&opus_frames(50)))).unwrap();
        let (first, again) = (voice.frame(3), voice.frame(65_536 + 14 + 3));
        assert_eq!(first.payload, again.payload);
        assert_eq!((again.sequence, again.timestamp), (17, 65_553 * 960));
        assert_eq!(voice.frame(u64::MAX).sequence, u16::MAX);
    }

    #[test]
    fn what_is_no_voice_is_refused_with_a_reason() {
        let read = |bytes: &[u8]| Voice::read(Cursor::new(bytes.to_vec())).unwrap_err();
        assert!(matches!(read(b"RIFF....WAVE, and more of the same"), VoiceError::NotOgg(_)));
        assert!(matches!(read(b""), VoiceError::NotOgg(_)));
        assert!(matches!(read(&file(&[])), VoiceError::Empty));
        let mut vorbis = file(&opus_frames(1));
        vorbis.truncate(10);
        assert!(matches!(read(&vorbis), VoiceError::Io(_) | VoiceError::NotOgg(_)));
    }

    #[test]
    fn frames_of_another_length_are_refused_by_number() {
        let frames = opus_frames(4);
        let two: Vec<&[u8]> = frames[..2].iter().map(Vec::as_slice).collect();
        let mut joined = vec![0; 3000];
        let length = opus::Repacketizer::new().unwrap().combine(&two, &mut joined).unwrap();
        joined.truncate(length);
        let refused = Voice::read(Cursor::new(file(&[frames[0].clone(), joined]))).unwrap_err();
        assert!(matches!(refused, VoiceError::NotTwentyMs { packet: 1, got_ms: 40 }));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(at in 0..3000_usize, byte in any::<u8>(), cut in 0..3000_usize) {
            let mut bytes = file(&opus_frames(20));
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(cut.max(1));
            let _ = Voice::read(Cursor::new(bytes));
        }
    }
}
