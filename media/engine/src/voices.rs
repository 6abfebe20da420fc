//! Voices on their way from the stage threads to whoever recognises speech: a bounded ring without a lock. The stage never
//! waits: what does not fit is dropped and counted, and sound goes on.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use cooee_audio::TapFrame;
use cooee_stage::Participant;
use rtrb::{Consumer, Producer, RingBuffer};

use crate::figures::ThreadFigures;
use crate::registry::Space;

/// Frames that may wait of one stage thread: 20 s of four people who talk at once. Memory that is never filled is never taken.
const FRAMES: usize = 4096;

/// 20 ms of somebody's voice.
pub(crate) struct VoiceFrame {
    pub(crate) space: Arc<Space>,
    pub(crate) participant: Participant,
    /// When it went into the mix.
    pub(crate) at: Instant,
    pub(crate) frame: TapFrame,
}

/// The stage thread's end.
pub(crate) struct VoiceSender {
    ring: Producer<VoiceFrame>,
    figures: Arc<ThreadFigures>,
}

impl VoiceSender {
    /// Never waits, and allocates nothing.
    pub(crate) fn put(&mut self, frame: VoiceFrame) {
        let counter =
            if self.ring.push(frame).is_ok() { &self.figures.voice_frames } else { &self.figures.voice_frames_dropped };
        counter.fetch_add(1, Relaxed);
    }
}

/// The other end.
pub(crate) struct VoiceReceiver(Consumer<VoiceFrame>);

/// A way for voices out of one stage thread.
pub(crate) fn voices(figures: Arc<ThreadFigures>) -> (VoiceSender, VoiceReceiver) {
    let (ring, receiver) = RingBuffer::new(FRAMES);
    (VoiceSender { ring, figures }, VoiceReceiver(receiver))
}

/// An unbroken piece of somebody's voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// The Space's id.
    pub space: String,
    /// The participant's id.
    pub participant: String,
    /// Number of the first frame: `index × 20 ms` is its time since the Space was opened.
    pub index: u64,
    /// The loudness of each frame, in dB below full scale (RFC 6464: 127 is silence).
    pub levels: Vec<u8>,
    /// Mono, 16 kHz, 16 bit, little-endian: 640 bytes a frame.
    pub pcm: Vec<u8>,
    /// Nothing follows until this voice is heard again.
    pub ends: bool,
    /// How long ago the last frame went into the mix, in milliseconds.
    pub age_ms: u64,
}

/// The receiving ends of all stage threads.
#[derive(Default)]
pub(crate) struct Voices(Mutex<Vec<VoiceReceiver>>);

impl Voices {
    pub(crate) fn new(receivers: Vec<VoiceReceiver>) -> Self {
        Self(Mutex::new(receivers))
    }

    /// All that waits, gathered into unbroken pieces in the order of their beginnings.
    pub(crate) fn take(&self, now: Instant) -> Vec<Voice> {
        let mut receivers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pieces = Pieces::default();
        for VoiceReceiver(ring) in receivers.iter_mut() {
            // What comes meanwhile is for the next time.
            for _ in 0..ring.slots() {
                let Ok(frame) = ring.pop() else { break };
                pieces.add(&frame, now);
            }
        }
        pieces.all
    }
}

#[derive(Default)]
struct Pieces {
    all: Vec<Voice>,
    latest: HashMap<(u32, Participant), usize>,
}

impl Pieces {
    fn add(&mut self, heard: &VoiceFrame, now: Instant) {
        let (key, index) = ((heard.space.number, heard.participant.clone()), heard.frame.index);
        let follows = |piece: &Voice| !piece.ends && piece.index + piece.levels.len() as u64 == index;
        let at = match self.latest.get(&key) {
            Some(at) if follows(&self.all[*at]) => *at,
            _ => {
                self.latest.insert(key, self.all.len());
                self.all.push(beginning(heard));
                self.all.len() - 1
            }
        };
        let piece = &mut self.all[at];
        piece.levels.push(heard.frame.level.dbov().unsigned_abs());
        piece.pcm.extend(heard.frame.pcm.iter().flat_map(|sample| sample.to_le_bytes()));
        piece.ends = heard.frame.ends;
        piece.age_ms = now.saturating_duration_since(heard.at).as_millis() as u64;
    }
}

fn beginning(heard: &VoiceFrame) -> Voice {
    let (space, participant) = (heard.space.id.to_string(), heard.participant.to_string());
    let (levels, pcm, ends, age_ms) = Default::default();
    Voice { space, participant, index: heard.frame.index, levels, pcm, ends, age_ms }
}

#[cfg(test)]
mod tests {
    use cooee_audio::TAP_FRAME;
    use cooee_stage::Level;

    use super::*;
    use crate::registry::Registry;

    fn frame(space: &Arc<Space>, who: &str, index: u64, ends: bool) -> VoiceFrame {
        let frame = TapFrame { index, level: Level::new(-30), ends, pcm: [index as i16; TAP_FRAME] };
        VoiceFrame { space: Arc::clone(space), participant: Participant::new(who), at: Instant::now(), frame }
    }

    fn ring() -> (Arc<Space>, VoiceSender, Voices, Arc<ThreadFigures>) {
        let figures = Arc::new(ThreadFigures::new("cooee-stage0".to_owned()));
        let (sender, receiver) = voices(Arc::clone(&figures));
        let space = Registry::default().open_space("s").0;
        (space, sender, Voices::new(vec![receiver]), figures)
    }

    #[test]
    fn those_who_talk_at_once_come_apart_each_in_one_piece() {
        let (space, mut sender, voices, _) = ring();
        for index in 0..10 {
            sender.put(frame(&space, "ada", index, index == 9));
            sender.put(frame(&space, "bob", index + 100, false));
        }
        sender.put(frame(&space, "ada", 40, false));
        let pieces = voices.take(Instant::now());
        let shapes: Vec<_> = pieces.iter().map(|p| (p.participant.as_str(), p.index, p.levels.len(), p.ends)).collect();
        assert_eq!(shapes, [("ada", 0, 10, true), ("bob", 100, 10, false), ("ada", 40, 1, false)]);
        assert_eq!((pieces[0].pcm.len(), pieces[0].levels[0]), (10 * TAP_FRAME * 2, 30));
        assert_eq!(pieces[1].pcm[..4], [100, 0, 100, 0]);
        assert!(voices.take(Instant::now()).is_empty());
    }

    #[test]
    fn a_gap_begins_a_new_piece() {
        let (space, mut sender, voices, _) = ring();
        for index in [1, 2, 5, 6] {
            sender.put(frame(&space, "ada", index, false));
        }
        assert_eq!(voices.take(Instant::now()).iter().map(|piece| piece.index).collect::<Vec<_>>(), [1, 5]);
    }

    #[test]
    fn what_nobody_reads_is_dropped_and_counted_and_nobody_waits() {
        let (space, mut sender, voices, figures) = ring();
        for index in 0..FRAMES as u64 + 7 {
            sender.put(frame(&space, "ada", index, false));
        }
        assert_eq!(figures.voice_frames_dropped.load(Relaxed), 7);
        assert_eq!(voices.take(Instant::now())[0].levels.len(), FRAMES);
    }
}
