//! Redundant audio (RFC 2198): copies of earlier packets in front of the newest.

use crate::mix::Earlier;

/// A copy's length has ten bits.
pub const MAX_BLOCK: usize = 1_023;
/// A copy's age has fourteen bits.
pub const MAX_AGE: u32 = (1 << 14) - 1;

const COPY_HEADER: usize = 4;
const LAST_HEADER: usize = 1;

/// Bytes that RED with one copy adds besides the copy itself.
pub const OVERHEAD: usize = COPY_HEADER + LAST_HEADER;

/// Whether a copy of `earlier` can be carried by a packet of this timestamp.
pub fn can_carry(timestamp: u32, earlier: &Earlier<'_>) -> bool {
    let age = timestamp.wrapping_sub(earlier.timestamp);
    (1..=MAX_AGE).contains(&age) && (1..=MAX_BLOCK).contains(&earlier.payload.len())
}

/// Writes one copy and the newest payload; the length, or `None` if they do not fit.
pub fn write(out: &mut [u8], payload_type: u8, timestamp: u32, earlier: &Earlier<'_>, newest: &[u8]) -> Option<usize> {
    if !can_carry(timestamp, earlier) {
        return None;
    }
    let copy = earlier.payload;
    let out = out.get_mut(..OVERHEAD + copy.len() + newest.len())?;
    let age = timestamp.wrapping_sub(earlier.timestamp);
    let fields = (age << 10) | copy.len() as u32;
    out[..COPY_HEADER].copy_from_slice(&fields.to_be_bytes());
    out[0] = 0x80 | (payload_type & 0x7F);
    // `fields` has 24 bits: its first byte is free for the payload type.
    out[COPY_HEADER] = payload_type & 0x7F;
    let (copied, last) = out[OVERHEAD..].split_at_mut(copy.len());
    copied.copy_from_slice(copy);
    last.copy_from_slice(newest);
    Some(out.len())
}

/// One block of a RED payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// Payload type of the block.
    pub payload_type: u8,
    /// How much earlier than the packet's timestamp; 0 for the newest.
    pub age: u32,
    /// Opus.
    pub payload: &'a [u8],
}

/// The most blocks that are read from one packet.
pub const MAX_BLOCKS: usize = 8;

/// Reads a RED payload, the oldest block first; empty if it is malformed.
pub fn read(payload: &[u8]) -> arrayvec::ArrayVec<Block<'_>, MAX_BLOCKS> {
    try_read(payload).unwrap_or_default()
}

fn try_read(payload: &[u8]) -> Option<arrayvec::ArrayVec<Block<'_>, MAX_BLOCKS>> {
    let mut headers = arrayvec::ArrayVec::<(u8, u32, usize), MAX_BLOCKS>::new();
    let mut rest = payload;
    let last_type = loop {
        let first = *rest.first()?;
        if first & 0x80 == 0 {
            rest = &rest[LAST_HEADER..];
            break first;
        }
        let word = u32::from_be_bytes(*rest.first_chunk()?);
        headers.try_push((first & 0x7F, (word >> 10) & MAX_AGE, (word & 0x3FF) as usize)).ok()?;
        rest = &rest[COPY_HEADER..];
    };
    let mut blocks = arrayvec::ArrayVec::new();
    for (payload_type, age, len) in headers {
        let (payload, after) = rest.split_at_checked(len)?;
        blocks.try_push(Block { payload_type, age, payload }).ok()?;
        rest = after;
    }
    blocks.try_push(Block { payload_type: last_type, age: 0, payload: rest }).ok()?;
    Some(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_and_the_newest_are_read_as_they_are_written() {
        let mut out = [0; 64];
        let earlier = Earlier { timestamp: 0u32.wrapping_sub(960), payload: b"before" };
        let len = write(&mut out, 111, 1_920, &earlier, b"now").unwrap();
        let blocks = read(&out[..len]);
        assert_eq!(blocks[0], Block { payload_type: 111, age: 2_880, payload: b"before" });
        assert_eq!(blocks[1], Block { payload_type: 111, age: 0, payload: b"now" });
    }

    #[test]
    fn what_is_too_old_or_too_long_or_empty_is_not_copied() {
        let mut out = [0; 2_000];
        let long = [1; MAX_BLOCK + 1];
        for (timestamp, payload) in [(0, &b"x"[..]), (MAX_AGE + 1, b"x"), (960, &long), (960, b"")] {
            let earlier = Earlier { timestamp: 0, payload };
            assert_eq!(write(&mut out, 111, timestamp, &earlier, b"now"), None);
        }
        let fits = Earlier { timestamp: 0, payload: &long[..MAX_BLOCK] };
        let len = write(&mut out, 111, MAX_AGE, &fits, b"now").unwrap();
        assert_eq!(read(&out[..len])[0].age, MAX_AGE);
        assert_eq!(write(&mut out[..1_030], 111, MAX_AGE, &fits, b"now"), None, "no room");
    }

    #[test]
    fn malformed_red_has_no_blocks() {
        for payload in [&[][..], &[0x80], &[0x80, 0, 0], &[0x80, 0, 0, 5, 0, 1, 2], &[0xFF; 64]] {
            assert!(read(payload).is_empty(), "{payload:?}");
        }
    }
}
