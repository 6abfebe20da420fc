//! The published test vectors, and round trips.

use super::derive::{Purpose, Stream};
use super::*;
use crate::Dropped;
use crate::rtp::Header;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn master(profile: Profile, fill: u8) -> Master {
    Master::new(profile, &[fill; 32][..profile.key_len()], &[!fill; 14][..profile.salt_len()]).unwrap()
}

const PROFILES: [Profile; 3] = [Profile::Aes256Gcm, Profile::Aes128Gcm, Profile::AesCm];

/// RFC 3711 appendix B.3.
#[test]
fn keys_are_derived_as_in_rfc_3711() {
    let key = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
    let salt = hex("0EC675AD498AFEEBB6960B3AABE6");
    let master = Master::new(Profile::AesCm, &key, &salt).unwrap();
    let derive = |purpose, len| {
        let mut out = vec![0; len];
        master.derive(Stream::Media, purpose, &mut out);
        out
    };
    assert_eq!(derive(Purpose::Encryption, 16), hex("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(derive(Purpose::Salt, 14), hex("30CBBC08863D8C85D49DB34A9AE1"));
    assert_eq!(
        derive(Purpose::Authentication, 94),
        hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4 8F0A0ACF3C34E2359E6CDBCE
             E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25
             6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2")
    );
}

/// RFC 7714 §16.1.1 and §16.2.1 give session keys; here the nonce and the sealing are held to them.
#[test]
fn gcm_seals_as_in_rfc_7714() {
    let packet = hex("8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973
         20646976 69736120 696e2070 61727465 73207472 6573");
    let salt: [u8; 12] = hex("51756964 2070726f 2071756f").try_into().unwrap();
    let cases = [
        (
            &ring::aead::AES_128_GCM,
            "000102030405060708090a0b0c0d0e0f",
            "f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a
             51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
        ),
        (
            &ring::aead::AES_256_GCM,
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02
             76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
        ),
    ];
    for (algorithm, key, expected) in cases {
        let key = ring::aead::UnboundKey::new(algorithm, &hex(key)).unwrap();
        let nonce = super::cipher::gcm_nonce(&salt, 0x5501_a0b2, 0xf17b);
        let (header, mut payload) = (packet[..12].to_vec(), packet[12..].to_vec());
        let tag = super::cipher::gcm_seal(&ring::aead::LessSafeKey::new(key), nonce, &header, &mut payload);
        assert_eq!([payload, tag.to_vec()].concat(), hex(expected));
    }
}

fn packet(index: u64) -> (Vec<u8>, usize) {
    let mut out = vec![0; 64];
    let header =
        Header { payload_type: 111, marker: false, sequence: index as u16, timestamp: 960, ssrc: 77, csrcs: &[1] };
    let len = header.write(&mut out).unwrap();
    out[len..len + 6].copy_from_slice(b"plain!");
    (out, len)
}

fn sealed(sealer: &Sealer, index: u64) -> Vec<u8> {
    let (mut out, header_len) = packet(index);
    let len = sealer.seal(&mut out, header_len, header_len + 6, 77, index).unwrap();
    out.truncate(len);
    out
}

#[test]
fn media_is_opened_as_it_was_sealed_across_roll_overs() {
    for profile in PROFILES {
        let sealer = Sealer::new(&master(profile, 1));
        let mut receiver = Opener::new(&master(profile, 1));
        for index in (65_000..200_000).step_by(97) {
            let mut datagram = sealed(&sealer, index);
            let opened = receiver.open(&mut datagram).unwrap();
            // The receiver has not seen the first roll-over; from then on it counts alike.
            assert_eq!(opened.index, index, "{profile:?}");
            assert_eq!(&datagram[opened.header.header_len..opened.end], b"plain!");
        }
    }
}

#[test]
fn media_replayed_changed_or_cut_is_dropped() {
    for profile in PROFILES {
        let sealer = Sealer::new(&master(profile, 1));
        let mut opener = Opener::new(&master(profile, 1));
        let good = sealed(&sealer, 7);
        for place in 0..good.len() {
            let mut bad = good.clone();
            bad[place] ^= 0x10;
            assert!(opener.open(&mut bad).is_err(), "{profile:?}, byte {place} changed");
            assert!(opener.open(&mut good[..place].to_vec()).is_err(), "{profile:?}, cut at {place}");
        }
        assert!(opener.open(&mut good.clone()).is_ok());
        assert_eq!(opener.open(&mut good.clone()), Err(Dropped::Replayed));
        let mut other = Opener::new(&master(profile, 2));
        assert_eq!(other.open(&mut good.clone()), Err(Dropped::NotAuthentic));
    }
}

#[test]
fn the_payload_is_not_readable_in_a_sealed_packet() {
    for profile in PROFILES {
        let datagram = sealed(&Sealer::new(&master(profile, 1)), 7);
        assert!(!datagram.windows(6).any(|window| window == b"plain!"));
        assert_eq!(datagram.len(), 16 + 6 + profile.tag_len());
    }
}

#[test]
fn a_packet_without_room_for_its_tag_is_not_sealed() {
    for profile in PROFILES {
        let (mut out, header_len) = packet(1);
        let len = header_len + 6;
        let room = &mut out[..len + profile.tag_len() - 1];
        assert_eq!(Sealer::new(&master(profile, 1)).seal(room, header_len, len, 77, 1), None);
    }
}

#[test]
fn control_is_opened_once_as_it_was_sealed() {
    for profile in PROFILES {
        let mut sealer = ControlSealer::new(master(profile, 3));
        let mut opener = ControlOpener::new(master(profile, 3));
        let mut last = None;
        for round in 0..200u8 {
            let mut compound = [round; 64];
            compound[4..8].copy_from_slice(&77u32.to_be_bytes());
            let len = sealer.seal(&mut compound, 20).unwrap();
            assert_ne!(last, Some(compound), "every index seals differently");
            last = Some(compound);
            assert_ne!(compound[8..20], [round; 12], "encrypted");
            let mut copy = compound;
            assert_eq!(opener.open(&mut copy[..len]), Ok(20));
            assert_eq!(copy[8..20], [round; 12]);
            assert_eq!(opener.open(&mut compound[..len]), Err(Dropped::Replayed));
        }
    }
}

#[test]
fn control_changed_or_cut_is_dropped() {
    for profile in PROFILES {
        let mut sealer = ControlSealer::new(master(profile, 3));
        let mut opener = ControlOpener::new(master(profile, 3));
        let mut compound = [9; 64];
        let len = sealer.seal(&mut compound, 20).unwrap();
        for place in 0..len {
            let mut bad = compound;
            bad[place] ^= 0x80;
            assert!(opener.open(&mut bad[..len]).is_err(), "{profile:?}, byte {place} changed");
            let mut cut = compound;
            assert!(opener.open(&mut cut[..place]).is_err(), "{profile:?}, cut at {place}");
        }
        assert_eq!(opener.open(&mut compound[..len]), Ok(20));
    }
}

#[test]
fn senders_of_control_are_counted_apart_and_not_without_end() {
    let mut opener = ControlOpener::new(master(Profile::Aes256Gcm, 3));
    let mut compounds = Vec::new();
    for sender in 0..17u32 {
        let mut sealer = ControlSealer::new(master(Profile::Aes256Gcm, 3));
        let mut compound = [0; 64];
        compound[4..8].copy_from_slice(&sender.to_be_bytes());
        let len = sealer.seal(&mut compound, 20).unwrap();
        compounds.push(compound[..len].to_vec());
    }
    let results: Vec<_> = compounds.iter().map(|compound| opener.open(&mut compound.clone())).collect();
    assert!(results[..16].iter().all(|result| *result == Ok(20)), "{results:?}");
    assert_eq!(results[16], Err(Dropped::OutOfPlace));
    for compound in &compounds[..16] {
        assert_eq!(opener.open(&mut compound.clone()), Err(Dropped::Replayed));
    }
}
