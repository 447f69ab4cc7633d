"""The chance of each card of a learned order: what it means, how many cards are shown for it."""

from dataclasses import replace

import numpy as np
import pytest

from bench.chance_bars import shown_places
from domain.errors import InvalidInput
from gnn.ranker_chance import RankerChance, ScoredReport, fit_chance
from matching.formulas import TOP

TRUE = RankerChance(heat=0.5, unfound=1.0, ahead=0.7)


def drawn_reports(count: int, seed: int, truth: RankerChance = TRUE) -> list[ScoredReport]:
    """Give reports whose right card is drawn by its true chance."""
    random, found = np.random.default_rng(seed), list[ScoredReport]()
    for _ in range(count):
        scores = random.normal(0, 1, 12)
        chances = truth.chances(scores)
        place = int(random.choice(13, p=[*chances, 1 - chances.sum()]))
        found.append(ScoredReport(scores, None if place == len(chances) else place))
    return found


def test_chances_by_hand() -> None:
    chance = RankerChance(heat=1.0, unfound=0.0, limit=0.6)
    chances = chance.chances(np.log([2.0, 1.0]))
    assert chances.tolist() == pytest.approx([0.5, 0.25])
    # The first alone does not reach .6, so the second is shown too; at .5 the first is enough.
    assert shown_places(chance, np.log([2.0, 1.0])) == [0, 1]
    assert shown_places(replace(chance, limit=0.5), np.log([1.0, 2.0])) == [1]
    assert len(shown_places(replace(chance, limit=1.0), np.zeros(40))) == TOP
    assert shown_places(chance, np.zeros(0)) == []
    ahead = RankerChance(heat=1.0, unfound=0.0, ahead=float(np.log(2.0)))
    assert ahead.chances(np.log([2.0, 1.0])).tolist() == pytest.approx([4 / 6, 1 / 6])


@pytest.fixture(scope="module")
def fitted() -> RankerChance:
    return fit_chance(drawn_reports(1_500, seed=1))


def test_nothing_is_shown_where_nothing_fits(fitted: RankerChance) -> None:
    """One report in a hundred whose card was found is lost; of those with none, more are silent."""
    drawn = drawn_reports(3_000, seed=5)
    told = [(shown_places(fitted, one.scores), one.right is None) for one in drawn]
    silent = {none: np.mean([not shown for shown, of in told if of == none]) for none in (0, 1)}
    assert silent[False] < 0.03 < silent[True]
    unsure = RankerChance(heat=1.0, unfound=0.0, least=0.9)
    assert shown_places(unsure, np.log([2.0, 1.0])) == []


def test_fit_finds_what_was_drawn(fitted: RankerChance) -> None:
    assert fitted.heat == pytest.approx(TRUE.heat, rel=0.15)
    assert fitted.unfound == pytest.approx(TRUE.unfound, abs=0.25)
    assert fitted.ahead == pytest.approx(TRUE.ahead, abs=0.25)


def test_chance_comes_true(fitted: RankerChance) -> None:
    told = [(fitted.chances(one.scores), one) for one in drawn_reports(3_000, seed=2)]
    first = np.array([chances.max() for chances, _ in told])
    right = np.array([float(chances.argmax() == one.right) for chances, one in told])
    high = first > np.median(first)
    for half in (high, ~high):
        assert first[half].mean() == pytest.approx(right[half].mean(), abs=0.03)


def test_cut_holds_the_right_card(fitted: RankerChance) -> None:
    sharp = RankerChance(heat=0.2, unfound=5.0)
    chance = fit_chance(drawn_reports(1_500, 3, sharp))
    held = [one for one in drawn_reports(3_000, 4, sharp) if one.right is not None]
    sets = [shown_places(chance, one.scores) for one in held]
    covered = np.mean([one.right in places for one, places in zip(held, sets, strict=True)])
    assert 0.88 <= covered <= 0.93
    assert np.mean([len(places) for places in sets]) < TOP
    assert fitted.limit > 0


@pytest.mark.parametrize("reports", [[], drawn_reports(40, 1)])
def test_few_reports_tell_no_chance(reports: list[ScoredReport]) -> None:
    with pytest.raises(InvalidInput, match="too few to tell a chance"):
        fit_chance(reports)


def test_one_sort_of_report_tells_no_chance() -> None:
    always = [one for one in drawn_reports(400, 1) if one.right is not None]
    with pytest.raises(InvalidInput, match="too few to tell a chance"):
        fit_chance(always)
