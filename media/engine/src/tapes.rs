//! Recordings as files: put together and cut. For any thread that may wait for a disk.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use cooee_audio::{PRE_SKIP, RATE, cut, join};

use crate::error::EngineError;

const PER_MS: u64 = RATE as u64 / 1000;

/// Writes recordings one after the other into `out`, each from its place (in milliseconds) on; how long the whole is.
///
/// Files that are not there, hold nothing, or are damaged are left out from where they are; nothing is decoded.
pub fn join_recordings(parts: &[(String, u64)], out: &str) -> Result<u64, EngineError> {
    let open = |(path, start): &(String, u64)| File::open(path).ok().map(|file| (BufReader::new(file), start * PER_MS));
    let (samples, file) = join(parts.iter().filter_map(open), fresh(out)?, 1).map_err(|error| bad(&error))?;
    kept(file)?;
    Ok(samples.saturating_sub(u64::from(PRE_SKIP)) / PER_MS)
}

/// Writes `length_ms` of what a recording plays from `from_ms` on into `out`, cut at packets' borders; how long that is.
pub fn cut_recording(path: &str, out: &str, from_ms: u64, length_ms: u64) -> Result<u64, EngineError> {
    let file = File::open(path).map_err(|error| bad(&error))?;
    let (from, length) = (from_ms * PER_MS, length_ms * PER_MS);
    let (samples, file) = cut(BufReader::new(file), fresh(out)?, 1, from, length).map_err(|error| bad(&error))?;
    kept(file)?;
    Ok(samples / PER_MS)
}

fn fresh(path: &str) -> Result<BufWriter<File>, EngineError> {
    File::create(Path::new(path)).map(BufWriter::new).map_err(|error| bad(&error))
}

fn kept(mut file: BufWriter<File>) -> Result<(), EngineError> {
    file.flush().and_then(|()| file.get_ref().sync_data()).map_err(|error| bad(&error))
}

fn bad(error: &dyn std::fmt::Display) -> EngineError {
    EngineError::BadRecording(error.to_string())
}
