//! The files of one recording. Each write goes to the system at once: what was written outlives the process.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cooee_audio::{Tape, Track};
use cooee_stage::Participant;

/// The mix.
const MIX: &str = "mix.ogg";
/// How loud the loudest was: one byte (0..=100) for each 20 ms.
const LEVELS: &str = "levels";
/// Who is audible from when on: `milliseconds participant…`, one line for each change.
const TURNS: &str = "turns";
/// The longest name of a participant that becomes one of a file.
const LONGEST: usize = 64;

pub(super) struct Folder {
    path: PathBuf,
    pub(super) mix: Tape<File>,
    levels: File,
    turns: File,
    serial: u32,
}

impl Folder {
    /// Makes the folder and its files; it must not be there yet.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::create_dir(path)?;
        let mix = Tape::new(fresh(&path.join(MIX))?, 1)?;
        let (levels, turns) = (fresh(&path.join(LEVELS))?, fresh(&path.join(TURNS))?);
        Ok(Self { path: path.to_owned(), mix, levels, turns, serial: 1 })
    }

    /// A file for a speaker; `None` if their name cannot be one of a file.
    pub(super) fn track(&mut self, who: &Participant) -> io::Result<Option<Track<File>>> {
        let name = who.as_str();
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !plain || name.is_empty() || name.len() > LONGEST {
            return Ok(None);
        }
        self.serial += 1;
        let file = fresh(&self.path.join(format!("{name}.ogg")))?;
        Tape::new(file, self.serial).map(|tape| Some(Track::new(tape)))
    }

    pub(super) fn levels(&mut self, levels: &[u8]) -> io::Result<()> {
        self.levels.write_all(levels)
    }

    pub(super) fn turn(&mut self, line: &str) -> io::Result<()> {
        self.turns.write_all(line.as_bytes())
    }

    /// Has the disk keep what it was given.
    pub(super) fn sync<'a>(&self, mut tracks: impl Iterator<Item = &'a Track<File>>) -> io::Result<()> {
        self.mix.sink().sync_data()?;
        self.levels.sync_data()?;
        self.turns.sync_data()?;
        tracks.try_for_each(|track| track.sink().sync_data())
    }

    pub(super) fn finish(self, tracks: impl Iterator<Item = Track<File>>) -> io::Result<()> {
        for track in tracks {
            track.finish()?.sync_data()?;
        }
        self.mix.finish()?.sync_data()?;
        self.levels.sync_data()?;
        self.turns.sync_data()
    }
}

fn fresh(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}
