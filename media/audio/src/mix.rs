//! Many speakers into one stream.

use std::time::{Duration, Instant};

use arrayvec::ArrayVec;
use bytes::Bytes;
use cooee_stage::{Csrc, Epoch, Level, Packet, Talk};

use crate::encode::Encode;
use crate::limiter::Limiter;
use crate::ramp::Ramp;
use crate::slab::Slab;
use crate::speaker::Speaker;
use crate::{CodecError, FRAME, FRAME_TIME, Heard, SpeakerStats};

/// So many people can be named in one RTP header (RFC 3550 §5.1).
pub const MAX_CSRCS: usize = 15;

/// A stall longer than this is skipped; a shorter one is made up.
const MAX_STALL: Duration = Duration::from_millis(60);

/// 20 ms of the mix.
#[derive(Clone, Debug)]
pub struct MixedFrame {
    /// Under whose reign it was mixed.
    pub epoch: Epoch,
    /// Number of the frame: `index × 20 ms` is its time since the Space was opened. May jump, never repeats.
    pub index: u64,
    /// One Opus packet of one 20 ms frame, mono.
    pub opus: Bytes,
    /// The encoder found nothing to code (at most 2 bytes): RTP need not carry it (see [`Gate`](crate::Gate)).
    pub silent: bool,
    /// Who is audible, the loudest first.
    pub csrcs: ArrayVec<Csrc, MAX_CSRCS>,
}

/// A speaker's loudness in the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpeakerLevel {
    /// Who.
    pub csrc: Csrc,
    /// As our decoder measured it.
    pub level: Level,
    /// Whether they are in the CSRC list.
    pub audible: bool,
}

/// What one speaker brings into a frame, before it is mixed.
#[derive(Clone, Copy, Debug)]
pub struct Contribution<'a> {
    /// Who.
    pub csrc: Csrc,
    /// Number of the frame.
    pub index: u64,
    /// When it is due.
    pub at: Instant,
    /// How loud it is.
    pub level: Level,
    /// Mono, 48 kHz; zeros from whom nothing comes.
    pub pcm: &'a [f32; FRAME],
}

/// What whoever says nothing contributes.
static NOTHING: [f32; FRAME] = [0.0; FRAME];

/// The mix of one Space: speakers in, one Opus stream out.
///
/// It belongs to one thread. The steady state allocates nothing but, once in some seconds, the block that payloads share.
#[derive(Debug)]
pub struct Mixer {
    epoch: Epoch,
    index: u64,
    due: Instant,
    seats: Vec<Seat>,
    sum: Box<[f32; FRAME]>,
    voice: Box<[f32; FRAME]>,
    limiter: Limiter,
    encode: Encode,
    slab: Slab,
}

#[derive(Debug)]
struct Seat {
    csrc: Csrc,
    may_pass: bool,
    leaving: bool,
    speaker: Speaker,
    ramp: Ramp,
    talk: Talk,
    level: Level,
    audible: bool,
}

impl Mixer {
    /// An empty mix whose frame 0 is due at `start`.
    pub fn new(start: Instant, epoch: Epoch) -> Result<Self, CodecError> {
        Ok(Self {
            epoch,
            index: 0,
            due: start,
            seats: Vec::new(),
            sum: Box::new([0.0; FRAME]),
            voice: Box::new([0.0; FRAME]),
            limiter: Limiter::new(),
            encode: Encode::new()?,
            slab: Slab::default(),
        })
    }

    /// Goes on with frame `index`: a new stage node takes over the numbering of the old one. It never goes back.
    pub fn begin_at(&mut self, index: u64) {
        self.index = self.index.max(index);
    }

    /// Frames carry this epoch from now on, if it is higher.
    pub fn raise_epoch(&mut self, epoch: Epoch) {
        self.epoch = self.epoch.max(epoch);
    }

    /// Puts a speaker on stage (or changes nothing but the permission). Without `may_pass` they contribute nothing.
    ///
    /// Taking the permission away fades them out within one frame and forgets what they had sent.
    pub fn seat(&mut self, csrc: Csrc, may_pass: bool) -> Result<(), CodecError> {
        if let Some(seat) = self.seats.iter_mut().find(|seat| seat.csrc == csrc) {
            seat.may_pass = may_pass;
            if std::mem::take(&mut seat.leaving) {
                // Whoever sits down now may be somebody else.
                seat.speaker.forget();
            }
        } else {
            self.seats.push(Seat::new(csrc, may_pass)?);
        }
        Ok(())
    }

    /// Takes a speaker off the stage, fading out within one frame.
    pub fn unseat(&mut self, csrc: Csrc) {
        if let Some(seat) = self.seats.iter_mut().find(|seat| seat.csrc == csrc) {
            seat.may_pass = false;
            seat.leaving = true;
        }
    }

    /// Takes a packet of a speaker.
    pub fn receive(&mut self, csrc: Csrc, packet: &Packet) -> Heard {
        match self.seats.iter_mut().find(|seat| seat.csrc == csrc && seat.may_pass) {
            Some(seat) => seat.speaker.receive(packet),
            None => Heard::NotPermitted,
        }
    }

    /// Switches in-band FEC on or off (only while a listener without RED reports loss: it costs quality).
    pub fn set_fec(&mut self, on: bool) -> Result<(), CodecError> {
        self.encode.set_fec(on)
    }

    /// When [`tick`](Self::tick) gives the next frame.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// Mixes the frame that is due at `now`, or returns `None` if none is. Call it again until it does.
    ///
    /// After a stall of over 60 ms the frames that were missed are skipped, not made up.
    pub fn tick(&mut self, now: Instant) -> Result<Option<MixedFrame>, CodecError> {
        self.tick_with(now, |_| {})
    }

    /// As [`tick`](Self::tick); `heard` is handed what each seat contributes.
    pub fn tick_with(
        &mut self,
        now: Instant,
        heard: impl FnMut(Contribution<'_>),
    ) -> Result<Option<MixedFrame>, CodecError> {
        let Some(late) = now.checked_duration_since(self.due) else { return Ok(None) };
        if late > MAX_STALL {
            self.skip(late);
        }
        // Speakers are asked for what is due, not for what is now: a late tick is no reason to change their delay.
        self.mix(self.due, heard);
        self.limiter.frame(&mut self.sum);
        let encoded = self.encode.frame(&self.sum)?;
        let opus = self.slab.share(encoded.opus);
        let silent = encoded.silent;
        let frame = MixedFrame { epoch: self.epoch, index: self.index, opus, silent, csrcs: audible(&self.seats) };
        self.index += 1;
        self.due += FRAME_TIME;
        Ok(Some(frame))
    }

    /// Levels of all speakers with permission in the last frame.
    pub fn levels(&self) -> impl Iterator<Item = SpeakerLevel> + '_ {
        let level = |seat: &Seat| SpeakerLevel { csrc: seat.csrc, level: seat.level, audible: seat.audible };
        self.seats.iter().filter(|seat| seat.may_pass).map(level)
    }

    /// What a speaker's packets went through.
    pub fn stats(&self, csrc: Csrc) -> Option<SpeakerStats> {
        let seat = self.seats.iter().find(|seat| seat.csrc == csrc)?;
        Some(seat.speaker.stats(self.due))
    }

    fn skip(&mut self, late: Duration) {
        let missed = (late.as_nanos() / FRAME_TIME.as_nanos()) as u32;
        self.index += u64::from(missed);
        self.due += FRAME_TIME * missed;
        for seat in &mut self.seats {
            seat.speaker.skip();
        }
    }

    fn mix(&mut self, at: Instant, mut heard: impl FnMut(Contribution<'_>)) {
        self.sum.fill(0.0);
        let index = self.index;
        for seat in &mut self.seats {
            let pulled = seat.pull(at, &mut self.voice);
            let pcm = if pulled { &*self.voice } else { &NOTHING };
            let level = if pulled { seat.level } else { Level::SILENCE };
            heard(Contribution { csrc: seat.csrc, index, at, level, pcm });
            if pulled {
                for (sum, sample) in self.sum.iter_mut().zip(self.voice.iter()) {
                    *sum += sample;
                }
            }
        }
        self.seats.retain(|seat| !seat.leaving);
    }
}

impl Seat {
    fn new(csrc: Csrc, may_pass: bool) -> Result<Self, CodecError> {
        Ok(Self {
            csrc,
            may_pass,
            leaving: false,
            speaker: Speaker::new()?,
            ramp: Ramp::off(),
            talk: Talk::new(),
            level: Level::SILENCE,
            audible: false,
        })
    }

    /// Writes what this speaker contributes to the frame; false if that is nothing.
    fn pull(&mut self, now: Instant, out: &mut [f32; FRAME]) -> bool {
        self.ramp.set(self.may_pass);
        if self.ramp.is_shut() {
            return false;
        }
        let pulled = self.speaker.pull(now, out);
        if pulled.is_none() {
            out.fill(0.0);
        }
        self.ramp.apply(out);
        if self.ramp.is_shut() {
            self.shut();
        } else {
            self.level = pulled.unwrap_or(Level::SILENCE);
            self.talk.heard(now, self.level);
            self.audible = self.talk.is_talking(now);
        }
        pulled.is_some()
    }

    fn shut(&mut self) {
        self.speaker.forget();
        self.talk = Talk::new();
        self.level = Level::SILENCE;
        self.audible = false;
    }
}

/// The audible speakers, the loudest first; those beyond the fifteenth have no room.
fn audible(seats: &[Seat]) -> ArrayVec<Csrc, MAX_CSRCS> {
    let mut loudest: ArrayVec<(Level, Csrc), MAX_CSRCS> = ArrayVec::new();
    for seat in seats.iter().filter(|seat| seat.audible) {
        let place = loudest.iter().position(|(level, _)| *level < seat.level).unwrap_or(loudest.len());
        if loudest.is_full() {
            if place == loudest.len() {
                continue;
            }
            loudest.pop();
        }
        loudest.insert(place, (seat.level, seat.csrc));
    }
    loudest.into_iter().map(|(_, csrc)| csrc).collect()
}

#[cfg(test)]
mod tests;
