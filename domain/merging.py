"""What becomes of changes that were made without knowing of each other (CF-1 to CF-7).

Every function gives the same for any order of arrival, and for what arrives twice.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from domain.cards import FailureCard, Merge, PartUse, Step
from domain.clock import Stamp

V = TypeVar("V", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The part of a card that is voted on."""

    root_cause: str
    solution_steps: tuple[Step, ...]
    parts_required: tuple[PartUse, ...]

    @classmethod
    def of(cls, card: FailureCard) -> "Fields":
        return cls(
            root_cause=card.cause.primary,
            solution_steps=card.resolution.steps,
            parts_required=card.resolution.parts,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One author's proposal, made against one version; `source` is its operation's id."""

    source: str
    weight: float
    fields: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted:
    """What the votes came to, and which fields were in conflict."""

    fields: Fields
    sources: tuple[str, ...]
    conflicts: tuple[str, ...]


def weight(successes: int, failures: int) -> float:
    """Give an author's expertise, 0..1: the share of repairs that worked, even without any.

    The mean of a Beta(1, 1) prior and the outcomes.
    """
    return (successes + 1) / (successes + failures + 2)


def vote(base: Fields, edits: Iterable[Edit]) -> Voted:
    """Give each field as the authors who changed it want it, the heavier side where they differ.

    An edit that leaves a field as it was does not vote on it. Ties fall to the value whose text
    sorts first.
    """
    once = {edit.source: edit for edit in edits}
    known = [once[source] for source in sorted(once)]
    cause, cause_split = _elected(base, known, lambda f: f.root_cause)
    steps, steps_split = _elected(base, known, lambda f: f.solution_steps)
    parts, parts_split = _elected(base, known, lambda f: f.parts_required)
    splits = {
        "root_cause": cause_split,
        "solution_steps": steps_split,
        "parts_required": parts_split,
    }
    return Voted(
        fields=Fields(root_cause=cause, solution_steps=steps, parts_required=parts),
        sources=tuple(edit.source for edit in known),
        conflicts=tuple(name for name, split in splits.items() if split),
    )


def merged(card: FailureCard, voted: Voted, at: datetime) -> FailureCard:
    """Give the next version of `card` with what was voted; the same merge again changes nothing."""
    held = card.merge
    if held is not None and set(voted.sources) <= set(held.sources):
        return card
    return replace(
        card,
        version=card.version + 1,
        cause=replace(card.cause, primary=voted.fields.root_cause),
        resolution=replace(
            card.resolution,
            steps=voted.fields.solution_steps,
            parts=voted.fields.parts_required,
        ),
        merge=Merge(sources=voted.sources, at=at, conflicts=voted.conflicts),
    )


@dataclass(frozen=True, slots=True)
class Written(Generic[V]):
    """A value and when it was written."""

    value: V
    at: Stamp


def last_written(values: Iterable[Written[V]]) -> Written[V]:
    """Give the value of the highest stamp; two of one stamp fall to the greater text."""
    return max(values, key=lambda w: (w.at, repr(w.value)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Stock on hand; below zero it was promised twice, and somebody has to look."""

    quantity: int
    flagged: bool


def stock(start: int, deltas: Mapping[str, int]) -> Level:
    """Give the stock after every delta, each by its operation's id, so none counts twice."""
    quantity = start + sum(deltas.values())
    return Level(quantity=quantity, flagged=quantity < 0)


def _elected(base: Fields, edits: Iterable[Edit], part: Callable[[Fields], V]) -> tuple[V, bool]:
    was = part(base)
    votes: dict[V, list[float]] = defaultdict(list)
    for edit in edits:
        if part(edit.fields) != was:
            votes[part(edit.fields)].append(edit.weight)
    if not votes:
        return was, False
    # Sorted before they are summed: floating-point sums depend on the order of their terms.
    ranked = sorted(votes, key=lambda v: (-sum(sorted(votes[v])), repr(v)))
    return ranked[0], len(ranked) > 1
