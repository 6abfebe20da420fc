use super::*;

fn grant() -> Grant {
    Grant {
        v: 1,
        topic: "space:abc".into(),
        participant: "7".into(),
        door: "feed".into(),
        audiences: vec!["everyone".into(), "person:7".into()],
        epoch: 3,
        expires: 1000,
    }
}

fn key() -> GrantKey {
    GrantKey::new(b"a key of the test")
}

#[test]
fn a_grant_that_was_signed_verifies() {
    let text = key().sign(&grant());
    assert_eq!(key().verify(&text, "feed", 999), Ok(grant()));
}

#[test]
fn a_grant_made_by_the_api_in_another_language_verifies() {
    // Written with Python's hmac, json and base64; the key is `bytes(range(32))`.
    let text = include_str!("../fixtures/grant.txt").trim();
    let key: Vec<u8> = (0..32).collect();
    let read = GrantKey::new(&key).verify(text, "feed", 1_794_999_999).expect("it is good");
    assert_eq!((read.topic.as_str(), read.epoch), ("space:4kZ", 3));
}

#[test]
fn an_expired_grant_opens_nothing() {
    let text = key().sign(&grant());
    assert_eq!(key().verify(&text, "feed", 1000), Err(Refused::Expired));
}

#[test]
fn a_grant_for_another_door_opens_nothing() {
    let text = key().sign(&grant());
    assert_eq!(key().verify(&text, "whep", 0), Err(Refused::Bad));
}

#[test]
fn a_grant_of_another_key_opens_nothing() {
    let text = GrantKey::new(b"another key").sign(&grant());
    assert_eq!(key().verify(&text, "feed", 0), Err(Refused::Bad));
}

#[test]
fn a_grant_of_another_version_opens_nothing() {
    let text = key().sign(&Grant { v: 2, ..grant() });
    assert_eq!(key().verify(&text, "feed", 0), Err(Refused::Bad));
}

#[test]
fn a_changed_byte_never_verifies() {
    let text = key().sign(&grant());
    for at in 0..text.len() {
        for flip in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << flip;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(key().verify(&changed, "feed", 0).is_err(), "byte {at}, bit {flip}");
        }
    }
}

#[test]
fn a_shortened_or_lengthened_grant_never_verifies() {
    let text = key().sign(&grant());
    for end in 0..text.len() {
        assert!(key().verify(&text[..end], "feed", 0).is_err());
    }
    for tail in ["=", ".", "A", " "] {
        assert!(key().verify(&format!("{text}{tail}"), "feed", 0).is_err());
    }
}

#[test]
fn nonsense_is_refused() {
    let seeds = ["", ".", "..", "a.b", "e30.e30", "\u{fc}.\u{fc}", "{}.{}"];
    for seed in seeds {
        assert_eq!(key().verify(seed, "feed", 0), Err(Refused::Bad), "{seed:?}");
    }
    assert_eq!(key().verify(&"A".repeat(100_000), "feed", 0), Err(Refused::Bad));
}
