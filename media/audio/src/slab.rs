//! Room for payloads that many share.

use bytes::{Bytes, BytesMut};

/// About four seconds of the mix. Whoever keeps one payload keeps the block, so that it must not be large.
const BLOCK: usize = 16 * 1024;

/// Hands out shared copies of small payloads; allocates once for many of them, and takes a block back when all are done with it.
#[derive(Debug, Default)]
pub(crate) struct Slab {
    block: BytesMut,
}

impl Slab {
    pub(crate) fn share(&mut self, bytes: &[u8]) -> Bytes {
        if self.block.capacity() < bytes.len() {
            self.block.reserve(BLOCK.max(bytes.len()));
        }
        self.block.extend_from_slice(bytes);
        self.block.split().freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_keep_what_was_put_in() {
        let mut slab = Slab::default();
        let payloads: Vec<Bytes> = (0..1000_u32).map(|n| slab.share(&n.to_be_bytes().repeat(20))).collect();
        for (n, payload) in payloads.iter().enumerate() {
            assert_eq!(payload[76..], (n as u32).to_be_bytes());
        }
    }
}
