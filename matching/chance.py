"""The chance that a card tells of the reported failure: a logistic fit, so that .7 means 7 of 10.

    chance = 1 / (1 + e^−z),   z = intercept + Σ coefficient × feature          (`chance.json`)

Two chances are told: of each card, that it is the right one, and of the list, that the right one is
on it. Under the list's limit nothing is shown ("no known card fits"). The features
(`chance_features`) hold card and report against each other, and say how much there was to hold:
a short report proves little. Where the embedder is silent another fit serves, that knows no cosine.
`bench/chance_fit.py` makes both; `bench/chance.py` measures them on campaigns they have not seen.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from math import exp
from typing import Protocol, Self, cast

from domain.matches import CardFacts, UnderstoodReport
from matching.chance_features import Features, card_features, list_features, look_at
from matching.list_chance import ListChance
from matching.rankers import RankedCard
from matching.word_rarity import WordRarity

# Cards that are held against each other: more than are ever shown.
LOOKED_AT = 12
# From this on a card is told as the cause, and counts as a precedent (ML-23).
SURE = 0.7
FILE = "chance.json"
INTERCEPT = "intercept"

Coefficients = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ChanceFit:
    """Two logistic fits, of a card and of a list, and the list's limit."""

    card: Coefficients
    whole: Coefficients
    limit: float

    def judge(self, features: Sequence[Features]) -> tuple[float, list[float]]:
        """Give the chance of the list, then of each of its cards."""
        logits = [weigh(self.card, one) for one in features]
        chances = [sigmoid(logit) for logit in logits]
        if not chances:
            return 0.0, []
        return sigmoid(weigh(self.whole, list_features(features, chances, logits))), chances


class ChanceJudge(Protocol):
    """What tells how likely cards are right, and whether they are to be shown."""

    def judge(
        self,
        understood: UnderstoodReport,
        found: Sequence[tuple[RankedCard, CardFacts]],
        rarity: WordRarity,
    ) -> ListChance: ...


@dataclass(frozen=True, slots=True)
class ChanceModel:
    """What serves: the fit with cosines, and the one for when no embedder answers."""

    whole: ChanceFit
    without_meaning: ChanceFit

    @classmethod
    def shipped(cls) -> Self:
        """Read the coefficients that are shipped."""
        text = (resources.files("matching") / FILE).read_text()
        told = cast("dict[str, dict[str, object]]", json.loads(text))
        return cls(_fit_of(told["with_meaning"]), _fit_of(told["without_meaning"]))

    def judge(
        self,
        understood: UnderstoodReport,
        found: Sequence[tuple[RankedCard, CardFacts]],
        rarity: WordRarity,
    ) -> ListChance:
        """Judge cards that may be shown, best ranked first; only the first twelve are looked at."""
        fit = self.without_meaning if understood.embedding is None else self.whole
        looked = look_at(understood, found[:LOOKED_AT], rarity)
        fits, chances = fit.judge(card_features(understood, looked))
        cards = {one.card.id: chance for one, chance in zip(looked, chances, strict=True)}
        return ListChance(fits=fits, shown=fits >= fit.limit, cards=cards)


def weigh(coefficients: Coefficients, features: Features) -> float:
    """Give z; a feature without a coefficient counts for nothing."""
    told = (value * coefficients.get(name, 0.0) for name, value in features.items())
    return coefficients[INTERCEPT] + sum(told)


def sigmoid(z: float) -> float:
    """Give 1 / (1 + e^−z), for any z."""
    return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))


def _fit_of(told: Mapping[str, object]) -> ChanceFit:
    return ChanceFit(
        cast("Coefficients", told["card"]),
        cast("Coefficients", told["list"]),
        cast("float", told["limit"]),
    )
