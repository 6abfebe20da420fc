//! What a client offers, and what it reads from an answer.

use std::fmt::Write;
use std::net::SocketAddr;

use super::{AnswerError, Wish};
use crate::sdp::fragment::Fragment;
use crate::sdp::parse::{Description, Section, parse};
use crate::{Fingerprint, Secrets};

pub(super) const OPUS: u8 = 111;
pub(super) const RED: u8 = 63;

/// An offer as browsers write it: everything that belongs to the transport is in each section.
pub(super) fn write(wish: Wish, secrets: &Secrets, fingerprint: Fingerprint) -> String {
    let (own, directions) = match wish {
        Wish::Listen { .. } => (0, vec!["recvonly"]),
        Wish::Speak { slots } => (1, [vec!["sendonly"], vec!["recvonly"; slots]].concat()),
    };
    let mids: Vec<String> = (0..directions.len()).map(|mid| mid.to_string()).collect();
    let mut out = String::new();
    let written =
        write!(out, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n", mids.join(" "))
            .and_then(|()| {
                for (mid, direction) in directions.iter().enumerate() {
                    let red = wish == (Wish::Listen { red: true });
                    section(&mut out, mid, direction, red, secrets, fingerprint)?;
                    if mid < own {
                        write!(out, "a=ssrc:{} cname:load\r\n", secrets.ssrc)?;
                    }
                }
                Ok(())
            });
    written.expect("a String takes everything");
    out
}

fn section(
    out: &mut String,
    mid: usize,
    direction: &str,
    red: bool,
    secrets: &Secrets,
    fingerprint: Fingerprint,
) -> std::fmt::Result {
    let Secrets { ufrag, password, .. } = secrets;
    let formats = if red { format!("{OPUS} {RED}") } else { OPUS.to_string() };
    write!(out, "m=audio 9 UDP/TLS/RTP/SAVPF {formats}\r\nc=IN IP4 0.0.0.0\r\n")?;
    write!(out, "a=mid:{mid}\r\na={direction}\r\na=rtcp-mux\r\na=setup:actpass\r\n")?;
    write!(out, "a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\n")?;
    write!(out, "a=fingerprint:sha-256 {fingerprint}\r\n")?;
    write!(out, "a=rtpmap:{OPUS} opus/48000/2\r\na=rtcp-fb:{OPUS} nack\r\n")?;
    if red {
        write!(out, "a=rtpmap:{RED} red/48000/2\r\na=fmtp:{RED} {OPUS}/{OPUS}\r\n")?;
    }
    Ok(())
}

/// A fragment that restarts ICE.
pub(super) fn fragment(secrets: &Secrets) -> String {
    let Secrets { ufrag, password, .. } = secrets;
    format!("a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\nm=audio 9 UDP/TLS/RTP/SAVPF {OPUS}\r\na=mid:0\r\n")
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) ufrag: String,
    pub(super) password: String,
    pub(super) fingerprint: Fingerprint,
    pub(super) address: SocketAddr,
    /// The streams that the server sends, in the order of their sections.
    pub(super) ssrcs: Vec<u32>,
}

impl Answer {
    pub(super) fn read(text: &str) -> Result<Answer, AnswerError> {
        let description = parse(text).map_err(|_| AnswerError("it is not SDP"))?;
        let sections = || description.sections.iter().filter(|section| section.is_wanted());
        let first = sections().next().ok_or(AnswerError("every section is rejected"))?;
        let text = |name| description.inherited(first, name);
        if text("setup") != Some("passive") {
            return Err(AnswerError("the server does not take DTLS's passive part"));
        }
        let (Some(ufrag), Some(password)) = (text("ice-ufrag"), text("ice-pwd")) else {
            return Err(AnswerError("no ICE credentials"));
        };
        let ssrc = |section: &Section<'_>| section.attribute("ssrc")?.split(' ').next()?.parse().ok();
        Ok(Answer {
            ufrag: ufrag.to_owned(),
            password: password.to_owned(),
            fingerprint: fingerprint(&description, first).ok_or(AnswerError("no fingerprint"))?,
            address: first.all("candidate").find_map(host).ok_or(AnswerError("no candidate"))?,
            ssrcs: sections().filter_map(ssrc).collect(),
        })
    }
}

/// The server's new credentials out of its fragment.
pub(super) fn read_fragment(text: &str) -> Result<(String, String), AnswerError> {
    let fragment = Fragment::read(text).map_err(|_| AnswerError("it is not a fragment"))?;
    Ok((fragment.ufrag.to_owned(), fragment.password.to_owned()))
}

fn fingerprint(description: &Description<'_>, section: &Section<'_>) -> Option<Fingerprint> {
    let value = description.inherited(section, "fingerprint")?.strip_prefix("sha-256 ")?;
    Fingerprint::parse(value)
}

/// `1 1 udp 2130706431 192.0.2.1 8001 typ host`
fn host(candidate: &str) -> Option<SocketAddr> {
    let mut words = candidate.split(' ').skip(4);
    let ip = words.next()?.parse().ok()?;
    Some(SocketAddr::new(ip, words.next()?.parse().ok()?))
}
