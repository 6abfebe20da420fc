//! Levels for the feed: the loudest of each fifth of a second.

use std::fmt::Write as _;

use arrayvec::ArrayVec;
use cooee_audio::{MAX_CSRCS, SpeakerLevel};
use cooee_stage::{Csrc, Level};

/// Frames between two messages: 200 ms.
const FRAMES: u32 = 10;
/// The longest that is told of one speaker: `,"4294967295":100`.
const LONGEST: usize = 17;

/// Gathers the levels of audible speakers.
#[derive(Default)]
pub(super) struct Levels {
    loudest: ArrayVec<(Csrc, Level), MAX_CSRCS>,
    frames: u32,
    /// Who was audible when it was told last.
    before: ArrayVec<Csrc, MAX_CSRCS>,
    silent: bool,
}

/// What the feed is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// How loud each is, as JSON.
    pub(super) json: String,
    /// Whether others are audible than before.
    pub(super) others: bool,
}

impl Levels {
    pub(super) fn heard(&mut self, speaker: SpeakerLevel) {
        if !speaker.audible {
            return;
        }
        match self.loudest.iter_mut().find(|(csrc, _)| *csrc == speaker.csrc) {
            Some((_, level)) => *level = (*level).max(speaker.level),
            None => _ = self.loudest.try_push((speaker.csrc, speaker.level)),
        }
    }

    /// Called once a frame: every tenth time the message, as JSON. Silence is told once.
    pub(super) fn message(&mut self) -> Option<Told> {
        self.frames += 1;
        if self.frames < FRAMES {
            return None;
        }
        self.frames = 0;
        let silent = self.loudest.is_empty();
        if std::mem::replace(&mut self.silent, silent) && silent {
            return None;
        }
        let now = || self.loudest.iter().map(|(csrc, _)| *csrc);
        let others = now().count() != self.before.len() || now().any(|csrc| !self.before.contains(&csrc));
        self.before = now().collect();
        // The feed keeps it: one allocation for each message, with room for all.
        let mut json = String::with_capacity(2 + LONGEST * self.loudest.len());
        json.push('{');
        for (csrc, level) in self.loudest.drain(..) {
            let comma = if json.len() > 1 { "," } else { "" };
            // Writing into a string cannot fail.
            _ = write!(json, "{comma}\"{csrc}\":{}", level.percent());
        }
        json.push('}');
        Some(Told { json, others })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaker(csrc: u32, dbov: i8, audible: bool) -> SpeakerLevel {
        SpeakerLevel { csrc: Csrc(csrc), level: Level::new(dbov), audible }
    }

    fn messages(levels: &mut Levels, frames: u32) -> Vec<String> {
        (0..frames).filter_map(|_| levels.message()).map(|told| told.json).collect()
    }

    #[test]
    fn the_loudest_of_200_ms_is_told() {
        let mut levels = Levels::default();
        for dbov in [-60, -12, -50] {
            levels.heard(speaker(7, dbov, true));
            levels.heard(speaker(8, -36, true));
            levels.heard(speaker(9, 0, false));
        }
        assert_eq!(messages(&mut levels, 10), [r#"{"7":100,"8":50}"#]);
    }

    #[test]
    fn the_longest_message_fits_the_room_that_was_made() {
        let mut levels = Levels::default();
        for nth in 0..MAX_CSRCS as u32 {
            levels.heard(speaker(u32::MAX - nth, 0, true));
        }
        let json = messages(&mut levels, 10).remove(0);
        // All but the first have a comma.
        assert_eq!((json.len(), json.capacity()), (1 + LONGEST * MAX_CSRCS, 2 + LONGEST * MAX_CSRCS));
    }

    #[test]
    fn it_is_told_when_others_are_audible_than_before() {
        let mut levels = Levels::default();
        let mut others = |who: &[u32]| {
            for csrc in who {
                levels.heard(speaker(*csrc, -12, true));
            }
            (0..10).find_map(|_| levels.message()).map(|told| told.others)
        };
        let steps: [(&[u32], _); 6] =
            [(&[7], true), (&[7], false), (&[8, 7], true), (&[7, 8], false), (&[8], true), (&[], true)];
        for (who, expected) in steps {
            assert_eq!(others(who), Some(expected), "{who:?}");
        }
        assert_eq!(others(&[]), None);
    }

    #[test]
    fn silence_is_told_once() {
        let mut levels = Levels::default();
        levels.heard(speaker(7, -12, true));
        assert_eq!(messages(&mut levels, 50), [r#"{"7":100}"#, "{}"]);
    }
}
