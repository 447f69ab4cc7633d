"""The keys of people's tokens: ES256, made in memory, their public halves known to all processes.

A private key is never stored and never leaves its process: there is nothing to steal from a disk,
to hand around or to rotate by hand. Each process makes one when it starts, and another one each
day; a public half stays known until the last token that it proves is over. So no rotation and no
restart signs anybody out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from access.claims import ACCESS_TIME, LEEWAY

CURVE = "P-256"
ALGORITHM = "ES256"
SIGNS_FOR = timedelta(days=1)
MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A key of this process; `until`: the last token that it signed is over by then."""

    key: ECKey
    until: datetime

    @property
    def id(self) -> str:
        return self.key.thumbprint()

    @property
    def public(self) -> dict[str, Any]:
        """Give the public half as a JSON Web Key (RFC 7517)."""
        said = cast("dict[str, Any]", self.key.as_dict(private=False))
        return said | {"kid": self.id, "alg": ALGORITHM, "use": "sig"}

    @classmethod
    def made(cls, now: datetime) -> "TokenKey":
        key = ECKey.generate_key(CURVE, private=True)
        return cls(key=key, until=now + SIGNS_FOR + ACCESS_TIME + LEEWAY)

    def signs(self, now: datetime) -> bool:
        """Say whether a token that it signs now is over before the key is."""
        return now + ACCESS_TIME + LEEWAY < self.until


class TokenKeys:
    """The key that this process signs with, and all public ones that it has heard of."""

    def __init__(self, now: datetime) -> None:
        self.current = TokenKey.made(now)
        self._known: dict[str, ECKey] = {}
        self._own: dict[str, TokenKey] = {}
        self._remember(self.current)

    def signer(self, now: datetime) -> TokenKey:
        """Give the key to sign with, a fresh one when the old one is about to end."""
        if not self.current.signs(now):
            self.current = TokenKey.made(now)
            self._own = {one.id: one for one in self._own.values() if one.until > now}
            self._remember(self.current)
        return self.current

    def hear(self, keys: Mapping[str, Mapping[str, Any]]) -> bool:
        """Learn which public keys there are; say whether the own one is among them."""
        heard: dict[str, ECKey] = {}
        for name, public in [*keys.items()][:MOST]:
            known = self._known.get(name) or _import(public)
            if known is not None:
                heard[name] = known
        self._known = heard | {one.id: one.key for one in self._own.values()}
        return self.current.id in heard

    def public_key(self, id: str) -> ECKey | None:
        return self._known.get(id)

    def jwks(self) -> dict[str, Any]:
        """Give all public keys as a JSON Web Key Set."""
        return {
            "keys": [
                cast("dict[str, Any]", key.as_dict(private=False))
                | {"kid": name, "alg": ALGORITHM, "use": "sig"}
                for name, key in sorted(self._known.items())
            ]
        }

    def _remember(self, made: TokenKey) -> None:
        self._own[made.id] = made
        self._known[made.id] = made.key


def _import(public: Mapping[str, Any]) -> ECKey | None:
    try:
        key = ECKey.import_key(dict(public))
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if key.curve_name == CURVE else None
