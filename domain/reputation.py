"""What the network says of a card: a score that no single garage can move far (FE-6, FE-7, FE-8).

    reputation = (50 × 0.5 + Σ over garages of W × opinion) / (50 + Σ over garages of W)

    opinion    mean of its people's opinions, weighted by w; in 0..1
    w, W       n / (n + 1) of a person's, of a garage's evidence n: never 1, however much they send
    n          Σ weight of what the person told: a rating, (stars − 1) / 4, or an outcome, 0 or 1
    weight     2^(−age / 180 days): evidence loses half its weight in half a year            (FE-7)
               × odds(expected) / odds(0.9) for a failure: one that was to be expected of somebody
               with their experience on so hard a card tells little against it               (FE-6)
    expected   0.9 − 0.6 × difficulty × (1 − r / (r + 20)), r: the repairs they had done before

Whatever one garage does, W stays below 1 and its opinion in 0..1, so that the score moves by less
than 1 / 51 = 0.0196 (FE-8). No score can be bounded so and move faster: n garages can lift it from
0.5 by at most n times the bound. The derivation is in docs/learning.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.cards import NEUTRAL, FailureCard
from domain.ids import GarageId, PersonId

PRIOR = 50.0
HALF_LIFE_DAYS = 180.0
DAY_SECONDS = 86_400
TARGET = 0.9
HARDEST = 0.6
LEARNT = 20.0
LONG_MINUTES = 240.0
# What one garage can move at most, and so what only several garages together can exceed.
ONE_GARAGE = 1 / (PRIOR + 1)


class ObservationKind(StrEnum):
    OUTCOME = "outcome"
    RATING = "rating"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One piece of evidence on a card: `value` in 0..1, `repairs` the person had done before."""

    told: ObservationKind
    garage: GarageId
    person: PersonId
    value: float
    at: datetime
    repairs: int = 0


def card_reputation(found: Iterable[Observation], difficulty: float, now: datetime) -> float:
    """Give the score in 0..1; 0.5 while nothing is known."""
    garages: dict[GarageId, dict[PersonId, list[Observation]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in found:
        garages[one.garage][one.person].append(one)
    told = [_garage_evidence(list(people.values()), difficulty, now) for people in garages.values()]
    whole = PRIOR + sum(weight for _, weight in told)
    return (PRIOR * NEUTRAL + sum(weight * opinion for opinion, weight in told)) / whole


def card_difficulty(card: FailureCard) -> float:
    """Say how hard a card's repair is, 0..1: half for high voltage, half for four hours' work."""
    steps = sum(step.minutes for step in card.resolution.steps)
    minutes = min(float(card.resolution.labour_minutes or steps), LONG_MINUTES)
    return 0.5 * card.resolution.high_voltage + 0.5 * minutes / LONG_MINUTES


def expected_success(repairs: int, difficulty: float) -> float:
    """Give the success to be expected of somebody who has done so many repairs: 0.3 to 0.9."""
    return TARGET - HARDEST * difficulty * (1 - repairs / (repairs + LEARNT))


def age_weight(at: datetime, now: datetime) -> float:
    """Give 2^(−age / half-life); what is dated in the future counts as of now."""
    days = max(0.0, (now - at).total_seconds()) / DAY_SECONDS
    return 0.5 ** (days / HALF_LIFE_DAYS)


def _garage_evidence(
    people: Sequence[Sequence[Observation]], difficulty: float, now: datetime
) -> tuple[float, float]:
    """Give a garage's opinion and its weight."""
    told = [_person_evidence(found, difficulty, now) for found in people]
    whole = sum(weight for _, weight in told)
    opinion = sum(opinion * weight for opinion, weight in told) / whole if whole else NEUTRAL
    return opinion, _saturate_evidence(whole)


def _person_evidence(
    found: Sequence[Observation], difficulty: float, now: datetime
) -> tuple[float, float]:
    """Give a person's opinion and its weight."""
    told = [
        (one.value, age_weight(one.at, now) * _observed_skill(one, difficulty)) for one in found
    ]
    evidence = sum(weight for _, weight in told)
    opinion = sum(value * weight for value, weight in told) / evidence if evidence else NEUTRAL
    return opinion, _saturate_evidence(evidence)


def _observed_skill(one: Observation, difficulty: float) -> float:
    """Give what an observation weighs for who made it: a failure by the odds of a success."""
    if one.told is ObservationKind.RATING or one.value > 0:
        return 1.0
    return _log_odds(expected_success(one.repairs, difficulty)) / _log_odds(TARGET)


def _log_odds(chance: float) -> float:
    return chance / (1 - chance)


def _saturate_evidence(evidence: float) -> float:
    return evidence / (evidence + 1)
