"""Each refusal says what is wrong and keeps its parts; what is to be said first stays with it."""

import pytest

from domain import errors
from domain.errors import BattwheelsError, InvalidInput, WrongCharacter


@pytest.mark.parametrize(
    ("error", "parts", "words"),
    [
        (InvalidInput("text", "is empty"), {"field": "text", "reason": "is empty"}, "is empty"),
        (errors.NotFound("card", "fc_1"), {"kind": "card", "id": "fc_1"}, "fc_1"),
        (errors.AlreadyExists("card", "fc_1"), {"id": "fc_1"}, "is taken"),
        (errors.NotAuthenticated("no token"), {"reason": "no token"}, "no token"),
        (errors.NotCertified("asha"), {"technician": "asha"}, "not certified"),
        (errors.StaleVersion("tkt_1", 1, 2), {"expected": 1, "actual": 2}, "version 2"),
        (errors.OperationConflict("op"), {"operation_id": "op"}, "used before"),
        (errors.MonthClosed("2026-10"), {"month": "2026-10"}, "closed"),
        (errors.OverLimit("amount", 5, 3), {"asked": 5, "most": 3}, "5 paise"),
    ],
)
def test_a_refusal_says_what_is_wrong(
    error: BattwheelsError, parts: dict[str, object], words: str
) -> None:
    assert {name: getattr(error, name) for name in parts} == parts
    assert words in str(error)
    assert not error.first


@pytest.mark.parametrize("wrong", [InvalidInput("a", "is odd"), WrongCharacter("a", 3, "is odd")])
def test_what_comes_first_moves_with_it(wrong: InvalidInput) -> None:
    wrong.first = "Keep away."
    moved = wrong.at("b")
    assert (moved.field, moved.first, moved.reason) == ("b", "Keep away.", wrong.reason)
