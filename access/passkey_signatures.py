"""What a passkey signed, read by the rules of WebAuthn (level 3, 7.1 and 7.2).

The user has to be present and verified by the device: held and opened, a passkey is two factors.
Of attestations only those are read that tell nothing of the device (`none`, and `packed` of the key
itself): we ask for none.
"""

import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

import orjson
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import base64url_to_bytes, parse_attestation_object
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)

from access.passkey_domains import RelyingParty
from domain.errors import InvalidInput, NotAuthenticated

# ES256, EdDSA and RS256: what every device has one of.
ALGORITHMS = (
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
ATTESTATIONS = frozenset({AttestationFormat.NONE, AttestationFormat.PACKED})
LONGEST_CREDENTIAL = 512
LONGEST_KEY = 1_024
# Whatever hostile bytes can make a reader raise.
UNREADABLE = (
    *(WebAuthnException, ValueError, TypeError, LookupError, ArithmeticError, AttributeError),
    *(RecursionError, MemoryError, struct.error, InvalidInput),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """What a device answered when it made a passkey; `name` is its owner's."""

    name: str = field(repr=False)
    credential: bytes
    client_data: bytes
    attestation: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAssertion:
    """What a passkey answered when somebody signed in."""

    credential: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedKey:
    """The public key of a new passkey (COSE), and its first count."""

    credential: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


def challenge_in(client_data: bytes) -> str:
    """Give the challenge that a device says it signed, which proves nothing.

    Raises:
        NotAuthenticated: it does not read.
    """
    try:
        return base64url_to_bytes(orjson.loads(client_data)["challenge"]).decode("ascii")
    except UNREADABLE as error:
        raise NotAuthenticated("what the passkey signed does not read") from error


def read_attestation(new: NewPasskey, party: RelyingParty, challenge: str) -> AttestedKey:
    """Give the key of a new passkey.

    Raises:
        InvalidInput: it was made elsewhere, for something else, without its owner, or of a kind
            that is not taken.
    """
    credential = RegistrationCredential(
        id=_text(new.credential),
        raw_id=new.credential,
        response=AuthenticatorAttestationResponse(
            client_data_json=new.client_data, attestation_object=new.attestation
        ),
    )
    try:
        _demand_own_page(new.client_data)
        if parse_attestation_object(new.attestation).fmt not in ATTESTATIONS:
            raise InvalidInput("passkey", "tells of its device")
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge.encode(),
            expected_rp_id=party.id,
            expected_origin=[*party.origins],
            require_user_verification=True,
            supported_pub_key_algs=[*ALGORITHMS],
        )
        _demand_fit(made.credential_id, made.credential_public_key, new.credential)
    except UNREADABLE as error:
        raise InvalidInput(
            "passkey", "was not made here, or is of no kind that is taken"
        ) from error
    return AttestedKey(
        credential=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        backed_up=made.credential_backed_up,
    )


def read_assertion(
    said: PasskeyAssertion, public_key: bytes, party: RelyingParty, challenge: str
) -> int:
    """Give how often the device says that the passkey was used.

    Raises:
        NotAuthenticated: it was not signed by this key, here, now, with its owner.
    """
    credential = AuthenticationCredential(
        id=_text(said.credential),
        raw_id=said.credential,
        response=AuthenticatorAssertionResponse(
            client_data_json=said.client_data,
            authenticator_data=said.authenticator_data,
            signature=said.signature,
            user_handle=said.user_handle,
        ),
    )
    try:
        _demand_own_page(said.client_data)
        # The count is compared where it is kept, in the same statement that moves it on.
        return verify_authentication_response(
            credential=credential,
            expected_challenge=challenge.encode(),
            expected_rp_id=party.id,
            expected_origin=[*party.origins],
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        ).new_sign_count
    except UNREADABLE as error:
        raise NotAuthenticated("what the passkey signed does not hold") from error


def _demand_own_page(client_data: bytes) -> None:
    """Refuse what was signed in a frame of another site."""
    if orjson.loads(client_data).get("crossOrigin", False) is not False:
        raise InvalidInput("passkey", "was used in a frame of another site")


def _demand_fit(credential: bytes, key: bytes, named: bytes) -> None:
    fits = len(credential) <= LONGEST_CREDENTIAL and len(key) <= LONGEST_KEY
    if credential != named or not fits:
        raise InvalidInput("passkey", "has another id than it says, or is too long")


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
