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
from ingest.batch import Batch, Refusal

CARDS_AT_ONCE = 64
WORDS_AT_ONCE = 1_000

T = TypeVar("T")
# Called with what is loaded, how many are done, and of how many.
Told = Callable[[str, int, int], None]


class Loaded(Protocol):
    """How a bulk load of cards went."""

    @property
    def created(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...


class Cards(Protocol):
    async def load(self, cards: Sequence[tuple[FailureCard, Embedding | None]]) -> Loaded: ...


class Vocabulary(Protocol):
    async def load_suppliers(self, values: Sequence[Supplier], /) -> object: ...
    async def load_vehicles(self, values: Sequence[VehicleModel], /) -> object: ...
    async def load_components(self, values: Sequence[Component], /) -> object: ...
    async def load_symptoms(self, values: Sequence[Symptom], /) -> object: ...
    async def load_error_codes(self, values: Sequence[ErrorCode], /) -> object: ...
    async def load_parts(self, values: Sequence[Part], /) -> object: ...


class Embedder(Protocol):
    async def embed(self, texts: Sequence[str]) -> list[Embedding]: ...


class Stores(Protocol):
    """What loading needs of the opened house."""

    @property
    def cards(self) -> Cards: ...
    @property
    def vocabulary(self) -> Vocabulary: ...
    @property
    def embedder(self) -> Embedder: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did: vocabulary by kind, cards by outcome, and every line refused."""

    written: bool
    vocabulary: dict[str, int] = field(default_factory=dict[str, int])
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[Refusal, ...] = ()
    skipped: tuple[str, ...] = ()


def quiet(what: str, done: int, total: int) -> None:
    """Say nothing."""


async def load(
    batch: Batch, stores: Stores, *, skip_bad: bool = False, told: Told = quiet
) -> ImportReport:
    """Load the batch; with a refused line in it, load nothing unless `skip_bad`.

    Raises:
        Unavailable: a store or the embedder does not answer; run the import again.
    """
    if batch.empty or (batch.refused and not skip_bad):
        return ImportReport(written=False, refused=batch.refused, skipped=batch.skipped)
    words = await _load_words(batch, stores.vocabulary, told)
    created, changed, unchanged = await _load_cards(batch.cards, stores, told)
    return ImportReport(
        written=True,
        vocabulary=words,
        created=created,
        changed=changed,
        unchanged=unchanged,
        refused=batch.refused,
        skipped=batch.skipped,
    )


async def _load_words(batch: Batch, words: Vocabulary, told: Told) -> dict[str, int]:
    counted = [
        await _in_turn("suppliers", batch.suppliers, words.load_suppliers, told),
        await _in_turn("vehicles", batch.vehicles, words.load_vehicles, told),
        await _in_turn("components", batch.components, words.load_components, told),
        await _in_turn("symptoms", batch.symptoms, words.load_symptoms, told),
        await _in_turn("error codes", batch.codes, words.load_error_codes, told),
        await _in_turn("parts", batch.parts, words.load_parts, told),
    ]
    return {what: count for what, count in counted if count}


async def _in_turn(
    what: str, values: Sequence[T], write: Callable[[Sequence[T]], Awaitable[object]], told: Told
) -> tuple[str, int]:
    for start in range(0, len(values), WORDS_AT_ONCE):
        part = values[start : start + WORDS_AT_ONCE]
        await write(part)
        told(what, start + len(part), len(values))
    return what, len(values)


async def _load_cards(
    cards: Sequence[FailureCard], stores: Stores, told: Told
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
