use std::io;
use std::path::PathBuf;

use cooee_audio::RecordedPackets;
use cooee_stage::Epoch;

use super::*;
use crate::guard::Bugs;

fn frame(index: u64, audible: &[u32]) -> MixedFrame {
    let csrcs = audible.iter().copied().map(Csrc).collect();
    MixedFrame { epoch: Epoch(1), index, opus: Bytes::from_static(&[0xf8, 1, 2, 3]), silent: false, csrcs }
}

fn packet(timestamp: u32) -> Packet {
    let (opus, arrival) = (Bytes::from_static(&[0xf8, 4, 5, 6]), std::time::Instant::now());
    Packet { ssrc: 1, sequence: 0, timestamp, marker: false, arrival, payload: opus }
}

fn place(name: &str) -> PathBuf {
    let place = std::env::temp_dir().join(format!("cooee-record-{}-{name}", std::process::id()));
    _ = std::fs::remove_dir_all(&place);
    place
}

/// Records what `act` hands over, into `folder`.
fn record(folder: &Path, act: impl FnOnce(&mut Recorder)) -> Recorded {
    let (queue, items) = RingBuffer::new(QUEUE);
    let mut recorder = Recorder { queue, figures: Arc::default() };
    act(&mut recorder);
    drop(recorder);
    let folder = folder.to_owned();
    Writer::new(items, move || Folder::create(&folder)).run(&Bugs::default())
}

fn count(path: &Path) -> usize {
    RecordedPackets::open(std::fs::File::open(path).expect("it was written")).expect("it is intact").count()
}

#[test]
fn a_recording_holds_the_mix_each_voice_the_levels_and_who_was_heard() {
    let folder = place("whole");
    let (amara, bilal) = (Participant::new("7"), Participant::new("8"));
    let how = record(&folder, |recorder| {
        for n in 0..100 {
            recorder.packet(&amara, Csrc(70), &packet(n * 960));
            if n >= 50 {
                recorder.packet(&bilal, Csrc(80), &packet(n * 960));
            }
            let audible: &[u32] = if n < 50 { &[70] } else { &[80, 70] };
            recorder.frame(&frame(1_000 + u64::from(n), audible), Level::new(-36));
        }
    });
    assert_eq!(how, Recorded::Stopped);
    assert_eq!(count(&folder.join("mix.ogg")), 100);
    assert_eq!(count(&folder.join("7.ogg")), 100);
    assert_eq!(count(&folder.join("8.ogg")), 100, "the silence before somebody speaks is kept");
    assert_eq!(std::fs::read(folder.join("levels")).expect("it was written"), [50; 100]);
    assert_eq!(std::fs::read_to_string(folder.join("turns")).expect("it was written"), "0 7\n1000 7 8\n");
    std::fs::remove_dir_all(folder).expect("it is ours");
}

#[test]
fn frames_that_the_mix_skipped_are_silence_of_the_same_length() {
    let folder = place("skipped");
    record(&folder, |recorder| {
        for index in [5, 6, 20] {
            recorder.frame(&frame(index, &[]), Level::SILENCE);
        }
    });
    assert_eq!(count(&folder.join("mix.ogg")), 16);
    assert_eq!(std::fs::read(folder.join("levels")).expect("it was written").len(), 16);
    std::fs::remove_dir_all(folder).expect("it is ours");
}

#[test]
fn a_name_that_would_lead_out_of_the_folder_makes_no_file() {
    let folder = place("names");
    let how = record(&folder, |recorder| {
        recorder.packet(&Participant::new("../7"), Csrc(1), &packet(0));
        recorder.packet(&Participant::new(""), Csrc(2), &packet(0));
        recorder.frame(&frame(0, &[1]), Level::SILENCE);
    });
    assert_eq!(how, Recorded::Stopped);
    assert_eq!(std::fs::read_dir(&folder).expect("it is there").count(), 3);
    std::fs::remove_dir_all(folder).expect("it is ours");
}

#[test]
fn what_was_recorded_before_is_never_written_over() {
    let folder = place("again");
    assert_eq!(record(&folder, |recorder| recorder.frame(&frame(0, &[]), Level::SILENCE)), Recorded::Stopped);
    assert_eq!(record(&folder, |_| {}), Recorded::Failed);
    assert_eq!(count(&folder.join("mix.ogg")), 1);
    std::fs::remove_dir_all(folder).expect("it is ours");
}

#[test]
fn a_full_disk_is_told_as_such() {
    let (_queue, items) = RingBuffer::new(1);
    let full = || Err(io::Error::from(io::ErrorKind::StorageFull));
    assert_eq!(Writer::new(items, full).run(&Bugs::default()), Recorded::DiskFull);
}

#[test]
fn a_disk_that_fails_later_ends_the_recording_while_the_stage_goes_on() {
    let folder = place("later");
    let how = record(&folder, |recorder| {
        recorder.frame(&frame(0, &[]), Level::SILENCE);
        // The track cannot be made where the folder's own file is.
        recorder.packet(&Participant::new("mix"), Csrc(1), &packet(0));
        recorder.frame(&frame(1, &[]), Level::SILENCE);
    });
    assert_eq!(how, Recorded::Failed);
    assert!(folder.join("mix.ogg").exists());
    std::fs::remove_dir_all(folder).expect("it is ours");
}

#[test]
fn what_finds_no_room_in_the_queue_is_lost_and_counted_and_nothing_is_after_a_failure() {
    let (queue, items) = RingBuffer::new(2);
    let figures = Arc::new(Figures::default());
    let mut recorder = Recorder { queue, figures: Arc::clone(&figures) };
    for index in 0..5 {
        recorder.frame(&frame(index, &[]), Level::SILENCE);
    }
    assert_eq!(figures.lost.load(Relaxed), 3);
    drop(items);
    recorder.frame(&frame(5, &[]), Level::SILENCE);
    assert_eq!(figures.lost.load(Relaxed), 3);
}

#[test]
fn a_bug_while_writing_ends_that_recording_only() {
    let folder = place("bug");
    crate::guard::plant("record", "planted-bug", 1);
    let how = record(&folder, |recorder| recorder.packet(&Participant::new("planted-bug"), Csrc(1), &packet(0)));
    assert_eq!(how, Recorded::Failed);
    std::fs::remove_dir_all(folder).expect("it is ours");
}
