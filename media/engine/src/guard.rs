//! A bug ends the work of one session or Space, not the thread.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// A bug was met; the panic's message is on standard error. What `act` worked on is to be dropped.
#[derive(Debug)]
pub(crate) struct Bug;

/// Calls `act`, and survives its panic.
pub(crate) fn guarded<R>(act: impl FnOnce() -> R) -> Result<R, Bug> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|_| Bug)
}
