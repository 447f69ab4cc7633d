"""The failure card: what fails, how it shows, why, and the fix that worked (CA-1 to CA-33)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from domain import limits
from domain.access import Viewer
from domain.card_fields import LONGEST_TEXT, CardField, check_fields
from domain.codes import CodeKey
from domain.errors import InvalidInput
from domain.ids import CardId, GarageId, PersonId, TicketId, founded_card
from domain.usage import Usage
from domain.vehicles import VehicleCategory, VehicleContext
from domain.vocabulary import symptom_code

FIRST_ELECTRIC_YEAR = 2010
TEXT_LIMIT = LONGEST_TEXT
SENTENCE_LIMIT = 2_000
LARGEST_READING = 1e12
# The reputation of a card of which nothing was heard yet.
NEUTRAL = 0.5


class CardStatus(StrEnum):
    DRAFT = "draft"
    PROVISIONAL = "provisional"
    VERIFIED = "verified"
    DEPRECATED = "deprecated"
    REJECTED = "rejected"
    MERGED = "merged"


# What people have vouched for, or once had.
PUBLISHED = frozenset({CardStatus.PROVISIONAL, CardStatus.VERIFIED, CardStatus.DEPRECATED})


class CardSource(StrEnum):
    """Who vouches for a card: a repair in the field, or a reference that was published."""

    FIELD = "field"
    REFERENCE = "reference"
    RECALL = "recall"
    IMPORT = "import"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def level(self) -> int:
        """1 (low) to 4 (critical): the number that rankers use (CA-10)."""
        return list(Severity).index(self) + 1


class Occurrence(StrEnum):
    INTERMITTENT = "intermittent"
    CONSTANT = "constant"
    ONE_TIME = "one_time"


class FailureMode(StrEnum):
    DEGRADATION = "degradation"
    OPEN_CIRCUIT = "open_circuit"
    SHORT_CIRCUIT = "short_circuit"
    INTERMITTENT_CONTACT = "intermittent_contact"
    OVERHEATING = "overheating"
    LEAKAGE = "leakage"
    WATER_INGRESS = "water_ingress"
    WEAR = "wear"
    FRACTURE = "fracture"
    CORROSION = "corrosion"
    SOFTWARE_FAULT = "software_fault"
    CALIBRATION_DRIFT = "calibration_drift"
    COMMUNICATION_LOSS = "communication_loss"
    INSULATION_BREAKDOWN = "insulation_breakdown"
    CONTAMINATION = "contamination"
    LOOSENING = "loosening"
    BLOCKAGE = "blockage"
    UNKNOWN = "unknown"


class SolutionType(StrEnum):
    COMPONENT_REPLACEMENT = "component_replacement"
    REPAIR = "repair"
    RECALIBRATION = "recalibration"
    FIRMWARE_UPDATE = "firmware_update"
    CLEANING = "cleaning"
    ADJUSTMENT = "adjustment"
    NO_FAULT_FOUND = "no_fault_found"


class Humidity(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class UsagePattern(StrEnum):
    DAILY_COMMUTE = "daily_commute"
    DELIVERY_FLEET = "delivery_fleet"
    PASSENGER_FLEET = "passenger_fleet"
    GOODS_HAULAGE = "goods_haulage"
    LONG_DISTANCE = "long_distance"
    OCCASIONAL = "occasional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where it happens: ambient temperatures in °C, humidity, and the vehicle's use (CA-12)."""

    low_c: float | None = None
    high_c: float | None = None
    humidity: Annotated[Humidity | None, CardField(meaning="How damp it is.")] = None
    usage: Annotated[UsagePattern | None, CardField(meaning="What the vehicle is used for.")] = None

    def __post_init__(self) -> None:
        for name, value in (("temperatureLowC", self.low_c), ("temperatureHighC", self.high_c)):
            if value is not None:
                limits.check_range(name, value, -60, 150)
        if self.low_c is not None and self.high_c is not None and self.low_c > self.high_c:
            raise InvalidInput(
                "temperature", f"{self.low_c} to {self.high_c} °C is reversed; put the lower first"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How the failure shows itself: the part of a card that new reports are compared with."""

    text: Annotated[
        str,
        CardField(
            meaning="What is noticed, in the words of the workshop.",
            column="symptom_text",
            called="symptomText",
            least=1,
            most=TEXT_LIMIT,
        ),
    ]
    symptoms: tuple[str, ...] = ()
    error_codes: tuple[CodeKey, ...] = ()
    component: str | None = None
    failure_mode: Annotated[FailureMode, CardField(meaning="What happens to the component.")] = (
        FailureMode.UNKNOWN
    )
    severity: Annotated[Severity, CardField(meaning="How bad it is.")] = Severity.MEDIUM
    occurrence: Annotated[Occurrence | None, CardField(meaning="How often it shows.")] = None
    environment: Environment | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        limits.check_count("symptoms", len(self.symptoms), 50)
        limits.check_count("errorCodes", len(self.error_codes), 50)
        for code in self.symptoms:
            symptom_code(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in the object store, named by its key and the SHA-256 of its bytes (CA-13)."""

    key: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A measured value with its unit, as the tool gave it (CA-15)."""

    name: Annotated[
        str, CardField(meaning="What was measured.", called="reading", least=1, most=100)
    ]
    value: Annotated[float, CardField(meaning="The value.")]
    unit: Annotated[
        str | None, CardField(meaning="Its unit, as the tool gave it.", asked="Its unit.", most=20)
    ] = None

    def __post_init__(self) -> None:
        check_fields(self)
        limits.check_range(self.name, self.value, -LARGEST_READING, LARGEST_READING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    photos: tuple[Attachment, ...] = ()
    videos: tuple[Attachment, ...] = ()
    sensor_logs: tuple[Attachment, ...] = ()
    tool: Annotated[str | None, CardField(meaning="The diagnostic tool.", most=200)] = None
    readings: tuple[Reading, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
        limits.check_count("readings", len(self.readings), 100)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """All that is seen or logged, in one list."""
        return (*self.photos, *self.videos, *self.sensor_logs)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause:
    """Why it fails; `confidence` is in 0..1 (CA-17), `cites` the cards the reasoning rests on."""

    primary: Annotated[
        str,
        CardField(
            meaning="The cause.",
            column="cause",
            called="primaryCause",
            least=1,
            most=SENTENCE_LIMIT,
        ),
    ]
    secondary: Annotated[
        tuple[str, ...],
        CardField(
            meaning="What adds to it.",
            column="secondary_causes",
            called="secondaryCauses",
            most=SENTENCE_LIMIT,
            entries=20,
        ),
    ] = ()
    confidence: Annotated[
        float,
        CardField(
            meaning="How sure the author is, 0 to 1.", asked="How sure you are, 0 to 1.", most=1
        ),
    ] = 0.5
    reasoning: Annotated[
        str | None,
        CardField(
            meaning="How the author came to it.", asked="How you came to it.", most=TEXT_LIMIT
        ),
    ] = None
    differential: Annotated[
        tuple[str, ...],
        CardField(
            meaning="What looks like it but is another failure, and what tells them apart.",
            most=SENTENCE_LIMIT,
            entries=20,
        ),
    ] = ()
    cites: tuple[CardId, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairStep:
    """One thing to do; `safety` marks isolation, waiting, proving dead and protective equipment."""

    action: Annotated[
        str, CardField(meaning="What to do.", called="step", least=1, most=SENTENCE_LIMIT)
    ]
    minutes: Annotated[int, CardField(meaning="How long it takes.", most=10_000)] = 0
    tools: Annotated[tuple[str, ...], CardField(meaning="What it needs.", most=200)] = ()
    safety: Annotated[
        bool,
        CardField(
            meaning="Whether it protects the technician (isolation, PPE).",
            asked="Whether it protects the technician.",
        ),
    ] = False

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartUse:
    part: str
    quantity: Annotated[int, CardField(meaning="How many.", least=1, most=1_000)] = 1

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What to do about it; steps are numbered 1, 2, 3 … by their place (CA-21)."""

    type: Annotated[
        SolutionType, CardField(meaning="What kind of work it is.", column="solution_type")
    ]
    steps: tuple[RepairStep, ...] = ()
    parts: tuple[PartUse, ...] = ()
    labour_minutes: Annotated[int, CardField(meaning="Hands-on time.", most=100_000)] = 0
    high_voltage: Annotated[bool, CardField(meaning="Whether it is work on high voltage.")] = False

    def __post_init__(self) -> None:
        limits.check_count("steps", len(self.steps), 100)
        limits.check_count("parts", len(self.parts), 100)
        check_fields(self)
        if self.high_voltage and not (self.steps and self.steps[0].safety):
            raise InvalidInput("steps", "high-voltage work starts with an isolation and PPE step")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a card comes from (CA-30); `campaign` is the recall it was read from, if any.

    `editor` is whoever last changed its content, if anybody has.
    """

    author: PersonId
    editor: PersonId | None = None
    created_at: datetime
    updated_at: datetime
    garage: GarageId | None = None
    ticket: TicketId | None = None
    campaign: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The very words of a published source, kept whole: search finds more by them than by ours."""

    component: str = ""
    failure: str = ""
    remedy: str = ""

    def __post_init__(self) -> None:
        for name in ("component", "failure", "remedy"):
            limits.clean_text(name, getattr(self, name), TEXT_LIMIT, least=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Which operations a version was merged from, when, and the fields they differed in (CF-4)."""

    sources: tuple[str, ...]
    at: datetime
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """Who may see a card: everyone, or only these garages and regions (CA-33)."""

    garages: tuple[GarageId, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def everyone(self) -> bool:
        return not self.garages and not self.regions

    def includes(self, garage: GarageId | None, region: str | None) -> bool:
        return self.everyone or garage in self.garages or region in self.regions


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCard:
    """One failure and its fix.

    `vehicles` are the vehicles it was seen on (the first is the one it was found on). Derived
    values (`keywords`, the symptom hash) live in `domain.signature`.

    Attributes:
        usage, reputation: counted from events, never part of a version (`domain.reputation`).
        recheck: why it is to be looked at again (a firmware release, a superseded part), if it is.
    """

    id: CardId
    version: int
    status: CardStatus
    source: CardSource
    title: str
    vehicles: tuple[VehicleContext, ...]
    signature: Signature
    cause: RootCause
    resolution: Resolution
    provenance: Provenance
    evidence: Evidence = Evidence()
    verification: Verification | None = None
    published: Published | None = None
    visibility: Visibility = Visibility()
    merged_into: CardId | None = None
    merge: Merge | None = None
    usage: Usage = field(default_factory=Usage)
    reputation: float = NEUTRAL
    recheck: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", limits.clean_text("title", self.title, 200))
        limits.check_range("version", self.version, 1, 1_000_000)
        limits.check_count("vehicles", len(self.vehicles), 2_000)

    @property
    def wording(self) -> str:
        """What a report's meaning is compared with: the failure, not its repair."""
        if self.published is not None:
            return f"{self.published.component} {self.published.failure}"
        return f"{self.title}. {self.signature.text}"

    @property
    def full_text(self) -> str:
        """What a report's words are looked up in: the failure, its causes and its repair.

        Without the differential: its words are those of other failures.
        """
        if self.published is not None:
            return f"{self.wording} {self.published.remedy}"
        causes = (self.cause.primary, *self.cause.secondary, self.cause.reasoning or "")
        steps = (step.action for step in self.resolution.steps)
        return "\n".join((self.wording, *filter(None, causes), *steps))

    @property
    def repeats_ticket(self) -> bool:
        """Whether it says a ticket's words and nobody has vouched for it or opened it to others.

        Such a card is as private as its ticket: it is the report itself in the form of a card.
        """
        origin = self.provenance
        return (
            origin.ticket is not None
            and self.id == founded_card(origin.ticket)
            and self.status not in PUBLISHED
            and self.visibility.garages == (origin.garage,)
            and not self.visibility.regions
        )

    def open_to(self, viewer: Viewer, *, on_bench: bool = False) -> bool:
        """Say whether these eyes may see this very version, by its own visibility (CA-33).

        `on_bench`: the ticket that it was founded on is the viewer's to work on.
        """
        if viewer.sees_all:
            return True
        if not self.visibility.includes(viewer.garage, viewer.region):
            return False
        return viewer.bench is None or on_bench or not self.repeats_ticket

    @property
    def category(self) -> VehicleCategory:
        named = [v.category for v in self.vehicles if v.category is not None]
        return named[0] if named else VehicleCategory.OTHER

    @property
    def make(self) -> str | None:
        """The make it belongs to; None when it spans several makes or names none."""
        makes = {v.make for v in self.vehicles}
        return makes.pop() if len(makes) == 1 else None


def check_model_years(card: FailureCard, today: date) -> None:
    """Raise InvalidInput unless every model year is in 2010..next year (CA-4)."""
    for vehicle in card.vehicles:
        if vehicle.year is not None:
            limits.check_range("year", vehicle.year, FIRST_ELECTRIC_YEAR, today.year + 1)
