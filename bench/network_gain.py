"""What the graph network's scores add to the ranker that serves, on worlds that no fit has seen.

The network learns from one world, the trees from two others with its scores (so of no report does
it know the end), once with and once without them; all reports of other worlds are judged, each as
of its moment. All of it is synthetic. Settings were chosen on worlds of the seeds 1 to 5 alone.

The network and the texts' vectors are kept (`.bench`, `.battwheels`). A network to fit and 13,000
texts to embed take some twenty minutes on two cores, the first time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import torch

from bench.bars import Bar, gain_bar
from bench.learned_ranker import NOBODY, STRATA, together, with_tools
from bench.worlds import world_folder
from domain.repair_history import RepairHistory
from gnn.case_figures import CaseFigure, paired_difference
from gnn.history_files import read_history
from gnn.learned_cards import ReportNetwork
from gnn.model_file import CARD, WEIGHTS, write_model
from gnn.network_columns import with_network
from gnn.ranker_cases import CaseMaker, RankerCase
from gnn.ranker_model import RankerModel, RankerSettings, fit_ranker
from gnn.ranker_recipe import network_of, ranking_figures, split_cases
from gnn.recipes import TrainingTools
from gnn.ticket_learner import PLAN, TicketLearner, TicketStudy, fit_tickets

KEPT = Path(".bench/networks")
VISITS, SEED = 8_000, 1
TAUGHT, LEARNED = ("plains", 1), (("plains", 2), ("plains", 3))
JUDGED = (("plains", 11), ("hills", 11))
World = tuple[str, int]


@dataclass(frozen=True, slots=True)
class JudgedWorlds:
    """The trees with and without the network, and the cases of each judged world."""

    reading: RankerModel
    without: RankerModel
    worlds: tuple[Sequence[RankerCase], ...]

    def figures(self, trees: RankerModel, key: str) -> CaseFigure:
        found = [
            ranking_figures(one, lambda case: trees.scores(case.features)) for one in self.worlds
        ]
        return together([figures.get(key) for figures in found])


async def run() -> list[Bar]:
    """Fit or take what is kept, judge, and give both bars."""
    judged = await with_tools(_judged)
    gains = {
        key: paired_difference(
            judged.figures(judged.reading, key), judged.figures(judged.without, key)
        )
        for key in ("ndcg5", *(f"ndcg5{stratum}" for stratum in STRATA))
    }
    for key, gain in gains.items():
        reached = judged.figures(judged.reading, key).value
        print(f"  {key:<18} {reached:.3f}: {gain} over the same without")
    goals = {"gnn_gain_ndcg5": ("ndcg5", 0.02), "gnn_gain_cold": ("ndcg5_cold", 0.03)}
    return [gain_bar(name, gains[key], goal) for name, (key, goal) in goals.items()]


def _judged(tools: TrainingTools) -> JudgedWorlds:
    network = kept_network(TAUGHT)
    sides = [split_cases(scored_cases(world, network, tools), NOBODY) for world in LEARNED]
    train = [case for one in sides for case in one.train]
    valid = [case for one in sides for case in one.valid]
    settings = RankerSettings()
    return JudgedWorlds(
        fit_ranker(train, valid, replace(settings, without=()), SEED),
        fit_ranker(train, valid, settings, SEED),
        tuple(
            [case for case in scored_cases(world, network, tools) if not case.founding]
            for world in JUDGED
        ),
    )


def scored_cases(world: World, network: ReportNetwork, tools: TrainingTools) -> list[RankerCase]:
    """Give the cases of a world with the network's scores."""
    began, history = perf_counter(), history_of(world)
    cases = list(CaseMaker(history, tools.encode, tools.english).cases())
    made = perf_counter()
    scored = with_network(cases, network.over(history))
    took = f"{made - began:.0f} s, scored in {perf_counter() - made:.0f} s"
    print(f"  {world[0]}-{world[1]}: {len(cases)} cases in {took}", flush=True)
    return scored


def history_of(world: World) -> RepairHistory:
    return read_history(world_folder(world[1], name=world[0], visits=VISITS))


def kept_network(world: World) -> ReportNetwork:
    """Give the network of a world's whole year; fitted once."""
    folder = KEPT / f"{world[0]}-{world[1]}"
    if not (folder / CARD).exists():
        torch.set_num_threads(2)
        study = TicketStudy.of(read_history(world_folder(world[1], name=world[0])))
        learner = TicketLearner(study.network(PLAN.seed), study)
        write_model(folder, fit_tickets(learner, PLAN, folder, _tell))
    return network_of({name: (folder / name).read_bytes() for name in (CARD, WEIGHTS)})


def _tell(line: str) -> None:
    print(f"  {line}", flush=True)
