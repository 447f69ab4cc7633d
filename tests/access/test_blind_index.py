"""Marks to search by: the same for the same in one garage, shared by parts, filled with nothing."""

from access.blind_index import FILLED, SHARED, BlindIndex
from domain.customers import name_parts, name_words
from domain.ids import GarageId
from tests.access.test_vault import NEW, vault

PUNE, DELHI = GarageId("garage_pune"), GarageId("garage_delhi")
INDEX = BlindIndex(vault(NEW))
MEERA = name_parts(name_words("Meera Joshi"))


def test_marks_are_of_one_garage() -> None:
    assert INDEX.exact(PUNE, "telephone", "91") == INDEX.exact(PUNE, "telephone", "91")
    assert INDEX.exact(PUNE, "telephone", "91") != INDEX.exact(DELHI, "telephone", "91")
    assert not {*INDEX.parts(PUNE, MEERA)} & {*INDEX.parts(DELHI, MEERA)}


def test_a_kept_name_bears_the_marks_of_its_parts() -> None:
    asha = name_parts(name_words("Asha"))
    assert {*INDEX.parts(PUNE, asha)} < {*INDEX.filled(PUNE, asha, "cus_1")}
    assert INDEX.filled(PUNE, asha, "cus_1") == INDEX.filled(PUNE, asha, "cus_1")
    # Marks of nothing are each row's own, so that two of one name do not look alike.
    assert INDEX.filled(PUNE, asha, "cus_1") != INDEX.filled(PUNE, asha, "cus_2")


def test_marks_do_not_tell_how_long_a_name_is() -> None:
    names = ("Om", "Asha", "Meera Joshi", "Venkatanarasimharajuvaripeta Ramachandran")
    counts = [len(INDEX.filled(PUNE, name_parts(name_words(name)), "cus_1")) for name in names]
    assert [count % FILLED for count in counts] == [0] * 4
    assert counts[0] == counts[1] == FILLED


def test_parts_share_marks() -> None:
    parts = [f"{n:05}" for n in range(20 * SHARED)]
    assert len(INDEX.parts(PUNE, parts)) == SHARED
