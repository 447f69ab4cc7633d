"""What the chances are worth on lists that their fit has not seen: the bars of knowing."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.bars import Bar, Better
from bench.chance_fit import PLACES, JudgedList, fit_chances, folds
from domain.ids import CardId
from gnn.ranker_chance import RankerChance
from matching.chance import SURE, ChanceFit
from matching.formulas import TOP
from matching.list_chance import WORTH

Floats = NDArray[np.float64]

BINS, DRAWS, SEED = 5, 2_000, 0


@dataclass(frozen=True, slots=True)
class Told:
    """A list as a fit judged it that had not seen its campaigns.

    Attributes:
        first: the chance of the likeliest card; right: whether it is right.
        shown: whether the list was shown at all; kept: whether a right card was on it.
    """

    of: JudgedList
    first: float
    right: bool
    shown: bool
    kept: bool


def shown_places(chance: RankerChance, scores: Floats) -> list[int]:
    """Give the places of the cards that a match shows of a learned order, the best first.

    A shared code shows a list whatever its chance: that is not counted here.
    """
    cards = [CardId(str(place)) for place in range(len(scores))]
    judged = chance.list_chance(cards, scores)
    order: list[int] = np.argsort(-scores, kind="stable")[:TOP].tolist()
    best = [cards[place] for place in order]
    return [int(card) for card in judged.worthwhile(best)] if judged.shown else []


def judge_unseen(lists: Sequence[JudgedList], besides: Sequence[JudgedList]) -> list[Told]:
    """Judge each list by a fit on the other groups, and on what stands `besides`."""
    told: list[Told] = []
    for seen, others in folds(lists):
        fit = fit_chances([*seen, *besides])
        told += [_judged_by(fit, one) for one in others]
    return told


def _judged_by(fit: ChanceFit, one: JudgedList) -> Told:
    fits, chances = fit.judge(one.features)
    best = int(np.argmax(chances)) if chances else 0
    right = bool(chances) and one.right[best]
    shown = fits >= fit.limit
    worth = any(
        was and c >= WORTH for was, c in zip(one.right[:PLACES], chances[:PLACES], strict=True)
    )
    return Told(one, max(chances, default=0.0), right, shown, shown and worth)


def print_short(short: Sequence[JudgedList], fit: ChanceFit) -> None:
    """Print how a fit that has not seen these cards or texts judges short reports."""
    told = [_judged_by(fit, one) for one in short]
    print(_line("short", told))
    print(_line("short, vehicle", [one for one in told if one.of.given]))
    print(_line("short, alone", [one for one in told if not one.of.given]))


def bars_of(told: Sequence[Told]) -> list[Bar]:
    """Give the five bars, and print what stands behind them."""
    for name, chosen in _parts(told).items():
        print(_line(name, chosen))
    error, least, low, high = corrected_error(told)
    print(f"  ECE {error:.3f}, of which a perfect predictor shows {least:.3f}, n = {len(told)}")
    print(f"  chance_ece {max(0.0, error - least):.3f} [{low:.3f}, {high:.3f}]")
    kept, silent = _kept(told), _silent(told)
    return [
        Bar(name="chance_ece", measured=max(0.0, error - least), goal=0.05, better=Better.LOWER),
        Bar(name="told_right", measured=_told_right(told), goal=0.9, better=Better.HIGHER),
        Bar(name="right_told", measured=_right_told(told), goal=0.5, better=Better.HIGHER),
        Bar(name="unknown_silent", measured=silent, goal=0.8, better=Better.HIGHER),
        Bar(name="known_kept", measured=kept, goal=0.85, better=Better.HIGHER),
    ]


def corrected_error(told: Sequence[Told]) -> tuple[float, float, float, float]:
    """Give the ECE, a perfect predictor's at this n, and the interval of what is more."""
    first = np.array([one.first for one in told])
    right = np.array([float(one.right) for one in told])
    drawn = np.random.default_rng(SEED)
    ideal = [
        calibration_gap(first, (drawn.random(len(first)) < first).astype(np.float64))
        for _ in range(DRAWS)
    ]
    least = float(np.mean(ideal))
    places: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(told):
        places[one.of.group].append(place)
    groups = list(places.values())
    again: list[float] = []
    for _ in range(DRAWS // 4):
        picked: list[int] = drawn.integers(0, len(groups), len(groups)).tolist()
        chosen = np.array([place for i in picked for place in groups[i]], dtype=np.int64)
        again.append(max(0.0, calibration_gap(first[chosen], right[chosen]) - least))
    low, high = np.quantile(again, [0.025, 0.975])
    return calibration_gap(first, right), least, float(low), float(high)


def calibration_gap(first: Floats, right: Floats) -> float:
    """Give Σ share of bin × |mean chance − share right| over five bins of equal mass."""
    order = np.argsort(first, kind="stable")
    parts = np.array_split(order, BINS)
    return float(
        sum(len(p) / len(first) * abs(first[p].mean() - right[p].mean()) for p in parts if len(p))
    )


def _parts(told: Sequence[Told]) -> dict[str, list[Told]]:
    parts: dict[str, list[Told]] = {
        "all": list(told),
        "vehicle given": [one for one in told if one.of.given],
        "no vehicle": [one for one in told if not one.of.given],
    }
    for one in told:
        parts.setdefault(one.of.kind, []).append(one)
    return parts


def _line(name: str, told: Sequence[Told]) -> str:
    return (
        f"  {name:<14} {len(told):>5} lists, told right {_told_right(told):.2f},"
        f" right told {_right_told(told):.2f}, unknown silent {_silent(told):.2f},"
        f" known kept {_kept(told):.2f}"
    )


def _told_right(told: Sequence[Told]) -> float:
    return _share(told, lambda one: one.first >= SURE and one.shown, lambda one: one.right)


def _right_told(told: Sequence[Told]) -> float:
    return _share(told, lambda one: one.right, lambda one: one.first >= SURE and one.shown)


def _silent(told: Sequence[Told]) -> float:
    return _share(told, lambda one: one.of.gone, lambda one: not one.shown)


def _kept(told: Sequence[Told]) -> float:
    """Of the right cards that would be among five: those that are shown."""
    return _share(told, lambda one: one.of.holds_right and not one.of.gone, lambda one: one.kept)


def _share(
    told: Sequence[Told], among: Callable[[Told], bool], holds: Callable[[Told], bool]
) -> float:
    chosen = [one for one in told if among(one)]
    return sum(holds(one) for one in chosen) / max(1, len(chosen))
