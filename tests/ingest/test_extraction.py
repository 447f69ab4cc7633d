"""Reading reports: what is said is found with its place, and nothing is invented."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reports import FailureReport
from ingest.batch import ImportBatch
from ingest.extraction import TextFinding, find_in_text
from ingest.lexicon import Lexicon, PhraseKind
from ingest.report_reader import ReportReader
from tests.ingest.labelled_reports import SENTENCES, Said

WORDS_RECALL = 0.85
WORDS_PRECISION = 0.95
RECALL = 0.95
PRECISION = 0.93
# What is less likely is a guess, and says so.
TOLD = 0.5
HOSTILE = (
    "P0" * 5_000,
    "E 4 " * 2_500,
    "error code " * 900,
    "no no code " * 900,
    "charge nahi " * 830,
    "battery charging not stop " * 380,
    "1," * 5_000,
    "1-" * 5_000,
    "Ather Ola " * 1_000,
    "2023 " * 2_000,
    "a" * 10_000,
    "((((\\" * 2_000,
    "chargng " * 1_250,
    "\U0001f50b\u0000" * 5_000,
)


def codes(findings: tuple[TextFinding, ...]) -> tuple[str, ...]:
    found = [f.value for f in findings if f.kind is PhraseKind.CODE and not f.negated]
    return tuple(dict.fromkeys(found))


def symptoms(text: str, lexicon: Lexicon) -> list[tuple[str, bool]]:
    return [
        (f.value, f.negated) for f in find_in_text(text, lexicon) if f.kind is PhraseKind.SYMPTOM
    ]


@pytest.mark.parametrize("said", SENTENCES, ids=lambda said: said.text[:40])
def test_codes_are_exactly_those_said(said: Said, lexicon: Lexicon) -> None:
    assert codes(find_in_text(said.text, lexicon)) == said.codes


@pytest.mark.parametrize("said", SENTENCES, ids=lambda said: said.text[:40])
def test_each_finding_stands_in_the_text(said: Said, lexicon: Lexicon) -> None:
    for finding in find_in_text(said.text, lexicon):
        place = said.text[finding.start : finding.end]
        assert place.strip()
        if finding.kind is PhraseKind.CODE:
            assert "".join(c for c in place.upper() if c.isalnum()) == finding.value


def test_words_alone_find_most(lexicon: Lexicon) -> None:
    found = [{code for code, denied in symptoms(s.text, lexicon) if not denied} for s in SENTENCES]
    precision, recall = _quality(found)
    assert (precision > WORDS_PRECISION, recall > WORDS_RECALL) == (True, True)


async def test_meaning_finds_the_rest(reader: ReportReader) -> None:
    understood = [await reader.understand(FailureReport.parse(s.text)) for s in SENTENCES]
    told = [{s.code for s in u.symptoms if s.confidence >= TOLD} for u in understood]
    precision, recall = _quality(told)
    assert (precision > PRECISION, recall > RECALL) == (True, True)


def _quality(found: list[set[str]]) -> tuple[float, float]:
    right = sum(len(f & set(s.symptoms)) for f, s in zip(found, SENTENCES, strict=True))
    wrong = sum(
        len(f - set(s.symptoms) - set(s.also)) for f, s in zip(found, SENTENCES, strict=True)
    )
    wanted = sum(len(s.symptoms) for s in SENTENCES)
    return right / (right + wrong), right / wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gaadi charge nahi ho rahi", [("SYM_CHRG_001", False)]),
        ("battery is not swollen", [("SYM_BATT_007", True)]),
        ("bina jalne ki badboo", [("SYM_ELEC_011", True)]),
        ("ABS light is not on", [("SYM_BRAK_004", True)]),
        ("no problem in charging", []),
        ("chargng stoped at 80 percent", [("SYM_BATT_001", False)]),
    ],
)
def test_not_is_read_where_it_belongs(
    text: str, expected: list[tuple[str, bool]], lexicon: Lexicon
) -> None:
    assert symptoms(text, lexicon) == expected


@pytest.mark.row("CA-12")
def test_values_keep_unit_and_place(lexicon: Lexicon) -> None:
    text = "48 V, 80%, 35-45C, 0.15V after 15,000 km; 45-35C is nonsense"
    found = [
        (f.value, text[f.start : f.end])
        for f in find_in_text(text, lexicon)
        if f.kind is PhraseKind.QUANTITY
    ]
    assert found == [
        ("48 V", "48 V"),
        ("80 %", "80%"),
        ("35 to 45 °C", "35-45C"),
        ("0.15 V", "0.15V"),
        ("15000 km", "15,000 km"),
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_text_is_read_in_time(text: str, lexicon: Lexicon) -> None:
    def costs(length: int) -> float:
        """Give the processor's seconds for a text of this length, the least of three tries."""
        tries = list[float]()
        for _ in range(3):
            began = process_time()
            find_in_text(text[:length], lexicon)
            tries.append(process_time() - began)
        return min(tries)

    # Four times the text: quadratic reading costs sixteen times as much.
    assert costs(10_000) < 8 * costs(2_500) + 0.02


@settings(max_examples=200)
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(
            st.sampled_from(
                "no not nahi bina battery charge stuck P0A1F E401 e 401 error code 450X S1 Pro"
                " 35-45C 80% , . / - 2023 awaaz motor ABS light \n Ather".split(" ")
            ),
            max_size=40,
        ).map(" ".join),
    )
)
def test_any_text_gives_sound_findings(lexicon: Lexicon, text: str) -> None:
    for finding in find_in_text(text, lexicon):
        assert 0 <= finding.start < finding.end <= len(text)
        assert 0 <= finding.confidence <= 1


def test_a_component_is_found_in_whatever_order_its_words_are_summed(
    shipped: ImportBatch, lexicon: Lexicon
) -> None:
    """A sum of weights depends on its order, and that of a set on the run: some were lost by it."""
    lost = [
        component.id
        for component in shipped.components
        if any(p.value == component.id and len(p.stems) > 1 for p in lexicon.phrases)
        and component.id not in {f.value for f in find_in_text(component.name, lexicon)}
    ]
    assert lost == []
