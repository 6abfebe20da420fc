"""What is asked of a browser about passkeys, and whether its answer holds (WebAuthn level 3)."""

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cooee.kit.web import origin_of
from cooee.people.sign_in.errors import PasskeyNotAccepted
from cooee.people.sign_in.passkeys import Passkey

Json = dict[str, Any]


@dataclass(frozen=True)
class Relying:
    """The site, as passkeys know it."""

    id: str
    """A host name: passkeys made for it open it at every port, and nothing else."""
    name: str
    origin: str

    @classmethod
    def of(cls, site_url: str, name: str) -> "Relying":
        """The site at this address."""
        return cls(urlsplit(site_url).hostname or "localhost", name, origin_of(site_url))


def creation(site: Relying, challenge: bytes, handle: bytes, username: str, name: str, known: list[bytes]) -> Json:
    """What `navigator.credentials.create` is asked: a passkey that finds its account by itself."""
    # Late, as everywhere here: a node that nobody has a passkey on does not load the library.
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=site.name,
        user_id=handle,
        user_name=username,
        user_display_name=name,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return webauthn.helpers.options_to_json_dict(options)


def request(site: Relying, challenge: bytes, known: list[bytes]) -> Json:
    """What `navigator.credentials.get` is asked; without `known`, whichever passkey there is for this site."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=challenge,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=each) for each in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.helpers.options_to_json_dict(options)


def challenge_in(credential: Json) -> bytes:
    """The challenge that the browser says it answers.

    Raises:
        PasskeyNotAccepted: it says none.
    """
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json

    try:
        return parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"])).challenge
    except Exception as error:
        raise PasskeyNotAccepted from error


def credential_id(credential: Json) -> bytes:
    """Which passkey answers.

    Raises:
        PasskeyNotAccepted: it does not say.
    """
    from webauthn.helpers import base64url_to_bytes

    try:
        return base64url_to_bytes(credential["id"])
    except Exception as error:
        raise PasskeyNotAccepted from error


@dataclass(frozen=True)
class Made:
    """A passkey that a browser has just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def made(site: Relying, credential: Json, challenge: bytes) -> Made:
    """The passkey that the answer to `creation` tells of.

    Raises:
        PasskeyNotAccepted: the answer does not hold.
    """
    import webauthn

    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    # What comes from the network makes the library raise more than its own exceptions.
    except Exception as error:
        raise PasskeyNotAccepted from error
    return Made(found.credential_id, found.credential_public_key, found.sign_count)


def proved(site: Relying, credential: Json, challenge: bytes, passkey: Passkey) -> int:
    """The passkey's own counter, if the answer to `request` is signed by it.

    Raises:
        PasskeyNotAccepted: the answer does not hold.
    """
    import webauthn

    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise PasskeyNotAccepted from error
    return found.new_sign_count


def challenge_hash(challenge: bytes) -> bytes:
    """What is kept of a challenge."""
    return hashlib.sha256(challenge).digest()
