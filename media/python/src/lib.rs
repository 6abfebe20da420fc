//! The Python face of the media engine: conversion only.

mod convert;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use cooee_engine as engine;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use convert::{failed, text};

/// What a door says.
#[pyclass(frozen, get_all, module = "cooee.media._core")]
struct Answer {
    session: String,
    sdp: String,
    etag: String,
}

/// Something that happened in the engine.
#[pyclass(frozen, get_all, module = "cooee.media._core")]
#[derive(Default)]
struct Event {
    kind: String,
    space: String,
    participant: Option<String>,
    session: Option<String>,
    reason: Option<String>,
    joined: Vec<String>,
    left: Vec<String>,
    count: usize,
    figures: HashMap<&'static str, u64>,
    folder: Option<String>,
}

/// A line of the engine's log.
#[pyclass(frozen, get_all, module = "cooee.media._core")]
struct LogLine {
    level: &'static str,
    part: String,
    said: String,
    fields: Vec<(String, String)>,
    unheard: u64,
}

/// An unbroken piece of somebody's voice.
#[pyclass(frozen, get_all, module = "cooee.media._core")]
struct Voice {
    space: String,
    participant: String,
    index: u64,
    levels: Py<PyBytes>,
    pcm: Py<PyBytes>,
    ends: bool,
    age_ms: u64,
}

/// The media engine of one node.
#[pyclass(frozen, module = "cooee.media._core")]
struct Engine(Arc<engine::Engine>);

#[pymethods]
impl Engine {
    #[new]
    #[pyo3(signature = (*, node, edge_host, edge_port, advertise, grant_key, listener_threads = 0))]
    fn new(
        node: String,
        edge_host: String,
        edge_port: u16,
        advertise: Vec<String>,
        grant_key: Vec<u8>,
        listener_threads: usize,
    ) -> Self {
        let (stage_threads, frame_class) = (0, None);
        let config = engine::Config {
            node,
            edge_host,
            edge_port,
            advertise,
            grant_key,
            listener_threads,
            stage_threads,
            frame_class,
        };
        Self(Arc::new(engine::Engine::new(config)))
    }

    #[getter]
    fn edge_port(&self) -> u16 {
        self.0.edge_port()
    }

    fn start(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.0.start()).map_err(failed)
    }

    fn stop(&self, py: Python<'_>) {
        py.detach(|| self.0.stop());
    }

    fn open_space(&self, py: Python<'_>, space: &str, epoch: u64) {
        py.detach(|| self.0.open_space(space, epoch));
    }

    fn close_space(&self, py: Python<'_>, space: &str, reason: &str) {
        py.detach(|| self.0.close_space(space, reason));
    }

    fn set_stage(&self, py: Python<'_>, space: &str, version: u64, stage: Vec<(String, u32, bool)>) {
        py.detach(|| self.0.set_stage(space, version, stage));
    }

    fn set_access_epoch(&self, py: Python<'_>, space: &str, epoch: u64) {
        py.detach(|| self.0.set_access_epoch(space, epoch));
    }

    fn set_audiences(&self, py: Python<'_>, space: &str, participant: &str, audiences: Vec<String>) {
        py.detach(|| self.0.set_audiences(space, participant, audiences));
    }

    fn close_participant(&self, py: Python<'_>, space: &str, participant: &str, reason: &str) -> usize {
        py.detach(|| self.0.close_participant(space, participant, reason))
    }

    #[pyo3(signature = (space, participant, offer, access_epoch, replaces = None))]
    fn open_speak(
        &self,
        py: Python<'_>,
        space: &str,
        participant: &str,
        offer: &str,
        access_epoch: u64,
        replaces: Option<&str>,
    ) -> PyResult<Answer> {
        py.detach(|| self.0.open_speak(space, participant, offer, access_epoch, replaces))
            .map(Answer::from)
            .map_err(failed)
    }

    fn open_listen(
        &self,
        py: Python<'_>,
        space: &str,
        participant: &str,
        offer: &str,
        access_epoch: u64,
    ) -> PyResult<Answer> {
        py.detach(|| self.0.open_listen(space, participant, offer, access_epoch)).map(Answer::from).map_err(failed)
    }

    fn restart_ice(
        &self,
        py: Python<'_>,
        space: &str,
        session: &str,
        fragment: &str,
        if_match: Option<&str>,
    ) -> PyResult<Answer> {
        py.detach(|| self.0.restart_ice(space, session, fragment, if_match)).map(Answer::from).map_err(failed)
    }

    #[pyo3(signature = (space, session, reason = "left"))]
    fn close_session(&self, py: Python<'_>, space: &str, session: &str, reason: &str) -> bool {
        py.detach(|| self.0.close_session(space, session, &reason.into()))
    }

    #[expect(clippy::too_many_arguments, reason = "the call has that many in Python")]
    fn publish(
        &self,
        py: Python<'_>,
        topic: &str,
        audience: &str,
        version: u64,
        prev: u64,
        snapshot: &[u8],
        frame: &[u8],
    ) -> PyResult<()> {
        let (snapshot, frame) = (text(snapshot)?, text(frame)?);
        py.detach(|| self.0.publish(topic, audience, (version, prev), snapshot, frame));
        Ok(())
    }

    fn publish_live(&self, py: Python<'_>, topic: &str, audience: &str, channel: &str, data: &[u8]) -> PyResult<()> {
        let data = text(data)?;
        py.detach(|| self.0.publish_live(topic, audience, channel, data));
        Ok(())
    }

    fn react(&self, py: Python<'_>, space: &str, participant: &str, emoji: &str) {
        py.detach(|| self.0.react(space, participant, emoji));
    }

    fn add_voice(&self, py: Python<'_>, space: &str, participant: &str, path: &str) -> PyResult<()> {
        py.detach(|| self.0.add_voice(space, participant, path)).map_err(failed)
    }

    fn set_taps(&self, py: Python<'_>, space: &str, participants: Vec<String>) {
        py.detach(|| self.0.set_taps(space, participants));
    }

    fn take_voices(&self, py: Python<'_>) -> Vec<Voice> {
        let voices = py.detach(|| self.0.take_voices());
        voices.into_iter().map(|voice| Voice::of(py, voice)).collect()
    }

    fn readers(&self, py: Python<'_>, space: &str, channel: &str) -> usize {
        py.detach(|| self.0.readers(space, channel))
    }

    fn start_recording(&self, py: Python<'_>, space: &str, folder: &str) -> PyResult<()> {
        py.detach(|| self.0.start_recording(space, folder)).map_err(failed)
    }

    fn stop_recording(&self, py: Python<'_>, space: &str) {
        py.detach(|| self.0.stop_recording(space));
    }

    fn poll_events(&self, py: Python<'_>, timeout_ms: u64) -> Vec<Event> {
        let events = py.detach(|| self.0.poll_events(Duration::from_millis(timeout_ms)));
        events.into_iter().map(Event::from).collect()
    }

    fn metrics(&self, py: Python<'_>) -> String {
        py.detach(|| self.0.metrics())
    }
}

/// What the engine's code logged in this process since the last call.
#[pyfunction]
fn take_logs(py: Python<'_>) -> Vec<LogLine> {
    py.detach(engine::take_logs).into_iter().map(LogLine::from).collect()
}

/// Puts recordings together; milliseconds.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "Python hands over the list")]
fn join_recordings(py: Python<'_>, parts: Vec<(String, u64)>, out: &str) -> PyResult<u64> {
    py.detach(|| engine::join_recordings(&parts, out)).map_err(failed)
}

/// Cuts a piece out of a recording; milliseconds.
#[pyfunction]
fn cut_recording(py: Python<'_>, path: &str, out: &str, from_ms: u64, length_ms: u64) -> PyResult<u64> {
    py.detach(|| engine::cut_recording(path, out, from_ms, length_ms)).map_err(failed)
}

/// The media engine.
#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    engine::gather_logs();
    module.add_class::<LogLine>()?;
    module.add_function(wrap_pyfunction!(take_logs, module)?)?;
    module.add_function(wrap_pyfunction!(join_recordings, module)?)?;
    module.add_function(wrap_pyfunction!(cut_recording, module)?)?;
    module.add_class::<Engine>()?;
    module.add_class::<Answer>()?;
    module.add_class::<Event>()?;
    module.add_class::<Voice>()?;
    module.add("EngineError", module.py().get_type::<convert::EngineError>())
}
