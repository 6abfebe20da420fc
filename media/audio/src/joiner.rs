//! Several frames of 20 ms in one packet, without touching the sound.

use arrayvec::ArrayVec;
use bytes::Bytes;
use cooee_stage::{Csrc, Epoch};
use opus::Repacketizer;

use crate::mix::MAX_CSRCS;
use crate::slab::Slab;
use crate::{CodecError, FrameClass, Gate, MAX_FRAME_BYTES, MixedFrame, Sending};

/// The frames of the longest class.
const MOST: usize = 6;
/// What one packet of the longest class can be.
const MAX_BYTES: usize = (MAX_FRAME_BYTES + 3) * MOST;
/// Of an Opus packet's first byte, what must be the same in frames that share a packet (RFC 6716 §3.1).
const MODE_BITS: u8 = 0xfc;

/// One packet of a listener class; all listeners of the class share it.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Epoch of its frames.
    pub epoch: Epoch,
    /// Index of its first frame; the RTP timestamp is this times 960, plus the session's random start.
    pub index: u64,
    /// How many frames it holds: usually those of the class, fewer where the mix jumped or the encoder changed its mode.
    pub frames: u8,
    /// One Opus packet.
    pub opus: Bytes,
    /// Who is audible in it, those of its first frame first.
    pub csrcs: ArrayVec<Csrc, MAX_CSRCS>,
    /// What RTP does with it. Paths without RTP send all.
    pub sending: Sending,
}

impl Joined {
    /// Index of the frame after it. A listener who changes class goes on with a packet that begins here or later.
    pub fn end(&self) -> u64 {
        self.index + u64::from(self.frames)
    }
}

/// Joins the frames of the mix for one listener class. Boundaries lie at multiples of the class's frames, the same for all edges.
#[derive(Debug)]
pub struct Joiner {
    class: FrameClass,
    repacketizer: Repacketizer,
    gate: Gate,
    waiting: ArrayVec<(MixedFrame, Sending), MOST>,
    packet: Box<[u8; MAX_BYTES]>,
    slab: Slab,
}

impl Joiner {
    /// A joiner before its first frame.
    pub fn new(class: FrameClass) -> Result<Self, CodecError> {
        Ok(Self {
            class,
            repacketizer: Repacketizer::new()?,
            gate: Gate::new(),
            waiting: ArrayVec::new(),
            packet: Box::new([0; MAX_BYTES]),
            slab: Slab::default(),
        })
    }

    /// The class it serves.
    pub fn class(&self) -> FrameClass {
        self.class
    }

    /// Takes the next frame of the mix and gives the packets that are complete with it: none, one, or two.
    ///
    /// Frames must come in the order of their indexes; a repeated or older one of the same epoch is ignored.
    pub fn push(&mut self, frame: &MixedFrame) -> ArrayVec<Joined, 2> {
        let mut complete = ArrayVec::new();
        if let Some((last, _)) = self.waiting.last() {
            if last.epoch == frame.epoch && frame.index <= last.index {
                return complete;
            }
            if !follows(last, frame) {
                complete.extend(self.flush());
            }
        }
        let sending = self.gate.frame(frame.index, frame.silent);
        self.waiting.push((frame.clone(), sending));
        if (frame.index + 1).is_multiple_of(self.class.frames() as u64) {
            complete.extend(self.flush());
        }
        complete
    }

    /// Joins what waits. Frames that libopus will not join (it made them itself, so that is a bug) are left out.
    fn flush(&mut self) -> Option<Joined> {
        let opus = match self.waiting.as_slice() {
            [] => return None,
            [(only, _)] => only.opus.clone(),
            several => {
                let frames: ArrayVec<&[u8], MOST> = several.iter().map(|(frame, _)| &frame.opus[..]).collect();
                let joined = self.repacketizer.combine(&frames, &mut self.packet[..]);
                debug_assert!(joined.is_ok(), "frames of one mode and 20 ms can be joined");
                joined.ok().map(|length| self.slab.share(&self.packet[..length])).unwrap_or_default()
            }
        };
        let joined = self.describe(opus);
        self.waiting.clear();
        joined
    }

    fn describe(&self, opus: Bytes) -> Option<Joined> {
        let (first, _) = self.waiting.first().filter(|_| !opus.is_empty())?;
        let mut csrcs = first.csrcs.clone();
        for csrc in self.waiting.iter().flat_map(|(frame, _)| &frame.csrcs) {
            if !csrcs.is_full() && !csrcs.contains(csrc) {
                csrcs.push(*csrc);
            }
        }
        Some(Joined {
            epoch: first.epoch,
            index: first.index,
            frames: self.waiting.len() as u8,
            opus,
            csrcs,
            sending: self.sending(),
        })
    }

    fn sending(&self) -> Sending {
        let has = |what| self.waiting.iter().any(|(_, sending)| *sending == what);
        if has(Sending::Start) {
            Sending::Start
        } else if has(Sending::Send) {
            Sending::Send
        } else {
            Sending::Withhold
        }
    }
}

/// Whether both can be in one packet.
fn follows(last: &MixedFrame, next: &MixedFrame) -> bool {
    let mode = |frame: &MixedFrame| frame.opus.first().map(|toc| toc & MODE_BITS);
    last.epoch == next.epoch && last.index + 1 == next.index && mode(last) == mode(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Decode;
    use crate::encode::Encode;
    use crate::testing::speech;
    use crate::{FRAME, RATE};
    use proptest::prelude::*;

    fn frame(index: u64, opus: &[u8]) -> MixedFrame {
        MixedFrame {
            epoch: Epoch(1),
            index,
            opus: Bytes::copy_from_slice(opus),
            silent: opus.len() <= 2,
            csrcs: [Csrc(index as u32 % 4)].into_iter().collect(),
        }
    }

    /// Speech, a long pause, and speech again, as the mixer would give it.
    fn mix() -> Vec<MixedFrame> {
        let mut encode = Encode::new().unwrap();
        let mut pcm = speech(3, 200);
        pcm.extend(vec![0.0; 80 * FRAME]);
        pcm.extend(speech(4, 80));
        let encoded =
            |(index, pcm): (usize, &[f32])| frame(index as u64, encode.frame(pcm.try_into().unwrap()).unwrap().opus);
        pcm.chunks_exact(FRAME).enumerate().map(encoded).collect()
    }

    fn joined(class: FrameClass, frames: &[MixedFrame]) -> Vec<Joined> {
        let mut joiner = Joiner::new(class).unwrap();
        frames.iter().flat_map(|frame| joiner.push(frame)).collect()
    }

    fn decoded<'a>(packets: impl Iterator<Item = &'a [u8]>) -> Vec<f32> {
        let mut decode = Decode::new().unwrap();
        packets.flat_map(|packet| decode.packet(packet).expect("it decodes").to_vec()).collect()
    }

    #[test]
    fn joined_packets_sound_bit_for_bit_like_their_frames() {
        let frames = mix();
        let single = decoded(frames.iter().map(|frame| &frame.opus[..]));
        for class in FrameClass::ALL {
            let packets = joined(class, &frames);
            assert_eq!(decoded(packets.iter().map(|packet| &packet.opus[..])), single, "{class:?}");
        }
    }

    #[test]
    fn packets_hold_the_frames_of_their_class_and_begin_at_its_multiples() {
        let frames = mix();
        for class in FrameClass::ALL {
            let packets = joined(class, &frames);
            let full = packets.iter().filter(|packet| usize::from(packet.frames) == class.frames());
            assert!(full.count() > packets.len() * 8 / 10, "{class:?}");
            assert!(packets.windows(2).all(|pair| pair[0].end() == pair[1].index));
            let time = |packet: &Joined| opus::packet::get_nb_samples(&packet.opus, RATE).unwrap();
            assert!(packets.iter().all(|packet| time(packet) == FRAME * usize::from(packet.frames)));
        }
    }

    #[test]
    fn a_jump_of_the_mix_ends_a_packet_early() {
        let frames = mix();
        let jumped = [&frames[60], &frames[61], &frames[67], &frames[68]].map(Clone::clone);
        let packets = joined(FrameClass::Ms60, &jumped);
        let shape: Vec<(u64, u8)> = packets.iter().map(|packet| (packet.index, packet.frames)).collect();
        assert_eq!(shape, [(60, 2), (67, 2)]);
    }

    #[test]
    fn silence_is_withheld_in_every_class_and_speech_after_it_is_marked() {
        let frames = mix();
        for class in FrameClass::ALL {
            let packets = joined(class, &frames);
            let withheld = packets.iter().filter(|packet| !packet.sending.is_sent());
            let withheld: usize = withheld.map(|packet| usize::from(packet.frames)).sum();
            let starts: Vec<u64> = packets.iter().filter(|p| p.sending == Sending::Start).map(|p| p.index).collect();
            assert!(withheld > 10, "{class:?}: {withheld}");
            assert!(starts.iter().any(|index| (274..=281).contains(index)), "{class:?}: {starts:?}");
        }
    }

    #[test]
    fn a_packet_names_everybody_who_is_audible_in_it() {
        let packets = joined(FrameClass::Ms60, &mix()[0..3]);
        assert_eq!(packets[0].csrcs[..], [Csrc(0), Csrc(1), Csrc(2)]);
    }

    proptest! {
        #[test]
        fn any_frames_join_without_a_panic_and_none_comes_twice(
            steps in prop::collection::vec((0..4_u64, 0..2_u64, any::<bool>()), 0..100)
        ) {
            let frames = mix();
            let mut joiners = FrameClass::ALL.map(|class| Joiner::new(class).unwrap());
            let mut index = 0;
            let mut ends = [0_u64; 4];
            for (step, epoch, silent) in steps {
                index += step;
                let opus = if silent { frames[260].opus.clone() } else { frames[index as usize % 100].opus.clone() };
                let frame = MixedFrame { epoch: Epoch(epoch), opus, silent, ..frames[0].clone() };
                for (joiner, end) in joiners.iter_mut().zip(&mut ends) {
                    for packet in joiner.push(&MixedFrame { index, ..frame.clone() }) {
                        prop_assert!(opus::packet::get_nb_samples(&packet.opus, RATE).is_ok());
                        *end = packet.end();
                    }
                }
            }
        }
    }
}
