"""Links that open by themselves what they name, until they expire: whoever has one has no token."""

import hmac
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from starlette.responses import Response

LONGEST = 16


def signature(key: bytes, what: str) -> str:
    """Give the signature of what a link says, its last moment among it."""
    return hmac.new(key, what.encode(), sha256).hexdigest()


def holds(sign: Callable[[int], str], expires: str, given: str, now: datetime) -> bool:
    """Say whether a link bears our signature and has not expired.

    `sign` gives the signature that a link has which expires then, in seconds since 1970.
    """
    if not expires.isdecimal() or len(expires) > LONGEST or not given.isascii():
        return False
    right = hmac.compare_digest(given, sign(int(expires)))
    return right and now.timestamp() <= int(expires)


def plain_response(status: int, text: str) -> Response:
    return Response(f"{text}\n", status, media_type="text/plain")
