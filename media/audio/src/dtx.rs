//! Which frames of a silence RTP sends.

/// So many frames at the start of a silence are always sent, so that its beginning survives loss.
const FIRST_FRAMES: u64 = 3;
/// After that one frame in so many (400 ms) is sent, so that receivers see that the stream lives.
const ONE_IN: u64 = 20;

/// What RTP does with a frame or packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// Nothing: it is silence, and receivers know.
    Withhold,
    /// Sends it.
    Send,
    /// Sends it with the marker: a talk spurt starts here (RFC 3551 §4.1).
    Start,
}

impl Sending {
    /// Whether it goes out at all.
    pub const fn is_sent(self) -> bool {
        !matches!(self, Self::Withhold)
    }
}

/// Decides frame by frame. The timestamp counts time, so that a withheld frame is a gap in it; the sequence counts what is sent.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// Index of the silence's first frame; `None` during sound.
    silent_since: Option<u64>,
    withheld: bool,
    started: bool,
}

impl Gate {
    /// A gate before the first frame, whose first sound gets the marker.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges the frame `index` (20 ms each), of which `silent` says whether the encoder found nothing to code in it.
    pub fn frame(&mut self, index: u64, silent: bool) -> Sending {
        if !silent {
            self.silent_since = None;
            let start = std::mem::take(&mut self.withheld) || !self.started;
            self.started = true;
            return if start { Sending::Start } else { Sending::Send };
        }
        let since = *self.silent_since.get_or_insert(index);
        let age = index.saturating_sub(since);
        if age < FIRST_FRAMES || age.is_multiple_of(ONE_IN) {
            return Sending::Send;
        }
        self.withheld = true;
        Sending::Withhold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(frames: &[bool]) -> Vec<Sending> {
        let mut gate = Gate::new();
        frames.iter().enumerate().map(|(index, silent)| gate.frame(index as u64, *silent)).collect()
    }

    #[test]
    fn the_first_three_frames_of_a_silence_and_one_every_400_ms_are_sent() {
        let mut frames = vec![false];
        frames.extend([true; 62]);
        let sent: Vec<usize> =
            judged(&frames).iter().enumerate().filter(|(_, s)| s.is_sent()).map(|(n, _)| n).collect();
        assert_eq!(sent, [0, 1, 2, 3, 21, 41, 61]);
    }

    #[test]
    fn the_marker_is_at_the_start_of_talk_only() {
        let mut frames = vec![true; 10];
        frames.extend([false, false, true, false]);
        frames.extend([true; 10]);
        frames.extend([false, false]);
        let judged = judged(&frames);
        let starts: Vec<usize> = (0..judged.len()).filter(|&n| judged[n] == Sending::Start).collect();
        assert_eq!(starts, [10, 24]);
    }
}
