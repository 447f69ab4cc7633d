"""Cards and tickets that several tests of the graph speak of."""

from dataclasses import replace
from datetime import UTC, datetime

from domain.access import Viewer
from domain.cards import (
    Attachment,
    CardSource,
    CardStatus,
    Environment,
    Evidence,
    FailureCard,
    FailureMode,
    Humidity,
    Occurrence,
    PartUse,
    Provenance,
    Reading,
    RepairStep,
    Resolution,
    RootCause,
    Severity,
    Signature,
    SolutionType,
    UsagePattern,
    Verification,
    Visibility,
)
from domain.codes import CodeKey
from domain.events import Event, EventType
from domain.ids import CardId, EventId, GarageId, PersonId, TicketId
from domain.vehicles import VehicleCategory, VehicleContext

NOW = datetime(2026, 11, 23, 7, 30, 0, 123456, tzinfo=UTC)
ADMIN = Viewer(sees_all=True)
NOBODY = Viewer()
DELHI = Viewer(garage=GarageId("garage_delhi"), region="north")
PUNE = Viewer(garage=GarageId("garage_pune"), region="west")

ATHER = VehicleContext(
    make="Ather",
    model="450X",
    variant="Gen 3",
    year=2023,
    mileage_km=18_400,
    battery_cycles=412,
    firmware="4.2.1",
    category=VehicleCategory.TWO_WHEELER,
)
FULL = FailureCard(
    id=CardId("fc_ather_imbalance"),
    version=1,
    status=CardStatus.VERIFIED,
    source=CardSource.FIELD,
    title="Charging stops near 80 percent after cells drift apart",
    vehicles=(ATHER,),
    signature=Signature(
        text="Scooter stops charging at 80 %, dashboard shows E401. Gaadi poora charge nahi hoti.",
        symptoms=("SYM_BATT_001", "SYM_CHRG_002"),
        error_codes=(CodeKey("ather:E401"), CodeKey("sae:P0A7F")),
        component="bms_module",
        failure_mode=FailureMode.DEGRADATION,
        severity=Severity.HIGH,
        occurrence=Occurrence.INTERMITTENT,
        environment=Environment(
            low_c=35, high_c=45, humidity=Humidity.HIGH, usage=UsagePattern.DAILY_COMMUTE
        ),
    ),
    cause=RootCause(
        primary="Cell voltage imbalance",
        secondary=("Balancing resistor drift",),
        confidence=0.87,
        reasoning="The spread grows while charging and shrinks at rest.",
    ),
    resolution=Resolution(
        type=SolutionType.COMPONENT_REPLACEMENT,
        steps=(
            RepairStep(
                action="Key off, pull the service plug, wear class 0 gloves",
                minutes=10,
                tools=("insulated_gloves",),
                safety=True,
            ),
            RepairStep(
                action="Measure every group with a multimeter", minutes=20, tools=("multimeter",)
            ),
            RepairStep(action="Replace the monitoring board and torque the busbars", minutes=45),
        ),
        parts=(PartUse(part="BW-BMS-48-16S", quantity=1),),
        labour_minutes=90,
        high_voltage=True,
    ),
    provenance=Provenance(
        author=PersonId("tech_asha"),
        created_at=NOW,
        updated_at=NOW,
        garage=GarageId("garage_delhi"),
        ticket=TicketId("tkt_first"),
        campaign="26V001",
    ),
    evidence=Evidence(
        photos=(Attachment(key="cards/1/pack.jpg", sha256="ab" * 32),),
        sensor_logs=(Attachment(key="cards/1/bms.csv", sha256="cd" * 32),),
        tool="bms_reader_3",
        readings=(
            Reading(name="cell_voltage_variance", value=0.15, unit="V"),
            Reading(name="soc_accuracy", value=92, unit="%"),
        ),
    ),
    verification=Verification(by=PersonId("tech_ravi"), at=NOW),
)


def card(name: str, text: str = "Scooter will not move", **changes: object) -> FailureCard:
    """Give a small verified card for everyone; `changes` replace its fields."""
    plain = FailureCard(
        id=CardId(f"fc_{name}"),
        version=1,
        status=CardStatus.VERIFIED,
        source=CardSource.REFERENCE,
        title=f"Card {name}",
        vehicles=(),
        signature=Signature(text=text),
        cause=RootCause(primary=f"Cause of {name}"),
        resolution=Resolution(type=SolutionType.REPAIR, steps=(RepairStep(action="Look"),)),
        provenance=Provenance(author=PersonId("tech_asha"), created_at=NOW, updated_at=NOW),
    )
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType]


def event(name: str, about: str, version: int = 1) -> Event:
    return Event(
        id=EventId(f"event-{name}"),
        type=EventType.CARD_CREATED if version == 1 else EventType.CARD_UPDATED,
        entity=about,
        version=version,
        at=NOW,
        actor="tech_asha",
    )


def only(*garages: str, regions: tuple[str, ...] = ()) -> Visibility:
    return Visibility(garages=tuple(GarageId(g) for g in garages), regions=regions)
