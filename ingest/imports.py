"""From a checked batch to the stores: in order, in batches, and the same again changes nothing.

Vocabulary goes first, so that a card finds what it points at. A run that was interrupted is simply
run again: cards already there write nothing, and texts already embedded are remembered.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import token_hex
from typing import Any, Protocol, TypeVar

from domain.cards import FailureCard
from domain.matches import Embedding
from graph.card_imports import CardPreview, ImportCount, LeftCard
from graph.imports import ImportedEntry, ImportRecord
from ingest.batch import ImportBatch, RefusedLine
from ingest.vocabulary_changes import EntryChanges, VocabularyImporter, changes_of_batch

CARDS_AT_ONCE = 64
WORDS_AT_ONCE = 1_000
# The kind of import that says entries of the vocabulary whole.
KNOWLEDGE = "knowledge"

T = TypeVar("T")
# Called with what is loaded, how many are done, and of how many.
ProgressReport = Callable[[str, int, int], None]


class CardImporter(Protocol):
    async def load(
        self, cards: Sequence[tuple[FailureCard, Embedding | None]], *, into: str | None = None
    ) -> ImportCount: ...


class CardPreviewer(Protocol):
    async def preview(self, cards: Sequence[FailureCard]) -> list[CardPreview]: ...


class ImportEmbedder(Protocol):
    async def embed(self, texts: Sequence[str]) -> list[Embedding]: ...


class ImportLog(Protocol):
    """Where imports are on record."""

    async def begin(self, record: ImportRecord) -> None: ...
    async def note_entries(self, id: str, entries: Sequence[ImportedEntry]) -> None: ...
    async def end(self, id: str, *, created: int, changed: int, entries: int) -> bool: ...


class ImportStores(Protocol):
    """What loading needs of the opened house."""

    @property
    def cards(self) -> CardImporter: ...
    @property
    def vocabulary(self) -> VocabularyImporter: ...
    @property
    def embedder(self) -> ImportEmbedder: ...


class PreviewStores(Protocol):
    """What a look ahead needs of it."""

    @property
    def cards(self) -> CardPreviewer: ...
    @property
    def vocabulary(self) -> VocabularyImporter: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedImport:
    """An import that goes on record, and where."""

    record: ImportRecord
    log: ImportLog


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did: vocabulary by kind, cards by outcome, and every line refused.

    `id` is the import on record, by which it can be undone; `entries` those of the vocabulary that
    were new or changed, by kind; `left` the cards that it says otherwise and left as they are.
    """

    written: bool
    id: str | None = None
    vocabulary: dict[str, int] = field(default_factory=dict[str, int])
    entries: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left: tuple[LeftCard, ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What an import would do: entries by kind, and every card with what stands there now."""

    entries: tuple[EntryChanges[Any], ...]
    cards: tuple[CardPreview, ...]


def ignore_progress(what: str, done: int, total: int) -> None:
    """Say nothing."""


def new_record(kind: str, source: str, at: datetime) -> ImportRecord:
    """Give an import an id that a person can type."""
    return ImportRecord(
        id=f"imp_{at:%Y%m%d_%H%M%S}_{token_hex(2)}", kind=kind, source=source, at=at
    )


def unwritten(batch: ImportBatch) -> ImportReport:
    """Give the report of a batch that nothing is written of."""
    return ImportReport(
        written=False, refused=batch.refused, skipped=batch.skipped, notes=batch.notes
    )


async def preview_batch(
    batch: ImportBatch, stores: PreviewStores, *, kind: str = ""
) -> ImportPreview:
    """Say what importing the batch would do, and write nothing."""
    entries = await changes_of_batch(batch, stores.vocabulary, whole=kind == KNOWLEDGE)
    return ImportPreview(
        entries=tuple(entries), cards=tuple(await stores.cards.preview(batch.cards))
    )


async def import_batch(
    batch: ImportBatch,
    stores: ImportStores,
    *,
    skip_bad: bool = False,
    told: ProgressReport = ignore_progress,
    logged: LoggedImport | None = None,
) -> ImportReport:
    """Load the batch; with a refused line in it, load nothing unless `skip_bad`.

    `logged`: where the import goes on record, so that it can be undone.

    Raises:
        Unavailable: a store or the embedder does not answer; run the import again.
    """
    if batch.empty or (batch.refused and not skip_bad):
        return unwritten(batch)
    whole = logged is not None and logged.record.kind == KNOWLEDGE
    entries = await changes_of_batch(batch, stores.vocabulary, whole=whole)
    if logged is not None:
        await logged.log.begin(logged.record)
        await logged.log.note_entries(logged.record.id, list(_noted_entries(entries)))
    await _import_vocabulary(entries, stores.vocabulary, told)
    into = None if logged is None else logged.record.id
    count = await _import_cards(batch.cards, stores, told, into)
    report = replace(
        unwritten(batch),
        written=True,
        vocabulary={one.kind.name: one.told for one in entries if one.told},
        entries={one.kind.name: (one.new, one.changed) for one in entries if one.changes},
        created=count.created,
        changed=count.changed,
        unchanged=count.unchanged,
        left=count.left,
    )
    return report if logged is None else await _end_import(logged, report)


async def _end_import(logged: LoggedImport, report: ImportReport) -> ImportReport:
    entries = sum(new + changed for new, changed in report.entries.values())
    stays = await logged.log.end(
        logged.record.id, created=report.created, changed=report.changed, entries=entries
    )
    return replace(report, id=logged.record.id if stays else None)


def _noted_entries(every: Iterable[EntryChanges[Any]]) -> Iterable[ImportedEntry]:
    for one in every:
        for before, after in one.changes:
            yield ImportedEntry(
                kind=one.kind.name,
                key=one.kind.key(after),
                before=None if before is None else one.kind.write(before),
                after=one.kind.write(after),
            )


async def _import_vocabulary(
    every: Sequence[EntryChanges[Any]], words: VocabularyImporter, told: ProgressReport
) -> None:
    for one in every:
        values = [after for _, after in one.changes]
        for start in range(0, len(values), WORDS_AT_ONCE):
            part = values[start : start + WORDS_AT_ONCE]
            await one.kind.load(words)(part)
            told(one.kind.name, start + len(part), len(values))


async def _import_cards(
    cards: Sequence[FailureCard], stores: ImportStores, told: ProgressReport, into: str | None
) -> ImportCount:
    created = changed = unchanged = 0
    left = list[LeftCard]()
    for start in range(0, len(cards), CARDS_AT_ONCE):
        part = cards[start : start + CARDS_AT_ONCE]
        embedded = await stores.embedder.embed([card.wording for card in part])
        count = await stores.cards.load(list(zip(part, embedded, strict=True)), into=into)
        created += count.created
        changed += count.changed
        unchanged += count.unchanged
        left += count.left
        told("cards", start + len(part), len(cards))
    return ImportCount(created=created, changed=changed, unchanged=unchanged, left=tuple(left))
