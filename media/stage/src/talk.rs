//! Who is talking, told from levels alone.

use std::time::{Duration, Instant};

use crate::Level;

/// Silence shorter than this is a pause between words, not the end of a turn.
pub const HANGOVER: Duration = Duration::from_millis(400);

/// Quieter than this is never a voice, in dBov.
const VOICE_DBOV: f32 = -55.0;
/// A voice stands out of the room's noise by this much, in dB.
const ABOVE_NOISE: f32 = 9.0;
/// What is louder than this is heard as a voice however steady it is (music, an engine beside the microphone), in dBov.
const LOUD_DBOV: f32 = -36.0;
/// One loud packet can be a knock; so many in a row are a voice. A pre-roll keeps what was said meanwhile.
const ONSET_PACKETS: u8 = 2;
/// How fast the idea of the noise follows downwards, as a share of the way per packet…
const FLOOR_FALL: f32 = 0.3;
/// …and upwards, in dB per packet of 20 ms: slowly, for speech is not noise.
const FLOOR_RISE: f32 = 0.05;

/// Watches the levels of one speaker.
#[derive(Clone, Debug)]
pub struct Talk {
    noise: f32,
    run: u8,
    last_voice: Option<Instant>,
    since: Option<Instant>,
}

impl Default for Talk {
    fn default() -> Self {
        Self { noise: -70.0, run: 0, last_voice: None, since: None }
    }
}

impl Talk {
    /// Somebody who has said nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Feeds the level of one frame of 20 ms.
    pub fn heard(&mut self, now: Instant, level: Level) {
        let dbov = f32::from(level.dbov());
        let threshold = (self.noise + ABOVE_NOISE).clamp(VOICE_DBOV, LOUD_DBOV);
        self.noise = if dbov < self.noise {
            self.noise + (dbov - self.noise) * FLOOR_FALL
        } else {
            (self.noise + FLOOR_RISE).min(LOUD_DBOV)
        };
        if dbov < threshold {
            self.run = 0;
            return;
        }
        let talking = self.is_talking(now);
        self.run = self.run.saturating_add(1);
        if talking || self.run >= ONSET_PACKETS {
            self.last_voice = Some(now);
            if !talking {
                self.since = Some(now);
            }
        }
    }

    /// Whether the turn goes on at `now`.
    pub fn is_talking(&self, now: Instant) -> bool {
        self.last_voice.is_some_and(|last| now.saturating_duration_since(last) < HANGOVER)
    }

    /// How long the turn has lasted at `now`; zero if there is none.
    pub fn turn(&self, now: Instant) -> Duration {
        match self.since {
            Some(since) if self.is_talking(now) => now.saturating_duration_since(since),
            _ => Duration::ZERO,
        }
    }

    /// When a voice was last heard.
    pub fn last_voice(&self) -> Option<Instant> {
        self.last_voice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(20);

    /// Feeds `levels`, one a frame, and tells after which of them the person was talking.
    fn turns(levels: &[i8]) -> Vec<bool> {
        let start = Instant::now();
        let mut talk = Talk::new();
        let at = |frame: usize| start + FRAME * frame as u32;
        let watch = |(frame, level): (usize, &i8)| {
            talk.heard(at(frame), Level::new(*level));
            talk.is_talking(at(frame))
        };
        levels.iter().enumerate().map(watch).collect()
    }

    #[test]
    fn two_loud_packets_start_a_turn_and_one_is_a_knock() {
        assert_eq!(turns(&[-90, -20, -90, -25, -25, -90]), [false, false, false, false, true, true]);
    }

    #[test]
    fn a_pause_between_words_does_not_end_the_turn() {
        let mut levels = vec![-25, -25];
        levels.extend([-90; 18]);
        levels.push(-25);
        assert!(turns(&levels)[1..].iter().all(|talking| *talking));
    }

    #[test]
    fn a_turn_ends_400_ms_after_the_last_word() {
        let mut levels = vec![-25, -25];
        levels.extend([-90; 20]);
        let talking = turns(&levels);
        assert!(talking[20]);
        assert!(!talking[21]);
    }

    #[test]
    fn steady_noise_is_not_a_voice_but_a_voice_over_it_is() {
        let mut levels = vec![-52; 1000];
        levels.extend([-30; 3]);
        let talking = turns(&levels);
        assert!(!talking[999]);
        assert!(talking[1002]);
    }

    #[test]
    fn loud_music_without_pauses_stays_heard() {
        assert!(turns(&[-20; 3000])[1..].iter().all(|talking| *talking));
    }
}
