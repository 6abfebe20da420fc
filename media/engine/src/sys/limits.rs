//! What the kernel allows this process and its threads.

/// How much the threads of sound come before others, in steps of `nice`.
const PRECEDENCE: libc::c_int = -10;

/// Lets the calling thread run before threads that have more time than sound has. Without the right to, nothing changes.
pub(crate) fn take_precedence() {
    // SAFETY: the call takes no pointers. On Linux 0 means the calling thread alone.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, PRECEDENCE) };
}

/// Raises the number of files (and so of feeds) that the process may hold to what the operator allows at most.
pub(crate) fn raise_file_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is a valid place to write to.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } == 0 {
        limit.rlim_cur = limit.rlim_max;
        // SAFETY: `limit` is a valid place to read from. If it is refused, the old limit holds.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    }
}
