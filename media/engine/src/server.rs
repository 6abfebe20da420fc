//! The edge's TCP port: the feed's sockets, and what is sent to them from inside.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};

use crate::error::EngineError;
use crate::feed::{self, Feed};
use crate::figures::ThreadFigures;
use crate::live::{self, Live};
use crate::patience::{Connection, Patient};
use crate::running::cores;
use crate::shared::Shared;

/// More threads than this gain nothing: the feed's messages are made once for all.
const THREADS: usize = 4;
/// A feed's socket buffers no more than this in the kernel: a slow reader is to be noticed.
const SEND_BUFFER: usize = 128 * 1024;
/// How often reactions and presence are looked at.
const GATHER: Duration = Duration::from_millis(250);
/// Every so many of these, what nobody may ask for any more is forgotten.
const FORGET: u64 = 20;
/// How long sockets may say goodbye at the stop.
const GOODBYE: Duration = Duration::from_millis(500);

/// The running server.
pub(crate) struct Server {
    pub(crate) figures: Vec<Arc<ThreadFigures>>,
    runtime: Runtime,
    stop: watch::Sender<bool>,
}

impl Server {
    pub(crate) fn start(
        shared: &Arc<Shared>,
        listeners: Vec<TcpListener>,
        live: mpsc::UnboundedReceiver<Live>,
    ) -> Result<Self, EngineError> {
        let figures: Vec<_> = (0..cores().min(THREADS)).map(figures).collect();
        let (started, own) = (AtomicUsize::new(0), figures.clone());
        let note = move || {
            // The runtime may also start threads of its own for blocking work, which have no figures.
            if let Some(figures) = own.get(started.fetch_add(1, Ordering::Relaxed)) {
                figures.started();
            }
        };
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(figures.len()).thread_name("cooee-feed").on_thread_start(note).enable_all();
        let runtime = builder.build().map_err(|_| EngineError::Overloaded)?;
        let (stop, stopped) = watch::channel(false);
        for listener in listeners {
            serve(&runtime, listener, Arc::clone(&shared.feed), stopped.clone())?;
        }
        runtime.spawn(gather(Arc::clone(shared)));
        runtime.spawn(live::publish(live, Arc::clone(shared)));
        Ok(Self { figures, runtime, stop })
    }

    /// Takes no more connections, and gives the closed ones a moment to hear why.
    pub(crate) fn stop(self, feed: &Feed) {
        self.stop.send_replace(true);
        let until = Instant::now() + GOODBYE;
        while feed.readers() > 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        // On a thread of its own: the caller may be within a runtime, where waiting for another one is forbidden.
        let ending = std::thread::spawn(move || self.runtime.shutdown_timeout(GOODBYE));
        // It cannot panic, and if it did, there is nothing left to do.
        _ = ending.join();
    }
}

fn figures(at: usize) -> Arc<ThreadFigures> {
    Arc::new(ThreadFigures::new(format!("cooee-feed{at}")))
}

fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    feed: Arc<Feed>,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), EngineError> {
    use axum::serve::ListenerExt as _;
    let _context = runtime.enter();
    let unusable = |error: std::io::Error| EngineError::AddressUnavailable(error.to_string());
    let listener = tokio::net::TcpListener::from_std(listener).map_err(unusable)?;
    let listener = Patient(listener).tap_io(tune);
    let server = axum::serve(listener, feed::router(feed));
    runtime.spawn(async move {
        tokio::select! {
            _ = server.into_future() => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    });
    Ok(())
}

fn tune(connection: &mut Connection) {
    // Neither is needed for the feed to work.
    _ = connection.stream.set_nodelay(true);
    _ = socket2::SockRef::from(&connection.stream).set_send_buffer_size(SEND_BUFFER);
}

/// Sends what is gathered, again and again.
async fn gather(shared: Arc<Shared>) {
    let mut ticks = tokio::time::interval(GATHER);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for count in 0_u64.. {
        ticks.tick().await;
        shared.bugs.survive(|| gather_once(&shared, count % FORGET == 0));
    }
}

/// Sends what is gathered: reactions, and presence to Python.
fn gather_once(shared: &Shared, forget: bool) {
    shared.feed.send_reactions();
    for event in shared.presence.tick(Instant::now()) {
        shared.events.emit(event);
    }
    if forget {
        shared.feed.forget(Instant::now());
    }
}
