"""What a learned order's chances are worth in worlds that neither trees nor chances have seen.

The trees learn from the first 70 % of the worlds of seeds 2 to 5, the chances are fitted on the
third 10 % of these, and every report of the worlds of seeds 11 to 15 is judged: some 20,000. All of
it is synthetic. Those from which a card was written count for the chance, as nothing known was
right for them, and for no order; a report counts for the coverage where the right card was found.

It takes some half an hour on two cores the first time, for the texts to be embedded, and less than
ten minutes from then on.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.bars import Bar, Better
from bench.chance_bars import calibration_gap, shown_places
from bench.learned_ranker import NOBODY, STRATA, open_worlds, together
from gnn.case_figures import paired_difference
from gnn.ranker_cases import RankerCase
from gnn.ranker_chance import RankerChance, fit_chance
from gnn.ranker_model import RankerModel, RankerSettings, fit_ranker
from gnn.ranker_recipe import STRATA as BELONGS
from gnn.ranker_recipe import ranking_figures, scored_report, split_cases

LEARNED, JUDGED = (2, 3, 4, 5), (11, 12, 13, 14, 15)
SEED, DRAWS = 1, 300
LEAST_CASES, REACHED = 1_000, 0.9
Floats = NDArray[np.float64]


async def run() -> list[Bar]:
    """Fit on some worlds and judge on others."""
    worlds = await open_worlds([*LEARNED, *JUDGED])
    sides = [split_cases(worlds[seed], NOBODY) for seed in LEARNED]
    train = [case for one in sides for case in one.train]
    trees = fit_ranker(train, [case for one in sides for case in one.valid], RankerSettings(), SEED)
    kept_back = [case for one in sides for case in one.calibration]
    chance = fit_chance([scored_report(trees, case) for case in kept_back])
    print(f"  {len(train)} to learn from, {len(kept_back)} for the chance: {chance}")
    every = [case for seed in JUDGED for case in worlds[seed]]
    answered = [[case for case in worlds[seed] if not case.founding] for seed in JUDGED]
    _tell_gains(trees, answered)
    known = [case for world in answered for case in world]
    print(f"  {len(every) - len(known)} of {len(every)} reports founded a card; without these")
    _ece(trees, chance, known)
    print("  with them")
    return [_ece(trees, chance, every), _coverage(trees, chance, known)]


def _tell_gains(trees: RankerModel, worlds: Sequence[Sequence[RankerCase]]) -> None:
    learned = [ranking_figures(one, lambda case: trees.scores(case.features)) for one in worlds]
    evidence = [ranking_figures(one, lambda case: case.evidence) for one in worlds]
    for key in ("ndcg5", *(f"ndcg5{stratum}" for stratum in STRATA)):
        own, other = (together([one.get(key) for one in all_]) for all_ in (learned, evidence))
        gain = paired_difference(own, other)
        print(f"    {key:<18} {own.value:.3f} beside {other.value:.3f}: {gain}")


def _ece(trees: RankerModel, chance: RankerChance, cases: Sequence[RankerCase]) -> Bar:
    """Give how far the likeliest card's chance is off, less what a perfect predictor shows."""
    first, right = list[float](), list[float]()
    five, among = list[float](), list[float]()
    for case in cases:
        told, scored = chance.chances(scored_report(trees, case).scores), scored_report(trees, case)
        order = np.argsort(-told, kind="stable")[:5].tolist()
        first.append(float(told[order[0]]))
        right.append(float(order[0] == scored.right))
        five += told[order].tolist()
        among += [float(place == scored.right) for place in order]
    error = _corrected(first, right)
    rest = f"of the five {_corrected(five, among):.4f}, {len(first)} reports"
    print(f"    chance of the first card {error:.4f} off, {rest}")
    return Bar(name="chance_ece_simulated", measured=error, goal=0.03, better=Better.LOWER)


def _corrected(told: Sequence[float], right: Sequence[float]) -> float:
    chances, random = np.array(told), np.random.default_rng(0)
    ideal = [
        calibration_gap(chances, (random.random(len(chances)) < chances).astype(np.float64))
        for _ in range(DRAWS)
    ]
    return max(0.0, calibration_gap(chances, np.array(right)) - float(np.mean(ideal)))


def _coverage(trees: RankerModel, chance: RankerChance, cases: Sequence[RankerCase]) -> Bar:
    """Give the share of reports whose cut list holds the right card, in the worst stratum."""
    worst = 1.0
    for name, belongs in BELONGS.items():
        here = [scored_report(trees, case) for case in cases if belongs(case) and not case.missed]
        sets = [shown_places(chance, one.scores) for one in here]
        if not here:
            continue
        held = np.mean([one.right in shown for one, shown in zip(here, sets, strict=True)])
        best = np.mean([one.right in np.argsort(-one.scores)[:5] for one in here])
        size = np.mean([len(shown) for shown in sets])
        told = f"{held:.3f} of {len(here)}, hit@5 {best:.3f}, set_size {size:.2f}"
        print(f"    coverage{name:<14} {told}")
        if len(here) >= LEAST_CASES and best >= REACHED:
            worst = min(worst, float(held))
    return Bar(name="coverage_90", measured=worst, goal=0.88, better=Better.HIGHER)
