"""Opinions and impressions keep their bounds; estimates are compared with what was done."""

from dataclasses import replace

import pytest

from domain.cards import PartUse
from domain.errors import InvalidInput, StaleVersion
from domain.feedback import (
    EstimateAccuracy,
    Feedback,
    Impression,
    Opinion,
    change_feedback,
    estimate_accuracy,
)
from domain.ids import CardId
from tests.domain.samples import ANU, CARD, LATER, NOW, PUNE, TICKET

SAID = Feedback(
    ticket=TICKET.id,
    person=ANU,
    garage=PUNE,
    opinion=Opinion(card=CARD.id, stars=4),
    given_at=NOW,
    changed_at=NOW,
)


@pytest.mark.parametrize("stars", [-1, 0, 6, 5_000])
def test_stars_are_one_to_five(stars: int) -> None:
    with pytest.raises(InvalidInput, match="stars"):
        Opinion(card=CARD.id, stars=stars)


def test_words_are_bounded() -> None:
    assert Opinion(card=CARD.id, stars=1, comment=" a\x00b ").comment == "ab"
    with pytest.raises(InvalidInput, match="comment"):
        Opinion(card=CARD.id, stars=1, comment="a" * 4_001)


def test_a_change_is_the_next_version() -> None:
    better = Opinion(card=CARD.id, stars=5, comment="It held")
    assert change_feedback(SAID, better, LATER, 1) == replace(
        SAID, opinion=better, changed_at=LATER, version=2
    )


def test_a_change_names_what_it_changes() -> None:
    with pytest.raises(StaleVersion):
        change_feedback(SAID, SAID.opinion, LATER, 2)
    with pytest.raises(InvalidInput, match="card"):
        change_feedback(SAID, Opinion(card=CardId("fc_other"), stars=5), LATER, 1)


@pytest.mark.parametrize(
    ("clicks", "dwell_ms", "place"), [(21, 0, None), (-1, 0, None), (0, 1_800_001, None), (0, 0, 6)]
)
def test_impressions_are_capped(clicks: int, dwell_ms: int, place: int | None) -> None:
    with pytest.raises(InvalidInput):
        Impression(card=CARD.id, clicks=clicks, dwell_ms=dwell_ms, place=place)


def parts(*names: str) -> list[PartUse]:
    return [PartUse(part=name) for name in names]


@pytest.mark.row("FE-4")
def test_three_foretold_two_used() -> None:
    found = estimate_accuracy(parts("a", "b", "c"), parts("a", "b"), 90, 60)
    assert found == EstimateAccuracy(precision=2 / 3, recall=1.0, time_ratio=1.5)


@pytest.mark.row("FE-4")
def test_pieces_count() -> None:
    foretold = [PartUse(part="fuse", quantity=2), PartUse(part="relay")]
    used = [PartUse(part="fuse", quantity=4)]
    assert estimate_accuracy(foretold, used, None, 60) == EstimateAccuracy(
        precision=2 / 3, recall=1 / 2
    )


def test_nothing_foretold_is_unknown() -> None:
    assert estimate_accuracy([], parts("a"), 10, 0) == EstimateAccuracy(recall=0.0)
    assert estimate_accuracy(parts("a"), [], 10, 0) == EstimateAccuracy(precision=0.0)
