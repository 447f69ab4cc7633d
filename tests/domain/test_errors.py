"""The tree of errors is drawn as it stands."""

import inspect

import pytest

from domain import errors
from domain.errors import BattwheelsError, InvalidInput, Refused, StaleVersion, Unavailable


def _drawn() -> list[tuple[int, str]]:
    lines = (errors.__doc__ or "").splitlines()
    drawn = [line for line in lines if "─" in line or line == "BattwheelsError"]
    return [_depth_and_name(line) for line in drawn]


def _depth_and_name(line: str) -> tuple[int, str]:
    bare = line.lstrip("│├└─ ")
    return (len(line) - len(bare)) // 4, bare.split()[0]


def _standing(root: type[BattwheelsError], depth: int = 0) -> list[tuple[int, str]]:
    below = [found for child in root.__subclasses__() for found in _standing(child, depth + 1)]
    return [(depth, root.__name__), *below]


def test_tree_is_drawn_whole() -> None:
    assert _drawn() == _standing(BattwheelsError)


def test_every_class_is_in_the_tree() -> None:
    members = inspect.getmembers(errors, inspect.isclass)
    classes = [c for _, c in members if c.__module__ == errors.__name__]
    assert all(issubclass(c, BattwheelsError) for c in classes)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InvalidInput("year", "is odd"), "year: is odd"),
        (
            StaleVersion("fc_one", 2, 3),
            (
                "fc_one was changed meanwhile: it is at version 3, you had 2. "
                "Read it again and repeat the change."
            ),
        ),
        (Unavailable("neo4j", "refused"), "neo4j does not answer: refused"),
    ],
)
def test_messages_tell_what_to_do(error: BattwheelsError, message: str) -> None:
    assert str(error) == message


def test_refusals_are_not_outages() -> None:
    assert issubclass(StaleVersion, Refused)
    assert not issubclass(Unavailable, Refused)
