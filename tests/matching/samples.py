"""Facts of a card and a report to begin a test with; each test replaces what it is about."""

from dataclasses import replace
from typing import Any

from domain.access import Viewer
from domain.cards import CardSource, CardStatus, Severity
from domain.codes import CodeKey
from domain.ids import CardId, GarageId
from domain.matches import CardFacts, Embedding, UnderstoodReport, VehicleLevel
from domain.reports import FailureReport
from domain.tickets import SeenSymptom
from domain.usage import Usage
from domain.vehicles import VehicleContext

PUNE = GarageId("garage_pune")
IN_PUNE = Viewer(garage=PUNE, region="west")
ATHER = VehicleContext(make="Ather", model="450X", year=2022)
P0A80, E401 = CodeKey("sae:P0A80"), CodeKey("ather:E401")
SYMPTOM = "SYM_BATT_001"
WORKS = Usage(matched=10, used=10, successes=10)

FACTS = CardFacts(
    id=CardId("fc_a"),
    version=1,
    title="Charging stops near 80 percent",
    text="cells drifted apart",
    status=CardStatus.VERIFIED,
    source=CardSource.FIELD,
    severity=Severity.MEDIUM,
    usage=WORKS,
    codes=(),
    symptoms=(),
    component=None,
    component_name=None,
    subsystem=None,
    causes=(),
    vehicle_level=VehicleLevel.NONE,
    campaign=None,
    models=1,
)
REPORT = UnderstoodReport(
    report=FailureReport(text="charging stops early"),
    codes=(E401,),
    symptoms=(SeenSymptom(code=SYMPTOM, confidence=0.9),),
    vehicle=ATHER,
    embedding=Embedding(model="tiny", vector=(1.0, 0.0)),
)


def facts(name: str, **changes: Any) -> CardFacts:  # noqa: ANN401 - one of many fields
    """Give a card that works, called `fc_<name>`."""
    return replace(FACTS, id=CardId(f"fc_{name}"), **changes)
