//! Who is on stage and whose packets may pass.

use crate::{Csrc, Participant};

/// One person on stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The person.
    pub participant: Participant,
    /// Their name on the wire.
    pub csrc: Csrc,
    /// Whether their packets may pass: the microphone is open and nobody has muted them.
    pub may_pass: bool,
}

/// What a new table changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A person came on stage, with or without permission.
    Seated(Seat),
    /// A person left the stage; their speak sessions are to be closed.
    Unseated(Participant, Csrc),
    /// Packets may pass from now on.
    Opened(Csrc),
    /// Packets no longer pass.
    Closed(Csrc),
}

/// The stage of one Space, level-triggered: each table replaces the whole, and an older one is ignored.
#[derive(Clone, Debug, Default)]
pub struct StageTable {
    version: Option<u64>,
    seats: Vec<Seat>,
}

impl StageTable {
    /// An empty stage, older than every version.
    pub fn new() -> Self {
        Self::default()
    }

    /// The version in force, if there is one.
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// Everybody on stage, in the table's order.
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// Takes `seats` as the stage of `version` and says what that changes: departures first, then arrivals and permissions.
    ///
    /// A version below the one in force changes nothing. A person or a csrc that is named twice counts once, the first time.
    pub fn set(&mut self, version: u64, seats: impl IntoIterator<Item = Seat>) -> Vec<Change> {
        if self.version.is_some_and(|current| version < current) {
            return Vec::new();
        }
        let mut next: Vec<Seat> = Vec::new();
        for seat in seats {
            if !next.iter().any(|other| other.csrc == seat.csrc || other.participant == seat.participant) {
                next.push(seat);
            }
        }
        let before = std::mem::replace(&mut self.seats, next);
        self.version = Some(version);
        differences(&before, &self.seats)
    }

    /// Whether packets of `csrc` may pass now.
    pub fn may_pass(&self, csrc: Csrc) -> bool {
        self.seats.iter().any(|seat| seat.csrc == csrc && seat.may_pass)
    }

    /// The seat of a participant.
    pub fn seat_of(&self, participant: &str) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.participant.as_str() == participant)
    }
}

fn differences(before: &[Seat], after: &[Seat]) -> Vec<Change> {
    let same = |a: &Seat, b: &Seat| a.csrc == b.csrc && a.participant == b.participant;
    let left = before.iter().filter(|old| !after.iter().any(|new| same(old, new)));
    let mut changes: Vec<Change> = left.map(|seat| Change::Unseated(seat.participant.clone(), seat.csrc)).collect();
    for seat in after {
        match before.iter().find(|old| same(old, seat)) {
            None => changes.push(Change::Seated(seat.clone())),
            Some(old) if old.may_pass == seat.may_pass => {}
            Some(_) if seat.may_pass => changes.push(Change::Opened(seat.csrc)),
            Some(_) => changes.push(Change::Closed(seat.csrc)),
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seat(id: u32, may_pass: bool) -> Seat {
        Seat { participant: Participant::new(&id.to_string()), csrc: Csrc(id), may_pass }
    }

    #[test]
    fn nobody_may_pass_before_the_first_table() {
        assert!(!StageTable::new().may_pass(Csrc(1)));
    }

    #[test]
    fn an_older_table_is_ignored() {
        let mut table = StageTable::new();
        table.set(5, [seat(1, false)]);
        assert_eq!(table.set(4, [seat(1, true), seat(2, true)]), []);
        assert!(!table.may_pass(Csrc(1)));
        assert_eq!(table.version(), Some(5));
    }

    #[test]
    fn the_same_table_twice_changes_nothing() {
        let mut table = StageTable::new();
        table.set(1, [seat(1, true), seat(2, false)]);
        assert_eq!(table.set(1, [seat(1, true), seat(2, false)]), []);
        assert_eq!(table.set(2, [seat(2, false), seat(1, true)]), []);
    }

    #[test]
    fn each_table_says_what_it_changed() {
        let mut table = StageTable::new();
        assert_eq!(table.set(1, [seat(1, true)]), [Change::Seated(seat(1, true))]);
        assert_eq!(
            table.set(2, [seat(1, false), seat(2, true)]),
            [Change::Closed(Csrc(1)), Change::Seated(seat(2, true))]
        );
        assert_eq!(table.set(3, [seat(2, true)]), [Change::Unseated(Participant::new("1"), Csrc(1))]);
    }

    #[test]
    fn a_csrc_that_passes_to_another_person_is_a_departure_and_an_arrival() {
        let mut table = StageTable::new();
        table.set(1, [seat(1, true)]);
        let other = Seat { participant: Participant::new("other"), ..seat(1, false) };
        assert_eq!(
            table.set(2, [other.clone()]),
            [Change::Unseated(Participant::new("1"), Csrc(1)), Change::Seated(other)]
        );
        assert!(!table.may_pass(Csrc(1)));
    }

    proptest! {
        #[test]
        fn the_newest_table_holds_whatever_order_they_come_in(
            tables in prop::collection::vec((0..20_u64, prop::collection::vec((0..6_u32, any::<bool>()), 0..6)), 1..20)
        ) {
            let mut table = StageTable::new();
            let mut newest = None;
            for (version, seats) in &tables {
                table.set(*version, seats.iter().map(|(id, may)| seat(*id, *may)));
                if newest.is_none_or(|(seen, _)| *version >= seen) {
                    newest = Some((*version, seats));
                }
            }
            let (_, seats) = newest.expect("there is at least one table");
            for id in 0..6 {
                let wanted = seats.iter().find(|(other, _)| *other == id).is_some_and(|(_, may)| *may);
                prop_assert_eq!(table.may_pass(Csrc(id)), wanted);
            }
        }
    }
}
