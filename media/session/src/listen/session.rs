//! A listen session: SRTP out, SRTCP both ways.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::reception::Care;
use super::stream::Stream;
use super::{Event, Reception, Reports, Sent};
use crate::ice::{CONSENT, Change};
use crate::mix::{History, MixPacket};
use crate::rtcp::{self, Packet, Writer};
use crate::sdp::answer::CNAME;
use crate::sdp::{Door, FragmentError, Offer, OfferError, answer};
use crate::srtp::{ControlOpener, ControlSealer, MAX_CONTROL_TRAILER, Master, Sealer};
use crate::transport::{Media, Step, Transport, ours};
use crate::{Dropped, Output, Quality, Secrets, Shared};

/// Sender reports let receivers estimate drift; each costs a datagram.
const REPORT: Duration = Duration::from_secs(5);
/// The largest datagram that is looked into.
const MAX_RECEIVED: usize = 1_500;
/// Sequence numbers asked for again that wait for their turn.
const MAX_NACKED: usize = 64;

/// One listener's session.
#[derive(Debug)]
pub struct Listen {
    transport: Transport,
    keys: Option<Keys>,
    stream: Stream,
    care: Care,
    quality: Quality,
    nacked: Vec<u16>,
    report_due: Instant,
    started: Instant,
}

#[derive(Debug)]
struct Keys {
    sealer: Sealer,
    control_out: ControlSealer,
    control_in: ControlOpener,
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
        let ssrc = answer::ssrc(secrets, 0);
        let session = Listen {
            transport: Transport::new(shared, &offer, secrets, now),
            keys: None,
            stream: Stream::new(ssrc, secrets.first_sequence, accepted.opus, accepted.red),
            care: Care::new(accepted.red.is_some()),
            quality: Quality::default(),
            nacked: Vec::new(),
            report_due: now,
            started: now,
        };
        Ok((session, answer::write(&offer, &ours(shared, secrets))))
    }

    /// Takes in one datagram. `Err` says why it was dropped, for counting. Poll afterwards.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Result<(), Dropped> {
        match self.transport.receive(now, from, datagram)? {
            None => Ok(()),
            Some(Media::Rtcp) => self.receive_control(now, datagram),
            Some(Media::Rtp) => Err(Dropped::OutOfPlace),
        }
    }

    fn receive_control(&mut self, now: Instant, datagram: &[u8]) -> Result<(), Dropped> {
        let keys = self.keys.as_mut().ok_or(Dropped::OutOfPlace)?;
        let mut scratch = [0; MAX_RECEIVED];
        let packet = scratch.get_mut(..datagram.len()).ok_or(Dropped::Malformed)?;
        packet.copy_from_slice(datagram);
        let len = keys.control_in.open(packet)?;
        self.transport.confirm(now);
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
                    self.quality.reported(&block);
                }
            }
            Packet::Nack(nack) if nack.ssrc == ssrc => {
                self.care.nacked(now);
                // Room for all that it ever holds, once: most listeners never ask.
                self.nacked.reserve_exact(MAX_NACKED - self.nacked.len());
                for sequence in nack.iter() {
                    if self.nacked.len() < MAX_NACKED && !self.nacked.contains(&sequence) {
                        self.nacked.push(sequence);
                    }
                }
            }
            Packet::Nack(_) => {}
            Packet::Bye => self.transport.doubt(now),
        }
    }

    /// The next thing to do. `history` answers NACKs; `out` must hold [`crate::MAX_DATAGRAM`] bytes.
    pub fn poll(&mut self, now: Instant, history: &dyn History, out: &mut [u8]) -> Output<Event> {
        if let Some(step) = self.transport.poll(now, out) {
            return self.carry_out(now, step);
        }
        if self.transport.is_over() {
            return Output::Timeout(now + CONSENT);
        }
        if let Some(reception) = self.care.poll() {
            return Output::Event(Event::Reception(reception));
        }
        match self.poll_nacked(history, out).or_else(|| self.poll_report(now, out)) {
            Some((to, len)) => Output::Transmit { to, len },
            None => Output::Timeout(self.timeout()),
        }
    }

    fn carry_out(&mut self, now: Instant, step: Step) -> Output<Event> {
        match step {
            Step::Transmit { to, len } => Output::Transmit { to, len },
            Step::Address(Change::Added(address)) => Output::Event(Event::AddressAdded(address)),
            Step::Address(Change::Removed(address)) => Output::Event(Event::AddressRemoved(address)),
            Step::Keys(seal, open) => {
                self.connect(now, seal, open);
                Output::Event(Event::Connected)
            }
            Step::Closed(reason) => {
                self.keys = None;
                Output::Event(Event::Closed(reason))
            }
        }
    }

    fn connect(&mut self, now: Instant, seal: Master, open: Master) {
        self.keys = Some(Keys {
            sealer: Sealer::new(&seal),
            control_out: ControlSealer::new(seal),
            control_in: ControlOpener::new(open),
        });
        // Spread over a second, so that listeners who came together do not get reports together.
        let spread = u64::from(self.stream.ssrc() >> 4) % 1_000;
        self.report_due = now + Duration::from_millis(500 + spread);
    }

    fn poll_nacked(&mut self, history: &dyn History, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let (keys, to) = (self.keys.as_ref()?, self.transport.address()?);
        while let Some(sequence) = self.nacked.pop() {
            if let Some(len) = self.stream.resend(&keys.sealer, sequence, history, out) {
                return Some((to, len));
            }
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
        let (keys, to) = (self.keys.as_mut()?, self.transport.address()?);
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
        let timeout = self.transport.timeout();
        if self.keys.is_some() { timeout.min(self.report_due) } else { timeout }
    }

    /// Seals one packet of the mix into `out`: where to send how many bytes, or `None` while nothing can be sent.
    ///
    /// Allocates nothing. The sequence number is used up even if the datagram is then not sent. Packets of an epoch
    /// lower than the highest one seen are not sent.
    pub fn send(&mut self, now: Instant, packet: &MixPacket<'_>, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let (keys, to) = (self.keys.as_ref()?, self.transport.address()?);
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
        self.transport.restart_ice(shared, fragment, secrets)
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
        self.transport.address()
    }

    /// How the listener receives.
    pub fn reception(&self) -> Reception {
        self.care.reception()
    }

    /// What its reports told, summed up.
    pub fn reports(&self) -> Reports {
        self.care.reports()
    }

    /// How the sound came through, until now.
    pub fn quality(&self) -> Quality {
        let sent = self.stream.sent();
        Quality { packets: sent.packets, repaired: sent.resent, ..self.quality }
    }

    /// What was sent.
    pub fn sent(&self) -> Sent {
        self.stream.sent()
    }
}
