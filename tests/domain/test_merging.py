"""Merges: no order of arrival, and no repetition, changes what comes of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import Stamp
from domain.merging import Edit, Fields, Level, Written, last_written, merged, stock, vote, weight
from tests.domain.samples import NOW
from tests.graph.examples import card

BASE = Fields(root_cause="Unknown", solution_steps=(), parts_required=())
causes = st.sampled_from(["Unknown", "A wet plug", "Bad earth", "Worn brush"])
edits = st.lists(
    st.builds(
        Edit,
        source=st.uuids().map(str),
        weight=st.floats(0.01, 1),
        fields=causes.map(lambda c: replace(BASE, root_cause=c)),
    ),
    max_size=8,
    unique_by=lambda e: e.source,
)


def edit(source: str, weight: float, cause: str) -> Edit:
    return Edit(source=source, weight=weight, fields=replace(BASE, root_cause=cause))


@pytest.mark.row("CF-2")
@given(edits, st.randoms(use_true_random=False))
def test_no_order_and_no_repetition_changes_a_vote(found: list[Edit], chance: object) -> None:
    shuffled = [*found, *found]
    chance.shuffle(shuffled)  # pyright: ignore[reportAttributeAccessIssue]
    assert vote(BASE, shuffled) == vote(BASE, found)


@pytest.mark.row("CF-1")
def test_the_heavier_side_wins_and_the_conflict_is_noted() -> None:
    voted = vote(
        BASE,
        [edit("a", 0.6, "A wet plug"), edit("b", 0.5, "Bad earth"), edit("c", 0.5, "Bad earth")],
    )
    assert (voted.fields.root_cause, voted.conflicts) == ("Bad earth", ("root_cause",))


def test_a_tie_falls_to_the_text_that_sorts_first() -> None:
    voted = vote(BASE, [edit("b", 0.5, "Bad earth"), edit("a", 0.5, "A wet plug")])
    assert voted.fields.root_cause == "A wet plug"


@pytest.mark.row("CF-3")
def test_a_merge_done_again_gives_no_new_version() -> None:
    base = replace(card("met"), version=3)
    voted = vote(Fields.of(base), [edit("a", 0.6, "A wet plug"), edit("b", 0.5, "Bad earth")])
    once = merged(base, voted, NOW)
    assert (once.version, once.cause.primary) == (4, "A wet plug")
    assert once.merge is not None
    assert (once.merge.sources, once.merge.at) == (("a", "b"), NOW)
    assert "root_cause" in once.merge.conflicts
    assert merged(once, voted, NOW) == once


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), min_size=1))
def test_the_last_written_is_the_same_in_any_order(found: list[tuple[int, str]]) -> None:
    written = [Written(value, Stamp(ms, 0, value)) for ms, value in found]
    assert (
        last_written(written) == last_written(reversed(written)) == max(written, key=lambda w: w.at)
    )


def test_two_offline_uses_of_the_last_part_are_flagged_and_kept() -> None:
    assert stock(1, {"op_a": -1, "op_b": -1}) == Level(quantity=-1, flagged=True)


def test_nobody_known_weighs_even() -> None:
    assert weight(0, 0) == 0.5
