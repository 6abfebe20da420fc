use is::stun::{StunMessage, TransId};

use super::*;

fn secrets(ufrag: &str) -> Secrets {
    Secrets { ufrag: ufrag.into(), password: format!("{ufrag} password"), ssrc: 1, first_sequence: 0 }
}

fn check(ufrag: &str, password: &str, nominate: bool) -> Vec<u8> {
    let mut out = [0; 256];
    let username = format!("{ufrag}:peer");
    let message = StunMessage::binding_request(&username, TransId::new(), true, 1, 1, nominate);
    let len = message.to_bytes(Some(password.as_bytes()), &mut out, hmac_sha1).unwrap();
    out[..len].to_vec()
}

fn address(port: u16) -> SocketAddr {
    format!("192.0.2.7:{port}").parse().unwrap()
}

struct Scene {
    ice: Ice,
    now: Instant,
}

impl Scene {
    fn new() -> Scene {
        let now = Instant::now();
        Scene { ice: Ice::new(&secrets("Aaaa"), now, "peer", "their password"), now }
    }

    fn checked(&mut self, after_ms: u64, port: u16, nominate: bool) {
        self.now += Duration::from_millis(after_ms);
        let datagram = check("Aaaa", "Aaaa password", nominate);
        self.ice.receive(self.now, address(port), &datagram).unwrap();
        while self.ice.poll_change().is_some() {}
    }

    /// A question of ours that is due, and whom it is for; answers of ours that are due are dropped.
    fn question(&mut self) -> Option<(u16, TransId)> {
        let mut out = [0; 256];
        while let Some((to, len)) = self.ice.poll(&mut out) {
            let message = StunMessage::parse(&out[..len]).unwrap();
            if message.is_binding_request() {
                return Some((to.port(), message.trans_id()));
            }
        }
        None
    }

    fn answered(&mut self, port: u16, question: TransId) -> Result<(), Dropped> {
        let mut out = [0; 256];
        let message = StunMessage::binding_reply(question, address(9));
        let len = message.to_bytes(Some(b"their password"), &mut out, hmac_sha1).unwrap();
        let received = self.ice.receive(self.now, address(port), &out[..len]);
        while self.ice.poll_change().is_some() {}
        received
    }

    /// A check of a peer that is really there: what it is asked then, it answers. Whether it was asked.
    fn checked_and_answered(&mut self, after_ms: u64, port: u16, nominate: bool) -> bool {
        self.checked(after_ms, port, nominate);
        let Some((to, question)) = self.question() else { return false };
        assert_eq!(self.answered(to, question), Ok(()));
        true
    }
}

#[test]
fn a_check_is_answered_to_whoever_knows_the_password_only() {
    let mut scene = Scene::new();
    let (now, mut out) = (scene.now, [0; 256]);
    for (ufrag, password) in [("Aaaa", "wrong"), ("Bbbb", "Aaaa password")] {
        let forged = check(ufrag, password, true);
        assert_eq!(scene.ice.receive(now, address(1), &forged), Err(Dropped::NotAuthentic));
        assert_eq!(scene.ice.poll(&mut out), None);
    }
    let good = check("Aaaa", "Aaaa password", true);
    scene.ice.receive(now, address(1), &good).unwrap();
    let (to, len) = scene.ice.poll(&mut out).unwrap();
    let answer = StunMessage::parse(&out[..len]).unwrap();
    assert_eq!((to, answer.mapped_address()), (address(1), Some(address(1))));
    assert!(answer.verify(b"Aaaa password", hmac_sha1));
    assert!(len <= good.len(), "never longer than what was asked");
    assert_eq!(scene.ice.poll(&mut out), None, "answered once");
    assert_eq!(scene.ice.poll_change(), Some(Change::Added(address(1))));
}

#[test]
fn a_changed_or_cut_check_is_dropped() {
    let mut scene = Scene::new();
    let good = check("Aaaa", "Aaaa password", true);
    for place in 0..good.len() - 8 {
        let mut bad = good.clone();
        bad[place] ^= 1;
        assert!(scene.ice.receive(scene.now, address(1), &bad).is_err(), "byte {place}");
        assert!(scene.ice.receive(scene.now, address(1), &good[..place]).is_err());
    }
    assert_eq!(scene.ice.selected(), None);
}

#[test]
fn the_latest_nomination_wins_as_soon_as_its_address_answers() {
    let mut scene = Scene::new();
    assert!(!scene.checked_and_answered(0, 1, false));
    assert_eq!(scene.ice.selected(), Some(address(1)), "better than nobody");
    assert!(scene.checked_and_answered(1, 2, true));
    assert_eq!(scene.ice.selected(), Some(address(2)));
    assert!(scene.checked_and_answered(5_000, 3, true));
    assert_eq!(scene.ice.selected(), Some(address(3)));
}

#[test]
fn a_forged_source_gets_no_packets_however_often_it_is_nominated() {
    let mut scene = Scene::new();
    scene.checked(0, 1, true);
    let consent = scene.ice.deadline();
    let mut questions = 0;
    for _ in 0..100 {
        scene.checked(100, 66, true);
        questions += u32::from(scene.question().is_some());
        assert_eq!(scene.ice.selected(), Some(address(1)));
    }
    assert!(questions <= 40, "{questions} questions in 10 s");
    assert_eq!(scene.ice.deadline(), consent, "nor does it agree for the other");
}

#[test]
fn an_old_check_that_is_sent_again_from_elsewhere_takes_no_packets() {
    let mut scene = Scene::new();
    let captured = check("Aaaa", "Aaaa password", true);
    scene.ice.receive(scene.now, address(1), &captured).unwrap();
    for _ in 0..REMEMBERED {
        scene.checked(2_500, 1, true);
    }
    scene.ice.receive(scene.now, address(66), &captured).unwrap();
    assert_eq!(scene.ice.selected(), Some(address(1)));
    assert_eq!(scene.question().map(|(port, _)| port), Some(66), "it is asked, and cannot answer");
}

#[test]
fn alternating_nominations_switch_once_a_second() {
    let mut scene = Scene::new();
    scene.checked(0, 1, true);
    let mut switches = 0;
    for round in 0..100 {
        let before = scene.ice.selected();
        scene.checked_and_answered(50, round % 2, true);
        switches += u32::from(scene.ice.selected() != before);
    }
    assert!((4..=6).contains(&switches), "{switches} switches in 5 s");
}

#[test]
fn a_reserve_that_is_not_nominated_never_wins_over_an_address_that_is_checked() {
    let mut scene = Scene::new();
    scene.checked(0, 1, true);
    for _ in 0..10 {
        assert!(!scene.checked_and_answered(1_250, 2, false));
        assert!(!scene.checked_and_answered(1_250, 1, false));
    }
    assert_eq!(scene.ice.selected(), Some(address(1)));
    assert!(scene.checked_and_answered(1, 2, true));
    assert_eq!(scene.ice.selected(), Some(address(2)));
}

#[test]
fn a_peer_that_never_nominates_again_is_followed_behind_a_new_port() {
    let mut scene = Scene::new();
    scene.checked(0, 1, true);
    for _ in 0..5 {
        scene.checked_and_answered(5_000, 1, false);
    }
    assert!(scene.checked_and_answered(4_000, 2, false), "the first check from there");
    assert_eq!(scene.ice.selected(), Some(address(2)));
    assert_eq!(scene.ice.deadline(), scene.now + CONSENT);
}

#[test]
fn a_reserve_takes_over_when_the_other_is_silent() {
    let mut scene = Scene::new();
    scene.checked(0, 1, true);
    let asked = [0; 4].map(|_| scene.checked_and_answered(2_500, 2, false));
    assert_eq!(asked, [false, false, true, false]);
    assert_eq!(scene.ice.selected(), Some(address(2)));
}

#[test]
fn a_question_may_be_answered_later_than_it_is_asked_again() {
    let mut scene = Scene::new();
    scene.checked(0, 1, true);
    scene.checked(50, 2, true);
    let (_, question) = scene.question().unwrap();
    for _ in 0..8 {
        scene.checked(100, 2, true);
        assert!(scene.question().is_none_or(|(_, again)| again == question));
    }
    assert_eq!(scene.answered(2, question), Ok(()));
    assert_eq!(scene.ice.selected(), Some(address(2)));
}

#[test]
fn checks_alone_are_no_consent_for_ever() {
    let mut scene = Scene::new();
    let (start, mut asked) = (scene.now, 0);
    for _ in 0..200 {
        scene.checked(2_500, 1, true);
        asked += u32::from(scene.question().is_some());
    }
    assert_eq!(scene.ice.deadline(), start + MUST_PROVE, "they may be old ones, and nobody answers");
    assert!(asked > 100);
    assert!(scene.checked_and_answered(300, 1, true));
    assert_eq!(scene.ice.deadline(), scene.now + CONSENT);
    assert!(!scene.checked_and_answered(50_000, 1, true));
    scene.ice.proved(scene.now);
    assert!(!scene.checked_and_answered(50_000, 1, true), "who sends reports is not asked");
}

#[test]
fn a_check_that_comes_again_moves_nothing() {
    let mut scene = Scene::new();
    let (mut out, captured) = ([0; 256], check("Aaaa", "Aaaa password", true));
    scene.ice.receive(scene.now, address(1), &captured).unwrap();
    let first = scene.ice.poll(&mut out).unwrap();
    let before = (scene.ice.selected(), scene.ice.deadline());
    let later = scene.now + Duration::from_secs(5);
    assert_eq!(scene.ice.receive(later, address(66), &captured), Err(Dropped::Replayed), "from elsewhere");
    assert_eq!(scene.ice.poll(&mut out), None);
    scene.ice.receive(later, address(1), &captured).unwrap();
    assert_eq!(scene.ice.poll(&mut out), Some(first), "its answer may have been lost");
    assert_eq!((scene.ice.selected(), scene.ice.deadline()), before, "nor is it consent");
    assert!(!scene.ice.knows(address(66)));
}

/// Whatever checks come from wherever: the address is that of the very first check, or of the latest answer.
#[test]
fn the_address_moves_by_answers_only() {
    for seed in 0..200 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut scene, mut captured) = (Scene::new(), Vec::<Vec<u8>>::new());
        for _ in 0..60 {
            scene.now += Duration::from_millis(random.u64(0..3_000));
            let (from, before) = (address(random.u16(1..9)), scene.ice.selected());
            let nominate = random.bool();
            let datagram = match random.u8(0..4) {
                0 => check("Aaaa", "guessed", true),
                1 if !captured.is_empty() => captured[random.usize(0..captured.len())].clone(),
                _ => check("Aaaa", "Aaaa password", nominate),
            };
            _ = scene.ice.receive(scene.now, from, &datagram);
            while scene.ice.poll_change().is_some() {}
            captured.push(datagram);
            assert!(before.is_none() || scene.ice.selected() == before, "seed {seed}");
            let before = scene.ice.selected();
            let Some((port, question)) = scene.question() else { continue };
            // Only even ports are the peer's.
            if port % 2 == 0 {
                assert_eq!(scene.answered(port, question), Ok(()));
            }
            let moved = scene.ice.selected() != before;
            assert!(!moved || scene.ice.selected().is_some_and(|to| to.port() % 2 == 0), "seed {seed}");
        }
    }
}

#[test]
fn only_the_newest_addresses_are_remembered_and_the_selected_one() {
    let mut scene = Scene::new();
    scene.checked(0, 1, true);
    for port in 2..20 {
        scene.checked(10, port, false);
    }
    assert!(scene.ice.knows(address(1)) && scene.ice.knows(address(19)));
    assert!(!scene.ice.knows(address(2)));
}

#[test]
fn silence_ends_after_thirty_seconds_and_sooner_in_doubt() {
    let mut scene = Scene::new();
    scene.checked(1_000, 1, true);
    assert_eq!(scene.ice.deadline(), scene.now + CONSENT);
    scene.ice.doubt(scene.now);
    assert_eq!(scene.ice.deadline(), scene.now + DOUBT);
    scene.checked(5_000, 1, true);
    assert_eq!(scene.ice.deadline(), scene.now + CONSENT, "doubt is over");
}

#[test]
fn after_a_restart_old_credentials_count_until_the_new_are_used() {
    let mut scene = Scene::new();
    assert!(!scene.ice.restart(&secrets("Cccc"), "peer", "their password"), "not new");
    assert!(scene.ice.restart(&secrets("Cccc"), "peer2", "their new password"));
    let (now, mut out) = (scene.now, [0; 256]);
    scene.checked(0, 1, true);
    let (_, len) = scene.ice.poll(&mut out).unwrap();
    assert!(StunMessage::parse(&out[..len]).unwrap().verify(b"Aaaa password", hmac_sha1));
    let new = check("Cccc", "Cccc password", true);
    scene.ice.receive(now, address(2), &new).unwrap();
    let (_, len) = scene.ice.poll(&mut out).unwrap();
    assert!(StunMessage::parse(&out[..len]).unwrap().verify(b"Cccc password", hmac_sha1));
    let old = check("Aaaa", "Aaaa password", true);
    assert_eq!(scene.ice.receive(now, address(1), &old), Err(Dropped::NotAuthentic));
}

#[test]
fn an_address_that_answers_a_probe_is_the_peers() {
    let mut scene = Scene::new();
    scene.checked(0, 1, true);
    let mut out = [0; 256];
    scene.ice.poll(&mut out).unwrap();
    scene.ice.probe(scene.now, address(2));
    let (to, len) = scene.ice.poll(&mut out).unwrap();
    let question = StunMessage::parse(&out[..len]).unwrap();
    assert_eq!((to, question.split_username()), (address(2), Some(("peer", "Aaaa"))));
    assert!(question.verify(b"their password", hmac_sha1));
    let mut answer = |password: &[u8], from| {
        let mut out = [0; 256];
        let message = StunMessage::binding_reply(question.trans_id(), address(9));
        let len = message.to_bytes(Some(password), &mut out, hmac_sha1).unwrap();
        scene.ice.receive(scene.now, from, &out[..len])
    };
    assert_eq!(answer(b"forged", address(2)), Err(Dropped::NotAuthentic));
    assert_eq!(answer(b"their password", address(3)), Err(Dropped::OutOfPlace));
    assert_eq!(answer(b"their password", address(2)), Ok(()));
    assert_eq!(answer(b"their password", address(2)), Err(Dropped::OutOfPlace), "once");
    assert_eq!(scene.ice.selected(), Some(address(2)));
}
