"""The form of a knowledge file: every field, its bounds, and nothing else."""

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.cards import (
    Environment,
    FailureMode,
    Humidity,
    Occurrence,
    PartUse,
    Reading,
    RepairStep,
    Resolution,
    RootCause,
    Severity,
    Signature,
    SolutionType,
    UsagePattern,
)
from domain.vehicles import VehicleCategory
from ingest.card_columns import form_of

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_\-]{1,60}$")]
Short = Annotated[str, Field(min_length=2, max_length=200)]
Long = Annotated[str, Field(min_length=20, max_length=4_000)]
Year = Annotated[int, Field(ge=2010, le=2100)]
# YAML writes these as plain words; strict mode would ask for the enum itself.
Mode = Annotated[FailureMode, Field(strict=False)]
Level = Annotated[Severity, Field(strict=False)]
Often = Annotated[Occurrence, Field(strict=False)]
Damp = Annotated[Humidity, Field(strict=False)]
Use = Annotated[UsagePattern, Field(strict=False)]
Fix = Annotated[SolutionType, Field(strict=False)]
Category = Annotated[VehicleCategory, Field(strict=False)]
# What a section that says only one part calls otherwise than a table of whole cards does; a name
# that is None stands elsewhere.
CAUSE_NAMES = {"primary": "primary", "secondary": "secondary", "confidence": None}
SOLUTION_NAMES = {"type": "type", "labour_minutes": None}


class KnowledgeEntry(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid", frozen=True)


class YearRange(KnowledgeEntry):
    """An entry with a range of model years, both ends included."""

    years: Annotated[list[Year], Field(min_length=2, max_length=2)]

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.years[0] > self.years[1]:
            raise ValueError(f"years {self.years[0]} to {self.years[1]} are reversed")
        return self

    @property
    def every_year(self) -> range:
        return range(self.years[0], self.years[1] + 1)


class VehicleEntry(YearRange):
    id: Id
    make: Short
    model: Annotated[str, Field(min_length=1, max_length=80)]
    category: Category


class SupplierEntry(KnowledgeEntry):
    id: Id
    name: Short
    country: str | None = None


class ComponentEntry(KnowledgeEntry):
    id: Id
    name: Short
    part_of: Id | None
    suppliers: list[Id] = []


class SymptomEntry(KnowledgeEntry):
    code: Annotated[str, Field(pattern=r"^SYM_[A-Z]{2,8}_[0-9]{3}$")]
    text: Short
    component: Id
    phrases: Annotated[list[Short], Field(min_length=1, max_length=12)]


class ErrorCodeEntry(KnowledgeEntry):
    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,12}$")]
    scope: Short
    description: Short
    component: Id
    illustrative: bool = False

    @model_validator(mode="after")
    def honest(self) -> Self:
        if self.scope != "sae" and not self.illustrative:
            raise ValueError("a maker's code must say illustrative: true")
        return self


class PartEntry(KnowledgeEntry):
    id: Annotated[str, Field(pattern=r"^BW-[A-Z0-9\-]{2,40}$")]
    name: Short
    hsn: Annotated[str, Field(pattern=r"^([0-9]{6}|[0-9]{8})$")]
    component: Id
    fits: list[Id] = []
    supersedes: str | None = None


class SeenOn(YearRange):
    model: Id
    firmware: str | None = None


# The plain fields of a card's parts come from the domain; here stands what this form calls
# otherwise, and where it asks for more than a card needs.
class EnvironmentEntry(form_of(Environment, base=KnowledgeEntry)):
    temperature_c: Annotated[list[float], Field(min_length=2, max_length=2)] | None
    humidity: Damp | None
    usage: Use | None


class ReadingEntry(form_of(Reading, base=KnowledgeEntry)):
    name: Short
    unit: Annotated[str, Field(min_length=1, max_length=20)] | None


class CauseEntry(form_of(RootCause, base=KnowledgeEntry, names=CAUSE_NAMES)):
    primary: Short
    secondary: Annotated[list[Short], Field(max_length=6)] = []


class StepEntry(form_of(RepairStep, base=KnowledgeEntry)):
    action: Annotated[str, Field(min_length=5, max_length=1_000)]
    minutes: Annotated[int, Field(ge=0, le=1_440)]
    safety: bool = False


class PartUseEntry(form_of(PartUse, base=KnowledgeEntry)):
    part: str
    quantity: Annotated[int, Field(ge=1, le=100)] = 1


class SolutionEntry(form_of(Resolution, base=KnowledgeEntry, names=SOLUTION_NAMES)):
    type: Fix
    high_voltage: bool
    steps: Annotated[list[StepEntry], Field(min_length=2, max_length=12)]
    parts: list[PartUseEntry] = []
    labour_hours: Annotated[float, Field(ge=0, le=100)]


class CardEntry(form_of(Signature, base=KnowledgeEntry)):
    id: Annotated[str, Field(pattern=r"^fc_[a-z0-9_]{6,60}$")]
    title: Short
    vehicles: Annotated[list[SeenOn], Field(min_length=1, max_length=8)]
    symptoms: Annotated[list[str], Field(min_length=1, max_length=12)]
    symptom_text: Long
    error_codes: list[str] = []
    component: Id
    failure_mode: Mode
    severity: Level
    occurrence: Often
    environment: EnvironmentEntry | None
    readings: Annotated[list[ReadingEntry], Field(max_length=8)] = []
    cause: CauseEntry
    confidence: Annotated[float, Field(ge=0, le=1)]
    solution: SolutionEntry


# The sections of a file, in the order they are loaded.
SECTIONS: dict[str, type[KnowledgeEntry]] = {
    "suppliers": SupplierEntry,
    "vehicles": VehicleEntry,
    "components": ComponentEntry,
    "symptoms": SymptomEntry,
    "error_codes": ErrorCodeEntry,
    "parts": PartEntry,
    "cards": CardEntry,
}


class KnowledgeDocument(KnowledgeEntry):
    """A whole file; `ingest/knowledge/schema.json` is this form as a JSON Schema, for editors."""

    suppliers: list[SupplierEntry] = []
    vehicles: list[VehicleEntry] = []
    components: list[ComponentEntry] = []
    symptoms: list[SymptomEntry] = []
    error_codes: list[ErrorCodeEntry] = []
    parts: list[PartEntry] = []
    cards: list[CardEntry] = []
