//! Offers of real clients (`fixtures/*.offer.sdp`) and the answers that they get.
//!
//! Chromium 156, Firefox 153 ESR, aiortc 1.16, pion 4.1.4 and werift were recorded; Safari, OBS and ffmpeg are written after
//! published offers. `COOEE_BLESS=1 cargo test` writes the answers anew: look at the difference.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cooee_session::sdp::answer::{Ours, write};
use cooee_session::sdp::{Door, Offer, OfferError};
use cooee_session::{Fingerprint, Secrets};

/// All fixtures, in order: none vanishes in silence.
const CLIENTS: [&str; 19] = [
    "aiortc-listen",
    "aiortc-whip",
    "chromium-listen",
    "chromium-speak",
    "chromium-video-first-whip",
    "chromium-whip",
    "ffmpeg-whip",
    "firefox-listen",
    "firefox-speak",
    "firefox-video-first-whip",
    "firefox-whip",
    "obs-whip",
    "pion-listen",
    "pion-whip",
    "safari-listen",
    "safari-whip",
    "session-level-video-first-whip",
    "werift-listen",
    "werift-whip",
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn secrets() -> Secrets {
    Secrets { ufrag: "Bu7uFrag".into(), password: "p4ssw0rdp4ssw0rdp4ssw0rd".into(), ssrc: 0x1000, first_sequence: 0 }
}

fn answer(text: &str, door: Door) -> Result<String, OfferError> {
    let candidates = ["192.0.2.1:8001".parse().unwrap(), "[2001:db8::1]:8001".parse().unwrap()];
    let (secrets, fingerprint) = (secrets(), Fingerprint([0xAB; 32]));
    let ours = Ours { secrets: &secrets, fingerprint, candidates: &candidates };
    Offer::read(text, door).map(|offer| write(&offer, &ours))
}

/// The offers by name, with the door that each is for.
fn offers() -> BTreeMap<String, (String, Door)> {
    let mut offers = BTreeMap::new();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        if let Some(name) = file.strip_suffix(".offer.sdp") {
            let door = if name.ends_with("listen") { Door::Listen } else { Door::Speak { slots: 5 } };
            offers.insert(name.to_owned(), (fs::read_to_string(&path).unwrap(), door));
        }
    }
    assert!(offers.keys().eq(CLIENTS), "{:?}", offers.keys());
    offers
}

#[test]
fn every_client_gets_the_answer_that_it_should() {
    for (name, (offer, door)) in offers() {
        let answer = answer(&offer, door).unwrap_or_else(|error| panic!("{name}: {error}"));
        let path = fixtures().join(format!("{name}.answer.sdp"));
        if std::env::var_os("COOEE_BLESS").is_some() {
            fs::write(&path, &answer).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(answer, expected, "{name}");
    }
}

/// The sections of an SDP, each with its lines.
fn sections(sdp: &str) -> Vec<Vec<&str>> {
    let mut sections = Vec::new();
    for line in sdp.lines() {
        if line.starts_with("m=") {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    sections
}

fn value<'a>(section: &[&'a str], name: &str) -> Option<&'a str> {
    section.iter().find_map(|line| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':'))
}

#[test]
fn every_answer_keeps_the_rules() {
    for (name, (offer, door)) in offers() {
        let answer = answer(&offer, door).unwrap();
        let (offered, answered) = (sections(&offer), sections(&answer));
        assert_eq!(offered.len(), answered.len(), "{name}: as many sections");
        let mut first = true;
        for (offered, answered) in offered.iter().zip(&answered) {
            let kind = |section: &[&str]| section[0].split(' ').next().unwrap().to_owned();
            assert_eq!(kind(offered), kind(answered), "{name}");
            assert_eq!(value(offered, "mid"), value(answered, "mid"), "{name}");
            if answered[0].split(' ').nth(1) == Some("0") {
                assert!(!answered.iter().any(|line| line.contains("candidate")), "{name}");
                continue;
            }
            let candidates = answered.iter().filter(|line| line.starts_with("a=candidate:")).count();
            assert_eq!(candidates, 2, "{name}: in every accepted section");
            first = false;
            for needed in ["ice-ufrag", "ice-pwd", "fingerprint", "setup"] {
                assert!(value(answered, needed).is_some(), "{name}: {needed}");
            }
            assert!(answered.contains(&"a=rtcp-mux"), "{name}");
            let types: Vec<&str> = answered[0].split(' ').skip(3).collect();
            for payload_type in &types {
                assert!(offered[0].split(' ').any(|word| word == *payload_type), "{name}");
            }
            let nack = format!("a=rtcp-fb:{} nack", types[0]);
            assert!(answered.contains(&nack.as_str()), "{name}");
            assert!(!answered.iter().any(|line| line.contains("rtcp-xr")), "{name}");
            assert!(!answered.iter().any(|line| line.contains("transport-wide-cc")), "{name}");
        }
        assert!(!first, "{name}: something is accepted");
        let bundle = answer.lines().find_map(|line| line.strip_prefix("a=group:BUNDLE "));
        let accepted: Vec<&str> = answered
            .iter()
            .filter(|section| section[0].split(' ').nth(1) != Some("0"))
            .filter_map(|section| value(section, "mid"))
            .collect();
        assert_eq!(bundle.map(|mids| mids.split(' ').collect()), Some(accepted), "{name}");
        assert!(answer.contains("a=ice-lite\r\n") && !answer.contains("\n\n"), "{name}");
    }
}

#[test]
fn our_client_gets_five_slots_and_plain_whip_none() {
    for (name, slots) in [("chromium-speak", 5), ("firefox-speak", 5), ("chromium-whip", 0), ("obs-whip", 0)] {
        let (offer, door) = &offers()[name];
        let offer = Offer::read(offer, *door).unwrap();
        let sending = offer.accepted.iter().filter(|accepted| accepted.we_send).count();
        assert_eq!((sending, offer.accepted.len()), (slots, slots + 1), "{name}");
    }
    let (offer, _) = &offers()["chromium-speak"];
    let three = answer(offer, Door::Speak { slots: 3 }).unwrap();
    assert_eq!(three.matches("a=sendonly").count(), 3);
    assert_eq!(three.matches("m=audio 0 ").count(), 2, "what is too much is rejected");
}

#[test]
fn red_is_answered_to_listeners_who_offer_it() {
    for (name, red) in [("chromium-listen", true), ("firefox-listen", false), ("safari-listen", true)] {
        let (offer, door) = &offers()[name];
        assert_eq!(answer(offer, *door).unwrap().contains("red/48000/2"), red, "{name}");
    }
    let (offer, _) = &offers()["chromium-listen"];
    let foreign = offer.replace("a=fmtp:63 111/111", "a=fmtp:63 110/110");
    assert!(!answer(&foreign, Door::Listen).unwrap().contains("red/"), "of another codec");
}

#[test]
fn who_starts_dtls_depends_on_the_offer() {
    let (ffmpeg, door) = &offers()["ffmpeg-whip"];
    assert!(answer(ffmpeg, *door).unwrap().contains("a=setup:active"));
    for (before, after) in [("passive", "active"), ("passive", "actpass")] {
        let offer = ffmpeg.replace(before, after);
        assert!(answer(&offer, *door).unwrap().contains("a=setup:passive"), "{after}");
    }
}

#[test]
fn what_is_missing_is_named_by_its_code() {
    let (offer, _) = &offers()["chromium-listen"];
    let without = |line: &str| -> String { offer.split_inclusive('\n').filter(|kept| !kept.contains(line)).collect() };
    let cases = [
        (offer.replace("recvonly", "sendonly"), "sdp_no_audio"),
        (offer.replace("recvonly", "inactive"), "sdp_no_audio"),
        (offer.replace("m=audio", "m=video"), "sdp_no_audio"),
        (without("m=audio"), "sdp_no_audio"),
        (without("opus"), "sdp_no_opus"),
        (offer.replace("opus/48000/2", "opus/16000/2"), "sdp_no_opus"),
        (without("rtcp-mux"), "sdp_no_rtcp_mux"),
        (without("fingerprint"), "sdp_no_fingerprint"),
        (offer.replace("sha-256", "sha-1"), "sdp_no_fingerprint"),
        (offer.replace("actpass", "passive"), "sdp_passive"),
        (offer.replace("actpass", "holdconn"), "sdp_malformed"),
        (without("ice-ufrag"), "sdp_malformed"),
        (without("ice-pwd"), "sdp_malformed"),
        (without("v=0"), "sdp_malformed"),
        (String::new(), "sdp_malformed"),
        ("{\"sdp\": \"v=0\"}".to_owned(), "sdp_malformed"),
    ];
    for (offer, code) in cases {
        let error = answer(&offer, Door::Listen).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
    }
}

#[test]
fn transport_attributes_may_be_in_another_section_of_the_bundle() {
    let (offer, door) = &offers()["chromium-video-first-whip"];
    let audio = offer.find("m=audio").unwrap();
    let kept = |line: &&str| !["ice-ufrag", "ice-pwd", "fingerprint", "setup"].iter().any(|name| line.contains(name));
    let bare: String = offer[audio..].split_inclusive('\n').filter(kept).collect();
    let offer = format!("{}{bare}", &offer[..audio]);
    let answer = answer(&offer, *door).unwrap();
    assert!(sections(&answer)[1].iter().any(|line| line.starts_with("a=candidate")));
}
