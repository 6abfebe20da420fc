"""What the doors of sound refuse: WHIP, WHEP and the engine behind them."""

from cooee.kit.errors import Refusal


class BadOffer(Refusal):
    """The base of what a WHIP or WHEP offer lacks."""


class SdpMalformed(BadOffer):
    code = "sdp_malformed"
    status = 400
    title = "The session description could not be read."


class SdpNoAudio(BadOffer):
    code = "sdp_no_audio"
    status = 406
    title = "The offer has no usable audio section."


class SdpNoOpus(BadOffer):
    code = "sdp_no_opus"
    status = 406
    title = "The offer has no Opus."


class SdpNoRtcpMux(BadOffer):
    code = "sdp_no_rtcp_mux"
    status = 406
    title = "The offer lacks rtcp-mux."


class SdpNoFingerprint(BadOffer):
    code = "sdp_no_fingerprint"
    status = 406
    title = "The offer has no SHA-256 fingerprint."


class SdpPassive(BadOffer):
    code = "sdp_passive"
    status = 406
    title = "To listen, an offer must be active or actpass."


class SessionNotFound(Refusal):
    """No such speak or listen session, or it is over."""

    code = "session_not_found"
    status = 404
    title = "There is no such session."


class SessionReplaced(Refusal):
    """Another session of the same person took over."""

    code = "session_replaced"
    status = 410
    title = "This session was replaced."


class EtagMismatch(Refusal):
    """`If-Match` does not name the current ICE session (RFC 9725 §4.3.1)."""

    code = "etag_mismatch"
    status = 412
    title = "This is not the current state of the session."


class Overloaded(Refusal):
    """This node takes no more sessions for the moment."""

    code = "overloaded"
    status = 503
    title = "This server is full at the moment."

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}
