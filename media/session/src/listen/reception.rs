//! What a listener's reports mean for what it is sent.

use std::time::{Duration, Instant};

/// How a listener receives, by its own reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reception {
    /// Loss reported last, in per mille.
    pub loss_per_mille: u16,
    /// Loses so much (over 3 %) that it should get 20 ms packets.
    pub wants_short: bool,
    /// Loses packets and can be helped by in-band FEC only: it has neither RED nor NACK.
    pub wants_fec: bool,
    /// Copies of earlier packets that each packet carries now.
    pub red_depth: u8,
}

/// All that a listener's reports told. Both count upwards, modulo 2^32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reports {
    /// How many there were.
    pub count: u32,
    /// The sum of the loss that each told, in per mille.
    pub loss_per_mille: u32,
}

/// Above this RED is switched on.
const RED_ON: u16 = 20;
/// Above this a listener is to get 20 ms packets …
const SHORT_ON: u16 = 30;
/// … until it falls below this.
const SHORT_OFF: u16 = 10;
/// Without RED or NACK, FEC is wished for above this, until a report without loss.
const FEC_ON: u16 = 10;
/// RED ends after so long without a NACK and without notable loss.
const RED_REST: Duration = Duration::from_secs(60);

/// Turns NACKs and reports into a [`Reception`].
#[derive(Debug)]
pub(super) struct Care {
    red_offered: bool,
    nacks: bool,
    now: Reception,
    reports: Reports,
    trouble: Option<Instant>,
    changed: bool,
}

impl Care {
    pub(super) fn new(red_offered: bool) -> Care {
        let (now, reports) = (Reception::default(), Reports::default());
        Care { red_offered, nacks: false, now, reports, trouble: None, changed: false }
    }

    pub(super) fn reports(&self) -> Reports {
        self.reports
    }

    pub(super) fn reception(&self) -> Reception {
        self.now
    }

    /// The reception, once after each change.
    pub(super) fn poll(&mut self) -> Option<Reception> {
        std::mem::take(&mut self.changed).then_some(self.now)
    }

    pub(super) fn nacked(&mut self, now: Instant) {
        self.nacks = true;
        self.trouble = Some(now);
        self.turn_into(Reception { red_depth: u8::from(self.red_offered), wants_fec: false, ..self.now });
    }

    /// `fraction_lost` as in a report block: of 256.
    pub(super) fn reported(&mut self, now: Instant, fraction_lost: u8) {
        let loss = (u32::from(fraction_lost) * 1_000 / 256) as u16;
        self.reports.count = self.reports.count.wrapping_add(1);
        self.reports.loss_per_mille = self.reports.loss_per_mille.wrapping_add(loss.into());
        if loss > RED_ON {
            self.trouble = Some(now);
        }
        let rested = self.trouble.is_none_or(|last| now >= last + RED_REST);
        self.turn_into(Reception {
            loss_per_mille: loss,
            wants_short: loss > if self.now.wants_short { SHORT_OFF } else { SHORT_ON },
            wants_fec: !self.red_offered && !self.nacks && loss > if self.now.wants_fec { 0 } else { FEC_ON },
            red_depth: u8::from(self.red_offered && !rested),
        });
    }

    fn turn_into(&mut self, reception: Reception) {
        self.changed |= reception != self.now;
        self.now = reception;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Loss in per cent as a report says it.
    fn per_cent(loss: u32) -> u8 {
        (loss * 256 / 100 + 1) as u8
    }

    #[test]
    fn the_first_nack_turns_red_on_where_it_was_offered() {
        let now = Instant::now();
        for offered in [true, false] {
            let mut care = Care::new(offered);
            care.nacked(now);
            assert_eq!(care.reception().red_depth, u8::from(offered));
            assert_eq!(care.poll().is_some(), offered);
            assert_eq!(care.poll(), None, "told once");
        }
    }

    #[test]
    fn every_report_counts_also_one_that_changes_nothing() {
        let (mut care, now) = (Care::new(true), Instant::now());
        for loss in [0, 64, 64, 0] {
            care.reported(now, loss);
            care.nacked(now);
        }
        assert_eq!(care.reports(), Reports { count: 4, loss_per_mille: 500 });
    }

    #[test]
    fn red_comes_with_loss_and_rests_after_a_quiet_minute() {
        let (mut care, start) = (Care::new(true), Instant::now());
        for (second, loss, depth) in [(0, 1, 0), (5, 3, 1), (10, 0, 1), (64, 0, 1), (66, 0, 0)] {
            care.reported(start + SECOND * second, per_cent(loss));
            assert_eq!(care.reception().red_depth, depth, "at {second} s");
        }
    }

    #[test]
    fn short_packets_are_wished_for_above_three_per_cent_until_one() {
        let (mut care, now) = (Care::new(true), Instant::now());
        for (loss, short) in [(2, false), (4, true), (2, true), (0, false), (2, false)] {
            care.reported(now, per_cent(loss));
            assert_eq!(care.reception().wants_short, short, "at {loss} %");
        }
    }

    #[test]
    fn fec_is_for_those_who_have_nothing_else() {
        let now = Instant::now();
        let mut red = Care::new(true);
        red.reported(now, per_cent(5));
        assert!(!red.reception().wants_fec);
        let mut neither = Care::new(false);
        neither.reported(now, per_cent(5));
        assert!(neither.reception().wants_fec);
        neither.reported(now, 0);
        assert!(!neither.reception().wants_fec);
        neither.nacked(now);
        neither.reported(now, per_cent(5));
        assert!(!neither.reception().wants_fec, "it can ask again");
    }
}
