//! ICE (controlling), DTLS (client), SRTP and SRTCP.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use is::stun::{StunMessage, TransId};

use super::offer::{self, Answer};
use super::streams::{Incoming, Outgoing};
use super::{AnswerError, Event, Media, Wish};
use crate::demux::{Kind, classify};
use crate::dtls::{Dtls, Step};
use crate::ice::{CONSENT, hmac_sha1};
use crate::rtcp::{self, Packet, Writer};
use crate::srtp::{ControlOpener, ControlSealer, MAX_CONTROL_TRAILER, Master, Role};
use crate::{CloseReason, Dropped, Identity, Output, Secrets};

/// Between checks that were not answered yet: as browsers do.
const EAGER: Duration = Duration::from_millis(100);
/// Between checks of an address that works.
const CALM: Duration = Duration::from_millis(2_500);
/// Between receiver reports.
const REPORT: Duration = Duration::from_secs(5);

/// A WebRTC client.
#[derive(Debug)]
pub struct Client {
    identity: Identity,
    wish: Wish,
    secrets: Secrets,
    server: Option<Server>,
    dtls: Option<Box<Dtls>>,
    /// When DTLS has to be polled next.
    dtls_due: Option<Instant>,
    keys: Option<Keys>,
    report_due: Instant,
    asked: Vec<u16>,
    wanted: Vec<u16>,
    /// A question of the server's that waits for its answer.
    question: Option<TransId>,
    connected_told: bool,
    over: Option<CloseReason>,
    over_told: bool,
}

#[derive(Debug)]
struct Server {
    answer: Answer,
    username: String,
    transaction: TransId,
    check_due: Instant,
    heard: Option<Instant>,
    begun: Instant,
}

#[derive(Debug)]
struct Keys {
    incoming: Incoming,
    outgoing: Option<Outgoing>,
    control_out: ControlSealer,
    control_in: ControlOpener,
}

impl Client {
    /// A client and its offer. `identity` may be shared by thousands of clients.
    pub fn offer(identity: &Identity, wish: Wish, secrets: Secrets, now: Instant) -> (Client, String) {
        let offer = offer::write(wish, &secrets, identity.fingerprint());
        let client = Client {
            identity: identity.clone(),
            wish,
            secrets,
            server: None,
            dtls: None,
            dtls_due: None,
            keys: None,
            report_due: now,
            asked: Vec::new(),
            wanted: Vec::new(),
            question: None,
            connected_told: false,
            over: None,
            over_told: false,
        };
        (client, offer)
    }

    /// Takes the server's answer. Poll afterwards.
    pub fn accept(&mut self, answer: &str, now: Instant) -> Result<(), AnswerError> {
        let answer = Answer::read(answer)?;
        self.server = Some(Server {
            username: format!("{}:{}", answer.ufrag, self.secrets.ufrag),
            answer,
            transaction: TransId::new(),
            check_due: now,
            heard: None,
            begun: now,
        });
        Ok(())
    }

    /// Takes in one datagram and opens it in place. `Ok(None)`: it was not media. Poll afterwards if not media.
    pub fn receive<'a>(&mut self, now: Instant, datagram: &'a mut [u8]) -> Result<Option<Media<'a>>, Dropped> {
        match classify(datagram).ok_or(Dropped::Malformed)? {
            Kind::Rtp => {
                let keys = self.keys.as_mut().ok_or(Dropped::OutOfPlace)?;
                keys.incoming.open(datagram).map(Some)
            }
            Kind::Stun => self.receive_stun(now, datagram).map(|()| None),
            Kind::Dtls => {
                let dtls = self.dtls.as_mut().ok_or(Dropped::OutOfPlace)?;
                self.dtls_due = Some(now);
                if dtls.receive(now, datagram).is_err() {
                    self.over.get_or_insert(CloseReason::Failed);
                }
                Ok(None)
            }
            Kind::Rtcp => self.receive_control(datagram).map(|()| None),
        }
    }

    fn receive_stun(&mut self, now: Instant, datagram: &[u8]) -> Result<(), Dropped> {
        let server = self.server.as_mut().ok_or(Dropped::OutOfPlace)?;
        let message = StunMessage::parse(datagram).map_err(|_| Dropped::Malformed)?;
        if message.is_binding_request() {
            if !message.verify(self.secrets.password.as_bytes(), hmac_sha1) {
                return Err(Dropped::NotAuthentic);
            }
            self.question = Some(message.trans_id());
            return Ok(());
        }
        let ours = message.is_successful_binding_response()
            && message.trans_id() == server.transaction
            && message.verify(server.answer.password.as_bytes(), hmac_sha1);
        if !ours {
            return Err(Dropped::NotAuthentic);
        }
        server.heard = Some(now);
        server.check_due = now + CALM;
        if self.dtls.is_none() && self.keys.is_none() {
            let expected = [server.answer.fingerprint];
            let mut dtls = Dtls::new(&self.identity, Role::Client, &expected, now);
            dtls.tick(now).map_err(|_| Dropped::OutOfPlace)?;
            self.dtls = Some(Box::new(dtls));
            self.dtls_due = Some(now);
        }
        Ok(())
    }

    fn receive_control(&mut self, datagram: &mut [u8]) -> Result<(), Dropped> {
        let keys = self.keys.as_mut().ok_or(Dropped::OutOfPlace)?;
        let len = keys.control_in.open(datagram)?;
        for packet in rtcp::read(&datagram[..len]) {
            match packet {
                Packet::Bye => self.over = Some(CloseReason::Left),
                Packet::Nack(nack) => self.wanted.extend(nack.iter().take(64)),
                _ => {}
            }
        }
        Ok(())
    }

    /// The next thing to do; `out` must hold [`crate::MAX_DATAGRAM`] bytes.
    pub fn poll(&mut self, now: Instant, out: &mut [u8]) -> Output<Event> {
        let silent = self.server.as_ref().map(|server| server.heard.unwrap_or(server.begun) + CONSENT);
        if silent.is_some_and(|end| now >= end) {
            self.over.get_or_insert(CloseReason::Timeout);
        }
        if let Some(reason) = self.over {
            let told = std::mem::replace(&mut self.over_told, true);
            return if told { Output::Timeout(now + CONSENT) } else { Output::Event(Event::Closed(reason)) };
        }
        let len = self
            .poll_check(now, out)
            .or_else(|| self.poll_question(out))
            .or_else(|| self.poll_dtls(now, out))
            .or_else(|| self.poll_wanted(out))
            .or_else(|| self.poll_control(now, out));
        if let (Some(len), Some(server)) = (len, &self.server) {
            return Output::Transmit { to: server.answer.address, len };
        }
        if self.keys.is_some() && !std::mem::replace(&mut self.connected_told, true) {
            return Output::Event(Event::Connected);
        }
        let timers = [
            self.server.as_ref().map(|server| server.check_due),
            self.dtls_due,
            self.keys.as_ref().map(|_| self.report_due),
        ];
        Output::Timeout(timers.into_iter().flatten().fold(now + CALM, Instant::min))
    }

    fn poll_check(&mut self, now: Instant, out: &mut [u8]) -> Option<usize> {
        let server = self.server.as_mut().filter(|server| now >= server.check_due)?;
        server.check_due = now + EAGER;
        server.transaction = TransId::new();
        let message = StunMessage::binding_request(&server.username, server.transaction, true, 1, 0x6E00_1EFF, true);
        message.to_bytes(Some(server.answer.password.as_bytes()), out, hmac_sha1).ok()
    }

    fn poll_question(&mut self, out: &mut [u8]) -> Option<usize> {
        let transaction = self.question.take()?;
        let message = StunMessage::binding_reply(transaction, self.server.as_ref()?.answer.address);
        message.to_bytes(Some(self.secrets.password.as_bytes()), out, hmac_sha1).ok()
    }

    fn poll_dtls(&mut self, now: Instant, out: &mut [u8]) -> Option<usize> {
        self.dtls_due.filter(|due| now >= *due)?;
        loop {
            let dtls = self.dtls.as_mut()?;
            match dtls.poll(out) {
                Step::Packet(len) => return Some(len),
                Step::Keys(seal, open) => self.connect(now, seal, open),
                Step::Timeout(_) if self.keys.is_some() => {
                    // The server's last flight has come: there is nothing left to repeat.
                    self.dtls = None;
                    self.dtls_due = None;
                    return None;
                }
                Step::Timeout(at) if now < at => {
                    self.dtls_due = Some(at);
                    return None;
                }
                Step::Timeout(_) => {
                    if dtls.tick(now).is_err() {
                        self.over = Some(CloseReason::Failed);
                        self.dtls = None;
                    }
                }
                Step::Left => {
                    self.over = Some(CloseReason::Left);
                    return None;
                }
                Step::Failed => {
                    self.over = Some(CloseReason::Failed);
                    return None;
                }
            }
        }
    }

    fn connect(&mut self, now: Instant, seal: Master, open: Master) {
        let ssrcs = self.server.as_ref().map_or(&[][..], |server| &server.answer.ssrcs);
        let speaks = matches!(self.wish, Wish::Speak { .. });
        let outgoing = || Outgoing::new(self.secrets.ssrc, self.secrets.first_sequence, &seal);
        self.keys = Some(Keys {
            incoming: Incoming::new(ssrcs, &open),
            outgoing: speaks.then(outgoing),
            control_out: ControlSealer::new(seal),
            control_in: ControlOpener::new(open),
        });
        self.report_due = now + REPORT;
    }

    /// A packet that the server asked for again.
    fn poll_wanted(&mut self, out: &mut [u8]) -> Option<usize> {
        let outgoing = self.keys.as_ref()?.outgoing.as_ref()?;
        while let Some(sequence) = self.wanted.pop() {
            if let Some(packet) = outgoing.kept(sequence) {
                out.get_mut(..packet.len())?.copy_from_slice(packet);
                return Some(packet.len());
            }
        }
        None
    }

    fn poll_control(&mut self, now: Instant, out: &mut [u8]) -> Option<usize> {
        let keys = self.keys.as_mut()?;
        if now < self.report_due && self.asked.is_empty() {
            return None;
        }
        let room = out.len().checked_sub(MAX_CONTROL_TRAILER)?;
        let mut writer = Writer::new(&mut out[..room]);
        let ssrc = self.secrets.ssrc;
        if now >= self.report_due {
            self.report_due = now + REPORT;
            for block in keys.incoming.report() {
                writer.receiver_report(ssrc, Some(&block));
            }
        }
        if writer.is_empty() {
            writer.receiver_report(ssrc, None);
        }
        writer.description(ssrc, "load");
        if let Some(media) = keys.incoming.ssrc(0).filter(|_| !self.asked.is_empty()) {
            writer.nack(ssrc, media, &std::mem::take(&mut self.asked));
        }
        let len = writer.len();
        keys.control_out.seal(out, len)
    }

    /// Seals a packet of one's own Opus into `out` (speakers only).
    pub fn send(
        &mut self,
        timestamp: u32,
        marker: bool,
        payload: &[u8],
        out: &mut [u8],
    ) -> Option<(SocketAddr, usize)> {
        let outgoing = self.keys.as_mut()?.outgoing.as_mut()?;
        let len = outgoing.send(timestamp, marker, payload, out)?;
        Some((self.server.as_ref()?.answer.address, len))
    }

    /// Writes a goodbye for one's stream (RTCP BYE), as browsers do when a track is taken away.
    pub fn bye(&mut self, out: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let keys = self.keys.as_mut()?;
        let room = out.len().checked_sub(MAX_CONTROL_TRAILER)?;
        let mut writer = Writer::new(&mut out[..room]);
        writer.receiver_report(self.secrets.ssrc, None);
        writer.bye(self.secrets.ssrc);
        let len = writer.len();
        Some((self.server.as_ref()?.answer.address, keys.control_out.seal(out, len)?))
    }

    /// Asks for packets of the first stream again, with the next poll.
    pub fn nack(&mut self, sequences: &[u16]) {
        self.asked.extend_from_slice(sequences);
    }

    /// A fragment that restarts ICE, to be sent by PATCH. Of `secrets` only the ICE credentials are used.
    pub fn restart_ice(&mut self, secrets: &Secrets) -> String {
        self.secrets.ufrag.clone_from(&secrets.ufrag);
        self.secrets.password.clone_from(&secrets.password);
        offer::fragment(&self.secrets)
    }

    /// Takes the server's fragment after [`Client::restart_ice`].
    pub fn accept_fragment(&mut self, fragment: &str, now: Instant) -> Result<(), AnswerError> {
        let (ufrag, password) = offer::read_fragment(fragment)?;
        let server = self.server.as_mut().ok_or(AnswerError("there was no answer before"))?;
        server.username = format!("{ufrag}:{}", self.secrets.ufrag);
        server.answer.ufrag = ufrag;
        server.answer.password = password;
        server.check_due = now;
        Ok(())
    }

    /// Whether keys are agreed upon.
    pub fn is_connected(&self) -> bool {
        self.keys.is_some()
    }
}
