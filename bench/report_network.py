"""`python -m bench.report_network FOLDER`: fit the network for reports to a simulated year.

The folder holds `repairs.parquet` and `cards.parquet` (`battwheels simulate`). Settings were chosen
on the worlds of the seeds 1 to 5; what is told is of 11 to 15. All of it is synthetic.
"""

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray

from bench.report_gain import ScoredCases, told_gain
from bench.report_peers import (
    MeaningPeer,
    PastPeers,
    WordPeer,
    convex,
    reciprocal_ranks,
)
from gnn.card_overlap import CardOverlap
from gnn.fit import FitPlan
from gnn.history_files import read_history
from gnn.model_file import write_model
from gnn.repair_graph import seconds
from gnn.ticket_cases import WARM, TicketCase, gain
from gnn.ticket_learner import PLAN, RankedCase, TicketLearner, TicketStudy, fit_tickets, ranked
from ingest.embedder import Embedder

Floats = NDArray[np.float64]
SHARES = (0.2, 0.35, 0.5, 0.65, 0.8)
CPU = torch.device("cpu")
HINDI = range(0x0900, 0x0980)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("history", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=PLAN.epochs)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    study = TicketStudy.of(read_history(asked.history))
    folder: Path = asked.folder or asked.history / f"network{asked.seed}"
    plan = FitPlan(
        epochs=asked.epochs,
        rate=PLAN.rate,
        decay=PLAN.decay,
        weight_decay=PLAN.weight_decay,
        patience=PLAN.patience,
        seed=asked.seed,
    )
    network = study.network(asked.seed)
    began = perf_counter()
    write_model(folder, fit_tickets(TicketLearner(network, study), plan, folder, _tell))
    _tell(f"fitted in {perf_counter() - began:.0f} s")
    tested = ranked(network, study.maker, study.sides.test, CPU)
    others = (*study.sides.valid, *study.sides.calibration)
    fitted = ranked(network, study.maker, others, CPU)
    ways = asyncio.run(_peers(study, [*fitted, *tested]))
    before = {name: scores[: len(fitted)] for name, scores in ways.items()}
    peers = {name: scores[len(fitted) :] for name, scores in ways.items()}
    led = np.mean([one.led for one in tested])
    _tell(f"{len(tested)} synthetic cases; a path leads to the right card in {led:.2f} of them")
    table(tested, peers | _own(tested))
    _tell(told_gain(ScoredCases(fitted, before), ScoredCases(tested, peers)))
    _tell("As if nobody had used the right cards of the day:")
    table(tested, _own(ranked(network, study.maker, study.sides.test, CPU, as_new=True)))


def _own(tested: Sequence[RankedCase]) -> dict[str, list[Floats]]:
    return {
        "tower": [one.tower for one in tested],
        "path": [np.where(one.path == 0, -99.0, one.path) for one in tested],
        "network": [one.both for one in tested],
    }


async def _peers(study: TicketStudy, tested: Sequence[RankedCase]) -> dict[str, list[Floats]]:
    graph = study.maker.graph
    words, overlap, past = WordPeer(graph.cards), CardOverlap(graph), PastPeers(graph)
    valid = study.sides.valid
    reports = [one.case.repair for one in tested]
    embedder = Embedder(limit_s=None)
    loop = asyncio.get_running_loop()

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        told = asyncio.run_coroutine_threadsafe(embedder.embed(texts, patient=True), loop)
        return np.array([one.vector for one in told.result()], dtype=np.float32)

    meaning = await asyncio.to_thread(MeaningPeer, graph.cards, reports, encode)
    embedder.close()

    def mixed(case: TicketCase, share: float) -> Floats:
        return convex(share, words.scores(case.repair), meaning.scores(case.repair))

    def gained(share: float) -> float:
        return sum(gain(born(study, case, mixed(case, share)), case.card) for case in valid)

    share = max(SHARES, key=gained)
    ways: Mapping[str, Callable[[TicketCase], Floats]] = {
        "popular": lambda case: past.popular(case.repair),
        "words": lambda case: words.scores(case.repair),
        "meaning": lambda case: meaning.scores(case.repair),
        "ranks": lambda case: reciprocal_ranks(
            words.scores(case.repair), meaning.scores(case.repair)
        ),
        f"convex {share}": lambda case: mixed(case, share),
        "overlap": lambda case: overlap.scores(case.repair),
        "neighbours": lambda case: past.neighbours(case.repair),
    }
    return {
        name: [born(study, one.case, way(one.case)) for one in tested] for name, way in ways.items()
    }


def born(study: TicketStudy, case: TicketCase, scores: Floats) -> Floats:
    """Leave out the cards that were not yet written."""
    return np.where(study.maker.graph.born < seconds(case.repair.opened_at), scores, -np.inf)


def strata(tested: Sequence[RankedCase]) -> dict[str, NDArray[np.bool_]]:
    """Say which cases lie in which stratum."""
    uses = np.array([one.uses for one in tested])
    repairs = [one.case.repair for one in tested]
    hindi = np.array([any(ord(c) in HINDI for c in one.text) for one in repairs])
    return {
        "all": np.ones(len(uses), dtype=bool),
        "cold": uses == 0,
        "cool": (uses > 0) & (uses < WARM),
        "warm": uses >= WARM,
        "no code": np.array([not one.codes for one in repairs]),
        "text only": np.array([not one.codes and not one.symptoms for one in repairs]),
        "Hindi": hindi,
    }


def table(tested: Sequence[RankedCase], ways: Mapping[str, Sequence[Floats]]) -> None:
    """Print nDCG@5 of each way in each stratum, and the chance of the first place."""
    parts = strata(tested)
    heads = "".join(f"{f'{name} ({mask.sum()})':>16}" for name, mask in parts.items())
    _tell("nDCG@5".ljust(14) + heads + "  first")
    for name, scores in ways.items():
        gains = np.array([gain(s, one.case.card) for s, one in zip(scores, tested, strict=True)])
        told = [f"{gains[mask].mean() if mask.any() else np.nan:16.3f}" for mask in parts.values()]
        _tell(name.ljust(14) + "".join(told) + f"{(gains == 1).mean():7.3f}")


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
