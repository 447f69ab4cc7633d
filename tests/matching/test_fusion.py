"""Fusion: weights over places, ties by id, and what each source gave."""

import pytest

from domain.ids import CardId
from domain.matches import CardHit, Source
from matching.fusion import WEIGHTS, CardCandidate, Contribution, fuse_lists

A, B, C = (CardId(f"fc_{name}") for name in "abc")


def _hits(*cards: CardId) -> list[CardHit]:
    return [CardHit(card=card, score=10.0 - i) for i, card in enumerate(cards)]


@pytest.mark.row("IX-9", "PI-7")
def test_fusion_of_three_lists() -> None:
    fused = fuse_lists(
        {
            Source.CODE: _hits(A),
            Source.MEANING: _hits(B, A),
            Source.WORDS: _hits(B, C),
        }
    )
    assert [(c.card, c.score) for c in fused] == [
        (A, pytest.approx(2 / 61 + 1 / 62)),
        (B, pytest.approx(1 / 61 + 1 / 61)),
        (C, pytest.approx(1 / 62)),
    ]


@pytest.mark.row("PI-7")
def test_contributions_are_kept() -> None:
    hit = CardHit(card=A, score=0.83, via=("SYM_BATT_001",))
    fused = fuse_lists({Source.VEHICLE: [hit], Source.MEANING: _hits(B, A)})
    by_vehicle = Contribution(
        source=Source.VEHICLE, rank=1, score=0.83, share=0.5 / 61, via=("SYM_BATT_001",)
    )
    by_meaning = Contribution(source=Source.MEANING, rank=2, score=9.0, share=1 / 62)
    assert fused[0] == CardCandidate(
        card=A, score=0.5 / 61 + 1 / 62, contributions=(by_vehicle, by_meaning)
    )
    assert fused[0].contribution_of(Source.MEANING) == by_meaning
    assert fused[0].contribution_of(Source.CODE) is None


def test_ties_follow_the_ids() -> None:
    fused = fuse_lists({Source.MEANING: _hits(C), Source.WORDS: _hits(B)})
    assert [c.card for c in fused] == [B, C]


def test_weights_may_be_given() -> None:
    fused = fuse_lists({Source.WORDS: _hits(A)}, {Source.WORDS: 61.0})
    assert [(c.card, c.score) for c in fused] == [(A, 1.0)]


def test_nothing_found_fuses_to_nothing() -> None:
    assert fuse_lists({}) == fuse_lists({Source.CODE: []}) == []


def test_every_source_has_a_weight() -> None:
    assert set(WEIGHTS) == set(Source)
