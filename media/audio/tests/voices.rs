//! The voices of the demo can be played.
#![allow(missing_docs)]

use std::fs::{self, File};
use std::path::Path;

use cooee_audio::Voice;

#[test]
fn the_demos_voices_are_voices_of_one_length() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cooee/demo/voices");
    let files = fs::read_dir(folder).expect("the demo has a folder of voices");
    let mut lengths = Vec::new();
    for file in files.map(|entry| entry.expect("it can be listed").path()) {
        if file.extension().is_some_and(|extension| extension == "opus") {
            let voice = Voice::read(File::open(&file).expect("it can be opened"));
            lengths.push(voice.unwrap_or_else(|error| panic!("{}: {error}", file.display())).len());
        }
    }
    assert!(lengths.len() >= 2, "{lengths:?}");
    assert!(lengths.iter().all(|length| *length == lengths[0]), "{lengths:?}");
}
