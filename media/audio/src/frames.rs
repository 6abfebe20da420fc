//! How long the packets of a listener are.

use std::time::Duration;

use crate::FRAME_TIME;

/// From so many listeners on packets are 40 ms long…
const UP_TO_40: usize = 100;
/// …and from so many on 60 ms.
const UP_TO_60: usize = 1_000;
/// Back to 20 ms below this…
const BACK_TO_20: usize = 70;
/// …and to 40 ms below this.
const BACK_TO_40: usize = 700;
/// A listener who loses more than this share goes to the shortest packets.
const LOSSY: f32 = 0.03;
/// …and comes back when less than this is lost.
const SOUND: f32 = 0.01;

/// How many frames of 20 ms a listener's packets hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrameClass {
    /// One frame.
    #[default]
    Ms20,
    /// Two frames.
    Ms40,
    /// Three frames.
    Ms60,
    /// Six frames: HTTP, HLS and WebSocket only, or by the operator's setting.
    Ms120,
}

impl FrameClass {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Ms20, Self::Ms40, Self::Ms60, Self::Ms120];

    /// How many frames a packet holds.
    pub const fn frames(self) -> usize {
        match self {
            Self::Ms20 => 1,
            Self::Ms40 => 2,
            Self::Ms60 => 3,
            Self::Ms120 => 6,
        }
    }

    /// The time of a packet.
    pub const fn time(self) -> Duration {
        FRAME_TIME.saturating_mul(self.frames() as u32)
    }
}

/// The class of a Space at one edge, by the number of its listeners, with hysteresis.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClassChoice {
    class: FrameClass,
}

impl ClassChoice {
    /// Begins with 20 ms.
    pub fn new() -> Self {
        Self::default()
    }

    /// The class now.
    pub fn class(&self) -> FrameClass {
        self.class
    }

    /// The class for so many `listeners`, given the one before.
    pub fn listeners(&mut self, listeners: usize) -> FrameClass {
        let smallest = match listeners {
            n if n > UP_TO_60 => FrameClass::Ms60,
            n if n > UP_TO_40 => FrameClass::Ms40,
            _ => FrameClass::Ms20,
        };
        let largest = match listeners {
            n if n < BACK_TO_20 => FrameClass::Ms20,
            n if n < BACK_TO_40 => FrameClass::Ms40,
            _ => FrameClass::Ms60,
        };
        self.class = self.class.clamp(smallest, largest);
        self.class
    }

    /// The class of one listener who loses this share (0..=1) of packets, and had `current`.
    pub fn of_listener(&self, current: FrameClass, loss: f32) -> FrameClass {
        let stays_short = current < self.class && loss >= SOUND;
        if loss > LOSSY || stays_short { FrameClass::Ms20 } else { self.class }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FrameClass::{Ms20, Ms40, Ms60};

    #[test]
    fn packets_grow_with_the_audience_and_shrink_later_than_they_grew() {
        let mut choice = ClassChoice::new();
        let steps = [
            (0, Ms20),
            (100, Ms20),
            (101, Ms40),
            (100, Ms40),
            (70, Ms40),
            (69, Ms20),
            (1000, Ms40),
            (1001, Ms60),
            (1000, Ms60),
            (700, Ms60),
            (699, Ms40),
            (5000, Ms60),
            (10, Ms20),
            (100_000, Ms60),
        ];
        for (listeners, class) in steps {
            assert_eq!(choice.listeners(listeners), class, "at {listeners}");
        }
    }

    #[test]
    fn a_listener_who_loses_packets_gets_short_ones_until_it_is_over() {
        let mut choice = ClassChoice::new();
        choice.listeners(2000);
        assert_eq!(choice.of_listener(Ms60, 0.03), Ms60);
        assert_eq!(choice.of_listener(Ms60, 0.031), Ms20);
        assert_eq!(choice.of_listener(Ms20, 0.02), Ms20);
        assert_eq!(choice.of_listener(Ms20, 0.005), Ms60);
    }

    #[test]
    fn a_class_lasts_as_long_as_its_frames() {
        assert_eq!(FrameClass::ALL.map(|class| class.time().as_millis()), [20, 40, 60, 120]);
    }
}
