"""How likely each card of a learned order is the right one, and how many have to be shown for that.

    chance(card) = e^z / (Σ over the cards found of e^z + e^b),   z = s / T + a where it is first

`s` is the ranker's score, and e^b stands for what was not found: a choice among the cards and none
of them (McFadden 1974). Reports from which a card was written tell of those: nothing was known that
would have fitted. Trees that order cards draw their scores together, so the first is likelier
by `a` than its score says. All three are fitted by likelihood on reports that no tree has seen.
The cut shows as many cards as it takes that the right one is among them in 90 % of the reports
where it was found, never more than five, by split conformal prediction (Romano et al. 2020): the
cards stand by their chance, and are shown until those before sum up to the limit. None is shown
where the chance of none of them is greater than it was in 99 of 100 reports whose card was found;
that one in a hundred counts as lost to the cut.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from domain.errors import InvalidInput
from domain.ids import CardId
from matching.list_chance import ListChance

COVERAGE = 0.9
# Of the reports whose right card was found, those for which nothing may be shown.
SILENCED = 0.01
LEAST_REPORTS = 50
# Each round looks at so many values on either side of the best, and then closer.
STEPS, ROUNDS = 4, 9
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ScoredReport:
    """The scores of the cards that were found, and the place of the right one; None: not found."""

    scores: Floats
    right: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerChance:
    """`heat` is T, `ahead` a, `unfound` b.

    Cards are shown up to a sum of chances, `limit`; none where all together have less than `least`.
    """

    heat: float
    unfound: float
    ahead: float = 0.0
    limit: float = 1.0
    least: float = 0.0

    def chances(self, scores: Floats) -> Floats:
        """Give the chance of each card [cards]; together they are at most 1."""
        logits = np.append(scores / self.heat, self.unfound)
        if len(scores):
            logits[int(scores.argmax())] += self.ahead
        weights = np.exp(logits - logits.max())
        return (weights / weights.sum())[:-1]

    def speaks(self, chances: Floats) -> bool:
        """Say whether any card of these chances [cards] is to be shown."""
        return bool(chances.sum() >= self.least)

    def list_chance(self, cards: Sequence[CardId], scores: Floats) -> ListChance:
        """Give what the scores [cards] of a whole list are worth, as a match tells it and cuts."""
        chances = self.chances(scores)
        return ListChance(
            fits=None,
            shown=self.speaks(chances),
            cards=dict(zip(cards, chances.tolist(), strict=True)),
            worth=0.0,
            enough=self.limit,
        )


def fit_chance(reports: Sequence[ScoredReport]) -> RankerChance:
    """Fit T, a and b, then the two limits, on reports that the ranker has not learned from.

    Raises:
        InvalidInput: fewer than fifty, or none whose right card was found, or all of them.
    """
    found = sum(one.right is not None for one in reports)
    if len(reports) < LEAST_REPORTS or not 0 < found < len(reports):
        raise InvalidInput("reports", f"{found} of {len(reports)} found: too few to tell a chance")
    best = _likeliest(reports)
    sums = [best.chances(one.scores).sum() for one in reports if one.right is not None]
    best = replace(best, least=float(np.quantile(sums, SILENCED, method="lower")))
    masses = [m for one in reports if (m := _mass_before(best, one)) is not None]
    # The place of the quantile that holds for one more report of the same kind.
    place = min(int(np.ceil(COVERAGE * (len(masses) + 1))), len(masses)) - 1
    limit = float(np.sort(masses)[place])
    return replace(best, limit=float(np.nextafter(min(limit, 1.0), np.inf)))


def read_chance(told: object) -> RankerChance | None:
    """Read a chance back from JSON; None: there was none.

    Raises:
        InvalidInput: it is none.
    """
    if told is None:
        return None
    names = {field.name for field in fields(RankerChance)}
    if not isinstance(told, Mapping) or set(told) != names:
        raise InvalidInput("chance", "its numbers are not those of a chance")
    read = {str(name): float(value) for name, value in told.items()}
    if not all(map(isfinite, read.values())) or read["heat"] <= 0:
        raise InvalidInput("chance", "its numbers tell no chance")
    return RankerChance(**read)


def _mass_before(chance: RankerChance, one: ScoredReport) -> float | None:
    """Give the sum of chances that stand before the right card; None where it was not found.

    It is infinite where the card is not shown at all.
    """
    if one.right is None:
        return None
    chances = chance.chances(one.scores)
    if not chance.speaks(chances):
        return float(np.inf)
    order = np.argsort(-chances, kind="stable")
    place = int(np.flatnonzero(order == one.right)[0])
    return float(chances[order[:place]].sum())


def _likeliest(reports: Sequence[ScoredReport]) -> RankerChance:
    """Give the T, a and b of the greatest likelihood: a grid around the best that closes in."""
    most = max(len(one.scores) for one in reports)
    # [reports, cards]; -inf where a report has fewer cards.
    scores = np.full((len(reports), most), -np.inf)
    for row, one in enumerate(reports):
        scores[row, : len(one.scores)] = one.scores
    right = np.array([most if one.right is None else one.right for one in reports])
    first = np.zeros_like(scores)
    first[np.arange(len(scores)), scores.argmax(axis=1)] = 1.0
    best, step = (0.0, 0.0, 0.0), 2.0
    for _ in range(ROUNDS):
        tried = np.linspace(-step, step, STEPS + 1).tolist()
        near = [(best[0] + h, best[1] + a, best[2] + b) for h, a, b in product(tried, repeat=3)]
        losses = [_loss(scores / np.exp(h) + a * first, b, right) for h, a, b in near]
        best = near[int(np.argmin(losses))]
        step /= 2
    heat, ahead, unfound = best
    return RankerChance(heat=float(np.exp(heat)), ahead=ahead, unfound=unfound)


def _loss(logits: Floats, unfound: float, right: NDArray[np.int64]) -> float:
    """Give the mean of −ln of the chance of what was right; the last column is none of them."""
    whole = np.column_stack([logits, np.full(len(logits), unfound)])
    highest = whole.max(axis=1)
    sums = highest + np.log(np.exp(whole - highest[:, None]).sum(axis=1))
    return float((sums - whole[np.arange(len(whole)), right]).mean())
