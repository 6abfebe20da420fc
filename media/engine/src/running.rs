//! The threads of a started engine, and how calls reach them.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use crossbeam_channel::{Receiver as Changes, unbounded};
use tokio::sync::mpsc;

use crate::config::Config;
use crate::edge::{self, Inbox, Inlet, Outbox, Owed, PacketInlet, Receiver, Route, Routed, Routes};
use crate::error::EngineError;
use crate::feed::{Close, Feed};
use crate::figures::ThreadFigures;
use crate::guard::keep_panics_short;
use crate::live::Live;
use crate::registry::Space;
use crate::server::Server;
use crate::shared::Shared;
use crate::sys::{Waker, prefer_probe, raise_file_limit, take_precedence};
use crate::voices::{VoiceReceiver, Voices, voices};
use crate::{listen, stage};

/// Threads that a user fragment's first character can name.
const MOST_THREADS: usize = 64;
/// A started engine.
pub(crate) struct Running {
    pub(crate) port: u16,
    pub(crate) doors: Arc<cooee_session::Shared>,
    pub(crate) figures: Vec<Arc<ThreadFigures>>,
    pub(crate) voices: Voices,
    listeners: Vec<Inlet<listen::Command>>,
    stages: Vec<Inlet<stage::Command>>,
    next: AtomicUsize,
    stop: Arc<AtomicBool>,
    waker: Arc<Waker>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    server: Mutex<Option<Server>>,
}

/// Hands received packets to the threads, by number: those of listeners first, then those of stages.
struct Threads(Vec<PacketInlet>);

impl Routed for Threads {
    fn packet(&mut self, thread: u8, from: SocketAddr, arrival: Instant, datagram: &[u8]) -> bool {
        self.0.get_mut(usize::from(thread)).is_some_and(|inlet| inlet.put(from, arrival, datagram))
    }

    fn wake(&self, threads: u64) {
        let woken = self.0.iter().enumerate().filter(|(at, _)| threads & (1 << at) != 0);
        woken.for_each(|(_, inlet)| inlet.wake());
    }
}

/// What the threads are made of while they are being started.
struct Starting<'a> {
    config: &'a Config,
    shared: &'a Arc<Shared>,
    doors: Arc<cooee_session::Shared>,
    sockets: Vec<Arc<UdpSocket>>,
    changes: crossbeam_channel::Sender<Route>,
    figures: Vec<Arc<ThreadFigures>>,
    packets: Vec<PacketInlet>,
    threads: Vec<JoinHandle<()>>,
    voices: Vec<VoiceReceiver>,
}

impl Running {
    /// Binds the edge and starts the threads.
    pub(crate) fn start(
        config: &Config,
        shared: &Arc<Shared>,
        live: mpsc::UnboundedReceiver<Live>,
    ) -> Result<Self, EngineError> {
        raise_file_limit();
        keep_panics_short();
        let bound = edge::bind(&config.edge_host, config.edge_port)?;
        let candidates = edge::candidates(&config.advertise, &bound.udp)?;
        let identity = cooee_session::Identity::new().map_err(|_| EngineError::Overloaded)?;
        let doors = Arc::new(cooee_session::Shared { identity, candidates });
        for socket in &bound.udp {
            let ipv6 = socket.local_addr().is_ok_and(|address| address.is_ipv6());
            prefer_probe(socket, ipv6).map_err(|_| EngineError::AddressUnavailable(config.edge_host.clone()))?;
        }
        let server = Server::start(shared, bound.tcp, live)?;
        let figures = server.figures.clone();
        let (changes, routes) = unbounded();
        let sockets = bound.udp.into_iter().map(Arc::new).collect();
        let (packets, threads, voices) = (Vec::new(), Vec::new(), Vec::new());
        let doors_of_threads = Arc::clone(&doors);
        let mut starting =
            Starting { config, shared, doors: doors_of_threads, sockets, changes, figures, packets, threads, voices };
        let listeners = starting.listeners()?;
        let stages = starting.stages(&listeners)?;
        let stop = Arc::new(AtomicBool::new(false));
        let waker = starting.receiver(routes, &stop)?;
        let Starting { figures, threads, voices, .. } = starting;
        let voices = Voices::new(voices);
        let (next, threads, server) = (AtomicUsize::new(0), Mutex::new(threads), Mutex::new(Some(server)));
        let port = bound.port;
        tracing::info!(port, listeners = listeners.len(), stages = stages.len(), "the edge is open");
        Ok(Self { port, doors, figures, voices, listeners, stages, next, stop, waker, threads, server })
    }

    /// The thread for the next listener, with its number.
    pub(crate) fn next_listeners(&self) -> (u8, &Inlet<listen::Command>) {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.listeners.len();
        (at as u8, &self.listeners[at])
    }

    /// The thread of a Space's stage, with its number.
    pub(crate) fn stage_of(&self, space: &Space) -> (u8, &Inlet<stage::Command>) {
        let at = space.number as usize % self.stages.len();
        ((self.listeners.len() + at) as u8, &self.stages[at])
    }

    pub(crate) fn all_listeners(&self) -> &[Inlet<listen::Command>] {
        &self.listeners
    }

    /// Closes everything and waits for the threads.
    pub(crate) fn stop(&self, feed: &Feed) {
        feed.close_all(Close::Stopping);
        for inlet in &self.stages {
            inlet.command(stage::Command::Stop);
        }
        for inlet in &self.listeners {
            inlet.command(listen::Command::Stop);
        }
        self.stop.store(true, Ordering::Relaxed);
        self.waker.wake();
        for thread in lock(&self.threads).drain(..) {
            // A thread that ended by a bug has said so already.
            _ = thread.join();
        }
        if let Some(server) = lock(&self.server).take() {
            server.stop(feed);
        }
    }
}

impl Starting<'_> {
    fn listeners(&mut self) -> Result<Vec<Inlet<listen::Command>>, EngineError> {
        let count = count_or(self.config.listener_threads, cores()).min(MOST_THREADS / 2);
        (0..count as u8).map(|number| self.listener(number)).collect()
    }

    fn listener(&mut self, number: u8) -> Result<Inlet<listen::Command>, EngineError> {
        let (inlet, packets, inbox) = Inbox::with_frames().map_err(|_| EngineError::Overloaded)?;
        self.packets.push(packets);
        let name = format!("cooee-listen{number}");
        let figures = self.figures(&name);
        let given = listen::Given {
            number,
            inbox,
            outbox: Outbox::new(&self.sockets, Arc::clone(&figures)),
            routes: Routes::new(number, self.changes.clone()),
            shared: Arc::clone(self.shared),
            doors: Arc::clone(&self.doors),
            figures,
            fixed: self.config.frame_class,
        };
        self.spawn(name, move || listen::ListenThread::new(given, Instant::now()).run())?;
        Ok(inlet)
    }

    fn stages(&mut self, listeners: &[Inlet<listen::Command>]) -> Result<Vec<Inlet<stage::Command>>, EngineError> {
        let count = count_or(self.config.stage_threads, (cores() / 4).max(1)).min(MOST_THREADS / 2);
        (0..count).map(|at| self.stage(at, listeners)).collect()
    }

    fn stage(&mut self, at: usize, listeners: &[Inlet<listen::Command>]) -> Result<Inlet<stage::Command>, EngineError> {
        let (inlet, packets, inbox) = Inbox::without_frames().map_err(|_| EngineError::Overloaded)?;
        self.packets.push(packets);
        let name = format!("cooee-stage{at}");
        let figures = self.figures(&name);
        let number = (listeners.len() + at) as u8;
        let (sender, receiver) = voices(Arc::clone(&figures));
        self.voices.push(receiver);
        let given = stage::Given {
            inbox,
            outbox: Outbox::new(&self.sockets, Arc::clone(&figures)),
            routes: Routes::new(number, self.changes.clone()),
            shared: Arc::clone(self.shared),
            doors: Arc::clone(&self.doors),
            figures,
            listeners: listeners.to_vec(),
            voices: sender,
        };
        self.spawn(name, move || stage::StageThread::new(given).run())?;
        Ok(inlet)
    }

    fn receiver(&mut self, changes: Changes<Route>, stop: &Arc<AtomicBool>) -> Result<Arc<Waker>, EngineError> {
        let waker = Arc::new(Waker::new().map_err(|_| EngineError::Overloaded)?);
        let figures = self.figures("cooee-receive");
        let (sockets, stop) = (self.sockets.clone(), Arc::clone(stop));
        let bugs = Arc::clone(&self.shared.bugs);
        let threads = Threads(std::mem::take(&mut self.packets));
        let owed = Owed::default();
        let receiver = Receiver { sockets, threads, changes, figures, stop, bugs, owed };
        let own = Arc::clone(&waker);
        self.spawn("cooee-receive".to_owned(), move || receiver.run(&own))?;
        Ok(waker)
    }

    fn figures(&mut self, name: &str) -> Arc<ThreadFigures> {
        let figures = Arc::new(ThreadFigures::new(name.to_owned()));
        self.figures.push(Arc::clone(&figures));
        figures
    }

    fn spawn(&mut self, name: String, run: impl FnOnce() + Send + 'static) -> Result<(), EngineError> {
        let first = move || {
            take_precedence();
            run();
        };
        let thread = std::thread::Builder::new().name(name).spawn(first).map_err(|_| EngineError::Overloaded)?;
        self.threads.push(thread);
        Ok(())
    }
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn count_or(wished: usize, otherwise: usize) -> usize {
    if wished == 0 { otherwise } else { wished }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
