"""JSON Web Tokens of development: one secret signs them, one fixed algorithm (RFC 7519, RFC 8725).

Whoever signs in gets a token of `access.person_tokens`; these are for development alone.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from joserfc import jwt
from joserfc.jwk import OctKey

from access.claims import (
    ACCESS_TIME,
    KEPT,
    LONGEST,
    TOO_LONG,
    UNREADABLE,
    KnownToken,
    refused_token,
    write_claims,
)
from domain.access import Actor
from domain.errors import InvalidInput, NotAuthenticated

ALGORITHM = "HS256"


class AccessTokens:
    """Mints and verifies with one secret of at least 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:  # noqa: PLR2004 - RFC 7518, section 3.2: a key as long as the hash
            raise InvalidInput("token secret", "needs at least 32 bytes")
        self._key = OctKey.import_key(secret)
        # A signature that was right stays right; what time decides is looked at each time, and what
        # is refused is not kept. Bounded by number, and each token by LONGEST.
        self._known = lru_cache(maxsize=KEPT)(self._decoded)

    def mint(self, actor: Actor, now: datetime, lifetime: timedelta = ACCESS_TIME) -> str:
        claims = write_claims(actor, now, lifetime)
        return jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, claims, self._key)

    def verify(self, token: str, now: datetime) -> tuple[Actor, datetime]:
        """Give who the token speaks for, and until when.

        Raises:
            NotAuthenticated: forged, expired, not yet valid, for another audience, or malformed.
        """
        if len(token) > LONGEST:
            raise NotAuthenticated(TOO_LONG)
        try:
            return self._known(token).read(now)
        except UNREADABLE as error:
            raise refused_token(error) from error

    def _decoded(self, token: str) -> KnownToken:
        return KnownToken(jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims)
