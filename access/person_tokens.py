"""The tokens of people who signed in: fifteen minutes, ES256, the key named by its `kid`.

The header of a token chooses among the keys that are known and nothing else: not the algorithm, not
a key of its own, not an address to fetch one from (RFC 8725).
"""

from datetime import datetime
from functools import lru_cache
from typing import cast

import orjson
from joserfc import jwt
from joserfc.util import urlsafe_b64decode

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
from access.revocations import Revocations
from access.token_keys import ALGORITHM, TokenKeys
from access.tokens import AccessTokens
from domain.access import Actor
from domain.errors import InvalidInput, NotAuthenticated

KIND = "at+jwt"


class PersonTokens:
    """Mints and verifies with the keys of `TokenKeys`."""

    def __init__(self, keys: TokenKeys) -> None:
        self.keys = keys
        # What nobody vouches for is not kept: a refusal leaves nothing here.
        self._known = lru_cache(maxsize=KEPT)(self._decoded)

    def mint(self, actor: Actor, now: datetime) -> tuple[str, datetime]:
        """Give a token for somebody in a session, and when it ends."""
        signer = self.keys.signer(now)
        claims = write_claims(actor, now, ACCESS_TIME) | {
            "department": actor.department,
            "shift": None if actor.shift is None else str(actor.shift),
            "rights": actor.rights,
            "sid": actor.session,
        }
        header = {"alg": ALGORITHM, "typ": KIND, "kid": signer.id}
        return jwt.encode(header, claims, signer.key), now + ACCESS_TIME

    def verify(self, token: str, now: datetime) -> tuple[Actor, datetime]:
        """Give who the token speaks for, and until when.

        Raises:
            NotAuthenticated: forged, expired, not yet valid, of an unknown key, for another
                audience, or malformed.
        """
        if len(token) > LONGEST:
            raise NotAuthenticated(TOO_LONG)
        try:
            kid, known = self._known(token)
            # Asked each time: a key that is gone takes its tokens along.
            if self.keys.public_key(kid) is None:
                raise InvalidInput("kid", "is no key of ours")
            actor, until = known.read(now)
            if actor.session is None:
                raise InvalidInput("sid", "is missing")
        except UNREADABLE as error:
            raise refused_token(error) from error
        return actor, until

    def _decoded(self, token: str) -> tuple[str, KnownToken]:
        """Give a token with a good signature, and the `kid` of the key that made it."""
        header = read_header(token)
        # Whatever else such a key may sign is no access token (RFC 9068; RFC 8725, 3.11).
        if header.get("typ") != KIND:
            raise InvalidInput("typ", "is no access token")
        kid = header.get("kid")
        key = self.keys.public_key(kid) if isinstance(kid, str) else None
        if not isinstance(kid, str) or key is None:
            raise InvalidInput("kid", "is no key of ours")
        return kid, KnownToken(jwt.decode(token, key, algorithms=[ALGORITHM]).claims)


class CallerTokens:
    """Knows callers by either kind of token; those of development only where they are let in."""

    def __init__(
        self, people: PersonTokens, revocations: Revocations, development: AccessTokens | None
    ) -> None:
        self._people = people
        self._revocations = revocations
        self._development = development

    def verify(self, token: str, now: datetime) -> tuple[Actor, datetime]:
        """Give who a token speaks for, and until when.

        Raises:
            NotAuthenticated: nobody vouches for it, or it is over before its time.
        """
        if self._development is not None and _algorithm(token) != ALGORITHM:
            actor, until = self._development.verify(token, now)
        else:
            actor, until = self._people.verify(token, now)
        self._revocations.demand_valid(actor)
        return actor, until


def read_header(token: str) -> dict[str, object]:
    """Give the header of a token, which proves nothing; raises one of `UNREADABLE`."""
    read: object = orjson.loads(urlsafe_b64decode(token.split(".", 1)[0].encode()))
    if not isinstance(read, dict):
        raise InvalidInput("header", "is no object")
    return cast("dict[str, object]", read)


def _algorithm(token: str) -> object:
    if len(token) > LONGEST:
        raise NotAuthenticated(TOO_LONG)
    try:
        return read_header(token).get("alg")
    except UNREADABLE:
        return None
