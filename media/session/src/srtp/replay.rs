//! What was seen already (RFC 3711 §3.3.2).

/// The last 128 indices that were accepted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Window {
    /// One more than the highest index seen; 0 means none.
    next: u64,
    /// Bit n: index `next - 1 - n` was seen.
    seen: u128,
}

impl Window {
    /// Whether this index is neither seen nor too old to tell.
    pub fn is_new(&self, index: u64) -> bool {
        match self.next.checked_sub(index + 1) {
            None => true,
            Some(age) => age < 128 && self.seen & (1 << age) == 0,
        }
    }

    /// Remembers an index. Only for those whose packet was authentic.
    pub fn accept(&mut self, index: u64) {
        if let Some(age) = self.next.checked_sub(index + 1) {
            if age < 128 {
                self.seen |= 1 << age;
            }
        } else {
            let ahead = index + 1 - self.next;
            self.seen = if ahead < 128 { self.seen << ahead } else { 0 } | 1;
            self.next = index + 1;
        }
    }

    /// The highest index seen.
    pub fn highest(&self) -> Option<u64> {
        self.next.checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_new_once() {
        let mut window = Window::default();
        for index in [5, 3, 200, 73, 199, 1 << 40] {
            assert!(window.is_new(index), "{index}");
            window.accept(index);
            assert!(!window.is_new(index), "{index} again");
        }
        assert_eq!(window.highest(), Some(1 << 40));
    }

    #[test]
    fn what_is_too_old_to_tell_is_not_new() {
        let mut window = Window::default();
        window.accept(1_000);
        assert!(!window.is_new(872), "128 back");
        assert!(window.is_new(873));
        window.accept(872);
        assert!(window.is_new(999), "accepting the too old changes nothing");
    }

    #[test]
    fn a_far_jump_forgets_and_a_near_one_remembers() {
        let mut window = Window::default();
        window.accept(0);
        window.accept(127);
        assert!(!window.is_new(0));
        window.accept(255);
        assert!(!window.is_new(127), "too old now");
        assert!(window.is_new(128));
    }
}
