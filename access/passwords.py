"""Passwords, after NIST SP 800-63B-4: long, not guessable, hashed by Argon2id (RFC 9106).

One that stands alone has fifteen characters at least (3.1.1.2): no second factor stands beside it
yet. No kinds of characters are demanded and nothing expires; what is refused is what guessers try
first: the 30,000 most common passwords, words, names, keyboard runs, repetitions and dates, alone
or together, as zxcvbn counts them (Wheeler, USENIX Security 2016), with the person's own name and
address among the words.
"""

import asyncio
import unicodedata
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, cast

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

from domain.characters import UNWANTED
from domain.errors import InvalidInput, TooMany

T = TypeVar("T")

LEAST, MOST = 15, 256
# More than so many guesses take years against a door that slows down, and against Argon2id too.
LEAST_GUESSES = 1e10
# What is looked at to count guesses; the work grows with the square of it.
LOOKED_AT = 72
OUR_WORDS = ("battwheels", "batt", "wheels", "garage")
# Beside the two cores that a small machine has; each at work holds its memory.
AT_ONCE = 2
WAITING = 64
RETRY_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HashCost:
    """What a guess costs: OWASP's first choice, 19 MiB and two passes, about 25 ms of a core."""

    kib: int = 19_456
    passes: int = 2


def parse_password(password: str, known: Sequence[str] = ()) -> str:
    """Give a new password in the one form that it is hashed in (NFKC).

    Raises:
        InvalidInput: too short, too long, or among the first that somebody would guess; `known` are
            words of theirs.
    """
    if len(password) > MOST:
        raise InvalidInput("password", f"has more than {MOST} characters")
    folded = fold_password(password)
    if UNWANTED.search(folded):
        raise InvalidInput("password", "holds letters that are not seen")
    if not LEAST <= len(folded) <= MOST:
        raise InvalidInput("password", f"needs {LEAST} to {MOST} characters; several words do well")
    if guesses_of(folded, known) < LEAST_GUESSES:
        raise InvalidInput(
            "password", "is among the first that would be guessed; put unrelated words together"
        )
    return folded


def fold_password(password: str) -> str:
    """Give a password as it is hashed, whatever keyboard typed it."""
    return unicodedata.normalize("NFKC", password[:MOST])


def guesses_of(password: str, known: Sequence[str] = ()) -> float:
    """Estimate how many guesses find a password."""
    words = [part for word in known for part in word.lower().replace("@", " ").split()]
    found = zxcvbn(password[:LOOKED_AT], user_inputs=[*OUR_WORDS, *words])
    return float(cast("float", found["guesses"]))


class Passwords:
    """Hashes beside the event loop, a few at a time: a thousand sign-ins take no more memory."""

    def __init__(self, cost: HashCost | None = None, waiting: int = WAITING) -> None:
        cost = cost or HashCost()
        self._hasher = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.kib, parallelism=1, hash_len=32, salt_len=16
        )
        self._threads = ThreadPoolExecutor(AT_ONCE, "passwords")
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting, self._most = 0, waiting
        # Whoever is not there costs the same as whoever is: nobody can tell from the time.
        self._nobody = self._hasher.hash("nobody has this one")

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Hold one of the few turns through a whole sign-in.

        Raises:
            TooMany: too many wait already.
        """
        if self._waiting >= self._most:
            raise TooMany("sign-ins", RETRY_SECONDS)
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()

    async def hash(self, password: str) -> str:
        return await self._apart(partial(self._hasher.hash, password))

    async def matches(self, hash: str | None, password: str) -> bool:
        """Say whether a password is the one of a hash; with None, take the same time and say no."""
        work = partial(self._verify, hash or self._nobody, fold_password(password))
        right = await self._apart(work)
        return right and hash is not None

    async def parse(self, password: str, known: Sequence[str]) -> str:
        """Give a new password as `parse_password` does, beside the loop."""
        return await self._apart(partial(parse_password, password, known))

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _verify(self, hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(hash, password)
        except (Argon2Error, InvalidHashError):
            return False
