//! Loudness as one number.

/// What a meter shows as nothing, in dBov; a quiet room's noise lies below.
const METER_BOTTOM: i32 = -60;
/// What a meter shows as full, in dBov: somebody close to the microphone and not yet distorted.
const METER_TOP: i32 = -12;

/// A level in dBov (RFC 6464 §3): 0 is the loudest, −127 is silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(i8);

impl Level {
    /// Nothing at all.
    pub const SILENCE: Self = Self(-127);

    /// A level in dBov, brought into −127..=0.
    pub const fn new(dbov: i8) -> Self {
        if dbov > 0 {
            Self(0)
        } else if dbov < -127 {
            Self::SILENCE
        } else {
            Self(dbov)
        }
    }

    /// The level of the header extension's byte, whose top bit is the sender's guess at voice (RFC 6464 §3).
    pub const fn from_rfc6464(byte: u8) -> Self {
        Self(-((byte & 0x7f) as i8))
    }

    /// In dBov, −127..=0.
    pub const fn dbov(self) -> i8 {
        self.0
    }

    /// As people see it on a meter: 0..=100.
    pub const fn percent(self) -> u8 {
        let dbov = self.0 as i32;
        if dbov <= METER_BOTTOM {
            0
        } else if dbov >= METER_TOP {
            100
        } else {
            ((dbov - METER_BOTTOM) * 100 / (METER_TOP - METER_BOTTOM)) as u8
        }
    }
}

impl Default for Level {
    fn default() -> Self {
        Self::SILENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_stay_between_silence_and_the_loudest() {
        assert_eq!(Level::new(i8::MIN), Level::SILENCE);
        assert_eq!(Level::new(5).dbov(), 0);
        assert_eq!(Level::from_rfc6464(0xff), Level::SILENCE);
        assert_eq!(Level::from_rfc6464(0x80 | 0x1e).dbov(), -30);
    }

    #[test]
    fn a_meter_runs_from_nothing_to_full() {
        let shown: Vec<u8> = [-127, -60, -36, -12, 0].map(|dbov| Level::new(dbov).percent()).to_vec();
        assert_eq!(shown, [0, 0, 50, 100, 100]);
    }
}
