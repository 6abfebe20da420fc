//! The engine: what Python calls. Every call is short, thread-safe, and waits for no client.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cooee_audio::Voice;
use cooee_session::Secrets;
use cooee_session::listen::Listen;
use cooee_session::sdp::OfferError;
use cooee_session::speak::Speak;
use cooee_stage::{Csrc, Epoch, Participant, Seat};
use crossbeam_channel::bounded;
use tokio::sync::mpsc;

use crate::config::Config;
use crate::error::EngineError;
use crate::event::{Event, Events, Reason};
use crate::feed::{Close, Feed};
use crate::grant::GrantKey;
use crate::guard::{Bugs, Struck, guarded};
use crate::live::{Change, Live, LiveSender};
use crate::metrics;
use crate::presence::SharedPresence;
use crate::record::Recordings;
use crate::registry::{Door, Owner, Place, Registry, Space};
use crate::restart::Restart;
use crate::running::Running;
use crate::shared::Shared;
use crate::voices::Voice as Heard;
use crate::{listen, stage};

/// How long a thread may take to answer a call.
const PATIENCE: Duration = Duration::from_secs(2);

/// An SDP answer or ICE fragment, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The session's id, without the node.
    pub session: String,
    /// The SDP answer, or the fragment.
    pub sdp: String,
    /// The session's `ETag`, with its quotes.
    pub etag: String,
}

/// The media engine of one node.
pub struct Engine {
    config: Config,
    shared: Arc<Shared>,
    state: Mutex<State>,
}

enum State {
    New(mpsc::UnboundedReceiver<Live>),
    Running(Arc<Running>),
    Stopped,
}

impl Engine {
    /// An engine that is not started yet.
    pub fn new(config: Config) -> Self {
        let presence = Arc::new(SharedPresence::default());
        let grants = GrantKey::new(&config.grant_key);
        let feed = Arc::new(Feed::new(config.node.clone(), grants, Arc::clone(&presence)));
        let (live, receiver) = LiveSender::new();
        let (events, registry) = (Events::new(), Registry::default());
        let shared = Arc::new(Shared {
            feed,
            events,
            presence,
            registry,
            live,
            bugs: Arc::default(),
            recordings: Recordings::default(),
        });
        Self { config, shared, state: Mutex::new(State::New(receiver)) }
    }

    /// The edge's port: the bound one once started.
    pub fn edge_port(&self) -> u16 {
        self.running().map_or(self.config.edge_port, |running| running.port)
    }

    /// Binds the edge and starts the threads. Starting twice changes nothing.
    pub fn start(&self) -> Result<(), EngineError> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Stopped) {
            State::New(live) => *state = State::Running(Arc::new(Running::start(&self.config, &self.shared, live)?)),
            State::Running(running) => *state = State::Running(running),
            State::Stopped => return Err(EngineError::Stopped),
        }
        Ok(())
    }

    /// Closes every feed and session and ends the threads. Stopping twice changes nothing.
    pub fn stop(&self) {
        let before = std::mem::replace(&mut *self.state(), State::Stopped);
        if let State::Running(running) = before {
            running.stop(&self.shared.feed);
            self.shared.recordings.join();
        }
    }

    /// This node carries the Space's stage at `epoch`. A lower epoch changes nothing.
    pub fn open_space(&self, space: &str, epoch: u64) {
        self.shared.live.send(Live::OpenSpace(space.to_owned()));
        let Ok(running) = self.running() else { return };
        let (space, _) = self.shared.registry.open_space(space);
        let (_, thread) = running.stage_of(&space);
        thread.command(stage::Command::OpenSpace(Arc::clone(&space), Epoch(epoch)));
    }

    /// Ends the Space: mix, sessions and feeds.
    pub fn close_space(&self, space: &str, reason: &str) {
        self.shared.live.send(Live::CloseSpace(space.to_owned()));
        let (Ok(running), Some(space)) = (self.running(), self.shared.registry.close_space(space)) else { return };
        let reason = Reason::from(reason);
        running.stage_of(&space).1.command(stage::Command::CloseSpace(Arc::clone(&space), reason.clone()));
        for thread in running.all_listeners() {
            thread.command(listen::Command::CloseSpace(Arc::clone(&space), reason.clone()));
        }
    }

    /// Who is on stage: participant, CSRC, and whether their packets may pass.
    pub fn set_stage(&self, space: &str, version: u64, stage: Vec<(String, u32, bool)>) {
        let (Ok(running), Ok(space)) = (self.running(), self.shared.registry.space(space)) else { return };
        let seat = |(participant, csrc, may_pass): (String, u32, bool)| Seat {
            participant: Participant::new(&participant),
            csrc: Csrc(csrc),
            may_pass,
        };
        let seats = stage.into_iter().map(seat).collect();
        let (_, thread) = running.stage_of(&space);
        thread.command(stage::Command::SetStage { space: space.number, version, seats });
    }

    /// Grants of a lower epoch open nothing from now on, and whoever was let in at a lower one begins no session.
    pub fn set_access_epoch(&self, space: &str, epoch: u64) {
        self.shared.registry.set_access_epoch(space, epoch);
        self.shared.feed.set_access_epoch(space, epoch);
    }

    /// Closes the participant's feeds that do not hold exactly these audiences.
    pub fn set_audiences(&self, space: &str, participant: &str, audiences: Vec<String>) {
        let (space, participant) = (space.to_owned(), participant.to_owned());
        self.shared.live.send(Live::Audiences { space, participant, audiences });
    }

    /// Closes all feeds and sessions of a participant; how many there were.
    pub fn close_participant(&self, space: &str, participant: &str, reason: &str) -> usize {
        let why = if reason == "removed" { Close::Removed } else { Close::Left };
        let feeds = self.shared.feed.close_participant(space, participant, why);
        let (Ok(running), Ok(space)) = (self.running(), self.shared.registry.space(space)) else { return feeds };
        let sessions = self.shared.registry.sessions_of(&space, participant, None);
        for place in &sessions {
            close(&running, place, reason.into());
        }
        feeds + sessions.len()
    }

    /// Opens a speak session of somebody who was let in at `access_epoch`. When it is connected, other speak sessions of the same person in the Space end, `replaces`
    /// among them, and their listen sessions too.
    pub fn open_speak(
        &self,
        space: &str,
        participant: &str,
        offer: &str,
        access_epoch: u64,
        replaces: Option<&str>,
    ) -> Result<Answer, EngineError> {
        let (running, space) = (self.running()?, self.shared.registry.space(space)?);
        if let Some(older) = replaces.and_then(|older| self.shared.registry.find(&space.id, older).ok())
            && (older.door != Door::Speak || *older.participant != *participant)
        {
            return Err(EngineError::SessionUnknown);
        }
        let (number, thread) = running.stage_of(&space);
        let (secrets, at) = (Secrets::draw(number), Instant::now());
        let (session, sdp) = answered(&self.shared.bugs, || Speak::answer(&running.doors, offer, &secrets, at))?;
        let (owner, place) = self.admit(space, participant, Door::Speak, number);
        let id = owner.session.to_string();
        let opening = stage::Opening { owner, session, fragment: secrets.ufrag.into(), at };
        self.shared
            .registry
            .add(&id, place, access_epoch, || _ = thread.command(stage::Command::Open(Box::new(opening))))?;
        Ok(Answer { session: id, sdp, etag: etag(1) })
    }

    /// Opens a listen session of somebody who was let in at `access_epoch`.
    pub fn open_listen(
        &self,
        space: &str,
        participant: &str,
        offer: &str,
        access_epoch: u64,
    ) -> Result<Answer, EngineError> {
        let (running, space) = (self.running()?, self.shared.registry.space(space)?);
        let (number, thread) = running.next_listeners();
        let (secrets, at) = (Secrets::draw(number), Instant::now());
        let (session, sdp) = answered(&self.shared.bugs, || Listen::answer(&running.doors, offer, &secrets, at))?;
        let (owner, place) = self.admit(space, participant, Door::Listen, number);
        let id = owner.session.to_string();
        let opening = listen::Opening { owner, session, fragment: secrets.ufrag.into(), at };
        self.shared
            .registry
            .add(&id, place, access_epoch, || _ = thread.command(listen::Command::Open(Box::new(opening))))?;
        Ok(Answer { session: id, sdp, etag: etag(1) })
    }

    fn admit(&self, space: Arc<Space>, participant: &str, door: Door, thread: u8) -> (Owner, Place) {
        let (key, session) = self.shared.registry.draw();
        let present = self.shared.presence.enter(&space.id, participant);
        let place = Place { key, door, space: Arc::clone(&space), participant: participant.into(), thread, version: 1 };
        (Owner { key, space, participant: participant.into(), session, _present: present }, place)
    }

    /// Gives a session new ICE credentials. `if_match` is the `ETag` that the client knows. The answer is empty if the
    /// fragment restarts nothing (a trickle).
    pub fn restart_ice(
        &self,
        space: &str,
        session: &str,
        fragment: &str,
        if_match: Option<&str>,
    ) -> Result<Answer, EngineError> {
        let running = self.running()?;
        let place = self.shared.registry.find(space, session)?;
        if if_match.is_some_and(|known| known != "*" && known != etag(place.version)) {
            return Err(EngineError::EtagMismatch);
        }
        let (reply, answer) = bounded(1);
        let secrets = Secrets::draw(place.thread);
        let restart = Box::new(Restart { key: place.key, fragment: fragment.to_owned(), secrets, reply });
        match place.door {
            Door::Speak => running.stage_of(&place.space).1.command(stage::Command::Restart(restart)),
            Door::Listen => {
                running.all_listeners()[usize::from(place.thread)].command(listen::Command::Restart(restart))
            }
        };
        let answer = answer
            .recv_timeout(PATIENCE)
            .map_err(|error| if error.is_timeout() { EngineError::Overloaded } else { EngineError::SessionUnknown })?;
        let sdp = answer.map_err(|error| EngineError::Sdp("sdp_malformed", error.to_string()))?;
        let version = if sdp.is_some() { self.shared.registry.restarted(session) } else { place.version };
        Ok(Answer { session: session.to_owned(), sdp: sdp.unwrap_or_default(), etag: etag(version) })
    }

    /// Ends a session; whether there was one.
    pub fn close_session(&self, space: &str, session: &str, reason: &Reason) -> bool {
        let (Ok(running), Ok(place)) = (self.running(), self.shared.registry.find(space, session)) else {
            return false;
        };
        close(&running, &place, reason.clone());
        true
    }

    /// Stores an audience's state and sends the change; both are encoded JSON.
    pub fn publish(&self, topic: &str, audience: &str, versions: (u64, u64), snapshot: &str, frame: &str) {
        let [topic, audience, snapshot, frame] = [topic, audience, snapshot, frame].map(str::to_owned);
        self.shared.live.send(Live::Change(Box::new(Change { topic, audience, versions, snapshot, frame })));
    }

    /// Sends a value of which only the latest matters. What is for one person who reads no feed takes no place in the queue:
    /// of a star's fifty thousand followers few do.
    pub fn publish_live(&self, topic: &str, audience: &str, channel: &str, data: &str) {
        let of_somebody = topic.starts_with("me:") && topic != "me:*";
        if of_somebody && !self.shared.feed.is_open(topic) {
            return;
        }
        let [topic, audience, channel, json] = [topic, audience, channel, data].map(str::to_owned);
        self.shared.live.send(Live::Value { topic, audience, channel, json });
    }

    /// Counts a reaction, to be sent with others.
    pub fn react(&self, space: &str, participant: &str, emoji: &str) {
        self.shared.feed.react(space, participant, emoji);
    }

    /// Plays an Ogg Opus file in a loop as `participant`'s voice, heard while the stage gives them permission.
    pub fn add_voice(&self, space: &str, participant: &str, path: &str) -> Result<(), EngineError> {
        let (running, space) = (self.running()?, self.shared.registry.space(space)?);
        let bad = |error: &dyn std::fmt::Display| EngineError::BadVoice(error.to_string());
        let file = File::open(path).map_err(|error| bad(&error))?;
        let voice = Arc::new(Voice::read(BufReader::new(file)).map_err(|error| bad(&error))?);
        let participant = Participant::new(participant);
        let (_, thread) = running.stage_of(&space);
        thread.command(stage::Command::AddVoice { space: space.number, participant, voice });
        Ok(())
    }

    /// Exactly these participants' voices are kept for [`take_voices`](Self::take_voices), while they are on stage and talk.
    pub fn set_taps(&self, space: &str, participants: Vec<String>) {
        let (Ok(running), Ok(space)) = (self.running(), self.shared.registry.space(space)) else { return };
        let participants = participants.into_iter().map(|who| Participant::new(&who)).collect();
        let (_, thread) = running.stage_of(&space);
        thread.command(stage::Command::SetTaps { space: space.number, participants });
    }

    /// The voices that wait. Nobody on stage waits for this to be called: what finds no room is dropped and counted.
    pub fn take_voices(&self) -> Vec<Heard> {
        self.running().map_or(Vec::new(), |running| running.voices.take(Instant::now()))
    }

    /// How many readers of the Space's feed asked for an opt-in channel.
    pub fn readers(&self, space: &str, channel: &str) -> usize {
        self.shared.feed.readers_of(space, channel)
    }

    /// Records the Space into `folder`, which must not be there yet: the mix, and each speaker by themselves. A recording
    /// that is under way ends. All that goes wrong later is an event.
    pub fn start_recording(&self, space: &str, folder: &str) -> Result<(), EngineError> {
        let (running, space) = (self.running()?, self.shared.registry.space(space)?);
        let recorder = self.shared.recordings.start(&self.shared, &space.id, Path::new(folder))?;
        let (_, thread) = running.stage_of(&space);
        thread.command(stage::Command::Record { space: space.number, recorder: Some(Box::new(recorder)) });
        Ok(())
    }

    /// Ends the Space's recording, if there is one; an event says when all is written.
    pub fn stop_recording(&self, space: &str) {
        let (Ok(running), Ok(space)) = (self.running(), self.shared.registry.space(space)) else { return };
        let (_, thread) = running.stage_of(&space);
        thread.command(stage::Command::Record { space: space.number, recorder: None });
    }

    /// What happened since the last call, after waiting up to `timeout` for a first event.
    pub fn poll_events(&self, timeout: Duration) -> Vec<Event> {
        self.shared.events.poll(timeout)
    }

    /// The engine's figures as Prometheus text.
    pub fn metrics(&self) -> String {
        let running = self.running().ok();
        metrics::render(&self.shared, running.as_deref().map_or(&[], |running| &running.figures))
    }

    fn running(&self) -> Result<Arc<Running>, EngineError> {
        match &*self.state() {
            State::Running(running) => Ok(Arc::clone(running)),
            State::New(_) | State::Stopped => Err(EngineError::Stopped),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

fn close(running: &Running, place: &Place, reason: Reason) {
    match place.door {
        Door::Speak => running.stage_of(&place.space).1.command(stage::Command::Close(place.key, reason)),
        Door::Listen => {
            running.all_listeners()[usize::from(place.thread)].command(listen::Command::Close(place.key, reason))
        }
    };
}

/// Answers an offer; a bug in doing so is the offer's end, and nobody else's.
fn answered<T>(bugs: &Bugs, answer: impl FnOnce() -> Result<T, OfferError>) -> Result<T, EngineError> {
    match guarded(answer) {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(EngineError::Sdp(error.code(), error.to_string())),
        Err(_) => {
            bugs.met(Struck::Offer);
            Err(EngineError::Sdp("sdp_malformed", "the offer could not be answered".to_owned()))
        }
    }
}

fn etag(version: u32) -> String {
    format!("\"{version}\"")
}
