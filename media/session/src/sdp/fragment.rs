//! ICE fragments: the bodies of PATCH (RFC 8840 §9, RFC 9725 §4.3).

use std::fmt::Write;

use super::answer::{Ours, candidates};
use super::error::FragmentError;

/// What a fragment says of the peer's ICE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// Its username fragment.
    pub ufrag: &'a str,
    /// Its password.
    pub password: &'a str,
    mid: Option<&'a str>,
    section: Option<&'a str>,
}

impl<'a> Fragment<'a> {
    /// Reads a fragment. Candidates in it are left unread: an ICE-lite side needs none.
    pub fn read(text: &'a str) -> Result<Fragment<'a>, FragmentError> {
        let lines = || text.lines().map(str::trim_end);
        let attribute =
            |name: &str| lines().find_map(|line| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':'));
        let credential = |name| {
            let fits = |text: &&str| (4..=256).contains(&text.len()) && is_graphic(text);
            attribute(name).filter(fits)
        };
        Ok(Fragment {
            ufrag: credential("ice-ufrag").ok_or(FragmentError("no a=ice-ufrag"))?,
            password: credential("ice-pwd").ok_or(FragmentError("no a=ice-pwd"))?,
            mid: attribute("mid").filter(|mid| is_graphic(mid) && mid.len() <= 64),
            section: lines().find_map(|line| line.strip_prefix("m=")).filter(|m| m.len() <= 200),
        })
    }

    /// Our fragment in answer to the peer's.
    pub fn answer(&self, ours: &Ours<'_>) -> String {
        let secrets = ours.secrets;
        let mut out = String::with_capacity(300);
        let section = self.section.unwrap_or("audio 9 UDP/TLS/RTP/SAVPF 0");
        let written = write!(
            out,
            "a=ice-lite\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\nm={section}\r\n",
            secrets.ufrag, secrets.password,
        )
        .and_then(|()| match self.mid {
            Some(mid) => write!(out, "a=mid:{mid}\r\n"),
            None => Ok(()),
        })
        .and_then(|()| candidates(&mut out, ours.candidates));
        written.expect("a String takes everything");
        out
    }
}

fn is_graphic(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fingerprint, Secrets};

    #[test]
    fn a_fragment_is_answered_with_ours_in_the_same_section() {
        let theirs = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=end-of-candidates\r\n";
        let fragment = Fragment::read(theirs).unwrap();
        assert_eq!((fragment.ufrag, fragment.password), ("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1"));
        let secrets = Secrets { ufrag: "Aour".into(), password: "secret".into(), ssrc: 1, first_sequence: 0 };
        let ours = Ours {
            secrets: &secrets,
            fingerprint: Fingerprint([0; 32]),
            candidates: &["192.0.2.1:8001".parse().unwrap()],
        };
        assert_eq!(
            fragment.answer(&ours),
            "a=ice-lite\r\na=ice-ufrag:Aour\r\na=ice-pwd:secret\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n\
             a=candidate:1 1 udp 2130706431 192.0.2.1 8001 typ host\r\na=end-of-candidates\r\n"
        );
    }

    #[test]
    fn a_fragment_without_credentials_is_refused() {
        for text in ["", "a=ice-ufrag:abcd\r\n", "a=ice-pwd:abcdefgh\r\n", "a=ice-ufrag:ab\na=ice-pwd:cdef\n"] {
            assert!(Fragment::read(text).is_err(), "{text:?}");
        }
    }
}
