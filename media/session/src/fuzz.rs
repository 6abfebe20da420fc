//! What the fuzz targets do, here so that ordinary tests can do it too. Nothing in it may panic.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Instant;

use crate::listen::Listen;
use crate::mix::NoHistory;
use crate::sdp::answer::{Ours, write};
use crate::sdp::{Door, Fragment, Offer, answer};
use crate::speak::Speak;
use crate::srtp::{ControlOpener, ControlSealer, Master, Opener, Profile, Sealer};
use crate::{Identity, MAX_DATAGRAM, Output, Secrets, Shared, demux, red, rtcp, rtp, stun};

const OFFER: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n\
    a=rtpmap:63 red/48000/2\r\na=ice-ufrag:peer\r\na=ice-pwd:peerpassword\r\na=fingerprint:sha-256 \
    00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n";

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| Shared {
        identity: Identity::new().expect("a certificate can be made"),
        candidates: vec![SocketAddr::from(([192, 0, 2, 1], 8001))],
    })
}

fn secrets() -> Secrets {
    Secrets { ufrag: "Aaaaaaaa".to_owned(), password: "password".to_owned(), ssrc: 0x20, first_sequence: 7 }
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([198, 51, 100, 7], port))
}

/// Any datagram, at sessions that know its sender and at such that do not.
pub fn datagram(data: &[u8]) {
    let _ = (demux::classify(data), demux::peek_ufrag(data), demux::peek_ssrc(data));
    let now = Instant::now();
    let (mut listen, _) = Listen::answer(shared(), OFFER, &secrets(), now).expect("the offer is good");
    let (mut speak, _) = Speak::answer(shared(), OFFER, &secrets(), now).expect("the offer is good");
    let mut out = [0; MAX_DATAGRAM];
    let check = {
        let mut out = [0; 200];
        let len = stun::write_request(&mut out, [1; 12], "Aaaaaaaa:peer", 1, "password");
        out[..len.expect("there is room")].to_vec()
    };
    for datagram in [data, &check, data] {
        let _ = listen.receive(now, address(1), datagram);
        while !matches!(listen.poll(now, &NoHistory, &mut out), Output::Timeout(_)) {}
        let _ = speak.receive(now, address(1), &mut datagram.to_vec());
        while !matches!(speak.poll(now, &mut out), Output::Timeout(_)) {}
    }
    opened(data);
}

/// A datagram of somebody who has the keys.
fn opened(data: &[u8]) {
    for profile in [Profile::Aes256Gcm, Profile::Aes128Gcm, Profile::AesCm] {
        let key = [1; 32];
        let master = Master::new(profile, &key[..profile.key_len()], &key[..profile.salt_len()]);
        let master = master.expect("the lengths are the profile's");
        let _ = Opener::new(&master).open(&mut data.to_vec());
        let _ = ControlOpener::new(master.clone()).open(&mut data.to_vec());
        let mut room = [data, &[0; 64]].concat();
        if let Some(header) = rtp::Parsed::read(data) {
            let sealed = Sealer::new(&master).seal(&mut room, header.header_len, data.len(), header.ssrc, 5);
            let len = sealed.expect("there is room");
            assert!(Opener::new(&master).open(&mut room[..len]).is_ok() || header.sequence != 5);
        }
        let mut room = [data, &[0; 64]].concat();
        if let Some(len) = ControlSealer::new(master.clone()).seal(&mut room, data.len()) {
            assert_eq!(ControlOpener::new(master).open(&mut room[..len]), Ok(data.len()));
        }
    }
}

/// Any text as an offer and as a fragment.
pub fn sdp(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let secrets = secrets();
    let ours =
        Ours { secrets: &secrets, fingerprint: shared().identity.fingerprint(), candidates: &shared().candidates };
    for door in [Door::Listen, Door::Speak { slots: 5 }] {
        if let Ok(offer) = Offer::read(text, door) {
            let answer = write(&offer, &ours);
            assert!(crate::sdp::parse::parse(&answer).is_ok(), "what we write can be read");
            assert!(offer.accepted.len() <= 6 && answer::ssrc(&secrets, 0) == secrets.ssrc);
        }
    }
    if let Ok(fragment) = Fragment::read(text) {
        assert!(Fragment::read(&fragment.answer(&ours)).is_ok());
    }
}

/// Any bytes as what is inside of SRTP and SRTCP.
pub fn rtp(data: &[u8]) {
    if let Some(parsed) = rtp::Parsed::read(data) {
        let (header, payload) = data.split_at(parsed.header_len);
        let _ = parsed.unpad(payload);
        for id in 0..=255 {
            let _ = rtp::extension(header, id);
        }
    }
    let _ = rtp::csrcs(data).count();
    let blocks = red::read(data);
    assert!(blocks.iter().map(|block| block.payload.len()).sum::<usize>() <= data.len());
    for packet in rtcp::read(data) {
        match packet {
            rtcp::Packet::SenderReport(_, blocks) | rtcp::Packet::ReceiverReport(blocks) => {
                let _ = blocks.iter().count();
            }
            rtcp::Packet::Nack(nack) => assert!(nack.iter().count() <= 17 * data.len()),
            rtcp::Packet::Bye => {}
        }
    }
}
