"""How the network for reports is trained, judged and read by the registry of models (row ML-4)."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from domain.errors import BrokenModel, InvalidInput, UselessTraining
from domain.model_runs import ModelKind, Parameter, PromotionGate
from domain.repair_history import RepairHistory
from gnn.artefacts import Artefact, demand_form
from gnn.card_overlap import CardOverlap
from gnn.case_figures import CaseFigure, mean_figure
from gnn.fit import FitPlan
from gnn.model_file import parse_model
from gnn.recipes import Stage, StageProgress, Tell, TrainingTools
from gnn.repair_graph import RepairGraph, seconds
from gnn.ticket_batches import BatchMaker, ThingRows
from gnn.ticket_cases import TicketCase, gain
from gnn.ticket_learner import PLAN, RankedCase, TicketLearner, TicketStudy, fit_tickets, ranked
from gnn.ticket_network import KIND, TicketNetwork
from gnn.ticket_scorer import TicketScorer, tickets_of

VERSION = 2
CPU = torch.device("cpu")
# Better than what is named alone, in all and where nobody has used the card yet.
GATES = (
    PromotionGate(figure="ndcg5", gain=0.02),
    PromotionGate(figure="ndcg5_cold", loss=0.02),
)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ServedNetwork:
    """A network that was read, to score over any history.

    `until` (seconds): of reports before it knows more than a report of now tells.
    """

    network: TicketNetwork
    names: ThingRows
    until: int

    def over(self, history: RepairHistory) -> TicketScorer:
        return TicketScorer(self.network, BatchMaker(RepairGraph.of(history), self.names))


@dataclass(frozen=True, slots=True)
class TicketRecipe:
    """Fits in `scratch`, where a fit that was killed goes on; None: it begins anew."""

    scratch: Path | None
    plan: FitPlan = PLAN
    kind: ModelKind = ModelKind.NETWORK
    version: int = VERSION
    embedding: str | None = None
    gates: Sequence[PromotionGate] = GATES

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        told = asdict(self.plan)
        return {name: told[name] for name in ("epochs", "rate", "decay", "weight_decay")}

    def preprocess(self, history: RepairHistory) -> RepairHistory:
        if not history.repairs or not history.cards:
            raise UselessTraining(self.kind, "the history holds no repairs, or no cards")
        return history

    def features(self, cleaned: RepairHistory) -> TicketStudy:
        try:
            return TicketStudy.of(cleaned)
        except InvalidInput as error:
            raise UselessTraining(self.kind, error.reason) from error

    def train(self, features: TicketStudy, seed: int, tell: Tell) -> Mapping[str, bytes]:
        learner = TicketLearner(features.network(seed), features)
        plan, done = replace(self.plan, seed=seed), list[str]()

        def told(line: str) -> None:
            done.extend([line] if ": loss" in line else [])
            tell(StageProgress(Stage.TRAIN, min(len(done) / plan.epochs, 1.0), line))

        folder = self._folder(features, seed)
        try:
            files = fit_tickets(learner, plan, folder, told)
        except InvalidInput as error:
            raise UselessTraining(self.kind, f"{error.field} {error.reason}") from error
        shutil.rmtree(folder, ignore_errors=True)
        return files

    def evaluate(self, features: TicketStudy, artefact: Artefact) -> Mapping[str, CaseFigure]:
        network = read_network(artefact, "").network
        return _figures(ranked(network, features.maker, features.sides.test, CPU))

    def floor(self, features: TicketStudy) -> Mapping[str, CaseFigure]:
        maker, overlap = features.maker, CardOverlap(features.maker.graph)
        return _figures(
            [_floored(maker, case, overlap.scores(case.repair)) for case in features.sides.test]
        )

    def _folder(self, study: TicketStudy, seed: int) -> Path:
        if self.scratch is None:
            return Path(tempfile.mkdtemp(prefix="battwheels-network-"))
        known = [f"{one.ticket} {one.resolved_by}" for one in study.maker.graph.tickets]
        words = "\n".join([*known, *study.maker.graph.card_places, str(seed), str(self.parameters)])
        return self.scratch / f"network-{sha256(words.encode()).hexdigest()[:16]}"


def ticket_recipe(tools: TrainingTools) -> TicketRecipe:
    """Give the recipe of the network."""
    return TicketRecipe(tools.scratch)


def read_network(artefact: Artefact, embedding: str) -> ServedNetwork:
    """Read the network of an artefact; it reads no vectors of a sentence model.

    Raises:
        BrokenModel: it is of another kind or version, or no network.
    """
    demand_form(artefact, ModelKind.NETWORK, VERSION, embedding)
    try:
        return network_of(artefact.files)
    except InvalidInput as error:
        raise BrokenModel(artefact.hash, error.reason) from error


def network_of(files: Mapping[str, bytes]) -> ServedNetwork:
    """Give the network of its files.

    Raises:
        InvalidInput: they hold none.
    """
    saved = parse_model(files, KIND, "it")
    until = saved.told.get("until")
    if not isinstance(until, int):
        raise InvalidInput("model", "it does not say until when it learned")
    return ServedNetwork(*tickets_of(saved, "it"), until)


def _floored(maker: BatchMaker, case: TicketCase, scores: Floats) -> RankedCase:
    moment = seconds(case.repair.opened_at)
    there = np.where(maker.graph.born < moment, scores, -np.inf)
    return RankedCase(case, there, there, there, int(maker.past.uses(moment)[case.card]), led=False)


def _figures(cases: Sequence[RankedCase]) -> dict[str, CaseFigure]:
    groups = [one.case.repair.vehicle or one.case.repair.ticket for one in cases]
    gains = np.array([gain(one.both, one.case.card) for one in cases])
    cold = np.array([float(one.uses == 0) for one in cases])
    found = {"ndcg5": mean_figure(gains, groups), "hit1": mean_figure(gains == 1, groups)}
    if cold.any():
        found["ndcg5_cold"] = CaseFigure(gains * cold, cold, found["ndcg5"].groups)
    return found
