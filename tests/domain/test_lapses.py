"""A fix that stopped working since a release is told once, and one that was never good is not."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from domain.ids import CardId, GarageId, TicketId
from domain.lapses import LapsedFix, lapsed_fixes
from domain.repair_history import RepairHistory, RepairRecord, RepairTry

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
CARD = CardId("fc_display")


def repair(n: int, firmware: str, *, held: bool, back: bool = False) -> RepairRecord:
    at = BEGIN + timedelta(days=n)
    return RepairRecord(
        ticket=TicketId(f"tkt_{n:03}"),
        garage=GarageId("garage_pune"),
        technician=None,
        vehicle=None,
        make="Ather",
        model="450X",
        opened_at=at,
        closed_at=at,
        text="dark",
        worked=held,
        firmware=firmware,
        tries=(RepairTry(card=CARD, worked=held, at=at),),
        resolved_by=CARD if held else None,
        came_back=back,
    )


def lapses(repairs: Iterable[RepairRecord]) -> list[LapsedFix]:
    return lapsed_fixes(RepairHistory(tuple(repairs), ()))


def test_fix_is_told_once_since_a_release() -> None:
    old = [repair(n, "1.0", held=n % 5 > 0) for n in range(10)]
    [lapse] = lapses([*old, *(repair(10 + n, "2.0", held=False) for n in range(20))])
    counts = (lapse.held, lapse.uses, lapse.held_since, lapse.uses_since)
    assert (lapse.card, lapse.change.value, counts) == (CARD, "2.0", (8, 10, 0, 7))
    assert lapse.sentence == (
        "On Ather it held in 8 of 10 repairs without firmware 2.0, and in 0 of 7 with it."
    )


def test_what_comes_back_did_not_hold() -> None:
    old = [repair(n, "1.0", held=True) for n in range(10)]
    assert lapses([*old, *(repair(10 + n, "2.0", held=True, back=True) for n in range(9))]) != []


def test_card_that_never_held_has_not_lapsed() -> None:
    repairs = [repair(n, "1.0" if n < 20 else "2.0", held=n % 4 == 0) for n in range(60)]
    assert lapses(repairs) == []


def test_firmware_of_before_is_no_change() -> None:
    """It was there when the card was first used: nothing came new."""
    assert lapses([repair(n, "1.0", held=n > 40) for n in range(60)]) == []
