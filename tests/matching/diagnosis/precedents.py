"""Past failures as they are brought before a reasoner; each test replaces what it is about."""

from collections.abc import Sequence
from dataclasses import replace

from domain.cards import FailureCard, RepairStep, Resolution, RootCause, SolutionType
from domain.codes import CodeKey
from domain.matches import VehicleLevel
from domain.reasons import Standing
from domain.usage import Usage
from matching.answers import Match
from matching.diagnosis.answers import Precedent
from matching.fusion import CardCandidate
from tests.domain.samples import CARD
from tests.matching.samples import WORKS, facts

ISOLATE = RepairStep(action="Open the service disconnect and wait ten minutes", safety=True)
MEASURE = RepairStep(action="Measure each cell group")
BALANCE = RepairStep(action="Balance the cells")
DRIFT, CHARGER = "Cells drifted apart", "Charger derates when hot"


def card(
    name: str,
    *causes: str,
    sure: float = 0.8,
    steps: Sequence[RepairStep] = (MEASURE, BALANCE),
    high_voltage: bool = False,
) -> FailureCard:
    primary, *secondary = causes
    return replace(
        CARD,
        id=facts(name).id,
        cause=RootCause(primary=primary, secondary=tuple(secondary), confidence=sure),
        resolution=Resolution(
            type=SolutionType.REPAIR, steps=tuple(steps), high_voltage=high_voltage
        ),
    )


def precedent(  # noqa: PLR0913 - each test is about another of them
    name: str,
    *causes: str,
    score: float = 10.0,
    similarity: float = 0.9,
    usage: Usage = WORKS,
    codes: tuple[CodeKey, ...] = (),
    cosine: float | None = None,
    known: FailureCard | None = None,
) -> Precedent:
    """Give `fc_<name>` with these causes; `known` is the card where it is not a plain one."""
    told = facts(
        name,
        causes=causes,
        usage=usage,
        codes=codes,
        vehicle_level=VehicleLevel.MODEL,
        cosine=cosine,
    )
    return Precedent(
        match=Match(
            rank=1,
            card=told,
            score=score,
            candidate=CardCandidate(card=told.id, score=score),
            reasons=(),
            standing=Standing.PROVEN,
        ),
        similarity=similarity,
        card=known or card(name, *causes),
    )
