"""The life of a card: every pair of states, versions, and the second person."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from domain import card_lifecycle
from domain.card_lifecycle import SEARCHABLE, CardChange
from domain.cards import (
    CardSource,
    CardStatus,
    Evidence,
    FailureCard,
    Resolution,
    SolutionType,
    Verification,
    Visibility,
)
from domain.errors import IllegalTransition, InvalidInput, StaleVersion
from domain.ids import CardId, PersonId
from tests.domain.samples import ANU, BALA, CARD, CHITRA, LATER, NOW, PUNE

OTHER = replace(CARD, id=CardId("fc_the_other"))
BY_BALA = CardChange(by=BALA, at=LATER, expected=3)
MOVES: dict[str, Callable[[FailureCard], FailureCard]] = {
    "verify": lambda card: card_lifecycle.verify_card(card, BY_BALA),
    "promote": lambda card: card_lifecycle.promote_card(card, BY_BALA),
    "retire": lambda card: card_lifecycle.retire_card(card, BY_BALA),
    "merge": lambda card: card_lifecycle.merge_cards(card, OTHER, BY_BALA),
    "edit": lambda card: card_lifecycle.edit_card(card, card, BY_BALA),
}
# What each move makes of a card in each state; what is not written here is refused.
LEGAL = {
    ("verify", "draft"): "verified",
    ("verify", "provisional"): "verified",
    ("promote", "draft"): "provisional",
    ("retire", "draft"): "rejected",
    ("retire", "provisional"): "deprecated",
    ("retire", "verified"): "deprecated",
    ("merge", "draft"): "merged",
    ("merge", "provisional"): "merged",
    ("merge", "verified"): "merged",
    ("edit", "draft"): "draft",
    ("edit", "provisional"): "provisional",
    ("edit", "verified"): "provisional",
}
PAIRS = list(product(MOVES, map(str, CardStatus)))


def _card(status: str) -> FailureCard:
    return replace(CARD, status=CardStatus(status))


@pytest.mark.row("CA-3")
@pytest.mark.parametrize(("move", "status"), [pair for pair in PAIRS if pair in LEGAL])
def test_legal_move_changes_state(move: str, status: str) -> None:
    assert MOVES[move](_card(status)).status == LEGAL[move, status]


@pytest.mark.row("CA-3")
@pytest.mark.parametrize(("move", "status"), [pair for pair in PAIRS if pair not in LEGAL])
def test_illegal_move_is_refused(move: str, status: str) -> None:
    with pytest.raises(IllegalTransition) as refused:
        MOVES[move](_card(status))
    assert (refused.value.id, refused.value.current) == (CARD.id, status)


@pytest.mark.row("IX-10")
def test_only_published_cards_are_searchable() -> None:
    assert {str(status) for status in SEARCHABLE} == {"verified", "provisional"}


@pytest.mark.row("CA-2")
@pytest.mark.parametrize("move", MOVES)
def test_each_change_is_a_version(move: str) -> None:
    changed = MOVES[move](CARD)
    assert (changed.version, changed.provenance.updated_at) == (4, LATER)


@pytest.mark.row("CA-2")
@pytest.mark.parametrize("expected", [2, 4])
def test_second_writer_is_told_both(expected: int) -> None:
    with pytest.raises(StaleVersion) as stale:
        card_lifecycle.promote_card(CARD, replace(BY_BALA, expected=expected))
    assert (stale.value.expected, stale.value.actual) == (expected, 3)


@pytest.mark.row("CA-19")
def test_verification_names_person_and_time() -> None:
    verified = card_lifecycle.verify_card(CARD, BY_BALA)
    assert verified.verification == Verification(by=BALA, at=LATER)


@pytest.mark.row("CA-19")
@pytest.mark.parametrize("source", [CardSource.FIELD, CardSource.IMPORT])
def test_author_may_not_verify(source: CardSource) -> None:
    with pytest.raises(InvalidInput, match="second person"):
        card_lifecycle.verify_card(replace(CARD, source=source), replace(BY_BALA, by=ANU))


@pytest.mark.row("CA-19")
def test_editor_may_not_verify() -> None:
    edited = card_lifecycle.edit_card(CARD, replace(CARD, title="Another title"), BY_BALA)
    with pytest.raises(InvalidInput, match="second person"):
        card_lifecycle.verify_card(edited, replace(BY_BALA, expected=4))


@pytest.mark.row("CA-19")
@pytest.mark.parametrize("source", list(CardSource))
def test_third_person_verifies_an_edit(source: CardSource) -> None:
    edited = card_lifecycle.edit_card(replace(CARD, source=source), CARD, BY_BALA)
    verified = card_lifecycle.verify_card(edited, CardChange(by=CHITRA, at=LATER, expected=4))
    assert verified.verification == Verification(by=CHITRA, at=LATER)


@pytest.mark.parametrize("source", [CardSource.REFERENCE, CardSource.RECALL])
def test_reference_has_no_author_here(source: CardSource) -> None:
    verified = card_lifecycle.verify_card(replace(CARD, source=source), replace(BY_BALA, by=ANU))
    assert verified.status is CardStatus.VERIFIED


def test_card_without_steps_stays_unverified() -> None:
    bare = replace(CARD, resolution=Resolution(type=SolutionType.REPAIR))
    with pytest.raises(InvalidInput, match="without a step"):
        card_lifecycle.verify_card(bare, BY_BALA)


def test_edit_keeps_what_is_not_content() -> None:
    checked = replace(
        CARD, status=CardStatus.VERIFIED, verification=Verification(by=CHITRA, at=NOW)
    )
    wanted = replace(
        CARD,
        id=OTHER.id,
        version=99,
        source=CardSource.RECALL,
        title="Another title",
        evidence=Evidence(tool="BMS reader"),
        visibility=Visibility(garages=(PUNE,)),
        provenance=replace(CARD.provenance, author=PersonId("mallory")),
    )
    assert card_lifecycle.edit_card(checked, wanted, BY_BALA) == replace(
        CARD,
        version=4,
        status=CardStatus.PROVISIONAL,
        title="Another title",
        evidence=Evidence(tool="BMS reader"),
        visibility=Visibility(garages=(PUNE,)),
        provenance=replace(CARD.provenance, editor=BALA, updated_at=LATER),
    )


def test_merge_names_the_survivor() -> None:
    assert card_lifecycle.merge_cards(CARD, OTHER, BY_BALA).merged_into == OTHER.id


@pytest.mark.parametrize("status", [CardStatus.REJECTED, CardStatus.DEPRECATED, CardStatus.MERGED])
def test_nothing_points_at_a_card_out_of_use(status: CardStatus) -> None:
    with pytest.raises(IllegalTransition):
        card_lifecycle.merge_cards(CARD, replace(OTHER, status=status), BY_BALA)


def test_no_card_points_at_itself() -> None:
    with pytest.raises(InvalidInput, match="itself"):
        card_lifecycle.merge_cards(CARD, CARD, BY_BALA)


@pytest.mark.parametrize("status", [CardStatus.DRAFT, CardStatus.PROVISIONAL, CardStatus.VERIFIED])
def test_a_merge_is_undone(status: CardStatus) -> None:
    before = replace(CARD, status=status)
    merged = card_lifecycle.merge_cards(before, OTHER, BY_BALA)
    undone = card_lifecycle.unmerge_card(merged, before, replace(BY_BALA, expected=merged.version))
    assert undone == replace(
        before, version=5, provenance=replace(before.provenance, updated_at=LATER)
    )


def test_only_a_merge_is_undone() -> None:
    with pytest.raises(IllegalTransition):
        card_lifecycle.unmerge_card(CARD, CARD, BY_BALA)
