"""Failure modes of work orders: 626 phrases of maintainers, 22 modes of ISO 14224, one each.

The figure is the micro-F1 over five folds that keep near duplicates together, with a bootstrap
over those groups; the published split (502 to learn, 62 to test; published .632) stands beside it.
Nothing was chosen on either: the features are those of row ML-10, the one setting is a usual one.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from bench.bars import Bar, Better
from bench.quality import NHTSA
from gnn.case_figures import mean_figure, with_interval
from gnn.near_duplicates import duplicate_groups
from gnn.phrase_classifier import PhraseClassifier
from gnn.recipes import Encode
from ingest.embedder import Embedder
from web.trainer_tools import HouseTools

FOLDER = NHTSA.parent / "workorders"
FOLDS, SEED, GOAL = 5, 0, 0.66
Phrases: TypeAlias = tuple[list[str], list[str]]


def read_phrases(part: str, folder: Path = FOLDER) -> Phrases:
    """Give the phrases of a part and their modes; a mode stands behind the last comma."""
    lines = (folder / f"failure_modes_{part}.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.rpartition(",") for line in lines if line.strip()]
    return [phrase for phrase, _, _ in pairs], [mode for _, _, mode in pairs]


def grouped_hits(
    phrases: Sequence[str], modes: Sequence[str], groups: NDArray[np.int64], encode: Encode
) -> NDArray[np.float64]:
    """Give for each phrase whether a classifier that saw none of its near duplicates was right."""
    said, hits = np.array(modes), np.zeros(len(phrases))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for learnt, held in folds.split(np.array(phrases), said, groups):
        own: list[int] = learnt.tolist()
        classifier = PhraseClassifier.learn(
            [phrases[n] for n in own], [modes[n] for n in own], encode
        )
        others: list[int] = held.tolist()
        hits[held] = classifier.labels([phrases[n] for n in others]) == said[held]
    return hits


async def run() -> list[Bar]:
    """Measure."""
    embedder = Embedder(limit_s=None)
    try:
        return await asyncio.to_thread(_measure, HouseTools(embedder).encode)
    finally:
        embedder.close()


def _measure(encode: Encode) -> list[Bar]:
    train, dev, test = (read_phrases(part) for part in ("train", "dev", "test"))
    phrases = [*train[0], *dev[0], *test[0]]
    modes = [*train[1], *dev[1], *test[1]]
    groups = duplicate_groups(phrases)
    # One label each: micro-F1, precision and recall are the share that is right.
    folds = with_interval(
        mean_figure(grouped_hits(phrases, modes, groups, encode), groups.tolist())
    )
    known = PhraseClassifier.learn(*train, encode)
    split = with_interval(mean_figure(known.labels(test[0]) == np.array(test[1])))
    print(f"failure modes, five grouped folds: micro-F1 {folds}, {groups.max() + 1} groups")
    print(f"failure modes, published split: micro-F1 {split} (published: 0.632)")
    return [Bar(name="failure_mode_f1", measured=folds.value, goal=GOAL, better=Better.HIGHER)]
