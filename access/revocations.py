"""What ends before its token does, as this process knows it, and who is told at once.

A token is believed without asking anybody for fifteen minutes; what takes a right away sooner is
written to the revocation log in the transaction of the change, by triggers. Each process reads that
log when PostgreSQL wakes it, and each second in any case, over a line of its own: Redis has no part
in it. While PostgreSQL itself is silent nobody can be signed out, nobody signs in, no token is made
anew, and those that are out end within their fifteen minutes.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from weakref import WeakSet

from access.claims import ACCESS_TIME, LEEWAY
from access.token_keys import TokenKeys
from domain.access import Actor
from domain.errors import NotAuthenticated
from domain.ids import PersonId, SessionId
from records.revocations import Revocation, RevocationLog, read_keys, read_recent
from records.wakeups import Wakeup

# How long a revocation matters: no token of before it lives longer.
MATTERS = ACCESS_TIME + 2 * LEEWAY
# A transaction may be written down that long before others see it.
OVERLAP_SECONDS = 60.0
POLL_SECONDS = 0.8
OVER = "your rights have changed or the session is over; refresh the token or sign in again"


class RightsWatch:
    """For one who stays: a socket, a stream. `over` is set when what let them in has ended."""

    __slots__ = ("__weakref__", "actor", "over")

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.over = asyncio.Event()


class Revocations:
    def __init__(
        self,
        log: RevocationLog,
        keys: TokenKeys,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._log = log
        self._keys = keys
        self._now = now
        self._rights = dict[PersonId, tuple[int, datetime]]()
        self._ended = dict[SessionId, datetime]()
        self._watches = WeakSet[RightsWatch]()

    def demand_valid(self, actor: Actor) -> None:
        """Raise NotAuthenticated for whoever's rights have changed since their token was made."""
        if self._is_over(actor):
            raise NotAuthenticated(OVER)

    def watch(self, actor: Actor) -> RightsWatch:
        """Give what tells somebody who stays that they may not; let go of it to end that."""
        made = RightsWatch(actor)
        self._watches.add(made)
        if self._is_over(actor):
            made.over.set()
        return made

    async def read(self) -> None:
        """Read now: what this process has just changed counts at once."""
        self._learn(await self._log.recent(OVERLAP_SECONDS))

    async def publish(self) -> None:
        """Let the other processes know the key that this one signs with."""
        signer = self._keys.signer(self._now())
        await self._log.publish(signer.id, signer.public, signer.until)

    async def forget(self) -> None:
        """Forget what no token speaks of any more."""
        await self._log.forget()

    async def run(self, wakeup: Wakeup) -> None:
        """Follow the log until cancelled.

        Raises:
            Unavailable: the records do not answer (any more).
        """
        await self.publish()
        seconds = MATTERS.total_seconds()
        async with self._log.line() as line:
            while True:
                self._learn(await read_recent(line, seconds))
                signer = self._keys.signer(self._now())
                if not self._keys.hear(await read_keys(line)) or signer is not self._keys.current:
                    await self.publish()
                seconds = OVERLAP_SECONDS
                await wakeup.wait(POLL_SECONDS)

    def _learn(self, revoked: list[Revocation]) -> None:
        now = self._now()
        for one in revoked:
            if one.person is not None and one.rights is not None:
                known = self._rights.get(one.person, (0, now))[0]
                self._rights[one.person] = max(known, one.rights), now
            if one.session is not None:
                self._ended[one.session] = now
        self._forget(now - MATTERS)
        if revoked:
            for watch in [*self._watches]:
                if self._is_over(watch.actor):
                    watch.over.set()

    def _forget(self, before: datetime) -> None:
        self._rights = {p: kept for p, kept in self._rights.items() if kept[1] > before}
        self._ended = {s: at for s, at in self._ended.items() if at > before}

    def _is_over(self, actor: Actor) -> bool:
        known = self._rights.get(actor.id)
        return actor.session in self._ended or (known is not None and actor.rights < known[0])
