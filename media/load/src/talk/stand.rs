//! The speakers from inside: the thread's loop.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use cooee_session::client::Event;
use cooee_session::{MAX_DATAGRAM, Output};

use super::talker::{Sent, Talker};
use super::{Guest, Mode, Order, Window};
use crate::crowd::{is_forged, refusal};
use crate::net::{Arrival, Batch, Port, seat_of};

/// How long the thread sleeps at most.
const NAP: Duration = Duration::from_millis(5);
/// Speakers' frames are not sent at the same time: so much lies between those of two.
const STAGGER: Duration = Duration::from_micros(6_667);

pub(super) struct Stand {
    port: Port,
    orders: Receiver<Order>,
    mode: Mode,
    talkers: Vec<Talker>,
    sent: Sent,
    window: Window,
}

impl Stand {
    pub(super) fn new(port: Port, orders: Receiver<Order>) -> Stand {
        let (talkers, sent, window) = (Vec::new(), Sent::default(), Window::default());
        Stand { port, orders, mode: Mode::Quiet, talkers, sent, window }
    }

    pub(super) fn run(mut self) {
        let mut batch = Batch::default();
        loop {
            while let Ok(order) = self.orders.try_recv() {
                match order {
                    Order::Enter(guest) => self.enter(*guest),
                    Order::Turn(mode) => self.mode = mode,
                    // Who asked may have given up.
                    Order::Take(reply) => _ = reply.send(self.take()),
                    Order::Stop => return,
                }
            }
            self.say();
            let mut more = true;
            while more {
                more = self.port.receive(&mut batch);
                let now = Instant::now();
                batch.arrivals().for_each(|mut arrival| self.arrive(now, &mut arrival));
            }
            self.fire_timers();
            self.sleep();
        }
    }

    fn sleep(&self) {
        let now = Instant::now();
        let due = self.talkers.iter().map(|talker| talker.next.min(talker.due)).fold(now + NAP, Instant::min);
        self.port.wait(due.saturating_duration_since(now));
    }

    fn enter(&mut self, mut guest: Guest) {
        let (now, number) = (Instant::now(), self.talkers.len());
        let accepted = guest.client.accept(&guest.answer, now).is_ok();
        let first = self.talkers.first().map_or(now, |first| first.next) + STAGGER * number as u32;
        match Talker::new(guest, number, first) {
            Ok(talker) if accepted => {
                self.talkers.push(talker);
                self.drive(number, now);
            }
            _ => self.window.closed += 1,
        }
    }

    fn say(&mut self) {
        let now = Instant::now();
        let Stand { port, mode, talkers, sent, window, .. } = self;
        for talker in talkers.iter_mut().filter(|talker| talker.next <= now) {
            talker.say(*mode, port, sent, window);
        }
    }

    fn arrive(&mut self, now: Instant, arrival: &mut Arrival<'_>) {
        let Some(place) = seat_of(arrival.to).and_then(|seat| self.talkers.iter().position(|one| one.seat == seat))
        else {
            return;
        };
        match self.talkers[place].client.receive(now, arrival.bytes) {
            Ok(Some(media)) => {
                self.window.forwarded += 1;
                self.sent.arrived(media.payload, arrival.at, &mut self.window);
            }
            Ok(None) => self.drive(place, now),
            Err(why) => {
                self.window.not_authentic += u64::from(is_forged(arrival.bytes, why));
                *self.window.refused.entry(refusal(arrival.bytes, why)).or_default() += 1;
                self.drive(place, now);
            }
        }
    }

    fn fire_timers(&mut self) {
        let now = Instant::now();
        for place in 0..self.talkers.len() {
            if self.talkers[place].due <= now {
                self.drive(place, now);
            }
        }
    }

    /// Polls a client until it has nothing more to do.
    fn drive(&mut self, place: usize, now: Instant) {
        let mut buffer = [0; MAX_DATAGRAM];
        loop {
            let talker = &mut self.talkers[place];
            match talker.client.poll(now, &mut buffer) {
                Output::Transmit { to, len } => self.port.send(talker.seat, to, &buffer[..len]),
                Output::Event(Event::Connected) => talker.connected = true,
                Output::Event(Event::Closed(_)) => {
                    self.window.closed += 1;
                    talker.connected = false;
                }
                Output::Timeout(due) => {
                    talker.due = due;
                    return;
                }
            }
        }
    }

    fn take(&mut self) -> Window {
        self.talkers.iter_mut().for_each(|talker| talker.take(&mut self.window));
        std::mem::take(&mut self.window)
    }
}
