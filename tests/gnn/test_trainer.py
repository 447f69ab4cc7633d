"""One training: what its run says, what the gates say of it, and what is not even kept."""

from pathlib import Path

import pytest

from domain.errors import UselessTraining, WorseModel
from domain.model_runs import GateVerdict, ModelFigure, PromotionGate, RunState, demand_promotable
from gnn.artefacts import ArtefactStore
from gnn.history_files import hash_history
from gnn.recipes import Stage, StageProgress, ignore_stages
from gnn.trainer import train_model
from tests.gnn.toy_models import NAN, ToyRecipe, history_of, order_of, read_toy, toy_run


@pytest.fixture
def store(tmp_path: Path) -> ArtefactStore:
    return ArtefactStore(tmp_path / "models")


@pytest.mark.row("EVL-4")
def test_run_says_what_made_it(tmp_path: Path, store: ArtefactStore) -> None:
    run = toy_run(tmp_path, store)
    figure = run.figures["accuracy"]
    said = (run.data_hash, run.code_commit, run.seed, run.parameters, figure.value, figure.cases)
    assert said == (hash_history(tmp_path / "history"), "a" * 40, 1, {"says": None}, 2 / 3, 90)
    assert figure.low < figure.value < figure.high
    assert read_toy(store.read(run.artefact), "") is True
    assert (run.state, run.compared_with) == (RunState.CANDIDATE, None)


@pytest.mark.row("ML-4")
def test_stages_come_in_order(tmp_path: Path, store: ArtefactStore) -> None:
    told: list[StageProgress] = []
    order = order_of(tmp_path / "history", history_of(2, 1))
    train_model(ToyRecipe(), order, store, None, told.append)
    assert list(dict.fromkeys(one.stage for one in told)) == list(Stage)


@pytest.mark.row("ML-4")
def test_same_seed_gives_the_same_run(tmp_path: Path, store: ArtefactStore) -> None:
    assert toy_run(tmp_path, store) == toy_run(tmp_path, store)


@pytest.mark.row("EVL-5")
def test_worse_model_is_refused_with_its_figures(tmp_path: Path, store: ArtefactStore) -> None:
    good = toy_run(tmp_path, store, 1)
    bad = toy_run(tmp_path, store, 2, good, says=False)
    assert (bad.state, bad.compared_with) == (RunState.REFUSED, good.id)
    with pytest.raises(WorseModel) as refused:
        demand_promotable(bad, good.id)
    lost = "-0.333 (-0.511 to -0.133, 90 cases)"
    said = f"accuracy gains {lost} over what serves, and has to gain 0.000"
    assert refused.value.objections == (said,)


def test_better_model_is_a_candidate(tmp_path: Path, store: ArtefactStore) -> None:
    bad = toy_run(tmp_path, store, 1, says=False)
    assert toy_run(tmp_path, store, 2, bad).state is RunState.CANDIDATE


def test_equal_model_is_not_better(tmp_path: Path, store: ArtefactStore) -> None:
    good = toy_run(tmp_path, store, 1)
    assert toy_run(tmp_path, store, 2, good).state is RunState.REFUSED


@pytest.mark.parametrize("history", [history_of(0, 0), history_of(1, 0), history_of(9, 0)])
def test_nothing_is_learned_from_too_little(
    tmp_path: Path, store: ArtefactStore, history: object
) -> None:
    order = order_of(tmp_path / "history", history)  # pyright: ignore[reportArgumentType]
    with pytest.raises(UselessTraining):
        train_model(ToyRecipe(), order, store, None, ignore_stages)
    assert not (tmp_path / "models").exists()


def test_figure_that_is_no_number_makes_no_run(tmp_path: Path, store: ArtefactStore) -> None:
    with pytest.raises(UselessTraining, match="accuracy came out as no number"):
        toy_run(tmp_path, store, says=NAN)


FIGURE = ModelFigure(value=0.7, low=0.6, high=0.8, cases=100)
NO_NUMBER = ModelFigure(value=float("nan"), low=0.0, high=0.0, cases=1)


@pytest.mark.parametrize(
    ("gate", "own", "difference", "passed"),
    [
        (PromotionGate(figure="f", least=0.7), FIGURE, None, True),
        (PromotionGate(figure="f", least=0.71), FIGURE, None, False),
        (PromotionGate(figure="f"), None, None, False),
        (PromotionGate(figure="f"), NO_NUMBER, None, False),
        (PromotionGate(figure="f", gain=0.02), FIGURE, NO_NUMBER, False),
        (PromotionGate(figure="f", loss=0.02), FIGURE, NO_NUMBER, True),
    ],
)
def test_gate_judges_figures(
    gate: PromotionGate, own: ModelFigure | None, difference: ModelFigure | None, passed: bool
) -> None:
    verdict = gate.verdict(own, difference)
    assert (type(verdict), verdict.passed) == (GateVerdict, passed)
