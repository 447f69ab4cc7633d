"""Who is calling: the bearer token or key of a request or of a socket, checked once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from access.api_keys import is_key
from domain.access import Actor
from domain.errors import NotAuthenticated
from resolvers.context import RequestContext
from web.live_keys import LiveKeys

Verify = Callable[[str, datetime], tuple[Actor, datetime]]

SCHEME = "bearer"
# Which garage of a key's is meant: a header of a request, or beside a socket's `Authorization`.
GARAGE = "x-garage"
# Whether an answer is to tell what it cost: `1`, at the same places.
COST = "x-cost"


def sign_in(
    context: RequestContext, token: str, callers: tuple[Verify, LiveKeys | None], garage: str | None
) -> None:
    """Note in a context who a token or a key speaks for, and until when.

    Raises:
        NotAuthenticated: it is not good.
        InvalidInput: the garage is none of the key's.
        Unavailable: for too long nobody could tell which keys are revoked.
    """
    (verify, keys), now = callers, context.services.now()
    if keys is None or not is_key(token):
        context.signed_in, context.expires = verify(token, now)
        return
    machine = keys.verify(token, now, garage=garage, address=context.origin.address)
    context.signed_in, context.expires = machine.actor, machine.key.expires_at
    context.key, context.revoked = machine.key, machine.gone


def bearer_token(value: str) -> str:
    """Give the token of an `Authorization` header.

    Raises:
        NotAuthenticated: it is of another scheme.
    """
    scheme, _, token = value.strip().partition(" ")
    if scheme.lower() != SCHEME or not token.strip():
        raise NotAuthenticated("send `Authorization: Bearer TOKEN`")
    return token.strip()


def offered(params: Mapping[str, Any] | None, wanted: str = "authorization") -> str | None:
    """Give the value of that name in what a socket's client sent to open it."""
    for name, value in (params or {}).items():
        if name.lower() == wanted:
            return value if isinstance(value, str) else ""
    return None
