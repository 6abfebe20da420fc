//! The last flight of a handshake, kept for a peer that did not get it (RFC 6347 §4.2.4).
//!
//! It ends with us: a peer that misses it repeats its own, and is sent ours again as it was. That may be anybody's doing who
//! forges the peer's address, so the answer is never longer than the question, and there are few.

use std::time::{Duration, Instant};

/// It is repeated within this time.
const KEPT: Duration = Duration::from_secs(30);
/// Between two repeats: the shortest time after which a browser asks again.
const PAUSE: Duration = Duration::from_millis(50);

/// Some eighty bytes instead of the ten thousand that a handshake takes.
#[derive(Debug)]
pub(crate) struct LastFlight {
    bytes: Box<[u8]>,
    until: Instant,
    /// None earlier than then.
    next: Instant,
    due: bool,
    /// An authentic SRTCP packet shows that the peer has its keys.
    confirmed: bool,
}

impl LastFlight {
    /// Keeps what was sent now.
    pub(crate) fn new(now: Instant, bytes: &[u8]) -> LastFlight {
        LastFlight { bytes: bytes.into(), until: now + KEPT, next: now + PAUSE, due: false, confirmed: false }
    }

    /// The peer repeats something of its own; whether that is answered.
    pub(crate) fn ask(&mut self, now: Instant, datagram: &[u8]) -> bool {
        let answered = now >= self.next && datagram.len() >= self.bytes.len();
        if answered {
            self.next = now + PAUSE;
            self.due = true;
        }
        answered
    }

    /// The flight, if it is to be sent again.
    pub(crate) fn poll(&mut self) -> Option<&[u8]> {
        std::mem::take(&mut self.due).then_some(&self.bytes)
    }

    pub(crate) fn confirm(&mut self) {
        self.confirmed = true;
    }

    /// Whether nobody can miss it any more.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        self.confirmed && now >= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_as_it_was_and_never_longer_than_the_question() {
        let start = Instant::now();
        let mut flight = LastFlight::new(start, &[7; 75]);
        let later = start + PAUSE;
        assert!(!flight.ask(later, &[0; 74]));
        assert_eq!(flight.poll(), None);
        assert!(flight.ask(later, &[0; 75]));
        assert_eq!(flight.poll(), Some(&[7; 75][..]));
        assert_eq!(flight.poll(), None);
    }

    #[test]
    fn however_often_it_is_asked_for_there_are_twenty_answers_a_second() {
        let start = Instant::now();
        let mut flight = LastFlight::new(start, &[7; 75]);
        let asked = (0..1_000).filter(|ms| flight.ask(start + Duration::from_millis(*ms), &[0; 600]));
        assert_eq!(asked.count(), 19);
    }

    #[test]
    fn it_is_kept_for_a_while_and_until_the_peer_shows_its_keys() {
        let start = Instant::now();
        let mut flight = LastFlight::new(start, &[7; 75]);
        assert!(!flight.is_over(start + 2 * KEPT));
        flight.confirm();
        assert!(!flight.is_over(start + KEPT / 2));
        assert!(flight.is_over(start + KEPT));
    }
}
