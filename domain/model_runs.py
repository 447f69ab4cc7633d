"""Runs of training: what a model was made of, how good it is, and whether it may serve.

A run is written once, when its model is trained, with the verdict of the gates that it came to
(row EVL-5). Of its kind one serves at a time; a run that was refused never does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import TypeAlias

from domain.errors import IllegalTransition, InvalidInput, WorseModel
from domain.ids import OperationId, PersonId, RunId

Parameter: TypeAlias = str | int | float | bool | None


class ModelKind(StrEnum):
    """What a model is for."""

    CLASSIFIER = "classifier"
    RANKER = "ranker"
    NETWORK = "gnn"
    ANOMALY = "anomaly"


class RunState(StrEnum):
    CANDIDATE = "candidate"
    SERVING = "serving"
    RETIRED = "retired"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigure:
    """A figure over so many cases, with its 95 % interval (a bootstrap)."""

    value: float
    low: float
    high: float
    cases: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}, {self.cases} cases)"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """What a gate said of a candidate, in a sentence with its figures."""

    figure: str
    passed: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionGate:
    """What a figure has to reach before its model may serve.

    Attributes:
        least: the least value; None: any that is a number.
        gain: by how much it has to beat what serves, the 95 % interval of the difference above 0;
            None: it need not be better.
        loss: how far the lower end of that interval may lie below 0; None: as far as it likes.
    """

    figure: str
    least: float | None = None
    gain: float | None = None
    loss: float | None = None

    def verdict(self, own: ModelFigure | None, difference: ModelFigure | None) -> GateVerdict:
        """Judge a figure, and its paired `difference` to what serves; None: nothing serves."""
        if own is None or not isfinite(own.value):
            return GateVerdict(figure=self.figure, passed=False, said="was not measured")
        wrong = [*self._too_low(own), *self._no_gain(difference)]
        return GateVerdict(
            figure=self.figure, passed=not wrong, said="; ".join(wrong) or f"is {own}"
        )

    def _too_low(self, own: ModelFigure) -> list[str]:
        if self.least is None or own.value >= self.least:
            return []
        return [f"is {own}, and has to be {self.least:.3f}"]

    def _no_gain(self, difference: ModelFigure | None) -> list[str]:
        if difference is None:
            return []
        told: list[str] = []
        # Written so that what is no number never passes.
        if self.gain is not None and not (difference.value >= self.gain and difference.low > 0):
            told.append(f"gains {difference} over what serves, and has to gain {self.gain:.3f}")
        if self.loss is not None and not difference.low >= -self.loss:
            told.append(f"changes by {difference}, and may lose {self.loss:.3f} at most")
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRun:
    """One training and its model (row EVL-4).

    Attributes:
        version: of the form of its model file; a reader of another one refuses it.
        embedding: the sentence model whose vectors it reads; None: it reads none.
        data_hash: SHA-256 over the history that it learned from.
        code_commit: of the program that trained it.
        artefact: SHA-256 by which its file is found and checked.
        compared_with: the run that served while it was trained; None: none did.
        synthetic: it learned from simulated repairs.
    """

    id: RunId
    kind: ModelKind
    version: int
    state: RunState
    embedding: str | None
    data_hash: str
    code_commit: str
    seed: int
    parameters: Mapping[str, Parameter]
    figures: Mapping[str, ModelFigure]
    verdicts: tuple[GateVerdict, ...]
    artefact: str
    compared_with: RunId | None
    trained_at: datetime
    trained_by: PersonId
    synthetic: bool

    @property
    def name(self) -> str:
        """How an answer names the model that it came from (row ML-1)."""
        return f"{self.kind}:{self.id}"

    @property
    def objections(self) -> tuple[str, ...]:
        return tuple(f"{one.figure} {one.said}" for one in self.verdicts if not one.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTurn:
    """That a run began to serve, in place of another one; None: what needs no model.

    `rolled_back`: the one before came back.
    """

    kind: ModelKind
    run: RunId | None
    replaced: RunId | None
    rolled_back: bool
    operation: OperationId
    by: PersonId
    at: datetime


def model_kind(value: str) -> ModelKind:
    try:
        return ModelKind(value)
    except ValueError as error:
        raise InvalidInput("kind", f"is one of {', '.join(ModelKind)}") from error


def state_after(verdicts: Sequence[GateVerdict]) -> RunState:
    """Give how a run begins: one that a gate stopped is refused for good."""
    return RunState.CANDIDATE if all(one.passed for one in verdicts) else RunState.REFUSED


def demand_promotable(run: ModelRun, serving: RunId | None) -> None:
    """Return when a run may serve instead of `serving`.

    Raises:
        WorseModel: a gate stopped it.
        IllegalTransition: it serves or has served, or was held against another one.
    """
    if run.state is RunState.REFUSED:
        raise WorseModel(run.id, run.objections)
    if run.state is not RunState.CANDIDATE:
        raise IllegalTransition(
            run.id, run.state, RunState.SERVING, f"{run.id} is {run.state}. Promote a candidate."
        )
    if run.compared_with != serving:
        before, now = run.compared_with or "no model", serving or "no model"
        raise IllegalTransition(
            run.id,
            run.state,
            RunState.SERVING,
            f"{run.id} was held against {before}, and {now} serves. Train it again.",
        )
