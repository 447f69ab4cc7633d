"""Fits the ticket network to a history, and saves it for a service that needs no training library.

Each batch is a stretch of time. Of two in ten cards it pretends that nobody had ever used them, so
the network learns to find a card of this minute by what it says, not only the known ones by what is
known of them.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from domain.repair_history import RepairHistory
from gnn.fit import FitPlan, fit
from gnn.graph_tower import GraphTower
from gnn.model_file import model_files
from gnn.repair_graph import Ints, RepairGraph, seconds
from gnn.ticket_batches import NOTHING, BatchMaker, ThingRows
from gnn.ticket_cases import Sides, TicketCase, cases_of, gain, split, weights
from gnn.ticket_network import KIND, TicketConfig, TicketNetwork, TicketScores

BATCH = 128
# What is measured at once: about a day, as old as the cards of a service may be.
MEASURED = 64
MOST_VALID = 320
COLD_SHARE = 0.2
PAIRS = 0.2
# Of the tower's score, beside that of the paths.
SHARES = (0.0, 0.03, 0.1, 0.2, 0.4, 0.7, 1.0)
PLAN = FitPlan(epochs=8, rate=3e-3, decay=0.8, weight_decay=1e-2, patience=3)


@dataclass(frozen=True, slots=True)
class TicketStudy:
    """A history prepared for a fit: its batches and its sides."""

    maker: BatchMaker
    sides: Sides
    names: ThingRows

    @classmethod
    def of(cls, history: RepairHistory) -> "TicketStudy":
        """Prepare.

        Raises:
            InvalidInput: the history holds too few solved repairs.
        """
        graph = RepairGraph.of(history)
        sides = split(cases_of(graph))
        names = ThingRows.of(graph, sides.ends)
        return cls(BatchMaker(graph, names), sides, names)

    def network(self, seed: int, **shape: int) -> TicketNetwork:
        """Give a new network for this history, drawn from a seed."""
        torch.manual_seed(seed)
        config = TicketConfig(thing_count=len(self.names.rows) + 1, **shape)
        network = TicketNetwork(config, GraphTower(config.width))
        opened = [seconds(one.opened_at) for one in self.maker.graph.tickets]
        network.rarity.copy_(self.maker.shelf.rarity(bisect_left(opened, self.sides.ends)))
        return network


class TicketLearner:
    """Learns which card ended a report, among all cards of its moment."""

    def __init__(
        self, network: TicketNetwork, study: TicketStudy, device: torch.device | None = None
    ) -> None:
        device = device or best_device()
        self.network = network.to(device)
        self.study, self.device = study, device
        self._cases = study.sides.train
        self._weights = weights(self._cases)
        self._valid = _spread(study.sides.valid, MOST_VALID)

    def batch_count(self) -> int:
        return -(-len(self._cases) // BATCH)

    def losses(self) -> Iterator[Tensor]:
        """Give the loss of each stretch of time, in any order; the cuts move with each epoch."""
        shift = int(torch.randint(BATCH, (1,)))
        cuts = [*range(shift, len(self._cases), BATCH)]
        stretches = [s for s in np.split(np.arange(len(self._cases)), cuts) if len(s)]
        for place in torch.randperm(len(stretches)).tolist():
            yield self._loss(stretches[place])

    def _loss(self, rows: Ints) -> Tensor:
        cases = [self._cases[row] for row in rows]
        right = np.array([case.card for case in cases])
        # Of all cards, not of the right ones alone: else to look unused would mean to be right.
        cold = np.flatnonzero(torch.rand(len(self.study.maker.graph.cards)).numpy() < COLD_SHARE)
        world, asked = self.study.maker.batch([case.repair for case in cases], cold)
        scores = self.network(world.moved(self.device), asked.moved(self.device))
        unborn = ~self._born(cases)
        target = torch.from_numpy(right).to(self.device)
        weight = torch.from_numpy(self._weights[rows]).float().to(self.device)
        loss = scores.both.new_zeros(())
        for head in (scores.walked, scores.tower):
            each = functional.cross_entropy(
                head.masked_fill(unborn, -torch.inf), target, reduction="none"
            )
            loss = loss + (weight * each).mean()
        return loss + PAIRS * _better_than_failed(scores.walked, cases)

    def _born(self, cases: Sequence[TicketCase]) -> Tensor:
        """Give [B, C]: which cards were there when each report came in."""
        moments = np.array([seconds(case.repair.opened_at) for case in cases])
        born = self.study.maker.graph.born[None, :] < moments[:, None]
        return torch.from_numpy(born).to(self.device)

    def figure(self) -> float:
        """Choose the tower's share, and give nDCG@5 on the validation side with it.

        It is the mean of as it is, and as if nobody had used the right cards.
        """
        maker, now = self.study.maker, self.network.mix.item()
        found = [
            one
            for as_new in (False, True)
            for one in ranked(self.network, maker, self._valid, self.device, as_new=as_new)
        ]
        gained = {share: _mean_gain(found, share - now) for share in SHARES}
        best = max(SHARES, key=lambda share: gained[share])
        self.network.mix.fill_(best)
        return gained[best]


@dataclass(frozen=True, slots=True)
class RankedCase:
    """The scores of all cards for a case; -inf where a card was not yet written.

    Attributes:
        uses: how often the right card had been tried before.
        led: whether a path led to the right card.
    """

    case: TicketCase
    both: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
    tower: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
    path: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
    uses: int
    led: bool


def ranked(
    network: TicketNetwork,
    maker: BatchMaker,
    cases: Sequence[TicketCase],
    device: torch.device,
    *,
    as_new: bool = False,
) -> list[RankedCase]:
    """Score all cards for each case, in stretches of `MEASURED` cases.

    `as_new` hides what is known of the right cards of a stretch: each looks as if nobody had used
    it, beside others of which all is known. So cold cards are judged on every case.
    """
    network.eval()
    found = list[RankedCase]()
    for begin in range(0, len(cases), MEASURED):
        part = cases[begin : begin + MEASURED]
        with torch.no_grad():
            hidden = np.unique([one.card for one in part]) if as_new else NOTHING
            world, asked = maker.batch([one.repair for one in part], hidden)
            scores = network(world.moved(device), asked.moved(device))
        found += _rows(maker, part, scores)
    return found


def _rows(
    maker: BatchMaker, cases: Sequence[TicketCase], scores: TicketScores
) -> Iterator[RankedCase]:
    both, tower, path = (
        one.double().cpu().numpy() for one in (scores.both, scores.tower, scores.path)
    )
    for row, case in enumerate(cases):
        moment = seconds(case.repair.opened_at)
        born = maker.graph.born < moment
        yield RankedCase(
            case,
            np.where(born, both[row], -np.inf),
            np.where(born, tower[row], -np.inf),
            path[row],
            int(maker.past.uses(moment)[case.card]),
            bool(path[row][case.card] != 0),
        )


def _mean_gain(found: Sequence["RankedCase"], more: float) -> float:
    """Give the mean nDCG@5 with so much more of the tower."""
    with np.errstate(invalid="ignore"):
        scores = [
            np.where(np.isinf(one.both), -np.inf, one.both + more * one.tower) for one in found
        ]
    gains = [gain(own, one.case.card) for own, one in zip(scores, found, strict=True)]
    return float(np.mean(gains or [0.0]))


def _better_than_failed(both: Tensor, cases: Sequence[TicketCase]) -> Tensor:
    rows = [(row, case.card, one) for row, case in enumerate(cases) for one in case.failed]
    if not rows:
        return both.new_zeros(())
    row, right, wrong = torch.tensor(rows, device=both.device).unbind(1)
    return functional.softplus(both[row, wrong] - both[row, right]).mean()


def _spread(cases: Sequence[TicketCase], most: int) -> tuple[TicketCase, ...]:
    """Give at most `most` of the cases: one whole stretch of every few."""
    stretches = [cases[n : n + MEASURED] for n in range(0, len(cases), MEASURED)]
    step = max(1, -(-len(cases) // most))
    return tuple(case for stretch in stretches[::step] for case in stretch)


def fit_tickets(
    learner: TicketLearner, plan: FitPlan, folder: Path, tell: Callable[[str], None]
) -> dict[str, bytes]:
    """Fit, or go on where a fit in the folder ended; give the files of the best network.

    Raises:
        InvalidInput: the loss is no number, or the folder holds the fit of another history.
    """
    found = fit(learner, plan, folder, tell)
    learner.network.load_state_dict(found.weights)
    told = {
        "seed": plan.seed,
        "figures": found.figures,
        "cases": len(learner.study.sides.train),
        "things": list(learner.study.names.rows),
        "device": learner.device.type,
        "until": learner.study.sides.until,
    }
    return model_files(KIND, learner.network.config.told(), told, found.weights)


def best_device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
