//! ICE-lite: answers checks, follows the peer's address, and notices its silence.
