//! Reactions, gathered per Space until the next sending.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// How many senders are named; all are counted.
const NAMED: usize = 30;
/// How many different emoji are counted; the API allows fewer.
const KINDS: usize = 32;

#[derive(Default, serde::Serialize)]
struct Gathered {
    from: Vec<(String, String)>,
    sum: BTreeMap<String, u64>,
}

/// What was sent since the last time it was taken.
#[derive(Default)]
pub(super) struct Reactions(Mutex<HashMap<String, Gathered>>);

impl Reactions {
    pub(super) fn add(&self, space: &str, participant: &str, emoji: &str) {
        let mut spaces = self.lock();
        let gathered = spaces.entry(space.to_owned()).or_default();
        if gathered.sum.len() == KINDS && !gathered.sum.contains_key(emoji) {
            return;
        }
        *gathered.sum.entry(emoji.to_owned()).or_default() += 1;
        if gathered.from.len() < NAMED {
            gathered.from.push((participant.to_owned(), emoji.to_owned()));
        }
    }

    /// Each Space's reactions, as JSON.
    pub(super) fn take(&self) -> Vec<(String, String)> {
        let spaces = std::mem::take(&mut *self.lock());
        let json = |gathered: &Gathered| serde_json::to_string(gathered).expect("strings and numbers are JSON");
        spaces.into_iter().map(|(space, gathered)| (space, json(&gathered))).collect()
    }

    pub(super) fn forget(&self, space: &str) {
        self.lock().remove(space);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Gathered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_are_named() {
        let reactions = Reactions::default();
        for at in 0..50 {
            reactions.add("a", &at.to_string(), "👏");
        }
        reactions.add("a", "x", "💜");
        let taken = reactions.take();
        let data: serde_json::Value = serde_json::from_str(&taken[0].1).expect("JSON");
        assert_eq!(data["sum"], serde_json::json!({"👏": 50, "💜": 1}));
        assert_eq!(data["from"].as_array().map(Vec::len), Some(NAMED));
        assert_eq!(data["from"][0], serde_json::json!(["0", "👏"]));
        assert!(reactions.take().is_empty());
    }
}
