//! Writes answers.

use std::fmt::{self, Write};
use std::net::SocketAddr;

use super::offer::{Accepted, Offer};
use super::parse::Section;
use crate::{Fingerprint, Secrets};

/// What an answer says besides what the offer made necessary.
#[derive(Debug, Clone, Copy)]
pub struct Ours<'a> {
    /// Our ICE credentials and SSRCs.
    pub secrets: &'a Secrets,
    /// Our certificate.
    pub fingerprint: Fingerprint,
    /// Where we are reached.
    pub candidates: &'a [SocketAddr],
}

/// Our name in RTCP, the same for all streams: they share one clock.
pub const CNAME: &str = "cooee";

/// The answer's text. Of the sections in which we send, the nth has SSRC `secrets.ssrc + n`.
pub fn write(offer: &Offer<'_>, ours: &Ours<'_>) -> String {
    let mut out = String::with_capacity(1_500);
    Answer { offer, ours }.write(&mut out).expect("a String takes everything");
    out
}

/// The SSRC in which we send in the nth of our streams.
pub fn ssrc(secrets: &Secrets, stream: usize) -> u32 {
    secrets.ssrc.wrapping_add(stream as u32)
}

struct Answer<'a> {
    offer: &'a Offer<'a>,
    ours: &'a Ours<'a>,
}

impl Answer<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        let (host, family) = origin(self.ours.candidates);
        write!(out, "v=0\r\no=- {} 1 IN {family} {host}\r\n", self.ours.secrets.ssrc)?;
        write!(out, "s=-\r\nt=0 0\r\n")?;
        if let Some(mids) = self.bundled() {
            write!(out, "a=group:BUNDLE {}\r\n", mids.join(" "))?;
        }
        write!(out, "a=msid-semantic: WMS *\r\na=ice-lite\r\n")?;
        let mut stream = 0;
        for (place, section) in self.offer.description.sections.iter().enumerate() {
            match self.offer.accepted.iter().find(|accepted| accepted.place == place) {
                Some(accepted) => {
                    self.accepted(out, section, accepted, stream)?;
                    stream += usize::from(accepted.we_send);
                    // Browsers look for them in the first accepted section, aiortc in the last.
                    candidates(out, self.ours.candidates)?;
                }
                None => rejected(out, section)?,
            }
        }
        Ok(())
    }

    /// The accepted sections' names, if the offer wanted a bundle with all of them.
    fn bundled(&self) -> Option<Vec<&str>> {
        let wanted = self.offer.description.bundle()?;
        let mids: Option<Vec<_>> = self.offer.accepted.iter().map(|accepted| accepted.mid).collect();
        mids.filter(|mids| mids.iter().all(|mid| wanted.contains(mid)))
    }

    fn accepted(&self, out: &mut String, section: &Section<'_>, accepted: &Accepted<'_>, stream: usize) -> fmt::Result {
        let Accepted { opus, red, .. } = *accepted;
        write!(out, "m=audio 9 {} {opus}", section.protocol)?;
        if let Some(red) = red {
            write!(out, " {red}")?;
        }
        write!(out, "\r\nc=IN IP4 0.0.0.0\r\n")?;
        if let Some(mid) = accepted.mid {
            write!(out, "a=mid:{mid}\r\n")?;
        }
        write!(out, "a={}\r\n", if accepted.we_send { "sendonly" } else { "recvonly" })?;
        self.transport(out)?;
        write!(out, "a=rtcp-mux\r\na=rtpmap:{opus} opus/48000/2\r\n")?;
        write!(out, "a=fmtp:{opus} minptime=10;useinbandfec=1\r\na=rtcp-fb:{opus} nack\r\n")?;
        if let Some(red) = red {
            write!(out, "a=rtpmap:{red} red/48000/2\r\na=fmtp:{red} {opus}/{opus}\r\n")?;
        }
        if let Some(id) = accepted.level_extension.filter(|_| !accepted.we_send) {
            write!(out, "a=extmap:{id} urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n")?;
        }
        if accepted.we_send {
            let ssrc = ssrc(self.ours.secrets, stream);
            write!(out, "a=msid:cooee{stream} audio{stream}\r\na=ssrc:{ssrc} cname:{CNAME}\r\n")?;
        }
        Ok(())
    }

    fn transport(&self, out: &mut String) -> fmt::Result {
        let Ours { secrets, fingerprint, .. } = self.ours;
        let setup = if self.offer.we_start_dtls { "active" } else { "passive" };
        write!(out, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", secrets.ufrag, secrets.password)?;
        write!(out, "a=fingerprint:sha-256 {fingerprint}\r\na=setup:{setup}\r\n")
    }
}

fn rejected(out: &mut String, section: &Section<'_>) -> fmt::Result {
    let Section { media, protocol, formats, .. } = section;
    write!(out, "m={media} 0 {protocol} {formats}\r\nc=IN IP4 0.0.0.0\r\n")?;
    if let Some(mid) = section.attribute("mid") {
        write!(out, "a=mid:{mid}\r\n")?;
    }
    write!(out, "a=inactive\r\n")
}

/// Host candidates, the first preferred (RFC 8445 §5.1.2: type preference 126, component 1), and the end of them.
pub(super) fn candidates(out: &mut String, candidates: &[SocketAddr]) -> fmt::Result {
    for (place, address) in candidates.iter().enumerate() {
        let priority = (126u32 << 24) | ((65_535 - place as u32) << 8) | 255;
        let (ip, port) = (address.ip(), address.port());
        write!(out, "a=candidate:{} 1 udp {priority} {ip} {port} typ host\r\n", place + 1)?;
    }
    write!(out, "a=end-of-candidates\r\n")
}

fn origin(candidates: &[SocketAddr]) -> (String, &'static str) {
    match candidates.first() {
        Some(address) if address.is_ipv6() => (address.ip().to_string(), "IP6"),
        Some(address) => (address.ip().to_string(), "IP4"),
        None => ("0.0.0.0".to_owned(), "IP4"),
    }
}
