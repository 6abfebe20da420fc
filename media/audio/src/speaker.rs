//! One speaker: from packets to an even flow of samples.

use std::time::Instant;

use cooee_stage::{Level, Packet};

use crate::adapt::{EARLY, MS};
use crate::decode::{Decode, MAX_SAMPLES, has_fec};
use crate::jitter::{Jitter, Step};
use crate::stretch::{self, ALIKE, QUIET_MOST};
use crate::{CodecError, FRAME, Heard, level_of, ramp};

/// Quieter than this is a pause, in dBov…
const PAUSE_DBOV: i8 = -50;
/// …and so is what is quieter than the voice by so many dB.
const PAUSE_BELOW_VOICE: f32 = 25.0;
/// How fast the idea of the voice's loudness falls, in dB per frame.
const VOICE_FALL: f32 = 0.05;
/// Outside a pause the delay is changed at most once in so many frames…
const BETWEEN_CUTS: u8 = 3;
/// …unless it is wrong by more than this, when it is done at once, and also where no period is found.
const URGENT: i64 = 80 * MS;
/// Packets may be fetched so much too late, beyond the grain in which that can be changed: in a pause…
const QUIET_LATE: i64 = MS;
/// …and while somebody talks.
const VOICE_LATE: i64 = 3 * MS;
/// Spare delay that is not worth a cut in a pause.
const LITTLE: i64 = MS;

/// What a speaker's packets went through since they were opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpeakerStats {
    /// Packets that were played.
    pub played: u64,
    /// Packets that came too late.
    pub late: u64,
    /// Packets dropped for other reasons: duplicates, no Opus, strays.
    pub dropped: u64,
    /// Samples (48 kHz) of speech that were guessed, because they were lost or late.
    pub concealed: u64,
    /// Samples taken from the in-band FEC of a later packet.
    pub recovered: u64,
    /// Samples taken out to shorten the delay.
    pub shortened: u64,
    /// Samples put in to lengthen it.
    pub lengthened: u64,
    /// What the jitter buffer aims at, in samples.
    pub target: u32,
    /// How long after the quickest packets could have been played they are played, in samples; 0 at rest.
    pub delay: u32,
}

#[derive(Debug)]
pub(crate) struct Speaker {
    jitter: Jitter,
    decode: Decode,
    /// Decoded and not yet played.
    ready: Vec<f32>,
    /// How much was ready when the last packet was fetched.
    fetched_at: i64,
    /// The time of that packet, at most a frame: the fetching moves in steps of it.
    grain: i64,
    at_rest: bool,
    voice: f32,
    wait: u8,
    stats: SpeakerStats,
}

impl Speaker {
    pub(crate) fn new() -> Result<Self, CodecError> {
        Ok(Self {
            jitter: Jitter::new(),
            decode: Decode::new()?,
            // A frame, the longest packet that is fetched on top of it, and what a cut puts in.
            ready: Vec::with_capacity(FRAME + MAX_SAMPLES + FRAME),
            fetched_at: 0,
            grain: FRAME as i64,
            at_rest: true,
            voice: f32::from(Level::SILENCE.dbov()),
            wait: 0,
            stats: SpeakerStats::default(),
        })
    }

    pub(crate) fn receive(&mut self, packet: &Packet) -> Heard {
        let heard = self.jitter.push(packet);
        match heard {
            Heard::Kept => {}
            Heard::Late => self.stats.late += 1,
            _ => self.stats.dropped += 1,
        }
        heard
    }

    /// Writes the next frame; `None` if the speaker is at rest, and `out` is left as it was.
    pub(crate) fn pull(&mut self, now: Instant, out: &mut [f32; FRAME]) -> Option<Level> {
        self.fill(now);
        if self.ready.is_empty() {
            return None;
        }
        self.adjust(now);
        self.ready.resize(self.ready.len().max(FRAME), 0.0);
        out.copy_from_slice(&self.ready[..FRAME]);
        self.ready.drain(..FRAME);
        Some(level_of(out))
    }

    /// Time was lost here: goes on with what is new, and leaves out what waits.
    pub(crate) fn skip(&mut self) {
        self.ready.clear();
        self.at_rest = true;
        self.jitter.resynchronize();
    }

    /// Forgets all that was sent, but not the figures.
    pub(crate) fn forget(&mut self) {
        self.ready.clear();
        self.at_rest = true;
        self.jitter = Jitter::new();
        self.decode.reset();
    }

    pub(crate) fn stats(&self, now: Instant) -> SpeakerStats {
        let delay = self.jitter.delay(now, self.ready.len()).unwrap_or(0);
        SpeakerStats { target: self.jitter.target() as u32, delay: delay.max(0) as u32, ..self.stats }
    }

    fn fill(&mut self, now: Instant) {
        while self.ready.len() < FRAME {
            self.fetched_at = self.ready.len() as i64;
            match self.jitter.next(now) {
                Step::Play(packet) => self.play(&packet),
                Step::Lost(samples, next) => self.lost(samples, &next),
                Step::Starved => self.starved(),
                Step::Rest if self.at_rest => return,
                Step::Rest => self.rest(),
            }
        }
    }

    fn play(&mut self, packet: &[u8]) {
        let Some(pcm) = self.decode.packet(packet) else {
            self.stats.dropped += 1;
            return self.starved();
        };
        self.grain = (pcm.len() as i64).min(FRAME as i64);
        if std::mem::take(&mut self.at_rest) {
            ramp::rise(pcm);
        }
        self.ready.extend_from_slice(pcm);
        self.stats.played += 1;
    }

    fn lost(&mut self, samples: usize, next: &[u8]) {
        let recovered = if has_fec(next) { samples.min(FRAME) } else { 0 };
        self.stats.recovered += recovered as u64;
        self.stats.concealed += (samples - recovered) as u64;
        self.ready.extend_from_slice(self.decode.lost(samples, Some(next)));
    }

    fn starved(&mut self) {
        self.stats.concealed += FRAME as u64;
        self.ready.extend_from_slice(self.decode.lost(FRAME, None));
    }

    /// Lets the sound die away over one frame.
    fn rest(&mut self) {
        self.at_rest = true;
        let pcm = self.decode.lost(FRAME, None);
        ramp::fall(pcm);
        self.ready.extend_from_slice(pcm);
    }

    /// Brings the delay nearer to the target by a cut in what is about to be played.
    fn adjust(&mut self, now: Instant) {
        self.wait = self.wait.saturating_sub(1);
        let Some(delay) = self.jitter.delay(now, self.ready.len()) else { return };
        if self.at_rest || self.ready.len() < FRAME {
            return;
        }
        let slack = delay - self.fetched_at - self.jitter.wait();
        let level = level_of(&self.ready[..FRAME]);
        self.voice = f32::from(level.dbov()).max(self.voice - VOICE_FALL);
        if level.dbov() < PAUSE_DBOV || f32::from(level.dbov()) < self.voice - PAUSE_BELOW_VOICE {
            self.adjust_pause(slack);
        } else if self.wait == 0 || slack.abs() > URGENT {
            self.adjust_voice(slack);
        }
        self.fill(now);
    }

    /// `slack`: how much longer than need be the last packet had waited when it was fetched.
    fn adjust_pause(&mut self, slack: i64) {
        if slack < -EARLY {
            let count = (self.grain - self.spare()).clamp(1, QUIET_MOST as i64);
            stretch::lengthen_quiet(&mut self.ready, count as usize);
            self.moved(count);
            return;
        }
        // What is spare can go without any packet coming too late for it; beyond that, whole packets.
        let whole = if slack > self.grain + QUIET_LATE { slack / self.grain * self.grain } else { 0 };
        let count = (self.spare() + whole).min(QUIET_MOST as i64);
        if slack >= 0 && count > LITTLE {
            stretch::shorten_quiet(&mut self.ready, count as usize);
            self.moved(-count);
        }
    }

    fn adjust_voice(&mut self, slack: i64) {
        let (early, late) = (slack < -EARLY, slack > self.grain + VOICE_LATE);
        let much_spare = slack >= 0 && self.spare() >= stretch::LONGEST as i64;
        if !early && !late && !much_spare {
            return;
        }
        self.wait = BETWEEN_CUTS;
        let (lag, alike) = stretch::period(&self.ready);
        if alike < ALIKE && slack.abs() <= URGENT {
            return;
        }
        if early {
            stretch::lengthen(&mut self.ready, lag);
            self.moved(lag as i64);
        } else {
            stretch::shorten(&mut self.ready, lag);
            self.moved(-(lag as i64));
        }
    }

    /// Delay that no packet needs, since packets are fetched a frame at a time: 0 to below the grain.
    fn spare(&self) -> i64 {
        (self.fetched_at - (FRAME as i64 - self.grain)).max(0)
    }

    fn moved(&mut self, by: i64) {
        self.fetched_at = FRAME as i64 - self.grain + (self.spare() + by).rem_euclid(self.grain);
        if by > 0 {
            self.stats.lengthened += by as u64;
        } else {
            self.stats.shortened += by.unsigned_abs();
        }
    }
}

#[cfg(test)]
mod tests;
