//! What a speaker says.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use cooee_audio::{RATE, Voice, VoiceError, level_of};
use thiserror::Error;

/// Quieter than this is a pause, in dBov.
const PAUSE_DBOV: i8 = -50;
/// Frames around speech that belong to it: the ends of words are quiet.
const MARGIN: usize = 5;

/// A recording without its pauses, so that several of them talk all the time.
#[derive(Debug, Clone)]
pub struct Speech {
    frames: Vec<Bytes>,
    at: usize,
}

/// A file could not be made into speech.
#[derive(Debug, Error)]
pub enum SpeechError {
    /// It cannot be opened.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It cannot be played.
    #[error("{0}")]
    Voice(#[from] VoiceError),
    /// It cannot be decoded, or nobody speaks in it.
    #[error("nobody speaks in it")]
    Silent,
    /// There are no files.
    #[error("no .opus file in {0}")]
    NoFiles(PathBuf),
}

impl Speech {
    /// Reads an Ogg Opus file in 20 ms frames.
    pub fn read(path: &Path) -> Result<Speech, SpeechError> {
        let voice = Voice::read(BufReader::new(File::open(path)?))?;
        let all: Vec<Bytes> = (0..voice.len() as u64).map(|index| voice.frame(index).payload).collect();
        Speech::of(&all)
    }

    /// Reads all `.opus` files of a folder, by name.
    pub fn read_all(folder: &Path) -> Result<Vec<Speech>, SpeechError> {
        let mut files: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "opus"));
        files.sort();
        if files.is_empty() {
            return Err(SpeechError::NoFiles(folder.to_owned()));
        }
        files.iter().map(|file| Speech::read(file)).collect()
    }

    /// What is spoken in `frames`.
    pub fn of(frames: &[Bytes]) -> Result<Speech, SpeechError> {
        let loud = loud(frames).ok_or(SpeechError::Silent)?;
        let near =
            |place: usize| loud[place.saturating_sub(MARGIN)..(place + MARGIN + 1).min(loud.len())].contains(&true);
        let frames: Vec<Bytes> =
            (0..frames.len()).filter(|place| near(*place)).map(|place| frames[place].clone()).collect();
        if frames.is_empty() { Err(SpeechError::Silent) } else { Ok(Speech { frames, at: 0 }) }
    }

    /// The next 20 ms, for ever.
    pub fn next_frame(&mut self) -> &Bytes {
        self.at = (self.at + 1) % self.frames.len();
        &self.frames[self.at]
    }
}

fn loud(frames: &[Bytes]) -> Option<Vec<bool>> {
    let mut decoder = opus::Decoder::new(RATE, opus::Channels::Mono).ok()?;
    let mut pcm = vec![0.0; 5760];
    let mut loud = |frame: &Bytes| {
        let samples = decoder.decode_float(frame, &mut pcm, false).ok()?;
        Some(level_of(&pcm[..samples]).dbov() > PAUSE_DBOV)
    };
    frames.iter().map(&mut loud).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::marked;

    #[test]
    fn pauses_are_left_out() {
        let frames: Vec<Bytes> = marked(1).expect("libopus works").into_iter().map(Bytes::from).collect();
        let mut speech = Speech::of(&frames).expect("there is a tone");
        assert!((5..30).contains(&speech.frames.len()), "{}", speech.frames.len());
        let first = speech.next_frame().clone();
        for _ in 1..speech.frames.len() {
            speech.next_frame();
        }
        assert_eq!(*speech.next_frame(), first, "it begins again");
    }

    #[test]
    fn where_nobody_speaks_is_no_speech() {
        let frames: Vec<Bytes> = marked(0).expect("libopus works").drain(20..60).map(Bytes::from).collect();
        assert!(matches!(Speech::of(&frames), Err(SpeechError::Silent)));
        assert!(matches!(Speech::of(&[]), Err(SpeechError::Silent)));
    }
}
