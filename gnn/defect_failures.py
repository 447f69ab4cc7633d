"""Failures of components out of the history of repairs, as `domain.defects` watches them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from domain.defects import Cohort, ComponentFailure
from domain.repair_history import RepairHistory, RepairRecord, in_order
from domain.vocabulary import Component, Symptom

# What stores and takes charge: a supplier's batch may spoil it.
BATTERY_SYSTEMS = frozenset({"battery_pack", "battery_management", "charging"})


@dataclass(frozen=True, slots=True)
class TradeComponents:
    """What the vocabulary knows of components.

    Attributes:
        systems: the subsystem that each belongs to.
        seen_on: by a symptom's code, the component that it is seen on.
    """

    systems: Mapping[str, str]
    seen_on: Mapping[str, str]

    @classmethod
    def of(cls, components: Iterable[Component], symptoms: Iterable[Symptom]) -> Self:
        parents = {one.id: one.part_of for one in components}
        return cls(
            systems={one: _root(one, parents) for one in parents},
            seen_on={one.code: one.component for one in symptoms if one.component},
        )


def component_failures(
    history: RepairHistory, trade: TradeComponents
) -> Iterator[ComponentFailure]:
    """Give what was found to have failed, by the time of the repair's end.

    Where nobody said, it is what the card tells that mended it; where no card did, the component
    that most of the symptoms are seen on. A repair whose make is not known, or neither batch nor
    firmware, tells of no cohort.
    """
    cards = {card.card: card.component for card in history.cards}
    for repair in in_order(history.repairs):
        mended = cards.get(repair.resolved_by) if repair.resolved_by else None
        component = repair.component or mended or _of_symptoms(repair, trade.seen_on)
        if component is None or repair.make is None:
            continue
        if repair.battery_batch is None and repair.firmware is None:
            continue
        cohort = Cohort(
            make=repair.make,
            supplier=repair.supplier,
            battery_batch=repair.battery_batch,
            firmware=repair.firmware,
            climate=repair.climate,
        )
        yield ComponentFailure(
            ticket=repair.ticket,
            vehicle=repair.vehicle or repair.ticket,
            cohort=cohort,
            component=component,
            at=repair.closed_at,
            of_battery=trade.systems.get(component) in BATTERY_SYSTEMS,
            synthetic=repair.synthetic,
        )


def _root(component: str, parents: Mapping[str, str | None]) -> str:
    """Give the subsystem that a component is part of; a ring of parts ends where it began."""
    seen, at = {component}, component
    while (above := parents.get(at)) is not None and above not in seen:
        seen.add(above)
        at = above
    return at


def _of_symptoms(repair: RepairRecord, seen_on: Mapping[str, str]) -> str | None:
    """Give the component of most symptoms, of as many the one told first."""
    told = Counter(seen_on[code] for code in repair.symptoms if code in seen_on)
    return told.most_common(1)[0][0] if told else None
