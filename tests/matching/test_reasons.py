"""Why a card is suggested: each piece of evidence as data."""

from dataclasses import replace

import pytest

from domain.codes import CodeStatus, ToldCode, TroubleCode
from domain.effectiveness import wilson_interval
from domain.matches import CardHit, Source, VehicleLevel
from domain.reasons import OutcomeCounts, Reason, ReasonKind
from domain.usage import Usage
from matching.fusion import CardCandidate, fuse_lists
from matching.reasons import find_reasons, named_path, path_reason
from tests.matching.samples import E401, P0A80, REPORT, SYMPTOM, facts

NAMED = replace(REPORT, names={SYMPTOM: "Battery stops charging before it is full"})
CARD = facts(
    "a",
    codes=(E401, P0A80),
    symptoms=(SYMPTOM,),
    component="bms_module",
    component_name="BMS module",
    vehicle_level=VehicleLevel.YEAR,
    usage=Usage(matched=234, used=189, successes=178, failures=11),
)


def _found(**via: tuple[str, ...]) -> CardCandidate:
    lists = {
        Source(name): [CardHit(card=CARD.id, score=0.8251, via=ids)] for name, ids in via.items()
    }
    return fuse_lists(lists)[0] if lists else CardCandidate(card=CARD.id, score=0.0)


@pytest.mark.row("PI-7", "CA-30")
def test_every_piece_of_evidence_is_named() -> None:
    found = _found(meaning=(), words=(), neighbour=("bms_module", "konkan-bms"))
    interval = wilson_interval(178, 189)
    assert find_reasons(NAMED, found, CARD) == (
        Reason(kind=ReasonKind.CODE, subject="ather:E401"),
        Reason(
            kind=ReasonKind.SYMPTOM,
            subject=SYMPTOM,
            told=("Battery stops charging before it is full",),
        ),
        Reason(kind=ReasonKind.VEHICLE, subject="year"),
        Reason(kind=ReasonKind.MEANING, subject="0.825"),
        Reason(kind=ReasonKind.WORDS, subject="1", told=("charging", "stops")),
        Reason(kind=ReasonKind.NEIGHBOUR, subject="bms_module, konkan-bms"),
        Reason(kind=ReasonKind.COMPONENT, subject="bms_module", told=("BMS module",)),
        Reason(
            kind=ReasonKind.OUTCOMES,
            subject="fc_a",
            outcomes=OutcomeCounts(n=189, successes=178, interval=interval),
        ),
    )


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (VehicleLevel.MODEL, ["model"]),
        (VehicleLevel.MAKE, ["make"]),
        (VehicleLevel.NONE, []),
    ],
)
def test_vehicle_is_said_by_level(level: VehicleLevel, said: list[str]) -> None:
    why = find_reasons(REPORT, _found(), replace(CARD, vehicle_level=level))
    assert [r.subject for r in why if r.kind is ReasonKind.VEHICLE] == said


def test_unnamed_component_tells_no_name() -> None:
    why = find_reasons(REPORT, _found(), facts("a", component="bms_module"))
    found = [(r.subject, r.told) for r in why if r.kind is ReasonKind.COMPONENT]
    assert found == [("bms_module", ())]


def test_a_shared_code_says_how_it_failed() -> None:
    told = (
        ToldCode(TroubleCode("E401"), CodeStatus.PRESENT),
        ToldCode(TroubleCode("P0A80", "16"), CodeStatus.STORED),
        ToldCode(TroubleCode("P0A80", "1B"), CodeStatus.PRESENT),
    )
    report = replace(REPORT, codes=(E401, P0A80), told_codes=told)
    found = [(r.subject, r.told) for r in find_reasons(report, _found(code=()), CARD)]
    assert found[:2] == [("ather:E401", ()), ("sae:P0A80", ("type 16, stored", "type 1B"))]


def test_a_path_through_a_symptom_has_its_name() -> None:
    through = named_path(NAMED, path_reason(f"symptom:{SYMPTOM}", 2, 3))
    assert through.told == ("Battery stops charging before it is full",)
    assert named_path(NAMED, path_reason("make:ather", 0, 0)).told == ()
