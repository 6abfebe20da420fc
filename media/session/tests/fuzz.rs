//! The seeds of `media/fuzz`, as they are and with thousands of changes: nothing may panic.

use std::fs;
use std::path::Path;

use cooee_session::fuzz;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has seeds");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Changes a few bytes, cuts, doubles or joins.
fn changed(random: &mut fastrand::Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut data = seeds[random.usize(0..seeds.len())].clone();
    for _ in 0..random.usize(1..5) {
        let place = random.usize(0..=data.len());
        match random.u8(0..6) {
            0 => data.truncate(place),
            1 => data.insert(place, random.u8(..)),
            2 => data.splice(place..place, seeds[random.usize(0..seeds.len())].iter().copied().take(40)).for_each(drop),
            3 => data.drain(place..(place + 7).min(data.len())).for_each(drop),
            _ if place < data.len() => data[place] = [0, 0xFF, random.u8(..), data[place] ^ 1][random.usize(0..4)],
            _ => {}
        }
    }
    data
}

fn replay(target: &str, run: fn(&[u8]), rounds: usize) {
    let seeds = seeds(target);
    for seed in &seeds {
        run(seed);
    }
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..rounds {
        run(&changed(&mut random, &seeds));
    }
}

#[test]
fn any_datagram_is_survived() {
    replay("datagram", fuzz::datagram, 20_000);
}

#[test]
fn any_sdp_is_survived() {
    replay("sdp", fuzz::sdp, 20_000);
}

#[test]
fn any_rtp_rtcp_and_red_is_survived() {
    replay("rtp", fuzz::rtp, 50_000);
}
