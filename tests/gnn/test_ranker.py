"""The learned ranker: what it reads of each card, that it learns, which files it refuses."""

from dataclasses import replace
from math import nan

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.cards import Severity
from domain.codes import CodeKey
from domain.errors import InvalidInput
from domain.ids import CardId
from domain.matches import (
    CardHit,
    CardMarks,
    Source,
    UnderstoodReport,
    VehicleLevel,
)
from domain.repair_history import RepairHistory
from domain.reports import FailureReport
from domain.tickets import SeenSymptom
from domain.vehicles import VehicleContext
from gnn.card_features import FeatureFold
from gnn.ranker_cases import CaseMaker, RankerCase
from gnn.ranker_features import (
    MONOTONE,
    NAMES,
    FoundCards,
    RankedReport,
    evidence_scores,
    feature_rows,
    vehicle_match,
)
from gnn.ranker_model import RankerModel, RankerSettings, fit_ranker
from matching import formulas
from matching.evidence_ranker import EvidenceRanker
from matching.fusion import fuse_lists
from matching.quality import ndcg
from tests.gnn.small_history import BEGIN, DAY, encode_words, small_history

CODES = (CodeKey("ather:E1"), CodeKey("ather:E2"))
FIXTURE = RankerSettings(
    rounds=60, patience=0, rate=0.3, leaves=4, least_in_leaf=1, ridge=0.0, columns=1.0, hidden=0.0
)


def found_cards(*cards: str, **arrays: list[float]) -> FoundCards:
    none = [0.0] * len(cards)
    told = {name: np.array(arrays.get(name, none)) for name in ("cosine", "words", "level")}
    told |= {name: np.array(arrays.get(name, none)) for name in ("codes", "symptoms", "models")}
    rest = {n: np.array(v) for n, v in arrays.items() if n in {"availability", "similar"}}
    return FoundCards(cards=tuple(CardId(card) for card in cards), **told, **rest)


REPORT = RankedReport(
    codes=(),
    symptoms=(),
    vehicle=VehicleContext(make="Ather", model="450X", year=2024),
    severity=Severity.HIGH,
    words=4,
    at=BEGIN + 20 * DAY,
)
TABLE = FeatureFold(small_history()).until(REPORT.at)


def column(name: str, rows: NDArray[np.float64]) -> list[float]:
    return rows[:, NAMES.index(name)].tolist()


@pytest.mark.row("ML-32", missing="it is the share of what the report names, and no Jaccard index")
def test_vehicle_match_is_the_share_reported() -> None:
    """Of what a report names, so much fits a card's vehicle: nothing, make, model, year."""
    levels = np.array([0.0, 1.0, 2.0, 3.0])
    assert vehicle_match(REPORT.vehicle, levels).tolist() == [0.0, 1 / 3, 2 / 3, 1.0]
    assert vehicle_match(VehicleContext(make="Ather"), levels).tolist() == [0.0, 1.0, 1.0, 1.0]
    assert np.isnan(vehicle_match(VehicleContext(), levels)).all()


@pytest.mark.row("ML-31")
def test_similarity_is_the_cosine() -> None:
    rows = feature_rows(REPORT, found_cards("fc_fuse", "fc_brake", cosine=[0.8, 0.3]), TABLE)
    assert column("semantic_similarity", rows) == [0.8, 0.3]
    assert column("meaning_behind", rows) == [0.0, -0.5]
    assert column("vehicle_match", rows) == [0.0, 0.0]


@pytest.mark.row("ML-35")
def test_further_severity_may_only_lower() -> None:
    assert MONOTONE["complexity_gap"] == -1
    rows = feature_rows(REPORT, found_cards("fc_fuse"), TABLE)
    assert column("complexity_gap", rows) == [1.0]
    unknown = feature_rows(replace(REPORT, severity=None), found_cards("fc_fuse"), TABLE)
    np.testing.assert_equal(column("complexity_gap", unknown), [nan])


def test_silent_store_leaves_no_number() -> None:
    rows = feature_rows(REPORT, found_cards("fc_fuse", "fc_new"), TABLE)
    np.testing.assert_equal(column("parts_availability", rows), [nan, nan])
    np.testing.assert_equal(column("historical_success", rows)[1], nan)


def test_evidence_is_what_the_evidence_ranker_says() -> None:
    cards = [
        CardMarks(
            id=CardId(f"fc_{n}"),
            codes=CODES[: n % 3],
            symptoms=("SYM_BATT_001",) if n % 2 else (),
            vehicle_level=VehicleLevel(n % 3),
            models=n,
            cosine=n / 10,
        )
        for n in range(6)
    ]
    said = UnderstoodReport(
        report=FailureReport(text="x"),
        codes=CODES[:1],
        symptoms=(SeenSymptom(code="SYM_BATT_001", confidence=0.5),),
        vehicle=VehicleContext(),
    )
    hits = [CardHit(card=card.id, score=float(9 - n)) for n, card in enumerate(cards)]
    candidates = fuse_lists({Source.WORDS: hits})
    ranked = EvidenceRanker().rank(said, candidates, {card.id: card for card in cards})
    served = {one.marks.id: one.score for one in ranked}

    own = evidence_scores(
        found_cards(
            *(card.id for card in cards),
            cosine=[card.cosine or 0.0 for card in cards],
            words=[float(9 - n) for n in range(6)],
            level=[float(card.vehicle_level) for card in cards],
            codes=[
                formulas.code_confidence(said.codes, card.codes, card.vehicle_level)
                if set(said.codes) & set(card.codes)
                else 0.0
                for card in cards
            ],
            symptoms=[float(bool(card.symptoms)) for card in cards],
            models=[float(card.models) for card in cards],
        )
    )

    assert own.tolist() == pytest.approx([served[card.id] for card in cards])


@pytest.fixture(scope="module")
def cases() -> list[RankerCase]:
    return list(CaseMaker(small_history(300), encode_words).cases())


@pytest.fixture(scope="module")
def model(cases: list[RankerCase]) -> RankerModel:
    settings = replace(FIXTURE, least_in_leaf=10, hidden=0.15, rounds=40)
    return fit_ranker(cases[:200], cases[200:250], settings, seed=1)


def mean_ndcg(cases: list[RankerCase], scores: list[NDArray[np.float64]]) -> float:
    lists = [
        [float(one.gains[i]) for i in np.argsort(-score, kind="stable")]
        for one, score in zip(cases, scores, strict=True)
    ]
    return sum(ndcg(gains, 5) for gains in lists) / len(lists)


def test_model_finds_what_words_do_not_tell(model: RankerModel, cases: list[RankerCase]) -> None:
    held = cases[250:]
    learned = mean_ndcg(held, [model.scores(one.features) for one in held])
    evidence = mean_ndcg(held, [one.evidence for one in held])
    assert learned > 0.95 > evidence


@pytest.mark.row("ML-38")
def test_loss_falls_until_three_reports_are_in_order(cases: list[RankerCase]) -> None:
    three = [one for one in cases[100:] if one.evidence.argmax() != one.gains.argmax()][:3]
    model = fit_ranker(three, three, FIXTURE, seed=1)
    every = range(1, model.booster.current_iteration() + 1)
    scores = [
        [np.asarray(model.booster.predict(one.features, num_iteration=n)) for one in three]
        for n in every
    ]
    losses = [pairwise_loss(three, found) for found in scores]
    assert losses[0] > losses[len(losses) // 2] > losses[-1]
    assert mean_ndcg(three, scores[-1]) == 1.0
    assert mean_ndcg(three, [one.evidence for one in three]) < 1.0


def pairwise_loss(cases: list[RankerCase], scores: list[NDArray[np.float64]]) -> float:
    """Give the mean of ln(1 + e^−(right − wrong)) over pairs: what lambdarank weighs."""
    pairs = [
        np.log1p(np.exp(score[one.gains == 0] - score[one.gains > 0].max()))
        for one, score in zip(cases, scores, strict=True)
    ]
    return float(np.concatenate(pairs).mean())


def test_same_seed_gives_the_same_trees(model: RankerModel, cases: list[RankerCase]) -> None:
    settings = replace(FIXTURE, least_in_leaf=10, hidden=0.15, rounds=40)
    again = fit_ranker(cases[:200], cases[200:250], settings, seed=1)
    other = fit_ranker(cases[:200], cases[200:250], settings, seed=2)
    assert again.text == model.text != other.text


@pytest.mark.parametrize("name", [name for name, way in MONOTONE.items() if way])
def test_what_is_good_never_lowers(name: str, model: RankerModel, cases: list[RankerCase]) -> None:
    rows = np.vstack([one.features for one in cases[250:260]])
    more = rows.copy()
    more[:, NAMES.index(name)] += MONOTONE[name] * 0.5
    assert (model.scores(more) >= model.scores(rows) - 1e-12).all()


def test_file_reads_back(model: RankerModel, cases: list[RankerCase]) -> None:
    read, rows = RankerModel.read(model.text), cases[-1].features
    assert read.scores(rows).tolist() == model.scores(rows).tolist()
    assert read.scores(rows[:0]).tolist() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[: len(text) // 2], "cut off"),
        (lambda _: "", "does not read as LightGBM's text"),
        (lambda text: text.replace("leaf_value=", "leaf_value=0"), "was changed"),
        (lambda text: text.replace("semantic_similarity", "of_another"), "other features"),
    ],
)
def test_file_of_another_form_is_refused(change: object, said: str, model: RankerModel) -> None:
    with pytest.raises(InvalidInput, match=said):
        RankerModel.read(change(model.text))  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_case_is_refused(count: int, cases: list[RankerCase]) -> None:
    with pytest.raises(InvalidInput, match="two reports at least"):
        fit_ranker(cases[:count], cases, FIXTURE, seed=1)


def test_case_knows_nothing_of_later(cases: list[RankerCase]) -> None:
    whole = small_history(300)
    moment = cases[150].repair.closed_at
    known = [r for r in whole.repairs if r.opened_at < moment]
    late = replace(whole.cards[0], card=CardId("fc_of_tomorrow"), created_at=moment)
    past = CaseMaker(RepairHistory(tuple(known), (*whole.cards, late)), encode_words)
    for then, now in zip(past.cases(), cases[: len(known)], strict=True):
        assert (then.ticket, then.cards) == (now.ticket, now.cards)
        np.testing.assert_array_equal(_without_words(then.features), _without_words(now.features))


def _without_words(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """How rare a word is, is counted over all cards: a card more moves it a little."""
    by_words = ("words", "words_behind", "evidence", "evidence_behind")
    return np.delete(rows, [NAMES.index(name) for name in by_words], axis=1)


def test_card_of_its_own_repair_is_no_case() -> None:
    history = small_history(30)
    born = [replace(c, created_at=history.repairs[9].closed_at) for c in history.cards]
    cases = list(CaseMaker(replace(history, cards=tuple(born)), encode_words).cases())
    assert [one.ticket for one in cases] == [r.ticket for r in history.repairs[10:]]


@pytest.mark.row("ML-37")
def test_cases_are_labelled_by_what_was_used_and_held(cases: list[RankerCase]) -> None:
    failed = next(one for one in cases if len(one.repair.tries) == 2 and not one.repair.came_back)
    back = next(one for one in cases if one.repair.came_back)
    told = {
        card: (int(gain), int(place))
        for card, gain, place in zip(failed.cards, failed.gains, failed.places, strict=True)
    }
    wrong, right = (one.card for one in failed.repair.tries if one.card is not None)
    assert (told[wrong], told[right]) == ((0, 1), (3, 2))
    assert {told[card] for card in failed.cards if card not in {wrong, right}} == {(0, 0)}
    assert back.gains.max() == 2
