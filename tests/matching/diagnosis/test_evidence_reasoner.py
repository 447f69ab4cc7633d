"""The graph's own reasoning: which cause, how sure, what to check, and when to say unknown."""

import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import RepairStep
from domain.matches import Level
from domain.usage import Usage
from matching.answers import MatchAnswer
from matching.diagnosis.answers import Diagnosis, PossibleCause, Precedent
from matching.diagnosis.evidence_reasoner import (
    LIKELY,
    NAME,
    SILENT,
    UNKNOWN,
    diagnose_from_evidence,
    diagnose_from_memory,
    weigh_causes,
)
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
LOOK = RepairStep(action="Look at the fan of the charger")


def _told(*found: Precedent) -> Diagnosis:
    return diagnose_from_evidence(REPORT, found, Level.AI)


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
    alone = weigh_causes([precedent("a", DRIFT), precedent("b", CHARGER)])
    assert [one.share for one in alone] == [0.5, 0.5]
    found = weigh_causes(
        [precedent("a", DRIFT), precedent("b", CHARGER), precedent("c", "cells drifted  apart.")]
    )
    assert [(one.text, one.cites) for one in found] == [
        (DRIFT, ("fc_a", "fc_c")),
        (CHARGER, ("fc_b",)),
    ]
    assert found[0].share == pytest.approx(2 / 3)


def test_a_card_divides_its_belief_among_its_causes() -> None:
    held = precedent("a", DRIFT, known=card("a", DRIFT, CHARGER, "Fuse", sure=0.8))
    assert [(one.text, one.share) for one in weigh_causes([held])] == [
        (DRIFT, pytest.approx(0.8)),
        (CHARGER, pytest.approx(0.1)),
        ("Fuse", pytest.approx(0.1)),
    ]


def test_what_worked_is_believed_more() -> None:
    failed = Usage(matched=9, used=9, failures=9)
    found = weigh_causes(
        [
            precedent("a", DRIFT, usage=failed),
            precedent("b", CHARGER, usage=UNTRIED),
            precedent("c", "Fuse"),
        ]
    )
    assert [one.text for one in found] == ["Fuse", CHARGER, DRIFT]


def test_the_facts_alone_tell_causes_while_the_graph_is_silent() -> None:
    held = replace(precedent("a", DRIFT, CHARGER), card=None)
    assert [(one.text, one.share) for one in weigh_causes([held])] == [
        (DRIFT, pytest.approx(0.8)),
        (CHARGER, pytest.approx(0.2)),
    ]
    assert _told(held).checks == ()


def test_of_equals_the_first_told_comes_first() -> None:
    even = precedent("a", "Zinc", known=card("a", "Zinc", "Acid", sure=0.5))
    assert [one.text for one in weigh_causes([even, precedent("b", "Bolt", score=1.0)])] == [
        "Zinc",
        "Acid",
        "Bolt",
    ]


def test_a_card_that_believes_nothing_tells_no_cause() -> None:
    held = precedent("a", DRIFT, known=card("a", DRIFT, sure=0.0))
    assert (weigh_causes([held]), _told(held).first) == ([], None)


def test_recent_matches_are_suspects_worth_nothing() -> None:
    """How well they fit was measured against other reports: only what is held anew counts."""
    coded = precedent("a", DRIFT, CHARGER, score=40.0, codes=(E401,), cosine=0.9).match
    alike = precedent("b", "Fuse", score=50.0, cosine=0.95).match
    answer = MatchAnswer(
        matches=(coded, alike), level=Level.RECENT, ranker="recent", degraded="neo4j is down"
    )
    found = diagnose_from_memory(REPORT, answer)
    assert (found.cause, found.checks, found.degraded) == (None, (), "neo4j is down")
    assert found.suspects == (PossibleCause(text=DRIFT, confidence=0.0, cites=(coded.card.id,)),)
    assert found.reasoning == f"{SILENT}{coded.card.title} (fc_a)."


def test_no_memory_says_how_to_go_on() -> None:
    empty = MatchAnswer(matches=(), level=Level.MANUAL, ranker="none", prompt="Search by hand.")
    assert diagnose_from_memory(REPORT, empty).reasoning == "Search by hand."


def test_a_clear_case_has_a_cause() -> None:
    found = _told(
        precedent("a", DRIFT, score=22.0, codes=(E401,)), precedent("b", CHARGER, score=8.0)
    )
    assert found.cause is not None
    assert (found.cause.text, found.cause.cites) == (DRIFT, ("fc_a",))
    assert found.cause.confidence >= LIKELY
    assert [one.text for one in found.suspects] == [CHARGER]
    assert "fc_a" in found.reasoning
    assert "It has worked before." in found.reasoning


def test_a_draw_is_unknown_and_names_its_suspects() -> None:
    found = _told(*(precedent(f"n{n}", f"Cause {n}", score=8.0) for n in range(5)))
    assert found.cause is None
    assert [one.text for one in found.suspects] == [f"Cause {n}" for n in range(4)]
    assert found.reasoning.startswith("No cause is sure enough to be told")


def test_high_voltage_is_made_safe_first() -> None:
    live = card("a", DRIFT, steps=(ISOLATE, MEASURE, BALANCE), high_voltage=True)
    other = card("b", CHARGER, steps=(replace(ISOLATE, action="Pull the plug"), LOOK))
    found = _told(
        precedent("b", CHARGER, score=22.0, known=other), precedent("a", DRIFT, known=live)
    )
    assert [(one.action, one.safety, one.card) for one in found.checks] == [
        (ISOLATE.action, True, "fc_a"),
        ("Pull the plug", True, "fc_b"),
        (LOOK.action, False, "fc_b"),
        (MEASURE.action, False, "fc_a"),
    ]


def test_two_ways_of_isolating_are_not_mixed() -> None:
    other = replace(ISOLATE, action="Pull the orange plug")
    both = [
        precedent(name, cause, known=card(name, cause, steps=(safe, LOOK), high_voltage=True))
        for name, cause, safe in (("a", DRIFT, ISOLATE), ("b", CHARGER, other))
    ]
    assert [one.action for one in _told(*both).checks if one.safety] == [ISOLATE.action]


def test_mending_stands_in_where_nothing_looks() -> None:
    found = _told(precedent("a", DRIFT, known=card("a", DRIFT, steps=(BALANCE,))))
    assert [one.action for one in found.checks] == [BALANCE.action]


DRAWN = """from tests.matching.diagnosis.test_evidence_reasoner import _told
from tests.matching.diagnosis.precedents import precedent
print(_told(*(precedent(n, f"Cause {n}", f"Cause {ord(n) % 2}", "Fuse") for n in "abcde")))"""


@pytest.mark.row("ML-25")
def test_every_process_tells_the_same_evidence_alike() -> None:
    told = {
        subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", DRAWN],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
    assert "Cause a" in told.pop()


def _usage(worked: int, failed: int) -> Usage:
    used = worked + failed
    return Usage(matched=used, used=used, successes=worked, failures=failed)


CAUSES = st.lists(
    st.sampled_from([DRIFT, CHARGER, "Fuse", "?!", "मोटर"]), min_size=1, max_size=4, unique=True
)
WEIGHED = st.tuples(CAUSES, st.sampled_from([0.0, 0.3, 1.0]))


def _precedent(name: str, weighed: tuple[list[str], float], **more: Any) -> Precedent:  # noqa: ANN401
    causes, sure = weighed
    return precedent(name, *causes, known=card(name, *causes, sure=sure), **more)


CASES = st.lists(
    st.builds(
        _precedent,
        st.sampled_from("abcdefgh"),
        WEIGHED,
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
    assert all(one.confidence >= other.confidence - 1e-9 for one, other in pairwise(causes))
