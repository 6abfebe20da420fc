//! Who hears whom: slots, talk detection, permissions and epochs. Pure: time is an argument.
//!
//! The shell feeds what happened (a packet, a measured level, a new stage table, an instant) and carries out what comes
//! back. Nothing here reads a clock, draws a random number, or blocks.

mod epoch;
mod ids;
mod level;
mod packet;
mod permission;
mod rewrite;
mod slots;
mod talk;

pub use epoch::{Epoch, Timeline, Verdict};
pub use ids::{Csrc, Hearer, Participant};
pub use level::Level;
pub use packet::{Forward, Packet};
pub use permission::{Change, Seat, StageTable};
pub use rewrite::{Rewriter, Rewritten};
pub use slots::{PREROLL, SLOTS, Slots};
pub use talk::{HANGOVER, Talk};
