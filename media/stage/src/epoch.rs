//! The mix's timeline as an edge sees it: the highest epoch wins, and time does not run backwards.

/// Which reign of a stage node something belongs to. Taking the stage lease raises it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// What an edge does with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Play it; it follows the last one, or leaves out some.
    Play,
    /// Play it; another stage node has taken over, and the numbering may have jumped.
    TakenOver,
    /// Drop it: its stage node no longer reigns.
    Stale,
    /// Drop it: it was played already, or its time has passed.
    Old,
}

/// Decides which frames of the mix are played.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    epoch: Epoch,
    last: Option<u64>,
}

impl Timeline {
    /// A timeline that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The highest epoch seen.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Judges frame `index` of `epoch`, and moves on if it is to be played.
    pub fn frame(&mut self, epoch: Epoch, index: u64) -> Verdict {
        if epoch < self.epoch {
            return Verdict::Stale;
        }
        let taken_over = epoch > self.epoch && self.last.is_some();
        if epoch == self.epoch && self.last.is_some_and(|last| index <= last) {
            return Verdict::Old;
        }
        self.epoch = epoch;
        self.last = Some(index);
        if taken_over { Verdict::TakenOver } else { Verdict::Play }
    }

    /// Notes an epoch seen elsewhere (a command, a lease), so that frames below it are dropped from now on.
    pub fn raise(&mut self, epoch: Epoch) {
        if epoch > self.epoch {
            self.epoch = epoch;
            self.last = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Old, Play, Stale, TakenOver};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_higher_epoch_wins_and_the_lower_one_never_comes_back() {
        let mut timeline = Timeline::new();
        let seen: Vec<Verdict> = [(1, 10), (1, 11), (2, 5), (1, 12), (2, 5), (2, 6)]
            .map(|(epoch, index)| timeline.frame(Epoch(epoch), index))
            .to_vec();
        assert_eq!(seen, [Play, Play, TakenOver, Stale, Old, Play]);
    }

    #[test]
    fn a_raised_epoch_silences_the_old_stage_node_before_the_new_one_speaks() {
        let mut timeline = Timeline::new();
        assert_eq!(timeline.frame(Epoch(1), 0), Verdict::Play);
        timeline.raise(Epoch(2));
        assert_eq!(timeline.frame(Epoch(1), 1), Verdict::Stale);
        assert_eq!(timeline.frame(Epoch(2), 1), Verdict::Play);
    }

    proptest! {
        #[test]
        fn what_is_played_only_ever_moves_forward(frames in prop::collection::vec((0..4_u64, 0..50_u64), 0..200)) {
            let mut timeline = Timeline::new();
            let mut last = None;
            for (epoch, index) in frames {
                if matches!(timeline.frame(Epoch(epoch), index), Verdict::Play | Verdict::TakenOver) {
                    prop_assert!(last < Some((epoch, index)));
                    last = Some((epoch, index));
                }
            }
        }
    }
}
