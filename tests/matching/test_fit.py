"""Whether a card fits this very report, and what may be said of it then."""

from dataclasses import replace

import pytest

from domain.matches import CardFacts, Level, UnderstoodReport, VehicleLevel
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN, VehicleContext
from matching import fit
from matching.matcher import Matcher
from matching.rankers import FusedRanker
from tests.matching.fakes import Faults, Memory, Shelf, Shelved
from tests.matching.samples import ATHER, E401, IN_PUNE, PUNE, REPORT, SYMPTOM, facts
from tests.matching.test_matcher import EVERY_SEARCH
from tests.waits import eventually

STARBUS = VehicleContext(make="Tata", model="Starbus", year=2021)
BUS = ("tata", "tata|starbus", "tata|starbus|2021")
DARK = facts("dark", title="Dashboard goes black in the sun", text="on the bus", fits=BUS)
DOOR = facts("door", title="Bus door stays shut", text="does not open", fits=BUS)


def said(text: str, vehicle: VehicleContext = UNKNOWN) -> UnderstoodReport:
    return UnderstoodReport(report=FailureReport(text=text), vehicle=vehicle)


DOOR_SHUT = said("Bus door does not open", STARBUS)


@pytest.mark.parametrize(
    ("report", "card", "fits"),
    [
        (DOOR_SHUT, DOOR, True),
        (DOOR_SHUT, DARK, False),
        (said("door"), DOOR, True),
        (said("the of and"), DOOR, False),
        (said("Bus door does not open", ATHER), DOOR, False),
        (replace(said("x", ATHER), codes=(E401,)), facts("c", codes=(E401,), fits=BUS), True),
        (replace(REPORT, codes=()), facts("s", symptoms=(SYMPTOM,), fits=BUS), False),
        (replace(REPORT, codes=()), facts("s", symptoms=(SYMPTOM,)), True),
        (said("hums"), facts("alike", cosine=0.31), True),
        (said("hums"), facts("alike", cosine=0.29), False),
    ],
)
def test_a_card_needs_a_sign_of_its_own(
    report: UnderstoodReport, card: CardFacts, fits: bool
) -> None:
    assert fit.fits_report(report, card) is fits


@pytest.mark.parametrize(
    ("vehicle", "level"),
    [
        (STARBUS, VehicleLevel.YEAR),
        (replace(STARBUS, year=2019), VehicleLevel.MODEL),
        (VehicleContext(make="Tata", model="Nexon EV"), VehicleLevel.MAKE),
        (ATHER, VehicleLevel.NONE),
        (UNKNOWN, VehicleLevel.NONE),
    ],
)
def test_the_level_is_that_of_this_report(vehicle: VehicleContext, level: VehicleLevel) -> None:
    assert fit.fit_level(said("door", vehicle), DOOR) is level


@pytest.mark.row("FB-1")
async def test_a_remembered_card_says_nothing_of_another_report() -> None:
    faults, memory = Faults(), Memory()
    card = replace(DOOR, codes=(E401,))
    matcher = Matcher(Shelf([Shelved(facts=card)], faults), FusedRanker(), memory)
    first = replace(said("Bus door does not open", STARBUS), codes=(E401,))
    before = await matcher.match(first, IN_PUNE)
    assert ("code", E401) in [(r.kind, r.subject) for r in before.matches[0].reasons]
    await eventually(lambda: memory.recall(PUNE, first))
    faults.down = EVERY_SEARCH
    answer = await matcher.match(said("The door of the bus stays shut"), IN_PUNE)
    [match] = answer.matches
    assert (answer.level, match.card.id) == (Level.RECENT, "fc_door")
    assert [(r.kind, r.told) for r in match.reasons] == [
        ("words", ("door", "bus", "stays", "shut")),
        ("outcomes", ()),
    ]
    assert (match.candidate.contributions, match.card.vehicle_level) == ((), VehicleLevel.NONE)


@pytest.mark.row("FB-1")
async def test_what_was_shown_for_others_is_not_brought() -> None:
    faults, memory = Faults(down=EVERY_SEARCH), Memory()
    matcher = Matcher(Shelf([Shelved(facts=DARK)]), FusedRanker(), memory)
    shown = replace(said("Dashboard goes black in the sun"), codes=(E401,))
    await matcher.match(shown, IN_PUNE)
    await eventually(lambda: memory.recall(PUNE, shown))
    silent = Matcher(Shelf([], faults), FusedRanker(), memory)
    answer = await silent.match(DOOR_SHUT, IN_PUNE)
    assert memory.kept[PUNE][0].card.id == "fc_dark"
    assert (answer.level, answer.matches) == (Level.MANUAL, ())
