"""Every regular expression over people's text takes a time that grows no faster than the text."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile.expressions import Expression, every, tiring
from tests.hostile.growth import GROWTH, WORST_GROWTH, cpu

# What doubles with every character is over before it is seen to grow.
SHORT, AT_ONCE = 22, 0.02
# A text's size, and the CPU seconds that a linear look at it never takes.
STEPS = ((250, 0.003), (1_000, 0.0001))
LARGE = ((4_000, 0.0004),)
Steps = tuple[tuple[int, float], ...]
FOUND, UNKNOWN = every()
# Made while they run, of parts that are escaped and of our own files.
MADE_OF_OURS = {
    "graph.queries",
    "ingest.recall_vehicles",
    "resolvers.subscriptions.requests",
}


def grows_too_fast(
    work: Callable[[str], object], family: tuple[str, str, str], steps: Steps
) -> bool:
    """Say whether the work grows faster than the text, at the first size where it can be told."""

    before, pump, after = family

    def took(size: int, times: int = 1) -> float:
        text = before + pump * (size // len(pump)) + after
        return min(cpu(lambda: work(text)) for _ in range(times))

    if took(SHORT) > AT_ONCE and took(SHORT, 3) > AT_ONCE:
        return True
    for size, quick in steps:
        if took(size) > quick and took(size, 3) > quick:
            return took(GROWTH * size, 2) > WORST_GROWTH * took(size, 5)
    return False


def over_text(work: Callable[[Any], object]) -> Callable[[str], object]:
    """Let an expression over bytes look at a text's bytes."""

    def look(text: str) -> object:
        try:
            return work(text)
        except TypeError:
            return work(text.encode())

    return look


def tired_by(expression: Expression, steps: Steps = STEPS) -> tuple[str, str, str, str] | None:
    """Give the first (way, before, repeated, after) that makes an expression work too much."""
    pattern = expression.compiled
    ways = {"search": over_text(pattern.search), "fullmatch": over_text(pattern.fullmatch)}
    return next(
        (
            (way, *family)
            for family in tiring(expression)
            for way, work in ways.items()
            if family[1] and grows_too_fast(work, family, steps)
        ),
        None,
    )


@pytest.mark.parametrize("expression", FOUND, ids=lambda e: e.place)
def test_an_expression_is_linear(expression: Expression) -> None:
    assert tired_by(expression) is None


@pytest.mark.long
@pytest.mark.parametrize("expression", FOUND, ids=lambda e: e.place)
def test_an_expression_is_linear_over_a_large_text(expression: Expression) -> None:
    assert tired_by(expression, LARGE) is None


def test_the_search_finds_the_expressions_and_their_places() -> None:
    assert {said.partition(":")[0] for said in UNKNOWN} <= MADE_OF_OURS
    assert len(FOUND) > 90


@pytest.mark.parametrize(
    "pattern",
    [r"\s*(\d+)\s*(-|to)\s*(\d+)\s*C?\s*", r"(a+)+b", r"\s+x", r"(?:\w+\s?)*;", r"(?:\w|[a-z])+;"],
)
def test_what_is_not_linear_is_caught(pattern: str) -> None:
    assert tired_by(Expression("here", pattern)) is not None
