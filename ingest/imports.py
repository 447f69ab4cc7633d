"""From a checked batch to the stores: in order, in batches, and the same again changes nothing.

Vocabulary goes first, so that a card finds what it points at. A run that was interrupted is simply
run again: cards already there write nothing, and texts already embedded are remembered.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from domain.cards import FailureCard
from domain.codes import ErrorCode
from domain.matches import Embedding
from domain.vehicles import VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from ingest.batch import ImportBatch, RefusedLine

CARDS_AT_ONCE = 64
WORDS_AT_ONCE = 1_000

T = TypeVar("T")
# Called with what is loaded, how many are done, and of how many.
ProgressReport = Callable[[str, int, int], None]


class LoadedCounts(Protocol):
    """How a bulk load of cards went."""

    @property
    def created(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...


class CardImporter(Protocol):
    async def load(self, cards: Sequence[tuple[FailureCard, Embedding | None]]) -> LoadedCounts: ...


class VocabularyImporter(Protocol):
    async def load_suppliers(self, values: Sequence[Supplier], /) -> object: ...
    async def load_vehicles(self, values: Sequence[VehicleModel], /) -> object: ...
    async def load_components(self, values: Sequence[Component], /) -> object: ...
    async def load_symptoms(self, values: Sequence[Symptom], /) -> object: ...
    async def load_error_codes(self, values: Sequence[ErrorCode], /) -> object: ...
    async def load_parts(self, values: Sequence[Part], /) -> object: ...


class ImportEmbedder(Protocol):
    async def embed(self, texts: Sequence[str]) -> list[Embedding]: ...


class ImportStores(Protocol):
    """What loading needs of the opened house."""

    @property
    def cards(self) -> CardImporter: ...
    @property
    def vocabulary(self) -> VocabularyImporter: ...
    @property
    def embedder(self) -> ImportEmbedder: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did: vocabulary by kind, cards by outcome, and every line refused."""

    written: bool
    vocabulary: dict[str, int] = field(default_factory=dict[str, int])
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[RefusedLine, ...] = ()
    skipped: tuple[str, ...] = ()


def ignore_progress(what: str, done: int, total: int) -> None:
    """Say nothing."""


async def import_batch(
    batch: ImportBatch,
    stores: ImportStores,
    *,
    skip_bad: bool = False,
    told: ProgressReport = ignore_progress,
) -> ImportReport:
    """Load the batch; with a refused line in it, load nothing unless `skip_bad`.

    Raises:
        Unavailable: a store or the embedder does not answer; run the import again.
    """
    if batch.empty or (batch.refused and not skip_bad):
        return ImportReport(written=False, refused=batch.refused, skipped=batch.skipped)
    words = await _import_vocabulary(batch, stores.vocabulary, told)
    created, changed, unchanged = await _import_cards(batch.cards, stores, told)
    return ImportReport(
        written=True,
        vocabulary=words,
        created=created,
        changed=changed,
        unchanged=unchanged,
        refused=batch.refused,
        skipped=batch.skipped,
    )


async def _import_vocabulary(
    batch: ImportBatch, words: VocabularyImporter, told: ProgressReport
) -> dict[str, int]:
    counted = [
        await _import_in_turn("suppliers", batch.suppliers, words.load_suppliers, told),
        await _import_in_turn("vehicles", batch.vehicles, words.load_vehicles, told),
        await _import_in_turn("components", batch.components, words.load_components, told),
        await _import_in_turn("symptoms", batch.symptoms, words.load_symptoms, told),
        await _import_in_turn("error codes", batch.codes, words.load_error_codes, told),
        await _import_in_turn("parts", batch.parts, words.load_parts, told),
    ]
    return {what: count for what, count in counted if count}


async def _import_in_turn(
    what: str,
    values: Sequence[T],
    write: Callable[[Sequence[T]], Awaitable[object]],
    told: ProgressReport,
) -> tuple[str, int]:
    for start in range(0, len(values), WORDS_AT_ONCE):
        part = values[start : start + WORDS_AT_ONCE]
        await write(part)
        told(what, start + len(part), len(values))
    return what, len(values)


async def _import_cards(
    cards: Sequence[FailureCard], stores: ImportStores, told: ProgressReport
) -> tuple[int, int, int]:
    created = changed = unchanged = 0
    for start in range(0, len(cards), CARDS_AT_ONCE):
        part = cards[start : start + CARDS_AT_ONCE]
        embedded = await stores.embedder.embed([card.wording for card in part])
        count = await stores.cards.load(list(zip(part, embedded, strict=True)))
        created += count.created
        changed += count.changed
        unchanged += count.unchanged
        told("cards", start + len(part), len(cards))
    return created, changed, unchanged
