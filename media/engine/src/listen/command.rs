//! What calls ask of a thread of listeners.

use std::sync::Arc;
use std::time::Instant;

use cooee_session::listen::Listen;

use crate::event::Reason;
use crate::registry::{Owner, SessionKey, Space};
use crate::restart::Restart;

/// A session that was answered and now gets its thread.
pub(crate) struct Opening {
    pub(crate) owner: Owner,
    pub(crate) session: Listen,
    /// Our ICE fragment, by which its first datagram is recognised.
    pub(crate) fragment: Box<str>,
    pub(crate) at: Instant,
}

pub(crate) enum Command {
    Open(Box<Opening>),
    Close(SessionKey, Reason),
    CloseSpace(Arc<Space>, Reason),
    Restart(Box<Restart>),
    Stop,
}
