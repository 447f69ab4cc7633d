"""Examples that models learn from: one for each closed, rated repair (TD-1 to TD-8).

An example has exactly the keys of the specification (§5.3): `input`, `output`, `label`, `weight`.
The weight is a product of three:

    weight = e^(−age / 90 days) × 1 / ln(count + 1) × (2 where a verified card was followed, else 1)

`count` is how many repairs of the same failure type there are; none counts as one, since the
formula divides by zero there (ruling 15). Nothing of an example tells who somebody is.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from domain.codes import CodeKey
from domain.ids import CardId, TicketId
from domain.personal_data import mask_personal
from domain.repair_history import CardRecord, RepairHistory, RepairRecord

RECENCY_DAYS = 90.0
EXPERT = 2.0
GOOD_STARS = 4
OWN_WAY = "own way"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleVehicle:
    """A vehicle as far as it helps to tell failures apart: not which one it was."""

    make: str | None
    model: str | None
    variant: str | None
    year: int | None
    mileage_km: int | None
    firmware: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleInput:
    symptoms: tuple[str, ...]
    vehicle: ExampleVehicle
    error_codes: tuple[CodeKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleOutput:
    """What was found and done; `solution_used` is a card's id, or that it was an own way."""

    root_cause: str | None
    solution_used: str
    parts_used: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleLabel:
    """`success`: four stars or five; `first_time_fix`: the vehicle did not come back with it."""

    success: bool
    first_time_fix: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingExample:
    input: ExampleInput
    output: ExampleOutput
    label: ExampleLabel
    weight: float


@dataclass(frozen=True, slots=True)
class KeyedExample:
    """An example under the ticket that it was made from, so that it is never stored twice."""

    ticket: TicketId
    closed_at: datetime
    example: TrainingExample


def build_examples(history: RepairHistory, now: datetime) -> tuple[KeyedExample, ...]:
    """Give an example for each rated repair, in the history's order; `now` is when age is told."""
    counts = Counter(failure_type(repair) for repair in history.repairs)
    cards = {card.card: card for card in history.cards}
    return tuple(
        KeyedExample(
            repair.ticket,
            repair.closed_at,
            TrainingExample(
                input=_input_of(repair),
                output=_output_of(repair),
                label=ExampleLabel(
                    success=repair.rating >= GOOD_STARS, first_time_fix=not repair.came_back
                ),
                weight=recency_weight(now - repair.closed_at)
                * rarity_weight(counts[failure_type(repair)])
                * expert_weight(verified=_is_verified(repair, cards)),
            ),
        )
        for repair in history.repairs
        if repair.rating is not None
    )


def recency_weight(age: timedelta) -> float:
    """Give e^(−age / 90 days): a repair of ninety days ago counts .3679 (TD-5)."""
    return math.exp(-max(age, timedelta()) / timedelta(days=RECENCY_DAYS))


def rarity_weight(count: int) -> float:
    """Give 1 / ln(count + 1); a type that was never counted weighs as one seen once (TD-6)."""
    return 1 / math.log(max(count, 1) + 1)


def expert_weight(*, verified: bool) -> float:
    """Give 2 for what an expert has verified, else 1 (TD-7)."""
    return EXPERT if verified else 1.0


def failure_type(repair: RepairRecord) -> str:
    """Name what failed: the card that tells of it, else its component, symptoms and codes."""
    if repair.resolved_by is not None:
        return repair.resolved_by
    return "|".join((repair.component or "", *sorted(repair.symptoms), *sorted(repair.codes)))


def balance_examples(
    examples: Sequence[KeyedExample], share: float, seed: int
) -> tuple[KeyedExample, ...]:
    """Give as many as can be kept so that `share` of them are successes (TD-8).

    It is for training sets alone: a held-out set is judged as it is. What is left out is drawn by
    the seed from the class of which there are too many; with one class only, nothing is.
    """
    good = [i for i, one in enumerate(examples) if one.example.label.success]
    other = sorted(set(range(len(examples))) - set(good))
    if not good or not other or not 0 < share < 1:
        return tuple(examples)
    whole = min(len(good) / share, len(other) / (1 - share))
    random = np.random.default_rng(seed)
    kept = {
        *random.choice(good, int(whole * share), replace=False).tolist(),
        *random.choice(other, int(whole * (1 - share)), replace=False).tolist(),
    }
    return tuple(one for i, one in enumerate(examples) if i in kept)


def _input_of(repair: RepairRecord) -> ExampleInput:
    return ExampleInput(
        symptoms=repair.symptoms,
        vehicle=ExampleVehicle(
            make=_masked(repair.make),
            model=_masked(repair.model),
            variant=_masked(repair.variant),
            year=repair.year,
            mileage_km=repair.odometer_km,
            firmware=_masked(repair.firmware),
        ),
        error_codes=repair.codes,
    )


def _output_of(repair: RepairRecord) -> ExampleOutput:
    last = repair.tries[-1] if repair.tries else None
    return ExampleOutput(
        root_cause=_masked(repair.cause),
        solution_used=repair.resolved_by or (last and last.card) or OWN_WAY,
        parts_used=tuple(mask_personal(part) for one in repair.tries for part in one.parts),
    )


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_personal(text)


def _is_verified(repair: RepairRecord, cards: dict[CardId, CardRecord]) -> bool:
    """Say whether the card that mended it had been verified by then."""
    card = cards.get(repair.resolved_by) if repair.resolved_by else None
    return card is not None and card.verified_at is not None and card.verified_at < repair.closed_at
