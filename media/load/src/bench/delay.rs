//! Marks that were made and marks that were heard.

use std::time::Duration;

use crate::net::Stamp;

/// What comes later belongs to another mark, or to none.
const LONGEST: Duration = Duration::from_millis(450);

/// For each mark that was heard: how long after it was made. `made` is in any order.
pub(super) fn delays(made: &[Stamp], heard: impl Iterator<Item = Stamp>) -> Vec<Duration> {
    let mut made = made.to_vec();
    made.sort_unstable();
    let delay = |heard: Stamp| {
        let before = made.partition_point(|made| *made <= heard);
        Some(heard.since(*made.get(before.checked_sub(1)?)?)).filter(|delay| *delay < LONGEST)
    };
    heard.filter_map(delay).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_belongs_to_the_latest_mark_before_it() {
        let at = |ms: u64| Stamp(ms * 1_000_000);
        let heard = [50, 1040, 1060, 3000].map(at);
        let delays = delays(&[at(1000), at(0), at(2000)], heard.into_iter());
        assert_eq!(delays, [50, 40, 60].map(Duration::from_millis));
    }
}
