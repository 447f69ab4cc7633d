"""Two failures of one report are told apart; what only follows from the other is not."""

import pytest

from ingest.extraction import TextFinding
from ingest.failures import split_failures
from ingest.lexicon import PhraseKind

BELT, BRAKE, BATTERY, MOTOR = "SYM_DRIV_004", "SYM_BRAK_002", "SYM_BATT_002", "SYM_MOTR_002"


def told(text: str, **symptoms: str) -> list[TextFinding]:
    """Give a finding for each word that tells a symptom."""
    return [
        TextFinding(PhraseKind.SYMPTOM, code, text.index(word), text.index(word) + len(word), 0.9)
        for word, code in symptoms.items()
    ]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("The range fell. The belt squeals.", ("The range fell.", "The belt squeals.")),
        ("range fell and the belt squeals", ("range fell", "and the belt squeals")),
        ("1) range fell 2) belt squeals", ("1) range fell", "2) belt squeals")),
        ("range kam hai aur belt bhi bolti hai", ("range kam hai", "aur belt bhi bolti hai")),
        ("रेंज range कम है और belt भी", ("रेंज range कम है", "और belt भी")),
        ("range fell since monday, also the belt", ("range fell since monday,", "also the belt")),
    ],
)
def test_two_failures_are_told_apart(text: str, pieces: tuple[str, ...]) -> None:
    assert split_failures(text, told(text, range=BATTERY, belt=BELT)) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "the range fell when the belt squeals",
        "the range fell, so the belt squeals",
        "range belt",
        "the range fell and because of that the belt squeals",
    ],
)
def test_what_follows_from_a_failure_is_of_it(text: str) -> None:
    assert split_failures(text, told(text, range=BATTERY, belt=BELT)) == ()


def test_systems_that_fail_together_are_one_failure() -> None:
    text = "The range fell. The motor jerks."
    assert split_failures(text, told(text, range=BATTERY, motor=MOTOR)) == ()
    listed = "1. The range fell. 2. The motor jerks."
    assert len(split_failures(listed, told(listed, range=BATTERY, motor=MOTOR))) == 2


def test_a_figure_is_no_number_of_a_list() -> None:
    text = "range 3.4 km and motor 2 kW"
    assert split_failures(text, told(text, range=BATTERY, motor=MOTOR)) == ()


def test_what_is_denied_or_unsure_is_no_failure() -> None:
    text = "The range fell. The belt squeals."
    first, second = told(text, range=BATTERY, belt=BELT)
    unsure = TextFinding(second.kind, second.value, second.start, second.end, 0.4)
    denied = TextFinding(second.kind, second.value, second.start, second.end, 0.9, negated=True)
    assert split_failures(text, [first, unsure]) == ()
    assert split_failures(text, [first, denied]) == ()


def test_more_than_three_are_read_as_one() -> None:
    text = "1. range 2. belt 3. brake 4. motor"
    found = told(text, range=BATTERY, belt=BELT, brake=BRAKE, motor=MOTOR)
    assert split_failures(text, found) == ()
    assert len(split_failures(text, found[:3])) == 3
