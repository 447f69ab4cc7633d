"""Symptoms that a report tells, each with its chance (rows ML-10, ML-11): what serves.

It is told how the words, the meaning and the facts of closed repairs went with the symptoms of the
failure that was found. A symptom is told where its chance reaches the threshold of its own label,
which was chosen on repairs that the weights did not see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import orjson
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from domain.errors import BrokenModel
from domain.model_runs import ModelKind
from gnn.artefacts import Artefact, demand_form
from gnn.label_head import LabelHead
from gnn.learned_symptoms import LearnedSymptoms, ReportFacts, ToldSymptom
from gnn.symptom_features import SymptomFeatures

VERSION = 1
COLUMNS, LABELS, HEAD = "columns.json", "labels.json", "head.safetensors"


@dataclass(frozen=True, slots=True)
class SymptomClassifier(LearnedSymptoms):
    """`labels` are symptom codes, `thresholds` [labels] theirs."""

    features: SymptomFeatures
    head: LabelHead
    labels: tuple[str, ...]
    thresholds: NDArray[np.float32]

    def chances(
        self, reports: Sequence[ReportFacts], vectors: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Give the chance of each symptom [reports, labels]; `vectors` [reports, size]."""
        return self.head.chances(self.features.rows(reports, vectors))

    def symptoms(self, report: ReportFacts, vector: Sequence[float]) -> list[ToldSymptom]:
        """Give what a report tells, the likeliest first."""
        [found] = self.chances([report], np.array([vector], dtype=np.float32))
        told = np.flatnonzero(found >= self.thresholds)
        return [
            ToldSymptom(self.labels[n], float(found[n]), float(self.thresholds[n]))
            for n in sorted(told.tolist(), key=lambda n: (-found[n], self.labels[n]))
        ]

    def files(self) -> Mapping[str, bytes]:
        """Give the files of the model; weights are kept as half numbers."""
        tensors = {
            "weights": self.head.weights.astype(np.float16),
            "offsets": self.head.offsets.astype(np.float32),
            "thresholds": self.thresholds.astype(np.float32),
        }
        return {
            COLUMNS: self.features.write(),
            LABELS: orjson.dumps(self.labels),
            HEAD: save(tensors),
        }

    @classmethod
    def read(cls, artefact: Artefact) -> Self:
        """Read a classifier whose form fits.

        Raises:
            BrokenModel: its files do not read as one, or do not fit each other.
        """
        try:
            tensors = load(artefact.files[HEAD])
            labels = tuple(str(one) for one in orjson.loads(artefact.files[LABELS]))
            features = SymptomFeatures.read(artefact.files[COLUMNS])
            weights = tensors["weights"].astype(np.float32)
            head = LabelHead(weights, tensors["offsets"])
            thresholds = tensors["thresholds"]
        except (KeyError, TypeError, ValueError, SafetensorError) as error:
            raise BrokenModel(artefact.hash, "its files do not read as a classifier") from error
        shapes = weights.shape[1:], head.offsets.shape, thresholds.shape
        if set(shapes) != {(len(labels),)} or not np.isfinite(weights).all():
            raise BrokenModel(artefact.hash, "its weights do not fit its labels")
        return cls(features, head, labels, thresholds)


def read_classifier(artefact: Artefact, embedding: str) -> SymptomClassifier:
    """Read a classifier to serve.

    Raises:
        BrokenModel: it cannot serve beside this sentence model.
    """
    demand_form(artefact, ModelKind.CLASSIFIER, VERSION, embedding)
    return SymptomClassifier.read(artefact)
