//! The engine: what Python calls. Every call is short, thread-safe, and waits for no client.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::config::Config;
use crate::edge;
use crate::error::EngineError;
use crate::event::{Event, Events, Reason};
use crate::feed::{self, Close, Feed};
use crate::grant::GrantKey;
use crate::presence::SharedPresence;

/// A feed's socket buffers no more than this in the kernel: a slow reader is to be noticed.
const FEED_SEND_BUFFER: usize = 128 * 1024;
/// How often reactions and presence are looked at.
const GATHER: Duration = Duration::from_millis(250);
/// How long sockets may say goodbye at the stop.
const GOODBYE: Duration = Duration::from_millis(500);

/// An SDP answer or ICE fragment, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The session's id, without the node.
    pub session: String,
    /// The SDP answer, or the fragment.
    pub sdp: String,
    /// The session's ETag, with its quotes.
    pub etag: String,
}

/// The media engine of one node.
pub struct Engine {
    config: Config,
    shared: Arc<Shared>,
    state: Mutex<State>,
}

/// What calls and threads share.
pub(crate) struct Shared {
    pub(crate) feed: Arc<Feed>,
    pub(crate) events: Events,
    pub(crate) presence: Arc<SharedPresence>,
}

enum State {
    New,
    Running(Running),
    Stopped,
}

struct Running {
    runtime: Runtime,
    port: u16,
    stop: watch::Sender<bool>,
}

impl Engine {
    /// An engine that is not started yet.
    pub fn new(config: Config) -> Self {
        let presence = Arc::new(SharedPresence::default());
        let grants = GrantKey::new(&config.grant_key);
        let feed = Arc::new(Feed::new(config.node.clone(), grants, Arc::clone(&presence)));
        let shared = Arc::new(Shared { feed, events: Events::new(), presence });
        Self { config, shared, state: Mutex::new(State::New) }
    }

    /// The edge's port: the bound one once started.
    pub fn edge_port(&self) -> u16 {
        match &*self.state() {
            State::Running(running) => running.port,
            State::New | State::Stopped => self.config.edge_port,
        }
    }

    /// Binds the edge and starts the threads. Starting twice changes nothing.
    pub fn start(&self) -> Result<(), EngineError> {
        let mut state = self.state();
        match &*state {
            State::Running(_) => return Ok(()),
            State::Stopped => return Err(EngineError::Stopped),
            State::New => {}
        }
        let bound = edge::bind(&self.config.edge_host, self.config.edge_port)?;
        let runtime = feed_runtime()?;
        let (stop, stopped) = watch::channel(false);
        for listener in bound.tcp {
            serve(&runtime, listener, Arc::clone(&self.shared.feed), stopped.clone())?;
        }
        runtime.spawn(gather(Arc::clone(&self.shared)));
        *state = State::Running(Running { runtime, port: bound.port, stop });
        Ok(())
    }

    /// Closes every feed and session and ends the threads. Stopping twice changes nothing.
    pub fn stop(&self) {
        let before = std::mem::replace(&mut *self.state(), State::Stopped);
        let State::Running(running) = before else { return };
        self.shared.feed.close_all(Close::Stopping);
        running.stop.send_replace(true);
        let until = Instant::now() + GOODBYE;
        while self.shared.feed.readers() > 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        running.runtime.shutdown_timeout(GOODBYE);
    }

    /// This node carries the Space's stage at `epoch`. A lower epoch changes nothing.
    pub fn open_space(&self, space: &str, _epoch: u64) {
        self.shared.feed.open_space(space);
    }

    /// Ends the Space: mix, sessions and feeds.
    pub fn close_space(&self, space: &str, _reason: &str) {
        self.shared.feed.close_space(space, Instant::now());
    }

    /// Who is on stage: participant, CSRC, and whether their packets may pass.
    pub fn set_stage(&self, _space: &str, _version: u64, _stage: Vec<(String, u32, bool)>) {}

    /// Grants of a lower epoch open nothing from now on.
    pub fn set_access_epoch(&self, space: &str, epoch: u64) {
        self.shared.feed.set_access_epoch(space, epoch);
    }

    /// Closes the participant's feeds that do not hold exactly these audiences.
    pub fn set_audiences(&self, space: &str, participant: &str, audiences: &[String]) {
        self.shared.feed.set_audiences(space, participant, audiences);
    }

    /// Closes all feeds and sessions of a participant; how many there were.
    pub fn close_participant(&self, space: &str, participant: &str, reason: &str) -> usize {
        let why = if reason == "removed" { Close::Removed } else { Close::Left };
        self.shared.feed.close_participant(space, participant, why)
    }

    /// Opens a speak session; one of the same person named by `replaces` ends when this one is connected.
    pub fn open_speak(
        &self,
        _space: &str,
        _participant: &str,
        _offer: &str,
        _replaces: Option<&str>,
    ) -> Result<Answer, EngineError> {
        Err(EngineError::Overloaded)
    }

    /// Opens a listen session.
    pub fn open_listen(&self, _space: &str, _participant: &str, _offer: &str) -> Result<Answer, EngineError> {
        Err(EngineError::Overloaded)
    }

    /// Gives a session new ICE credentials.
    pub fn restart_ice(
        &self,
        _space: &str,
        _session: &str,
        _fragment: &str,
        _if_match: Option<&str>,
    ) -> Result<Answer, EngineError> {
        Err(EngineError::SessionUnknown)
    }

    /// Ends a session; whether there was one.
    pub fn close_session(&self, _space: &str, _session: &str, _reason: &Reason) -> bool {
        false
    }

    /// Stores an audience's state and sends the change; both are encoded JSON.
    pub fn publish(&self, topic: &str, audience: &str, versions: (u64, u64), snapshot: &str, frame: &str) {
        self.shared.feed.publish(Instant::now(), topic, audience, versions, (snapshot, frame));
    }

    /// Sends a value of which only the latest matters.
    pub fn publish_live(&self, topic: &str, audience: &str, channel: &str, data: &str) {
        self.shared.feed.publish_live(topic, audience, channel, data);
    }

    /// Counts a reaction, to be sent with others.
    pub fn react(&self, space: &str, participant: &str, emoji: &str) {
        self.shared.feed.react(space, participant, emoji);
    }

    /// Plays an Ogg Opus file in a loop as `participant`'s voice.
    pub fn add_voice(&self, _space: &str, _participant: &str, _path: &str) -> Result<(), EngineError> {
        Ok(())
    }

    /// What happened since the last call, after waiting up to `timeout` for a first event.
    pub fn poll_events(&self, timeout: Duration) -> Vec<Event> {
        self.shared.events.poll(timeout)
    }

    /// The engine's figures as Prometheus text.
    pub fn metrics(&self) -> String {
        format!("# TYPE cooee_feed_clients gauge\ncooee_feed_clients {}\n", self.shared.feed.readers())
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

fn feed_runtime() -> Result<Runtime, EngineError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(threads).thread_name("cooee-feed").enable_all().build().map_err(|_| EngineError::Overloaded)
}

fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    feed: Arc<Feed>,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), EngineError> {
    use axum::serve::ListenerExt as _;
    let _context = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)
        .map_err(|error| EngineError::AddressUnavailable(error.to_string()))?;
    let listener = listener.tap_io(tune);
    let server = axum::serve(listener, feed::router(feed));
    runtime.spawn(async move {
        tokio::select! {
            _ = server.into_future() => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    });
    Ok(())
}

fn tune(stream: &mut TcpStream) {
    _ = stream.set_nodelay(true);
    _ = socket2::SockRef::from(&*stream).set_send_buffer_size(FEED_SEND_BUFFER);
}

/// Sends what is gathered: reactions, and presence to Python.
async fn gather(shared: Arc<Shared>) {
    let mut ticks = tokio::time::interval(GATHER);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for count in 0_u64.. {
        ticks.tick().await;
        shared.feed.send_reactions();
        shared.presence.tick(Instant::now()).into_iter().for_each(|event| shared.events.emit(event));
        if count % 20 == 0 {
            shared.feed.forget(Instant::now());
        }
    }
}
