//! The seeds of `media/fuzz/seeds/grant`, as they are and with thousands of changes: only what was signed verifies.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cooee_engine::{GrantKey, Refused};

/// All seeds but the expired one are good for decades.
const NOW: u64 = 1_795_000_000;

fn seeds() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/grant");
    let files = fs::read_dir(folder).expect("the seeds are there").map(|entry| entry.expect("it can be read").path());
    let name = |path: &Path| path.file_name().expect("a file").to_string_lossy().into_owned();
    let mut seeds: Vec<_> = files.map(|path| (name(&path), fs::read_to_string(&path).expect("text"))).collect();
    seeds.sort();
    seeds
}

fn key() -> GrantKey {
    GrantKey::new(&(0..32).collect::<Vec<u8>>())
}

#[test]
fn each_seed_gives_what_its_name_says() {
    let verify = |text: &str| key().verify(text, "feed", NOW).map(|grant| grant.topic);
    let given: Vec<_> = seeds().into_iter().map(|(name, text)| (name, verify(&text))).collect();
    let expected = [
        ("expired", Err(Refused::Expired)),
        ("feed", Ok("space:4kZ".to_owned())),
        ("guest-whep", Err(Refused::Bad)),
        ("me", Ok("me:7".to_owned())),
        ("no-json", Err(Refused::Bad)),
        ("unsigned", Err(Refused::Bad)),
    ];
    assert_eq!(given, expected.map(|(name, result)| (name.to_owned(), result)));
}

#[test]
fn nothing_that_was_changed_verifies() {
    let signed: BTreeSet<String> = seeds().into_iter().map(|(_, text)| text).collect();
    let texts: Vec<&String> = signed.iter().collect();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let mut text = texts[random.usize(0..texts.len())].clone().into_bytes();
        for _ in 0..random.usize(1..4) {
            let place = random.usize(0..text.len());
            match random.u8(0..4) {
                0 => text.truncate(place.max(1)),
                1 => text.insert(place, b"A.-_="[random.usize(0..5)]),
                2 => text.extend_from_slice(&texts[random.usize(0..texts.len())].as_bytes()[..20]),
                _ => text[place] ^= 1 << random.u8(0..7),
            }
        }
        let text = String::from_utf8(text).expect("ASCII stays ASCII");
        if !signed.contains(&text) {
            assert!(key().verify(&text, "feed", NOW).is_err(), "{text}");
        }
    }
}
