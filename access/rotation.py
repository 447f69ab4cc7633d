"""A new key takes the place of an old one while everybody reads and writes.

Five steps, each of which may be cut off and done again:

1. make a key for each table, which seals nothing yet, and keep the setting's old keys beside them;
2. wait until every process has read them: from then on each can open what they seal;
3. let them seal what is new, and wait until every process does;
4. seal anew what is sealed with older ones, in small batches that hold few rows, and not for long;
5. wrap all data keys by the current master key, so that an older one may leave the setting.

What the law keeps as it was written (`PersonalField.frozen`) is chained to the audit by its sealed
bytes. It is not sealed anew: its data keys stay, under the new master key. A key that seals nothing
any more is removed later (`DataKeys.remove_unused`), when no process can still be sealing with it.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from access.data_keys import REST_SECONDS, DataKeys
from access.personal_fields import SEALED, PersonalField
from access.vault import Vault
from records.data_keys import DataKeyStore

BATCH = 100
# Who does not hear that there are new keys looks by itself within the first of these.
HEARD_SECONDS = REST_SECONDS + 2.0
RESEALED = tuple(field for field in SEALED if not field.frozen)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationStep:
    """How far a rotation has come: `done` of `total` values of a table, or a sentence."""

    said: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRotation:
    """What a rotation needs; `wait` lets so many seconds pass."""

    keys: DataKeys
    vault: Vault
    store: DataKeyStore
    wait: Callable[[float], Awaitable[None]]

    async def run(self) -> AsyncGenerator[RotationStep]:
        """Rotate, and tell of each step.

        Raises:
            Unavailable: the records stopped answering; run it again.
            UnsafeSetting: a key is missing that something is sealed with.
        """
        await self.keys.demand_all()
        yield RotationStep(said="New keys are made; every process is given time to read them.")
        made = await self.keys.add_keys()
        await self.wait(HEARD_SECONDS)
        await self.keys.promote_keys(made)
        yield RotationStep(said="What is new is sealed with them, as soon as every process heard.")
        await self.wait(HEARD_SECONDS)
        for field in RESEALED:
            async for step in self._seal_anew(field):
                yield step
        changed = await self.keys.rewrap_keys()
        yield RotationStep(said=f"{changed} data keys are wrapped by the current master key.")

    async def _seal_anew(self, field: PersonalField) -> AsyncGenerator[RotationStep]:
        own = self.vault.ring.primary(field.table).name
        said, done, after = f"{field.table}.{field.column}", 0, None
        async with self.store.transaction() as table:
            total = await table.count_stale(field, own)
        if total:
            yield RotationStep(said=said, total=total)
        while True:
            async with self.store.transaction() as table:
                found = await table.stale_values(field, own, after, BATCH)
                anew = {
                    row: self.vault.reseal(value, field.at(row)) for row, value in found.items()
                }
                await table.reseal(field, anew)
            if not found:
                return
            done, after = done + len(found), [*found][-1]
            yield RotationStep(said=said, done=done, total=max(total, done))
