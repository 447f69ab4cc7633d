"""What garages that work offline leave in Postgres: their cursors, and the edits that may meet."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from domain.ids import CardId, GarageId, OperationId, PersonId
from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("offline.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class GaragePosition:
    """How far a garage has come in the change log, and when it last said so."""

    garage: str
    seq: int
    moved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditProposal:
    """One edit of a card at version `base`; `fields` is the document of what it proposes."""

    source: str
    base: int
    weight: float
    fields: Mapping[str, Any]


class OfflineStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def acknowledge(self, garage: GarageId, seq: int) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["acknowledge"], {"garage": garage, "seq": seq})

    async def garage_positions(self, garage: GarageId | None) -> list[GaragePosition]:
        """Give where one garage stands, or (None) the first hundred."""
        found = await self._records.rows(QUERIES["standings"], garage=garage)
        return [GaragePosition(**row) for row in found]

    async def propose(self, card: CardId, proposal: EditProposal) -> None:
        """Keep a proposal; the same source again is the same one."""
        row = asdict(proposal) | {"card": card, "fields": Jsonb(dict(proposal.fields))}
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["propose"], row)

    async def proposals(self, card: CardId, sources: Sequence[str]) -> list[EditProposal]:
        found = await self._records.rows(QUERIES["proposals"], card=card, sources=list(sources))
        return [EditProposal(**row) for row in found]

    async def foreign_position(self, operation: OperationId, actor: PersonId) -> bool:
        """Say whether somebody else has used this operation id."""
        return bool(await self._records.rows(QUERIES["foreign"], id=operation, actor=actor))
