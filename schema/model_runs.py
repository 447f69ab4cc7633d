"""Trained models in the API: what each was made of, how good it is, and which serve."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import model_runs
from domain.ids import RunId
from domain.model_runs import ModelKind, RunState
from schema.refusals import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
    WorseModel,
)


@strawberry.type(description="A figure on cases that were held out, with its 95 % interval.")
class ModelFigure:
    name: str = field(description="What is measured; the model cards say how.")
    value: float = field(description="The figure.")
    low: float = field(description="Lower end of the interval.")
    high: float = field(description="Upper end of the interval.")
    cases: int = field(description="Over how many cases.")


@strawberry.type(description="What a gate said of a model before it may serve.")
class GateVerdict:
    figure: str = field(description="The figure that was judged.")
    passed: bool = field(description="Whether it is good enough.")
    said: str = field(description="Why, in figures.")


@strawberry.type(description="What a training went by.")
class ModelParameter:
    name: str = field(description="Its name.")
    value: str = field(description="Its value, as text.")


@strawberry.type(description="One training and the model that it made.")
class ModelRun:
    key: str = field(description="Id of the run, by which it is promoted.")
    kind: ModelKind = field(description="What the model is for.")
    state: RunState = field(description="Whether it serves, may, did, or never will.")
    version: int = field(description="Version of the form of its file.")
    embedding: str | None = field(
        description="The sentence model whose vectors it reads; null: it reads none."
    )
    data_hash: str = field(description="SHA-256 over the history that it learned from.")
    code_commit: str = field(description="The program that trained it.")
    seed: int = field(description="The seed of all that was drawn.")
    parameters: list[ModelParameter] = field(description="What the training went by, at most 100.")
    figures: list[ModelFigure] = field(description="How good it is, at most 100 figures.")
    verdicts: list[GateVerdict] = field(description="What the gates said, at most 100.")
    artefact: str = field(description="SHA-256 by which its file is found and checked.")
    compared_with: str | None = field(
        description="Id of the run that served while it was trained; null: none did."
    )
    trained_at: datetime = field(description="When it was trained.")
    trained_by: strawberry.ID = field(description="Id of who had it trained.")
    synthetic: bool = field(description="Whether it learned from simulated repairs.")

    @classmethod
    def from_domain(cls, value: model_runs.ModelRun) -> Self:
        return cls(
            key=value.id,
            kind=value.kind,
            state=value.state,
            version=value.version,
            embedding=value.embedding,
            data_hash=value.data_hash,
            code_commit=value.code_commit,
            seed=value.seed,
            parameters=[
                ModelParameter(name=name, value=str(one))
                for name, one in sorted(value.parameters.items())
            ],
            figures=[
                ModelFigure(name=name, value=one.value, low=one.low, high=one.high, cases=one.cases)
                for name, one in sorted(value.figures.items())
            ],
            verdicts=[
                GateVerdict(figure=one.figure, passed=one.passed, said=one.said)
                for one in value.verdicts
            ],
            artefact=value.artefact,
            compared_with=value.compared_with,
            trained_at=value.trained_at,
            trained_by=strawberry.ID(value.trained_by),
            synthetic=value.synthetic,
        )


@strawberry.type(description="Another model of a kind serves, everywhere within five seconds.")
class ModelTurn:
    kind: ModelKind = field(description="What the model is for.")
    serving: str | None = field(
        description="Id of the run that serves now; null: what needs no model answers."
    )
    replaced: str | None = field(description="Id of the run that served before; null: none.")

    @classmethod
    def of(cls, kind: ModelKind, serving: RunId | None, replaced: RunId | None) -> Self:
        return cls(kind=kind, serving=serving, replaced=replaced)


@strawberry.type(description="The model serves.")
class ModelPromoted:
    turn: ModelTurn = field(description="What serves now.")


@strawberry.type(description="The model before serves again.")
class ModelRolledBack:
    turn: ModelTurn = field(description="What serves now.")


PromoteModelResult = Annotated[
    ModelPromoted
    | InvalidInput
    | NotFound
    | NotAllowed
    | WorseModel
    | IllegalTransition
    | OperationConflict,
    strawberry.union("PromoteModelResult", description="What serves now, or why it may not."),
]
RollBackModelResult = Annotated[
    ModelRolledBack | InvalidInput | NotAllowed | IllegalTransition | OperationConflict,
    strawberry.union("RollBackModelResult", description="What serves now, or why it stays."),
]
