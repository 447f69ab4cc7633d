"""What a source gives once it is read and checked: values ready to load, and the lines refused."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from domain.cards import FailureCard
from domain.codes import CodeKey, ErrorCode
from domain.vehicles import VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line that cannot be loaded: where it stands (from 1), what it calls itself, and why."""

    source: str
    line: int | None
    id: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        return f"{place}: {self.id}: {self.reason}" if self.id else f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBatch:
    """Everything one import wants to write, in the order it must be written.

    `skipped` says what was passed over, `notes` what was read otherwise than it stands there.
    `hearsay` are shared codes in one maker's wording: it gives way to what is known of them.
    """

    suppliers: tuple[Supplier, ...] = ()
    vehicles: tuple[VehicleModel, ...] = ()
    components: tuple[Component, ...] = ()
    symptoms: tuple[Symptom, ...] = ()
    codes: tuple[ErrorCode, ...] = ()
    parts: tuple[Part, ...] = ()
    cards: tuple[FailureCard, ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hearsay: tuple[CodeKey, ...] = ()

    @property
    def empty(self) -> bool:
        """Say whether there is nothing in it to load."""
        report = {"refused", "skipped", "notes", "hearsay"}
        return not any(getattr(self, f.name) for f in fields(self) if f.name not in report)


def merge_batches(batches: Iterable[ImportBatch]) -> ImportBatch:
    """Give all batches as one, in order."""
    every = list(batches)
    return ImportBatch(
        **{f.name: tuple(v for b in every for v in getattr(b, f.name)) for f in fields(ImportBatch)}
    )
