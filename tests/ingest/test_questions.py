"""A text that only asks tells no failure; one that asks about a failure does."""

import pytest

from ingest.questions import LONGEST, is_question


@pytest.mark.parametrize(
    "text",
    [
        "When is my next service due?",
        "What is the right tyre pressure on hot days?",
        "battery ka daam kitna hai",
        "बारिश में चार्ज करना सुरक्षित है क्या?",
        "గాలి ఎంత పెట్టాలి?",
    ],
)
def test_questions_are_known(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "Why does it stop on the hill?",
        "What is this noise when I brake?",
        "kya karu gaadi start nahi ho rahi?",
        "how much longer, the charger is dead",
        "scooter pulls to the left",
        "is it ok? " + "It rolls on. " * (LONGEST // 10),
    ],
)
def test_a_failure_in_a_question_is_one(text: str) -> None:
    assert not is_question(text)
