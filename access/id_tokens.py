"""ID tokens of another service: what they have to say before anybody is believed to be somebody.

The algorithms are ours to choose, all of them asymmetric; the token's header names a key among the
service's own, by its `kid`, and nothing else: no key of its own, no address (RFC 8725). The claims
are those of OpenID Connect Core 1.0, 3.1.3.7, read strictly: one audience, and that is us.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias, cast

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from access.claims import UNREADABLE
from access.person_tokens import read_header
from domain.errors import InvalidInput, NotAuthenticated
from domain.people import parse_email

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
# Letters of base64url: 2,048 to 8,192 bits.
RSA_MODULUS = range(342, 1_367)
LONGEST = 16_384
LONGEST_SUBJECT = 255
MOST_KEYS = 50
# Clocks differ; a token that was made for this sign-in is not older than the sign-in may take.
LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)

ProviderKey: TypeAlias = RSAKey | ECKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderIdentity:
    """Whom another service knows: `email` only where it says that it has checked it."""

    issuer: str
    subject: str = field(repr=False)
    email: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedToken:
    """Of whom, for whom and for which sign-in an ID token has to be."""

    issuer: str
    audience: str
    nonce: str = field(repr=False)


def read_keys(said: Mapping[str, Any]) -> dict[str | None, ProviderKey]:
    """Give the keys of a JSON Web Key Set that tokens may be signed with, by `kid`.

    Secrets, keys to encrypt with and RSA keys of fewer than 2,048 bits are left out.
    """
    keys = said.get("keys")
    found = [*cast("list[object]", keys)][:MOST_KEYS] if isinstance(keys, list) else []
    read = [(one, _read_key(one)) for one in found]
    return {_kid_of(one): key for one, key in read if key is not None}


def key_name(token: str) -> str | None:
    """Give the `kid` of a token, which proves nothing.

    Raises:
        NotAuthenticated: it does not read as a token, or is not signed as we demand.
    """
    try:
        header = read_header(token if len(token) <= LONGEST else "")
        kid = header.get("kid")
        if header.get("alg") not in ALGORITHMS or not (kid is None or isinstance(kid, str)):
            raise InvalidInput("alg", "is none of ours")
    except UNREADABLE as error:
        raise NotAuthenticated("the token of the other service does not read") from error
    return kid


def read_id_token(
    token: str, key: ProviderKey, expected: ExpectedToken, now: datetime
) -> dict[str, Any]:
    """Give the claims of a token that holds.

    Raises:
        NotAuthenticated: it is not signed by this key, or not for this sign-in.
    """
    try:
        claims = jwt.decode(token, key, algorithms=[*ALGORITHMS]).claims
        _demand_claims(claims, expected, now)
    except UNREADABLE as error:
        raise NotAuthenticated("the token of the other service does not hold") from error
    return claims


def read_identity(issuer: str, claims: Mapping[str, Any]) -> ProviderIdentity:
    """Give whom checked claims tell of; an e-mail address counts where it was verified."""
    email, verified = claims.get("email"), claims.get("email_verified")
    believed = isinstance(email, str) and (verified is True or verified == "true")
    return ProviderIdentity(
        issuer=issuer,
        subject=_subject_of(claims),
        email=_read_email(str(email)) if believed else None,
    )


def _demand_claims(claims: Mapping[str, Any], expected: ExpectedToken, now: datetime) -> None:
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    made = _number(claims, "iat")
    oldest = moment - OLDEST.total_seconds() - leeway
    holds = {
        "iss": claims.get("iss") == expected.issuer,
        "aud": claims.get("aud") in (expected.audience, [expected.audience]),
        "azp": claims.get("azp", expected.audience) == expected.audience,
        "exp": moment < _number(claims, "exp") + leeway,
        "iat": oldest <= made <= moment + leeway,
        "nbf": _number(claims, "nbf", made) <= moment + leeway,
        "nonce": hmac.compare_digest(str(claims.get("nonce")).encode(), expected.nonce.encode()),
        "sub": bool(_subject_of(claims)),
    }
    for name, right in holds.items():
        if not right:
            raise InvalidInput(name, "is not for this sign-in")


def _number(claims: Mapping[str, Any], name: str, default: float | None = None) -> float:
    value: object = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput(name, "is no number")
    return float(value)


def _subject_of(claims: Mapping[str, Any]) -> str:
    subject: object = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT:
        raise InvalidInput("sub", "is missing")
    return subject


def _read_email(email: str) -> str | None:
    try:
        return parse_email(email)
    except InvalidInput:
        return None


def _read_key(said: object) -> ProviderKey | None:
    if not isinstance(said, dict):
        return None
    known = cast("dict[str, Any]", said)
    if known.get("use", "sig") != "sig" or known.get("alg", ALGORITHMS[0]) not in ALGORITHMS:
        return None
    try:
        match known.get("kty"):
            case "RSA":
                # Looked at first: what is too short or huge is not worth reading.
                modulus = str(known.get("n")).lstrip("A")
                return RSAKey.import_key(known) if len(modulus) in RSA_MODULUS else None
            case "EC":
                return ECKey.import_key(known)
            case _:
                return None
    except UNREADABLE:
        return None


def _kid_of(said: object) -> str | None:
    kid: object = cast("dict[str, object]", said).get("kid")
    return kid if isinstance(kid, str) else None
