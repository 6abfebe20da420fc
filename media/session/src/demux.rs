//! Which protocol a datagram speaks, and whose it is (RFC 7983).

/// The protocol of a datagram, told from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// First byte 0 to 3.
    Stun,
    /// First byte 20 to 63.
    Dtls,
    /// First byte 128 to 191, second byte outside 192 to 223.
    Rtp,
    /// First byte 128 to 191, second byte 192 to 223 (RFC 5761).
    Rtcp,
}

/// Tells the protocol, or `None` for what can only be dropped.
pub fn classify(datagram: &[u8]) -> Option<Kind> {
    let _ = datagram;
    todo!()
}

/// The username fragment of ours that a STUN request names (`ours:theirs`), without checking its integrity.
pub fn peek_ufrag(datagram: &[u8]) -> Option<&str> {
    let _ = datagram;
    todo!()
}

/// The number of the thread that a fragment of ours belongs to.
pub fn thread_of(ufrag: &str) -> Option<u8> {
    let _ = ufrag;
    todo!()
}
