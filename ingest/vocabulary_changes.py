"""What a batch changes in the vocabulary: entries that are new, and those that it says more of.

A file adds to an entry and takes nothing from it: a list of recalls that names no supplier leaves
the suppliers of a component as they were. The shipped knowledge alone says entries whole.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from domain.codes import CodeKey, ErrorCode
from domain.vehicles import VehicleCategory, VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from ingest.batch import ImportBatch

T = TypeVar("T")
ASKED_AT_ONCE = 1_000
DESCRIPTION_CHARACTERS = 1_000
TYPES_ALONE = re.compile(r"[0-9A-F]{2}: ")


class VocabularyImporter(Protocol):
    """The vocabulary as an import needs it: what is known of entries, and how they are from now."""

    async def load_suppliers(self, values: Sequence[Supplier], /) -> object: ...
    async def load_vehicles(self, values: Sequence[VehicleModel], /) -> object: ...
    async def load_components(self, values: Sequence[Component], /) -> object: ...
    async def load_symptoms(self, values: Sequence[Symptom], /) -> object: ...
    async def load_error_codes(self, values: Sequence[ErrorCode], /) -> object: ...
    async def load_parts(self, values: Sequence[Part], /) -> object: ...
    async def suppliers(self, ids: Iterable[str], /) -> Sequence[Supplier]: ...
    async def models(self, ids: Iterable[str], /) -> Sequence[VehicleModel]: ...
    async def components(self, ids: Iterable[str], /) -> Sequence[Component]: ...
    async def symptoms(self, codes: Iterable[str], /) -> Sequence[Symptom]: ...
    async def error_codes(self, keys: Iterable[str], /) -> Sequence[ErrorCode]: ...
    async def parts(self, ids: Iterable[str], /) -> Sequence[Part]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKind(Generic[T]):
    """One kind of entry: its key, how it is stored as text, how two sayings of it are joined."""

    name: str
    key: Callable[[T], str]
    form: TypeAdapter[T]
    join: Callable[[T, T], T]
    read: Callable[[VocabularyImporter], Callable[[Iterable[str]], Awaitable[Sequence[T]]]]
    load: Callable[[VocabularyImporter], Callable[[Sequence[T]], Awaitable[object]]]
    of: Callable[[ImportBatch], Sequence[T]]

    def write(self, entry: T) -> str:
        return self.form.dump_json(entry).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChanges(Generic[T]):
    """What is to be written of one kind, each entry with what was known of it before."""

    kind: EntryKind[T]
    told: int
    changes: tuple[tuple[T | None, T], ...]

    @property
    def new(self) -> int:
        return sum(before is None for before, _ in self.changes)

    @property
    def changed(self) -> int:
        return len(self.changes) - self.new


def _join_suppliers(known: Supplier, told: Supplier) -> Supplier:
    return replace(told, country=told.country or known.country)


def _join_models(known: VehicleModel, told: VehicleModel) -> VehicleModel:
    """The known spelling stays: lists write models in capitals."""
    other = told.category is VehicleCategory.OTHER
    return known if other else replace(known, category=told.category)


def _join_components(known: Component, told: Component) -> Component:
    return replace(
        told,
        part_of=told.part_of or known.part_of,
        suppliers=tuple(sorted({*known.suppliers, *told.suppliers})),
    )


def _join_symptoms(known: Symptom, told: Symptom) -> Symptom:
    return replace(
        told,
        component=told.component or known.component,
        phrases=tuple(dict.fromkeys([*known.phrases, *told.phrases])),
    )


def _join_codes(known: ErrorCode, told: ErrorCode) -> ErrorCode:
    """Failure types are added to what a code is known to mean; other words take its place."""
    description = told.description
    if told.description in known.description:
        description = known.description
    elif TYPES_ALONE.match(told.description):
        description = f"{known.description}; {told.description}"[:DESCRIPTION_CHARACTERS]
    component = told.component or known.component
    return replace(told, description=description, component=component)


def _join_parts(known: Part, told: Part) -> Part:
    return replace(
        told,
        name=known.name or told.name,
        hsn=told.hsn or known.hsn,
        component=told.component or known.component,
        fits=tuple(sorted({*known.fits, *told.fits})),
        supersedes=told.supersedes or known.supersedes,
    )


# In the order in which they are written: what others point at goes first.
KINDS: tuple[EntryKind[Any], ...] = (
    EntryKind(
        name="suppliers",
        key=lambda entry: entry.id,
        form=TypeAdapter(Supplier),
        join=_join_suppliers,
        read=lambda words: words.suppliers,
        load=lambda words: words.load_suppliers,
        of=lambda batch: batch.suppliers,
    ),
    EntryKind(
        name="vehicles",
        key=lambda entry: entry.id,
        form=TypeAdapter(VehicleModel),
        join=_join_models,
        read=lambda words: words.models,
        load=lambda words: words.load_vehicles,
        of=lambda batch: batch.vehicles,
    ),
    EntryKind(
        name="components",
        key=lambda entry: entry.id,
        form=TypeAdapter(Component),
        join=_join_components,
        read=lambda words: words.components,
        load=lambda words: words.load_components,
        of=lambda batch: batch.components,
    ),
    EntryKind(
        name="symptoms",
        key=lambda entry: entry.code,
        form=TypeAdapter(Symptom),
        join=_join_symptoms,
        read=lambda words: words.symptoms,
        load=lambda words: words.load_symptoms,
        of=lambda batch: batch.symptoms,
    ),
    EntryKind(
        name="error codes",
        key=lambda entry: entry.key,
        form=TypeAdapter(ErrorCode),
        join=_join_codes,
        read=lambda words: words.error_codes,
        load=lambda words: words.load_error_codes,
        of=lambda batch: batch.codes,
    ),
    EntryKind(
        name="parts",
        key=lambda entry: entry.id,
        form=TypeAdapter(Part),
        join=_join_parts,
        read=lambda words: words.parts,
        load=lambda words: words.load_parts,
        of=lambda batch: batch.parts,
    ),
)


async def changes_of_batch(
    batch: ImportBatch, words: VocabularyImporter, *, whole: bool = False
) -> list[EntryChanges[Any]]:
    """Give what the batch would write, kind by kind; `whole`: it says entries to their end."""
    return [await _changes_of_kind(kind, batch, words, whole=whole) for kind in KINDS]


async def _changes_of_kind(
    kind: EntryKind[T], batch: ImportBatch, words: VocabularyImporter, *, whole: bool
) -> EntryChanges[T]:
    told = {kind.key(entry): entry for entry in kind.of(batch)}
    known = await _known_entries(kind, words, list(told))
    changes = list[tuple[T | None, T]]()
    for key, entry in told.items():
        before = known.get(key)
        if before is None:
            changes.append((None, entry))
        elif CodeKey(key) not in batch.hearsay:
            after = entry if whole else kind.join(before, entry)
            if after != before:
                changes.append((before, after))
    return EntryChanges(kind=kind, told=len(told), changes=tuple(changes))


async def _known_entries(
    kind: EntryKind[T], words: VocabularyImporter, keys: Sequence[str]
) -> dict[str, T]:
    found: dict[str, T] = {}
    for start in range(0, len(keys), ASKED_AT_ONCE):
        read = await kind.read(words)(keys[start : start + ASKED_AT_ONCE])
        found |= {kind.key(entry): entry for entry in read}
    return found
