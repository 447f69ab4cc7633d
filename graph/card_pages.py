"""Pages of cards: which query a filter becomes, each starting at its most telling index."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import LiteralString

from domain.cards import CardStatus
from domain.codes import CodeKey
from domain.vehicles import VehicleCategory, name_key
from graph.card_rows import EVERY_YEAR
from graph.garages import TicketPeriod
from graph.queries import named_queries

PIECES = named_queries("card_pages.cypher")
# The narrowest first: the page starts at this one, the others are conditions on its cards.
STARTS: Mapping[str, str] = {
    "reading": "from_reading",
    "code": "from_code",
    "origin": "from_origin",
    "symptom": "from_symptom",
    "vehicle": "from_vehicle",
    "model": "from_model",
    "component": "from_component",
}
CONDITIONS: Mapping[str, str] = {
    "status": "where_status",
    "make": "where_make",
    "vehicle": "where_vehicle",
    "model": "where_model",
    "component": "where_component",
    "category": "where_category",
    "symptom": "where_symptom",
    "code": "where_code",
    "reading": "where_reading",
    "origin": "where_origin",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFilter:
    """What a list of cards is narrowed by; None asks for nothing.

    `model` needs `make`, `year` needs both; a `component` also finds the
    cards of the components under it; `reading` names a measured value and what it must exceed;
    `origin` the garage that found it, and in which span of time.
    """

    status: CardStatus | None = None
    make: str | None = None
    model: str | None = None
    year: int | None = None
    component: str | None = None
    category: VehicleCategory | None = None
    symptom: str | None = None
    code: CodeKey | None = None
    reading: tuple[str, float] | None = None
    origin: TicketPeriod | None = None


EVERY_CARD = CardFilter()


def page_query(filter: CardFilter) -> tuple[LiteralString, dict[str, object]]:
    """Give the query text (one of a few fixed ones) and its parameters."""
    parameters = _filter_parameters(filter)
    start = next((name for name in STARTS if name in parameters), None)
    query = PIECES["from_all" if start is None else STARTS[start]]
    for name in parameters:
        if name != start:
            query = query + "\n  AND " + PIECES[CONDITIONS[name]]
    return query + "\n" + PIECES["to_page"], parameters


def _filter_parameters(filter: CardFilter) -> dict[str, object]:
    make = None if filter.make is None else name_key(filter.make)
    wanted: dict[str, object] = {
        "status": filter.status,
        "make": make,
        "model": None if filter.year is not None else _model_parameters(make, filter.model),
        "vehicle": _vehicle_parameters(make, filter.model, filter.year),
        "component": filter.component,
        "category": filter.category,
        "symptom": filter.symptom,
        "code": filter.code,
        "reading": _reading_parameters(filter.reading),
        "origin": filter.origin and asdict(filter.origin),
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _model_parameters(make: str | None, model: str | None) -> dict[str, object] | None:
    if make is None or model is None:
        return None
    key = name_key(model)
    return {"make": make, "model": key, "fit": f"{make}|{key}"}


def _vehicle_parameters(
    make: str | None, model: str | None, year: int | None
) -> dict[str, object] | None:
    """Give what finds the cards of one model year, those of every year of the model included."""
    found = _model_parameters(make, model)
    if found is None or year is None:
        return None
    return {**found, "years": [EVERY_YEAR, year]}


def _reading_parameters(reading: tuple[str, float] | None) -> dict[str, object] | None:
    return None if reading is None else {"name": reading[0], "above": reading[1]}
