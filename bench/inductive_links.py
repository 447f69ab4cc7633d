"""The path network on graphs whose entities it never saw: the four bars of the GraIL splits.

A network is fitted on `fb237_v1` or `WN18RR_v1` (`python -m bench.path_fit`), chosen by its own
validation set, and asked here about the graph `_ind`: none of its entities was in the first. Each
bar is the mean over the saved seeds; rules by counting paths stand beside it. The triples of
`_ind/train.txt` are walked, those of `_ind/test.txt` asked in both directions among all entities.
"""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev

import torch

from bench.bars import Bar, Better
from bench.path_fit import MODELS, RECIPES, folder_of, unpacked
from gnn.link_ranks import Figures
from gnn.path_learner import LinkSplit, measured, read_paths, read_split
from gnn.path_rules import measured_rules

SEEDS = (0, 1, 2)
# Those of NBFNet: Hits@10 by its own page, the rank over all entities as later papers measured it.
GOALS = {"fb237_v1": ("fb", 0.834, 0.307), "WN18RR_v1": ("wn", 0.948, 0.684)}


async def run() -> list[Bar]:
    """Ask each saved network about the graph that it never saw."""
    torch.set_num_threads(1)
    with unpacked() as root:
        return [bar for data in RECIPES for bar in _bars(root, data)]


def _bars(root: Path, data: str) -> list[Bar]:
    name, hits_goal, mrr_goal = GOALS[data]
    folders = [folder_of(data, seed) for seed in SEEDS if folder_of(data, seed).exists()]
    if not folders:
        print(f"{data}: no model in {MODELS}; fit one with python -m bench.path_fit {data}")
        return []
    found = [_asked(root, data, folder) for folder in folders]
    print(f"{data}: rules of up to three edges: {_rules(root, data)}")
    return [
        _bar(f"grail_{name}_v1_hits10", [one.hits10_of_50 for one in found], hits_goal),
        _bar(f"grail_{name}_v1_mrr", [one.mrr for one in found], mrr_goal),
    ]


def _asked(root: Path, data: str, folder: Path) -> Figures:
    network, relations = read_paths(folder)
    split = read_split(root / f"{data}_ind", relations)
    found = measured(network, split, split.test)
    print(f"{folder.name}: {found}", flush=True)
    return found


def _rules(root: Path, data: str) -> Figures:
    learnt = read_split(root / data)
    unseen: LinkSplit = read_split(root / f"{data}_ind", learnt.relations)
    return measured_rules(learnt.graph, unseen)


def _bar(name: str, found: Sequence[float], goal: float) -> Bar:
    spread = stdev(found) if len(found) > 1 else 0.0
    print(f"{name}: {mean(found):.4f}, over {len(found)} seeds, standard deviation {spread:.4f}")
    return Bar(name=name, measured=mean(found), goal=goal, better=Better.HIGHER)
