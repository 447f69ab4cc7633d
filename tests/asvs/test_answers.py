"""Every requirement of levels 1 and 2 has one answer, and what it names is in the tree."""

import ast
from collections import Counter
from functools import cache

import pytest

from tests.asvs.answers import PAGE, Answer, AnswerState, answers, levels, page
from tests.rows.text import ROOT

GIVEN = list(answers())
# How many of levels 1 and 2 the standard has.
OF_LEVEL = {1: 70, 2: 183}


@pytest.mark.row("RM-8")
def test_every_requirement_has_one_answer() -> None:
    assert Counter(levels().values()) == OF_LEVEL
    assert [answer.id for answer in GIVEN] == list(levels())
    for answer in GIVEN:
        assert answer.chapter.startswith(f"V{answer.id.partition('.')[0]} ")


def test_what_shows_an_answer_is_in_the_tree() -> None:
    missing = {
        (answer.id, shown) for answer in GIVEN for shown in answer.by if not _is_there(shown)
    }
    assert missing == set()


@pytest.mark.parametrize("answer", GIVEN, ids=lambda answer: answer.id)
def test_an_answer_says_what_its_state_needs(answer: Answer) -> None:
    assert answer.asks
    assert bool(answer.by) is (answer.state is AnswerState.HELD)
    assert bool(answer.ends) is (answer.state is AnswerState.OPEN)
    assert answer.says or answer.state is AnswerState.HELD


def test_the_page_is_as_the_answers() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(GIVEN)


def _is_there(shown: str) -> bool:
    path, _, test = shown.partition("::")
    if not (ROOT / path).is_file():
        return False
    return not test or test in _functions(path)


@cache
def _functions(path: str) -> frozenset[str]:
    nodes = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in nodes if isinstance(node, kinds))
