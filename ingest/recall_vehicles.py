"""The model years a recall's opening sentences name: "certain 2020-2021 Model 3 and 2021 Model Y".

Rows list fewer vehicles than summaries do. Only models that some row of the same make names are
read, the longest name first, so that "718 Boxster S" is a Boxster and nothing is invented.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from domain.vehicles import VehicleContext

SENTENCES_READ = 2
LONGEST_RUN = 40
MAKES_KEPT = 64
SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-Z0-9\"'])")
RUN = re.compile(
    r"\b((?:19|20)\d\d)\s*(?:-|–|—|\bto\b|\bthrough\b)\s*((?:19|20)\d\d)\b", re.IGNORECASE
)
NOT_NAME = re.compile(r"[^A-Z0-9~]+")
YEARS = r"(?P<years>\b(?:19|20)\d\d(?:~(?:19|20)\d\d)?\b)"
# A year after one of these dates the building, not the model.
BUILT = (
    r"\b(?P<built>MANUFACTURED|BUILT|PRODUCED|ASSEMBLED|FROM|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE"
    r"|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER)\b(?: \d\d?\b)?"
)

Models = Mapping[str, Sequence[str]]


def models_by_make(vehicles: Iterable[VehicleContext]) -> Models:
    """Give the models that rows name, by make, the longest first."""
    found: dict[str, dict[str, str]] = {}
    for vehicle in vehicles:
        if vehicle.make and vehicle.model:
            found.setdefault(vehicle.make, {}).setdefault(_plain_text(vehicle.model), vehicle.model)
    return {make: sorted(set(m.values()), key=lambda n: (-len(n), n)) for make, m in found.items()}


def named_vehicles(summary: str, make: str, models: Sequence[str]) -> list[VehicleContext]:
    """Give the model years that the text names.

    Each model takes the year or run of years last written before it: "2021 F-150, Expedition" names
    two models of 2021. Several years in a row belong together.
    """
    if not models:
        return []
    by_name, token = _names_of(tuple(models))
    opening = " ".join(SENTENCE_END.split(summary)[:SENTENCES_READ])
    years: dict[str, set[int]] = {}
    for name, run in _dated_names(_plain_text(opening), token):
        years.setdefault(by_name[name], set()).update(run)
    return [
        VehicleContext(make=make, model=model, year=year)
        for model, run in years.items()
        for year in sorted(run)
    ]


@lru_cache(maxsize=MAKES_KEPT)
def _names_of(models: tuple[str, ...]) -> tuple[dict[str, str], re.Pattern[str]]:
    """Give a make's models by their plain names, and what finds them: made once for all recalls."""
    by_name = {_plain_text(model): model for model in models}
    choice = "|".join(map(re.escape, by_name))
    return by_name, re.compile(rf"{YEARS}|\b(?P<model>{choice})\b|{BUILT}")


def _dated_names(text: str, token: re.Pattern[str]) -> Iterator[tuple[str, set[int]]]:
    current: set[int] = set()
    previous, after_built = "", False
    for match in token.finditer(text):
        kind = match.lastgroup or ""
        if kind == "model":
            yield match["model"], current
        elif kind == "years" and not after_built:
            run = _year_run(match["years"])
            current = current | run if previous == "years" else run
        previous = "" if after_built else kind
        after_built = kind == "built"


def _year_run(years: str) -> set[int]:
    first, _, last = years.partition("~")
    return set(range(int(first), min(int(last or first), int(first) + LONGEST_RUN) + 1))


def _plain_text(text: str) -> str:
    """Give upper-case words with single spaces; runs of years keep a tilde between them."""
    return NOT_NAME.sub(" ", RUN.sub(r"\1~\2", text).upper()).strip()
