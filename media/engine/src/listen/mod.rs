//! A thread of listeners: it owns their sessions, and seals and sends the mix to them.
//!
//! In the steady state it takes no lock. Sealing a packet, reports, repeats and checks allocate nothing (held by tests of
//! `cooee-session`); joining frames takes a block for the payloads of seconds (held by a test of `cooee-audio`). What the
//! thread keeps around them grows with its crowd and then stays; a change of class may grow it. The whole of it is held by
//! a test of this crate, with threads at work.

mod audience;
mod command;
mod job;
mod lane;
mod listener;
mod wheel;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use cooee_audio::FrameClass;
use cooee_session::Output;
use cooee_session::listen::Event as Happened;
use cooee_session::mix::{History, NoHistory};
use slab::Slab;

use crate::edge::{Book, Inbox, Mark, Outbox, Packet, Routes};
use crate::event::{Figures, Reason};
use crate::figures::{DropReason, ThreadFigures};
use crate::guard::{Bugs, Struck, guarded};
use crate::registry::{Door, SessionKey, Space};
use crate::restart::Restart;
use crate::shared::Shared;
use crate::work::{Whose, Worker};

use audience::Audience;
pub(crate) use command::{Command, Opening};
use job::Job;
use listener::Listener;
use wheel::{Due, Wheel};

/// Packets of mixes that are on their way at a time: some of each of that many Spaces. Should there be more, there is room.
const JOBS: usize = 64;
/// Packets that are looked at before the sending goes on.
const PACKETS_AT_ONCE: usize = 64;
/// How long the thread sleeps at most.
const NAP: Duration = Duration::from_millis(500);
/// How long an audience that met a bug is silent.
const REST: Duration = Duration::from_secs(1);
/// How often classes follow the number of listeners.
const REVIEW: Duration = Duration::from_secs(1);
/// Sessions of an ended Space that are closed before the thread does what else there is to do.
const CLOSED_AT_ONCE: usize = 256;
/// How long sessions may say goodbye when the thread ends.
const GOODBYE: Duration = Duration::from_millis(100);

/// One thread of listeners.
pub(crate) struct ListenThread {
    number: u8,
    inbox: Inbox<Command>,
    outbox: Outbox,
    book: Book,
    shared: Arc<Shared>,
    doors: Arc<cooee_session::Shared>,
    figures: Arc<ThreadFigures>,
    fixed: Option<FrameClass>,
    listeners: Slab<Box<Listener>>,
    audiences: HashMap<u32, Audience>,
    wheel: Wheel,
    jobs: Vec<Job>,
    review: Instant,
    /// Sessions of Spaces that have ended, and why they did.
    closing: VecDeque<(SessionKey, Reason)>,
    stopped: bool,
}

/// What a thread of listeners is given.
pub(crate) struct Given {
    pub(crate) number: u8,
    pub(crate) inbox: Inbox<Command>,
    pub(crate) outbox: Outbox,
    pub(crate) routes: Routes,
    pub(crate) shared: Arc<Shared>,
    pub(crate) doors: Arc<cooee_session::Shared>,
    pub(crate) figures: Arc<ThreadFigures>,
    /// The operator's frame class.
    pub(crate) fixed: Option<FrameClass>,
}

impl ListenThread {
    pub(crate) fn new(given: Given, now: Instant) -> Self {
        let Given { number, inbox, outbox, routes, shared, doors, figures, fixed } = given;
        let (book, listeners, audiences) = (Book::new(routes), Slab::new(), HashMap::new());
        let (wheel, jobs, review, stopped) = (Wheel::new(now), Vec::with_capacity(JOBS), now + REVIEW, false);
        Self {
            number,
            inbox,
            outbox,
            book,
            shared,
            doors,
            figures,
            fixed,
            listeners,
            audiences,
            wheel,
            jobs,
            review,
            closing: VecDeque::new(),
            stopped,
        }
    }

    /// Runs until told to stop.
    pub(crate) fn run(mut self) {
        self.figures.started();
        self.work_until_stopped();
        self.end(Instant::now());
    }

    fn sleep(&mut self) {
        let now = Instant::now();
        if !self.closing.is_empty() {
            return;
        }
        let blocked = self.outbox.blocked();
        let mut until = now + NAP;
        if !self.listeners.is_empty() {
            until = until.min(self.wheel.next_step()).min(self.review);
        }
        if blocked.is_empty() {
            until = self.jobs.iter().map(Job::due).fold(until, Instant::min);
        } else {
            until = until.min(now + Duration::from_millis(1));
        }
        let timeout = until.saturating_duration_since(now);
        if !timeout.is_zero() {
            self.inbox.wait(&blocked, timeout);
        }
    }

    fn obey(&mut self, command: Command, now: Instant) {
        match command {
            Command::Open(opening) => self.open(*opening, now),
            Command::Close(key, reason) => {
                if let Some(at) = self.book.by_key(key) {
                    self.close(at, reason, now);
                }
            }
            Command::CloseSpace(space, reason) => self.close_space(&space, &reason),
            Command::Restart(restart) => self.restart(&restart, now),
            Command::Stop => self.stopped = true,
        }
    }

    fn open(&mut self, opening: Opening, now: Instant) {
        let Opening { owner, session, fragment, at: opened } = opening;
        let (key, space) = (owner.key, Arc::clone(&owner.space));
        self.audiences.entry(space.number).or_insert_with(|| Audience::new(space, self.number, self.fixed));
        let at = self.listeners.insert(Box::new(Listener::new(session, owner, opened))) as u32;
        self.book.enter(at, key);
        self.book.add_fragment(at, &mut self.listeners[at as usize].names, &fragment);
        self.figures.sessions.opened.fetch_add(1, Relaxed);
        self.drive(at, now);
    }

    fn restart(&mut self, restart: &Restart, now: Instant) {
        let Some(at) = self.book.by_key(restart.key) else { return };
        let listener = &mut self.listeners[at as usize];
        let answer = listener.session.restart_ice(&self.doors, &restart.fragment, &restart.secrets);
        if matches!(answer, Ok(Some(_))) {
            self.book.add_fragment(at, &mut listener.names, &restart.secrets.ufrag);
        }
        // Who asked may have given up.
        _ = restart.reply.send(answer);
        self.drive(at, now);
    }

    fn take_packets(&mut self) {
        for _ in 0..PACKETS_AT_ONCE {
            let Some(packet) = self.inbox.packets.take() else { return };
            if let Err(why) = self.take_packet(&packet) {
                self.figures.dropped(why, 1);
            }
        }
    }

    /// Offers a packet to those whose it may be, those who are still connecting first: others can do without DTLS.
    fn take_packet(&mut self, packet: &Packet) -> Result<(), DropReason> {
        let mut owners = self.book.owners(packet);
        owners.sort_by_key(|at| self.listeners[*at as usize].connected);
        let mut refused = Err(DropReason::UnknownSession);
        for at in owners {
            refused = Ok(());
            let whose = Some(Whose::Session(at));
            self.attempt(whose, packet.arrival, |thread| refused = thread.receive(at, packet));
            if refused.is_ok() {
                break;
            }
        }
        refused
    }

    fn receive(&mut self, at: u32, packet: &Packet) -> Result<(), DropReason> {
        let session = &mut self.listeners[at as usize].session;
        session.receive(packet.arrival, packet.from, packet.datagram())?;
        self.drive(at, packet.arrival);
        Ok(())
    }

    fn fire_timers(&mut self, now: Instant) {
        while let Some(list) = self.wheel.advance(now) {
            for at in &list {
                let due = self.listeners.get_mut(*at as usize).map(|listener| &mut listener.due);
                if due.is_some_and(|due| self.wheel.fires(*at, due)) {
                    self.attempt(Some(Whose::Session(*at)), now, |thread| thread.drive(*at, now));
                }
            }
            self.wheel.give_back(list);
        }
    }

    /// Polls a session until it has nothing more to do.
    fn drive(&mut self, at: u32, now: Instant) {
        loop {
            let Some(listener) = self.listeners.get_mut(at as usize) else { return };
            let audience = self.audiences.get(&listener.owner.space.number);
            let history = audience.map_or(&NoHistory as &dyn History, |audience| audience);
            let Some(buffer) = self.outbox.room(now) else {
                return self.wheel.set(at, &mut listener.due, now);
            };
            match listener.session.poll(now, history, buffer) {
                Output::Transmit { to, len } => self.outbox.commit(now, to, len),
                Output::Event(event) => self.happened(at, event, now),
                Output::Timeout(due) => {
                    listener.count(&self.figures);
                    return self.wheel.set(at, &mut listener.due, due);
                }
            }
        }
    }

    fn happened(&mut self, at: u32, event: Happened, now: Instant) {
        let listener = &mut self.listeners[at as usize];
        match event {
            Happened::AddressAdded(address) => self.book.add_mark(at, &mut listener.names, Mark::From(address)),
            Happened::AddressRemoved(address) => {
                self.book.remove_mark(at, &mut listener.names, Mark::From(address));
            }
            Happened::Connected => self.connected(at, now),
            Happened::Reception(reception) => {
                listener.want_fec(reception.wants_fec);
                self.reclass(at, reception.loss_per_mille);
            }
            Happened::Closed(why) => self.close(at, why.into(), now),
        }
    }

    fn connected(&mut self, at: u32, now: Instant) {
        let listener = &mut self.listeners[at as usize];
        let Some(audience) = self.audiences.get_mut(&listener.owner.space.number) else { return };
        self.figures.sessions.note_connected(now.saturating_duration_since(listener.opened));
        audience.space.listeners.fetch_add(1, Relaxed);
        listener.connected = true;
        listener.class = audience.class_for(listener.class, 0);
        listener.place = Some(audience.join(at, listener.class));
    }

    /// Has a listener move to the lane that fits its loss: not before a packet of its own ends where one of the other begins.
    fn reclass(&mut self, at: u32, loss_per_mille: u16) {
        let listener = &mut self.listeners[at as usize];
        let Some(audience) = self.audiences.get_mut(&listener.owner.space.number) else { return };
        if listener.place.is_some() {
            listener.move_to(audience.class_for(listener.class, loss_per_mille), audience);
        }
    }

    /// Follows the number of listeners with the class of each Space, and forgets Spaces without listeners.
    fn review(&mut self, now: Instant) {
        self.review = now + REVIEW;
        let Self { audiences, listeners, .. } = self;
        for audience in audiences.values_mut() {
            if audience.review() {
                let number = audience.space.number;
                let of_space = |listener: &Listener| listener.place.is_some() && listener.owner.space.number == number;
                for (_, listener) in listeners.iter_mut().filter(|(_, listener)| of_space(listener)) {
                    let class = audience.class_for(listener.class, listener.session.reception().loss_per_mille);
                    listener.move_to(class, audience);
                }
            }
        }
        let jobs = &mut self.jobs;
        jobs.retain(|job| audiences.contains_key(&job.space()));
    }

    /// Ends the mix at once, and the sessions in the turns to come.
    fn close_space(&mut self, space: &Space, reason: &Reason) {
        let of_space = self.listeners.iter().filter(|(_, listener)| listener.owner.space.number == space.number);
        self.closing.extend(of_space.map(|(_, listener)| (listener.owner.key, reason.clone())));
        self.audiences.remove(&space.number);
    }

    /// Says goodbye to some of those whose Space has ended.
    fn close_some(&mut self, now: Instant) {
        for _ in 0..CLOSED_AT_ONCE {
            let Some((key, reason)) = self.closing.pop_front() else { return };
            if let Some(at) = self.book.by_key(key) {
                self.attempt(Some(Whose::Session(at)), now, |thread| thread.close(at, reason, now));
            }
        }
    }

    /// Says goodbye to all.
    fn end(mut self, now: Instant) {
        let all: Vec<u32> = self.listeners.iter().map(|(at, _)| at as u32).collect();
        let until = Instant::now() + GOODBYE;
        for at in all {
            self.close(at, Reason::Closed("closed".to_owned()), now);
            self.outbox.flush(now);
            while !self.outbox.blocked().is_empty() && Instant::now() < until {
                self.inbox.wait(&self.outbox.blocked(), Duration::from_millis(1));
                self.outbox.flush(now);
            }
        }
        self.outbox.flush(now);
    }
}

impl Worker for ListenThread {
    fn turn(&mut self) {
        self.sleep();
        let now = Instant::now();
        while let Ok(command) = self.inbox.commands.try_recv() {
            let whose = whose(&command);
            self.attempt(whose, now, |thread| thread.obey(command, now));
        }
        self.take_frames(now);
        self.take_packets();
        self.fire_timers(now);
        self.close_some(now);
        self.outbox.flush(now);
        self.work(Instant::now());
        if now >= self.review {
            self.review(now);
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped
    }

    fn bugs(&self) -> &Bugs {
        &self.shared.bugs
    }

    fn place_of(&self, key: SessionKey) -> Option<u32> {
        self.listeners.iter().find(|(_, listener)| listener.owner.key == key).map(|(at, _)| at as u32)
    }

    /// Ends a session: says goodbye if it was not the peer who ended it, forgets it, and tells.
    fn close(&mut self, at: u32, reason: Reason, now: Instant) {
        let Some(mut listener) = self.listeners.try_remove(at as usize) else { return };
        if let Some(buffer) = self.outbox.room(now)
            && let Ok(Some((to, len))) = guarded(|| listener.session.goodbye(now, buffer))
        {
            self.outbox.commit(now, to, len);
        }
        self.book.strike(at, listener.owner.key, std::mem::take(&mut listener.names));
        if let (Some(audience), Some(place)) = (self.audiences.get_mut(&listener.owner.space.number), listener.place) {
            audience.leave(listener.class, place);
        }
        listener.want_fec(false);
        if listener.connected {
            listener.owner.space.listeners.fetch_sub(1, Relaxed);
        }
        self.figures.sessions.note_closed(listener.connected, &reason);
        let lasted = now.saturating_duration_since(listener.opened);
        let quality = listener.session.quality();
        let figures = Figures { connected: listener.connected, lasted, quality };
        self.shared.closed(Door::Listen, &listener.owner, reason, figures);
    }

    /// Begins a Space's audience anew with the same listeners, after a pause: a bug that every frame meets must not eat
    /// the thread.
    fn space_failed(&mut self, number: u32, now: Instant) {
        self.shared.bugs.met(Struck::Audience);
        let Some(struck) = self.audiences.remove(&number) else { return };
        self.jobs.retain(|job| job.space() != number);
        let mut fresh = Audience::new(Arc::clone(&struck.space), self.number, self.fixed);
        fresh.rest_until(now + REST);
        let of_space = |listener: &Listener| listener.connected && listener.owner.space.number == number;
        for (at, listener) in self.listeners.iter_mut().filter(|(_, listener)| of_space(listener)) {
            listener.place = Some(fresh.join(at as u32, listener.class));
        }
        self.audiences.insert(number, fresh);
    }
}

/// Whose work a command is.
fn whose(command: &Command) -> Option<Whose> {
    match command {
        Command::Open(opening) => Some(Whose::Key(opening.owner.key)),
        Command::Restart(restart) => Some(Whose::Key(restart.key)),
        Command::Close(..) | Command::CloseSpace(..) | Command::Stop => None,
    }
}
