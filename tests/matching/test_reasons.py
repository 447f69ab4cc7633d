"""Why a card is suggested, word by word."""

from dataclasses import replace

import pytest

from domain.cards import CardSource
from domain.codes import CodeStatus, ToldCode, TroubleCode
from domain.effectiveness import wilson_interval
from domain.matches import CardHit, Source, VehicleLevel
from domain.usage import Usage
from matching.fusion import CardCandidate, fuse_lists
from matching.reasons import (
    NEIGHBOUR,
    OutcomeCounts,
    Reason,
    ReasonKind,
    find_reasons,
    reason_sentence,
)
from matching.trust import Standing
from tests.matching.samples import E401, P0A80, REPORT, SYMPTOM, facts

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
    assert find_reasons(REPORT, found, CARD) == (
        Reason(kind=ReasonKind.CODE, subject="ather:E401", text="reports code E401"),
        Reason(kind=ReasonKind.SYMPTOM, subject=SYMPTOM, text="shows symptom SYM_BATT_001"),
        Reason(kind=ReasonKind.VEHICLE, subject="year", text="same model and year"),
        Reason(kind=ReasonKind.MEANING, subject="0.825", text="reads alike (cosine 0.83)"),
        Reason(kind=ReasonKind.WORDS, subject="1", text="number 1 by shared words"),
        Reason(kind=ReasonKind.NEIGHBOUR, subject="bms_module, konkan-bms", text=NEIGHBOUR),
        Reason(kind=ReasonKind.COMPONENT, subject="bms_module", text="concerns the BMS module"),
        Reason(
            kind=ReasonKind.OUTCOMES,
            subject="fc_a",
            text="worked 178 of 189 times (90 to 97 %)",
            outcomes=OutcomeCounts(n=189, successes=178, interval=interval),
        ),
    )


@pytest.mark.row("PI-7")
def test_sentence_reads_aloud() -> None:
    why = find_reasons(REPORT, _found(meaning=()), CARD)
    assert reason_sentence(CARD, why, Standing.PROVEN) == (
        "Reports code E401, shows symptom SYM_BATT_001, same model and year, "
        "reads alike (cosine 0.83); worked 178 of 189 times (90 to 97 %). "
        "It concerns the BMS module."
    )


@pytest.mark.row("MA-6", "PI-7")
@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing.UNPROVEN, "; new and unproven, not yet tried (n = 0)."),
        (Standing.REFERENCE, "; reference knowledge, not yet tried (n = 0)."),
    ],
)
def test_sentence_labels_the_untried(standing: Standing, said: str) -> None:
    card = facts("a", usage=Usage(), source=CardSource.REFERENCE)
    why = find_reasons(REPORT, _found(words=()), card)
    assert reason_sentence(card, why, standing) == f"Number 1 by shared words{said}"


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (VehicleLevel.MODEL, ["same model, another year"]),
        (VehicleLevel.MAKE, ["same make, another model"]),
        (VehicleLevel.NONE, []),
    ],
)
def test_vehicle_is_said_by_level(level: VehicleLevel, said: list[str]) -> None:
    why = find_reasons(REPORT, _found(), replace(CARD, vehicle_level=level))
    assert [r.text for r in why if r.kind is ReasonKind.VEHICLE] == said


def test_no_evidence_is_admitted() -> None:
    card = facts("a", usage=Usage())
    why = find_reasons(REPORT, _found(), card)
    assert reason_sentence(card, why, Standing.UNPROVEN) == (
        "Nothing but its place in the list speaks for it; new and unproven, not yet tried (n = 0)."
    )


def test_unnamed_component_keeps_its_id() -> None:
    why = find_reasons(REPORT, _found(), facts("a", component="bms_module"))
    assert [r.text for r in why if r.kind is ReasonKind.COMPONENT] == ["concerns the bms_module"]


def test_a_shared_code_says_how_it_failed() -> None:
    told = (
        ToldCode(TroubleCode("E401"), CodeStatus.PRESENT),
        ToldCode(TroubleCode("P0A80", "16"), CodeStatus.STORED),
        ToldCode(TroubleCode("P0A80", "1B"), CodeStatus.PRESENT),
    )
    report = replace(REPORT, codes=(E401, P0A80), told_codes=told)
    texts = [r.text for r in find_reasons(report, _found(code=()), CARD)]
    assert texts[:2] == ["reports code E401", "reports code P0A80 (type 16, stored; type 1B)"]
