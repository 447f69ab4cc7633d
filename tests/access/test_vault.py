"""The vault: sealed values open in their place, with their key, and nowhere else."""

from dataclasses import replace

import pytest

from access.vault import Vault
from domain.errors import UnsafeSetting

OLD = Vault(current="old", keys={"old": b"o" * 32}, index_key=b"i" * 32)
NEW = replace(OLD, current="new", keys={"old": b"o" * 32, "new": b"n" * 32})
PLAIN = b"Meera Joshi"


def test_sealed_value_opens_in_its_place() -> None:
    sealed = OLD.seal(PLAIN, "inv_1")
    assert PLAIN not in sealed
    assert OLD.open(sealed, "inv_1") == PLAIN
    assert sealed != OLD.seal(PLAIN, "inv_1")


def test_moved_value_does_not_open() -> None:
    sealed = OLD.seal(PLAIN, "inv_1")
    with pytest.raises(UnsafeSetting):
        OLD.open(sealed, "inv_2")


@pytest.mark.parametrize("place", [0, 1, 4, 5, 20, -1])
def test_altered_value_does_not_open(place: int) -> None:
    sealed = bytearray(OLD.seal(PLAIN, "inv_1"))
    sealed[place] ^= 1
    with pytest.raises(UnsafeSetting):
        OLD.open(bytes(sealed), "inv_1")


def test_old_values_open_after_a_rotation() -> None:
    sealed = OLD.seal(PLAIN, "inv_1")
    assert NEW.open(sealed, "inv_1") == PLAIN
    assert NEW.seal(PLAIN, "inv_1")[1:4] == b"new"


def test_missing_key_is_named() -> None:
    sealed = NEW.seal(PLAIN, "inv_1")
    with pytest.raises(UnsafeSetting, match="'new' is needed and missing"):
        OLD.open(sealed, "inv_1")


def test_marks_are_the_same_after_a_rotation() -> None:
    assert OLD.mark("gstin", "27X") == NEW.mark("gstin", "27X")
    assert OLD.mark("gstin", "27X") != OLD.mark("phone", "27X")


@pytest.mark.parametrize(
    ("current", "keys"),
    [("gone", {"old": b"o" * 32}), ("old", {"old": b"short"}), ("", {"": b"o" * 32})],
)
def test_keys_that_are_none_are_refused(current: str, keys: dict[str, bytes]) -> None:
    with pytest.raises(UnsafeSetting):
        Vault(current=current, keys=keys, index_key=b"i" * 32)
