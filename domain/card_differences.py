"""What two versions of a card differ in, field by field, for a person to read."""

from typing import cast

from domain.cards import CardStatus, FailureCard
from domain.vehicles import VehicleContext

SHOWN, VEHICLES_SHOWN = 60, 3


def differences(before: FailureCard, after: FailureCard) -> list[str]:
    """Say in lines what changes: the field, what stood there, and what will."""
    lost = [v for v in before.vehicles if v not in after.vehicles]
    new = [v for v in after.vehicles if v not in before.vehicles]
    both = (("+", new), ("-", lost))
    found = [f"vehicles: {sign}{len(some)} ({_named(some)})" for sign, some in both if some]
    for name in ("status", "title"):
        found += _difference(name, getattr(before, name), getattr(after, name))
    for part in ("signature", "cause", "resolution", "evidence", "published"):
        old, fresh = getattr(before, part), getattr(after, part)
        if type(old) is not type(fresh):
            found.append(f"{part}: is new")
            continue
        for name in cast("tuple[str, ...]", getattr(old, "__slots__", ())):
            found += _difference(f"{part}.{name}", getattr(old, name), getattr(fresh, name))
    return found


def _named(vehicles: list[VehicleContext]) -> str:
    told = [" ".join(map(str, filter(None, (v.make, v.model, v.year)))) for v in vehicles]
    more = ", \u2026" if len(told) > VEHICLES_SHOWN else ""
    return ", ".join(told[:VEHICLES_SHOWN]) + more


def _difference(name: str, old: object, fresh: object) -> list[str]:
    if old == fresh:
        return []
    return [f"{name}: {_short(old)} \u2192 {_short(fresh)}"]


def _short(value: object) -> str:
    if value is None or value in ((), ""):
        return "nothing"
    if isinstance(value, tuple):
        return f"{len(cast('tuple[object, ...]', value))} entries"
    told = str(value.value) if isinstance(value, CardStatus) else str(value)
    return told if len(told) <= SHOWN else told[:SHOWN] + "\u2026"
