//! How the sound of a session came through, for those who look back at it.

use crate::rtcp::Block;

/// Ticks of the RTP clock in a millisecond.
const TICKS_PER_MS: u32 = 48;
/// The sign of a report's 24-bit count: more arrived than was sent, which happens where packets are doubled.
const NEGATIVE: u32 = 0x80_0000;

/// The sound of one session, from its begin. Of a listener: what was sent to it, by its own reports. Of a speaker: what came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quality {
    /// Packets, repeats not counted.
    pub packets: u32,
    /// Packets that were lost on the way, repaired or not.
    pub lost: u32,
    /// Packets sent again to a listener, or asked for again from a speaker.
    pub repaired: u32,
    /// The worst loss between two reports, in per mille.
    pub worst_loss_per_mille: u16,
    /// The worst jitter that was reported, in ms.
    pub worst_jitter_ms: u32,
}

impl Quality {
    /// Notes a report on the stream.
    pub(crate) fn reported(&mut self, block: &Block) {
        self.lost = if block.lost & NEGATIVE == 0 { self.lost.max(block.lost) } else { self.lost };
        self.worst_loss_per_mille =
            self.worst_loss_per_mille.max((u32::from(block.fraction_lost) * 1_000 / 256) as u16);
        self.worst_jitter_ms = self.worst_jitter_ms.max(block.jitter / TICKS_PER_MS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(fraction_lost: u8, lost: u32, jitter: u32) -> Block {
        Block { ssrc: 1, fraction_lost, lost, highest: 0, jitter, last_report: 0, delay: 0 }
    }

    #[test]
    fn the_worst_is_remembered_and_the_loss_is_the_latest() {
        let mut quality = Quality::default();
        for report in [block(0, 0, 48), block(64, 10, 960), block(0, 12, 96)] {
            quality.reported(&report);
        }
        assert_eq!((quality.lost, quality.worst_loss_per_mille, quality.worst_jitter_ms), (12, 250, 20));
    }

    #[test]
    fn doubled_packets_are_no_loss() {
        let mut quality = Quality::default();
        quality.reported(&block(0, 0xFF_FFFE, 0));
        assert_eq!(quality.lost, 0);
    }
}
