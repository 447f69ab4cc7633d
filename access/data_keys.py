"""Data keys: one for each table, kept wrapped by a master key, opened once by each process.

Keys are read over a connection outside of the pool, before one of the pool is taken: whoever holds
a connection never waits for keys, so a hundred writers at once cannot wait for each other. Other
processes make keys too; this one hears of them (`follow`) before anything is sealed with them
(`access.rotation`).
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from access.key_wrapper import KeyWrapper
from access.personal_fields import SEALED_TABLES
from access.vault import KEY_BYTES, SETTING, DataKey, KeyRing
from domain.errors import Unavailable, UnsafeSetting
from records.data_keys import DataKeyStore, DataKeyTable, KeptKey

# How soon a new key is here that nobody told of.
REST_SECONDS = 10.0


class Waiter(Protocol):
    """Waits until told, so many seconds at most."""

    async def wait(self, seconds: float) -> bool: ...


class DataKeys:
    """The data keys of this process.

    Attributes:
        ring: what the vault seals and opens with; changed in place when keys are read.
    """

    def __init__(
        self,
        store: DataKeyStore,
        wrapper: KeyWrapper,
        older: Sequence[DataKey] = (),
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """`older` are the keys of the setting: values from before data keys open with them."""
        self.ring = KeyRing()
        self._store, self._wrapper = store, wrapper
        self._older = {key.name: key for key in older}
        self._randomness = randomness
        self._read = False
        self._reading = asyncio.Lock()

    async def demand_read(self) -> None:
        """Return when the keys are open; the first call reads them, over a connection of its own.

        Raises:
            Unavailable: the records do not answer.
            UnsafeSetting: a master key is missing.
        """
        if self._read:
            return
        async with self._reading:
            if not self._read:
                await self.read_again()
                self._read = True

    async def read_again(self) -> None:
        """Open what there is by now; make what a table lacks."""
        async with self._store.apart() as table:
            kept = await table.every_key()
            lacking = {*SEALED_TABLES} - {key.table for key in kept if key.primary}
            for name in sorted(lacking):
                await self._add(table, name, primary=True)
            await self._open(await table.every_key() if lacking else kept)

    async def follow(self, wake: Waiter) -> None:
        """Keep the ring as the records have it, until cancelled."""
        while True:
            with suppress(Unavailable):
                await self.read_again()
            await wake.wait(REST_SECONDS)

    async def demand_all(self) -> None:
        """Return when every key that something is sealed with is there.

        Raises:
            UnsafeSetting: one is missing.
        """
        await self.demand_read()
        async with self._store.transaction() as table:
            used = await table.values_of_keys()
        missing = sorted(used.keys() - self.ring.names)
        if missing:
            raise UnsafeSetting(
                SETTING,
                f"misses {', '.join(missing)}: people are sealed with it. Put the old key back "
                "behind the current one, as NAME:BASE64; nothing was changed",
            )

    async def kept_keys(self) -> list[tuple[KeptKey, int]]:
        """Give every key with how many values it seals."""
        async with self._store.transaction() as table:
            used = await table.values_of_keys()
            return [(key, used.get(key.name, 0)) for key in await table.every_key()]

    async def add_keys(self) -> list[str]:
        """Make a new key for each table, which opens and does not seal yet; give their names.

        Keys of the setting that values are sealed with are kept too: the setting may drop them.
        """
        async with self._store.transaction() as table:
            made = [await self._add(table, name, primary=False) for name in SEALED_TABLES]
            used = await table.values_of_keys()
            for key in (self._older[name] for name in sorted(used.keys() & self._older.keys())):
                await table.add(await self._wrapped(key, primary=False))
        await self.read_again()
        return made

    async def promote_keys(self, names: Sequence[str]) -> None:
        """Let these keys seal what is new; those before them only open."""
        async with self._store.transaction() as table:
            await table.promote(names)
        await self.read_again()

    async def rewrap_keys(self) -> int:
        """Wrap what another master key wrapped by the current one; give how many keys."""
        async with self._store.transaction() as table:
            kept = await table.every_key()
            others = [key for key in kept if key.master != self._wrapper.current]
            for key in others:
                secret = await self._wrapper.unwrap(key)
                master, wrapped = await self._wrapper.wrap(secret, key.name)
                await table.rewrap(replace(key, master=master, wrapped=wrapped))
        return len(others)

    async def remove_unused(self, seconds: float) -> list[str]:
        """Remove the keys that seal nothing and that were retired so many seconds ago."""
        async with self._store.transaction() as table:
            gone = await table.remove_unused(seconds)
        await self.read_again()
        return gone

    async def _open(self, kept: Sequence[KeptKey]) -> None:
        keys, primaries = list(self._older.values()), dict[str, DataKey]()
        for one in kept:
            secret = await self._wrapper.unwrap(one)
            key = DataKey(name=one.name, secret=secret, table=one.table)
            keys.append(key)
            if one.primary and one.table is not None:
                primaries[one.table] = key
        self.ring.put(keys, primaries)

    async def _add(self, table: DataKeyTable, name: str, *, primary: bool) -> str:
        number = await table.last_number(name) + 1
        key = DataKey(name=f"{name}.{number}", secret=self._randomness(KEY_BYTES), table=name)
        await table.add(await self._wrapped(key, primary=primary))
        return key.name

    async def _wrapped(self, key: DataKey, *, primary: bool) -> KeptKey:
        master, wrapped = await self._wrapper.wrap(key.secret, key.name)
        return KeptKey(
            name=key.name, table=key.table, master=master, wrapped=wrapped, primary=primary
        )
