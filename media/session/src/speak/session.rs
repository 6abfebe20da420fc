//! A speak session: SRTP and SRTCP both ways.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use arrayvec::ArrayVec;

use super::incoming::Incoming;
use super::slot::Slot;
use super::{Counts, Event, MAX_SLOTS, Packet, SlotPacket};
use crate::ice::{CONSENT, Change};
use crate::rtcp::{self, Packet as Control, Writer};
use crate::sdp::answer::CNAME;
use crate::sdp::{Door, FragmentError, Offer, OfferError, answer};
use crate::srtp::{ControlOpener, ControlSealer, MAX_CONTROL_TRAILER, Master, Sealer};
use crate::transport::{Media, Step, Transport, ours};
use crate::{Dropped, Output, Quality, Secrets, Shared};

/// Reports tell a speaker's encoder of loss: more often than a listener's.
const REPORT: Duration = Duration::from_secs(2);
/// Packets asked for again that wait for their turn.
const MAX_NACKED: usize = 64;
/// Our SSRC as a receiver: slots count from the first, and there are fewer than this.
const RECEIVER: u32 = 15;

/// One speaker's session.
#[derive(Debug)]
pub struct Speak {
    transport: Transport,
    keys: Option<Keys>,
    slots: ArrayVec<Slot, MAX_SLOTS>,
    opus: u8,
    level_extension: Option<u8>,
    ssrc: u32,
    /// Slots and sequence numbers that are wanted again.
    nacked: ArrayVec<(usize, u16), MAX_NACKED>,
    report_due: Instant,
    started: Instant,
    new_source: Option<u32>,
    counts: Counts,
    quality: Quality,
}

#[derive(Debug)]
struct Keys {
    incoming: Incoming,
    sealer: Sealer,
    control_out: ControlSealer,
    control_in: ControlOpener,
}

impl Speak {
    /// Answers an offer of one sendonly audio section and up to [`MAX_SLOTS`] recvonly ones. The answer's SDP is complete.
    pub fn answer(
        shared: &Shared,
        offer: &str,
        secrets: &Secrets,
        now: Instant,
    ) -> Result<(Speak, String), OfferError> {
        let offer = Offer::read(offer, Door::Speak { slots: MAX_SLOTS })?;
        let main = offer.accepted.iter().find(|accepted| !accepted.we_send);
        let main = main.ok_or(OfferError::NoAudio("none is sendonly or sendrecv"))?;
        let slots = offer.accepted.iter().filter(|accepted| accepted.we_send).enumerate();
        let slot = |(place, accepted): (usize, &crate::sdp::Accepted<'_>)| {
            Slot::new(answer::ssrc(secrets, place), accepted.opus, secrets.first_sequence)
        };
        let session = Speak {
            transport: Transport::new(shared, &offer, secrets, now),
            keys: None,
            slots: slots.map(slot).take(MAX_SLOTS).collect(),
            opus: main.opus,
            level_extension: main.level_extension,
            ssrc: secrets.ssrc.wrapping_add(RECEIVER),
            nacked: ArrayVec::new(),
            report_due: now,
            started: now,
            new_source: None,
            counts: Counts::default(),
            quality: Quality::default(),
        };
        Ok((session, answer::write(&offer, &ours(shared, secrets))))
    }

    /// How many slots the offer asked for.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Takes in one datagram and opens it in place: a packet of the speaker's, or `None` for everything else.
    /// `Err` says why it was dropped, for counting. Poll afterwards in any case.
    pub fn receive<'a>(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &'a mut [u8],
    ) -> Result<Option<Packet<'a>>, Dropped> {
        match self.transport.receive(now, from, datagram) {
            Ok(Some(Media::Rtp)) => {
                let packet = self.receive_media(now, datagram)?;
                self.transport.heard(now);
                Ok(Some(packet))
            }
            Ok(Some(Media::Rtcp)) => self.receive_control(now, datagram).map(|()| None),
            Ok(None) => Ok(None),
            Err(Dropped::UnknownAddress) if crate::demux::peek_ssrc(datagram).is_some() => {
                // Only the peer can have sealed it: its address has changed, and it is asked to prove the new one.
                let packet = self.receive_media(now, datagram)?;
                self.transport.probe(now, from);
                Ok(Some(packet))
            }
            Err(reason) => Err(reason),
        }
    }

    fn receive_media<'a>(&mut self, now: Instant, datagram: &'a mut [u8]) -> Result<Packet<'a>, Dropped> {
        let keys = self.keys.as_mut().ok_or(Dropped::OutOfPlace)?;
        let ssrc = crate::demux::peek_ssrc(datagram);
        let (packet, new_source) = keys.incoming.open(now, datagram)?;
        if new_source {
            self.new_source = ssrc;
        }
        self.counts.received = self.counts.received.wrapping_add(1);
        Ok(packet)
    }

    fn receive_control(&mut self, now: Instant, datagram: &mut [u8]) -> Result<(), Dropped> {
        let keys = self.keys.as_mut().ok_or(Dropped::OutOfPlace)?;
        let len = keys.control_in.open(datagram)?;
        self.transport.confirm(now);
        for packet in rtcp::read(&datagram[..len]) {
            match packet {
                Control::SenderReport(info, _) => keys.incoming.sender_report(now, &info),
                Control::ReceiverReport(_) => {}
                // Chromium says it of a stream whose track is taken away; that is not yet the end of the person.
                Control::Bye => self.transport.doubt(now),
                Control::Nack(nack) => {
                    let slot = self.slots.iter().position(|slot| slot.ssrc() == nack.ssrc);
                    for wanted in nack.iter().filter_map(|sequence| Some((slot?, sequence))) {
                        if !self.nacked.is_full() && !self.nacked.contains(&wanted) {
                            self.nacked.push(wanted);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The next thing to do; `out` must hold [`crate::MAX_DATAGRAM`] bytes.
    pub fn poll(&mut self, now: Instant, out: &mut [u8]) -> Output<Event> {
        if let Some(step) = self.transport.poll(now, out) {
            return self.carry_out(now, step);
        }
        if self.transport.is_over() {
            return Output::Timeout(now + CONSENT);
        }
        if let Some(ssrc) = self.new_source.take() {
            return Output::Event(Event::Ssrc(ssrc));
        }
        match self.poll_nacked(out).or_else(|| self.poll_control(now, out)) {
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
            incoming: Incoming::new(self.opus, self.level_extension, open.clone(), now),
            sealer: Sealer::new(&seal),
            control_out: ControlSealer::new(seal),
            control_in: ControlOpener::new(open),
        });
        self.report_due = now + REPORT;
    }

    fn poll_nacked(&mut self, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let to = self.transport.address()?;
        while let Some((slot, sequence)) = self.nacked.pop() {
            if let Some(len) = self.slots[slot].resend(sequence, out) {
                self.counts.resent = self.counts.resent.wrapping_add(1);
                return Some((to, len));
            }
            self.counts.not_resent = self.counts.not_resent.wrapping_add(1);
        }
        None
    }

    /// Reports when they are due, and requests for what is missing at once.
    fn poll_control(&mut self, now: Instant, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let to = self.transport.address()?;
        let keys = self.keys.as_mut()?;
        let asked = keys.incoming.ask(now);
        let reports = now >= self.report_due;
        if asked.is_none() && !reports {
            return None;
        }
        let room = out.len().checked_sub(MAX_CONTROL_TRAILER)?;
        let mut writer = Writer::new(&mut out[..room]);
        let block = if reports { keys.incoming.report(now) } else { None };
        if let Some(block) = &block {
            self.quality.reported(block);
        }
        writer.receiver_report(self.ssrc, block.as_ref());
        writer.description(self.ssrc, CNAME);
        if reports {
            self.report_due = now + REPORT;
            let ntp = rtcp::ntp(now - self.started);
            for info in self.slots.iter().filter_map(|slot| slot.sender_info(now, ntp)) {
                writer.sender_report(&info);
                writer.description(info.ssrc, CNAME);
            }
        }
        if let Some((media, sequences)) = asked {
            self.counts.asked = self.counts.asked.wrapping_add(sequences.len() as u32);
            writer.nack(self.ssrc, media, &sequences);
        }
        let len = writer.len();
        Some((to, keys.control_out.seal(out, len)?))
    }

    fn timeout(&self) -> Instant {
        let timeout = self.transport.timeout();
        let Some(keys) = &self.keys else { return timeout };
        let timeout = timeout.min(self.report_due);
        keys.incoming.ask_due().map_or(timeout, |due| timeout.min(due))
    }

    /// Seals a packet for a slot into `out`: where to send how many bytes, or `None` if it is not to be sent.
    ///
    /// When a slot is given to another source, the session carries on its own sequence and timestamp so that the receiver
    /// hears one continuous stream; gaps within a source stay gaps, and late packets come late. The source is named as the
    /// packet's CSRC.
    pub fn send_slot(
        &mut self,
        now: Instant,
        slot: usize,
        packet: &SlotPacket<'_>,
        out: &mut [u8],
    ) -> Option<(SocketAddr, usize)> {
        let (keys, to) = (self.keys.as_ref()?, self.transport.address()?);
        let len = self.slots.get_mut(slot)?.send(&keys.sealer, now, packet, out)?;
        self.counts.sent = self.counts.sent.wrapping_add(1);
        Some((to, len))
    }

    /// Restarts ICE (RFC 9725 §4.3); see [`crate::listen::Listen::restart_ice`]. Media and keys continue.
    pub fn restart_ice(
        &mut self,
        shared: &Shared,
        fragment: &str,
        secrets: &Secrets,
    ) -> Result<Option<String>, FragmentError> {
        self.transport.restart_ice(shared, fragment, secrets)
    }

    /// Writes a goodbye (RTCP BYE) for an owner that ends the session; `None` before it is connected.
    pub fn goodbye(&mut self, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let (keys, to) = (self.keys.as_mut()?, self.transport.address()?);
        let room = out.len().checked_sub(MAX_CONTROL_TRAILER)?;
        let mut writer = Writer::new(&mut out[..room]);
        writer.receiver_report(self.ssrc, None);
        writer.description(self.ssrc, CNAME);
        writer.bye(self.ssrc);
        for slot in &self.slots {
            writer.bye(slot.ssrc());
        }
        let len = writer.len();
        Some((to, keys.control_out.seal(out, len)?))
    }

    /// Whether keys are agreed upon.
    pub fn is_connected(&self) -> bool {
        self.keys.is_some()
    }

    /// Where packets go now.
    pub fn address(&self) -> Option<SocketAddr> {
        self.transport.address()
    }

    /// How the person's sound came in, until now.
    pub fn quality(&self) -> Quality {
        Quality { packets: self.counts.received, repaired: self.counts.asked, ..self.quality }
    }

    /// What was received and sent.
    pub fn counts(&self) -> Counts {
        self.counts
    }
}
