//! A media engine in a process of its own, so that its CPU time and heap are its own.

mod host;
mod serve;
mod words;

pub use host::{Host, HostError};
pub use serve::serve;
pub use words::{Figures, Settings};
