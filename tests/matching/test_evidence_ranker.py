"""The ranker that serves: evidence added up by hand."""

from dataclasses import replace
from math import log1p

import pytest

from domain.ids import CardId
from domain.matches import CardFacts, CardHit, Source, VehicleLevel
from domain.tickets import SeenSymptom
from matching.evidence_ranker import EvidenceRanker
from matching.fusion import fuse_lists
from tests.matching.samples import E401, P0A80, REPORT, SYMPTOM, facts

OTHER_SYMPTOM = "SYM_BATT_002"
SAID = replace(
    REPORT,
    symptoms=(
        SeenSymptom(code=SYMPTOM, confidence=0.9),
        SeenSymptom(code=OTHER_SYMPTOM, confidence=0.6),
    ),
)


def _scores(*cards: CardFacts, words: dict[str, float]) -> list[tuple[str, float]]:
    lists = {
        Source.VEHICLE: [CardHit(card=card.id, score=1.0) for card in cards],
        Source.WORDS: [CardHit(card=CardId(card), score=score) for card, score in words.items()],
    }
    ranked = EvidenceRanker().rank(SAID, fuse_lists(lists), {card.id: card for card in cards})
    return [(r.marks.id, r.score) for r in ranked]


def test_evidence_adds_up() -> None:
    coded = facts(
        "coded", codes=(E401, P0A80), symptoms=(SYMPTOM,), vehicle_level=VehicleLevel.YEAR
    )
    wordy = facts("wordy", cosine=0.5, vehicle_level=VehicleLevel.MAKE)
    assert _scores(coded, wordy, words={"fc_wordy": 8.0, "fc_coded": 2.0}) == [
        ("fc_coded", pytest.approx(6 * 0.25 + 2.5 * 3 + 8 * 0.5 + 3 * 0.9 / 1.5)),
        ("fc_wordy", pytest.approx(6 + 10 * 0.5 + 2.5)),
    ]


def test_reach_counts_among_strangers() -> None:
    wide, narrow = facts("wide", models=20), facts("narrow", models=1)
    assert _scores(wide, narrow, words={}) == [
        ("fc_wide", pytest.approx(log1p(20))),
        ("fc_narrow", pytest.approx(log1p(1))),
    ]


def test_reach_is_silent_beside_the_model() -> None:
    wide = facts("wide", models=20)
    ours = facts("ours", models=1, vehicle_level=VehicleLevel.MODEL)
    assert _scores(wide, ours, words={}) == [("fc_ours", 5.0), ("fc_wide", 0.0)]


def test_ties_put_the_newest_first() -> None:
    assert [card for card, _ in _scores(facts("a"), facts("b"), words={})] == ["fc_b", "fc_a"]


def test_unknown_cards_have_no_evidence() -> None:
    assert _scores(words={"fc_gone": 3.0}) == []
