"""A ranker with a graph network: it carries the one whose scores it reads, and is judged by it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from domain.ids import PersonId, RunId
from domain.model_runs import ModelKind, ModelRun
from domain.repair_history import RepairHistory
from gnn import ranker_recipe
from gnn.artefacts import Artefact, ArtefactStore
from gnn.history_files import write_history
from gnn.learned_cards import Floats
from gnn.model_file import CARD, WEIGHTS
from gnn.ranker_features import NETWORK, PLACES
from gnn.ranker_model import RankerSettings
from gnn.ranker_recipe import RankerRecipe, read_ranker
from gnn.recipes import TrainingTools, ignore_stages
from gnn.ticket_learner import TicketStudy
from gnn.ticket_recipe import VERSION
from gnn.trainer import TrainingOrder, train_model
from tests.gnn.small_history import BEGIN, encode_words
from tests.gnn.small_worlds import small_world

SETTINGS = RankerSettings(rounds=10, patience=0, rate=0.2, least_in_leaf=10)
COLUMNS = [PLACES[name] for name in NETWORK]


@pytest.fixture(scope="module")
def history() -> RepairHistory:
    """The world of the fitted network, and as much again after it."""
    known, later = small_world(1, repairs=120), small_world(2, repairs=400)
    shift = known.repairs[-1].closed_at - BEGIN
    moved = tuple(
        replace(r, opened_at=r.opened_at + shift, closed_at=r.closed_at + shift, ticket=f"t{n}")
        for n, r in enumerate(later.repairs)
    )
    return RepairHistory((*known.repairs, *moved), known.cards)


@pytest.fixture(scope="module")
def network(fitted: Path) -> Artefact:
    files = {name: (fitted / name).read_bytes() for name in (CARD, WEIGHTS)}
    return Artefact(kind=ModelKind.NETWORK, version=VERSION, embedding=None, files=files)


def trained(history: RepairHistory, network: Artefact, home: Path) -> ModelRun:
    write_history(home / "history", history)
    order = TrainingOrder(
        id=RunId("01990000-0000-7000-8000-000000000002"),
        history=home / "history",
        seed=1,
        at=BEGIN,
        by=PersonId("operator"),
        code_commit="c0ffee",
    )
    tools = TrainingTools(encode=encode_words, embedding="of words", network=network)
    recipe = RankerRecipe(tools, SETTINGS)
    return train_model(recipe, order, ArtefactStore(home / "models"), None, ignore_stages)


@pytest.mark.parametrize("helps", [True, False])
def test_ranker_carries_what_it_reads(
    history: RepairHistory,
    network: Artefact,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    helps: bool,
) -> None:
    monkeypatch.setattr(ranker_recipe, "network_helps", lambda *_: helps)
    run = trained(history, network, tmp_path)
    artefact = ArtefactStore(tmp_path / "models").read(run.artefact)
    served = read_ranker(artefact, "of words")
    assert run.parameters["network"] == (network.hash if helps else None)
    assert run.parameters["without"] == ("" if helps else ", ".join(NETWORK))
    assert (CARD in artefact.files, served.network is not None) == (helps, helps)


def test_reports_that_it_learned_from_have_no_score(
    history: RepairHistory, network: Artefact, study: TicketStudy
) -> None:
    tools = TrainingTools(encode=encode_words, embedding="of words", network=network)
    sides = RankerRecipe(tools, SETTINGS).features(history)
    cases = [*sides.train, *sides.valid, *sides.calibration, *sides.test]
    early, late = list[Floats](), list[Floats]()
    for case in cases:
        side = early if case.at.timestamp() < study.sides.until else late
        side.append(case.features[:, COLUMNS[0]])
    assert 20 < len(early) < len(late)
    assert np.isnan(np.concatenate(early)).all()
    assert not np.isnan(np.concatenate(late)).any()
