//! A crowd from inside: the thread's loop.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use cooee_session::client::Event;
use cooee_session::{MAX_DATAGRAM, Output};

use super::listener::Listener;
use super::{Newcomer, Order, Window};
use crate::ear::Ear;
use crate::net::{Arrival, Batch, Port, Seat, Stamp, seat_of};

/// How often the socket is looked at.
const LOOK: Duration = Duration::from_millis(1);

pub(super) struct Hall {
    port: Port,
    orders: Receiver<Order>,
    stride: u32,
    seats: Vec<Option<Box<Listener>>>,
    timers: BinaryHeap<Reverse<(Instant, Seat)>>,
    connecting: usize,
    window: Window,
    since: Stamp,
    overflowed: u32,
}

impl Hall {
    pub(super) fn new(port: Port, orders: Receiver<Order>, stride: u32) -> Hall {
        let (seats, timers, window) = (Vec::new(), BinaryHeap::new(), Window::default());
        let since = Stamp::now();
        Hall { port, orders, stride, seats, timers, connecting: 0, window, since, overflowed: 0 }
    }

    pub(super) fn run(mut self) {
        let mut batch = Batch::default();
        loop {
            while let Ok(order) = self.orders.try_recv() {
                match order {
                    Order::Enter(newcomer) => self.enter(*newcomer),
                    // Who asked may have given up.
                    Order::Take(reply) => _ = reply.send(self.take()),
                    Order::Stop => return,
                }
            }
            let mut more = true;
            while more {
                more = self.port.receive(&mut batch);
                let now = Instant::now();
                batch.arrivals().for_each(|mut arrival| self.arrive(now, &mut arrival));
            }
            self.fire_timers();
            // The handshake of somebody who waits for it is answered at once.
            if self.connecting > 0 { self.port.wait(LOOK) } else { std::thread::sleep(LOOK) }
        }
    }

    fn enter(&mut self, newcomer: Newcomer) {
        let Newcomer { seat, mut client, answer, asked } = newcomer;
        let now = Instant::now();
        let place = seat.0 as usize;
        if client.accept(&answer, now).is_err() {
            self.window.closed += 1;
            return;
        }
        // Without a decoder there is no ear, and the report says how many there were.
        let ear = (seat.0 % self.stride == 0).then(|| Ear::new().ok().map(Box::new)).flatten();
        if self.seats.len() <= place {
            self.seats.resize_with(place + 1, || None);
        }
        self.seats[place] = Some(Box::new(Listener::new(client, ear, asked)));
        self.connecting += 1;
        self.drive(seat, now);
    }

    fn arrive(&mut self, now: Instant, arrival: &mut Arrival<'_>) {
        let Some(seat) = seat_of(arrival.to) else { return };
        let Some(listener) = self.seats.get_mut(seat.0 as usize).and_then(Option::as_mut) else { return };
        if listener.receive(now, arrival.at, arrival.bytes, &mut self.window) {
            self.drive(seat, now);
        }
    }

    fn fire_timers(&mut self) {
        let now = Instant::now();
        while let Some(Reverse((due, seat))) = self.timers.peek().copied().filter(|Reverse((due, _))| *due <= now) {
            self.timers.pop();
            let listener = self.seats[seat.0 as usize].as_mut();
            // A later timer of a session that was moved forward has nothing to say.
            if let Some(listener) = listener.filter(|listener| listener.due == Some(due)) {
                listener.due = None;
                self.drive(seat, now);
            }
        }
    }

    /// Polls a client until it has nothing more to do.
    fn drive(&mut self, seat: Seat, now: Instant) {
        let mut buffer = [0; MAX_DATAGRAM];
        loop {
            let Some(listener) = &mut self.seats[seat.0 as usize] else { return };
            match listener.client.poll(now, &mut buffer) {
                Output::Transmit { to, len } => self.port.send(seat, to, &buffer[..len]),
                Output::Event(Event::Connected) => {
                    listener.connected = true;
                    self.connecting -= 1;
                }
                Output::Event(Event::Closed(_)) => return self.close(seat),
                Output::Timeout(due) => {
                    if listener.due.is_none_or(|earlier| due < earlier) {
                        listener.due = Some(due);
                        self.timers.push(Reverse((due, seat)));
                    }
                    return;
                }
            }
        }
    }

    fn close(&mut self, seat: Seat) {
        if let Some(mut listener) = self.seats[seat.0 as usize].take() {
            self.connecting -= usize::from(!listener.connected);
            listener.connected = false;
            listener.take(&mut self.window);
            self.window.closed += 1;
        }
    }

    fn take(&mut self) -> Window {
        for listener in self.seats.iter_mut().flatten() {
            listener.take(&mut self.window);
        }
        let mut window = std::mem::take(&mut self.window);
        let (overflowed, now) = (self.port.dropped(), Stamp::now());
        window.overflowed = overflowed - std::mem::replace(&mut self.overflowed, overflowed);
        window.time = now.since(std::mem::replace(&mut self.since, now));
        window.until = now;
        window.connecting = self.connecting;
        window
    }
}
