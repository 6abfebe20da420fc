//! What can be wrong with an offer or a fragment.

use thiserror::Error;

/// Why an offer is refused. `Display` is a sentence for the person who reads a client's log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OfferError {
    /// It is not SDP.
    #[error("the offer is not SDP: {0}")]
    Malformed(&'static str),
    /// No audio section goes the way this door needs.
    #[error("the offer has no audio section for this door: {0}")]
    NoAudio(&'static str),
    /// The audio section does not offer Opus at 48 kHz.
    #[error("the offer's audio section has no Opus")]
    NoOpus,
    /// RTP and RTCP would need two ports.
    #[error("the offer's audio section lacks a=rtcp-mux")]
    NoRtcpMux,
    /// No SHA-256 certificate fingerprint.
    #[error("the offer has no a=fingerprint with sha-256")]
    NoFingerprint,
    /// A listener must be able to start DTLS.
    #[error("the offer is a=setup:passive; a listener must be active or actpass")]
    Passive,
}

impl OfferError {
    /// The stable code, as in `docs/protocol.md`.
    pub const fn code(&self) -> &'static str {
        match self {
            OfferError::Malformed(_) => "sdp_malformed",
            OfferError::NoAudio(_) => "sdp_no_audio",
            OfferError::NoOpus => "sdp_no_opus",
            OfferError::NoRtcpMux => "sdp_no_rtcp_mux",
            OfferError::NoFingerprint => "sdp_no_fingerprint",
            OfferError::Passive => "sdp_passive",
        }
    }
}

/// Why an ICE fragment (RFC 8840) is refused; its code is `sdp_malformed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the ICE fragment cannot be read: {0}")]
pub struct FragmentError(pub &'static str);
