"""Fixes that stopped working, in Postgres: each told once."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from domain.ids import CardId
from domain.lapses import ChangeKind, LapsedFix, TradeChange
from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("lapses.sql")


class LapseStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def known(self) -> set[tuple[CardId, TradeChange]]:
        """Give which cards were told of, with which change."""
        rows = await self._records.rows(QUERIES["known"])
        return {(CardId(row["card"]), _change_of(row)) for row in rows}

    async def keep(self, lapse: LapsedFix, found_at: datetime) -> bool:
        """Keep a lapse and say whether it is new."""
        row: dict[str, Any] = asdict(lapse)
        row |= row.pop("change") | {"found_at": found_at}
        async with self._records.transaction() as connection:
            made = await (await connection.execute(QUERIES["keep"], row)).fetchone()
        return made is not None


def _change_of(row: dict[str, Any]) -> TradeChange:
    return TradeChange(kind=ChangeKind(row["kind"]), value=row["value"], make=row["make"])
