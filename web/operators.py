"""Who may know how the service is doing inside: operators, by a token of their own or from here."""

import hmac
from dataclasses import dataclass

from starlette.requests import Request

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Operators:
    """Admits whoever sends the token as `Authorization: Bearer TOKEN`.

    `everyone` is for development and for a port that only this machine reaches.
    """

    token: str | None = None
    everyone: bool = False

    def admits(self, request: Request) -> bool:
        if self.everyone:
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if self.token is None or scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(given.strip().encode(), self.token.encode())
