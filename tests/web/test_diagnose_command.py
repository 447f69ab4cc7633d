"""`battwheels diagnose`: what is printed of a diagnosis, and which model the settings give."""

import sys
from dataclasses import replace

import pytest
from rich.console import Console

from domain.errors import InvalidInput
from domain.matches import Level
from matching.diagnosis.answers import Diagnosis, DiagnosticCheck, PossibleCause
from matching.diagnosis.evidence_reasoner import NAME
from tests.domain.samples import CARD
from web.cli.diagnose import diagnosis_record, print_diagnosis
from web.settings import Settings
from web.wiring import open_language_model

FOUND = Diagnosis(
    cause=PossibleCause(text="Cells drifted apart", confidence=0.81234, cites=(CARD.id,)),
    suspects=(PossibleCause(text="Moonlight", confidence=0.0, cites=()),),
    checks=(
        DiagnosticCheck(action="Isolate", safety=True, card=CARD.id),
        DiagnosticCheck(action="Measure"),
    ),
    reasoning="As fc_bms_drift says.",
    reasoner=NAME,
    level=Level.AI,
    precedents=(),
)
SHEET = """\
Likeliest cause: Cells drifted apart (81%, fc_bms_drift)
  possible: Moonlight (0%, no card tells it)
As fc_bms_drift says.
  1. Isolate
  2. Measure
level ai, reasoner graph-evidence-1
"""


def printed(found: Diagnosis) -> str:
    console = Console(width=100, record=True, quiet=False, file=None)
    with console.capture() as captured:
        print_diagnosis(console, found)
    return captured.get()


def test_the_sheet_tells_all_of_it() -> None:
    assert printed(FOUND) == SHEET


def test_what_is_missing_is_told() -> None:
    cut = replace(FOUND, cause=None, truncated=True, degraded="neo4j does not answer: gone")
    assert printed(cut).splitlines()[0] == "Cause unknown"
    assert printed(cut).splitlines()[-1] == (
        "level ai, reasoner graph-evidence-1, cut short; neo4j does not answer: gone"
    )


def test_a_record_is_the_same_as_json() -> None:
    assert diagnosis_record(FOUND) == {
        "ranker": None,
        "chance": None,
        "cause": {"text": "Cells drifted apart", "confidence": 0.8123, "cites": ["fc_bms_drift"]},
        "suspects": [{"text": "Moonlight", "confidence": 0.0, "cites": []}],
        "checks": [
            {"action": "Isolate", "safety": True, "card": "fc_bms_drift"},
            {"action": "Measure", "safety": False, "card": None},
        ],
        "reasoning": "As fc_bms_drift says.",
        "reasoner": NAME,
        "precedents": [],
        "level": "ai",
        "degraded": None,
        "questions": [],
        "truncated": False,
        "text": None,
        "others": [],
    }


def test_no_model_is_asked_unless_one_is_named() -> None:
    assert open_language_model(Settings()) is None


def test_a_named_model_is_given() -> None:
    named = Settings.read(
        {
            "BATTWHEELS_LANGUAGE_MODEL": "openai:own",
            "BATTWHEELS_LANGUAGE_MODEL_URL": "http://127.0.0.1:9/v1",
        }
    )
    model = open_language_model(named)
    assert model is not None
    assert model.name == "openai:own"


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matching.diagnosis.language_model", None)
    with pytest.raises(InvalidInput, match=r"battwheels\[llm\]"):
        open_language_model(Settings(language_model="openai:any"))
