"""Slots of trainings as they are kept: begun once over all processes, told once when missed."""

from datetime import datetime

from domain.trainer_calendar import TrainingTerm, is_missed
from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("trainer_slots.sql")


class TrainingSlots:
    """Those of one process, which is the `holder`."""

    def __init__(self, records: Records, holder: str) -> None:
        self._records = records
        self._holder = holder

    async def claim(self, term: TrainingTerm, now: datetime) -> datetime | None:
        """Give the slot that this process has to train for; None: none is due, or it is another's.

        A slot of before the first look is nobody's, so that a new house does not begin with it.
        """
        since = await self._since(term, now)
        slot = term.slot(now)
        if slot <= since or is_missed(slot, now, None):
            return None
        given = {"term": term.name, "slot": slot, "holder": self._holder, "now": now}
        return slot if await self._records.rows(QUERIES["claim"], **given) else None

    async def end(
        self, term: TrainingTerm, slot: datetime, now: datetime, failed: str | None = None
    ) -> None:
        """Note that a training ended, or why it failed."""
        async with self._records.transaction() as connection:
            given = {"term": term.name, "slot": slot, "holder": self._holder}
            await connection.execute(QUERIES["ended"], given | {"now": now, "failed": failed})

    async def missed(self, term: TrainingTerm, now: datetime) -> list[datetime]:
        """Give the slots that went by in vain and of which nobody was told, and note them told.

        Where nobody ever looked for a term's slots, none is missed.
        """
        known = await self._records.rows(QUERIES["known"], term=term.name)
        if not known:
            return []
        since = known[0]["since"]
        rows = await self._records.rows(QUERIES["slots"], term=term.name, since=since)
        ended = {row["slot"]: row["ended_at"] for row in rows}
        told = {row["slot"] for row in rows if row["told_missed_at"] is not None}
        found = [
            slot
            for slot in term.slots(since, now)
            if slot not in told and is_missed(slot, now, ended.get(slot))
        ]
        return [slot for slot in found if await self._tell(term, slot, now)]

    async def _since(self, term: TrainingTerm, now: datetime) -> datetime:
        [row] = await self._records.rows(QUERIES["since"], term=term.name, now=now)
        return row["since"]

    async def _tell(self, term: TrainingTerm, slot: datetime, now: datetime) -> bool:
        given = {"term": term.name, "slot": slot, "now": now}
        return bool(await self._records.rows(QUERIES["told"], **given))
