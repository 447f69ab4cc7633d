"""What each resolved repair was decided to be, and which card speaks for which signature."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from domain.feedback import EstimateAccuracy
from domain.ids import CardId, EventId, GarageId, PersonId, TicketId
from domain.novelty import Decision, Likeness, NoveltyVerdict
from domain.outcomes import Outcome
from records.database import Records, Row
from records.queries import named_queries

QUERIES = named_queries("analyses.sql")
EVIDENCE = TypeAdapter(tuple[Likeness, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One resolution with its decision: the ticket, what was done and used, how it ended (IP-6)."""

    ticket: TicketId
    version: int
    event: EventId
    verdict: NoveltyVerdict
    followed: CardId | None
    worked: bool
    minutes: int
    estimated: int
    parts: tuple[tuple[str, int], ...]
    steps: int
    accuracy: EstimateAccuracy
    technician: PersonId
    garage: GarageId
    at: datetime


class AnalysisStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def get(self, ticket: TicketId, version: int) -> Analysis | None:
        rows = await self._records.rows(QUERIES["analysis"], ticket=ticket, version=version)
        return _analysis_of(rows[0]) if rows else None

    async def put(self, analysis: Analysis) -> Analysis:
        """Keep an analysis and give the one that stands: the first of two."""
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["analyse"], _analysis_row(analysis))
        return await self.get(analysis.ticket, analysis.version) or analysis

    async def claim(self, key: str, card: CardId, gone: Sequence[CardId] = ()) -> CardId:
        """Give the card that speaks for a signature: `card`, unless one did before.

        An owner that is among `gone` (out of use) gives way.
        """
        wanted = {"key": key, "card": card, "gone": list(gone)}
        async with self._records.transaction() as connection:
            found = await (await connection.execute(QUERIES["claim"], wanted)).fetchone()
        return CardId(found["card"]) if found else card

    async def release(self, card: CardId) -> None:
        """Let another card speak for what a deleted one spoke for."""
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["release"], {"card": card})


def part_counts(outcome: Outcome) -> tuple[tuple[str, int], ...]:
    return tuple((use.part, use.quantity) for use in outcome.parts)


def _analysis_row(analysis: Analysis) -> dict[str, Any]:
    verdict, accuracy = analysis.verdict, analysis.accuracy
    plain = asdict(analysis) | {
        "decision": verdict.decision,
        "card": verdict.card,
        "evidence": Jsonb(EVIDENCE.dump_python(verdict.evidence, mode="json")),
        "parts": Jsonb([list(use) for use in analysis.parts]),
        "parts_precision": accuracy.precision,
        "parts_recall": accuracy.recall,
        "time_ratio": accuracy.time_ratio,
    }
    return {name: value for name, value in plain.items() if name not in {"verdict", "accuracy"}}


def _analysis_of(row: Row) -> Analysis:
    return Analysis(
        ticket=TicketId(row["ticket"]),
        version=row["version"],
        event=EventId(row["event"]),
        verdict=NoveltyVerdict(
            decision=Decision(row["decision"]),
            card=CardId(row["card"]) if row["card"] else None,
            evidence=EVIDENCE.validate_python(row["evidence"]),
        ),
        followed=CardId(row["followed"]) if row["followed"] else None,
        worked=row["worked"],
        minutes=row["minutes"],
        estimated=row["estimated"],
        parts=tuple((part, quantity) for part, quantity in row["parts"]),
        steps=row["steps"],
        accuracy=EstimateAccuracy(
            precision=row["parts_precision"],
            recall=row["parts_recall"],
            time_ratio=row["time_ratio"],
        ),
        technician=PersonId(row["technician"]),
        garage=GarageId(row["garage"]),
        at=row["at"],
    )
