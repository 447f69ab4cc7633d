"""A card and a ticket to begin a test with; each test replaces what it is about."""

from datetime import UTC, datetime

from domain.cards import (
    CardSource,
    CardStatus,
    FailureCard,
    Provenance,
    RepairStep,
    Resolution,
    RootCause,
    Signature,
    SolutionType,
)
from domain.ids import CardId, GarageId, PersonId, TicketId
from domain.tickets import Ticket, TicketStatus
from domain.vehicles import VehicleCategory, VehicleContext

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ANU, BALA, CHITRA = PersonId("anu"), PersonId("bala"), PersonId("chitra")
PUNE, DELHI = GarageId("garage_pune"), GarageId("garage_delhi")

CARD = FailureCard(
    id=CardId("fc_bms_drift"),
    version=3,
    status=CardStatus.DRAFT,
    source=CardSource.FIELD,
    title="Charging stops near 80 percent",
    vehicles=(
        VehicleContext(make="Ather", model="450X", year=2022, category=VehicleCategory.TWO_WHEELER),
    ),
    signature=Signature(text="Charging stops at 80 percent", symptoms=("SYM_BATT_001",)),
    cause=RootCause(primary="cells drifted apart"),
    resolution=Resolution(
        type=SolutionType.RECALIBRATION, steps=(RepairStep(action="Balance the cells", minutes=40),)
    ),
    provenance=Provenance(author=ANU, created_at=NOW, updated_at=NOW, garage=PUNE),
)

TICKET = Ticket(
    id=TicketId("tkt_0001"),
    version=7,
    status=TicketStatus.OPEN,
    text="Scooter does not charge",
    garage=PUNE,
    reporter=ANU,
    opened_at=NOW,
)
