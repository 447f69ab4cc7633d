"""What is asked while a cause is unknown: the answers that would part the likely cards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from domain.access import Viewer
from domain.cards import FailureCard
from domain.ids import CardId
from domain.matches import Level, UnderstoodReport
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN
from matching.answers import Match, MatchAnswer
from matching.diagnosis.answers import Diagnosis
from matching.diagnosis.diagnoser import Diagnoser
from matching.diagnosis.questions import NO_CARD, WHICH_VEHICLE, CandidateCard, choose_questions
from tests.matching.diagnosis.precedents import CHARGER, DRIFT, precedent
from tests.matching.samples import E401, IN_PUNE, REPORT, facts

LITTLE = replace(
    REPORT, report=FailureReport(text="not starting"), codes=(), symptoms=(), vehicle=UNKNOWN
)
TEXTS = {"SYM_CTRL_001": "Relay clicks.", "SYM_CTRL_002": "Dash stays dark"}


@dataclass(frozen=True, slots=True)
class Known:
    """These matches, whatever is asked, with their cards."""

    matches: tuple[Match, ...]

    async def match(
        self, understood: UnderstoodReport, viewer: Viewer, limit: int = 5
    ) -> MatchAnswer:
        del understood, viewer, limit
        return MatchAnswer(matches=self.matches, level=Level.AI, ranker="any")

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]:
        del viewer
        found = {one.id: one.card for one in (precedent("a", DRIFT), precedent("b", CHARGER))}
        return {id_: card for id_, card in found.items() if id_ in ids and card is not None}


def _match(name: str, cause: str, chance: float, score: float = 10.0) -> Match:
    return replace(precedent(name, cause, score=score).match, chance=chance)


async def _diagnosed(said: UnderstoodReport, *matches: Match) -> Diagnosis:
    known = Known(matches)
    return await Diagnoser(matcher=known, cards=known).diagnose(said, IN_PUNE)


@pytest.mark.parametrize("text", ["not starting", "Horn not working", "scooter not starting"])
async def test_little_is_told_no_cause_and_asked(text: str) -> None:
    said = replace(LITTLE, report=FailureReport(text=text))
    found = await _diagnosed(said, _match("a", DRIFT, 0.9))
    assert found.cause is None
    assert found.suspects[0].text == DRIFT
    assert [one.text for one in found.questions] == [WHICH_VEHICLE, NO_CARD]


async def test_much_is_told_its_cause() -> None:
    found = await _diagnosed(REPORT, _match("a", DRIFT, 0.81))
    assert found.cause is not None
    assert (found.cause.text, found.cause.confidence) == (DRIFT, pytest.approx(0.81))
    assert (found.questions, [one.similarity for one in found.precedents]) == ((), [0.81])


@pytest.mark.row("ML-23")
async def test_unsure_card_is_a_suspect_and_no_precedent() -> None:
    found = await _diagnosed(REPORT, _match("a", DRIFT, 0.69))
    assert (found.cause, found.precedents) == (None, ())
    assert [(one.text, one.confidence) for one in found.suspects] == [(DRIFT, 0.69)]
    assert [one.text for one in found.questions] == [NO_CARD]


async def test_nothing_shown_asks_by_what_was_looked_at() -> None:
    said = replace(LITTLE, vehicle=REPORT.vehicle)
    looked = (facts("a", symptoms=("SYM_CTRL_001",)), facts("b", symptoms=("SYM_CTRL_002",)))

    class Nothing(Known):
        async def match(
            self, understood: UnderstoodReport, viewer: Viewer, limit: int = 5
        ) -> MatchAnswer:
            del understood, viewer, limit
            return MatchAnswer(matches=(), level=Level.AI, ranker="any", passed_over=looked)

    nothing = Nothing(())
    found = await Diagnoser(matcher=nothing, cards=nothing, symptom_texts=lambda: TEXTS).diagnose(
        said, IN_PUNE
    )
    assert found.cause is None
    assert [one.text for one in found.questions] == [
        "Does it also show this: Relay clicks?",
        NO_CARD,
    ]


def test_question_that_halves_the_likely_cards_comes_first() -> None:
    cards = [
        CandidateCard(facts("a", symptoms=("SYM_CTRL_001",), codes=(E401,)), 0.5),
        CandidateCard(facts("b", symptoms=("SYM_CTRL_001",)), 0.4),
        CandidateCard(facts("c", symptoms=("SYM_CTRL_002",)), 0.1),
    ]
    said = replace(LITTLE, vehicle=REPORT.vehicle)
    asked = choose_questions(said, cards, TEXTS)
    assert [(one.text, round(one.gain, 3)) for one in asked] == [
        ("Which trouble codes are stored? Is E401 among them?", 1.0),
        ("Does it also show this: Relay clicks?", 0.469),
    ]


def test_what_was_told_is_not_asked() -> None:
    cards = [
        CandidateCard(facts("a", symptoms=("SYM_BATT_001",), codes=(E401,)), 0.5),
        CandidateCard(facts("b"), 0.5),
    ]
    asked = choose_questions(REPORT, cards, {"SYM_BATT_001": "Charging stops"})
    assert [one.text for one in asked] == [NO_CARD]


def test_measurement_of_the_likeliest_card_is_asked() -> None:
    a, b = precedent("a", DRIFT), precedent("b", CHARGER)
    cards = [
        CandidateCard(a.match.card, 0.5, a.card),
        CandidateCard(b.match.card, 0.5, replace(b.card, id=b.id) if b.card else None),
    ]
    said = replace(LITTLE, vehicle=REPORT.vehicle)
    asked = choose_questions(said, cards, {})
    assert asked[0].text == "Measure each cell group: what do you find?"
