"""Recall campaigns, each gathered from all its lines: a file may name one vehicle a line.

Only what the lines differ in is kept of them, so a file of any length fits into memory.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from domain.errors import InvalidInput
from domain.vehicles import VehicleContext, slug
from ingest.cells import read_years
from ingest.makers import maker_name
from ingest.recall_files import FLAGS, NO_YEAR, RecallLine

TEXTS = ("summary", "consequence", "remedy")
# What each line has of its own, or what is gathered of all.
OF_LINES = frozenset({"make", "model", "year", "year_to", "component", "part_name", "part_number"})
END_OF_SENTENCE = re.compile(r"[.!?…)\]\"”'’][\s*]{0,20}$")
YES = frozenset({"yes", "true", "y", "1"})
LONGEST_NAME = 80
MOST_YEARS = 40


@dataclass(slots=True)
class Campaign:
    """One campaign: what its lines say of it, and every vehicle, component and part they name.

    `first` is its first line; `told` the fields of a whole line, each from the first that has it.
    """

    first: RecallLine
    told: dict[str, str]
    whole: bool
    vehicles: dict[tuple[str, str, str, str], None] = field(
        default_factory=dict[tuple[str, str, str, str], None]
    )
    components: dict[str, None] = field(default_factory=dict[str, None])
    part_names: dict[str, None] = field(default_factory=dict[str, None])
    part_numbers: dict[str, None] = field(default_factory=dict[str, None])
    listed: tuple[VehicleContext, ...] | None = None

    @property
    def number(self) -> str:
        return self.first.number

    def get(self, column: str) -> str:
        return self.told.get(column, "")

    @property
    def component(self) -> str:
        """The component that the first line with one names."""
        return next(iter(self.components), "")

    @property
    def make(self) -> str:
        first = next((make for make, *_ in self.vehicles if make), "")
        return maker_name(first or self.get("maker"))

    @property
    def parked(self) -> bool:
        """Whether owners are told to park outside or not to drive."""
        return any(_says_yes(flag, self.get(flag)) for flag in FLAGS)

    def add(self, line: RecallLine) -> None:
        """Take what one more line says: the first whole text stands, all else is gathered."""
        if not self.whole and is_whole(line.fields):
            self.told |= {name: line.get(name) for name in TEXTS}
            self.whole = True
        for name, value in line.fields.items():
            if (
                value
                and name not in OF_LINES
                and (not self.told.get(name) or _says_yes(name, value))
            ):
                self.told[name] = value
        self._gather(line)

    def _gather(self, line: RecallLine) -> None:
        self.vehicles[
            line.get("make"), line.get("model"), line.get("year"), line.get("year_to")
        ] = None
        for column, found in (
            ("component", self.components),
            ("part_name", self.part_names),
            ("part_number", self.part_numbers),
        ):
            if value := line.get(column):
                found[value] = None

    def listed_vehicles(self) -> tuple[VehicleContext, ...]:
        """Give the vehicles that lines name, a model year each.

        Raises:
            InvalidInput: the years of one are no range.
        """
        if self.listed is None:
            self.listed = tuple(self._read_vehicles())
        return self.listed

    def _read_vehicles(self) -> Iterator[VehicleContext]:
        for make, model, first, last in self.vehicles:
            named = maker_name(make) if make else self.make
            if model and named:
                for year in _model_years(first, last):
                    yield VehicleContext(
                        make=named[:LONGEST_NAME], model=model[:LONGEST_NAME], year=year
                    )


def _says_yes(name: str, value: str) -> bool:
    return name in FLAGS and value.casefold() in YES


def gather_campaigns(lines: Iterable[RecallLine]) -> list[Campaign]:
    """Give the campaigns of all lines, by agency and number."""
    found: dict[tuple[str, str], Campaign] = {}
    for line in lines:
        key = (line.agency.root, line.number)
        known = found.get(key)
        if known is None:
            found[key] = known = Campaign(first=line, told={}, whole=False)
        known.add(line)
    return [found[key] for key in sorted(found)]


def is_whole(fields: dict[str, str]) -> bool:
    """Say whether a line tells its campaign to the end: no text of it breaks off."""
    told = [fields.get(name, "").strip() for name in TEXTS]
    return bool(told[0] and told[-1]) and all(END_OF_SENTENCE.search(t[-30:]) for t in told if t)


def vehicle_identity(vehicle: VehicleContext) -> str:
    return slug(vehicle.make or "", vehicle.model or "", str(vehicle.year))


def _model_years(first: str, last: str) -> Iterable[int | None]:
    if not last and len(first) == len(NO_YEAR) and first.isdecimal():
        return (None if first == NO_YEAR else int(first),)
    years = read_years(first) if first else None
    if years is None or str(years[0]) == NO_YEAR:
        return (None,)
    until = read_years(last) if last else None
    end = max(years[1], until[1] if until else years[1])
    if end - years[0] >= MOST_YEARS:
        raise InvalidInput("model year", f"{years[0]} to {end} is no range of years")
    return range(years[0], end + 1)
