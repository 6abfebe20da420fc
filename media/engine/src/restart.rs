//! An ICE restart on its way to the thread that owns the session.

use cooee_session::Secrets;
use cooee_session::sdp::FragmentError;
use crossbeam_channel::Sender;

use crate::registry::SessionKey;

/// An ICE restart that waits for its answer.
pub(crate) struct Restart {
    pub(crate) key: SessionKey,
    /// The peer's ICE fragment (RFC 8840).
    pub(crate) fragment: String,
    pub(crate) secrets: Secrets,
    /// Gets our fragment, or `None` if the peer's restarts nothing; hung up if the session has ended meanwhile.
    pub(crate) reply: Sender<Result<Option<String>, FragmentError>>,
}
