"""The specification's own formulas: ensemble of three ranks (§2.4) and hybrid search (§2.3).

They are two functions with two sets of weights (ruling 4), kept exact and used as the baseline that
any better ranking has to beat.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from domain.codes import CodeKey
from domain.ids import CardId
from domain.matches import VehicleLevel

ENSEMBLE_WEIGHTS = (0.4, 0.3, 0.3)
SEMANTIC_WEIGHT = 0.6
KEYWORD_WEIGHT = 0.4
SHORT_CIRCUIT = 0.95
EFFECTIVE = 0.7
TOP = 5
SEARCH_LIMIT = 10
OVER_FETCH = 2
# How far a code match is believed when the vehicle is another one: codes repeat, causes do not.
CODE_TRUST = {
    VehicleLevel.YEAR: 1.0,
    VehicleLevel.MODEL: 1.0,
    VehicleLevel.MAKE: 0.9,
    VehicleLevel.NONE: 0.8,
}


def ensemble_score(
    lists: Sequence[Sequence[CardId]], weights: Sequence[float] = ENSEMBLE_WEIGHTS
) -> list[tuple[CardId, float]]:
    """Give cards by Σ w / (i + 1), i from 0, best first; ties keep first seen (MA-5)."""
    scores: dict[CardId, float] = defaultdict(float)
    for cards, weight in zip(lists, weights, strict=True):
        for i, card in enumerate(cards):
            scores[card] += weight * (1 / (i + 1))
    return sorted(scores.items(), key=lambda item: item[1], reverse=True)


def hybrid_score(
    semantic: Mapping[CardId, float], keyword: Mapping[CardId, float]
) -> list[tuple[CardId, float]]:
    """Give cards by 0.6 × semantic + 0.4 × keyword, each divided by its list's best (IX-9).

    A list whose best is not above zero adds nothing, but its cards stay.
    """
    meaning, words = _normalise_scores(semantic), _normalise_scores(keyword)
    scores = {
        card: SEMANTIC_WEIGHT * meaning.get(card, 0.0) + KEYWORD_WEIGHT * words.get(card, 0.0)
        for card in meaning | words
    }
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def code_confidence(
    reported: Collection[CodeKey], on_card: Collection[CodeKey], level: VehicleLevel
) -> float:
    """Give |reported ∩ card| / |reported ∪ card| × trust by vehicle, in 0..1 (MA-1, MA-2)."""
    either = set(reported) | set(on_card)
    if not either:
        return 0.0
    return len(set(reported) & set(on_card)) / len(either) * CODE_TRUST[level]


def code_settles(confidence: float) -> bool:
    """Say whether an exact match ends the search (MA-2: strictly above 0.95)."""
    return confidence > SHORT_CIRCUIT


def is_effective(score: float) -> bool:
    """Say whether a proven card is good enough to suggest (MA-6: strictly above 0.7)."""
    return score > EFFECTIVE


def _normalise_scores(scores: Mapping[CardId, float]) -> dict[CardId, float]:
    best = max(scores.values(), default=0.0)
    return {card: score / best if best > 0 else 0.0 for card, score in scores.items()}
