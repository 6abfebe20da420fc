//! Whose datagram it is, within one thread.

use std::collections::HashMap;
use std::net::SocketAddr;

use cooee_session::demux::{Kind, classify, peek_ssrc, peek_ufrag};

use super::{Mark, Packet, Routes};
use crate::registry::SessionKey;

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
        self.by_fragment.insert(fragment.into(), session);
        names.fragments.push(fragment.into());
    }

    /// Datagrams with the mark are the session's.
    pub(crate) fn add_mark(&mut self, session: u32, names: &mut Names, mark: Mark) {
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
