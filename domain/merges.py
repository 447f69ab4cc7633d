"""What becomes of changes of a card that were made without knowing of each other (CF-1 to CF-4).

Every function gives the same for any order of arrival, and for what arrives twice.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from domain import card_lifecycle
from domain.card_lifecycle import CardChange
from domain.cards import (
    Evidence,
    FailureCard,
    Merge,
    PartUse,
    Resolution,
    RootCause,
    Signature,
    Visibility,
)
from domain.vehicles import VehicleContext


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFields:
    """What a card says, in the parts that are voted on, each as a whole.

    `solution_steps` holds what belongs to the steps too (the kind of repair, its time, whether it
    is on high voltage), but no parts: steps of one author under the safety of another could kill.
    """

    title: str
    vehicles: tuple[VehicleContext, ...]
    signature: Signature
    root_cause: RootCause
    solution_steps: Resolution
    parts_required: tuple[PartUse, ...]
    evidence: Evidence
    visibility: Visibility

    @classmethod
    def of_card(cls, card: FailureCard) -> "CardFields":
        return cls(
            title=card.title,
            vehicles=card.vehicles,
            signature=card.signature,
            root_cause=card.cause,
            solution_steps=replace(card.resolution, parts=()),
            parts_required=card.resolution.parts,
            evidence=card.evidence,
            visibility=card.visibility,
        )

    def apply_to(self, card: FailureCard) -> FailureCard:
        return replace(
            card,
            title=self.title,
            vehicles=self.vehicles,
            signature=self.signature,
            cause=self.root_cause,
            resolution=replace(self.solution_steps, parts=self.parts_required),
            evidence=self.evidence,
            visibility=self.visibility,
        )


VOTED = tuple(field.name for field in fields(CardFields))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardEdit:
    """One author's proposal: `base` is the version it was made on, `made` the one it became.

    `source` is its operation's id.
    """

    source: str
    weight: float
    fields: CardFields
    base: int
    made: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteResult:
    """What the votes came to, and which fields were in conflict."""

    fields: CardFields
    sources: tuple[str, ...]
    conflicts: tuple[str, ...]


def source_weight(successes: int, failures: int) -> float:
    """Give an author's expertise, 0..1: the share of repairs that worked, even without any.

    The mean of a Beta(1, 1) prior and the outcomes.
    """
    return (successes + 1) / (successes + failures + 2)


def vote_fields(versions: Mapping[int, CardFields], edits: Iterable[CardEdit]) -> VoteResult:
    """Give each field as the authors who changed it want it, the heavier side where they differ.

    `versions` are what the card said, from the one that every edit knew of on: the lowest number,
    and the base of each edit. An edit that leaves a field as its base has it does not vote on it,
    and a change gives way to one whose author had it in front of them. Ties fall to the value whose
    text sorts first.
    """
    once = {edit.source: edit for edit in edits}
    known = [once[source] for source in sorted(once)]
    elected = {name: _elect_value(versions, known, name) for name in VOTED}
    return VoteResult(
        fields=CardFields(**{name: value for name, (value, _) in elected.items()}),
        sources=tuple(edit.source for edit in known),
        conflicts=tuple(name for name, (_, split) in elected.items() if split),
    )


def merge_by_vote(card: FailureCard, voted: VoteResult, change: CardChange) -> FailureCard:
    """Give the next version of `card` with what was voted; the same merge again changes nothing.

    A card that says nothing else than before stays verified, if it was.

    Raises:
        IllegalTransition: the card is out of use.
        StaleVersion: somebody changed it meanwhile.
    """
    held = card.merge
    if held is not None and set(voted.sources) <= set(held.sources):
        return card
    told = card_lifecycle.edit_card(card, voted.fields.apply_to(card), change)
    if CardFields.of_card(card) == voted.fields:
        told = replace(told, status=card.status, verification=card.verification)
    note = Merge(sources=voted.sources, at=change.at, conflicts=voted.conflicts)
    return replace(told, merge=note)


def _elect_value(
    versions: Mapping[int, CardFields], edits: Iterable[CardEdit], name: str
) -> tuple[Any, bool]:
    """Give a field's value and whether it had to be decided."""

    def part(said: CardFields) -> Hashable:
        return getattr(said, name)

    changes = [edit for edit in edits if part(edit.fields) != part(versions[edit.base])]
    votes: dict[Hashable, list[float]] = defaultdict(list)
    for change in changes:
        if not any(change.made <= later.base for later in changes):
            votes[part(change.fields)].append(change.weight)
    if not votes:
        return part(versions[min(versions)]), False
    # Sorted before they are summed: floating-point sums depend on the order of their terms.
    ranked = sorted(votes, key=lambda v: (-sum(sorted(votes[v])), repr(v)))
    return ranked[0], len(ranked) > 1
