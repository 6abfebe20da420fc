//! Speakers on one thread: they send real speech, or marks, and measure how long the others' sound took to them.

mod marks;
mod speech;
mod stand;
mod talker;
mod window;

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use cooee_session::client::Client;

use crate::net::{Port, Seat};
use stand::Stand;

pub use marks::marked;
pub use speech::{Speech, SpeechError};
pub use window::Window;

/// What the speakers send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Quiet,
    /// Speech, all at once and without pauses.
    Speech,
    /// Faint noise, and a loud mark from one after the other.
    Marks,
}

/// Somebody on stage.
pub struct Guest {
    /// Their number, and so their address.
    pub seat: Seat,
    /// Their end of the session.
    pub client: Client,
    /// The server's answer to its offer.
    pub answer: String,
    /// What they say.
    pub speech: Speech,
}

enum Order {
    Enter(Box<Guest>),
    Turn(Mode),
    Take(Sender<Window>),
    Stop,
}

/// The speakers, from outside.
pub struct Talk {
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Talk {
    /// An empty, quiet stage.
    pub fn start() -> io::Result<Talk> {
        let port = Port::bind()?;
        let (orders, inbox) = channel();
        let run = move || Stand::new(port, inbox).run();
        let thread = std::thread::Builder::new().name("talk".to_owned()).spawn(run)?;
        Ok(Talk { orders, thread: Some(thread) })
    }

    /// Lets somebody on stage.
    pub fn enter(&self, guest: Guest) {
        self.order(Order::Enter(Box::new(guest)));
    }

    /// What is sent from now on.
    pub fn turn(&self, mode: Mode) {
        self.order(Order::Turn(mode));
    }

    /// What happened since the last call.
    pub fn take(&self) -> Window {
        let (reply, window) = channel();
        self.order(Order::Take(reply));
        window.recv().expect("the speakers' thread lives until it is told to stop")
    }

    fn order(&self, order: Order) {
        self.orders.send(order).expect("the speakers' thread lives until it is told to stop");
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // A thread that is gone has said why.
        _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}
