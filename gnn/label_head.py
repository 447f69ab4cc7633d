"""Many labels out of sparse features: one logistic regression for each label, fitted together.

    chance of label l = sigmoid(features · weights[:, l] + offsets[l])

The labels share each step (AdamW over batches), which is much faster than fitting them one after
another, and the same: no label knows of another one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from domain.errors import UselessTraining
from domain.model_runs import ModelKind

MEMORY, SQUARE_MEMORY, TINY = 0.9, 0.999, 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadSettings:
    """`decay` holds the weights down, in units of the rate."""

    epochs: int = 8
    batch: int = 1_024
    rate: float = 0.06
    decay: float = 0.002


@dataclass(frozen=True, slots=True)
class LabelHead:
    weights: NDArray[np.float32]  # [features, labels]
    offsets: NDArray[np.float32]  # [labels]

    def chances(self, rows: csr_matrix) -> NDArray[np.float32]:
        """Give the chance of each label [rows, labels]."""
        return expit(np.asarray(rows @ self.weights) + self.offsets).astype(np.float32)


@dataclass(frozen=True, slots=True)
class LabelledRows:
    features: csr_matrix  # [examples, features]
    labels: NDArray[np.float32]  # [examples, labels], 0 or 1
    weight: NDArray[np.float32]  # [examples]


def fit_head(
    rows: LabelledRows, settings: HeadSettings, seed: int, told: Callable[[float], None]
) -> LabelHead:
    """Fit a head; the same input and seed give the same one.

    Raises:
        UselessTraining: the loss is no number any more.
    """
    labels, columns = rows.labels, rows.features.get_shape()[1]
    rng = np.random.default_rng(seed)
    share = np.clip(labels.mean(axis=0), 1e-4, 1 - 1e-4)
    offsets = np.log(share / (1 - share)).astype(np.float32)
    head = LabelHead(np.zeros((columns, labels.shape[1]), np.float32), offsets)
    steps = (_Moments(head.weights), _Moments(head.offsets))
    for epoch in range(settings.epochs):
        rate = settings.rate * (1 - epoch / settings.epochs)
        order = rng.permutation(len(labels))
        for start in range(0, len(order), settings.batch):
            batch = order[start : start + settings.batch]
            some = rows.features[batch]
            wrong = (head.chances(some) - labels[batch]) * rows.weight[batch, None]
            slope = np.asarray(some.T @ wrong, np.float32) / np.float32(len(batch))
            head.weights[:] *= 1 - rate * settings.decay
            head.weights[:] -= rate * steps[0].step(slope)
            head.offsets[:] -= rate * steps[1].step(wrong.mean(axis=0))
        if not np.isfinite(head.weights).all():
            raise UselessTraining(ModelKind.CLASSIFIER, "its loss is no number any more")
        told((epoch + 1) / settings.epochs)
    return head


class _Moments:
    """Adam: the mean slope and its mean square so far, both corrected for their start at 0."""

    def __init__(self, like: NDArray[np.float32]) -> None:
        self._mean, self._square, self._count = np.zeros_like(like), np.zeros_like(like), 0

    def step(self, slope: NDArray[np.float32]) -> NDArray[np.float32]:
        self._count += 1
        self._mean += (1 - MEMORY) * (slope - self._mean)
        self._square += (1 - SQUARE_MEMORY) * (slope * slope - self._square)
        mean = self._mean / (1 - MEMORY**self._count)
        square = self._square / (1 - SQUARE_MEMORY**self._count)
        return np.asarray(mean / (np.sqrt(square) + TINY), np.float32)
