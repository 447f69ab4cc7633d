"""The vault: sealed values open in their place, with their key, and nowhere else."""

import pytest

from access.personal_fields import DRAFT_BUYER, MESSAGE, SealedPlace
from access.vault import DataKey, KeyRing, Vault
from domain.errors import UnsafeSetting

OLDER = DataKey(name="old", secret=b"o" * 32)
OLD = DataKey(name="invoice_draft.1", secret=b"d" * 32, table="invoice_draft")
NEW = DataKey(name="invoice_draft.2", secret=b"n" * 32, table="invoice_draft")
PLAIN = b"Meera Joshi"
PLACE = DRAFT_BUYER.at("tkt_1")


def vault(primary: DataKey, *others: DataKey) -> Vault:
    return Vault(ring=KeyRing.of_one(primary, *others), index_key=b"i" * 32)


@pytest.mark.row("EN-7")
@pytest.mark.parametrize("key", [OLDER, OLD])
def test_sealed_value_opens_in_its_place(key: DataKey) -> None:
    sealed = vault(key).seal(PLAIN, PLACE)
    assert PLAIN not in sealed
    assert sealed[1 : 1 + len(key.name)] == key.name.encode()
    assert vault(key).open(sealed, PLACE) == PLAIN
    assert sealed != vault(key).seal(PLAIN, PLACE)


@pytest.mark.row("EN-1")
@pytest.mark.parametrize("key", [OLDER, OLD])
@pytest.mark.parametrize("elsewhere", [DRAFT_BUYER.at("tkt_2"), MESSAGE.at("tkt_1")])
def test_moved_value_does_not_open(key: DataKey, elsewhere: SealedPlace) -> None:
    sealed = vault(key).seal(PLAIN, PLACE)
    with pytest.raises(UnsafeSetting, match="does not open"):
        vault(key).open(sealed, elsewhere)


@pytest.mark.parametrize("byte", [0, 1, 4, 5, 20, -1])
def test_altered_value_does_not_open(byte: int) -> None:
    sealed = bytearray(vault(OLDER).seal(PLAIN, PLACE))
    sealed[byte] ^= 1
    with pytest.raises(UnsafeSetting):
        vault(OLDER).open(bytes(sealed), PLACE)


def test_older_values_open_and_are_sealed_anew() -> None:
    both = vault(NEW, OLD, OLDER)
    for before in (OLD, OLDER):
        anew = both.reseal(vault(before).seal(PLAIN, PLACE), PLACE)
        assert vault(NEW).open(anew, PLACE) == PLAIN


def test_missing_key_is_named() -> None:
    sealed = vault(NEW).seal(PLAIN, PLACE)
    with pytest.raises(UnsafeSetting, match=r"'invoice_draft\.2' is needed and missing"):
        vault(OLD).open(sealed, PLACE)


def test_ring_that_was_not_read_seals_nothing() -> None:
    with pytest.raises(UnsafeSetting, match="opened no data key for invoice_draft"):
        Vault(ring=KeyRing(), index_key=b"i" * 32).seal(PLAIN, PLACE)


def test_marks_are_the_same_after_a_rotation() -> None:
    assert vault(OLD).mark("gstin", "27X") == vault(NEW).mark("gstin", "27X")
    assert vault(OLD).mark("gstin", "27X") != vault(OLD).mark("phone", "27X")


@pytest.mark.parametrize(
    ("name", "secret"), [("old", b"short"), ("", b"o" * 32), ("x" * 33, b"o" * 32)]
)
def test_keys_that_are_none_are_refused(name: str, secret: bytes) -> None:
    with pytest.raises(UnsafeSetting):
        DataKey(name=name, secret=secret)
