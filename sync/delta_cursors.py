"""Cursors of the delta: opaque, signed, bound to one garage, good for going on where it stopped."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import orjson

from domain.errors import InvalidInput

LONGEST = 400
SIGNED = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaPosition:
    """Where a garage stands: all up to `done` is there; of `done`..`until`, all up to a key.

    The key is the rank and the number of the last entry taken. What has not changed since keeps its
    key, so nothing falls between two batches, whatever else is ranked anew.
    """

    done: int
    until: int = 0
    rank: int = -1
    seq: int = 0


class DeltaCursors:
    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"battwheels cursor", "sha256")

    def seal(self, place: DeltaPosition, owner: str) -> str:
        body = orjson.dumps([place.done, place.until, place.rank, place.seq, owner])
        return urlsafe_b64encode(self._signature(body) + body).decode()

    def open(self, cursor: str, owner: str) -> DeltaPosition:
        """Give the place that a cursor stands for.

        Raises:
            InvalidInput: it is not of this service, or of another garage.
        """
        try:
            raw = urlsafe_b64decode(cursor[:LONGEST].encode())
            signature, body = raw[:SIGNED], raw[SIGNED:]
        except ValueError as error:
            raise InvalidInput(
                "after",
                "is not a cursor of `changes`. Use the `cursor` of the last answer, or null",
            ) from error
        if not hmac.compare_digest(signature, self._signature(body)):
            raise InvalidInput(
                "after",
                "is not a cursor of `changes`. Use the `cursor` of the last answer, or null",
            )
        done, until, rank, seq, of = orjson.loads(body)
        if of != owner:
            raise InvalidInput("after", "is the cursor of another garage. Begin with null")
        return DeltaPosition(done=done, until=until, rank=rank, seq=seq)

    def _signature(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:SIGNED]
