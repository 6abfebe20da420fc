//! What can go wrong in a call, each with a stable code.

/// Why a call could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The offer or fragment was refused; the code says which rule.
    #[error("{1}")]
    Sdp(&'static str, String),
    /// No such Space is open on this node.
    #[error("the Space is not open on this node")]
    SpaceUnknown,
    /// No such session lives on this node.
    #[error("the session does not exist, or has ended")]
    SessionUnknown,
    /// The session was taken over by a newer one of the same person.
    #[error("the session was replaced by a newer one")]
    SessionReplaced,
    /// Since the person was let in, those who were let in so far have to ask again: somebody was put out.
    #[error("access was granted before it was last withdrawn; ask for it again")]
    AccessExpired,
    /// `If-Match` names another version of the session.
    #[error("the session has another ETag")]
    EtagMismatch,
    /// Someone else holds the edge's port.
    #[error("port {0} is in use; choose another COOEE_EDGE_PORT")]
    AddressInUse(u16),
    /// The edge cannot be bound where it was told.
    #[error("cannot bind the edge to {0}; check COOEE_EDGE_HOST and COOEE_EDGE_ADVERTISE")]
    AddressUnavailable(String),
    /// A file speaker's file cannot be played.
    #[error("the voice cannot be played: {0}")]
    BadVoice(String),
    /// A recording cannot be put together or cut.
    #[error("the recording cannot be used: {0}")]
    BadRecording(String),
    /// A thread did not answer in time.
    #[error("the node is overloaded; try again")]
    Overloaded,
    /// The engine is not running.
    #[error("the engine is stopped")]
    Stopped,
}

impl EngineError {
    /// The stable code that Python and clients see.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sdp(code, _) => code,
            Self::SpaceUnknown => "space_unknown",
            Self::SessionUnknown => "session_unknown",
            Self::SessionReplaced => "session_replaced",
            Self::AccessExpired => "access_expired",
            Self::EtagMismatch => "etag_mismatch",
            Self::AddressInUse(_) => "address_in_use",
            Self::AddressUnavailable(_) => "address_unavailable",
            Self::BadVoice(_) => "bad_voice",
            Self::BadRecording(_) => "bad_recording",
            Self::Overloaded => "overloaded",
            Self::Stopped => "stopped",
        }
    }
}
