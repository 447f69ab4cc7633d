"""How large a request's variables may be, and that the first excess ends the count."""

import pytest

from web.caps import Caps
from web.variables import VariablesTooLarge, demand_readable, demand_small

CAPS = Caps(input_nodes=50, input_depth=5, input_list=10, input_text=100)


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"a": "x" * 100, "b": None, "c": 1.5},
        {"a": [1] * 10},
        {"a": {str(n): n for n in range(10)}},
        {"a": nested(5)},
    ],
)
def test_ordinary_variables_pass(variables: dict[str, object]) -> None:
    assert demand_small(variables, CAPS) == 0


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"a": "x" * 101}, "The variable $a has a text of more than 100 characters."),
        ({"a": {"b": [1] * 11}}, "The variable $a has a list of more than 10 entries."),
        ({"a": {str(n): n for n in range(11)}}, "The variable $a has a list of more than 10"),
        ({"a": nested(6)}, "The variable $a has more than 5 levels."),
        ({"a": [[1] * 9] * 9}, "The variables hold more than 50 values."),
        ({str(n): n for n in range(11)}, "The variables have more than 10 names."),
    ],
)
def test_large_variables_are_refused(variables: dict[str, object], said: str) -> None:
    with pytest.raises(VariablesTooLarge) as refused:
        demand_small(variables, CAPS)
    assert str(refused.value).startswith(said)


def test_prose_is_counted() -> None:
    assert demand_small({"a": "x" * 500, "b": {"c": ["y" * 600, "short"]}}, Caps()) == 1_100


@pytest.mark.parametrize("body", [b"[]," * 500, "{}," * 500, b'{"a":' + b"[" * 500])
def test_bodies_of_many_values_are_not_parsed(body: bytes | str) -> None:
    with pytest.raises(VariablesTooLarge):
        demand_readable(body, CAPS)
