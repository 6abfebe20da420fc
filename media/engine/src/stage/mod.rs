//! A stage thread: it owns speak sessions and the stages of its Spaces, forwards, and mixes on absolute deadlines.

mod command;
mod levels;
mod room;
mod speaker;
mod taps;
mod tick;
mod voices;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use cooee_session::speak::Event as Happened;
use cooee_session::{CloseReason, Output};
use cooee_stage::{Level, Packet as Spoken};
use slab::Slab;

use crate::edge::{Book, Inbox, Inlet, Mark, Outbox, Packet, Routes};
use crate::event::{Event, Figures, Reason};
use crate::figures::{DropReason, ThreadFigures};
use crate::guard::{Bugs, bug_may_be_here, guarded};
use crate::listen;
use crate::registry::{Door, SessionKey, Space};
use crate::restart::Restart;
use crate::shared::Shared;
use crate::voices::VoiceSender;
use crate::work::{Whose, Worker};

pub(crate) use command::{Command, Opening};
use room::Room;
use speaker::Speaker;

/// Packets that are looked at before the mixers get their turn.
const PACKETS_AT_ONCE: usize = 32;
/// How long the thread sleeps at most.
const NAP: Duration = Duration::from_millis(500);
/// All sessions are looked at for due timers at most so often: a little late does no harm, and looking costs.
const TIMERS: Duration = Duration::from_millis(5);
/// One stage thread.
pub(crate) struct StageThread {
    inbox: Inbox<Command>,
    outbox: Outbox,
    book: Book,
    shared: Arc<Shared>,
    doors: Arc<cooee_session::Shared>,
    figures: Arc<ThreadFigures>,
    /// The threads of listeners, by number.
    listeners: Vec<Inlet<listen::Command>>,
    speakers: Slab<Box<Speaker>>,
    rooms: HashMap<u32, Room>,
    /// No session's timer is due before.
    timers: Instant,
    /// No room's frame is due before.
    frames: Instant,
    /// Rooms whose frame is due; kept for its memory.
    due: Vec<u32>,
    /// The block that the payloads of packets share.
    payloads: BytesMut,
    /// Where voices go that recognisers of speech are to hear.
    voices: VoiceSender,
    stopped: bool,
}

/// What a stage thread is given.
pub(crate) struct Given {
    pub(crate) inbox: Inbox<Command>,
    pub(crate) outbox: Outbox,
    pub(crate) routes: Routes,
    pub(crate) shared: Arc<Shared>,
    pub(crate) doors: Arc<cooee_session::Shared>,
    pub(crate) figures: Arc<ThreadFigures>,
    pub(crate) listeners: Vec<Inlet<listen::Command>>,
    pub(crate) voices: VoiceSender,
}

impl StageThread {
    pub(crate) fn new(given: Given) -> Self {
        let Given { inbox, outbox, routes, shared, doors, figures, listeners, voices } = given;
        let (book, speakers, rooms) = (Book::new(routes), Slab::new(), HashMap::new());
        let (due, payloads, stopped) = (Vec::new(), BytesMut::new(), false);
        let (timers, frames) = (Instant::now(), Instant::now());
        Self {
            inbox,
            outbox,
            book,
            shared,
            doors,
            figures,
            listeners,
            speakers,
            rooms,
            timers,
            frames,
            due,
            payloads,
            voices,
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
        let blocked = self.outbox.blocked();
        let until = now + if blocked.is_empty() { NAP } else { Duration::from_millis(1) };
        let until = until.min(self.timers).min(self.frames);
        let timeout = until.saturating_duration_since(now);
        if !timeout.is_zero() {
            self.inbox.wait(&blocked, timeout);
        }
    }

    fn obey(&mut self, command: Command, now: Instant) {
        match command {
            Command::OpenSpace(space, epoch) => self.open_space(&space, epoch, now),
            Command::CloseSpace(space, reason) => self.close_space(&space, &reason, now),
            Command::SetStage { space, version, seats } => self.set_stage(space, version, seats, now),
            Command::AddVoice { space, participant, voice } => {
                if let Some(room) = self.rooms.get_mut(&space) {
                    room.add_voice(participant, voice, now);
                }
            }
            Command::SetTaps { space, participants } => {
                if let Some(room) = self.rooms.get_mut(&space) {
                    room.set_taps(participants);
                }
            }
            Command::Record { space, recorder } => {
                if let Some(room) = self.rooms.get_mut(&space) {
                    room.recorder = recorder;
                }
            }
            Command::Open(opening) => self.open(*opening, now),
            Command::Close(key, reason) => {
                if let Some(at) = self.book.by_key(key) {
                    self.close(at, reason, now);
                }
            }
            Command::Restart(restart) => self.restart(&restart, now),
            Command::Stop => self.stopped = true,
        }
    }

    fn open(&mut self, opening: Opening, now: Instant) {
        let Opening { owner, session, fragment, at: opened } = opening;
        let key = owner.key;
        let at = self.speakers.insert(Box::new(Speaker::new(session, owner, opened))) as u32;
        self.book.enter(at, key);
        self.book.add_fragment(at, &mut self.speakers[at as usize].names, &fragment);
        self.figures.sessions.opened.fetch_add(1, Relaxed);
        self.drive(at, now);
    }

    fn restart(&mut self, restart: &Restart, now: Instant) {
        let Some(at) = self.book.by_key(restart.key) else { return };
        let speaker = &mut self.speakers[at as usize];
        let answer = speaker.session.restart_ice(&self.doors, &restart.fragment, &restart.secrets);
        if matches!(answer, Ok(Some(_))) {
            self.book.add_fragment(at, &mut speaker.names, &restart.secrets.ufrag);
        }
        // Who asked may have given up.
        _ = restart.reply.send(answer);
        self.drive(at, now);
    }

    fn take_packets(&mut self) {
        for _ in 0..PACKETS_AT_ONCE {
            let Some(mut packet) = self.inbox.packets.take() else { return };
            if let Err(why) = self.take_packet(&mut packet) {
                self.figures.dropped(why, 1);
            }
        }
    }

    /// Offers a packet to those whose it may be, those who are still connecting first: others can do without DTLS.
    fn take_packet(&mut self, packet: &mut Packet) -> Result<(), DropReason> {
        let mut owners = self.book.owners(packet);
        owners.sort_by_key(|at| self.speakers[*at as usize].connected);
        let Some(last) = owners.pop() else { return Err(DropReason::UnknownSession) };
        for at in owners {
            // It is opened in place: who cannot open it spoils it.
            if self.offer(at, &mut packet.clone()).is_ok() {
                return Ok(());
            }
        }
        self.offer(last, packet)
    }

    fn offer(&mut self, at: u32, packet: &mut Packet) -> Result<(), DropReason> {
        let mut taken = Ok(());
        let (whose, now) = (Some(Whose::Session(at)), packet.arrival);
        self.attempt(whose, now, |thread| taken = thread.receive(at, packet));
        taken
    }

    fn receive(&mut self, at: u32, packet: &mut Packet) -> Result<(), DropReason> {
        let (arrival, from) = (packet.arrival, packet.from);
        let speaker = &mut self.speakers[at as usize];
        let (session, datagram) = (&mut speaker.session, packet.datagram_mut());
        bug_may_be_here("speak", &speaker.owner.participant);
        match session.receive(arrival, from, datagram) {
            Ok(None) => {}
            Ok(Some(spoken)) => {
                let level = spoken.audio_level.map(Level::new);
                let spoken = speaker::packet(speaker.owner.key, &spoken, &mut self.payloads);
                self.book.note_sender(at, &mut speaker.names, from);
                self.spoken(at, &spoken, level);
            }
            Err(why) => return Err(why.into()),
        }
        self.drive(at, arrival);
        Ok(())
    }

    fn fire_timers(&mut self, now: Instant) {
        if now < self.timers {
            return;
        }
        for at in 0..self.speakers.capacity() {
            if self.speakers.get(at).is_some_and(|speaker| speaker.due <= now) {
                let at = at as u32;
                self.attempt(Some(Whose::Session(at)), now, |thread| thread.drive(at, now));
            }
        }
        let next = self.speakers.iter().map(|(_, speaker)| speaker.due).fold(now + NAP, Instant::min);
        self.timers = next.max(now + TIMERS);
    }

    /// Polls a session until it has nothing more to do.
    fn drive(&mut self, at: u32, now: Instant) {
        loop {
            let Some(speaker) = self.speakers.get_mut(at as usize) else { return };
            let Some(buffer) = self.outbox.room(now) else {
                speaker.due = now + TIMERS;
                self.timers = self.timers.min(speaker.due);
                return;
            };
            match speaker.session.poll(now, buffer) {
                Output::Transmit { to, len } => self.outbox.commit(now, to, len),
                Output::Event(event) => self.happened(at, event, now),
                Output::Timeout(due) => {
                    // A due instant in the past would keep the thread from sleeping.
                    speaker.due = due.max(now + Duration::from_millis(1));
                    self.timers = self.timers.min(speaker.due);
                    return;
                }
            }
        }
    }

    fn happened(&mut self, at: u32, event: Happened, now: Instant) {
        let speaker = &mut self.speakers[at as usize];
        match event {
            Happened::AddressAdded(address) => self.book.add_mark(at, &mut speaker.names, Mark::From(address)),
            Happened::AddressRemoved(address) => {
                self.book.remove_mark(at, &mut speaker.names, Mark::From(address));
            }
            Happened::Connected => self.connected(at, now),
            Happened::Ssrc(ssrc) => self.book.add_mark(at, &mut speaker.names, Mark::Ssrc(ssrc)),
            Happened::Closed(why) => self.close(at, why.into(), now),
        }
    }

    /// A packet of somebody's sound: dropped here and in the mixer without permission.
    fn spoken(&mut self, at: u32, packet: &Spoken, level: Option<Level>) {
        let owner = &self.speakers[at as usize].owner;
        let number = owner.space.number;
        let Some(room) = self.rooms.get_mut(&number) else { return };
        match guarded(|| room.packet(&owner.participant, packet, level)) {
            Ok(true) => self.forward(number, Some(packet.arrival)),
            Ok(false) => self.figures.dropped(DropReason::NoPermission, 1),
            Err(_) => self.mix_failed(number),
        }
    }

    fn connected(&mut self, at: u32, now: Instant) {
        let speaker = &mut self.speakers[at as usize];
        speaker.connected = true;
        self.figures.sessions.note_connected(now.saturating_duration_since(speaker.opened));
        let owner = &speaker.owner;
        let (key, space, participant) = (owner.key, Arc::clone(&owner.space), owner.participant.clone());
        self.shared.events.emit(Event::SpeakConnected(owner.session()));
        self.attach(at);
        for place in self.shared.registry.sessions_of(&space, &participant, None) {
            match place.door {
                Door::Listen => {
                    let thread = &self.listeners[usize::from(place.thread)];
                    thread.command(listen::Command::Close(place.key, Reason::Replaced));
                }
                Door::Speak if place.key < key => {
                    if let Some(older) = self.book.by_key(place.key) {
                        self.close(older, Reason::Replaced, now);
                    }
                }
                Door::Speak => {}
            }
        }
    }

    fn end(mut self, now: Instant) {
        let all: Vec<u32> = self.speakers.iter().map(|(at, _)| at as u32).collect();
        for at in all {
            self.close(at, Reason::Closed("closed".to_owned()), now);
        }
        self.outbox.flush(now);
    }
}

impl Worker for StageThread {
    fn turn(&mut self) {
        self.sleep();
        let now = Instant::now();
        while let Ok(command) = self.inbox.commands.try_recv() {
            let whose = whose(&command);
            self.attempt(whose, now, |thread| thread.obey(command, now));
        }
        self.take_packets();
        self.fire_timers(now);
        self.tick_rooms();
        self.outbox.flush(Instant::now());
    }

    fn is_stopped(&self) -> bool {
        self.stopped
    }

    fn bugs(&self) -> &Bugs {
        &self.shared.bugs
    }

    fn place_of(&self, key: SessionKey) -> Option<u32> {
        self.speakers.iter().find(|(_, speaker)| speaker.owner.key == key).map(|(at, _)| at as u32)
    }

    /// Ends a session: says goodbye if it was not the peer who ended it, forgets it, and tells.
    fn close(&mut self, at: u32, reason: Reason, now: Instant) {
        let Some(mut speaker) = self.speakers.try_remove(at as usize) else { return };
        if let Some(buffer) = self.outbox.room(now)
            && let Ok(Some((to, len))) = guarded(|| speaker.session.goodbye(buffer))
        {
            self.outbox.commit(now, to, len);
        }
        self.book.strike(at, speaker.owner.key, std::mem::take(&mut speaker.names));
        let number = speaker.owner.space.number;
        if let Some(room) = self.rooms.get_mut(&number)
            && guarded(|| room.detach(speaker.hearer())).is_err()
        {
            self.mix_failed(number);
        }
        self.figures.sessions.note_closed(speaker.connected, &reason);
        let lasted = now.saturating_duration_since(speaker.opened);
        let quality = speaker.session.quality();
        let figures = Figures { connected: speaker.connected, lasted, quality };
        self.shared.closed(Door::Speak, &speaker.owner, reason, figures);
    }

    fn space_failed(&mut self, number: u32, _now: Instant) {
        self.mix_failed(number);
    }
}

/// Whose work a command is.
fn whose(command: &Command) -> Option<Whose> {
    match command {
        Command::OpenSpace(space, _) => Some(Whose::Space(space.number)),
        Command::SetStage { space, .. }
        | Command::AddVoice { space, .. }
        | Command::SetTaps { space, .. }
        | Command::Record { space, .. } => Some(Whose::Space(*space)),
        Command::Open(opening) => Some(Whose::Key(opening.owner.key)),
        Command::Restart(restart) => Some(Whose::Key(restart.key)),
        Command::Close(..) | Command::CloseSpace(..) | Command::Stop => None,
    }
}

impl From<CloseReason> for Reason {
    fn from(why: CloseReason) -> Self {
        match why {
            CloseReason::Timeout => Self::Timeout,
            CloseReason::Left => Self::Left,
            CloseReason::Stalled => Self::Stalled,
            CloseReason::Failed => Self::Failed,
        }
    }
}
