//! Memory that is about to be read, asked for in advance.

use std::mem;

/// A cache line.
const LINE: usize = 64;

/// Asks for all of `value`, and goes on at once. Where the processor has no word for it nothing happens.
#[inline]
pub(crate) fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start: *const i8 = (&raw const *value).cast();
        for at in (0..mem::size_of::<T>()).step_by(LINE) {
            // SAFETY: a hint; it reads nothing, and `at` is within `value`.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(at)) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (value, LINE, mem::size_of::<T>());
}
