"""The network in the registry: trained, judged and read from its files."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from domain.deeds import OPERATOR
from domain.errors import BrokenModel, UselessTraining
from domain.ids import RunId
from domain.model_runs import ModelKind
from domain.repair_history import RepairHistory
from gnn.artefacts import Artefact, ArtefactStore
from gnn.fit import FitPlan
from gnn.history_files import write_history
from gnn.recipes import StageProgress, TrainingRecipe, ignore_stages
from gnn.ticket_learner import TicketStudy
from gnn.ticket_recipe import VERSION, ServedNetwork, TicketRecipe, read_network
from gnn.trainer import TrainingOrder, train_model
from tests.gnn.small_worlds import small_world
from tests.gnn.toy_models import toy_run
from web.cli.train import network_to_read

PLAN = FitPlan(epochs=2, rate=1e-2)


def artefact(files: Mapping[str, bytes]) -> Artefact:
    return Artefact(kind=ModelKind.NETWORK, version=VERSION, embedding=None, files=files)


@pytest.fixture(scope="module")
def study() -> TicketStudy:
    recipe = TicketRecipe(None, PLAN)
    return recipe.features(recipe.preprocess(small_world(3, repairs=60)))


@pytest.fixture(scope="module")
def files(study: TicketStudy) -> Mapping[str, bytes]:
    return TicketRecipe(None, PLAN).train(study, 1, ignore_stages)


def test_a_history_becomes_a_run_that_is_read_back(tmp_path: Path) -> None:
    write_history(tmp_path / "history", small_world(3, repairs=60))
    order = TrainingOrder(
        id=RunId("run_1"),
        history=tmp_path / "history",
        seed=1,
        at=datetime(2026, 11, 30, tzinfo=UTC),
        by=OPERATOR,
        code_commit="abc",
    )
    recipe: TrainingRecipe[RepairHistory, TicketStudy] = TicketRecipe(None, PLAN)
    store = ArtefactStore(tmp_path / "models")

    run = train_model(recipe, order, store, None, ignore_stages)

    assert [one.figure for one in run.verdicts] == ["ndcg5", "ndcg5_cold"]
    assert (run.kind, run.synthetic) == (ModelKind.NETWORK, True)
    assert isinstance(read_network(store.read(run.artefact), ""), ServedNetwork)


@pytest.mark.row("ML-4")
def test_the_same_seed_gives_the_same_files(
    study: TicketStudy, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    told = list[StageProgress]()

    again = TicketRecipe(tmp_path, PLAN).train(study, 1, told.append)

    assert again == files
    assert [one.done for one in told if ": loss" in one.said] == [0.5, 1.0]
    assert list(tmp_path.iterdir()) == []


def test_a_trained_network_is_judged_beside_what_serves_without(
    study: TicketStudy, files: Mapping[str, bytes]
) -> None:
    recipe = TicketRecipe(None, PLAN)

    own, floor = recipe.evaluate(study, artefact(files)), recipe.floor(study)

    assert own.keys() == floor.keys() >= {"ndcg5", "hit1"}
    assert len(own["ndcg5"].above) == len(study.sides.test)


def test_a_network_of_another_version_is_refused(files: Mapping[str, bytes]) -> None:
    with pytest.raises(
        BrokenModel, match=f"its form is version {VERSION + 1}, and {VERSION} is read here"
    ):
        read_network(replace(artefact(files), version=VERSION + 1), "")


def test_a_network_that_was_cut_off_is_refused(files: Mapping[str, bytes]) -> None:
    cut = {name: one[:-9] if name.startswith("weights") else one for name, one in files.items()}

    with pytest.raises(BrokenModel, match=r"the weights are not those of its model\.json"):
        read_network(artefact(cut), "")


def test_an_empty_history_trains_nothing() -> None:
    with pytest.raises(UselessTraining, match="the history holds no repairs, or no cards"):
        TicketRecipe(None).preprocess(RepairHistory((), ()))


def test_too_few_solved_repairs_train_nothing() -> None:
    with pytest.raises(UselessTraining, match="solved repairs with a card; 10 are needed"):
        TicketRecipe(None).features(small_world(1, repairs=8))


@pytest.mark.parametrize(
    ("kind", "version", "said"),
    [
        (ModelKind.RANKER, VERSION, ""),
        (ModelKind.RANKER, None, "its file cannot be read (No such file or directory)"),
        (ModelKind.RANKER, 1, "its form is version 1, and 2 is read here"),
        (ModelKind.CLASSIFIER, None, ""),
        (ModelKind.NETWORK, None, ""),
    ],
)
def test_broken_network_stops_no_training(
    kind: ModelKind, version: int | None, said: str, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    """A ranker is trained without it, with a line; the others never ask for it."""
    store, lines = ArtefactStore(tmp_path / "models"), StringIO()
    whole, run = replace(artefact(files), version=version or VERSION), toy_run(tmp_path, store)
    kept = "0" * 64 if version is None else store.write(whole)
    run = replace(run, kind=ModelKind.NETWORK, artefact=kept)
    found = network_to_read(kind, run, store, Console(file=lines, width=200))
    assert found == (whole if version == VERSION else None)
    assert lines.getvalue() == (f"ranker: without {run.name}, as {said}\n" if said else "")
