"""Challenges that passkeys sign: made and known again by the house's key, so that none is kept.

A challenge says its id and its end under a keyed hash over what it is for: to sign in, or to add a
passkey to one person. What is kept is which ones were answered (`records.passkeys`): each is good
once.
"""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from access.people import NameSeal
from domain.errors import NotAuthenticated
from domain.ids import PersonId, uuid7

CHALLENGE_TIME = timedelta(minutes=5)
LONGEST_CHALLENGE = 120
PARTS = 3
SIGN_IN = "sign in"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyChallenge:
    """What a passkey is to sign; `text` is ASCII, and its bytes are signed."""

    id: UUID
    ends_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ChallengeSeal:
    """Makes challenges and knows its own."""

    seal: NameSeal = field(repr=False)

    def make(self, purpose: str, now: datetime, randomness: int) -> PasskeyChallenge:
        """Give a challenge for a purpose, out of 74 random bits."""
        return self._made(purpose, uuid7(now, randomness), now + CHALLENGE_TIME)

    def read(self, text: str, purpose: str, now: datetime) -> PasskeyChallenge:
        """Give the challenge that was answered.

        Raises:
            NotAuthenticated: it is none of ours, for something else, or over.
        """
        parts = text.split(".") if len(text) <= LONGEST_CHALLENGE and text.isascii() else []
        if len(parts) != PARTS or not parts[1].isdecimal():
            raise NotAuthenticated("the challenge does not read")
        try:
            ends = datetime.fromtimestamp(int(parts[1]), UTC)
            challenge = self._made(purpose, UUID(hex=parts[0]), ends)
        except (ValueError, OverflowError, OSError) as error:
            raise NotAuthenticated("the challenge does not read") from error
        if not hmac.compare_digest(challenge.text, text) or now >= ends:
            raise NotAuthenticated("the challenge is none of ours, or over")
        return challenge

    def _made(self, purpose: str, id: UUID, ends_at: datetime) -> PasskeyChallenge:
        ends = int(ends_at.timestamp())
        mac = self.seal.word("passkey challenge", f"{purpose}\n{id.hex}\n{ends}")
        return PasskeyChallenge(
            id=id, ends_at=datetime.fromtimestamp(ends, UTC), text=f"{id.hex}.{ends}.{mac}"
        )


def adding_to(person: PersonId) -> str:
    """Give the purpose of a challenge that adds a passkey to somebody."""
    return f"add to {person}"
