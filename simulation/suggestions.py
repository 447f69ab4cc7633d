"""Which cards a repair was shown: known at that hour, in a plausible order, not a perfect one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.causes import LatentCause
from simulation.field_cards import Deck
from simulation.fleet import Bools, Fleet, Floats, Ints
from simulation.visits import Visits
from simulation.worlds import World

PLACES = 5
# The cards most like a cause: no other can reach its first five places.
NEAR = 28
WEIGHTS = {"failure": 0.34, "symptoms": 0.34, "codes": 0.18, "circumstances": 0.08}
OF_MODEL, OF_MAKE = 0.12, 0.06
CODE_READ = 0.10
LEAST_SCORE = 0.2
# The score of a card that shares all there is, before it is told as a number up to 1.
MOST_SCORE = 1.7
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Cards [N, 5] in the order of their places, -1 where there was none, and their scores."""

    card: Ints
    score: Floats


class SuggestedOrder:
    """How like each card is to each cause, and which cards are near enough to be shown."""

    def __init__(self, world: World, deck: Deck) -> None:
        self._world, self._deck = world, deck
        causes = world.causes
        written = world.settings.chance("evidence").normal(0, 0.04, (len(causes), len(deck)))
        likeness = _likeness(causes)[:, deck.claims] + written
        # Whatever was written of a cause stays among what is near it.
        own = deck.claims[None, :] == np.arange(len(causes))[:, None]
        order = np.argsort(-(likeness + own), axis=1, kind="stable")
        self._near = order[:, : min(NEAR, len(deck))]
        self._likeness = np.take_along_axis(likeness, self._near, axis=1)
        self._sold_as = _sold_as(causes, world.fleet)
        self._coded = np.array([len(cause.codes) > 0 for cause in causes])

    def suggest(self, visits: Visits, has_code: Bools, purpose: str) -> Suggestions:
        """Give what the service of that day would have shown."""
        chance = self._world.settings.chance(f"suggestions {purpose}")
        cards = np.full((len(visits), PLACES), -1)
        scores = np.zeros((len(visits), PLACES))
        for begin in range(0, len(visits), ROWS_AT_ONCE):
            rows = np.arange(begin, min(begin + ROWS_AT_ONCE, len(visits)))
            near = self._near[visits.cause[rows]]
            score = self._scores(visits.take(rows), has_code[rows], chance)
            first = np.argsort(-score, axis=1, kind="stable")[:, :PLACES]
            best = np.take_along_axis(score, first, axis=1)
            there = np.isfinite(best)
            width = best.shape[1]
            cards[rows, :width] = np.where(there, np.take_along_axis(near, first, axis=1), -1)
            scores[rows, :width] = np.where(there, np.clip(best / MOST_SCORE, 0, 1), 0)
        return Suggestions(cards, scores)

    def _scores(self, visits: Visits, has_code: Bools, chance: np.random.Generator) -> Floats:
        deck, cause = self._deck, visits.cause
        near = self._near[cause]
        model = self._world.fleet.model[visits.vehicle][:, None]
        score = self._likeness[cause] + self._sold_as[deck.claims[near], model]
        own = (deck.claims[near] == cause[:, None]) & self._coded[cause][:, None]
        score += CODE_READ * (own & has_code[:, None])
        score += chance.normal(0, self._world.settings.score_noise, score.shape)
        hidden = (deck.verified[near] > visits.day[:, None]) | (score < LEAST_SCORE)
        return np.where(hidden, -np.inf, score)


def _likeness(causes: tuple[LatentCause, ...]) -> Floats:
    """Give [causes, causes]: what their cards share, as a weighted mean of the overlaps."""
    total = np.zeros((len(causes), len(causes)))
    parts: dict[str, Callable[[LatentCause], Sequence[str]]] = {
        "failure": lambda c: (c.failure,),
        "symptoms": lambda c: c.symptoms,
        "codes": lambda c: c.codes,
        "circumstances": lambda c: c.circumstances,
    }
    for name, words in parts.items():
        has = _marks([words(cause) for cause in causes])
        shared = has @ has.T
        sizes = has.sum(axis=1)
        either = sizes[:, None] + sizes[None, :] - shared
        total += WEIGHTS[name] * np.divide(
            shared, either, out=np.zeros_like(shared), where=either > 0
        )
    return total


def _marks(lists: list[Sequence[str]]) -> Floats:
    words = {word: at for at, word in enumerate(sorted({w for one in lists for w in one}))}
    marks = np.zeros((len(lists), max(1, len(words))))
    for row, one in enumerate(lists):
        marks[row, [words[word] for word in one]] = 1
    return marks


def _sold_as(causes: tuple[LatentCause, ...], fleet: Fleet) -> Floats:
    """Give [causes, models]: more where the card names the model, some where it names the make."""
    make_of = {model.id: model.make for model in fleet.models}
    table = np.zeros((len(causes), len(fleet.models)))
    for row, cause in enumerate(causes):
        makes = {make_of.get(model) for model in cause.models}
        for column, model in enumerate(fleet.models):
            if model.id in cause.models:
                table[row, column] = OF_MODEL
            elif model.make in makes:
                table[row, column] = OF_MAKE
    return table
