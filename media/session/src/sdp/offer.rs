//! What a door accepts of an offer.

use super::OfferError;
use super::parse::{Codec, Description, Direction, Section, parse};
use crate::Fingerprint;

/// Which way the sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// We send: WHEP.
    Listen,
    /// The peer sends, and may hear up to so many others in slots: WHIP.
    Speak {
        /// The most slots that are accepted.
        slots: usize,
    },
}

/// An offer that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer<'a> {
    pub(super) description: Description<'a>,
    /// The sections that are accepted, in their order.
    pub accepted: Vec<Accepted<'a>>,
    /// The peer's ICE credentials.
    pub ufrag: &'a str,
    /// The peer's ICE password.
    pub password: &'a str,
    /// The certificates that the peer may show: one of these.
    pub fingerprints: Vec<Fingerprint>,
    /// Whether we have to start DTLS, because the peer is passive.
    pub we_start_dtls: bool,
}

/// An audio section that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted<'a> {
    /// Its place among the sections.
    pub place: usize,
    /// Its name, if it has one.
    pub mid: Option<&'a str>,
    /// Whether we send in it (else the peer does).
    pub we_send: bool,
    /// Payload type of Opus.
    pub opus: u8,
    /// Payload type of RED over that Opus, if offered.
    pub red: Option<u8>,
    /// Number of the header extension that carries audio levels (RFC 6464), if offered.
    pub level_extension: Option<u8>,
}

impl<'a> Offer<'a> {
    /// Reads an offer and chooses what this door accepts.
    pub fn read(text: &'a str, door: Door) -> Result<Offer<'a>, OfferError> {
        let description = parse(text)?;
        let accepted = choose(&description, door)?;
        let first = &description.sections[accepted[0].place];
        let credential = |name| description.shared(first, name).filter(|text| is_ice_text(text));
        let ufrag = credential("ice-ufrag").ok_or(OfferError::Malformed("no a=ice-ufrag"))?;
        let password = credential("ice-pwd").ok_or(OfferError::Malformed("no a=ice-pwd"))?;
        let shared = description.shared(first, "fingerprint").into_iter();
        let fingerprints = description.all_inherited(first, "fingerprint").chain(shared).filter_map(sha_256);
        let fingerprints: Vec<_> = fingerprints.collect();
        if fingerprints.is_empty() {
            return Err(OfferError::NoFingerprint);
        }
        let we_start_dtls = match (description.shared(first, "setup"), door) {
            (Some("passive"), Door::Listen) => return Err(OfferError::Passive),
            (Some("passive"), Door::Speak { .. }) => true,
            (Some("active" | "actpass") | None, _) => false,
            _ => return Err(OfferError::Malformed("a=setup cannot be read")),
        };
        Ok(Offer { description, accepted, ufrag, password, fingerprints, we_start_dtls })
    }
}

/// The first section that goes the door's way, and the slots that follow. Never empty.
fn choose<'a>(description: &Description<'a>, door: Door) -> Result<Vec<Accepted<'a>>, OfferError> {
    let we_send = door == Door::Listen;
    let main = description.sections.iter().position(|section| goes(description, section, we_send, true)).ok_or(
        OfferError::NoAudio(if we_send { "none is recvonly or sendrecv" } else { "none is sendonly or sendrecv" }),
    )?;
    let section = &description.sections[main];
    if description.inherited(section, "rtcp-mux").is_none() {
        return Err(OfferError::NoRtcpMux);
    }
    let main_section = accept(section, main, we_send).ok_or(OfferError::NoOpus)?;
    let mut accepted = vec![main_section];
    if let Door::Speak { slots } = door {
        accepted.extend(slot_sections(description, main).take(slots));
        accepted.sort_by_key(|section| section.place);
        // Only the mix is sent as RED; on stage, loss is repaired by NACK.
        for section in &mut accepted {
            section.red = None;
        }
    }
    Ok(accepted)
}

/// Sections in which the peer only listens, on the same transport as the main one.
fn slot_sections<'s, 'a>(description: &'s Description<'a>, main: usize) -> impl Iterator<Item = Accepted<'a>> + 's {
    let bundle = description.bundle().unwrap_or_default();
    let bundled = move |section: &Section<'a>| section.attribute("mid").is_some_and(|mid| bundle.contains(&mid));
    let main_is_bundled = bundled(&description.sections[main]);
    description
        .sections
        .iter()
        .enumerate()
        .filter(move |(place, section)| {
            main_is_bundled && *place != main && bundled(section) && goes(description, section, true, false)
        })
        .filter_map(|(place, section)| accept(section, place, true))
}

/// Whether it is audio in which we send or the peer does. `or_both`: going both ways is as good.
fn goes(description: &Description<'_>, section: &Section<'_>, we_send: bool, or_both: bool) -> bool {
    let direction = description.direction(section);
    let one_way = if we_send { Direction::RecvOnly } else { Direction::SendOnly };
    section.media == "audio"
        && section.is_wanted()
        && (direction == one_way || (or_both && direction == Direction::SendRecv))
}

fn accept<'a>(section: &Section<'a>, place: usize, we_send: bool) -> Option<Accepted<'a>> {
    let opus = section.codecs().find(|codec| codec.is("opus"))?.payload_type;
    let red = section.codecs().find(|codec| codec.is("red") && is_red_of(codec, opus));
    Some(Accepted {
        place,
        mid: section.attribute("mid").filter(|mid| is_token(mid)),
        we_send,
        opus,
        red: red.map(|codec| codec.payload_type),
        level_extension: section.all("extmap").find_map(level_extension),
    })
}

/// Whether RED's parameters (`111/111`) name this Opus; without parameters it may be anything.
fn is_red_of(codec: &Codec<'_>, opus: u8) -> bool {
    codec.parameters.split('/').all(|part| part.is_empty() || part.parse() == Ok(opus))
}

/// `1 urn:…:ssrc-audio-level`, or `1/sendonly urn:…`; only ids of one-byte headers.
fn level_extension(line: &str) -> Option<u8> {
    let (id, uri) = line.split_once(' ')?;
    let id = id.split('/').next()?.parse().ok().filter(|id| (1..=14).contains(id))?;
    let uri = uri.split(' ').next()?;
    (uri == "urn:ietf:params:rtp-hdrext:ssrc-audio-level").then_some(id)
}

fn sha_256(line: &str) -> Option<Fingerprint> {
    let (algorithm, value) = line.split_once(' ')?;
    if !algorithm.eq_ignore_ascii_case("sha-256") {
        return None;
    }
    Fingerprint::parse(value.trim())
}

fn is_ice_text(text: &str) -> bool {
    // libwebrtc, pion and others write characters beyond RFC 8839's; only what could break a line or a name is refused.
    (4..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
}

fn is_token(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
