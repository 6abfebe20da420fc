//! One listener as its thread keeps it.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use cooee_audio::FrameClass;
use cooee_session::listen::{Listen, Reports};

use super::Due;
use super::audience::Audience;
use super::lane::PacketName;
use crate::edge::Names;
use crate::figures::ThreadFigures;
use crate::registry::Owner;

/// Frames (20 ms) after which packets of all classes end together.
const COMMON: u64 = 6;

pub(super) struct Listener {
    pub(super) session: Listen,
    pub(super) owner: Owner,
    pub(super) opened: Instant,
    pub(super) names: Names,
    pub(super) due: Due,
    pub(super) connected: bool,
    pub(super) class: FrameClass,
    /// The class to go on with where packets of all classes end together.
    pub(super) moving: Option<FrameClass>,
    /// Where it stands in the lane of its class, once connected.
    pub(super) place: Option<usize>,
    /// Epoch and frame before which it has heard everything.
    next: (u32, u64),
    /// Whether in-band FEC would help, by the listener's reports, and whether it is counted.
    wants_fec: bool,
    wishes_fec: bool,
    resent: (u32, u32),
    reports: Reports,
}

impl Listener {
    pub(super) fn new(session: Listen, owner: Owner, opened: Instant) -> Self {
        Self {
            session,
            owner,
            opened,
            names: Names::default(),
            due: Due::NEVER,
            connected: false,
            class: FrameClass::Ms20,
            moving: None,
            place: None,
            next: (0, 0),
            wants_fec: false,
            wishes_fec: false,
            resent: (0, 0),
            reports: Reports::default(),
        }
    }

    /// Whether a packet begins where the listener's sound goes on, or later.
    pub(super) fn wants(&self, name: PacketName) -> bool {
        (name.epoch, name.index) >= self.next
    }

    /// Goes on in `class` where packets of all classes end together.
    pub(super) fn move_to(&mut self, class: FrameClass, audience: &mut Audience) {
        self.moving = Some(class).filter(|class| *class != self.class);
        if self.moving.is_some() {
            audience.lane_mut(class).expect();
        }
    }

    /// Where the listener's sound goes on.
    pub(super) fn next(&self) -> PacketName {
        PacketName { epoch: self.next.0, index: self.next.1 }
    }

    /// Notes that the packet was sent; whether the listener goes on in another class now.
    pub(super) fn got(&mut self, name: PacketName, end: u64) -> bool {
        self.next = (name.epoch, end);
        self.moving.is_some() && end.is_multiple_of(COMMON)
    }

    /// Notes whether in-band FEC would help the listener.
    pub(super) fn want_fec(&mut self, wants: bool) {
        self.wants_fec = wants;
        self.count_fec_wish();
    }

    /// Counts the listener among those whom in-band FEC helps, or no longer: a decoder mends what is lost from the packet
    /// after it, of one frame.
    pub(super) fn count_fec_wish(&mut self) {
        let wishes = self.wants_fec && self.class == FrameClass::Ms20;
        if wishes == self.wishes_fec {
            return;
        }
        self.wishes_fec = wishes;
        let all = &self.owner.space.fec_wishes;
        if wishes {
            all.fetch_add(1, Relaxed)
        } else {
            all.fetch_sub(1, Relaxed)
        };
    }

    /// Adds what was sent again and reported since the last time.
    pub(super) fn count(&mut self, figures: &ThreadFigures) {
        let sent = self.session.sent();
        let now = (sent.resent, sent.not_resent);
        if now != self.resent {
            figures.resent.fetch_add(now.0.wrapping_sub(self.resent.0).into(), Relaxed);
            figures.not_resent.fetch_add(now.1.wrapping_sub(self.resent.1).into(), Relaxed);
            self.resent = now;
        }
        let told = self.session.reports();
        if told != self.reports {
            let loss = told.loss_per_mille.wrapping_sub(self.reports.loss_per_mille);
            figures.loss_reports.fetch_add(told.count.wrapping_sub(self.reports.count).into(), Relaxed);
            figures.loss_per_mille_sum.fetch_add(loss.into(), Relaxed);
            self.reports = told;
        }
    }
}
