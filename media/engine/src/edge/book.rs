//! Whose datagram it is, within one thread.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;

use arrayvec::ArrayVec;
use cooee_session::demux::{Kind, classify, peek_ssrc, peek_ufrag};

use super::{Mark, Packet, Routes};
use crate::registry::SessionKey;

/// Of a session's fragments only the latest are answered to: one, and the one before it during an ICE restart.
const FRAGMENTS: usize = 2;
/// No session needs more marks at a time.
const MARKS: usize = 16;
/// Sessions that can have one mark at a time, besides the first.
const FURTHER: usize = 7;

/// Sessions that a packet may be for.
pub(crate) type Owners = ArrayVec<u32, { 2 * (1 + FURTHER) }>;

/// A thread's sessions by all the names they have; a session is its place in the thread's slab.
///
/// A fragment is one session's alone. A mark is not: an address translator gives a port to another, a datagram's source is
/// forged, an SSRC is what the peer says. So nobody takes a mark from anybody: a packet is offered to all who have its mark,
/// and each can tell whether it is authentic.
pub(crate) struct Book {
    routes: Routes,
    by_key: HashMap<SessionKey, u32>,
    by_fragment: HashMap<Box<str>, u32>,
    /// Who had the mark first, nearly always the only one…
    by_mark: HashMap<Mark, u32>,
    /// …and who has it too.
    further: HashMap<Mark, ArrayVec<u32, FURTHER>>,
}

/// The names of one session, kept with it so that they can be struck out.
#[derive(Default)]
pub(crate) struct Names {
    fragments: Vec<Box<str>>,
    marks: Vec<Mark>,
}

impl Book {
    pub(crate) fn new(routes: Routes) -> Self {
        let (by_key, by_fragment, by_mark, further) = Default::default();
        Self { routes, by_key, by_fragment, by_mark, further }
    }

    pub(crate) fn enter(&mut self, session: u32, key: SessionKey) {
        self.by_key.insert(key, session);
    }

    /// Datagrams that name our ICE fragment are the session's.
    pub(crate) fn add_fragment(&mut self, session: u32, names: &mut Names, fragment: &str) {
        if names.fragments.len() == FRAGMENTS {
            self.by_fragment.remove(&names.fragments.remove(0));
        }
        self.by_fragment.insert(fragment.into(), session);
        names.fragments.push(fragment.into());
    }

    /// Datagrams with the mark are the session's, whosever they are besides. Of its SSRCs only the latest is.
    pub(crate) fn add_mark(&mut self, session: u32, names: &mut Names, mark: Mark) {
        let outdated = |other: &Mark| matches!((other, mark), (Mark::Ssrc(old), Mark::Ssrc(new)) if *old != new);
        while let Some(at) = names.marks.iter().position(outdated) {
            let other = names.marks.remove(at);
            self.strike_mark(session, other);
        }
        if !names.marks.contains(&mark) && self.claim(session, mark) {
            names.marks.push(mark);
        }
    }

    /// Whether there was room for one more.
    fn claim(&mut self, session: u32, mark: Mark) -> bool {
        match self.by_mark.entry(mark) {
            Entry::Vacant(vacant) => {
                vacant.insert(session);
                self.routes.set(mark, true);
                true
            }
            Entry::Occupied(_) => self.further.entry(mark).or_default().try_push(session).is_ok(),
        }
    }

    /// The session heard authentic sound from an address that may be new: what the peer answers from there is the session's.
    pub(crate) fn note_sender(&mut self, session: u32, names: &mut Names, from: SocketAddr) {
        let mark = Mark::From(from);
        if names.marks.len() < MARKS && !names.marks.contains(&mark) {
            self.add_mark(session, names, mark);
        }
    }

    pub(crate) fn remove_mark(&mut self, session: u32, names: &mut Names, mark: Mark) {
        names.marks.retain(|other| *other != mark);
        self.strike_mark(session, mark);
    }

    /// Strikes out a session that has ended.
    pub(crate) fn strike(&mut self, session: u32, key: SessionKey, names: Names) {
        self.by_key.remove(&key);
        for fragment in names.fragments {
            self.by_fragment.remove(&fragment);
        }
        for mark in names.marks {
            self.strike_mark(session, mark);
        }
    }

    pub(crate) fn by_key(&self, key: SessionKey) -> Option<u32> {
        self.by_key.get(&key).copied()
    }

    /// The sessions that a packet may be for; the first that takes it has it. Sound belongs to whoever has its address, or
    /// else its SSRC: the peer's address may have changed.
    pub(crate) fn owners(&self, packet: &Packet) -> Owners {
        let (from, mut owners) = (Mark::From(packet.from), Owners::new());
        match classify(packet.datagram()) {
            Some(Kind::Stun) => match peek_ufrag(packet.datagram()) {
                Some(fragment) => owners.extend(self.by_fragment.get(fragment).copied()),
                None => self.add_claims(from, &mut owners),
            },
            Some(Kind::Dtls | Kind::Rtcp) => self.add_claims(from, &mut owners),
            Some(Kind::Rtp) => {
                self.add_claims(from, &mut owners);
                if let Some(ssrc) = peek_ssrc(packet.datagram()) {
                    self.add_claims(Mark::Ssrc(ssrc), &mut owners);
                }
            }
            None => {}
        }
        owners
    }

    fn add_claims(&self, mark: Mark, owners: &mut Owners) {
        let Some(first) = self.by_mark.get(&mark) else { return };
        let further = if self.further.is_empty() { None } else { self.further.get(&mark) };
        for session in std::iter::once(first).chain(further.into_iter().flatten()) {
            if !owners.contains(session) {
                owners.push(*session);
            }
        }
    }

    fn strike_mark(&mut self, session: u32, mark: Mark) {
        let Entry::Occupied(mut first) = self.by_mark.entry(mark) else { return };
        let Entry::Occupied(mut further) = self.further.entry(mark) else {
            if *first.get() == session {
                first.remove();
                self.routes.set(mark, false);
            }
            return;
        };
        if *first.get() == session {
            first.insert(further.get_mut().remove(0));
        } else {
            further.get_mut().retain(|other| *other != session);
        }
        if further.get().is_empty() {
            further.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use crossbeam_channel::{Receiver, unbounded};

    use super::*;
    use crate::edge::Route;

    fn book() -> (Book, Receiver<Route>) {
        let (changes, told) = unbounded();
        (Book::new(Routes::new(3, changes)), told)
    }

    fn sound(from: &str, ssrc: u8) -> Packet {
        let datagram = [0x80, 111, 0, 0, 0, 0, 0, 0, 0, 0, 0, ssrc];
        Packet::new(from.parse().expect("an address"), Instant::now(), &datagram)
    }

    fn owner(book: &Book, packet: &Packet) -> Vec<u32> {
        book.owners(packet).to_vec()
    }

    fn at(port: u16) -> Mark {
        Mark::From(([127, 0, 0, 1], port).into())
    }

    #[test]
    fn a_session_is_known_by_its_address_and_its_latest_ssrc() {
        let (mut book, _told) = book();
        let mut names = Names::default();
        book.add_mark(5, &mut names, at(7));
        for ssrc in [1, 2] {
            book.add_mark(5, &mut names, Mark::Ssrc(ssrc));
        }
        let owners = [sound("127.0.0.1:7", 9), sound("127.0.0.1:8", 2), sound("127.0.0.1:8", 1)];
        assert_eq!(owners.map(|packet| owner(&book, &packet)), [vec![5], vec![5], vec![]]);
    }

    #[test]
    fn nobody_takes_an_address_from_anybody() {
        let (mut book, told) = book();
        let (mut first, mut second) = (Names::default(), Names::default());
        book.add_mark(5, &mut first, at(7));
        book.add_mark(6, &mut second, at(7));
        book.add_mark(6, &mut second, at(7));
        let packet = sound("127.0.0.1:7", 9);
        assert_eq!(owner(&book, &packet), [5, 6]);
        book.remove_mark(6, &mut second, at(7));
        assert_eq!(owner(&book, &packet), [5]);
        book.add_mark(6, &mut second, at(7));
        book.strike(5, SessionKey(8), first);
        assert_eq!(owner(&book, &packet), [6], "who had it too has it now");
        book.strike(6, SessionKey(9), second);
        assert!(owner(&book, &packet).is_empty());
        assert_eq!(told.try_iter().map(|route| route.added).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_claimed_ssrc_leaves_the_speakers_sound_with_the_speaker() {
        let (mut book, _told) = book();
        let (mut speaker, mut liar) = (Names::default(), Names::default());
        for mark in [at(7), Mark::Ssrc(1)] {
            book.add_mark(5, &mut speaker, mark);
        }
        for mark in [at(8), Mark::Ssrc(1)] {
            book.add_mark(6, &mut liar, mark);
        }
        assert_eq!(owner(&book, &sound("127.0.0.1:7", 1)), [5, 6]);
        assert_eq!(owner(&book, &sound("127.0.0.1:8", 1)), [6, 5], "the speaker's too, from the liar's address");
    }

    #[test]
    fn a_mark_that_all_claim_is_still_its_first_owners() {
        let (mut book, _told) = book();
        let mut names: Vec<Names> = (0..40).map(|_| Names::default()).collect();
        for (session, names) in names.iter_mut().enumerate() {
            book.add_mark(session as u32, names, at(7));
        }
        let packet = sound("127.0.0.1:7", 9);
        assert_eq!(owner(&book, &packet), (0..=FURTHER as u32).collect::<Vec<_>>());
        for (session, names) in names.into_iter().enumerate().rev() {
            assert!(owner(&book, &packet).contains(&0));
            book.strike(session as u32, SessionKey(session as u64), names);
        }
        assert!(book.by_mark.is_empty() && book.further.is_empty());
    }

    #[test]
    fn whoever_is_struck_out_is_forgotten_everywhere() {
        let (mut book, told) = book();
        let mut names = Names::default();
        book.enter(5, SessionKey(8));
        for fragment in ["Dold", "Dnew", "Dnewest"] {
            book.add_fragment(5, &mut names, fragment);
        }
        assert_eq!(book.by_fragment.len(), FRAGMENTS);
        book.add_mark(5, &mut names, Mark::Ssrc(1));
        book.strike(5, SessionKey(8), names);
        assert!(book.by_fragment.is_empty() && book.by_mark.is_empty() && book.by_key(SessionKey(8)).is_none());
        assert_eq!(told.try_iter().map(|route| route.added).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn endless_addresses_are_not_noted() {
        let (mut book, _told) = book();
        let mut names = Names::default();
        for port in 1..100 {
            book.note_sender(5, &mut names, ([127, 0, 0, 1], port).into());
        }
        assert_eq!(book.by_mark.len(), MARKS);
    }
}
