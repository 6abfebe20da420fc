//! Sending one packet of the mix to all who are in its lane, in batches spread over the packet's time.

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use arrayvec::ArrayVec;
use cooee_audio::{FrameClass, MixedFrame};

use super::ListenThread;
use super::lane::PacketName;
use crate::edge::SLOTS;
use crate::figures::DropReason;
use crate::guard::{Bug, bug_may_be_here, guarded};
use crate::sys::prefetch;
use crate::work::{Whose, Worker as _};

/// The longest pause between two batches.
const LONGEST_PAUSE: Duration = Duration::from_millis(1);
/// The share of a packet's time over which it is spread; the rest is room for what else is to be done.
const SPREAD: f64 = 0.7;

/// A packet on its way.
#[derive(Debug)]
pub(super) struct Job {
    space: u32,
    class: FrameClass,
    name: PacketName,
    /// The next place in the lane.
    place: usize,
    due: Instant,
    pause: Duration,
    /// After this it is too late.
    until: Instant,
}

impl Job {
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    pub(super) fn space(&self) -> u32 {
        self.space
    }
}

impl ListenThread {
    pub(super) fn take_frames(&mut self, now: Instant) {
        while let Ok((space, frame)) = self.inbox.frames.try_recv() {
            self.attempt(Some(Whose::Space(space)), now, |thread| thread.take_frame(space, &frame, now));
        }
    }

    fn take_frame(&mut self, space: u32, frame: &MixedFrame, now: Instant) {
        let Some(audience) = self.audiences.get_mut(&space) else { return };
        bug_may_be_here("audience", &audience.space.id);
        if audience.rests(now) {
            return;
        }
        let packets = match audience.frame(frame) {
            Ok(packets) => packets,
            Err(error) => return tracing::error!(%error, "frames could not be joined"),
        };
        for (class, name) in packets {
            self.begin(space, class, name, now);
        }
    }

    /// Begins to send a packet. What is left of the one before it is hurried: it goes first, as long as it is not too late.
    fn begin(&mut self, space: u32, class: FrameClass, name: PacketName, now: Instant) {
        let Self { jobs, audiences, listeners, .. } = self;
        let Some(audience) = audiences.get_mut(&space) else { return };
        let lane = audience.lane_mut(class);
        let mut hurried = false;
        for job in jobs.iter_mut().filter(|job| job.space == space && job.class == class) {
            (job.due, job.pause, hurried) = (now, Duration::ZERO, true);
        }
        if !hurried {
            lane.close_ranks(|listener, place| listeners[listener as usize].place = Some(place));
        }
        let batches = lane.len().div_ceil(SLOTS).max(1) as u32;
        let pause = (class.time().mul_f64(SPREAD) / batches).min(LONGEST_PAUSE);
        jobs.push(Job { space, class, name, place: 0, due: now, pause, until: now + class.time() });
    }

    /// Sends the batches that are due, as far as the sockets take them.
    pub(super) fn work(&mut self, now: Instant) {
        let mut at = 0;
        while at < self.jobs.len() {
            if self.outbox.free() < SLOTS {
                self.outbox.flush(now);
                if self.outbox.free() < SLOTS {
                    return;
                }
            }
            let mut sealing = None;
            let done = guarded(|| match &self.jobs[at] {
                job if job.until < now => self.give_up(at),
                job if job.due <= now => self.send_batch(at, now, &mut sealing),
                _ => false,
            });
            match done {
                Ok(true) => _ = self.jobs.remove(at),
                Ok(false) => at += 1,
                Err(Bug) => at = self.batch_failed(at, sealing, now),
            }
        }
    }

    /// Ends the session that a batch met a bug at, and goes on with the next; or the audience, if it was no session's. At
    /// which job to go on.
    fn batch_failed(&mut self, at: usize, sealing: Option<(usize, u32)>, now: Instant) -> usize {
        if let Some((place, listener)) = sealing {
            self.jobs[at].place = place + 1;
            self.session_failed(listener, now);
            return at;
        }
        self.space_failed(self.jobs[at].space, now);
        0
    }

    fn give_up(&self, at: usize) -> bool {
        let job = &self.jobs[at];
        if let Some(audience) = self.audiences.get(&job.space) {
            let left = audience.lane(job.class).from(job.place).count();
            self.figures.dropped(DropReason::FrameStale, left as u64);
        }
        true
    }

    /// Seals and sends one batch; whether it was the last. `sealing` names the place and the listener at work.
    fn send_batch(&mut self, at: usize, now: Instant, sealing: &mut Option<(usize, u32)>) -> bool {
        let started = Instant::now();
        let Self { jobs, audiences, listeners, outbox, figures, .. } = self;
        let job = &mut jobs[at];
        let Some(audience) = audiences.get(&job.space) else { return true };
        let lane = audience.lane(job.class);
        let Some(stored) = lane.stored(job.name) else { return true };
        let packet = stored.packet(job.class);
        let (mut sealed, mut done) = (0, true);
        let mut moving = ArrayVec::<u32, SLOTS>::new();
        let mut ahead = lane.from(job.place).peekable();
        while let Some((place, listener)) = ahead.next() {
            if let Some((_, next)) = ahead.peek() {
                prefetch(&*listeners[*next as usize]);
            }
            let Some(buffer) = outbox.slot() else {
                (job.place, done) = (place, false);
                break;
            };
            *sealing = Some((place, listener));
            let number = listener;
            let listener = &mut listeners[number as usize];
            bug_may_be_here("listen", &listener.owner.participant);
            if !listener.wants(job.name) {
                continue;
            }
            if let Some((to, len)) = listener.session.send(now, &packet, buffer) {
                outbox.commit(now, to, len);
                if listener.got(job.name, stored.end()) {
                    moving.push(number);
                }
                sealed += 1;
            }
        }
        drop(ahead);
        *sealing = None;
        let before_send = Instant::now();
        outbox.flush(before_send);
        figures.sealed.fetch_add(sealed, Relaxed);
        figures.seal_ns.fetch_add(before_send.saturating_duration_since(started).as_nanos() as u64, Relaxed);
        figures.send_ns.fetch_add(before_send.elapsed().as_nanos() as u64, Relaxed);
        job.due += job.pause;
        for listener in moving {
            self.change_class(listener, now);
        }
        done
    }

    /// Goes on with the packets of another class, of which some may be out already.
    fn change_class(&mut self, at: u32, now: Instant) {
        let Self { audiences, listeners, outbox, .. } = self;
        let listener = &mut listeners[at as usize];
        let Some(audience) = audiences.get_mut(&listener.owner.space.number) else { return };
        let (Some(class), Some(place)) = (listener.moving.take(), listener.place) else { return };
        let next = audience.join(at, class);
        audience.leave(listener.class, place);
        (listener.class, listener.place) = (class, Some(next));
        listener.count_fec_wish();
        for stored in audience.lane(class).since(listener.next()) {
            let Some(buffer) = outbox.room(now) else { return };
            if let Some((to, len)) = listener.session.send(now, &stored.packet(class), buffer) {
                outbox.commit(now, to, len);
                listener.got(stored.name(), stored.end());
            }
        }
    }
}
