//! The system calls that the standard library does not offer. The only unsafe code of the workspace.
#![allow(unsafe_code, reason = "each call says why it is sound")]

mod clock;
mod datagrams;
mod interfaces;
mod limits;
mod prefetch;
mod wait;

pub(crate) use clock::{ThreadClock, heap_bytes};
pub(crate) use datagrams::{BATCH, LARGEST, Outgoing, ReceiveBatch, SendError, prefer_probe, send};
pub(crate) use interfaces::interface_addresses;
pub(crate) use limits::{raise_file_limit, take_precedence};
pub(crate) use prefetch::prefetch;
pub(crate) use wait::{Waker, wait};
