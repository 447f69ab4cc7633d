"""Symptoms out of reports: two of one text, unknown makes, thresholds, splits, refusals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_score, recall_score

from domain.errors import BrokenModel, UselessTraining
from domain.ids import TicketId, VehicleId
from domain.repair_history import RepairHistory, RepairRecord
from gnn.artefacts import Artefact
from gnn.learned_symptoms import ReportFacts
from gnn.recipes import TrainingTools, ignore_stages
from gnn.symptom_classifier import HEAD, LABELS, SymptomClassifier, read_classifier
from gnn.symptom_recipe import (
    LabelledReport,
    SymptomData,
    SymptomRecipe,
    label_figures,
    symptom_recipe,
)
from gnn.thresholds import choose_thresholds
from tests.gnn.test_history_files import CARDS, CLOSED, REPAIR

SIZE = 768
HOT, NOISE = "SYM_BATT_005", "SYM_MOTR_002"
SAID = {HOT: ("pack is hot", "battery overheats"), NOISE: ("motor whines", "whining from hub")}
WHERE = ("on the ghat", "after rain", "since monday", "at the depot", "near the mall")


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.zeros((len(texts), SIZE), np.float32)


TOOLS = TrainingTools(
    encode=encode, embedding="mpnet", read_symptoms=lambda texts: [set() for _ in texts]
)


def repair(n: int, *symptoms: str) -> RepairRecord:
    words = " and ".join(SAID[one][n // 7 % 2] for one in symptoms)
    return replace(
        REPAIR,
        ticket=TicketId(f"tkt_{n}"),
        vehicle=VehicleId(f"veh_{n}"),
        text=f"{words} {WHERE[n % 5]} {n * 7919 % 99991} visit",
        symptoms=symptoms,
        closed_at=CLOSED + timedelta(hours=n),
    )


HISTORY = RepairHistory(
    tuple(repair(n, *((HOT,), (NOISE,), (HOT, NOISE))[n % 3]) for n in range(240)), (CARDS,)
)


@pytest.fixture(scope="module")
def data() -> SymptomData:
    recipe = symptom_recipe(TOOLS)
    return recipe.features(recipe.preprocess(HISTORY))


@pytest.fixture(scope="module")
def artefact(data: SymptomData) -> Artefact:
    recipe = symptom_recipe(TOOLS)
    files = recipe.train(data, 1, ignore_stages)
    return Artefact(kind=recipe.kind, version=recipe.version, embedding="mpnet", files=files)


@pytest.fixture(scope="module")
def classifier(artefact: Artefact) -> SymptomClassifier:
    return read_classifier(artefact, "mpnet")


@pytest.mark.row("ML-10", "ML-26")
def test_text_with_two_symptoms_tells_both(classifier: SymptomClassifier) -> None:
    said = ReportFacts(text="battery overheats, whining from hub")
    told = classifier.symptoms(said, [0.0] * SIZE)
    assert {one.code for one in told} == {HOT, NOISE}
    assert all(one.threshold <= one.chance <= 1 for one in told)


@pytest.mark.row("ML-11")
def test_unknown_make_says_nothing(classifier: SymptomClassifier) -> None:
    said = ReportFacts(text="battery overheats")
    unknown = replace(said, make="Nobody", model="N0", odometer_km=0, codes=())
    vector = encode([""])
    assert np.array_equal(classifier.chances([said], vector), classifier.chances([unknown], vector))


@pytest.mark.row("ML-4")
def test_same_seed_trains_the_same_bytes(data: SymptomData, artefact: Artefact) -> None:
    assert symptom_recipe(TOOLS).train(data, 1, ignore_stages) == artefact.files


@pytest.mark.row("ML-10")
def test_thresholds_are_chosen_by_label() -> None:
    rng = np.random.default_rng(1)
    shown = (rng.random((400, 2)) < 0.5).astype(np.float32)
    chances = np.where(shown > 0, 0.3, 0.1).astype(np.float32)
    chances[:, 1] = np.where(shown[:, 1] > 0, 0.9, 0.6)
    low, high = choose_thresholds(chances, shown, 0.85)
    assert 0.1 < low <= 0.3
    assert 0.6 < high <= 0.9


@pytest.mark.row("ML-12")
def test_no_part_has_a_text_or_vehicle_of_another(data: SymptomData) -> None:
    parts = [data.learn, data.choose, data.judge]
    texts = [{one.facts.text for one in part.reports} for part in parts]
    vehicles = [{one.vehicle for one in part.reports} for part in parts]
    assert all(len(part) > 0 for part in texts)
    for n in range(3):
        for other in range(n):
            assert not texts[n] & texts[other]
            assert not vehicles[n] & vehicles[other]


@pytest.mark.row("ML-12")
def test_later_copies_are_taken_out() -> None:
    late = tuple(
        replace(one, ticket=TicketId(f"{one.ticket}_again"), closed_at=CLOSED + timedelta(days=99))
        for one in HISTORY.repairs[:20]
    )
    split = SymptomRecipe(tools=TOOLS).preprocess(RepairHistory((*HISTORY.repairs, *late), ()))
    copied = {one.text for one in late}
    assert not copied & {one.facts.text for one in (*split.choose, *split.judge)}


@pytest.mark.row("EVL-1", "ML-13", missing="the goals are held on simulated worlds by bars")
def test_figures_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    shown, told = rng.random((2, 60, 5)) < 0.4
    codes = [f"SYM_X_{n}" for n in range(5)]

    def named(row: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(code for code, one in zip(codes, row, strict=True) if one)

    reports = [
        LabelledReport(ReportFacts(text=""), named(row), str(n)) for n, row in enumerate(shown)
    ]
    found = {
        n: f.value for n, f in label_figures(reports, [set(named(row)) for row in told]).items()
    }
    assert found == pytest.approx(
        {
            "precision": precision_score(shown, told, average="micro"),
            "recall": recall_score(shown, told, average="micro"),
            "f1": f1_score(shown, told, average="micro"),
        }
    )


@pytest.mark.parametrize(
    "repairs",
    [
        (),
        HISTORY.repairs[:1],
        tuple(replace(one, symptoms=()) for one in HISTORY.repairs),
        tuple(replace(one, symptoms=(HOT,)) for one in HISTORY.repairs),
    ],
    ids=["none", "one", "no symptoms", "one class"],
)
def test_too_little_teaches_nothing(repairs: tuple[RepairRecord, ...]) -> None:
    recipe = symptom_recipe(TOOLS)
    with pytest.raises(UselessTraining):
        recipe.features(recipe.preprocess(RepairHistory(repairs, ())))


@pytest.mark.parametrize("file", [HEAD, LABELS])
@pytest.mark.parametrize("said", [b"", b"{}", orjson.dumps(["SYM_BATT_005"])])
def test_files_that_do_not_read_are_refused(artefact: Artefact, file: str, said: bytes) -> None:
    broken = replace(artefact, files={**artefact.files, file: said})
    with pytest.raises(BrokenModel):
        read_classifier(broken, "mpnet")


def test_vectors_of_another_size_are_refused(classifier: SymptomClassifier) -> None:
    with pytest.raises(ValueError, match="dimension mismatch"):
        classifier.symptoms(ReportFacts(text="hot"), [0.0] * 3)
