"""A device that keeps passkeys, in software: answers as a browser's `toJSON()` does."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

_PRESENT_AND_VERIFIED, _WITH_KEY = 0x05, 0x40


@dataclass
class Authenticator:
    """Keeps one passkey; `origin` is where the browser says it stands."""

    origin: str
    rp_id: str = "localhost"
    flags: int = _PRESENT_AND_VERIFIED
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    handle: str = ""
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` gives."""
        self.handle = options["user"]["id"]
        client_data = self._client_data("webauthn.create", options["challenge"])
        credential = len(self.credential_id).to_bytes(2) + self.credential_id + self._public_key()
        attested = self._data(self.flags | _WITH_KEY) + bytes(16) + credential
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": attested})
        return self._answer(clientDataJSON=client_data, attestationObject=attestation)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` gives."""
        self.count += 1
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(self.flags)
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        handle = base64url_to_bytes(self.handle)
        return self._answer(clientDataJSON=client_data, authenticatorData=data, signature=signature, userHandle=handle)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _public_key(self) -> bytes:
        point = self._key.public_key().public_numbers()
        # COSE_Key (RFC 9053 §7.1): EC2, ES256, P-256.
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})

    def _answer(self, **response: bytes) -> dict[str, Any]:
        id = bytes_to_base64url(self.credential_id)
        parts = {name: bytes_to_base64url(value) for name, value in response.items()}
        return {"id": id, "rawId": id, "type": "public-key", "response": parts, "clientExtensionResults": {}}
