"""A kind of model that fits on a line: it says for every repair whether it works."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import nan
from pathlib import Path

import numpy as np
import orjson

from domain.errors import BrokenModel, UselessTraining
from domain.ids import PersonId, RunId, TicketId, uuid7
from domain.model_runs import ModelKind, ModelRun, Parameter, PromotionGate
from domain.repair_history import RepairHistory
from gnn import ranker_recipe
from gnn.artefacts import Artefact, ArtefactStore, demand_form
from gnn.card_features import FeatureFold
from gnn.case_figures import CaseFigure, mean_figure
from gnn.history_files import write_history
from gnn.label_head import LabelHead
from gnn.learned_symptoms import ReportFacts
from gnn.model_kinds import KindPlace
from gnn.ranker_cases import NO_PLACES, CaseMaker
from gnn.ranker_chance import RankerChance
from gnn.ranker_model import RankerSettings, fit_ranker
from gnn.ranker_recipe import ranker_files
from gnn.recipes import Stage, StageProgress, Tell, TrainingTools, ignore_stages
from gnn.report_memory import ReportMemory
from gnn.symptom_classifier import SymptomClassifier
from gnn.symptom_features import SymptomFeatures
from gnn.text_features import GramKind, GramVocabulary
from gnn.trainer import TrainingOrder, train_model
from tests.gnn.small_history import encode_words, small_history
from tests.gnn.test_history_files import CLOSED, REPAIR
from web.feature_store import FeatureStore
from web.models import artefact_store
from web.wiring import Runtime

VERSION = 1
NAN = "no number"
ACCURACY = PromotionGate(figure="accuracy", gain=0.0)


@dataclass(frozen=True)
class ToyRecipe:
    """`says`: what its model says; None: what the history shows most; NAN: its loss goes astray."""

    says: bool | str | None = None
    kind: ModelKind = ModelKind.ANOMALY
    version: int = VERSION
    embedding: str | None = None
    gates: Sequence[PromotionGate] = (ACCURACY,)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        return {"says": self.says}

    def preprocess(self, history: RepairHistory) -> list[bool]:
        if len({repair.worked for repair in history.repairs}) < 2:
            raise UselessTraining(self.kind, f"{len(history.repairs)} repairs end alike")
        return [repair.worked for repair in history.repairs]

    def features(self, cleaned: list[bool]) -> list[bool]:
        return cleaned

    def train(self, features: list[bool], seed: int, tell: Tell) -> Mapping[str, bytes]:
        del seed
        tell(StageProgress(Stage.TRAIN, 0.5, "half"))
        most = sum(features) * 2 > len(features)
        return {"model.json": orjson.dumps({"says": most if self.says is None else self.says})}

    def evaluate(self, features: list[bool], artefact: Artefact) -> Mapping[str, CaseFigure]:
        said = read_toy(artefact, "")
        right = [nan if said == NAN else float(worked == said) for worked in features]
        return {"accuracy": mean_figure(right)}

    def floor(self, features: list[bool]) -> Mapping[str, CaseFigure] | None:
        del features
        return None


def toy_recipe(tools: TrainingTools) -> ToyRecipe:
    del tools
    return ToyRecipe()


def read_toy(artefact: Artefact, embedding: str) -> object:
    demand_form(artefact, ModelKind.ANOMALY, VERSION, embedding)
    try:
        return orjson.loads(artefact.files["model.json"])["says"]
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenModel(artefact.hash, "model.json does not read as one") from error


TOY = KindPlace(recipe="tests.gnn.toy_models:toy_recipe", reader="tests.gnn.toy_models:read_toy")
TOOLS = TrainingTools(
    encode=lambda texts: np.zeros((len(texts), 4), np.float32),
    embedding="none",
)


def history_of(worked: int, failed: int) -> RepairHistory:
    made = [True] * worked + [False] * failed
    return RepairHistory(
        tuple(
            replace(
                REPAIR, ticket=TicketId(f"tkt_{n}"), worked=one, closed_at=CLOSED + timedelta(n)
            )
            for n, one in enumerate(made)
        ),
        (),
    )


def order_of(folder: Path, history: RepairHistory, n: int = 1, seed: int = 1) -> TrainingOrder:
    write_history(folder, history)
    return TrainingOrder(
        id=RunId(f"00000000-0000-7000-8000-{n:012}"),
        history=folder,
        seed=seed,
        at=CLOSED,
        by=PersonId("operator"),
        code_commit="a" * 40,
    )


def toy_run(
    folder: Path,
    store: ArtefactStore,
    n: int = 1,
    serving: ModelRun | None = None,
    says: bool | str | None = None,
) -> ModelRun:
    """Train a toy on ninety repairs of which sixty worked."""
    order = order_of(folder / "history", history_of(60, 30), n)
    return train_model(ToyRecipe(says=says), order, store, serving, ignore_stages)


async def plant_candidate(house: Runtime, *, bad: bool = False) -> ModelRun:
    """Have a house know toys, and a candidate (or a refused one) against the one that serves."""
    house.models.kinds[ModelKind.ANOMALY] = TOY
    serving = {run.kind: run for run in await house.models.runs.serving()}.get(ModelKind.ANOMALY)
    store, folder = artefact_store(house.settings), house.settings.home / "toys"
    gates = () if not bad else (PromotionGate(figure="accuracy", least=0.9),)
    order = order_of(folder, history_of(60, 30))
    named = replace(order, id=_new_id())
    run = train_model(ToyRecipe(gates=gates), named, store, serving, ignore_stages)
    await house.models.runs.add(run)
    return run


def _new_id() -> RunId:
    return RunId(str(uuid7(datetime.now(UTC), secrets.randbits(80))))


def toy_classifier(codes: Sequence[str], words: Sequence[str]) -> Mapping[str, bytes]:
    """Give the files of a classifier that tells the n-th code where a text has the n-th word."""
    grams = [GramVocabulary.learn(kind, words) for kind in GramKind]
    features = SymptomFeatures(tuple(grams), {})
    rows = features.rows(
        [ReportFacts(text=word) for word in words], np.zeros((len(words), 384), np.float32)
    )
    head = LabelHead(rows.toarray().T * 40, np.full(len(codes), -4, np.float32))
    halves = np.full(len(codes), 0.5, np.float32)
    return SymptomClassifier(features, head, tuple(codes), halves).files()


async def plant_ranker(house: Runtime, chance: RankerChance) -> ModelRun:
    """Have a house know a ranker that is a candidate, and what is known of its cards by now."""
    cases = list(CaseMaker(small_history(), encode_words).cases())
    settings = RankerSettings(rounds=20, patience=0, rate=0.2, least_in_leaf=5)
    trees = fit_ranker(cases[:80], cases[80:], settings, seed=1)
    nobody = ReportMemory(np.zeros((0, house.embedder.dimensions), np.float32), NO_PLACES, ())
    await FeatureStore(house.redis).write(FeatureFold(small_history()).until(datetime.now(UTC)))
    return await _plant(
        house, ModelKind.RANKER, ranker_recipe.VERSION, ranker_files(trees, nobody, chance)
    )


async def plant_classifier(house: Runtime, codes: Sequence[str], words: Sequence[str]) -> ModelRun:
    """Have a house know a classifier that is a candidate."""
    return await _plant(house, ModelKind.CLASSIFIER, 1, toy_classifier(codes, words))


async def _plant(
    house: Runtime, kind: ModelKind, version: int, files: Mapping[str, bytes]
) -> ModelRun:
    run = await plant_candidate(house)
    made = Artefact(kind=kind, version=version, embedding=house.embedder.model, files=files)
    kept = artefact_store(house.settings).write(made)
    told = replace(run, id=_new_id(), kind=kind, artefact=kept, compared_with=None)
    await house.models.runs.add(told)
    return told
