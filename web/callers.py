"""Who is calling: the bearer token of a request or of a socket, checked once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from domain.access import Actor
from domain.errors import NotAuthenticated

Verify = Callable[[str, datetime], tuple[Actor, datetime]]

SCHEME = "bearer"


def bearer_token(value: str) -> str:
    """Give the token of an `Authorization` header.

    Raises:
        NotAuthenticated: it is of another scheme.
    """
    scheme, _, token = value.strip().partition(" ")
    if scheme.lower() != SCHEME or not token.strip():
        raise NotAuthenticated("send `Authorization: Bearer TOKEN`")
    return token.strip()


def offered_token(params: Mapping[str, Any] | None) -> str | None:
    """Give the `Authorization` value in what a socket's client sent to open it."""
    for name, value in (params or {}).items():
        if name.lower() == "authorization":
            return value if isinstance(value, str) else ""
    return None
