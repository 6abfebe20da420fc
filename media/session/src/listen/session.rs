//! ICE-lite, DTLS server, SRTP out, SRTCP both ways.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::reception::Care;
use super::stream::Stream;
use super::{Event, Reception, Sent};
use crate::demux::{Kind, classify};
use crate::dtls::{Dtls, Step, is_alert};
use crate::ice::{Change, Ice};
use crate::mix::{History, MixPacket};
use crate::rtcp::{self, Packet, Writer};
use crate::sdp::answer::{CNAME, Ours};
use crate::sdp::{Door, Fragment, FragmentError, Offer, OfferError, answer};
use crate::srtp::{ControlOpener, ControlSealer, MAX_CONTROL_TRAILER, Master, Role, Sealer};
use crate::{CloseReason, Dropped, Output, Secrets, Shared};

/// A lost last flight of the handshake is repeated within this time.
const HANDSHAKE_KEPT: Duration = Duration::from_secs(30);
/// Sender reports let receivers estimate drift; each costs a datagram.
const REPORT: Duration = Duration::from_secs(5);
/// The largest datagram that is looked into.
const MAX_RECEIVED: usize = 1_500;
/// NACKed sequence numbers that wait for their turn.
const MAX_NACKED: usize = 64;

/// One listener's session.
#[derive(Debug)]
pub struct Listen {
    ice: Ice,
    /// The peer's: tells a restart from a repetition.
    remote_ufrag: Box<str>,
    handshake: Option<Box<Handshake>>,
    keys: Option<Keys>,
    stream: Stream,
    care: Care,
    nacked: Vec<u16>,
    report_due: Instant,
    started: Instant,
    news: News,
    over: Option<CloseReason>,
}

#[derive(Debug)]
struct Handshake {
    dtls: Dtls,
    /// Its next timeout; `None` while it has to be polled.
    timeout: Option<Instant>,
    /// Kept until then, once the keys are there.
    until: Option<Instant>,
    /// An authentic SRTCP packet shows that the peer has its keys.
    confirmed: bool,
}

#[derive(Debug)]
struct Keys {
    sealer: Sealer,
    control_out: ControlSealer,
    control_in: ControlOpener,
}

/// What has happened and was not told yet.
#[derive(Debug, Default)]
struct News {
    connected: bool,
    over_told: bool,
}

impl Listen {
    /// Answers an offer. The answer's SDP is complete: all candidates are in it.
    pub fn answer(
        shared: &Shared,
        offer: &str,
        secrets: &Secrets,
        now: Instant,
    ) -> Result<(Listen, String), OfferError> {
        let offer = Offer::read(offer, Door::Listen)?;
        let accepted = &offer.accepted[0];
        let dtls = Dtls::new(&shared.identity, Role::Server, &offer.fingerprints, now);
        let handshake = Handshake { dtls, timeout: None, until: None, confirmed: false };
        let session = Listen {
            ice: Ice::new(secrets, now),
            remote_ufrag: offer.ufrag.into(),
            handshake: Some(Box::new(handshake)),
            keys: None,
            stream: Stream::new(answer::ssrc(secrets, 0), secrets.first_sequence, accepted.opus, accepted.red),
            care: Care::new(accepted.red.is_some()),
            nacked: Vec::new(),
            report_due: now,
            started: now,
            news: News::default(),
            over: None,
        };
        Ok((session, answer::write(&offer, &ours(shared, secrets))))
    }

    /// Takes in one datagram. `Err` says why it was dropped, for counting. Poll afterwards.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Result<(), Dropped> {
        match classify(datagram).ok_or(Dropped::Malformed)? {
            Kind::Stun => self.ice.receive(now, from, datagram),
            _ if !self.ice.knows(from) => Err(Dropped::UnknownAddress),
            Kind::Dtls => self.receive_dtls(now, datagram),
            Kind::Rtcp => self.receive_control(now, datagram),
            Kind::Rtp => Err(Dropped::OutOfPlace),
        }
    }

    fn receive_dtls(&mut self, now: Instant, datagram: &[u8]) -> Result<(), Dropped> {
        let Some(handshake) = &mut self.handshake else {
            if !is_alert(datagram) {
                return Err(Dropped::OutOfPlace);
            }
            self.ice.doubt(now);
            return Ok(());
        };
        handshake.timeout = None;
        if handshake.dtls.receive(now, datagram).is_err() {
            self.end(CloseReason::Failed);
        }
        Ok(())
    }

    fn receive_control(&mut self, now: Instant, datagram: &[u8]) -> Result<(), Dropped> {
        let keys = self.keys.as_mut().ok_or(Dropped::OutOfPlace)?;
        let mut scratch = [0; MAX_RECEIVED];
        let packet = scratch.get_mut(..datagram.len()).ok_or(Dropped::Malformed)?;
        packet.copy_from_slice(datagram);
        let len = keys.control_in.open(packet)?;
        if let Some(handshake) = &mut self.handshake {
            handshake.confirmed = true;
        }
        for packet in rtcp::read(&packet[..len]) {
            self.understand(now, &packet);
        }
        Ok(())
    }

    fn understand(&mut self, now: Instant, packet: &Packet<'_>) {
        let ssrc = self.stream.ssrc();
        match packet {
            Packet::ReceiverReport(blocks) | Packet::SenderReport(_, blocks) => {
                for block in blocks.iter().filter(|block| block.ssrc == ssrc) {
                    self.care.reported(now, block.fraction_lost);
                }
            }
            Packet::Nack(nack) if nack.ssrc == ssrc => {
                self.care.nacked(now);
                for sequence in nack.iter() {
                    if self.nacked.len() < MAX_NACKED && !self.nacked.contains(&sequence) {
                        self.nacked.push(sequence);
                    }
                }
            }
            Packet::Nack(_) => {}
            Packet::Bye => self.end(CloseReason::Left),
        }
    }

    /// The next thing to do. `history` answers NACKs; `out` must hold [`crate::MAX_DATAGRAM`] bytes.
    pub fn poll(&mut self, now: Instant, history: &dyn History, out: &mut [u8]) -> Output<Event> {
        if let Some(change) = self.ice.poll_change() {
            return Output::Event(match change {
                Change::Added(address) => Event::AddressAdded(address),
                Change::Removed(address) => Event::AddressRemoved(address),
            });
        }
        if let Some((to, len)) = self.ice.poll(out) {
            return Output::Transmit { to, len };
        }
        if let Some(output) = self.poll_handshake(now, out) {
            return output;
        }
        if now >= self.ice.deadline() {
            self.end(CloseReason::Timeout);
        }
        if let Some(reason) = self.over {
            return self.poll_over(now, reason);
        }
        if std::mem::take(&mut self.news.connected) {
            return Output::Event(Event::Connected);
        }
        if let Some(reception) = self.care.poll() {
            return Output::Event(Event::Reception(reception));
        }
        let datagram = self.poll_nacked(history, out).or_else(|| self.poll_report(now, out));
        match datagram {
            Some((to, len)) => Output::Transmit { to, len },
            None => Output::Timeout(self.timeout()),
        }
    }

    fn poll_over(&mut self, now: Instant, reason: CloseReason) -> Output<Event> {
        if std::mem::replace(&mut self.news.over_told, true) {
            return Output::Timeout(now + crate::ice::CONSENT);
        }
        Output::Event(Event::Closed(reason))
    }

    fn poll_handshake(&mut self, now: Instant, out: &mut [u8]) -> Option<Output<Event>> {
        loop {
            let handshake = self.handshake.as_mut()?;
            if handshake.confirmed && handshake.until.is_some_and(|until| now >= until) {
                self.handshake = None;
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
                Step::Packet(len) => {
                    if let Some(to) = self.ice.selected() {
                        return Some(Output::Transmit { to, len });
                    }
                }
                Step::Keys(seal, open) => self.connect(now, seal, open),
                Step::Timeout(at) => handshake.timeout = Some(at.max(now + Duration::from_millis(1))),
                Step::Left => self.end(CloseReason::Left),
                Step::Failed => self.end(CloseReason::Failed),
            }
        }
    }

    fn connect(&mut self, now: Instant, seal: Master, open: Master) {
        // A second set of keys would begin at used indices; DTLS without renegotiation has none.
        if self.keys.is_some() {
            return;
        }
        if let Some(handshake) = &mut self.handshake {
            handshake.until = Some(now + HANDSHAKE_KEPT);
        }
        self.keys = Some(Keys {
            sealer: Sealer::new(&seal),
            control_out: ControlSealer::new(seal),
            control_in: ControlOpener::new(open),
        });
        // Spread over a second, so that listeners who came together do not get reports together.
        self.report_due = now + Duration::from_millis(500 + u64::from(self.stream.ssrc() >> 4) % 1_000);
        self.news.connected = true;
    }

    fn poll_nacked(&mut self, history: &dyn History, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let (keys, to) = (self.keys.as_ref()?, self.ice.selected()?);
        while let Some(sequence) = self.nacked.pop() {
            if let Some(len) = self.stream.resend(&keys.sealer, sequence, history, out) {
                return Some((to, len));
            }
        }
        if self.nacked.capacity() > 0 {
            self.nacked = Vec::new();
        }
        None
    }

    fn poll_report(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        if now < self.report_due || self.keys.is_none() {
            return None;
        }
        self.report_due = now + REPORT;
        self.report(now, out, |_| {})
    }

    /// Seals a compound that begins with a sender report; `more` adds to it.
    fn report(
        &mut self,
        now: Instant,
        out: &mut [u8],
        more: impl FnOnce(&mut Writer<'_>),
    ) -> Option<(SocketAddr, usize)> {
        let (keys, to) = (self.keys.as_mut()?, self.ice.selected()?);
        // Receivers only compare our reports with each other: the clock may begin anywhere.
        let info = self.stream.sender_info(now, rtcp::ntp(now - self.started))?;
        let room = out.len().checked_sub(MAX_CONTROL_TRAILER)?;
        let mut writer = Writer::new(&mut out[..room]);
        writer.sender_report(&info);
        writer.description(info.ssrc, CNAME);
        more(&mut writer);
        let len = writer.len();
        Some((to, keys.control_out.seal(out, len)?))
    }

    fn timeout(&self) -> Instant {
        let handshake = self.handshake.as_deref();
        let timers = [
            handshake.and_then(|handshake| handshake.timeout),
            handshake.and_then(|handshake| handshake.until.filter(|_| handshake.confirmed)),
            self.keys.as_ref().map(|_| self.report_due),
        ];
        timers.into_iter().flatten().fold(self.ice.deadline(), Instant::min)
    }

    fn end(&mut self, reason: CloseReason) {
        self.handshake = None;
        self.keys = None;
        self.over.get_or_insert(reason);
    }

    /// Seals one packet of the mix into `out`: where to send how many bytes, or `None` while nothing can be sent.
    ///
    /// Allocates nothing. The sequence number is used up even if the datagram is then not sent. Packets of an epoch
    /// lower than the highest one seen are not sent.
    pub fn send(&mut self, now: Instant, packet: &MixPacket<'_>, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let (keys, to) = (self.keys.as_ref()?, self.ice.selected()?);
        let red_depth = self.care.reception().red_depth;
        let len = self.stream.send(&keys.sealer, now, packet, red_depth, out)?;
        Some((to, len))
    }

    /// Restarts ICE (RFC 9725 §4.3): answers the peer's fragment with ours, or with nothing if it restarts nothing (a trickle).
    ///
    /// `secrets` gives the new fragment and password; its other values are ignored. Both old and new credentials are
    /// accepted until the first check with the new ones.
    pub fn restart_ice(
        &mut self,
        shared: &Shared,
        fragment: &str,
        secrets: &Secrets,
    ) -> Result<Option<String>, FragmentError> {
        let fragment = Fragment::read(fragment)?;
        if *fragment.ufrag == *self.remote_ufrag {
            return Ok(None);
        }
        self.remote_ufrag = fragment.ufrag.into();
        self.ice.restart(secrets);
        Ok(Some(fragment.answer(&ours(shared, secrets))))
    }

    /// Writes a goodbye (RTCP BYE) for an owner that ends the session; `None` if nothing was ever sent.
    pub fn goodbye(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let ssrc = self.stream.ssrc();
        self.report(now, out, |writer| writer.bye(ssrc))
    }

    /// Whether keys are agreed upon.
    pub fn is_connected(&self) -> bool {
        self.keys.is_some()
    }

    /// Where packets go now.
    pub fn address(&self) -> Option<SocketAddr> {
        self.ice.selected()
    }

    /// How the listener receives.
    pub fn reception(&self) -> Reception {
        self.care.reception()
    }

    /// What was sent.
    pub fn sent(&self) -> Sent {
        self.stream.sent()
    }

    /// A session with keys and an address, without the handshake.
    #[cfg(test)]
    pub(super) fn connected(offer: &str, secrets: &Secrets, now: Instant) -> Listen {
        let shared = Shared { identity: crate::Identity::new().expect("a certificate"), candidates: Vec::new() };
        let (mut session, _) = Listen::answer(&shared, offer, secrets, now).expect("an offer");
        let master = || Master::new(crate::srtp::Profile::Aes256Gcm, &[1; 32], &[2; 12]).expect("their lengths");
        session.connect(now, master(), master());
        session
    }
}

fn ours<'a>(shared: &'a Shared, secrets: &'a Secrets) -> Ours<'a> {
    Ours { secrets, fingerprint: shared.identity.fingerprint(), candidates: &shared.candidates }
}
