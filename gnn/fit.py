"""Fits a network epoch by epoch: it shows how far it is, keeps the best, and goes on after a kill.

Every epoch draws its random numbers from the seed and its own number alone, so a fit that was
killed and went on gives what a fit in one go gives.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol

import torch
from torch import Tensor, nn

from domain.errors import InvalidInput
from gnn.model_file import load_tensors, save_tensors

RESUME = "resume.safetensors"
TOLD_EVERY_S = 10.0
LONGEST_STEP = 1.0


class Learner(Protocol):
    """What can be fitted: its weights, the losses of an epoch, and how good it is."""

    @property
    def network(self) -> nn.Module: ...

    def losses(self) -> Iterable[Tensor]:
        """Give the loss of each batch of one epoch, drawn from torch's global generator."""
        ...

    def batch_count(self) -> int: ...

    def figure(self) -> float:
        """Give how good it is on the validation set; higher is better."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPlan:
    """How long and how fast; `patience` epochs without a better figure end the fit."""

    epochs: int
    rate: float
    decay: float = 1.0
    weight_decay: float = 0.0
    patience: int = 3
    seed: int = 0
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.AdamW


@dataclass(frozen=True, slots=True)
class Fit:
    """The best weights, and the figure after each epoch."""

    weights: dict[str, Tensor]
    figures: tuple[float, ...]

    @property
    def best(self) -> float:
        return max(self.figures)


def fit(learner: Learner, plan: FitPlan, folder: Path, tell: Callable[[str], None]) -> Fit:
    """Fit, or go on where a fit in this folder ended.

    Raises:
        InvalidInput: the loss is no number, or what the folder holds fits another network.
    """
    run = _Run(learner, plan, folder, tell)
    run.resume()
    while not run.over():
        run.epoch()
    return Fit(run.best, tuple(run.figures))


class _Run:
    def __init__(
        self, learner: Learner, plan: FitPlan, folder: Path, tell: Callable[[str], None]
    ) -> None:
        self._learner, self._plan, self._folder, self._tell = learner, plan, folder, tell
        self._optimizer = plan.optimizer(
            learner.network.parameters(), lr=plan.rate, weight_decay=plan.weight_decay
        )
        self.figures: list[float] = []
        self.best: dict[str, Tensor] = {}

    def over(self) -> bool:
        """Say whether all epochs are done, or the last few brought nothing."""
        if not self.figures:
            return self._plan.epochs == 0
        since = len(self.figures) - 1 - self.figures.index(max(self.figures))
        return len(self.figures) >= self._plan.epochs or since >= self._plan.patience

    def epoch(self) -> None:
        number = len(self.figures)
        torch.manual_seed(self._plan.seed * 1_000_003 + number)
        for group in self._optimizer.param_groups:
            group["lr"] = self._plan.rate * self._plan.decay**number
        began = perf_counter()
        loss = self._trained(number)
        self._learner.network.eval()
        figure = self._learner.figure()
        if not self.figures or figure > max(self.figures):
            self.best = _copied(self._learner.network)
        self.figures.append(figure)
        self._keep()
        took = perf_counter() - began
        self._tell(f"epoch {number + 1}: loss {loss:.4f}, figure {figure:.4f}, {took:.0f} s")

    def _trained(self, number: int) -> float:
        network, count = self._learner.network, self._learner.batch_count()
        network.train()
        total, done, told = 0.0, 0, perf_counter()
        for loss in self._learner.losses():
            value = loss.item()
            if not math.isfinite(value):
                raise InvalidInput("loss", f"is {value} in epoch {number + 1}: lower the rate")
            self._optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), LONGEST_STEP)
            self._optimizer.step()
            total, done = total + value, done + 1
            if perf_counter() - told > TOLD_EVERY_S:
                told = perf_counter()
                self._tell(
                    f"epoch {number + 1}: {done} of {count} batches, loss {total / done:.4f}"
                )
        if done == 0:
            raise InvalidInput("examples", "there is nothing to learn from")
        return total / done

    def _keep(self) -> None:
        """Keep weights, best weights, the optimizer's state and the figures in one file."""
        state = self._optimizer.state_dict()["state"]
        kept = {f"now.{name}": one for name, one in self._learner.network.state_dict().items()}
        kept |= {f"best.{name}": one for name, one in self.best.items()}
        kept |= {
            f"state.{index}.{name}": one
            for index, values in state.items()
            for name, one in values.items()
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        kept["figures"] = torch.tensor(self.figures, dtype=torch.float64)
        save_tensors(self._folder / RESUME, kept)

    def resume(self) -> None:
        path = self._folder / RESUME
        if not path.exists():
            return
        kept = load_tensors(path)
        try:
            self._learner.network.load_state_dict(_under(kept, "now."))
            self._optimizer.load_state_dict(self._optimizer.state_dict() | {"state": _state(kept)})
            self.figures = kept["figures"].tolist()
        except (KeyError, RuntimeError, ValueError) as error:
            raise InvalidInput(
                "folder", f"{path.name} is of another network: delete it to begin anew"
            ) from error
        self.best = _under(kept, "best.")
        self._tell(f"went on after epoch {len(self.figures)}")


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: one.detach().clone() for name, one in network.state_dict().items()}


def _under(kept: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): one for name, one in kept.items() if name.startswith(prefix)}


def _state(kept: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    found: dict[int, dict[str, Tensor]] = {}
    for name, one in _under(kept, "state.").items():
        index, _, field = name.partition(".")
        found.setdefault(int(index), {})[field] = one
    return found
