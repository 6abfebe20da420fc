//! What listen and speak sessions have in common: ICE, the handshake, and the end.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::demux::{Kind, classify};
use crate::dtls::{Dtls, Step as DtlsStep};
use crate::flight::LastFlight;
use crate::ice::{CONSENT, Change, Ice};
use crate::record::{self, Purpose};
use crate::sdp::answer::Ours;
use crate::sdp::{Fragment, FragmentError, Offer};
use crate::srtp::{Master, Role};
use crate::{CloseReason, Dropped, Secrets, Shared};

/// From the peer's first check to the keys: time to lose four flights of each side.
const HANDSHAKE: Duration = Duration::from_secs(15);

/// The way to one peer.
#[derive(Debug)]
pub(crate) struct Transport {
    ice: Ice,
    /// Until the keys are there and all is sent.
    handshake: Option<Box<Handshake>>,
    last_flight: Option<Box<LastFlight>>,
    over: Option<CloseReason>,
    over_told: bool,
}

#[derive(Debug)]
struct Handshake {
    dtls: Dtls,
    role: Role,
    /// Its next timeout; `None` while it has to be polled.
    timeout: Option<Instant>,
    /// When it has to be done, once the peer can be reached.
    due: Option<Instant>,
    keyed: bool,
}

/// What the session has to do.
#[derive(Debug)]
pub(crate) enum Step {
    /// Send so many bytes of the buffer.
    Transmit { to: SocketAddr, len: usize },
    /// Tell the owner.
    Address(Change),
    /// Make the SRTP contexts: the master to seal with, the one to open with. Comes once.
    Keys(Master, Master),
    /// Tell the owner. Comes once, last.
    Closed(CloseReason),
}

/// A datagram that is the session's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Rtp,
    Rtcp,
}

impl Transport {
    pub(crate) fn new(shared: &Shared, offer: &Offer<'_>, secrets: &Secrets, now: Instant) -> Transport {
        let role = if offer.we_start_dtls { Role::Client } else { Role::Server };
        let dtls = Dtls::new(&shared.identity, role, &offer.fingerprints, now);
        // A client's first flight waits for the first address.
        let timeout = Some(now + CONSENT);
        let handshake = Handshake { dtls, role, timeout, due: None, keyed: false };
        Transport {
            ice: Ice::new(secrets, now, offer.ufrag, offer.password),
            handshake: Some(Box::new(handshake)),
            last_flight: None,
            over: None,
            over_told: false,
        }
    }

    /// Takes in a datagram; media is left to the session, from the peer's own addresses only.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &[u8],
    ) -> Result<Option<Media>, Dropped> {
        let kind = classify(datagram).ok_or(Dropped::Malformed)?;
        if self.over.is_some() {
            return Err(Dropped::OutOfPlace);
        }
        match kind {
            Kind::Stun => {
                let first = self.ice.selected().is_none();
                self.ice.receive(now, from, datagram)?;
                if first {
                    self.begin(now);
                }
                Ok(None)
            }
            _ if !self.ice.knows(from) => Err(Dropped::UnknownAddress),
            Kind::Dtls => self.receive_dtls(now, datagram).map(|()| None),
            Kind::Rtp => Ok(Some(Media::Rtp)),
            Kind::Rtcp => Ok(Some(Media::Rtcp)),
        }
    }

    /// The peer can be reached: a handshake of ours begins, and any has to come to its end.
    fn begin(&mut self, now: Instant) {
        let Some(handshake) = &mut self.handshake else { return };
        handshake.due = Some(now + HANDSHAKE);
        if handshake.role == Role::Client {
            handshake.timeout = None;
            if handshake.dtls.tick(now).is_err() {
                self.end(CloseReason::Failed);
            }
        }
    }

    fn receive_dtls(&mut self, now: Instant, datagram: &[u8]) -> Result<(), Dropped> {
        let purpose = record::read(datagram).ok_or(Dropped::Malformed)?;
        let Some(handshake) = &mut self.handshake else { return self.receive_late(now, datagram, purpose) };
        handshake.timeout = None;
        if handshake.dtls.receive(now, datagram).is_err() {
            self.end(CloseReason::Failed);
        }
        Ok(())
    }

    /// Takes in what comes when nothing can be decrypted any more.
    fn receive_late(&mut self, now: Instant, datagram: &[u8], purpose: Purpose) -> Result<(), Dropped> {
        let taken = match purpose {
            Purpose::Alert => {
                self.ice.doubt(now);
                true
            }
            Purpose::Handshake => self.last_flight.as_mut().is_some_and(|flight| flight.ask(now, datagram)),
            Purpose::Data => false,
        };
        if taken { Ok(()) } else { Err(Dropped::OutOfPlace) }
    }

    /// The next step, if there is one.
    pub(crate) fn poll(&mut self, now: Instant, out: &mut [u8]) -> Option<Step> {
        if let Some(change) = self.ice.poll_change() {
            return Some(Step::Address(change));
        }
        if let Some((to, len)) = self.ice.poll(out) {
            return Some(Step::Transmit { to, len });
        }
        if let Some((to, len)) = self.poll_last_flight(now, out) {
            return Some(Step::Transmit { to, len });
        }
        if now >= self.ice.deadline() {
            self.end(CloseReason::Timeout);
        }
        self.poll_handshake(now, out).or_else(|| {
            let reason = self.over?;
            let told = std::mem::replace(&mut self.over_told, true);
            (!told).then_some(Step::Closed(reason))
        })
    }

    fn poll_last_flight(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let bytes = self.last_flight.as_mut()?.poll();
        let repeated = bytes.map(|bytes| {
            out[..bytes.len()].copy_from_slice(bytes);
            bytes.len()
        });
        self.last_flight.take_if(|flight| flight.is_over(now));
        self.address().zip(repeated)
    }

    fn poll_handshake(&mut self, now: Instant, out: &mut [u8]) -> Option<Step> {
        loop {
            let handshake = self.handshake.as_mut()?;
            if handshake.due.is_some_and(|due| now >= due) {
                self.end(CloseReason::Stalled);
                return None;
            }
            if let Some(timeout) = handshake.timeout {
                if now < timeout {
                    return None;
                }
                if handshake.dtls.tick(now).is_err() {
                    self.end(CloseReason::Failed);
                    return None;
                }
            }
            handshake.timeout = None;
            match handshake.dtls.poll(out) {
                DtlsStep::Packet(len) => {
                    if handshake.keyed && handshake.role == Role::Server {
                        self.last_flight = Some(Box::new(LastFlight::new(now, &out[..len])));
                    }
                    if let Some(to) = self.ice.selected() {
                        return Some(Step::Transmit { to, len });
                    }
                }
                // A second set of keys would begin at used indices; DTLS without renegotiation has none.
                DtlsStep::Keys(seal, open) if !handshake.keyed => {
                    handshake.keyed = true;
                    return Some(Step::Keys(seal, open));
                }
                DtlsStep::Keys(..) => {}
                DtlsStep::Timeout(_) if handshake.keyed => self.handshake = None,
                DtlsStep::Timeout(at) => {
                    handshake.timeout = Some(at.max(now + Duration::from_millis(1)));
                }
                DtlsStep::Left => self.end(CloseReason::Left),
                DtlsStep::Failed => self.end(CloseReason::Failed),
            }
        }
    }

    /// The peer has shown that it has its keys, and is there.
    pub(crate) fn confirm(&mut self, now: Instant) {
        self.ice.proved(now);
        if let Some(flight) = &mut self.last_flight {
            flight.confirm();
        }
    }

    /// When to poll again.
    pub(crate) fn timeout(&self) -> Instant {
        let handshake = self.handshake.as_deref();
        let timers = handshake.map(|handshake| [handshake.timeout, handshake.due]);
        timers.into_iter().flatten().flatten().fold(self.ice.deadline(), Instant::min)
    }

    /// The peer, heard just now, seems to have this address: it is asked to prove it.
    pub(crate) fn probe(&mut self, now: Instant, address: SocketAddr) {
        self.ice.proved(now);
        self.ice.probe(now, address);
    }

    /// The peer is heard: if it has not checked for long, it is asked whether it agrees to be sent to.
    pub(crate) fn heard(&mut self, now: Instant) {
        self.ice.proved(now);
        self.ice.ask(now);
    }

    /// The peer's stream has ended, and perhaps the peer has gone: it has to prove soon that it has not.
    pub(crate) fn doubt(&mut self, now: Instant) {
        self.ice.doubt(now);
    }

    /// No more datagrams; [`Step::Closed`] follows.
    pub(crate) fn end(&mut self, reason: CloseReason) {
        self.handshake = None;
        self.over.get_or_insert(reason);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// Where packets go.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.ice.selected().filter(|_| self.over.is_none())
    }

    pub(crate) fn restart_ice(
        &mut self,
        shared: &Shared,
        fragment: &str,
        secrets: &Secrets,
    ) -> Result<Option<String>, FragmentError> {
        let fragment = Fragment::read(fragment)?;
        if !self.ice.restart(secrets, fragment.ufrag, fragment.password) {
            return Ok(None);
        }
        Ok(Some(fragment.answer(&ours(shared, secrets))))
    }
}

/// What our answers say of us.
pub(crate) fn ours<'a>(shared: &'a Shared, secrets: &'a Secrets) -> Ours<'a> {
    Ours { secrets, fingerprint: shared.identity.fingerprint(), candidates: &shared.candidates }
}
