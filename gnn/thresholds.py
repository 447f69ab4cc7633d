"""From which chance on a label is told: a threshold each, chosen on cases held out (ML-10)."""

import numpy as np
from numpy.typing import NDArray

# A label of fewer cases takes the threshold of all labels together.
FEWEST_CASES = 15
LOWEST, HIGHEST = 0.05, 0.95
STEPS = np.linspace(LOWEST, HIGHEST, 91)
SHIFTS = np.linspace(-4.0, 4.0, 161)


def choose_thresholds(
    chances: NDArray[np.float32],  # [cases, labels]
    shown: NDArray[np.float32],  # [cases, labels], 0 or 1
    precision: float,
) -> NDArray[np.float32]:
    """Give thresholds [labels]: each of the best F1, then all moved as one until so much of what is
    told is right, and no further.
    """
    together = _best(chances.ravel(), shown.ravel())
    each = np.array(
        [
            _best(chances[:, n], shown[:, n]) if shown[:, n].sum() >= FEWEST_CASES else together
            for n in range(shown.shape[1])
        ]
    )
    odds = np.log(each / (1 - each))
    moved = [1 / (1 + np.exp(-(odds + shift))) for shift in SHIFTS]
    found = [_precision_and_recall(chances, shown, one) for one in moved]
    enough = [n for n, (right, _) in enumerate(found) if right >= precision]
    best = max(enough or range(len(found)), key=lambda n: found[n][1 if enough else 0])
    return moved[best].astype(np.float32)


def _best(chances: NDArray[np.float32], shown: NDArray[np.float32]) -> float:
    """Give the threshold of the best F1."""
    told = chances[:, None] >= STEPS[None, :]  # [cases, steps]
    right = (told & (shown[:, None] > 0)).sum(axis=0)
    f1 = 2 * right / np.maximum(1, told.sum(axis=0) + shown.sum())
    return float(STEPS[int(f1.argmax())])


def _precision_and_recall(
    chances: NDArray[np.float32], shown: NDArray[np.float32], thresholds: NDArray[np.float64]
) -> tuple[float, float]:
    told = chances >= thresholds
    right = (told & (shown > 0)).sum()
    return float(right / max(1, told.sum())), float(right / max(1, shown.sum()))
