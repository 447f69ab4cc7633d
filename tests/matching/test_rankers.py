"""Rankers: the specification's ensemble against a hand example, and fusion alone."""

import pytest

from domain.ids import CardId
from domain.matches import CardHit, Source
from matching.fusion import fuse_lists
from matching.rankers import FormulaRanker, FusedRanker, ids_in_order
from tests.matching.samples import REPORT, facts

A, B, C, D = (CardId(f"fc_{name}") for name in "abcd")
KNOWN = {card: facts(card.removeprefix("fc_")) for card in (A, B, C)}
CANDIDATES = fuse_lists(
    {
        source: [CardHit(card=card, score=1.0) for card in cards]
        for source, cards in {
            Source.CODE: [B, A],
            Source.VEHICLE: [A],
            Source.MEANING: [C, B, A],
            Source.WORDS: [D, C],
        }.items()
    }
)


@pytest.mark.row("MA-5")
def test_formula_ranks_the_hand_example() -> None:
    ranked = FormulaRanker().rank(REPORT, CANDIDATES, KNOWN)
    assert [(r.marks.id, r.score) for r in ranked] == [
        (A, pytest.approx(0.4 / 2 + 0.3 + 0.3 / 3)),
        (B, pytest.approx(0.4 + 0.3 / 2)),
        (C, pytest.approx(0.3)),
    ]


@pytest.mark.row("MA-5")
def test_fused_keeps_the_candidates_order() -> None:
    ranked = FusedRanker().rank(REPORT, CANDIDATES, KNOWN)
    assert [(r.candidate, r.score) for r in ranked] == [
        (c, c.score) for c in CANDIDATES if c.card != D
    ]


def test_unknown_cards_are_left_out() -> None:
    for ranker in (FormulaRanker(), FusedRanker()):
        assert ranker.rank(REPORT, CANDIDATES, {}) == []


@pytest.mark.row("IX-11")
def test_ranking_lifts_the_fifteenth() -> None:
    cards = [CardId(f"fc_{n:02}") for n in range(20)]
    fifteenth = cards[14]
    candidates = fuse_lists(
        {
            Source.MEANING: [CardHit(card=card, score=1.0) for card in cards],
            Source.VEHICLE: [CardHit(card=fifteenth, score=1.0)],
        }
    )
    known = {card: facts(card.removeprefix("fc_")) for card in cards}
    ranked = FormulaRanker().rank(REPORT, candidates, known)
    assert [r.marks.id for r in ranked].index(fifteenth) == 0


def test_order_of_one_source() -> None:
    assert ids_in_order(CANDIDATES, Source.MEANING) == [C, B, A]
    assert ids_in_order(CANDIDATES, Source.NEIGHBOUR) == []
