"""A fit goes on after a kill as if there had been none, and refuses what teaches nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from domain.errors import InvalidInput
from gnn.fit import FitPlan, fit

PLAN = FitPlan(epochs=4, rate=0.1, decay=0.9, patience=4)


class Line:
    """Learns y = 3x from random batches; the figure is how near the slope is."""

    def __init__(self, batches: int = 5, spoilt: int | None = None) -> None:
        self.network = nn.Linear(1, 1)
        nn.init.zeros_(self.network.weight)
        nn.init.zeros_(self.network.bias)
        self._batches, self._spoilt = batches, spoilt

    def batch_count(self) -> int:
        return self._batches

    def losses(self) -> Iterator[Tensor]:
        for number in range(self._batches):
            x = torch.randn(8, 1)
            loss = (self.network(x) - 3 * x).square().mean()
            yield loss * torch.nan if number == self._spoilt else loss

    def figure(self) -> float:
        return -abs(self.network.weight.item() - 3)


def silent(_: str) -> None:
    pass


def test_a_killed_fit_goes_on_as_if_whole(tmp_path: Path) -> None:
    whole = fit(Line(), PLAN, tmp_path / "whole", silent)

    fit(Line(), FitPlan(epochs=2, rate=0.1, decay=0.9, patience=4), tmp_path / "killed", silent)
    told: list[str] = []
    killed = fit(Line(), PLAN, tmp_path / "killed", told.append)

    assert killed.figures == whole.figures
    assert torch.equal(killed.weights["weight"], whole.weights["weight"])
    assert told[0] == "went on after epoch 2"


def test_a_loss_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"^loss: is nan in epoch 1: lower the rate$"):
        fit(Line(spoilt=2), PLAN, tmp_path, silent)
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"^examples: there is nothing to learn from$"):
        fit(Line(batches=0), PLAN, tmp_path, silent)
    assert list(tmp_path.iterdir()) == []


def test_the_state_of_another_network_is_refused(tmp_path: Path) -> None:
    fit(Line(), PLAN, tmp_path, silent)
    other = Line()
    other.network = nn.Linear(2, 2)

    with pytest.raises(InvalidInput, match=r"is of another network: delete it to begin anew$"):
        fit(other, PLAN, tmp_path, silent)
