//! The packets of one listener class of a Space, and who gets them.

use std::collections::VecDeque;

use arrayvec::ArrayVec;
use bytes::Bytes;
use cooee_audio::{CodecError, FrameClass, Joined, Joiner, MixedFrame, Sending};
use cooee_session::mix::{Class, Earlier, MAX_CSRCS, MixPacket};

/// How many frames (20 ms) back packets can be sent again.
const HISTORY: u64 = 50;
/// Frames for which somebody who is about to come is waited for: five seconds.
const EXPECTING: u32 = 250;
/// The place of somebody who went while a packet was on its way to the others.
const HOLE: u32 = u32::MAX;
/// RTP ticks in a frame.
const TICKS: u64 = 960;

/// Names a packet of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PacketName {
    pub(super) epoch: u32,
    pub(super) index: u64,
}

/// A packet that was sent, kept for a second so that it can be sent again, byte for byte.
#[derive(Debug)]
pub(super) struct Stored {
    name: PacketName,
    end: u64,
    marker: bool,
    csrcs: ArrayVec<u32, MAX_CSRCS>,
    opus: Bytes,
    earlier: [Option<(u32, Bytes)>; 2],
}

impl Stored {
    fn timestamp(&self) -> u32 {
        (self.name.index * TICKS) as u32
    }

    pub(super) fn name(&self) -> PacketName {
        self.name
    }

    /// Index of the frame after it.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn packet(&self, class: FrameClass) -> MixPacket<'_> {
        let earlier = |at: usize| {
            self.earlier[at].as_ref().map(|(timestamp, opus)| Earlier { timestamp: *timestamp, payload: opus })
        };
        MixPacket {
            epoch: self.name.epoch,
            index: self.name.index as u32,
            class: class_of(class),
            timestamp: self.timestamp(),
            marker: self.marker,
            csrcs: &self.csrcs,
            payload: &self.opus,
            earlier: [earlier(0), earlier(1)],
        }
    }
}

/// One listener class of a Space on one thread.
#[derive(Debug)]
pub(super) struct Lane {
    class: FrameClass,
    joiner: Option<Joiner>,
    members: Vec<u32>,
    holes: usize,
    /// For so many frames packets are made although nobody is here: somebody is about to come.
    expecting: u32,
    sent: VecDeque<Stored>,
}

impl Lane {
    pub(super) fn new(class: FrameClass) -> Self {
        Self { class, joiner: None, members: Vec::new(), holes: 0, expecting: 0, sent: VecDeque::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.members.len() - self.holes
    }

    /// Adds a listener; its place in the lane.
    pub(super) fn join(&mut self, listener: u32) -> usize {
        self.members.push(listener);
        self.members.len() - 1
    }

    /// Takes the listener at `place` out. Others keep their places, so that a packet on its way misses nobody.
    pub(super) fn leave(&mut self, place: usize) {
        self.members[place] = HOLE;
        self.holes += 1;
        if self.len() == 0 {
            self.members.clear();
            self.holes = 0;
        }
    }

    /// Makes packets for a while although nobody is here, so that whoever comes finds those that they need.
    pub(super) fn expect(&mut self) {
        self.expecting = EXPECTING;
    }

    /// The listeners from `place` on.
    pub(super) fn from(&self, place: usize) -> impl Iterator<Item = (usize, u32)> {
        let from = self.members.iter().enumerate().skip(place);
        from.filter(|(_, listener)| **listener != HOLE).map(|(place, listener)| (place, *listener))
    }

    /// Closes the gaps that leavers left, and tells those who moved. Only between packets.
    pub(super) fn close_ranks(&mut self, mut moved: impl FnMut(u32, usize)) {
        if self.holes == 0 {
            return;
        }
        self.members.retain(|listener| *listener != HOLE);
        self.holes = 0;
        for (place, listener) in self.members.iter().enumerate() {
            moved(*listener, place);
        }
    }

    /// Takes a frame of the mix; the packets that are to be sent now. A lane without listeners makes none, and forgets those
    /// that can no longer be asked for.
    pub(super) fn push(&mut self, frame: &MixedFrame) -> Result<ArrayVec<PacketName, 2>, CodecError> {
        let expecting = self.expecting > 0;
        self.expecting = self.expecting.saturating_sub(1);
        if self.len() == 0 && !expecting {
            self.joiner = None;
            self.forget(PacketName { epoch: frame.epoch.0 as u32, index: frame.index });
            return Ok(ArrayVec::new());
        }
        let joiner = match &mut self.joiner {
            Some(joiner) => joiner,
            none => none.insert(Joiner::new(self.class)?),
        };
        let packets = joiner.push(frame);
        Ok(packets.into_iter().filter(|joined| joined.sending.is_sent()).map(|joined| self.store(joined)).collect())
    }

    /// The packet of that name, if it was sent within the last second.
    pub(super) fn stored(&self, name: PacketName) -> Option<&Stored> {
        self.sent.iter().rev().find(|stored| stored.name == name)
    }

    /// The packets of this name and after it.
    pub(super) fn since(&self, name: PacketName) -> impl Iterator<Item = &Stored> {
        let before = move |stored: &&Stored| stored.name.epoch != name.epoch || stored.name.index < name.index;
        self.sent.iter().skip_while(before)
    }

    fn forget(&mut self, name: PacketName) {
        let outdated = |oldest: &Stored| oldest.name.epoch != name.epoch || oldest.end + HISTORY < name.index;
        while self.sent.front().is_some_and(outdated) {
            self.sent.pop_front();
        }
    }

    fn store(&mut self, joined: Joined) -> PacketName {
        let name = PacketName { epoch: joined.epoch.0 as u32, index: joined.index };
        self.forget(name);
        let first = self.before(name.epoch, name.index);
        let second = first.and_then(|first| self.before(name.epoch, first.name.index));
        let earlier = [first, second].map(|stored| stored.map(|stored| (stored.timestamp(), stored.opus.clone())));
        self.sent.push_back(Stored {
            name,
            end: joined.end(),
            marker: joined.sending == Sending::Start,
            csrcs: joined.csrcs.iter().map(|csrc| csrc.0).collect(),
            opus: joined.opus,
            earlier,
        });
        name
    }

    /// The packet that ends where `index` begins.
    fn before(&self, epoch: u32, index: u64) -> Option<&Stored> {
        self.sent.iter().rev().find(|stored| stored.name.epoch == epoch && stored.end == index)
    }
}

/// The session's word for a class.
fn class_of(class: FrameClass) -> Class {
    match class {
        FrameClass::Ms20 => Class::Ms20,
        FrameClass::Ms40 => Class::Ms40,
        FrameClass::Ms60 => Class::Ms60,
        FrameClass::Ms120 => Class::Ms120,
    }
}

/// The lane of a session's class.
pub(super) fn lane_of(class: Class) -> usize {
    match class {
        Class::Ms20 => 0,
        Class::Ms40 => 1,
        Class::Ms60 => 2,
        Class::Ms120 => 3,
    }
}

#[cfg(test)]
mod tests {
    use cooee_stage::Epoch;

    use super::*;

    /// A frame of Opus that says it is CELT, 20 ms, one frame (RFC 6716 §3.1).
    fn frame(index: u64) -> MixedFrame {
        let opus = Bytes::from(vec![0xF8, index as u8, 1, 2]);
        MixedFrame { epoch: Epoch(1), index, opus, silent: false, csrcs: ArrayVec::new() }
    }

    fn pushed(lane: &mut Lane, index: u64) -> Vec<u64> {
        lane.push(&frame(index)).expect("it joins").iter().map(|name| name.index).collect()
    }

    #[test]
    fn a_lane_without_listeners_makes_no_packets() {
        let mut lane = Lane::new(FrameClass::Ms20);
        assert_eq!(pushed(&mut lane, 0), [0_u64; 0]);
        lane.join(5);
        assert_eq!(pushed(&mut lane, 1), [1]);
    }

    #[test]
    fn who_leaves_shifts_nobody_until_the_packet_is_out() {
        let mut lane = Lane::new(FrameClass::Ms20);
        for listener in [5, 6, 7] {
            lane.join(listener);
        }
        lane.leave(0);
        assert_eq!(lane.from(1).collect::<Vec<_>>(), [(1, 6), (2, 7)]);
        let mut moves = Vec::new();
        lane.close_ranks(|listener, place| moves.push((listener, place)));
        assert_eq!(moves, [(6, 0), (7, 1)]);
        assert_eq!(lane.len(), 2);
    }

    #[test]
    fn a_lane_that_all_have_left_begins_at_the_first_place_again() {
        let mut lane = Lane::new(FrameClass::Ms20);
        for round in 0..3 {
            assert_eq!((lane.join(5), lane.join(6)), (0, 1), "round {round}");
            lane.leave(0);
            lane.leave(1);
        }
    }

    #[test]
    fn what_the_last_listener_got_can_be_asked_for_after_they_left() {
        let mut lane = Lane::new(FrameClass::Ms20);
        lane.join(5);
        pushed(&mut lane, 10);
        lane.leave(0);
        pushed(&mut lane, 40);
        assert!(lane.stored(PacketName { epoch: 1, index: 10 }).is_some());
        pushed(&mut lane, 62);
        assert!(lane.stored(PacketName { epoch: 1, index: 10 }).is_none());
    }

    #[test]
    fn who_is_expected_finds_the_packets_since_their_last() {
        let mut lane = Lane::new(FrameClass::Ms20);
        lane.expect();
        for index in 0..8 {
            pushed(&mut lane, index);
        }
        let found: Vec<u64> = lane.since(PacketName { epoch: 1, index: 6 }).map(|stored| stored.name.index).collect();
        assert_eq!(found, [6, 7]);
        for index in 8..400 {
            pushed(&mut lane, index);
        }
        assert_eq!(lane.since(PacketName { epoch: 1, index: 0 }).count(), 0, "nobody came");
    }

    #[test]
    fn packets_of_the_last_second_can_be_had_again_with_those_before_them() {
        let mut lane = Lane::new(FrameClass::Ms40);
        lane.join(5);
        let names: Vec<u64> = (0..200).flat_map(|index| pushed(&mut lane, index)).collect();
        assert_eq!(names.last(), Some(&198));
        let stored = lane.stored(PacketName { epoch: 1, index: 198 }).expect("just sent");
        let packet = stored.packet(FrameClass::Ms40);
        assert_eq!(packet.timestamp, 198 * 960);
        let before = lane.stored(PacketName { epoch: 1, index: 196 }).expect("just sent");
        assert_eq!(packet.earlier[0].map(|earlier| earlier.payload), Some(&before.opus[..]));
        assert_eq!(packet.earlier[1].map(|earlier| earlier.timestamp), Some(194 * 960));
        assert!(lane.stored(PacketName { epoch: 1, index: 150 }).is_some());
        assert!(lane.stored(PacketName { epoch: 1, index: 100 }).is_none());
    }
}
