//! Offers, answers and ICE fragments.
//!
//! [`parse`] reads any SDP into borrowed lines, [`offer`] chooses what a door accepts of it, [`answer`] writes the answer.

pub mod answer;
mod error;
pub mod fragment;
pub mod offer;
pub mod parse;

pub use error::{FragmentError, OfferError};
pub use fragment::Fragment;
pub use offer::{Accepted, Door, Offer};
