"""The trade as a world takes it: the shipped vocabulary and cards, as values of the domain."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from domain.cards import FailureCard
from domain.codes import ErrorCode
from domain.vehicles import VehicleModel, slug
from domain.vocabulary import Component, Part, Symptom


@dataclass(frozen=True, slots=True)
class SoldModel:
    """A vehicle model with the model years it is sold in."""

    id: str
    make: str
    model: str
    category: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Trade:
    """What the world's people know of from the start."""

    cards: tuple[FailureCard, ...]
    symptoms: tuple[Symptom, ...]
    codes: tuple[ErrorCode, ...]
    components: tuple[Component, ...]
    parts: tuple[Part, ...]
    vehicles: tuple[VehicleModel, ...]

    @cached_property
    def models(self) -> tuple[SoldModel, ...]:
        """Give each model once, in the vocabulary's order."""
        years = defaultdict[str, list[int]](list)
        for vehicle in self.vehicles:
            if vehicle.year is not None:
                years[slug(vehicle.make, vehicle.model)].append(vehicle.year)
        return tuple(
            SoldModel(v.id, v.make, v.model, v.category, min(years[v.id]), max(years[v.id]))
            for v in self.vehicles
            if v.year is None and years[v.id]
        )

    @cached_property
    def parents(self) -> dict[str, str]:
        return {one.id: one.part_of for one in self.components if one.part_of is not None}

    @cached_property
    def names(self) -> dict[str, str]:
        return {one.id: one.name for one in self.components}

    def family(self, component: str) -> str:
        """Give the subsystem that a component belongs to."""
        while component in self.parents:
            component = self.parents[component]
        return component

    def grouped(self, pairs: Iterable[tuple[str, str | None]]) -> dict[str, tuple[str, ...]]:
        """Give things by their component."""
        found = defaultdict[str, list[str]](list)
        for thing, component in pairs:
            if component is not None:
                found[component].append(thing)
        return {component: tuple(things) for component, things in found.items()}
