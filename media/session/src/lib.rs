//! Speak and listen sessions: SDP, ICE-lite, DTLS, SRTP, RED and NACK. Pure: time is an argument.
