"""How likely a symptom is: likeness to examples, and what speaks for each, weighed together."""

import numpy as np
import pytest

from domain.reports import FailureReport
from ingest.extraction import find_in_text, split_text, weigh_symptoms
from ingest.lexicon import Lexicon
from ingest.report_reader import ReportReader
from ingest.symptom_chance import SymptomEvidence, chance_of, evidence_of
from ingest.symptom_examples import SymptomExamples

HORN, SEAT = "SYM_ELEC_006", "SYM_BODY_003"
TOLD = [(HORN, "horn silent"), (HORN, "horn weak"), (SEAT, "seat stuck")]
VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
EXAMPLES = SymptomExamples.of(TOLD, VECTORS)


def test_a_symptom_is_as_like_as_the_mean_of_its_likest_examples() -> None:
    like = EXAMPLES.likeness_of_meaning(np.array([[1, 0]], dtype=np.float32))
    assert like.round(3).tolist() == [[0.8, 0.0]]


def test_words_that_no_example_shares_are_like_none() -> None:
    alone, shared = EXAMPLES.likeness_of_words(["paint scratched", "seat stuck"])
    assert alone.tolist() == [0, 0]
    assert shared[1] == pytest.approx(1)
    assert shared[0] < 0.1


def test_the_fit_takes_an_example_for_its_own_symptom() -> None:
    fitted = EXAMPLES.likeness_by_fit([text for _, text in TOLD], VECTORS)
    assert fitted.argmax(axis=1).tolist() == [0, 0, 1]


def test_what_the_words_told_is_weighed_beside_what_the_clause_is_like() -> None:
    vector = np.array([[1, 0]], dtype=np.float32)
    found = dict(evidence_of(["horn silent"], vector, {SEAT: 0.9}, EXAMPLES))
    assert [found[s].told for s in (HORN, SEAT)] == [0, 1]
    assert [found[s].others for s in (HORN, SEAT)] == [1, 0]
    assert found[HORN].margin == 3
    assert found[SEAT].margin == -3


def test_more_evidence_is_never_less_likely() -> None:
    little = SymptomEvidence(0.4, 0.3, -1, 0, 0, 0, 0, 0, 0, 0.1, -0.2)
    much = SymptomEvidence(0.8, 0.7, 2, 1, 1, 1, 0, 0, 0, 0.6, 0.4)
    assert chance_of(little) < 0.2
    assert chance_of(much) > 0.9


def test_without_the_meaning_the_words_stand_alone(lexicon: Lexicon) -> None:
    said = find_in_text("the horn does not sound", lexicon)
    assert lexicon.examples is None
    assert weigh_symptoms(said, split_text("the horn does not sound", said), (), lexicon) == {
        HORN: 0.9
    }


def test_an_and_joins_what_is_compared_apart() -> None:
    text = "the horn is weak and the seat is stuck"
    assert [clause.text for clause in split_text(text, ())][1:] == [
        "horn is weak",
        "the seat is stuck",
    ]


@pytest.mark.parametrize(
    ("text", "symptoms"),
    [
        ("the hooter barely makes a peep", [HORN]),
        ("which tyre pressure should I use?", []),
        ("please send the invoice of the last visit", []),
    ],
)
async def test_a_text_is_read_by_its_examples(
    text: str, symptoms: list[str], reader: ReportReader
) -> None:
    understood = await reader.understand(FailureReport.parse(text))
    assert [s.code for s in understood.symptoms if s.confidence >= 0.5] == symptoms
