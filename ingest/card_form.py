"""The form of a card in a CSV or JSONL file, field by field.

The plain fields of a card come from `domain.cards`; here stands what a file says otherwise: the
vehicle, the temperature, and what is parted by signs. `docs/ingest.md` shows all columns.

In JSONL the lists may be lists, and a step may be an object of action, minutes, tools and safety.
"""

import re
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from domain.card_fields import declared_fields
from domain.cards import (
    Environment,
    Evidence,
    PartUse,
    RepairStep,
    Resolution,
    RootCause,
    Signature,
    SolutionType,
)
from ingest import cells
from ingest.card_columns import Names, form_of, split_by
from ingest.column_names import ColumnForm, column_form

SAFETY = "SAFETY:"
COUNTED = re.compile(r"(?P<id>\S+)(?:\s+[x×]\s*(?P<n>\d{1,4}))?")
PARTS = (Signature, Environment, RootCause, Resolution, Evidence)


def _parse_step(value: object) -> object:
    if not isinstance(value, str):
        return value
    safety = value.upper().startswith(SAFETY)
    return {"action": value[len(SAFETY) :].strip() if safety else value, "safety": safety}


def _parse_counted(value: object) -> object:
    found = COUNTED.fullmatch(value.strip()) if isinstance(value, str) else None
    return {"part": found["id"], "quantity": int(found["n"] or 1)} if found else value


class FormModel(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


class StepForm(form_of(RepairStep, base=FormModel)):
    pass


class PartForm(form_of(PartUse, base=FormModel)):
    part: str


class CardForm(form_of(*PARTS, base=FormModel)):
    title: Annotated[str, Field(min_length=1, max_length=200, description="The failure in a line.")]
    steps: Annotated[
        list[Annotated[StepForm, BeforeValidator(_parse_step)]],
        split_by("|"),
        Field(
            description="What to do, in order, parted by `|`; a safety step starts with `SAFETY:`."
        ),
    ] = []
    id: Annotated[
        str | None,
        Field(description="`fc_…`; without one it is made from the title and the text."),
    ] = None
    make: Annotated[str | None, Field(description="Who made the vehicle.")] = None
    model: Annotated[str | None, Field(description="Its model.")] = None
    variant: Annotated[str | None, Field(description="Its variant.")] = None
    year: Annotated[int | None, Field(description="Its model year.")] = None
    year_to: Annotated[
        int | None, Field(description="The last model year; with it `year` is the first.")
    ] = None
    firmware: Annotated[str | None, Field(description="Its firmware version.")] = None
    component: Annotated[str | None, Field(description="Id of a component.")] = None
    symptoms: Annotated[
        Names, Field(description="Codes of the vocabulary, parted by `;`: `SYM_BATT_001`.")
    ] = []
    error_codes: Annotated[Names, Field(description="Parted by `;`: `P0A1F`, `Ather:E401`.")] = []
    parts: Annotated[
        list[Annotated[PartForm, BeforeValidator(_parse_counted)]],
        split_by(";"),
        Field(description="What the fix uses up, parted by `;`: `BW-BMS-48-16S x2`."),
    ] = []
    temperature: Annotated[str | None, Field(description="Ambient, as `35-45C`.")] = None
    solution_type: SolutionType = SolutionType.REPAIR
    author: Annotated[str, Field(description="Id of a person.")] = "import"


YEARS = ("year", "year_to")
DECLARED = {field.column: field for part in PARTS for field in declared_fields(part)}
CHOICES = frozenset(name for name, field in DECLARED.items() if field.is_choice)
FLAGS = frozenset(name for name, field in DECLARED.items() if field.plain_type is bool)
MINUTES = frozenset({"labour_minutes"})
NUMBERS = frozenset({"confidence"})
YES_OR_NO = {
    **dict.fromkeys(("yes", "y", "x", "ja", "oui", "si", "haan", "1"), "true"),
    **dict.fromkeys(("no", "n", "-", "nein", "non", "nahi", "0"), "false"),
}


def written_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Give the fields that say something, as the form wants them: an empty cell is no value."""
    told: dict[str, Any] = {}
    for name, value in fields.items():
        kept = _plain_value(name, value.strip()) if isinstance(value, str) else value
        if kept not in ("", None):
            told[name.strip()] = kept
    return told | _run_of_years(told)


def _plain_value(column: str, cell: str) -> str:
    """Give a cell as the form reads it, however a sheet wrote its number, choice or yes."""
    told = cells.plain_markup(cells.bare_text(cell))
    if column in NUMBERS:
        return cells.read_number(told)
    if column in MINUTES:
        return cells.read_minutes(told)
    if column in CHOICES:
        return "_".join(told.casefold().replace("-", " ").split())
    return YES_OR_NO.get(told.casefold(), told) if column in FLAGS else told


def _run_of_years(told: dict[str, Any]) -> dict[str, int]:
    """Read "2022.0" and "2021-2023" as years; what is no year stays for the form to refuse."""
    years = {c: cells.read_years(told[c]) for c in YEARS if isinstance(told.get(c), str)}
    found = {column: run[0] for column, run in years.items() if run is not None}
    first = years.get("year")
    if first is not None and first[0] < first[1] and "year_to" not in told:
        found["year_to"] = first[1]
    return found


def card_columns() -> ColumnForm:
    """Give the form of a file of cards: the card's own columns, and what others call them."""
    return column_form("cards", CardForm.model_fields)
