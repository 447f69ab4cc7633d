"""The graph's own reasoning: which cause, how sure, what to check, and when to say unknown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import Step
from domain.matches import Level
from domain.usage import Usage
from matching.diagnosis.answers import Diagnosis, Precedent
from matching.diagnosis.reasoning import LIKELY, NAME, UNKNOWN, beliefs, diagnosis
from tests.matching.diagnosis.precedents import (
    BALANCE,
    CHARGER,
    DRIFT,
    ISOLATE,
    MEASURE,
    card,
    precedent,
)
from tests.matching.samples import E401, REPORT

UNTRIED = Usage()
LOOK = Step(action="Look at the fan of the charger")


def _told(*found: Precedent) -> Diagnosis:
    return diagnosis(REPORT, found, Level.AI)


def test_nothing_similar_is_said() -> None:
    assert _told() == Diagnosis(
        cause=None,
        suspects=(),
        checks=(),
        reasoning=UNKNOWN,
        reasoner=NAME,
        level=Level.AI,
        precedents=(),
    )


def test_two_cards_of_one_cause_add_up() -> None:
    alone = beliefs([precedent("a", DRIFT), precedent("b", CHARGER)])
    assert [one.share for one in alone] == [0.5, 0.5]
    found = beliefs(
        [precedent("a", DRIFT), precedent("b", CHARGER), precedent("c", "cells drifted  apart.")]
    )
    assert [(one.text, one.cites) for one in found] == [
        (DRIFT, ("fc_a", "fc_c")),
        (CHARGER, ("fc_b",)),
    ]
    assert found[0].share == pytest.approx(2 / 3)


def test_a_card_divides_its_belief_among_its_causes() -> None:
    held = precedent("a", DRIFT, known=card("a", DRIFT, CHARGER, "Fuse", sure=0.8))
    assert [(one.text, one.share) for one in beliefs([held])] == [
        (DRIFT, pytest.approx(0.8)),
        (CHARGER, pytest.approx(0.1)),
        ("Fuse", pytest.approx(0.1)),
    ]


def test_what_worked_is_believed_more() -> None:
    failed = Usage(matched=9, used=9, failures=9)
    found = beliefs(
        [
            precedent("a", DRIFT, usage=failed),
            precedent("b", CHARGER, usage=UNTRIED),
            precedent("c", "Fuse"),
        ]
    )
    assert [one.text for one in found] == ["Fuse", CHARGER, DRIFT]


def test_the_facts_alone_tell_causes_while_the_graph_is_silent() -> None:
    held = replace(precedent("a", DRIFT, CHARGER), card=None)
    assert [(one.text, one.share) for one in beliefs([held])] == [(DRIFT, 0.5), (CHARGER, 0.5)]
    assert diagnosis(REPORT, [held], Level.RECENT).checks == ()


def test_a_clear_case_has_a_cause() -> None:
    found = _told(
        precedent("a", DRIFT, score=22.0, codes=(E401,)), precedent("b", CHARGER, score=8.0)
    )
    assert found.cause is not None
    assert (found.cause.text, found.cause.cites) == (DRIFT, ("fc_a",))
    assert found.cause.confidence >= LIKELY
    assert [one.text for one in found.suspects] == [CHARGER]
    assert "fc_a" in found.reasoning
    assert "Why a." in found.reasoning


def test_a_draw_is_unknown_and_names_its_suspects() -> None:
    found = _told(*(precedent(f"n{n}", f"Cause {n}", score=8.0) for n in range(5)))
    assert found.cause is None
    assert [one.text for one in found.suspects] == [f"Cause {n}" for n in range(4)]
    assert found.reasoning.startswith("No cause is more likely than not")


def test_high_voltage_is_made_safe_first() -> None:
    live = card("a", DRIFT, steps=(ISOLATE, MEASURE, BALANCE), high_voltage=True)
    other = card("b", CHARGER, steps=(replace(ISOLATE, action="Pull the plug"), LOOK))
    found = _told(
        precedent("b", CHARGER, score=22.0, known=other), precedent("a", DRIFT, known=live)
    )
    assert [(one.action, one.safety, one.card) for one in found.checks] == [
        (ISOLATE.action, True, "fc_a"),
        (LOOK.action, False, "fc_b"),
        (MEASURE.action, False, "fc_a"),
    ]


def test_mending_stands_in_where_nothing_looks() -> None:
    found = _told(precedent("a", DRIFT, known=card("a", DRIFT, steps=(BALANCE,))))
    assert [one.action for one in found.checks] == [BALANCE.action]


@pytest.mark.row("ML-25")
def test_the_same_evidence_is_told_alike() -> None:
    found = (precedent("a", DRIFT), precedent("b", CHARGER), precedent("c", "Fuse", CHARGER))
    assert _told(*found) == _told(*found)


def _usage(worked: int, failed: int) -> Usage:
    used = worked + failed
    return Usage(matched=used, used=used, successes=worked, failures=failed)


CASES = st.lists(
    st.builds(
        precedent,
        st.sampled_from("abcdefgh"),
        st.sampled_from([DRIFT, CHARGER, "Fuse", "?!"]),
        score=st.floats(-50, 50),
        similarity=st.floats(0.7, 1),
        usage=st.builds(_usage, st.integers(0, 200), st.integers(0, 200)),
    ),
    max_size=5,
)


@given(CASES)
def test_confidences_are_chances(found: list[Precedent]) -> None:
    told = _told(*found)
    causes = [*([told.cause] if told.cause else []), *told.suspects]
    assert all(0 <= one.confidence <= 1 for one in causes)
    assert sum(one.confidence for one in causes) <= 1 + 1e-9
    assert [one.confidence for one in causes] == sorted(
        (one.confidence for one in causes), reverse=True
    )
