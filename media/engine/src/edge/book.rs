//! Whose datagram it is, within one thread.

use std::collections::HashMap;
use std::net::SocketAddr;

use cooee_session::demux::{Kind, classify, peek_ssrc, peek_ufrag};

use super::{Mark, Packet, Routes};
use crate::registry::SessionKey;

/// Of a session's fragments only the latest are answered to: one, and the one before it during an ICE restart.
const FRAGMENTS: usize = 2;
/// No session needs more marks at a time.
const MARKS: usize = 16;

/// A thread's sessions by all the names they have; a session is its place in the thread's slab.
pub(crate) struct Book {
    routes: Routes,
    by_key: HashMap<SessionKey, u32>,
    by_fragment: HashMap<Box<str>, u32>,
    by_mark: HashMap<Mark, u32>,
}

/// The names of one session, kept with it so that they can be struck out.
#[derive(Default)]
pub(crate) struct Names {
    fragments: Vec<Box<str>>,
    marks: Vec<Mark>,
}

impl Book {
    pub(crate) fn new(routes: Routes) -> Self {
        let (by_key, by_fragment, by_mark) = Default::default();
        Self { routes, by_key, by_fragment, by_mark }
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

    /// Datagrams with the mark are the session's. Of SSRCs only the latest is.
    pub(crate) fn add_mark(&mut self, session: u32, names: &mut Names, mark: Mark) {
        let outdated = |other: &Mark| matches!((other, mark), (Mark::Ssrc(old), Mark::Ssrc(new)) if *old != new);
        while let Some(at) = names.marks.iter().position(outdated) {
            let other = names.marks.remove(at);
            self.strike_mark(session, other);
        }
        if !names.marks.contains(&mark) {
            names.marks.push(mark);
        }
        self.by_mark.insert(mark, session);
        self.routes.set(mark, true);
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

    /// The session that a packet is for.
    pub(crate) fn owner(&self, packet: &Packet) -> Option<u32> {
        let by_mark = |mark: Mark| self.by_mark.get(&mark).copied();
        match classify(packet.datagram())? {
            Kind::Stun => match peek_ufrag(packet.datagram()) {
                Some(fragment) => self.by_fragment.get(fragment).copied(),
                None => by_mark(Mark::From(packet.from)),
            },
            Kind::Dtls | Kind::Rtcp => by_mark(Mark::From(packet.from)),
            Kind::Rtp => {
                by_mark(Mark::From(packet.from)).or_else(|| by_mark(Mark::Ssrc(peek_ssrc(packet.datagram())?)))
            }
        }
    }

    fn strike_mark(&mut self, session: u32, mark: Mark) {
        if self.by_mark.get(&mark) == Some(&session) {
            self.by_mark.remove(&mark);
            self.routes.set(mark, false);
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

    #[test]
    fn a_session_is_known_by_its_address_and_its_latest_ssrc() {
        let (mut book, _told) = book();
        let mut names = Names::default();
        book.add_mark(5, &mut names, Mark::From("127.0.0.1:7".parse().expect("an address")));
        for ssrc in [1, 2] {
            book.add_mark(5, &mut names, Mark::Ssrc(ssrc));
        }
        let owners = [sound("127.0.0.1:7", 9), sound("127.0.0.1:8", 2), sound("127.0.0.1:8", 1)];
        assert_eq!(owners.map(|packet| book.owner(&packet)), [Some(5), Some(5), None]);
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
