//! Recordings: the stage thread puts what it has into a queue, and a thread of the recording's own writes it to files.
//!
//! In [`Recorder`], which the stage thread calls, nothing waits, locks or allocates: what finds the queue full is lost,
//! and counted. A disk that fails ends the recording and nothing else.

mod folder;
mod writer;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use arrayvec::ArrayVec;
use bytes::Bytes;
use cooee_audio::{MAX_CSRCS, MixedFrame};
use cooee_stage::{Csrc, Level, Packet, Participant};
use rtrb::{Producer, RingBuffer};

use crate::error::EngineError;
use crate::event::{Event, Recorded};
use crate::shared::Shared;
use folder::Folder;
use writer::Writer;

/// What waits at most: a disk may stand still for 11 seconds of a full stage.
const QUEUE: usize = 8_192;

/// What the stage thread hands over.
enum Item {
    /// 20 ms of the mix: who is audible, and how loud the loudest is (0..=100).
    Frame { index: u64, opus: Bytes, audible: ArrayVec<Csrc, MAX_CSRCS>, level: u8 },
    /// A speaker's own packet.
    Packet { who: Participant, csrc: Csrc, ssrc: u32, timestamp: u32, opus: Bytes },
}

/// What all recordings of a node count.
#[derive(Default)]
pub(crate) struct Figures {
    /// Under way.
    pub(crate) open: AtomicU64,
    /// Frames and packets that found the queue full.
    pub(crate) lost: AtomicU64,
    /// Recordings that were ended by a failure.
    pub(crate) failed: AtomicU64,
}

/// The stage's end of a recording. Dropping it ends the recording.
pub(crate) struct Recorder {
    queue: Producer<Item>,
    figures: Arc<Figures>,
}

impl Recorder {
    /// Takes a packet that has permission.
    pub(crate) fn packet(&mut self, who: &Participant, csrc: Csrc, packet: &Packet) {
        let (ssrc, timestamp, opus) = (packet.ssrc, packet.timestamp, packet.payload.clone());
        self.put(Item::Packet { who: who.clone(), csrc, ssrc, timestamp, opus });
    }

    /// Takes a frame of the mix, in which the loudest speaker was so loud.
    pub(crate) fn frame(&mut self, frame: &MixedFrame, loudest: Level) {
        let (index, opus, audible) = (frame.index, frame.opus.clone(), frame.csrcs.clone());
        self.put(Item::Frame { index, opus, audible, level: loudest.percent() });
    }

    fn put(&mut self, item: Item) {
        // After a failure nobody reads any more, and it was told.
        if !self.queue.is_abandoned() && self.queue.push(item).is_err() {
            self.figures.lost.fetch_add(1, Relaxed);
        }
    }
}

/// The threads that write.
#[derive(Default)]
pub(crate) struct Recordings {
    pub(crate) figures: Arc<Figures>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Recordings {
    /// Begins to record into a folder that is not there yet.
    ///
    /// The files are made by the recording's own thread: what goes wrong is an event, here as later.
    pub(crate) fn start(&self, shared: &Arc<Shared>, space: &str, folder: &Path) -> Result<Recorder, EngineError> {
        let (queue, items) = RingBuffer::new(QUEUE);
        let (figures, path) = (Arc::clone(&self.figures), folder.to_owned());
        let writer = Writer::new(items, move || Folder::create(&path));
        let (shared, space, folder) = (Arc::clone(shared), space.to_owned(), folder.to_owned());
        let work = move || run(writer, &shared, space, &folder);
        let thread = std::thread::Builder::new().name("cooee-record".to_owned()).spawn(work);
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|thread| !thread.is_finished());
        threads.push(thread.map_err(|_| EngineError::Overloaded)?);
        Ok(Recorder { queue, figures })
    }

    /// Waits until all have written what they were given.
    pub(crate) fn join(&self) {
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A bug in it was counted, and told as a failure.
            _ = thread.join();
        }
    }
}

fn run(writer: Writer, shared: &Shared, space: String, folder: &Path) {
    let figures = &shared.recordings.figures;
    figures.open.fetch_add(1, Relaxed);
    let how = writer.run(&shared.bugs);
    figures.open.fetch_sub(1, Relaxed);
    if how != Recorded::Stopped {
        figures.failed.fetch_add(1, Relaxed);
        tracing::error!(how = how.as_str(), "a recording has ended");
    }
    let folder = folder.to_string_lossy().into_owned();
    shared.events.emit(Event::RecordingEnded { space, folder, how });
}

#[cfg(test)]
mod tests;
