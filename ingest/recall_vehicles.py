"""The vehicles a recall's opening sentence names: "certain 2020-2021 Model 3 and 2021 Model Y"."""

import re
from collections.abc import Iterator

from domain.vehicles import VehicleContext
from ingest.makers import KNOWN, maker

LIST = re.compile(
    r"\brecall(?:ing|ed) (?:(?:certain|all|select|one)\s+)?(?P<list>.{4,1500}?)\s+"
    r"(?:vehicles?|trucks?|pick-?up|motorcycles?|sedans?|electric|hatchback|potentially|equipped|with"
    r"|manufactured|operating|sold|that)\b",
    re.IGNORECASE | re.DOTALL,
)
SEPARATOR = re.compile(r"\s*(?:,\s*and\b|,|;|\band\b|&)\s*", re.IGNORECASE)
YEARS = re.compile(
    r"^(?:(?:model years?|my)\s+)?((?:19|20)\d\d)(?:\s*[-–]\s*((?:19|20)\d\d))?\s*(.*)$",
    re.DOTALL | re.IGNORECASE,
)
NAME = re.compile(r"[A-Z0-9][\w.+/'-]*(?: [A-Z0-9(][\w.+/)'-]*){0,4}")
MOST_YEARS = 40


def named(summary: str, make: str) -> list[VehicleContext]:
    """Give the model years that the text names; a name without a make is of `make`.

    Years carry over a list: "2021 F-150, Expedition" names two models of 2021.
    """
    found = LIST.search(summary)
    return list(_listed(found["list"], make)) if found else []


def _listed(text: str, make: str) -> Iterator[VehicleContext]:
    years: range | None = None
    family = ""
    for part in SEPARATOR.split(text):
        dated = YEARS.match(part.strip())
        if dated:
            years = range(int(dated[1]), int(dated[2] or dated[1]) + 1)
        name = (dated[3] if dated else part).strip()
        if family and len(name) == 1:
            name = f"{family} {name}"
        if years is None or len(years) > MOST_YEARS or not NAME.fullmatch(name):
            continue
        family = name.split(" ", maxsplit=1)[0] if name.startswith("Model ") else ""
        own, model = _owned(name, make)
        yield from (VehicleContext(make=own, model=model, year=year) for year in years)


def _owned(name: str, make: str) -> tuple[str, str]:
    """Split "Lincoln Aviator" into its make and model."""
    first, _, rest = name.partition(" ")
    return (maker(first), rest) if rest and first.casefold() in KNOWN else (make, name)
