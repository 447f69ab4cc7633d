"""The keys that may be used now, held in memory by every process: no request asks a store for them.

Postgres tells each process of a new or revoked key at once (`records.wakeups`). While a process
does not hear (its line is cut), it looks twice a second; while it cannot look either, its keys hold
for a minute more and are refused then, because one of them may have been revoked elsewhere.
That a key was used is noted here and written down at most once a minute, never by a request.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hmac import compare_digest
from time import monotonic
from typing import Protocol

from access.api_keys import digest_of, prefix_of
from domain.access import Actor
from domain.api_keys import ADDRESSES, ApiKey, KeyUse, Rung
from domain.deeds import SettingsOperation
from domain.errors import NotAuthenticated, Unavailable
from domain.ids import KeyId
from records.wakeups import Wakeup

# How often the keys are read: while news come in, and while none can.
HEARD_SECONDS, UNHEARD_SECONDS = 20.0, 0.5
STALE_SECONDS = 60.0
USES_SECONDS = 60.0
# How long the end of a process waits for that.
LAST_SECONDS = 2.0
UNKNOWN = "the key is unknown, revoked or expired; ask an administrator for another one"


class KeyRecords(Protocol):
    """Where keys are kept."""

    async def add(self, key: ApiKey, digest: bytes, operation: SettingsOperation) -> ApiKey: ...
    async def get(self, id: KeyId) -> ApiKey: ...
    async def page(
        self, *, first: int, after: str | None = None, partner: str | None = None
    ) -> list[ApiKey]: ...
    async def revoke(self, id: KeyId, operation: SettingsOperation) -> ApiKey: ...
    async def change_rung(self, id: KeyId, rung: Rung, operation: SettingsOperation) -> ApiKey: ...
    async def live(self, now: datetime) -> list[tuple[ApiKey, bytes]]: ...
    async def note_uses(self, uses: Sequence[KeyUse]) -> None: ...


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key of the ring; `gone` is set once it is revoked or held otherwise, for its sockets."""

    key: ApiKey
    digest: bytes = field(repr=False)
    gone: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Who asks with a key: as whom, with which key, and the word that it is revoked."""

    actor: Actor
    key: ApiKey
    gone: asyncio.Event


class LiveKeys:
    """`store` keeps the keys, `wakeup` tells of new, changed and revoked ones while `hears`."""

    def __init__(
        self,
        store: KeyRecords,
        now: Callable[[], datetime],
        wakeup: Wakeup,
        hears: Callable[[], bool],
    ) -> None:
        self._store = store
        self._now = now
        self._wakeup = wakeup
        self._hears = hears
        self._held: dict[str, HeldKey] = {}
        self._read_at: float | None = None
        self._uses: dict[KeyId, KeyUse] = {}
        self._wrote_at = monotonic()
        self._reading = asyncio.Lock()

    # At the door.

    def verify(
        self, token: str, now: datetime, *, garage: str | None, address: str | None
    ) -> Machine:
        """Give who a key speaks for.

        Raises:
            NotAuthenticated: it is no key, or none that may be used.
            InvalidInput: it has several garages and none is named, or another one.
            Unavailable: for too long nobody could tell which keys are revoked.
        """
        if self._is_stale:
            raise Unavailable("postgres", "which keys may be used is not known")
        held = self._held.get(prefix_of(token) or "")
        # Both are compared whole, so that the time tells nothing of the secret.
        if held is None or not compare_digest(held.digest, digest_of(token)):
            raise NotAuthenticated(UNKNOWN)
        if held.key.expires_at <= now:
            raise NotAuthenticated(UNKNOWN)
        # Whoever has the secret has used it, whatever they ask with it.
        self._note(held.key.id, now, address)
        return Machine(actor=held.key.actor(garage), key=held.key, gone=held.gone)

    def _note(self, key: KeyId, now: datetime, address: str | None) -> None:
        known = self._uses.get(key)
        seen = () if known is None else known.addresses
        if address is not None and seen[:1] != (address,):
            others = tuple(one for one in seen if one != address)
            seen = (address, *others)[:ADDRESSES]
        self._uses[key] = KeyUse(key=key, at=now, addresses=seen)

    # What administrators do; it holds here before they are answered.

    async def add(self, key: ApiKey, digest: bytes, operation: SettingsOperation) -> ApiKey:
        made = await self._store.add(key, digest, operation)
        await self.refresh()
        return made

    async def revoke(self, id: KeyId, operation: SettingsOperation) -> ApiKey:
        gone = await self._store.revoke(id, operation)
        await self.refresh()
        return gone

    async def change_rung(self, id: KeyId, rung: Rung, operation: SettingsOperation) -> ApiKey:
        changed = await self._store.change_rung(id, rung, operation)
        await self.refresh()
        return changed

    async def get(self, id: KeyId) -> ApiKey:
        return await self._store.get(id)

    async def page(
        self, *, first: int, after: str | None = None, partner: str | None = None
    ) -> list[ApiKey]:
        return await self._store.page(first=first, after=after, partner=partner)

    # Beside the requests.

    async def run(self) -> None:
        """Keep the keys as they stand, until cancelled; what they were used for is written then.

        Raises:
            Unavailable: the records do not answer.
        """
        try:
            while True:
                await self.refresh()
                if monotonic() - self._wrote_at >= USES_SECONDS:
                    await self.write_uses()
                await self._wakeup.wait(HEARD_SECONDS if self._hears() else UNHEARD_SECONDS)
        except asyncio.CancelledError:
            with suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    await self.write_uses()
            raise

    async def refresh(self) -> None:
        """Read the keys that may be used, and tell whoever follows with one that is gone.

        One reads at a time: what was read before a key was revoked may not come in after it.
        """
        async with self._reading:
            began = monotonic()
            try:
                live = await self._store.live(self._now())
            except Unavailable:
                self._let_go_of_stale()
                raise
            self._take(live, began)

    def _let_go_of_stale(self) -> None:
        """After so long without a word, whoever follows with a key is refused as whoever asks."""
        if self._is_stale:
            for held in self._held.values():
                held.gone.set()
            self._held = {}

    @property
    def _is_stale(self) -> bool:
        return self._read_at is None or monotonic() - self._read_at > STALE_SECONDS

    def _take(self, live: Sequence[tuple[ApiKey, bytes]], began: float) -> None:
        held = {key.prefix: self._kept(key, digest) for key, digest in live}
        for prefix, before in self._held.items():
            if prefix not in held:
                before.gone.set()
        self._held, self._read_at = held, began

    def _kept(self, key: ApiKey, digest: bytes) -> HeldKey:
        before = self._held.get(key.prefix)
        if before is None:
            return HeldKey(key, digest)
        if before.key.rung is not key.rung:
            # Whoever follows was let in at the other rung: they come again.
            before.gone.set()
            return HeldKey(key, digest)
        return HeldKey(key, digest, before.gone)

    async def write_uses(self) -> None:
        """Write down when and from where the keys were used since the last time."""
        uses, self._uses, self._wrote_at = self._uses, {}, monotonic()
        try:
            if uses:
                await self._store.note_uses([*uses.values()])
        except (Unavailable, asyncio.CancelledError):
            for use in uses.values():
                self._note_again(use)
            raise

    def _note_again(self, use: KeyUse) -> None:
        """Keep what could not be written down, beside what came since."""
        since = self._uses.get(use.key)
        if since is not None:
            addresses = dict.fromkeys((*since.addresses, *use.addresses))
            use = replace(since, addresses=tuple(addresses)[:ADDRESSES])
        self._uses[use.key] = use
