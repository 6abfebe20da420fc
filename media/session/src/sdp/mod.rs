//! Offers, answers and ICE fragments.

mod error;

pub use error::{FragmentError, OfferError};
