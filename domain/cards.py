"""The failure card: what fails, how it shows, why, and the fix that worked (CA-1 to CA-33)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from domain import limits
from domain.access import Viewer
from domain.codes import CodeKey
from domain.errors import InvalidInput
from domain.ids import CardId, GarageId, PersonId, TicketId, founded_card
from domain.usage import Usage
from domain.vehicles import VehicleCategory, VehicleContext
from domain.vocabulary import symptom_code

FIRST_ELECTRIC_YEAR = 2010
TEXT_LIMIT = 10_000
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
    humidity: Humidity | None = None
    usage: UsagePattern | None = None

    def __post_init__(self) -> None:
        for name, value in (("temperatureLowC", self.low_c), ("temperatureHighC", self.high_c)):
            if value is not None:
                limits.check_range(name, value, -60, 150)
        if self.low_c is not None and self.high_c is not None and self.low_c > self.high_c:
            raise InvalidInput("temperature", f"{self.low_c} to {self.high_c} °C is reversed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How the failure shows itself: the part of a card that new reports are compared with."""

    text: str
    symptoms: tuple[str, ...] = ()
    error_codes: tuple[CodeKey, ...] = ()
    component: str | None = None
    failure_mode: FailureMode = FailureMode.UNKNOWN
    severity: Severity = Severity.MEDIUM
    occurrence: Occurrence | None = None
    environment: Environment | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", limits.clean_text("symptomText", self.text, TEXT_LIMIT))
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

    name: str
    value: float
    unit: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", limits.clean_text("reading", self.name, 100))
        limits.check_range(self.name, self.value, -LARGEST_READING, LARGEST_READING)
        if self.unit is not None:
            object.__setattr__(self, "unit", limits.clean_text("unit", self.unit, 20, least=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    photos: tuple[Attachment, ...] = ()
    videos: tuple[Attachment, ...] = ()
    sensor_logs: tuple[Attachment, ...] = ()
    tool: str | None = None
    readings: tuple[Reading, ...] = ()

    def __post_init__(self) -> None:
        limits.check_count("readings", len(self.readings), 100)
        if self.tool is not None:
            object.__setattr__(self, "tool", limits.clean_text("tool", self.tool, 200, least=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause:
    """Why it fails; `confidence` is in 0..1 (CA-17), `cites` the cards the reasoning rests on."""

    primary: str
    secondary: tuple[str, ...] = ()
    confidence: float = 0.5
    reasoning: str | None = None
    cites: tuple[CardId, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "primary", limits.clean_text("primaryCause", self.primary, 2_000))
        limits.check_range("confidence", self.confidence, 0, 1)
        limits.check_count("secondaryCauses", len(self.secondary), 20)
        secondary = tuple(limits.clean_text("secondaryCauses", c, 2_000) for c in self.secondary)
        object.__setattr__(self, "secondary", secondary)
        if self.reasoning is not None:
            reasoning = limits.clean_text("reasoning", self.reasoning, TEXT_LIMIT, least=0)
            object.__setattr__(self, "reasoning", reasoning)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairStep:
    """One thing to do; `safety` marks isolation, waiting, proving dead and protective equipment."""

    action: str
    minutes: int = 0
    tools: tuple[str, ...] = ()
    safety: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "action", limits.clean_text("step", self.action, 2_000))
        limits.check_range("minutes", self.minutes, 0, 10_000)
        limits.check_count("tools", len(self.tools), 50)
        object.__setattr__(
            self, "tools", tuple(limits.clean_text("tool", t, 200) for t in self.tools)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartUse:
    part: str
    quantity: int = 1

    def __post_init__(self) -> None:
        limits.check_range("quantity", self.quantity, 1, 1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What to do about it; steps are numbered 1, 2, 3 … by their place (CA-21)."""

    type: SolutionType
    steps: tuple[RepairStep, ...] = ()
    parts: tuple[PartUse, ...] = ()
    labour_minutes: int = 0
    high_voltage: bool = False

    def __post_init__(self) -> None:
        limits.check_count("steps", len(self.steps), 100)
        limits.check_count("parts", len(self.parts), 100)
        limits.check_range("labourMinutes", self.labour_minutes, 0, 100_000)
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
        """What a report's words are looked up in: the failure, its causes and its repair."""
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
