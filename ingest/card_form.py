"""The form of a card in a CSV or JSONL file, field by field.

| column | what stands in it |
|---|---|
| title, symptom_text, cause | text; all three are needed |
| steps | what to do, in order, parted by "|"; a safety step starts with "SAFETY:" |
| id | `fc_…`; without one it is made from the title and the text |
| make, model, variant, year, year_to, firmware | the vehicle; `year_to` makes a range |
| component | id of a component |
| symptoms, error_codes, parts, secondary_causes | parted by ";": `SYM_BATT_001`, `Ather:E401`, \
`BW-BMS-48-16S x2` |
| failure_mode, severity, occurrence, solution_type | one of the words the project knows |
| temperature | as "35-45C" |
| humidity, usage | one of the words the project knows |
| labour_minutes, confidence, high_voltage | a number, 0 to 1, true or false |
| author | id of a person |

In JSONL the lists may be lists, and a step may be an object of action, minutes, tools and safety.
"""

import re
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from domain.cards import FailureMode, Humidity, Occurrence, Severity, SolutionType, UsagePattern

SAFETY = "SAFETY:"
COUNTED = re.compile(r"(?P<id>\S+)(?:\s+[x×]\s*(?P<n>\d{1,4}))?")


def _split_by(separator: str) -> BeforeValidator:
    def split(value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(separator) if part.strip()]

    return BeforeValidator(split)


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


class StepForm(FormModel):
    action: str
    minutes: int = 0
    tools: list[str] = []
    safety: bool = False


class PartForm(FormModel):
    part: str
    quantity: int = 1


Names = Annotated[list[str], _split_by(";")]


class CardForm(FormModel):
    title: Annotated[str, Field(min_length=1, max_length=200)]
    symptom_text: Annotated[str, Field(min_length=1, max_length=10_000)]
    cause: Annotated[str, Field(min_length=1, max_length=2_000)]
    steps: Annotated[list[Annotated[StepForm, BeforeValidator(_parse_step)]], _split_by("|")] = []
    id: str | None = None
    make: str | None = None
    model: str | None = None
    variant: str | None = None
    year: int | None = None
    year_to: int | None = None
    firmware: str | None = None
    component: str | None = None
    symptoms: Names = []
    error_codes: Names = []
    parts: Annotated[
        list[Annotated[PartForm, BeforeValidator(_parse_counted)]], _split_by(";")
    ] = []
    secondary_causes: Names = []
    failure_mode: FailureMode = FailureMode.UNKNOWN
    severity: Severity = Severity.MEDIUM
    occurrence: Occurrence | None = None
    temperature: str | None = None
    humidity: Humidity | None = None
    usage: UsagePattern | None = None
    solution_type: SolutionType = SolutionType.REPAIR
    labour_minutes: int = 0
    confidence: float = 0.5
    high_voltage: bool = False
    author: str = "import"


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
