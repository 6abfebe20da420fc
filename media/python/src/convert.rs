//! Values that cross the border, and errors.

use cooee_engine as engine;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::{Answer, Event, LogLine, Voice};

pyo3::create_exception!(
    cooee.media._core,
    EngineError,
    pyo3::exceptions::PyException,
    "A call could not be carried out."
);

/// The exception for a failed call: code, sentence.
#[expect(clippy::needless_pass_by_value, reason = "map_err hands over the error")]
pub(crate) fn failed(error: engine::EngineError) -> PyErr {
    EngineError::new_err((error.code(), error.to_string()))
}

/// Encoded JSON as text.
pub(crate) fn text(bytes: &[u8]) -> PyResult<&str> {
    std::str::from_utf8(bytes).map_err(|_| PyValueError::new_err("JSON is UTF-8"))
}

impl From<engine::Answer> for Answer {
    fn from(answer: engine::Answer) -> Self {
        Self { session: answer.session, sdp: answer.sdp, etag: answer.etag }
    }
}

impl From<engine::LogLine> for LogLine {
    fn from(line: engine::LogLine) -> Self {
        let engine::LogLine { level, part, said, fields, unheard } = line;
        Self { level, part, said, fields, unheard }
    }
}

impl Voice {
    pub(crate) fn of(py: Python<'_>, voice: engine::Voice) -> Self {
        let engine::Voice { space, participant, index, levels, pcm, ends, age_ms } = voice;
        let bytes = |bytes: &[u8]| PyBytes::new(py, bytes).unbind();
        Self { space, participant, index, levels: bytes(&levels), pcm: bytes(&pcm), ends, age_ms }
    }
}

impl Event {
    /// A session that ended, with its figures.
    fn closed(kind: &str, session: engine::Session, why: &engine::Reason, figures: engine::Figures) -> Self {
        let engine::Figures { connected, lasted, quality } = figures;
        let figures = [
            ("connected", u64::from(connected)),
            ("lasted_ms", u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX)),
            ("packets", quality.packets.into()),
            ("lost", quality.lost.into()),
            ("repaired", quality.repaired.into()),
            ("worst_loss_per_mille", quality.worst_loss_per_mille.into()),
            ("worst_jitter_ms", quality.worst_jitter_ms.into()),
        ];
        let figures = figures.into_iter().collect();
        Self { figures, ..Self::of(kind, session, Some(why.as_str().to_owned())) }
    }

    fn of(kind: &str, session: engine::Session, reason: Option<String>) -> Self {
        let engine::Session { space, participant, session } = session;
        let (participant, session) = (Some(participant), Some(session));
        Self { kind: kind.to_owned(), space, participant, session, reason, ..Self::default() }
    }
}

impl From<engine::Event> for Event {
    fn from(event: engine::Event) -> Self {
        match event {
            engine::Event::SpeakConnected(session) => Self::of("speak_connected", session, None),
            engine::Event::SpeakClosed(session, why, figures) => Self::closed("speak_closed", session, &why, figures),
            engine::Event::ListenClosed(session, why, figures) => Self::closed("listen_closed", session, &why, figures),
            engine::Event::Presence { space, joined, left, count } => {
                Self { kind: "presence".to_owned(), space, joined, left, count, ..Self::default() }
            }
            engine::Event::RecordingEnded { space, folder, how } => Self {
                kind: "recording_ended".to_owned(),
                space,
                folder: Some(folder),
                reason: Some(how.as_str().to_owned()),
                ..Self::default()
            },
            engine::Event::MixFailed { space } => Self { kind: "mix_failed".to_owned(), space, ..Self::default() },
        }
    }
}
