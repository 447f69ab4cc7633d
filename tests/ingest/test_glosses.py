"""Texts in the languages of India told in English words, and read by what they are like."""

import pytest

from domain.reports import FailureReport
from ingest.glosses import gloss_clauses
from ingest.report_reader import ReportReader


@pytest.mark.parametrize(
    ("language", "text", "glosses"),
    [
        ("hi", "ब्रेक दबाने पर आवाज़ आती है", ["brake press noise"]),
        ("ta", "ஹாரன் அடிக்கல, பெல்ட் நழுவுது", ["horn not belt slips", "horn not", "belt slips"]),
        ("te-Latn", "brake vesthe sound vastundi", ["brake press noise"]),
        ("te", "స్పీడ్ ౬౦ దాటట్లేదు", ["speed 60 above not"]),
    ],
)
def test_a_text_is_told_in_english_words(language: str, text: str, glosses: list[str]) -> None:
    assert [clause.text for clause in gloss_clauses(text, language)] == glosses


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("te", "బండి బాగానే ఉంది"),
        ("hi", "बारिश में चार्ज करना सुरक्षित है क्या?"),
        ("en", "the brake makes a noise"),
    ],
)
def test_what_is_well_or_asked_or_english_has_no_gloss(language: str, text: str) -> None:
    assert gloss_clauses(text, language) == ()


async def test_a_text_that_no_pattern_knows_is_read_by_its_gloss(reader: ReportReader) -> None:
    text = "സൈഡ് സ്റ്റാൻഡ് പൊക്കിയിട്ടും സ്റ്റാൻഡ് താഴെയാണെന്ന് കാണിക്കുന്നു"
    understood = await reader.understand(FailureReport.parse(text))
    assert [s.code for s in understood.symptoms if s.confidence >= 0.5] == ["SYM_ELEC_016"]
    assert understood.unread is None
    assert understood.in_english == "Side stand warning stays although the stand is up"
