"""How a repair goes: what is tried in which order, what holds, what comes back, and its stars.

Who trusts the list tries from its top; who is skilled sees which card is the right one. A card that
is near may seem to work, and the vehicle comes back.
"""

from dataclasses import dataclass

import numpy as np

from simulation.field_cards import Deck
from simulation.fleet import Bools, Floats, Ints
from simulation.suggestions import Suggestions
from simulation.visits import Visits
from simulation.worlds import World

CARD_TRIES = 3
OWN_WAY, NOTHING = -2, -1
TRUSTS_LIST, GOES_ON = 0.86, 0.72
SEES_RIGHT, SEES_NEAR = 3.2, 0.8
SEEMS_NEAR, SEEMS_FAR = 0.10, 0.03
BACK_RIGHT, BACK_WRONG, BACK_OWN = 0.03, 0.7, 0.10
TESTED = 0.45
UNRATED = 0.4
ROUNDS = CARD_TRIES + 1


@dataclass(frozen=True, slots=True)
class Repairs:
    """Columns over visits [N] and their tries [N, 4]; a try is a card, an own way, or nothing."""

    technician: Ints
    tried: Ints
    worked: Bools
    minutes: Ints
    try_day: Floats
    closed: Floats
    solved: Bools
    solved_by: Ints
    came_back: Bools
    rating: Ints


def repair(world: World, deck: Deck, visits: Visits, shown: Suggestions, purpose: str) -> Repairs:
    """Give how each visit went; a visit that founded a card was solved in an own way."""
    bench = _Bench(world, deck, visits, shown, purpose)
    for step in range(CARD_TRIES):
        bench.try_card(step)
    bench.try_own_way()
    return bench.closed()


class _Bench:
    def __init__(
        self, world: World, deck: Deck, visits: Visits, shown: Suggestions, purpose: str
    ) -> None:
        count = len(visits)
        settings, fleet, causes = world.settings, world.fleet, world.causes
        self._visits, self._shown, self._deck, self._fleet = visits, shown, deck, fleet
        self._chance = settings.chance(f"repairs {purpose}")
        self._garage = fleet.garage[visits.vehicle]
        person = self._chance.integers(settings.technicians, size=count)
        self._technician = self._garage * settings.technicians + person
        self._skill = fleet.technician_skill[self._technician]
        self._fix_rate = np.array([c.fix_rate for c in causes])[visits.cause]
        self._ease = np.array([c.ease for c in causes])[visits.cause]
        self._length = np.array([c.minutes for c in causes])
        self._failure = np.unique([c.failure for c in causes], return_inverse=True)[1]
        self._founder = np.zeros(count, dtype=bool)
        self._founded = np.full(count, np.nan)
        if purpose == "first":
            rows = deck.founder[deck.founder >= 0]
            self._founder[rows] = True
            self._founded[rows] = deck.created[deck.founder >= 0]
        self._tried = np.full((count, ROUNDS), NOTHING)
        self._worked = np.zeros((count, ROUNDS), dtype=bool)
        self._back = np.zeros(count)
        self._active = self._chance.random(count) < TRUSTS_LIST
        self._solved = np.zeros(count, dtype=bool)

    def try_card(self, step: int) -> None:
        """Let everybody who is still at it choose one of the cards that were not tried."""
        chance, card = self._chance, self._shown.card
        right, near = self._fits(card)
        pull = -self._fleet.technician_bias[self._technician][:, None] * np.arange(card.shape[1])
        pull = pull + self._skill[:, None] * (SEES_RIGHT * right + SEES_NEAR * near)
        pull = pull + chance.gumbel(0, 1, card.shape)
        taken = (card[:, :, None] == self._tried[:, None, :]).any(axis=2)
        pull[(card < 0) | taken] = -np.inf
        at = pull.argmax(axis=1)
        rows = np.flatnonzero(self._active & np.isfinite(pull.max(axis=1)))
        chosen = at[rows]
        self._tried[rows, step] = card[rows, chosen]
        holds = right[rows, chosen]
        odds = np.where(
            holds,
            self._fix_rate[rows] * (0.82 + 0.18 * self._skill[rows]),
            np.where(near[rows, chosen], SEEMS_NEAR, SEEMS_FAR),
        )
        worked = (chance.random(len(rows)) < odds) & ~self._founder[rows]
        self._worked[rows, step] = worked
        self._solved[rows] |= worked
        self._back[rows[worked]] = np.where(holds[worked], BACK_RIGHT, BACK_WRONG)
        self._active &= ~self._solved & (chance.random(len(self._active)) < GOES_ON)

    def try_own_way(self) -> None:
        """Let who did not solve it by a card try what they know themselves."""
        rows = np.flatnonzero(~self._solved)
        odds = self._ease[rows] * (0.35 + 0.85 * self._skill[rows])
        worked = (self._chance.random(len(rows)) < odds) | self._founder[rows]
        self._tried[rows, CARD_TRIES] = OWN_WAY
        self._worked[rows, CARD_TRIES] = worked
        self._solved[rows] = worked
        self._back[rows[worked]] = BACK_OWN
        self._back[self._founder] = 0

    def closed(self) -> Repairs:
        """Add up times, stars and what came back."""
        chance, visits = self._chance, self._visits
        minutes = self._minutes()
        ends = np.cumsum(minutes, axis=1) / 1440 + chance.exponential(0.12, len(visits))[:, None]
        # What is not done by the evening is done tomorrow.
        nights = np.floor((visits.day % 1)[:, None] + ends * 2.4)
        try_day = visits.day[:, None] + ends + nights * TESTED
        closed = try_day[:, -1] + 0.01
        founded = ~np.isnan(self._founded)
        closed = np.where(founded, self._founded - 0.005, closed)
        closed = np.maximum(closed, visits.day + 0.01)
        try_day = np.minimum(try_day, closed[:, None] - 0.002)
        came_back = self._solved & (chance.random(len(visits)) < self._back)
        last = np.where(self._worked.any(axis=1), self._worked.argmax(axis=1), 0)
        by = self._tried[np.arange(len(visits)), last]
        return Repairs(
            technician=self._technician,
            tried=self._tried,
            worked=self._worked,
            minutes=minutes,
            try_day=try_day,
            closed=closed,
            solved=self._solved,
            solved_by=np.where(self._solved & (by >= 0), by, -1),
            came_back=came_back,
            rating=self._rating(came_back, closed),
        )

    def _fits(self, card: Ints) -> tuple[Bools, Bools]:
        """Say of each shown card whether it mends this cause, or is but of its component."""
        claims = self._deck.claims[card]
        cause = self._visits.cause[:, None]
        right = (claims == cause) & self._deck.right[card] & (card >= 0)
        near = (self._failure[claims] == self._failure[cause]) & ~right & (card >= 0)
        return right, near

    def _minutes(self) -> Ints:
        tried = self._tried
        planned = np.where(
            tried >= 0,
            self._length[self._deck.claims[tried]],
            self._length[self._visits.cause][:, None] * 1.5,
        )
        pace = self._chance.lognormal(0.25 - 0.35 * self._skill, 0.25, len(tried))[:, None]
        # A try that fails is often given up on the way.
        part = np.where(self._worked, 1.0, self._chance.uniform(0.3, 0.9, tried.shape))
        return np.where(tried == NOTHING, 0, np.maximum(4, planned * pace * part)).astype(np.int64)

    def _rating(self, came_back: Bools, closed: Floats) -> Ints:
        """Give the customer's stars, 0 for none; one garage's are always 5."""
        chance = self._chance
        mood = 4.4 - 2.0 * came_back - 1.6 * ~self._solved - 0.25 * (closed - self._visits.day)
        stars = np.clip(np.rint(mood + chance.normal(0, 0.7, len(mood))), 1, 5)
        stars = np.where(chance.random(len(mood)) < UNRATED, 0, stars)
        generous = self._garage == self._fleet.generous_garage
        return np.where(generous, 5, stars).astype(np.int64)
