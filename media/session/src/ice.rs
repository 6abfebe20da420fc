//! ICE-lite: answers checks, follows the peer's address, and notices its silence.
//!
//! The integrity of a check does not cover where it comes from: its source may be forged, or it is an old one sent again. So
//! the first check only tells where to begin; packets move to another address when that answers a question of ours. It is
//! asked when a check from there nominates it (RFC 8445 leaves a lite agent's choice open after the first nomination), when
//! checks come from there and no longer from where packets go (a peer that does not nominate again, behind a router that gave
//! it a new port), and when authentic sound comes from there. For the same reason checks alone are no consent for ever.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use arrayvec::{ArrayString, ArrayVec};
use ring::rand::{SecureRandom, SystemRandom};

use crate::stun::{self, Kind, Message, Transaction};
use crate::{Dropped, Secrets};

/// A peer that has not proved for so long that it still wants our packets gets none (RFC 7675 §5.1).
pub const CONSENT: Duration = Duration::from_secs(30);
/// What is left of it after a hint that the peer has gone.
const DOUBT: Duration = Duration::from_secs(10);
/// Nominations that alternate must not let packets swing between two addresses.
const SWITCH: Duration = Duration::from_secs(1);
/// Between two probes.
const PROBE: Duration = Duration::from_millis(250);
/// For so long a question that is asked again is the same one: an answer may take longer than we wait with asking again.
const SAME_PROBE: Duration = Duration::from_secs(3);
/// Where packets go is checked every 2.5 s by Chromium and every 4 to 6 s by Firefox and pion, which never nominate again. An
/// address that is new is asked after this silence of the other…
const SILENT: Duration = Duration::from_millis(3_500);
/// …one that was checked from before, a reserve perhaps, after this.
const LONG_SILENT: Duration = Duration::from_secs(6);
/// Checks may be sent again by somebody else, reports and answers cannot: without any of these the peer is asked…
const UNPROVED: Duration = Duration::from_secs(60);
/// …and so long after the last one its consent is over, however it checks.
const MUST_PROVE: Duration = Duration::from_secs(180);
/// Of a peer-reflexive candidate (RFC 8445 §5.1.2).
const PRIORITY: u32 = (110 << 24) | (65_535 << 8) | 255;
/// Addresses that one peer can have at a time: Wi-Fi, mobile and a relay, in two families.
const MAX_ADDRESSES: usize = 6;
/// Two fragments of 256 characters (RFC 8839 §5.4) and a colon.
const MAX_USERNAME: usize = 513;
/// Checks that are recognised when they come again: those of about half a minute.
const REMEMBERED: usize = 16;

/// Our end of ICE for one session.
#[derive(Debug)]
pub struct Ice {
    local: Credentials,
    /// The peer's own: a repeated name tells that nothing restarts, the password signs our probes.
    remote: Credentials,
    /// Accepted too, until the first check with `local`.
    previous: Option<Box<Credentials>>,
    addresses: ArrayVec<Address, MAX_ADDRESSES>,
    /// The latest checks, by the first half of their transaction, and where the next one is noted.
    heard: ArrayVec<u64, REMEMBERED>,
    next_heard: usize,
    selected: Option<SocketAddr>,
    switched: Option<Instant>,
    deadline: Instant,
    /// When the peer itself was last there for certain.
    proof: Instant,
    reply: Option<Reply>,
    probe: Option<Probe>,
    changes: ArrayVec<Change, 4>,
}

#[derive(Debug)]
struct Credentials {
    ufrag: Box<str>,
    password: Box<str>,
}

#[derive(Debug, Clone, Copy)]
struct Address {
    address: SocketAddr,
    checked: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Reply {
    to: SocketAddr,
    transaction: Transaction,
    with_previous: bool,
}

/// A question of ours to an address that the peer seems to have.
#[derive(Debug, Clone, Copy)]
struct Probe {
    to: SocketAddr,
    transaction: Transaction,
    begun: Instant,
    asked: Instant,
    due: bool,
}

/// A change of the addresses that a session answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A check came from there.
    Added(SocketAddr),
    /// It gave way to a newer one.
    Removed(SocketAddr),
}

impl Ice {
    /// Waits for checks that name `secrets`, from the peer of this fragment and password.
    pub fn new(secrets: &Secrets, now: Instant, ufrag: &str, password: &str) -> Ice {
        Ice {
            local: Credentials::of(secrets),
            remote: Credentials { ufrag: ufrag.into(), password: password.into() },
            previous: None,
            addresses: ArrayVec::new(),
            heard: ArrayVec::new(),
            next_heard: 0,
            selected: None,
            switched: None,
            deadline: now + CONSENT,
            proof: now,
            reply: None,
            probe: None,
            changes: ArrayVec::new(),
        }
    }

    /// Takes in a binding request, whose answer is due at the next [`Ice::poll`], or the answer to a probe.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Result<(), Dropped> {
        let message = Message::read(datagram).ok_or(Dropped::Malformed)?;
        if message.kind == Kind::Success {
            return self.receive_answer(now, from, &message);
        }
        let with_previous = self.authenticate(&message).ok_or(Dropped::NotAuthentic)?;
        let again = self.was_heard(&message.transaction);
        if again && !self.knows(from) {
            return Err(Dropped::Replayed);
        }
        self.reply = Some(Reply { to: from, transaction: message.transaction, with_previous });
        // The answer to a check that comes again was lost, or somebody plays: it is answered, and changes nothing.
        if again {
            return Ok(());
        }
        if !with_previous {
            self.previous = None;
        }
        match self.selected {
            None => {
                self.selected = Some(from);
                self.consented(now);
            }
            Some(selected) if selected == from => {
                if now >= self.proof + UNPROVED {
                    self.probe(now, from);
                }
                self.consented(now);
            }
            Some(selected) => {
                if message.use_candidate || self.is_silent(now, selected, from) {
                    self.probe(now, from);
                }
            }
        }
        self.checked(now, from);
        Ok(())
    }

    /// Whether where packets go has been silent for so long that the peer may have moved to `from`.
    fn is_silent(&self, now: Instant, selected: SocketAddr, from: SocketAddr) -> bool {
        let patience = if self.knows(from) { LONG_SILENT } else { SILENT };
        let last = self.addresses.iter().find(|known| known.address == selected).map(|known| known.checked);
        last.is_none_or(|last| now >= last + patience)
    }

    /// The peer agrees to be sent to where packets go. A check may be an old one, so that it cannot say so for ever.
    fn consented(&mut self, now: Instant) {
        self.deadline = (now + CONSENT).min(self.proof + MUST_PROVE);
    }

    /// The peer itself is there: what proves it cannot have been sent before.
    pub fn proved(&mut self, now: Instant) {
        self.proof = now;
    }

    /// Whether this very check was heard before; notes it if not.
    fn was_heard(&mut self, transaction: &Transaction) -> bool {
        let name = transaction.first_chunk().map_or(0, |half| u64::from_be_bytes(*half));
        if self.heard.contains(&name) {
            return true;
        }
        if self.heard.is_full() {
            self.heard[self.next_heard] = name;
            self.next_heard = (self.next_heard + 1) % REMEMBERED;
        } else {
            self.heard.push(name);
        }
        false
    }

    /// An address that answers a probe is the peer's, which agrees to be sent to there (RFC 7675 §5.1).
    fn receive_answer(&mut self, now: Instant, from: SocketAddr, message: &Message<'_>) -> Result<(), Dropped> {
        let probe = self.probe.filter(|probe| probe.to == from).ok_or(Dropped::OutOfPlace)?;
        let authentic = message.transaction == probe.transaction && message.verify(&self.remote.password);
        if !authentic {
            return Err(Dropped::NotAuthentic);
        }
        self.probe = None;
        self.proved(now);
        self.checked(now, from);
        self.choose(now, from);
        self.consented(now);
        Ok(())
    }

    /// Asks an address to prove that it is the peer's. The question is due at the next [`Ice::poll`]. The caller has seen
    /// an authentic packet from there; still it is asked only every 250 ms.
    pub fn probe(&mut self, now: Instant, to: SocketAddr) {
        if self.probe.is_some_and(|probe| now < probe.asked + PROBE) {
            return;
        }
        let same = self.probe.filter(|probe| probe.to == to && now < probe.begun + SAME_PROBE);
        let (transaction, begun) = same.map_or_else(|| (transaction(), now), |probe| (probe.transaction, probe.begun));
        self.probe = Some(Probe { to, transaction, begun, asked: now, due: true });
    }

    /// Whether the request was made with the previous credentials; `None` if with neither.
    fn authenticate(&self, message: &Message<'_>) -> Option<bool> {
        let (ufrag, _) = message.username?;
        let fits = |ours: &Credentials| *ours.ufrag == *ufrag && message.verify(&ours.password);
        if fits(&self.local) { Some(false) } else { self.previous.as_deref().filter(|ours| fits(ours)).map(|_| true) }
    }

    /// Datagrams from this address are the peer's, as far as a check can tell.
    fn checked(&mut self, now: Instant, from: SocketAddr) {
        if let Some(known) = self.addresses.iter_mut().find(|known| known.address == from) {
            known.checked = now;
            return;
        }
        if self.addresses.is_full() {
            self.forget_oldest();
        }
        self.addresses.push(Address { address: from, checked: now });
        self.change(Change::Added(from));
    }

    fn forget_oldest(&mut self) {
        let selected = self.selected;
        let others = self.addresses.iter().enumerate();
        let oldest = others.filter(|(_, known)| Some(known.address) != selected).min_by_key(|(_, known)| known.checked);
        if let Some((place, _)) = oldest {
            let gone = self.addresses.swap_remove(place).address;
            self.change(Change::Removed(gone));
        }
    }

    /// Changes wait to be polled after each datagram, so that there is always room for two more.
    fn change(&mut self, change: Change) {
        let _ = self.changes.try_push(change);
    }

    fn choose(&mut self, now: Instant, from: SocketAddr) {
        let may_switch = self.switched.is_none_or(|at| now >= at + SWITCH);
        if self.selected != Some(from) && may_switch {
            self.selected = Some(from);
            self.switched = Some(now);
        }
    }

    /// Writes the answer to the last request or our own question, if one is due.
    pub fn poll(&mut self, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        self.poll_reply(out).or_else(|| self.poll_probe(out))
    }

    fn poll_probe(&mut self, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let probe = self.probe.as_mut().filter(|probe| probe.due)?;
        probe.due = false;
        let mut username = ArrayString::<MAX_USERNAME>::new();
        for part in [&*self.remote.ufrag, ":", &*self.local.ufrag] {
            username.try_push_str(part).ok()?;
        }
        let password = &self.remote.password;
        let len = stun::write_request(out, probe.transaction, &username, PRIORITY, password)?;
        Some((probe.to, len))
    }

    fn poll_reply(&mut self, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let Reply { to, transaction, with_previous } = self.reply.take()?;
        let previous = self.previous.as_deref().filter(|_| with_previous);
        let password = &previous.unwrap_or(&self.local).password;
        let len = stun::write_success(out, transaction, to, password)?;
        Some((to, len))
    }

    /// The next change of addresses.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.changes.pop_at(0)
    }

    /// New credentials on both sides; `false` if the peer's are not new. Our old ones count until the peer uses the new.
    pub fn restart(&mut self, secrets: &Secrets, ufrag: &str, password: &str) -> bool {
        if *ufrag == *self.remote.ufrag {
            return false;
        }
        self.remote = Credentials { ufrag: ufrag.into(), password: password.into() };
        let old = std::mem::replace(&mut self.local, Credentials::of(secrets));
        self.previous = Some(Box::new(old));
        true
    }

    /// Where packets go.
    pub fn selected(&self) -> Option<SocketAddr> {
        self.selected
    }

    /// Whether the peer has checked from this address.
    pub fn knows(&self, address: SocketAddr) -> bool {
        self.addresses.iter().any(|known| known.address == address)
    }

    /// When the peer's silence ends the session.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Asks the peer whether it is still there, for one that sends but no longer checks. Only in the second half of the
    /// time that it is given.
    pub fn ask(&mut self, now: Instant) {
        if let Some(selected) = self.selected.filter(|_| now + CONSENT / 2 >= self.deadline) {
            self.probe(now, selected);
        }
    }

    /// Something that may be forged, or mean less, says that the peer has gone: it has to prove soon that it has not.
    pub fn doubt(&mut self, now: Instant) {
        self.deadline = self.deadline.min(now + DOUBT);
    }
}

impl Credentials {
    fn of(secrets: &Secrets) -> Credentials {
        Credentials { ufrag: secrets.ufrag.as_str().into(), password: secrets.password.as_str().into() }
    }
}

fn transaction() -> Transaction {
    let mut bytes = Transaction::default();
    SystemRandom::new().fill(&mut bytes).expect("the system has a random source");
    bytes
}

/// HMAC-SHA-1 as `is::stun` wants to be given it.
#[cfg(any(test, feature = "client"))]
pub(crate) fn hmac_sha1(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    use hmac::Mac;
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests;
