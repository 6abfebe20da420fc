//! The thread that writes a recording.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use cooee_audio::{FRAME, Track};
use cooee_stage::{Csrc, Participant};
use rtrb::Consumer;

use super::Item;
use super::folder::Folder;
use crate::event::Recorded;
use crate::guard::{Bugs, Struck, bug_may_be_here, guarded};

/// How often the queue is looked into. Together with a page (0.4 s) and the patience of tracks (0.2 s) this is what a crash
/// costs: less than a second.
const ROUND: Duration = Duration::from_millis(100);
/// How often the disk is asked to keep what it was given.
const SYNC: Duration = Duration::from_secs(1);

type Create = Box<dyn FnOnce() -> io::Result<Folder> + Send>;

pub(super) struct Writer {
    items: Consumer<Item>,
    create: Create,
}

impl Writer {
    pub(super) fn new(items: Consumer<Item>, create: impl FnOnce() -> io::Result<Folder> + Send + 'static) -> Self {
        Self { items, create: Box::new(create) }
    }

    /// Writes until the stage lets go of it, or something fails.
    pub(super) fn run(self, bugs: &Bugs) -> Recorded {
        match guarded(|| self.work()) {
            Ok(Ok(())) => Recorded::Stopped,
            Ok(Err(error)) if error.kind() == io::ErrorKind::StorageFull => Recorded::DiskFull,
            Ok(Err(error)) => {
                tracing::error!(kind = ?error.kind(), "a recording could not be written");
                Recorded::Failed
            }
            Err(_) => {
                bugs.met(Struck::Work);
                Recorded::Failed
            }
        }
    }

    fn work(mut self) -> io::Result<()> {
        let mut session = Session::new((self.create)()?);
        let mut synced = Instant::now();
        loop {
            // Asked first, so that nothing that was put before the end is overlooked.
            let over = self.items.is_abandoned();
            while let Ok(item) = self.items.pop() {
                session.take(item)?;
            }
            session.settle()?;
            if over {
                return session.finish();
            }
            if synced.elapsed() >= SYNC {
                session.sync()?;
                synced = Instant::now();
            }
            std::thread::sleep(ROUND);
        }
    }
}

/// A recording as it is written.
struct Session {
    folder: Folder,
    /// The mix's index at which it began.
    first: Option<u64>,
    /// How long it is, in samples.
    now: u64,
    tracks: HashMap<Participant, Option<Track<File>>>,
    names: HashMap<Csrc, Participant>,
    levels: Vec<u8>,
    /// How many levels there are, those included that wait.
    measured: u64,
    audible: Vec<Csrc>,
}

impl Session {
    fn new(folder: Folder) -> Self {
        let (tracks, names, levels, audible) = Default::default();
        Self { folder, first: None, now: 0, tracks, names, levels, measured: 0, audible }
    }

    fn take(&mut self, item: Item) -> io::Result<()> {
        match item {
            Item::Frame { index, opus, audible, level } => {
                let at = index.saturating_sub(*self.first.get_or_insert(index)) * FRAME as u64;
                self.folder.mix.put(at, &opus)?;
                self.now = self.folder.mix.end();
                self.measure(level);
                self.turn(at, &audible)
            }
            Item::Packet { who, csrc, ssrc, timestamp, opus } => {
                bug_may_be_here("record", who.as_str());
                if self.names.get(&csrc) != Some(&who) {
                    self.names.insert(csrc, who.clone());
                }
                if !self.tracks.contains_key(&who) {
                    let track = self.folder.track(&who)?;
                    self.tracks.insert(who.clone(), track);
                }
                if let Some(Some(track)) = self.tracks.get_mut(&who) {
                    track.packet(self.now, ssrc, timestamp, opus);
                }
                Ok(())
            }
        }
    }

    /// Frames that were missed have the level of the next.
    fn measure(&mut self, level: u8) {
        let frames = self.now / FRAME as u64;
        self.levels.extend((self.measured..frames).map(|_| level));
        self.measured = self.measured.max(frames);
    }

    fn turn(&mut self, at: u64, audible: &[Csrc]) -> io::Result<()> {
        let mut audible = audible.to_vec();
        audible.sort_unstable();
        if audible == self.audible {
            return Ok(());
        }
        let mut line = (at / 48).to_string();
        for name in audible.iter().filter_map(|csrc| self.names.get(csrc)) {
            // Writing into a string cannot fail.
            _ = write!(line, " {name}");
        }
        line.push('\n');
        self.audible = audible;
        self.folder.turn(&line)
    }

    /// Writes what has waited long enough.
    fn settle(&mut self) -> io::Result<()> {
        for track in self.tracks.values_mut().flatten() {
            track.settle(self.now)?;
        }
        let written = self.folder.levels(&self.levels);
        self.levels.clear();
        written
    }

    fn sync(&self) -> io::Result<()> {
        self.folder.sync(self.tracks.values().flatten())
    }

    fn finish(self) -> io::Result<()> {
        self.folder.finish(self.tracks.into_values().flatten())
    }
}
