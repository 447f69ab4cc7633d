"""The learned ranker on simulated worlds that nothing was tuned on, beside what it replaces.

Each world is trained on by itself: 70 % of its reports by time, 10 % to say when to stop; the last
10 % are judged. All of it is synthetic. Peers on the same cards: the evidence ranker, which serves
without a model, and the specification's own ensemble (§2.4). Worlds of seeds 1 to 5 were tuned on.

`make bench ONLY=ranker_gain_ndcg5` takes the world of seed 11 (some 8 minutes on two cores; texts
that were embedded once are kept). `python -m bench.learned_ranker 11 12 13` tells of others.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.bars import Bar, Better
from domain.ids import CardId
from domain.repair_history import RepairHistory
from gnn.artefacts import Artefact
from gnn.case_figures import CaseFigure, paired_difference, with_interval
from gnn.history_files import read_history
from gnn.ranker_cases import CaseMaker, RankerCase
from gnn.ranker_features import NAMES
from gnn.ranker_recipe import RankerRecipe, RankerSides, ranking_figures
from gnn.recipes import TrainingTools, ignore_stages
from gnn.report_memory import ReportMemory
from ingest.embedder import Embedder
from matching.formulas import ensemble_score
from simulation.history_tables import write_tables
from simulation.journal import Journal
from simulation.settings import WORLDS
from simulation.year import simulate_year
from web.cli.simulate import shipped_trade
from web.trainer_tools import HouseTools

HOME = Path(".battwheels")
SEED = 11
VISITS = 8_000
GAIN = 0.02
MODEL_LEVEL = 2
SHOWN = ("ndcg5", "mrr", "hit1", "hit3", "hit5")
STRATA = ("_warm", "_cool", "_cold", "_no_code", "_other_words")
# Cases that are cut into sides here have voted already.
NOBODY = ReportMemory(np.zeros((0, 1), np.float32), np.zeros(0, np.int64), ())
Floats = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WorldFigures:
    """What each ranker reaches on the judged reports of one world."""

    learned: dict[str, CaseFigure]
    evidence: dict[str, CaseFigure]
    formula: dict[str, CaseFigure]


async def run() -> list[Bar]:
    """Train on the world of seed 11 and judge; the bars are the low ends of the gains."""
    found = await measured(SEED)
    over = {
        "ranker_gain_ndcg5": paired_difference(found.learned["ndcg5"], found.evidence["ndcg5"]),
        "ranker_gain_formula": paired_difference(found.learned["ndcg5"], found.formula["ndcg5"]),
    }
    for name, gain in over.items():
        print(f"  {name}: {gain}")
    return [
        Bar(name=name, measured=gain.low, goal=GAIN, better=Better.HIGHER)
        for name, gain in over.items()
    ]


async def measured(seed: int) -> WorldFigures:
    """Simulate, train and judge one world."""
    return await with_tools(lambda tools: _judged(seed, tools))


async def open_worlds(seeds: Sequence[int]) -> dict[int, list[RankerCase]]:
    """Simulate some worlds and give all their cases."""

    def opened(tools: TrainingTools) -> dict[int, list[RankerCase]]:
        makers = (CaseMaker(_history(seed), tools.encode, tools.english) for seed in seeds)
        return {seed: list(maker.cases()) for seed, maker in zip(seeds, makers, strict=True)}

    return await with_tools(opened)


async def with_tools(work: Callable[[TrainingTools], T]) -> T:
    """Do some work on a thread of its own, with the tools of trainings."""
    embedder = Embedder(home=HOME, limit_s=None)
    tools = HouseTools(embedder, HOME / "scratch").tools
    try:
        return await asyncio.to_thread(work, tools)
    finally:
        embedder.close()


def _history(seed: int) -> RepairHistory:
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(WORLDS["plains"], seed=seed, repairs=VISITS)
        write_tables(Path(folder), Journal(simulate_year(shipped_trade(), settings)))
        return read_history(Path(folder))


def _judged(seed: int, tools: TrainingTools) -> WorldFigures:
    began, recipe = perf_counter(), RankerRecipe(tools)
    sides = recipe.features(recipe.preprocess(_history(seed)))
    trained = perf_counter()
    files = recipe.train(sides, 1, ignore_stages)
    made = Artefact(
        kind=recipe.kind, version=recipe.version, embedding=recipe.embedding, files=files
    )
    found = WorldFigures(
        dict(recipe.evaluate(sides, made)),
        ranking_figures(sides.test, lambda case: case.evidence),
        ranking_figures(sides.test, formula_scores),
    )
    _tell(seed, sides, found, (trained - began, perf_counter() - trained))
    return found


def formula_scores(case: RankerCase) -> Floats:
    """Give the ensemble's scores [cards] (MA-5): codes .4, vehicle with symptoms .3, meaning .3."""
    columns = dict(zip(NAMES, case.features.T, strict=True))
    of_model = np.nan_to_num(columns["vehicle_match"]) * 3 >= MODEL_LEVEL
    lists = [
        _ordered(case.cards, columns["codes"], columns["codes"] > 0),
        _ordered(case.cards, columns["symptoms"], of_model),
        _ordered(case.cards, columns["semantic_similarity"], np.ones(len(case.cards), bool)),
    ]
    scores = dict(ensemble_score(lists))
    return np.array([scores.get(card, 0.0) for card in case.cards])


def _ordered(cards: Sequence[CardId], scores: Floats, there: NDArray[np.bool_]) -> list[CardId]:
    return [cards[i] for i in np.argsort(-scores, kind="stable") if there[i]]


def _tell(seed: int, sides: RankerSides, found: WorldFigures, took: tuple[float, float]) -> None:
    sizes = f"{len(sides.train)} to learn from, {len(sides.valid)} to stop by, {len(sides.test)}"
    missed = np.mean([case.missed for case in sides.test])
    print(f"  seed {seed}: {sizes} judged; the right card was not found for {missed:.1%}")
    print(f"  features {took[0]:.0f} s, training and judging {took[1]:.0f} s")
    rankers = (("learned", found.learned), ("evidence", found.evidence), ("§2.4", found.formula))
    for name, figures in rankers:
        told = "  ".join(f"{key} {figures[key].value:.3f}" for key in SHOWN)
        print(f"    {name:<9} {told}")
    for stratum in ("", *STRATA):
        key = f"ndcg5{stratum}"
        if key in found.learned:
            gain = paired_difference(found.learned[key], found.evidence[key])
            print(f"    {key:<18} {with_interval(found.learned[key])}; over evidence {gain}")


async def several(seeds: Sequence[int]) -> None:
    """Tell of several worlds, and of all their judged reports together."""
    found = [await measured(seed) for seed in seeds]
    for key in (*SHOWN, *(f"ndcg5{stratum}" for stratum in STRATA)):
        learned, evidence, formula = (
            together([getattr(one, name).get(key) for one in found])
            for name in ("learned", "evidence", "formula")
        )
        gain = paired_difference(learned, evidence)
        print(
            f"  all {key:<18} learned {learned.value:.3f}, evidence {evidence.value:.3f}, "
            f"§2.4 {formula.value:.3f}; over evidence {gain}"
        )


def together(figures: Sequence[CaseFigure | None]) -> CaseFigure:
    """Give one figure over the cases of several worlds; no two of these share a vehicle."""
    there = [one for one in figures if one is not None]
    starts = np.cumsum([0, *(int(one.groups.max()) + 1 for one in there)])
    join: Callable[[list[NDArray[np.float64]]], Floats] = np.concatenate
    groups = np.concatenate([one.groups + s for one, s in zip(there, starts, strict=False)])
    return CaseFigure(
        join([one.above for one in there]), join([one.below for one in there]), groups
    )


if __name__ == "__main__":
    asyncio.run(several([int(seed) for seed in sys.argv[1:]] or [SEED]))
