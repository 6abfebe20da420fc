//! Whether a crowd heard what it should: the part that all reports have in common.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::crowd::Window;
use crate::ear::Heard;
use crate::stats::round;

/// A voice is louder than this, in dBov.
const AUDIBLE_DBOV: f64 = -50.0;

/// What went over the network to the crowd.
#[derive(Debug, Serialize)]
pub struct Network {
    /// RTP packets.
    pub packets_per_second: f64,
    /// All datagrams, with IP and UDP headers.
    pub mbit_per_second: f64,
    /// RTP packets to each.
    pub packets_per_listener_and_second: f64,
}

/// What was wrong with it, over several windows; the last one is the steady state.
#[derive(Debug, Serialize)]
pub struct Sound {
    /// Sessions that ended or never connected.
    pub failed_sessions: usize,
    /// Connected listeners that heard nothing in the steady state.
    pub unheard: usize,
    /// SRTP and SRTCP packets that were not authentic.
    pub not_authentic: u64,
    /// Datagrams that clients refused, by protocol and reason.
    pub refused: BTreeMap<String, u64>,
    /// Packets of the sample that could not be decoded.
    pub undecoded: u64,
    /// Packets of the sample that were decoded in the steady state.
    pub decoded: u64,
    /// How many are in the sample.
    pub ears: usize,
    /// The level of the quietest of the sample in the steady state.
    pub quietest_dbov: Option<f64>,
    /// The longest time without a packet at any of the sample in the steady state.
    pub longest_gap_ms: f64,
    /// Packets that did not come in the steady state.
    pub lost: u64,
    /// Packets that should have come in the steady state.
    pub expected: u64,
    /// Datagrams for which our own socket had no room.
    pub overflowed: u32,
}

impl Network {
    /// Of one window.
    pub fn of(window: &Window) -> Network {
        let packets = window.packets as f64 / window.time.as_secs_f64();
        Network {
            packets_per_second: packets.round(),
            mbit_per_second: round(window.bytes as f64 * 8.0 / 1e6 / window.time.as_secs_f64(), 1),
            packets_per_listener_and_second: round(packets / window.connected.max(1) as f64, 2),
        }
    }
}

impl Sound {
    /// Of the steady state, and of what was before and after it.
    pub fn of(steady: &Window, others: &[&Window]) -> Sound {
        let all = || others.iter().copied().chain([steady]);
        let mut refused = BTreeMap::<String, u64>::new();
        for (why, count) in all().flat_map(|window| &window.refused) {
            *refused.entry(why.clone()).or_default() += count;
        }
        let level = steady.heard.iter().map(|heard| heard.dbov().unwrap_or(f64::NEG_INFINITY)).reduce(f64::min);
        let gap = steady.heard.iter().map(|heard| heard.longest_gap).max().unwrap_or_default();
        Sound {
            failed_sessions: all().map(|window| window.closed).sum::<usize>() + steady.connecting,
            unheard: steady.unheard,
            not_authentic: all().map(|window| window.not_authentic).sum(),
            refused,
            undecoded: all().flat_map(|window| &window.heard).map(|heard: &Heard| heard.failures).sum(),
            decoded: steady.heard.iter().map(|heard| heard.packets).sum(),
            ears: steady.heard.len(),
            quietest_dbov: level.filter(|level| level.is_finite()).map(|level| round(level, 1)),
            longest_gap_ms: round(gap.as_secs_f64() * 1000.0, 1),
            lost: steady.expected.saturating_sub(steady.packets),
            expected: steady.expected,
            overflowed: all().map(|window| window.overflowed).sum(),
        }
    }

    /// Whether everybody heard a voice, and nothing was forged or broken. Loss does not count.
    pub fn passes(&self) -> bool {
        let heard = self.ears > 0 && self.quietest_dbov.is_some_and(|level| level > AUDIBLE_DBOV);
        heard && self.not_authentic + self.undecoded == 0 && self.failed_sessions + self.unheard == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(power: f64, failures: u64) -> Heard {
        Heard { packets: 50, failures, samples: 48_000, power: power * 48_000.0, ..Heard::default() }
    }

    fn window(heard: Vec<Heard>) -> Window {
        Window { connected: 2, packets: 98, expected: 100, heard, ..Window::default() }
    }

    #[test]
    fn a_voice_at_every_ear_passes_and_loss_is_told() {
        let sound = Sound::of(&window(vec![heard(0.01, 0), heard(0.001, 0)]), &[]);
        assert!(sound.passes());
        assert_eq!((sound.lost, sound.quietest_dbov), (2, Some(-30.0)));
    }

    #[test]
    fn silence_at_one_ear_and_anything_broken_at_any_time_do_not_pass() {
        let good = || window(vec![heard(0.01, 0)]);
        assert!(!Sound::of(&window(vec![heard(0.01, 0), heard(1e-9, 0)]), &[]).passes());
        assert!(!Sound::of(&window(vec![heard(0.01, 1)]), &[]).passes());
        assert!(!Sound::of(&window(vec![]), &[&good()]).passes(), "nobody listened");
        assert!(!Sound::of(&good(), &[&Window { not_authentic: 1, ..good() }]).passes());
        assert!(!Sound::of(&good(), &[&Window { closed: 1, ..good() }]).passes());
        assert!(!Sound::of(&Window { unheard: 1, ..good() }, &[]).passes());
        assert!(!Sound::of(&Window { connecting: 1, ..good() }, &[]).passes());
    }
}
