"""What files brought in: each import on record with all that it wrote, so that it can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import LiteralString

from domain.cards import CardStatus, FailureCard
from domain.errors import NotFound, StaleVersion
from domain.events import EventType
from domain.ids import CardId
from domain.matches import Embedding
from graph import bodies, outbox
from graph.card_imports import BATCH_SECONDS, IMPORTS, version_event
from graph.card_writes import WRITES, CardToSave, save_cards
from graph.database import Graph, Row, Transaction, run_query

BATCH = 500
LISTED = 50
OUT_OF_USE = frozenset({CardStatus.DEPRECATED, CardStatus.REJECTED})
DROPS: dict[str, LiteralString] = {
    "vehicles": IMPORTS["drop_vehicles"],
    "suppliers": IMPORTS["drop_suppliers"],
    "components": IMPORTS["drop_components"],
    "symptoms": IMPORTS["drop_symptoms"],
    "error codes": IMPORTS["drop_codes"],
    "parts": IMPORTS["drop_parts"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One run of an import: what kind, of which file, when, and what it wrote."""

    id: str
    kind: str
    source: str
    at: datetime
    state: str = "begun"
    created: int = 0
    changed: int = 0
    entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCard:
    """A card that an import wrote: from which version to which, and which one stands now.

    `said` is what the import before had said of it, `later` a later import that wrote it since.
    """

    id: CardId
    before: int
    after: int
    said: str | None
    version: int
    by: str | None
    later: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedEntry:
    """An entry of the vocabulary as it was before an import (None: it was not), and after it."""

    kind: str
    key: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredCard:
    """A card taken back: the version that now stands, with the vector of its words."""

    written: WrittenCard
    card: FailureCard
    embedding: Embedding | None = None

    @property
    def withdrawn(self) -> bool:
        return self.card.status in OUT_OF_USE


class ImportStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def begin(self, record: ImportRecord) -> None:
        """Put an import on record before it writes anything."""
        await self._graph.commit(
            IMPORTS["begin_import"],
            id=record.id,
            kind=record.kind,
            source=record.source,
            at=record.at,
        )

    async def end(self, id: str, *, created: int, changed: int, entries: int) -> bool:
        """Say that it ran to its end; give whether it stays: without a write it is forgotten."""
        await self._graph.commit(
            IMPORTS["end_import"], id=id, created=created, changed=changed, entries=entries
        )
        if not created + changed + entries:
            await self._graph.commit(IMPORTS["forget_import"], id=id)
        return bool(created + changed + entries)

    async def note_entries(self, id: str, entries: Sequence[ImportedEntry]) -> None:
        """Keep how entries were, before they are written."""
        rows = [
            {"kind": e.kind, "key": e.key, "before": e.before, "after": e.after} for e in entries
        ]
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            await self._graph.write(
                lambda tx, part=part: run_query(
                    tx, IMPORTS["said"], **{"import": id, "rows": part}
                ),
                seconds=BATCH_SECONDS,
            )

    async def latest(self, limit: int = LISTED) -> list[ImportRecord]:
        """Give the imports, the latest first."""
        found = await self._graph.entries(IMPORTS["list_imports"], limit=limit)
        return [_record_of(row) for row in found]

    async def get(self, id: str) -> ImportRecord:
        """Give one import.

        Raises:
            NotFound: there is no such import.
        """
        found = await self._graph.entries(IMPORTS["one_import"], id=id)
        if not found:
            raise NotFound("import", id)
        return _record_of(found[0])

    async def cards_of(self, id: str) -> list[WrittenCard]:
        """Give the cards that an import wrote and that are not taken back yet."""
        found = await self._graph.entries(IMPORTS["written_cards"], id=id)
        return [
            WrittenCard(
                id=CardId(row["id"]),
                before=row["before"],
                after=row["after"],
                said=row["hash"],
                version=row["version"],
                by=row["by"],
                later=row["later"],
            )
            for row in found
        ]

    async def entries_of(self, id: str) -> list[ImportedEntry]:
        """Give the entries of the vocabulary that an import wrote."""
        found = await self._graph.entries(IMPORTS["imported_entries"], id=id)
        return [ImportedEntry(**row) for row in found]

    async def cards_before(
        self, written: Sequence[WrittenCard], at: datetime
    ) -> list[RestoredCard]:
        """Give each card as it was before, as the version that would follow; nothing is written."""
        wanted = [{"id": one.id, "n": n} for one in written for n in (one.before, one.after) if n]
        rows = await self._graph.read(IMPORTS["versions_of"], rows=wanted)
        held = {(row["id"], row["n"]): bodies.read_card(row["body"]) for row in rows}
        return [
            RestoredCard(written=one, card=_card_before(one, held, at))
            for one in written
            if (one.id, one.after) in held
        ]

    async def take_back(self, id: str, restored: Sequence[RestoredCard], by: str) -> None:
        """Write cards as they were before an import; all of these or none.

        Raises:
            StaleVersion: somebody changed one of them meanwhile.
        """

        async def work(tx: Transaction) -> None:
            await _demand_unchanged(tx, restored)
            saved = [
                CardToSave(card=one.card, by=by, new=False, embedding=one.embedding)
                for one in restored
            ]
            await save_cards(tx, saved)
            gone = [one.card.id for one in restored if one.withdrawn]
            await run_query(tx, WRITES["cut"], ids=gone)
            await run_query(tx, WRITES["cut_parts"], ids=gone)
            rows = [_undone_row(id, one) for one in restored]
            await run_query(tx, IMPORTS["taken_back"], **{"import": id, "rows": rows})
            await outbox.leave_events(
                tx,
                [
                    version_event(one.card, _event_of(one), by, one.card.provenance.updated_at)
                    for one in restored
                ],
            )

        await self._graph.write(work, seconds=BATCH_SECONDS)

    async def drop_entries(self, kind: str, keys: Sequence[str]) -> None:
        """Take out entries that only an import knew; one that something points at stays."""
        for start in range(0, len(keys), BATCH):
            part = list(keys[start : start + BATCH])
            await self._graph.commit(DROPS[kind], keys=part)
        if kind == "vehicles":
            await self._graph.commit(IMPORTS["drop_makes"])

    async def mark_undone(self, id: str) -> None:
        await self._graph.commit(IMPORTS["undo_import"], id=id)


async def _demand_unchanged(tx: Transaction, restored: Sequence[RestoredCard]) -> None:
    claimed = await run_query(tx, WRITES["claim"], ids=[one.card.id for one in restored])
    versions = {row["id"]: row["version"] for row in claimed}
    for one in restored:
        if versions[one.card.id] != one.written.after:
            raise StaleVersion(one.card.id, one.written.after, versions[one.card.id])


def _card_before(
    one: WrittenCard, held: dict[tuple[str, int], FailureCard], at: datetime
) -> FailureCard:
    """Give what stood before as the next version; of what was new, the card out of use."""
    now = held[one.id, one.after]
    before = held.get((one.id, one.before))
    card = replace(now, status=CardStatus.DEPRECATED) if before is None else before
    origin = replace(card.provenance, created_at=now.provenance.created_at, updated_at=at)
    return replace(card, version=one.after + 1, provenance=origin)


def _undone_row(id: str, one: RestoredCard) -> Row:
    undone = id if one.withdrawn else None
    written = one.written
    return {
        "id": written.id,
        "before": written.before,
        "after": written.after,
        "version": one.card.version,
        "hash": written.said,
        "undone": undone,
    }


def _event_of(one: RestoredCard) -> EventType:
    return EventType.CARD_RETIRED if one.withdrawn else EventType.CARD_UPDATED


def _record_of(row: Row) -> ImportRecord:
    return ImportRecord(
        id=row["id"],
        kind=row["kind"],
        source=row["source"],
        at=row["at"].to_native(),
        state=row["state"],
        created=row["created"] or 0,
        changed=row["changed"] or 0,
        entries=row["entries"] or 0,
    )
