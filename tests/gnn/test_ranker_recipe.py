"""A ranker from history to service: trained, judged against the evidence, read back, refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from domain.errors import BrokenModel, UselessTraining
from domain.ids import PersonId, RunId
from domain.model_runs import ModelRun, RunState
from domain.repair_history import RepairHistory
from gnn.artefacts import Artefact, ArtefactStore
from gnn.history_files import write_history
from gnn.ranker_chance import RankerChance
from gnn.ranker_model import RankerSettings
from gnn.ranker_recipe import (
    CHANCE,
    SOLVERS,
    TREES,
    VECTORS,
    RankerRecipe,
    rank_of_right,
    ranking_figures,
    read_ranker,
)
from gnn.recipes import TrainingTools, ignore_stages
from gnn.trainer import TrainingOrder, train_model
from matching.quality import JudgedRanking, ranking_metrics
from tests.gnn.small_history import BEGIN, encode_words, small_history

TOOLS = TrainingTools(encode=encode_words, embedding="of words")
RECIPE = RankerRecipe(TOOLS, RankerSettings(rounds=60, patience=0, rate=0.2, least_in_leaf=10))
COLD = RankerChance(heat=0.0, unfound=0.0)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranker")
    write_history(folder / "history", small_history(900))
    return folder


@pytest.fixture(scope="module")
def run(home: Path) -> ModelRun:
    order = TrainingOrder(
        id=RunId("01990000-0000-7000-8000-000000000001"),
        history=home / "history",
        seed=1,
        at=BEGIN,
        by=PersonId("operator"),
        code_commit="c0ffee",
    )
    return train_model(RECIPE, order, ArtefactStore(home / "models"), None, ignore_stages)


def test_better_ranker_is_a_candidate(run: ModelRun) -> None:
    assert run.state is RunState.CANDIDATE, run.objections
    assert run.figures["ndcg5"].value > 0.95
    assert run.synthetic


def test_ranker_serves_as_it_was_trained(run: ModelRun, home: Path) -> None:
    artefact = ArtefactStore(home / "models").read(run.artefact)
    served = read_ranker(artefact, "of words")
    sides = RECIPE.features(small_history(900))
    figures = ranking_figures(sides.test, lambda case: served.trees.scores(case.features))
    assert figures["mrr"].value == run.figures["mrr"].value
    case = sides.test[-1]
    votes = served.memory.votes(encode_words([case.repair.text])[0], case.cards)
    assert case.cards[votes.argmax()] == case.repair.resolved_by or "run" in case.repair.text


@pytest.mark.row("EVL-3")
def test_figures_are_those_of_the_hand(run: ModelRun) -> None:
    del run
    case = RECIPE.features(small_history(900)).test[0]
    right = int(case.gains.argmax())
    first, third = np.zeros(len(case.cards)), np.zeros(len(case.cards))
    first[right], third[right] = 1.0, 1.0
    third[[i for i in range(len(case.cards)) if i != right][:2]] = 2.0
    assert [rank_of_right(case, scores) for scores in (first, third)] == [1.0, 3.0]
    assert rank_of_right(case, np.zeros(len(case.cards))) == (1 + len(case.cards)) / 2
    assert rank_of_right(replace(case, missed=True), first) == np.inf
    found = ranking_figures([case], lambda _: third)
    hand = ranking_metrics([JudgedRanking(gains=(0.0, 0.0, 1.0))])
    assert (found["ndcg5"].value, found["mrr"].value) == (hand.ndcg_at_5, hand.mrr)
    assert [found[f"hit{k}"].value for k in (1, 3, 5)] == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(("count", "said"), [(0, "0 repairs"), (150, "150 repairs")])
def test_little_history_teaches_nothing(count: int, said: str) -> None:
    with pytest.raises(UselessTraining, match=f"{said} followed a card and held; 200 are needed"):
        RECIPE.preprocess(small_history(count))


def test_one_card_leaves_nothing_to_order() -> None:
    whole = small_history(300)
    card = whole.cards[0].card
    same = tuple(replace(repair, resolved_by=card) for repair in whole.repairs)
    with pytest.raises(UselessTraining, match="one card ended all repairs"):
        RECIPE.preprocess(RepairHistory(same, whole.cards))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({TREES: b"tree\n"}, "does not read as LightGBM's text"),
        ({VECTORS: b"no"}, "its files do not read"),
        ({SOLVERS: b"[]"}, "its memory does not fit together"),
        ({SOLVERS: b"{"}, "its files do not read"),
        ({CHANCE: b"{}"}, "its numbers are not those of a chance"),
        ({CHANCE: orjson.dumps(COLD)}, "its numbers tell no chance"),
    ],
)
def test_files_that_do_not_belong_are_refused(
    files: dict[str, bytes], said: str, run: ModelRun, home: Path
) -> None:
    whole = ArtefactStore(home / "models").read(run.artefact)
    with pytest.raises(BrokenModel, match=said):
        read_ranker(replace(whole, files={**whole.files, **files}), "of words")


def test_other_forms_are_refused(run: ModelRun, home: Path) -> None:
    whole = ArtefactStore(home / "models").read(run.artefact)
    with pytest.raises(BrokenModel, match="it reads vectors of of words, and these are of other"):
        read_ranker(whole, "other")
    with pytest.raises(BrokenModel, match="version"):
        read_ranker(replace(whole, version=0), "of words")
    lost = Artefact(kind=whole.kind, version=whole.version, embedding=whole.embedding, files={})
    with pytest.raises(BrokenModel, match="its files do not read"):
        read_ranker(lost, "of words")
