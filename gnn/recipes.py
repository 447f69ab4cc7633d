"""How a kind of model is trained: four steps over a history, in the order of row ML-4.

A kind joins by a line in `gnn.model_kinds`: a recipe to train it, a reader to serve it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.model_runs import ModelKind, Parameter, PromotionGate
from domain.repair_history import RepairHistory
from gnn.artefacts import Artefact
from gnn.case_figures import CaseFigure

P = TypeVar("P")
F = TypeVar("F")


class Stage(StrEnum):
    RAW = "raw"
    PREPROCESS = "preprocess"
    FEATURES = "features"
    TRAIN = "train"
    EVALUATE = "evaluate"


@dataclass(frozen=True, slots=True)
class StageProgress:
    """How far a stage is, 0 to 1, and what it says meanwhile."""

    stage: Stage
    done: float
    said: str = ""


Tell = Callable[[StageProgress], None]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]
ReadSymptoms = Callable[[Sequence[str]], list[set[str]]]


def read_nothing(texts: Sequence[str]) -> list[set[str]]:
    """Read no symptom out of any text."""
    return [set() for _ in texts]


def ignore_stages(_: StageProgress) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingTools:
    """What recipes may use.

    Attributes:
        encode: gives unit vectors of texts [texts, dimensions], by the model `embedding`.
        english: gives what a match compares of a report's text (`ingest.unread_texts`).
        scratch: a folder where what a kill left goes on; None: nothing goes on.
        read_symptoms: the symptoms that the vocabulary's own reader finds in each text.
        network: the graph network that a ranker may read; None: there is none.
    """

    encode: Encode
    embedding: str
    english: Callable[[str], str] = str
    scratch: Path | None = None
    read_symptoms: ReadSymptoms = read_nothing
    network: Artefact | None = None


class TrainingRecipe(Protocol[P, F]):
    """`P` is what is left of a history once it is cleaned and split, `F` its features.

    Attributes:
        version: of the form of the files; raise it when a reader of before could not read them.
        embedding: the sentence model whose vectors the model reads; None: none.
        parameters: all that the training went by, beside history and seed.
        gates: what the figures have to reach before the model may serve.
    """

    @property
    def kind(self) -> ModelKind: ...
    @property
    def version(self) -> int: ...
    @property
    def embedding(self) -> str | None: ...
    @property
    def parameters(self) -> Mapping[str, Parameter]: ...
    @property
    def gates(self) -> Sequence[PromotionGate]: ...

    def preprocess(self, history: RepairHistory) -> P:
        """Clean and split a history.

        Raises:
            UselessTraining: there is nothing to learn from: too few examples, or all alike.
        """
        ...

    def features(self, cleaned: P) -> F: ...

    def train(self, features: F, seed: int, tell: Tell) -> Mapping[str, bytes]:
        """Give the files of the model; the same features and seed give the same ones.

        Raises:
            UselessTraining: the loss is no number any more.
        """
        ...

    def evaluate(self, features: F, artefact: Artefact) -> Mapping[str, CaseFigure]:
        """Give the figures of a model, as it is read from its files, on cases held out."""
        ...

    def floor(self, features: F) -> Mapping[str, CaseFigure] | None:
        """Give the figures, on the same cases, of what serves without a model; None: nothing."""
        ...
