//! The listeners of one Space on one thread, in lanes by class.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use arrayvec::ArrayVec;
use cooee_audio::{ClassChoice, CodecError, FrameClass, MixedFrame};
use cooee_session::mix::{Class, History, MixPacket};
use cooee_stage::{Timeline, Verdict};

use super::lane::{Lane, PacketName, lane_of};
use crate::registry::Space;

/// Under a fixed class too, who loses more than this gets the shortest packets…
const LOSSY_PER_MILLE: u16 = 30;
/// …and the fixed ones again below this.
const SOUND_PER_MILLE: u16 = 10;

/// The audience of a Space on one thread.
pub(super) struct Audience {
    pub(super) space: Arc<Space>,
    thread: u8,
    timeline: Timeline,
    choice: ClassChoice,
    /// The operator's class, instead of one by the number of listeners.
    fixed: Option<FrameClass>,
    lanes: [Lane; 4],
    rests_until: Option<Instant>,
}

impl Audience {
    pub(super) fn new(space: Arc<Space>, thread: u8, fixed: Option<FrameClass>) -> Self {
        let (timeline, choice) = (Timeline::new(), ClassChoice::new());
        Self { space, thread, timeline, choice, fixed, lanes: FrameClass::ALL.map(Lane::new), rests_until: None }
    }

    /// Lets frames pass by until then.
    pub(super) fn rest_until(&mut self, until: Instant) {
        self.rests_until = Some(until);
    }

    /// Whether frames are to pass by.
    pub(super) fn rests(&mut self, now: Instant) -> bool {
        self.rests_until = self.rests_until.filter(|until| now < *until);
        self.rests_until.is_some()
    }

    /// The class of a listener that has `current` and loses so much.
    pub(super) fn class_for(&self, current: FrameClass, loss_per_mille: u16) -> FrameClass {
        let Some(fixed) = self.fixed else {
            return self.choice.of_listener(current, f32::from(loss_per_mille) / 1000.0);
        };
        let stays_short = current < fixed && loss_per_mille >= SOUND_PER_MILLE;
        if loss_per_mille > LOSSY_PER_MILLE || stays_short { FrameClass::Ms20 } else { fixed }
    }

    /// Looks at the number of listeners on all threads; whether the class for all has changed.
    pub(super) fn review(&mut self) -> bool {
        let before = self.choice.class();
        self.choice.listeners(self.space.listeners.load(Relaxed)) != before
    }

    /// Adds a connected listener to a lane; its place.
    pub(super) fn join(&mut self, listener: u32, class: FrameClass) -> usize {
        self.space.threads.fetch_or(1 << self.thread, Relaxed);
        self.lane_mut(class).join(listener)
    }

    pub(super) fn leave(&mut self, class: FrameClass, place: usize) {
        self.lane_mut(class).leave(place);
        if self.is_empty() {
            self.space.threads.fetch_and(!(1 << self.thread), Relaxed);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lanes.iter().all(|lane| lane.len() == 0)
    }

    /// Takes a frame of the mix; which packets of which class are to be sent.
    pub(super) fn frame(&mut self, frame: &MixedFrame) -> Result<ArrayVec<(FrameClass, PacketName), 8>, CodecError> {
        let mut packets = ArrayVec::new();
        match self.timeline.frame(frame.epoch, frame.index) {
            Verdict::Play | Verdict::TakenOver => {}
            Verdict::Stale | Verdict::Old => return Ok(packets),
        }
        for (class, lane) in FrameClass::ALL.into_iter().zip(&mut self.lanes) {
            packets.extend(lane.push(frame)?.into_iter().map(|name| (class, name)));
        }
        Ok(packets)
    }

    pub(super) fn lane(&self, class: FrameClass) -> &Lane {
        &self.lanes[index_of(class)]
    }

    pub(super) fn lane_mut(&mut self, class: FrameClass) -> &mut Lane {
        &mut self.lanes[index_of(class)]
    }
}

impl History for Audience {
    fn packet(&self, epoch: u32, index: u32, class: Class) -> Option<MixPacket<'_>> {
        let at = lane_of(class);
        let name = PacketName { epoch, index: u64::from(index) };
        self.lanes[at].stored(name).map(|stored| stored.packet(FrameClass::ALL[at]))
    }
}

fn index_of(class: FrameClass) -> usize {
    match class {
        FrameClass::Ms20 => 0,
        FrameClass::Ms40 => 1,
        FrameClass::Ms60 => 2,
        FrameClass::Ms120 => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Registry;
    use FrameClass::{Ms20, Ms60};

    fn audience(fixed: Option<FrameClass>) -> Audience {
        let (space, _) = Registry::default().open_space("a");
        Audience::new(space, 3, fixed)
    }

    #[test]
    fn a_fixed_class_yields_to_loss_until_it_is_over() {
        let audience = audience(Some(Ms60));
        let steps = [(Ms20, 0, Ms60), (Ms60, 30, Ms60), (Ms60, 31, Ms20), (Ms20, 10, Ms20), (Ms20, 9, Ms60)];
        for (current, loss, expected) in steps {
            assert_eq!(audience.class_for(current, loss), expected, "{current:?} with {loss}");
        }
    }

    #[test]
    fn the_class_follows_the_listeners_of_all_threads() {
        let mut audience = audience(None);
        assert!(!audience.review());
        audience.space.listeners.store(1001, Relaxed);
        assert!(audience.review());
        assert_eq!(audience.class_for(Ms20, 0), Ms60);
    }

    #[test]
    fn the_thread_is_told_frames_only_while_it_has_listeners() {
        let mut audience = audience(None);
        assert_eq!(audience.space.threads.load(Relaxed), 0);
        let places = [audience.join(1, Ms20), audience.join(2, Ms60)];
        assert_eq!(audience.space.threads.load(Relaxed), 1 << 3);
        audience.leave(Ms20, places[0]);
        assert_eq!(audience.space.threads.load(Relaxed), 1 << 3);
        audience.leave(Ms60, places[1]);
        assert_eq!(audience.space.threads.load(Relaxed), 0);
    }
}
