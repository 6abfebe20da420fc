//! SDP as lines (RFC 8866): no meaning yet, but attributes at session level are found from every section.

use super::OfferError;

/// More sections than any client offers.
const MAX_SECTIONS: usize = 64;

/// A session description, borrowed from its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description<'a> {
    session: Vec<Attribute<'a>>,
    /// The media sections in their order.
    pub sections: Vec<Section<'a>>,
}

/// One `m=` line and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<'a> {
    /// `audio`, `video`, `application`, ….
    pub media: &'a str,
    /// The port; 0 rejects the section, unless it is bundle-only.
    pub port: u16,
    /// The transport, e.g. `UDP/TLS/RTP/SAVPF`.
    pub protocol: &'a str,
    /// What follows on the line, as it is: payload types or a data channel's format.
    pub formats: &'a str,
    attributes: Vec<Attribute<'a>>,
}

type Attribute<'a> = (&'a str, &'a str);

/// Which way a section's media goes, seen from whoever wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// Only from the writer.
    SendOnly,
    /// Only to the writer.
    RecvOnly,
    /// Neither way.
    Inactive,
}

/// Reads a description.
pub fn parse(text: &str) -> Result<Description<'_>, OfferError> {
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    if lines.next() != Some("v=0") {
        return Err(OfferError::Malformed("it does not begin with v=0"));
    }
    let mut description = Description { session: Vec::new(), sections: Vec::new() };
    for line in lines {
        let (kind, value) = line.split_once('=').ok_or(OfferError::Malformed("a line has no equals sign"))?;
        match kind {
            "m" if description.sections.len() == MAX_SECTIONS => {
                return Err(OfferError::Malformed("it has more than 64 sections"));
            }
            "m" => description.sections.push(section(value)?),
            "a" => {
                let attributes = match description.sections.last_mut() {
                    Some(section) => &mut section.attributes,
                    None => &mut description.session,
                };
                attributes.push(value.split_once(':').unwrap_or((value, "")));
            }
            _ if kind.len() == 1 => {}
            _ => return Err(OfferError::Malformed("a line does not begin with one letter")),
        }
    }
    Ok(description)
}

fn section(line: &str) -> Result<Section<'_>, OfferError> {
    let malformed = OfferError::Malformed("an m= line cannot be read");
    let mut words = line.splitn(4, ' ');
    let (Some(media), Some(port), Some(protocol)) = (words.next(), words.next(), words.next()) else {
        return Err(malformed);
    };
    let port = port.split_once('/').map_or(port, |(port, _)| port);
    Ok(Section {
        media,
        port: port.parse().map_err(|_| malformed)?,
        protocol,
        formats: words.next().unwrap_or(""),
        attributes: Vec::new(),
    })
}

impl<'a> Description<'a> {
    /// A section's attribute, else the session's of the same name.
    pub fn inherited(&self, section: &Section<'a>, name: &str) -> Option<&'a str> {
        section.attribute(name).or_else(|| first(&self.session, name))
    }

    /// An attribute of the transport: in a bundle all sections share the one that any of them gives (RFC 9143 §7.1.3).
    pub fn shared(&self, section: &Section<'a>, name: &str) -> Option<&'a str> {
        let others = || self.sections.iter().find_map(|other| other.attribute(name));
        self.inherited(section, name).or_else(|| others().filter(|_| self.bundle().is_some()))
    }

    /// All values of a section's attribute, then the session's.
    pub fn all_inherited<'s>(&'s self, section: &'s Section<'a>, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        section.all(name).chain(all(&self.session, name))
    }

    /// Which way a section's media goes; both ways if nothing says so.
    pub fn direction(&self, section: &Section<'a>) -> Direction {
        let of = |attributes: &[Attribute<'a>]| {
            attributes.iter().find_map(|(name, _)| match *name {
                "sendrecv" => Some(Direction::SendRecv),
                "sendonly" => Some(Direction::SendOnly),
                "recvonly" => Some(Direction::RecvOnly),
                "inactive" => Some(Direction::Inactive),
                _ => None,
            })
        };
        of(&section.attributes).or_else(|| of(&self.session)).unwrap_or(Direction::SendRecv)
    }

    /// The names of the sections that the offer wants to share one transport; `None` if it wants no bundle.
    pub fn bundle(&self) -> Option<Vec<&'a str>> {
        all(&self.session, "group").find_map(|group| {
            let mut words = group.split_ascii_whitespace();
            (words.next() == Some("BUNDLE")).then(|| words.collect())
        })
    }
}

impl<'a> Section<'a> {
    /// The first attribute of this name; the empty string if it has no value.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        first(&self.attributes, name)
    }

    /// All values of an attribute.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        all(&self.attributes, name)
    }

    /// Whether the writer wants the section at all.
    pub fn is_wanted(&self) -> bool {
        self.port != 0 || self.attribute("bundle-only").is_some()
    }

    /// The codecs of the section in the writer's order of preference.
    pub fn codecs(&self) -> impl Iterator<Item = Codec<'a>> + '_ {
        let types = self.formats.split_ascii_whitespace().filter_map(|word| word.parse().ok());
        types.filter(|pt: &u8| *pt < 128).filter_map(|payload_type| self.codec(payload_type))
    }

    fn codec(&self, payload_type: u8) -> Option<Codec<'a>> {
        let numbered = |line: &'a str| -> Option<&'a str> {
            let (number, rest) = line.split_once(' ')?;
            (number.parse() == Ok(payload_type)).then_some(rest.trim())
        };
        let encoding = self.all("rtpmap").find_map(numbered)?;
        let parameters = self.all("fmtp").find_map(numbered).unwrap_or("");
        let mut parts = encoding.split('/');
        Some(Codec {
            payload_type,
            name: parts.next()?,
            clock: parts.next()?.parse().ok()?,
            channels: parts.next().map_or(Some(1), |channels| channels.parse().ok())?,
            parameters,
        })
    }
}

/// One `a=rtpmap` with its `a=fmtp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Codec<'a> {
    /// Below 128.
    pub payload_type: u8,
    /// In any case of letters.
    pub name: &'a str,
    /// Hertz.
    pub clock: u32,
    /// 1 if the offer does not say.
    pub channels: u8,
    /// The value of `a=fmtp`, empty if there is none.
    pub parameters: &'a str,
}

impl Codec<'_> {
    /// Whether it is this codec at 48 kHz with two channels, as Opus and its RED always are (RFC 7587 §7).
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) && self.clock == 48_000 && self.channels == 2
    }
}

fn first<'a>(attributes: &[Attribute<'a>], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
}

fn all<'s, 'a>(attributes: &'s [Attribute<'a>], name: &'s str) -> impl Iterator<Item = &'a str> + 's {
    attributes.iter().filter(move |(key, _)| *key == name).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_sdp_is_malformed_and_says_why() {
        for (text, why) in [
            ("", "v=0"),
            ("hello", "v=0"),
            ("v=0\r\nnonsense\r\n", "equals"),
            ("v=0\r\nwords=1\r\n", "one letter"),
            ("v=0\r\nm=audio\r\n", "m= line"),
            ("v=0\r\nm=audio x RTP/AVP 0\r\n", "m= line"),
            ("v=0\r\nm=audio 70000 RTP/AVP 0\r\n", "m= line"),
        ] {
            let Err(OfferError::Malformed(reason)) = parse(text) else { panic!("{text:?}") };
            assert!(reason.contains(why), "{text:?}: {reason}");
        }
        let many = format!("v=0\r\n{}", "m=audio 9 RTP/AVP 0\r\n".repeat(65));
        assert!(parse(&many).is_err());
    }

    #[test]
    fn attributes_at_session_level_count_in_every_section() {
        let text = "v=0\na=setup:active\na=recvonly\nm=audio 9 X 0\nm=video 0 X 1\na=setup:passive\na=sendonly\n";
        let description = parse(text).unwrap();
        let [audio, video] = &description.sections[..] else { panic!() };
        assert_eq!(description.inherited(audio, "setup"), Some("active"));
        assert_eq!(description.inherited(video, "setup"), Some("passive"));
        assert_eq!(description.direction(audio), Direction::RecvOnly);
        assert_eq!(description.direction(video), Direction::SendOnly);
        assert!(audio.is_wanted() && !video.is_wanted());
    }

    #[test]
    fn codecs_come_in_the_order_of_the_line() {
        let text = "v=0\nm=audio 9 X 63 111 0 200\na=rtpmap:111 OPUS/48000/2\na=fmtp:111 useinbandfec=1\n\
                    a=rtpmap:63 red/48000/2\na=fmtp:63 111/111\na=rtpmap:9 G722/8000\n";
        let description = parse(text).unwrap();
        let codecs: Vec<_> = description.sections[0].codecs().collect();
        assert_eq!(codecs.len(), 2);
        assert!(codecs[0].is("red") && codecs[0].parameters == "111/111");
        assert!(codecs[1].is("opus") && codecs[1].payload_type == 111);
    }
}
