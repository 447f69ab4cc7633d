"""Merges: no order of arrival, and no repetition, changes what comes of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.card_lifecycle import CardChange
from domain.cards import CardStatus, RepairStep, Resolution, SolutionType
from domain.ids import PersonId
from domain.merges import (
    CardEdit,
    CardFields,
    VoteResult,
    merge_by_vote,
    source_weight,
    vote_fields,
)
from tests.domain.samples import NOW
from tests.graph.examples import card

FIRST = CardFields.of_card(card("met"))
CAUSES = ("Unknown", "A wet plug", "Bad earth", "Worn brush")


def saying(cause: str, title: str = FIRST.title) -> CardFields:
    return replace(FIRST, root_cause=replace(FIRST.root_cause, primary=cause), title=title)


BASE = saying("Unknown")
wishes = st.builds(saying, st.sampled_from(CAUSES), st.sampled_from(["One", "Two", "Three"]))
edits = st.lists(
    st.builds(
        CardEdit,
        source=st.uuids().map(str),
        weight=st.floats(0.01, 1),
        fields=wishes,
        base=st.just(1),
        made=st.just(2),
    ),
    max_size=8,
    unique_by=lambda e: e.source,
)


def edit(source: str, weight: float, cause: str, base: int = 1, made: int = 2) -> CardEdit:
    return CardEdit(source=source, weight=weight, fields=saying(cause), base=base, made=made)


def change(expected: int) -> CardChange:
    return CardChange(by=PersonId("asha"), at=NOW, expected=expected)


@dataclass(frozen=True)
class Wish:
    """What somebody wants of a card whose version `base` they read."""

    source: str
    base: int
    weight: float
    fields: CardFields


def arrived(
    versions: dict[int, CardFields], edits: list[CardEdit], order: Iterable[Wish]
) -> VoteResult | None:
    """Take wishes in as they come, as the server does, and give the last vote."""
    versions, edits, voted = dict(versions), list(edits), None
    for wish in order:
        made = max(versions) + 1
        told = CardEdit(
            source=wish.source, weight=wish.weight, fields=wish.fields, base=wish.base, made=made
        )
        edits.append(told)
        voted = vote_fields(versions, edits)
        versions[made] = voted.fields
    return voted


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[int, CardFields], list[CardEdit], list[Wish]]:
    """Draw what is known already, and wishes that were made on any version of it."""
    versions, edits = {1: BASE}, list[CardEdit]()
    for n in range(2, 2 + draw(st.integers(0, 3))):
        told = CardEdit(
            source=f"known {n}",
            weight=draw(st.floats(0.1, 1)),
            fields=draw(wishes),
            base=n - 1,
            made=n,
        )
        edits.append(told)
        versions[n] = told.fields
    found = st.builds(
        Wish,
        st.uuids().map(str),
        st.integers(1, max(versions)),
        st.floats(0.1, 1),
        wishes,
    )
    return versions, edits, draw(st.lists(found, min_size=1, max_size=6, unique_by=_source))


def _source(wish: Wish) -> str:
    return wish.source


@pytest.mark.row("CF-2")
@given(edits, st.randoms(use_true_random=False))
def test_no_order_and_no_repetition_changes_a_vote(found: list[CardEdit], chance: object) -> None:
    shuffled = [*found, *found]
    chance.shuffle(shuffled)  # pyright: ignore[reportAttributeAccessIssue]
    assert vote_fields({1: BASE}, shuffled) == vote_fields({1: BASE}, found)


@given(histories(), st.data())
def test_no_order_of_arrival_changes_what_a_card_says(
    history: tuple[dict[int, CardFields], list[CardEdit], list[Wish]], data: st.DataObject
) -> None:
    versions, known, found = history
    order: Sequence[Wish] = data.draw(st.permutations(found))
    assert arrived(versions, known, order) == arrived(versions, known, found)


@pytest.mark.row("CF-1")
def test_the_heavier_side_wins_and_the_conflict_is_noted() -> None:
    voted = vote_fields(
        {1: BASE},
        [edit("a", 0.6, "A wet plug"), edit("b", 0.5, "Bad earth"), edit("c", 0.5, "Bad earth")],
    )
    assert (voted.fields, voted.conflicts) == (saying("Bad earth"), ("root_cause",))


def test_who_agrees_is_not_in_conflict() -> None:
    voted = vote_fields({1: BASE}, [edit("a", 0.6, "Bad earth"), edit("b", 0.5, "Bad earth")])
    assert (voted.fields, voted.conflicts) == (saying("Bad earth"), ())


def test_a_tie_falls_to_the_text_that_sorts_first() -> None:
    voted = vote_fields({1: BASE}, [edit("b", 0.5, "Bad earth"), edit("a", 0.5, "A wet plug")])
    assert voted.fields == saying("A wet plug")


def test_who_knew_a_change_is_not_outvoted_by_it() -> None:
    late = edit("late", 0.1, "Worn brush", base=1, made=4)
    told = [edit("a", 0.9, "A wet plug"), edit("b", 0.2, "Bad earth", base=2, made=3), late]
    versions = {1: BASE, 2: saying("A wet plug"), 3: saying("Bad earth")}
    assert vote_fields(versions, told).fields == saying("Bad earth")


def test_steps_keep_the_safety_that_their_author_gave_them() -> None:
    safe = Resolution(
        type=SolutionType.REPAIR,
        steps=(RepairStep(action="Isolate the pack", safety=True),),
        high_voltage=True,
    )
    plain = Resolution(type=SolutionType.REPAIR, steps=(RepairStep(action="Look closely"),))
    told = [
        replace(edit("a", 0.5, "Unknown"), fields=replace(BASE, solution_steps=safe)),
        replace(edit("b", 0.6, "Unknown"), fields=replace(BASE, solution_steps=plain)),
    ]
    assert vote_fields({1: BASE}, told).fields == replace(BASE, solution_steps=plain)


@pytest.mark.row("CF-3")
def test_a_merge_done_again_gives_no_new_version() -> None:
    base = replace(BASE.apply_to(card("met")), version=3)
    voted = vote_fields(
        {3: BASE}, [edit("a", 0.6, "A wet plug", 3, 4), edit("b", 0.5, "Bad earth", 3, 5)]
    )
    once = merge_by_vote(base, voted, change(3))
    assert (once.version, once.cause.primary) == (4, "A wet plug")
    assert once.merge is not None
    assert (once.merge.sources, once.merge.at) == (("a", "b"), NOW)
    assert once.merge.conflicts == ("root_cause",)
    assert merge_by_vote(once, voted, change(4)) == once


def test_a_verified_card_that_outvotes_an_edit_stays_verified() -> None:
    stands = BASE.apply_to(replace(card("met"), status=CardStatus.VERIFIED))
    same = merge_by_vote(
        stands, vote_fields({1: BASE}, [edit("a", 0.5, "Unknown")]), change(stands.version)
    )
    other = merge_by_vote(
        stands, vote_fields({1: BASE}, [edit("a", 0.5, "Bad earth")]), change(stands.version)
    )
    assert (same.status, other.status) == (CardStatus.VERIFIED, CardStatus.PROVISIONAL)


def test_nobody_known_weighs_even() -> None:
    assert source_weight(0, 0) == 0.5
