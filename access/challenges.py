"""Challenges that the house makes and knows again by its key, so that none is kept.

A challenge says its id and its end under a keyed hash over what it is bound to. Asking for one
writes nothing; which ones were answered, those who use them keep: each is good once.
"""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from access.people import NameSeal
from domain.errors import NotAuthenticated

LONGEST_CHALLENGE = 120
PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedChallenge:
    """`text` is ASCII: the id, the second of its end, and the hash over both."""

    id: UUID
    ends_at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeSeal:
    """Makes challenges of one purpose, and knows its own."""

    seal: NameSeal = field(repr=False)
    purpose: str

    def make(self, id: UUID, ends_at: datetime, bound: str) -> SealedChallenge:
        """Give the challenge of an id; `ends_at` is cut to its second."""
        ends = int(ends_at.timestamp())
        mac = self.seal.word(self.purpose, f"{id.hex}\n{ends}\n{bound}")
        return SealedChallenge(
            id=id, ends_at=datetime.fromtimestamp(ends, UTC), text=f"{id.hex}.{ends}.{mac}"
        )

    def read(self, text: str, bound: str, now: datetime) -> SealedChallenge:
        """Give the challenge that comes back.

        Raises:
            NotAuthenticated: it is none of ours, bound to something else, or over.
        """
        parts = text.split(".") if len(text) <= LONGEST_CHALLENGE and text.isascii() else []
        if len(parts) != PARTS or not parts[1].isdecimal():
            raise NotAuthenticated(f"the {self.purpose} does not read")
        try:
            ends = datetime.fromtimestamp(int(parts[1]), UTC)
            made = self.make(UUID(hex=parts[0]), ends, bound)
        except (ValueError, OverflowError, OSError) as error:
            raise NotAuthenticated(f"the {self.purpose} does not read") from error
        if not hmac.compare_digest(made.text, text) or now >= ends:
            raise NotAuthenticated(f"the {self.purpose} is none of ours, or over")
        return made
