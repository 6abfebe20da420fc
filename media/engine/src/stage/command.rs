//! What calls ask of a stage thread.

use std::sync::Arc;
use std::time::Instant;

use cooee_audio::Voice;
use cooee_session::speak::Speak;
use cooee_stage::{Epoch, Participant, Seat};

use crate::event::Reason;
use crate::record::Recorder;
use crate::registry::{Owner, SessionKey, Space};
use crate::restart::Restart;

/// A session that was answered and now gets its thread.
pub(crate) struct Opening {
    pub(crate) owner: Owner,
    pub(crate) session: Speak,
    /// Our ICE fragment, by which its first datagram is recognised.
    pub(crate) fragment: Box<str>,
    pub(crate) at: Instant,
}

pub(crate) enum Command {
    OpenSpace(Arc<Space>, Epoch),
    CloseSpace(Arc<Space>, Reason),
    SetStage {
        space: u32,
        version: u64,
        seats: Vec<Seat>,
    },
    AddVoice {
        space: u32,
        participant: Participant,
        voice: Arc<Voice>,
    },
    SetTaps {
        space: u32,
        participants: Vec<Participant>,
    },
    /// Records into this from now on; `None` ends the recording.
    Record {
        space: u32,
        recorder: Option<Box<Recorder>>,
    },
    Open(Box<Opening>),
    Close(SessionKey, Reason),
    Restart(Box<Restart>),
    Stop,
}
