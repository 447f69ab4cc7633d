"""The learned ranker itself: gradient-boosted trees that order the cards of a report (LambdaMART).

LightGBM's `lambdarank` (Burges 2010; Ke et al. 2017): each tree is fitted to how much nDCG@5 a swap
of two cards would change. A group is a report. More of what the trade calls good may only raise a
card (`ranker_features.MONOTONE`). A card that stood higher was tried more often whatever it said:
where it was shown goes in as its position, and LightGBM learns that share apart (`position`).

The file is LightGBM's own text; it is data, and its hash is checked before it is read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from domain.errors import InvalidInput
from gnn.ranker_cases import RankerCase
from gnn.ranker_features import HISTORY, MONOTONE, NAMES, NETWORK

Floats = NDArray[np.float64]
GAINS = (0, 1, 3, 7)
IS_HISTORY = np.array([name in HISTORY for name in NAMES])
# The most cards of one report that LightGBM's pairs are formed of.
TRUNCATION = 8
# What LightGBM writes last; its reader looks for it without asking whether it is there.
END = "\nend of parameters\n"
DEPTH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerSettings:
    """How the ranker is fitted; chosen on the worlds of seeds 1 to 5 (docs/learning.md).

    Attributes:
        hidden: the share of cards whose past a training round does not see.
        position: how strongly the share of the place is held back; None: places are not looked at.
        patience: rounds without a gain after which it stops; 0: it goes on to the last round.
        without: features that are left out.
    """

    rounds: int = 300
    patience: int = 50
    rate: float = 0.05
    leaves: int = 7
    least_in_leaf: int = 20
    ridge: float = 5.0
    columns: float = 0.7
    hidden: float = 0.15
    position: float | None = None
    without: tuple[str, ...] = NETWORK


@dataclass(frozen=True, slots=True)
class RankerModel:
    """Trees over the named features."""

    booster: lgb.Booster

    @classmethod
    def read(cls, text: str) -> "RankerModel":
        """Read LightGBM's text.

        Raises:
            InvalidInput: it is none, is cut off, or reads other features.
        """
        _demand_form(text)
        try:
            booster = lgb.Booster(model_str=text)
        except lgb.basic.LightGBMError as error:
            raise InvalidInput("ranker", f"its file cannot be read: {error}") from error
        return cls(booster)

    @property
    def text(self) -> str:
        return self.booster.model_to_string()

    def scores(self, rows: Floats) -> Floats:
        """Give a score for each row [cards]; larger is better."""
        if not len(rows):
            return np.zeros(0)
        return np.asarray(self.booster.predict(rows, num_threads=1), dtype=np.float64)


def fit_ranker(
    train: Sequence[RankerCase],
    valid: Sequence[RankerCase],
    settings: RankerSettings,
    seed: int,
    tell: Callable[[float, str], None] = lambda *_: None,
) -> RankerModel:
    """Fit the trees; the rounds end when the validation's nDCG@5 grows no more.

    The same cases, settings and seed give the same trees.

    Raises:
        InvalidInput: fewer than two reports, or none whose card was found among others.
    """
    useful = [case for case in train if len(case.cards) > 1 and case.gains.any()]
    if len(useful) < 2 or not any(len(c.cards) > 1 and c.gains.any() for c in valid):  # noqa: PLR2004
        raise InvalidInput("cases", "two reports at least whose card was among others are needed")
    shown, held = _dataset(useful, settings, seed), _dataset(valid, settings, None)
    held.set_reference(shown)

    def told(env: Any) -> None:  # noqa: ANN401 - LightGBM's own
        tell((env.iteration + 1) / settings.rounds, f"{env.evaluation_result_list[0][2]:.4f}")

    booster = lgb.train(
        _parameters(settings, seed),
        shown,
        num_boost_round=settings.rounds,
        valid_sets=[held],
        callbacks=[told, *_stops(settings)],
    )
    return RankerModel.read(booster.model_to_string(num_iteration=booster.best_iteration))


def _stops(settings: RankerSettings) -> list[Callable[[Any], None]]:
    patience = settings.patience
    return [lgb.early_stopping(patience, verbose=False)] if patience else []


def _demand_form(text: str) -> None:
    """Return when a text is whole and reads our features: LightGBM's own reader dies of others."""
    head, trees, rest = text.partition("\n\nTree=0\n")
    lines = (line.partition("=") for line in head.split("\n"))
    told = {name: value for name, _, value in lines}
    if not trees or not head.startswith("tree\n") or "tree_sizes" not in told:
        raise InvalidInput("ranker", "its file does not read as LightGBM's text")
    body, end, after = rest.partition("end of trees\n")
    sizes = told["tree_sizes"].split()
    whole = len("Tree=0\n") + len(body.encode())
    if (
        END not in after
        or not end
        or not all(size.isdecimal() for size in sizes)
        or sum(map(int, sizes)) != whole
    ):
        raise InvalidInput("ranker", "its file is cut off or was changed")
    if tuple(told.get("feature_names", "").split()) != NAMES:
        raise InvalidInput("ranker", "it reads other features than are made here")


def _parameters(settings: RankerSettings, seed: int) -> dict[str, object]:
    told: dict[str, object] = {
        "objective": "lambdarank",
        "metric": "ndcg",
        "eval_at": [DEPTH],
        "label_gain": list(GAINS),
        "lambdarank_truncation_level": TRUNCATION,
        "learning_rate": settings.rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.least_in_leaf,
        "lambda_l2": settings.ridge,
        "feature_fraction": settings.columns,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "bagging_by_query": True,
        "monotone_constraints": [*MONOTONE.values()],
        "monotone_constraints_method": "basic",
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    if settings.position is not None:
        told["lambdarank_position_bias_regularization"] = settings.position
    return told


def _dataset(
    cases: Sequence[RankerCase], settings: RankerSettings, seed: int | None
) -> lgb.Dataset:
    """Give the rows of some cases; with a seed, for training: some of the past is hidden."""
    rows = np.vstack([case.features for case in cases]).astype(np.float64)
    rows[:, [NAMES.index(name) for name in settings.without]] = np.nan
    if seed is not None and settings.hidden:
        hidden = np.random.default_rng(seed).random(len(rows)) < settings.hidden
        rows[hidden[:, None] & IS_HISTORY] = np.nan
    sizes = [len(case.cards) for case in cases]
    places = np.concatenate([case.places for case in cases])
    return lgb.Dataset(
        rows,
        label=np.concatenate([case.gains for case in cases]),
        group=sizes,
        weight=np.repeat([case.weight for case in cases], sizes),
        position=places if seed is not None and settings.position is not None else None,
        feature_name=[*NAMES],
        free_raw_data=False,
        params={"verbosity": -1},
    )
