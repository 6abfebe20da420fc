//! A crowd of listeners on one thread.
//!
//! The thread looks at its socket every millisecond and does not sleep on it, so that waking it costs the server nothing;
//! times are the kernel's.

mod hall;
mod listener;
mod window;

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use cooee_session::client::Client;

use crate::net::{Port, Seat, Stamp};
use hall::Hall;

pub use window::Window;
pub(crate) use window::{is_forged, refusal};

/// Somebody who was let in.
pub struct Newcomer {
    /// Their number, and so their address.
    pub seat: Seat,
    /// Their end of the session.
    pub client: Client,
    /// The server's answer to its offer.
    pub answer: String,
    /// When they knocked.
    pub asked: Stamp,
}

enum Order {
    Enter(Box<Newcomer>),
    Take(Sender<Window>),
    Stop,
}

/// A crowd, from outside.
pub struct Crowd {
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Crowd {
    /// An empty crowd. One listener in every `stride` has an ear.
    pub fn start(stride: u32) -> io::Result<Crowd> {
        let port = Port::bind()?;
        let (orders, inbox) = channel();
        let run = move || Hall::new(port, inbox, stride).run();
        let thread = std::thread::Builder::new().name("crowd".to_owned()).spawn(run)?;
        Ok(Crowd { orders, thread: Some(thread) })
    }

    /// Lets somebody in.
    pub fn enter(&self, newcomer: Newcomer) {
        self.order(Order::Enter(Box::new(newcomer)));
    }

    /// What happened since the last call.
    pub fn take(&self) -> Window {
        let (reply, window) = channel();
        self.order(Order::Take(reply));
        window.recv().expect("the crowd's thread lives until it is told to stop")
    }

    fn order(&self, order: Order) {
        self.orders.send(order).expect("the crowd's thread lives until it is told to stop");
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        // A thread that is gone has said why.
        _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}
