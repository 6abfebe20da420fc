//! What a client asks for in the feed's address.

use std::collections::HashMap;

use serde::Deserialize;

/// Channels that nobody gets unasked.
const OPT_IN: [&str; 3] = ["levels", "reactions", "captions"];

/// No grant names more audiences.
const AUDIENCES: usize = 8;

/// The query of a feed's address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    pub(super) grant: String,
    #[serde(default)]
    channels: String,
    #[serde(default)]
    after: String,
}

impl Query {
    pub(super) fn channels(&self) -> Channels {
        let named = |name: &&str| self.channels.split(',').any(|wish| wish.trim() == *name);
        let bits = OPT_IN.iter().enumerate().filter(|(_, name)| named(name));
        Channels(bits.fold(0, |bits, (at, _)| bits | (1 << at)))
    }

    /// `audience:version` pairs; the audience's name may hold colons. What cannot be read, or is
    /// more than anybody needs, is left out.
    pub(super) fn after(&self) -> After {
        let pairs = self.after.split(',').take(AUDIENCES).filter_map(|pair| pair.rsplit_once(':'));
        pairs.filter_map(|(name, version)| Some((name.to_owned(), version.parse().ok()?))).collect()
    }
}

/// The last version seen of each audience.
pub(super) type After = HashMap<String, u64>;

/// The opt-in channels that a reader chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Channels(u8);

impl Channels {
    /// Whether the reader gets `channel`.
    pub(super) fn want(self, channel: &str) -> bool {
        OPT_IN.iter().position(|name| *name == channel).is_none_or(|at| self.0 & (1 << at) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(channels: &str, after: &str) -> Query {
        Query { grant: String::new(), channels: channels.into(), after: after.into() }
    }

    #[test]
    fn opt_in_channels_come_only_when_asked_for() {
        let channels = query("levels, nonsense", "").channels();
        let wanted: Vec<_> = ["levels", "reactions", "captions", "presence"].map(|name| channels.want(name)).into();
        assert_eq!(wanted, [true, false, false, true]);
    }

    #[test]
    fn after_names_audiences_with_colons_and_skips_nonsense() {
        let after = query("", "everyone:12,person:g7:3,,x,y:z,hosts:-1").after();
        let expected = HashMap::from([("everyone".to_owned(), 12), ("person:g7".to_owned(), 3)]);
        assert_eq!(after, expected);
        let endless: Vec<String> = (0..1000).map(|number| format!("a{number}:1")).collect();
        assert_eq!(query("", &endless.join(",")).after().len(), AUDIENCES);
    }
}
