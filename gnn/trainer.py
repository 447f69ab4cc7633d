"""One training from history to run: raw, preprocess, features, train, evaluate (rows ML-4, EVL-4).

The candidate is judged as it will serve: read back from its files. It is held against the model
that serves, on the same held-out cases; where none does, against what serves without one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from domain.errors import BrokenModel, UselessTraining
from domain.ids import PersonId, RunId
from domain.model_runs import GateVerdict, ModelFigure, ModelRun, state_after
from domain.repair_history import RepairHistory
from gnn.artefacts import Artefact, ArtefactStore, demand_form
from gnn.case_figures import CaseFigure, all_with_intervals, paired_difference
from gnn.history_files import hash_history, read_history
from gnn.recipes import Stage, StageProgress, Tell, TrainingRecipe

T = TypeVar("T")
Recipe = TrainingRecipe[Any, Any]
Figures = Mapping[str, CaseFigure]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOrder:
    """What is to be trained from, and how the run is called."""

    id: RunId
    history: Path
    seed: int
    at: datetime
    by: PersonId
    code_commit: str


def train_model(
    recipe: Recipe,
    order: TrainingOrder,
    artefacts: ArtefactStore,
    serving: ModelRun | None,
    tell: Tell,
) -> ModelRun:
    """Train a model, keep its files, and give its run: a candidate, or refused by a gate.

    Raises:
        InvalidInput: the history cannot be read.
        UselessTraining: it teaches nothing, or what was learned are no numbers.
        Unavailable: the files cannot be kept.
    """
    history, said = _stage(tell, Stage.RAW, lambda: _read(order.history))
    cleaned = _stage(tell, Stage.PREPROCESS, lambda: recipe.preprocess(history))
    features = _stage(tell, Stage.FEATURES, lambda: recipe.features(cleaned))
    files = _stage(tell, Stage.TRAIN, lambda: recipe.train(features, order.seed, tell))
    made = Artefact(
        kind=recipe.kind, version=recipe.version, embedding=recipe.embedding, files=files
    )
    kept = artefacts.write(made)

    def judge() -> tuple[dict[str, ModelFigure], tuple[GateVerdict, ...]]:
        found = recipe.evaluate(features, artefacts.read(kept))
        before = _figures_before(recipe, features, artefacts, serving)
        return _figures(recipe, found, order.seed), _verdicts(recipe, found, before, order.seed)

    figures, verdicts = _stage(tell, Stage.EVALUATE, judge)
    return ModelRun(
        id=order.id,
        kind=recipe.kind,
        version=recipe.version,
        state=state_after(verdicts),
        embedding=recipe.embedding,
        data_hash=said,
        code_commit=order.code_commit,
        seed=order.seed,
        parameters=dict(recipe.parameters),
        figures=figures,
        verdicts=verdicts,
        artefact=kept,
        compared_with=None if serving is None else serving.id,
        trained_at=order.at,
        trained_by=order.by,
        synthetic=any(repair.synthetic for repair in history.repairs),
    )


def _stage(tell: Tell, stage: Stage, work: Callable[[], T]) -> T:
    tell(StageProgress(stage, 0.0))
    done = work()
    tell(StageProgress(stage, 1.0))
    return done


def _read(folder: Path) -> tuple[RepairHistory, str]:
    return read_history(folder), hash_history(folder)


def _figures(recipe: Recipe, found: Figures, seed: int) -> dict[str, ModelFigure]:
    figures = all_with_intervals(found, seed)
    wrong = sorted(name for name, one in figures.items() if not isfinite(one.value))
    if wrong:
        raise UselessTraining(recipe.kind, f"{', '.join(wrong)} came out as no number")
    return figures


def _figures_before(
    recipe: Recipe, features: object, artefacts: ArtefactStore, serving: ModelRun | None
) -> Figures | None:
    """Give the figures of what serves; of a model that cannot be read any more, the floor's."""
    if serving is not None:
        try:
            artefact = artefacts.read(serving.artefact)
            demand_form(artefact, recipe.kind, recipe.version, recipe.embedding)
            return recipe.evaluate(features, artefact)
        except BrokenModel:
            pass
    return recipe.floor(features)


def _verdicts(
    recipe: Recipe, found: Figures, before: Figures | None, seed: int
) -> tuple[GateVerdict, ...]:
    return tuple(
        gate.verdict(*_held_against(found.get(gate.figure), (before or {}).get(gate.figure), seed))
        for gate in recipe.gates
    )


def _held_against(
    own: CaseFigure | None, other: CaseFigure | None, seed: int
) -> tuple[ModelFigure | None, ModelFigure | None]:
    if own is None:
        return None, None
    difference = None if other is None else paired_difference(own, other, seed)
    return all_with_intervals({"own": own}, seed)["own"], difference
