//! What calls and threads share.

use std::sync::Arc;

use crate::event::{Event, Events, Figures, Reason};
use crate::feed::Feed;
use crate::guard::Bugs;
use crate::live::LiveSender;
use crate::presence::SharedPresence;
use crate::record::Recordings;
use crate::registry::{Door, Owner, Registry};

pub(crate) struct Shared {
    pub(crate) feed: Arc<Feed>,
    pub(crate) events: Events,
    pub(crate) presence: Arc<SharedPresence>,
    pub(crate) registry: Registry,
    pub(crate) live: LiveSender,
    pub(crate) bugs: Arc<Bugs>,
    pub(crate) recordings: Recordings,
}

impl Shared {
    /// Notes that a session has ended, and tells.
    pub(crate) fn closed(&self, door: Door, owner: &Owner, reason: Reason, figures: Figures) {
        self.registry.remove(&owner.session, reason == Reason::Replaced);
        let session = owner.session();
        self.events.emit(match door {
            Door::Speak => Event::SpeakClosed(session, reason, figures),
            Door::Listen => Event::ListenClosed(session, reason, figures),
        });
    }
}
