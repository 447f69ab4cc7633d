"""`python -m bench.path_fit DATA`: fit the path network to a public inductive split.

It takes some minutes for each seed and split on one core, tells after each epoch, and goes on where
a kill left it. What it saves is measured by `make bench ONLY=grail_fb_v1_hits10` and its fellows.
"""

import argparse
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from gnn.fit import FitPlan
from gnn.path_learner import fit_paths, read_split
from gnn.path_network import PathConfig

ARCHIVE = Path(__file__).resolve().parents[2] / "shared/data/kg/grail_v1.tar.gz"
MODELS = Path(__file__).resolve().parent / "models"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a split is fitted; chosen by the validation set of its training graph alone."""

    layers: int
    rate: float
    epochs: int
    dropout: float
    far: float
    decay: float = 0.6
    weight_decay: float = 1e-4
    width: int = 32


RECIPES = {
    "fb237_v1": Recipe(layers=3, rate=5e-3, epochs=4, dropout=0.2, far=0.0),
    "WN18RR_v1": Recipe(layers=5, rate=5e-3, epochs=4, dropout=0.2, far=0.75),
}


@contextmanager
def unpacked() -> Generator[Path]:
    """Give a folder with all splits, until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def folder_of(data: str, seed: int) -> Path:
    return MODELS / f"{data.lower()}_seed{seed}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", choices=[*RECIPES])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    recipe = RECIPES[asked.data]
    with unpacked() as root:
        split = read_split(root / asked.data)
    config = PathConfig(
        split.graph.relation_count,
        recipe.width,
        recipe.layers,
        dropout=recipe.dropout,
        far=recipe.far,
    )
    plan = FitPlan(
        epochs=recipe.epochs,
        rate=recipe.rate,
        decay=recipe.decay,
        weight_decay=recipe.weight_decay,
        seed=asked.seed,
    )
    fit_paths(split, config, plan, folder_of(asked.data, asked.seed), _tell)


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
