//! One listener as its thread keeps it.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use cooee_audio::FrameClass;
use cooee_session::listen::Listen;

use super::Due;
use super::lane::{PacketName, Stored};
use crate::edge::Names;
use crate::figures::ThreadFigures;
use crate::registry::Owner;

pub(super) struct Listener {
    pub(super) session: Listen,
    pub(super) owner: Owner,
    pub(super) opened: Instant,
    pub(super) names: Names,
    pub(super) due: Due,
    pub(super) connected: bool,
    pub(super) class: FrameClass,
    /// Where it stands in the lane of its class, once connected.
    pub(super) place: Option<usize>,
    /// Epoch and frame before which it has heard everything.
    next: (u32, u64),
    wishes_fec: bool,
    resent: (u32, u32),
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
            place: None,
            next: (0, 0),
            wishes_fec: false,
            resent: (0, 0),
        }
    }

    /// Whether a packet begins where the listener's sound goes on, or later.
    pub(super) fn wants(&self, name: PacketName) -> bool {
        (name.epoch, name.index) >= self.next
    }

    /// Notes that the packet was sent.
    pub(super) fn got(&mut self, name: PacketName, stored: &Stored) {
        self.next = (name.epoch, stored.end());
    }

    /// Counts the listener among those whom in-band FEC helps, or no longer.
    pub(super) fn wish_fec(&mut self, wishes: bool) {
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

    /// Adds what was sent again since the last time.
    pub(super) fn count_resent(&mut self, figures: &ThreadFigures) {
        let sent = self.session.sent();
        let now = (sent.resent, sent.not_resent);
        if now != self.resent {
            figures.resent.fetch_add(now.0.wrapping_sub(self.resent.0).into(), Relaxed);
            figures.not_resent.fetch_add(now.1.wrapping_sub(self.resent.1).into(), Relaxed);
            self.resent = now;
        }
    }
}
