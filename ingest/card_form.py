"""The form of a card in a CSV or JSONL file, field by field.

The plain fields of a card come from `domain.cards`; here stands what a file says otherwise: the
vehicle, the temperature, and what is parted by signs. `docs/ingest.md` shows all columns.

In JSONL the lists may be lists, and a step may be an object of action, minutes, tools and safety.
"""

import re
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

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
from ingest.card_columns import Names, form_of, split_by

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


COLUMNS = frozenset(CardForm.model_fields)
NEEDED = frozenset(name for name, field in CardForm.model_fields.items() if field.is_required())


def written_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Give the fields that say something: an empty cell is no value."""
    told: dict[str, Any] = {}
    for name, value in fields.items():
        kept = value.strip() if isinstance(value, str) else value
        if kept not in ("", None):
            told[name.strip()] = kept
    return told
