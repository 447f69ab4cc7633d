"""The chance of a suggestion: what opens the gate, what a chance is, and what words tell."""

import json
from dataclasses import replace
from importlib import resources

import pytest

from bench.chance_reports import is_held_out, short_cases
from bench.chance_search import RememberedSearch, SearchWithout
from domain.cards import CardStatus
from domain.codes import CodeKey
from domain.ids import CardId
from domain.matches import NOTHING, CardHit
from domain.reports import FailureReport
from domain.usage import Usage
from domain.vehicles import UNKNOWN
from ingest import knowledge
from matching.chance import LOOKED_AT, SURE, ChanceFit, ChanceModel, sigmoid, weigh
from matching.chance_features import card_features, look_at
from matching.evidence_ranker import EvidenceRanker
from matching.fusion import CardCandidate
from matching.matcher import NO_MATCH, Matcher
from matching.rankers import FusedRanker
from matching.word_rarity import WordRarity, read_stems
from tests.matching.fakes import Memory, Shelf, Shelved
from tests.matching.samples import ATHER, E401, IN_PUNE, P0A80, REPORT, SYMPTOM, facts

STRANGERS = [Shelved(facts=facts(f"stranger_{n}"), vector=(0.2, 0.98)) for n in range(5)]
ALIKE = Shelved(facts=facts("alike", title="Charging stops early", text="charging stops early"))
WORDS = replace(REPORT, codes=(), symptoms=(), vehicle=UNKNOWN)


def _fit(card: float, whole: float) -> ChanceFit:
    return ChanceFit({"intercept": card}, {"intercept": whole}, 0.5)


def _matcher(shelf: list[Shelved], card: float = 0.0, whole: float = 9.0) -> Matcher:
    matcher = Matcher(Shelf(shelf), EvidenceRanker(), Memory())
    matcher.chances = ChanceModel(_fit(card, whole), _fit(card, whole))
    return matcher


HIDDEN = replace(facts("hidden"), status=CardStatus.PROVISIONAL, usage=Usage())


@pytest.mark.parametrize(
    "hidden",
    [
        Shelved(facts=replace(HIDDEN, codes=(E401,))),
        Shelved(facts=replace(HIDDEN, symptoms=(SYMPTOM,))),
        Shelved(facts=HIDDEN, vector=(1.0, 0.0)),
    ],
)
async def test_hidden_card_opens_no_gate(hidden: Shelved) -> None:
    matcher = Matcher(Shelf([hidden, *STRANGERS]), FusedRanker(), Memory())
    answer = await matcher.match(REPORT, IN_PUNE)
    assert (answer.matches, answer.prompt) == ((), NO_MATCH)


async def test_each_match_has_its_chance() -> None:
    shelf = [replace(ALIKE, vector=(1.0, 0.0))]
    [match] = (await _matcher(shelf).match(WORDS, IN_PUNE)).matches
    assert match.chance == pytest.approx(0.5)


async def test_unlikely_list_is_not_shown() -> None:
    shelf = [replace(ALIKE, vector=(1.0, 0.0))]
    answer = await _matcher(shelf, whole=-9.0).match(WORDS, IN_PUNE)
    assert (answer.matches, answer.prompt) == ((), NO_MATCH)
    assert [card.id for card in answer.passed_over] == ["fc_alike"]


async def test_card_that_is_hardly_ever_right_is_left_out() -> None:
    shelf = [replace(ALIKE, vector=(1.0, 0.0))]
    answer = await _matcher(shelf, card=-4.0).match(WORDS, IN_PUNE)
    assert answer.matches == ()


@pytest.mark.parametrize("codes", [(E401,), (E401, P0A80)])
async def test_shared_code_is_shown_whatever_the_chance(codes: tuple[CodeKey, ...]) -> None:
    shelf = [Shelved(facts=facts("exact", codes=codes), vehicle=ATHER)]
    answer = await _matcher(shelf, whole=-9.0).match(REPORT, IN_PUNE)
    assert [match.card.id for match in answer.matches] == ["fc_exact"]


async def test_only_twelve_are_held_against_each_other() -> None:
    shelf = [replace(ALIKE, facts=facts(f"{n:02}"), vector=(1.0, 0.0)) for n in range(20)]
    answer = await _matcher(shelf).match(WORDS, IN_PUNE, 20)
    assert sum(match.chance is not None for match in answer.matches) == LOOKED_AT


def test_chance_of_any_sum_is_a_share() -> None:
    assert (sigmoid(0.0), sigmoid(-1_000.0), sigmoid(1_000.0)) == (0.5, 0.0, 1.0)


def test_feature_without_coefficient_counts_nothing() -> None:
    assert weigh({"intercept": 1.0, "codes": 2.0}, {"codes": 0.5, "other": 9.0}) == 2.0


def test_shipped_fits_name_what_they_saw() -> None:
    model = ChanceModel.shipped()
    assert {"cosine", "cosine_margin"} <= model.whole.card.keys()
    assert not {"cosine", "cosine_margin"} & model.without_meaning.card.keys()
    assert 0.0 < model.whole.limit < SURE


def test_what_many_cards_say_tells_little() -> None:
    texts = ["parts are not available", *["parts were not available for a hoist"] * 99]
    rarity = WordRarity.from_texts([*texts, "hoist"])
    assert rarity.weight("hoist") < 0.2
    assert rarity.weight("gearbox") == 1.0
    assert WordRarity().weight("gearbox") == 1.0


def test_figures_are_no_telling_words() -> None:
    assert read_stems("2013 brakes brake 12V") == frozenset({"brake"})


async def test_a_report_in_another_language_is_held_against_cards_in_english() -> None:
    matcher = _matcher([replace(ALIKE, vector=(1.0, 0.0))])
    covered = ChanceFit({"intercept": 0.0, "covered": 1.0}, {"intercept": 9.0}, 0.5)
    matcher.chances = ChanceModel(covered, covered)
    english = replace(WORDS, report=FailureReport(text="charging stops early"))
    hindi = replace(english, report=FailureReport(text="चार्जिंग जल्दी रुकती है"), language="hi")
    told = [
        (await matcher.match(one, IN_PUNE)).matches[0].chance
        for one in (english, replace(hindi, in_english="charging stops early"), hindi)
    ]
    assert told[:2] == [pytest.approx(sigmoid(1.0))] * 2
    assert told[2] == pytest.approx(0.5)


def test_report_is_looked_at_without_a_text() -> None:
    silent = replace(REPORT, report=FailureReport(text="", codes=("E401",)), embedding=None)
    assert ChanceModel.shipped().judge(silent, [], WordRarity()).cards == {}


def test_what_a_failure_leads_to_is_told_apart_from_what_fails() -> None:
    """A title that the report tells counts, and the same words in the card's text do not."""
    leads = "increasing the risk of a crash"
    named = facts("named", title="Injector cracks", text=leads)
    other = facts("other", title="Lamp fails", text=f"Injector cracks. {leads}")
    report = replace(WORDS, report=FailureReport(text=f"injector cracks, {leads}"))
    ranked = EvidenceRanker().rank(
        report,
        [CardCandidate(card=one.id, score=1.0) for one in (named, other)],
        {one.id: one for one in (named, other)},
    )
    known = {one.id: one for one in (named, other)}
    looked = look_at(report, [(one, known[one.marks.id]) for one in ranked], WordRarity())
    told = {
        str(one.card.id): told
        for one, told in zip(looked, card_features(report, looked), strict=True)
    }
    assert [told[i]["headed"] for i in ("fc_named", "fc_other")] == [1.0, 0.0]
    assert [told[i]["headed_margin"] for i in ("fc_named", "fc_other")] == [1.0, -1.0]
    assert told["fc_named"]["headed_usual"] == told["fc_other"]["headed_usual"] == 0.5
    assert told["fc_named"]["headed_beyond"] == pytest.approx(0.5 / 0.52)


def test_short_reports_are_divided_by_card() -> None:
    cases = list(short_cases(knowledge.read_knowledge(knowledge.SHIPPED).cards))
    halves = [{case.group for case in cases if case.held_out is held} for held in (False, True)]
    assert halves[0].isdisjoint(halves[1])
    assert all(len(half) > 80 for half in halves)
    assert max(len(case.report.text.split()) for case in cases) <= 15
    assert all(case.right <= case.away for case in cases if case.away)


def test_fit_has_seen_no_short_report_that_is_held_out() -> None:
    seen = json.loads((resources.files("matching") / "chance.json").read_text())["seen"]
    groups = {one.partition(" ")[2] for one in seen if one.partition(" ")[0] in {"short", "field"}}
    assert groups
    assert not [group for group in groups if is_held_out(group)]


class CountedSearch:
    """A search that counts how often it is asked."""

    asked = 0

    async def by_codes(self, *_: object) -> list[CardHit]:
        self.asked += 1
        return [CardHit(card=CardId("fc_a"), score=1.0), CardHit(card=CardId("fc_b"), score=0.5)]


async def test_what_is_asked_again_without_a_card_costs_no_trip() -> None:
    counted = CountedSearch()
    search = RememberedSearch(counted)
    asked = [
        await SearchWithout(search, frozenset(away)).by_codes((), IN_PUNE, 5, NOTHING)
        for away in ((), (CardId("fc_a"),))
    ]
    assert [[hit.card for hit in hits] for hits in asked] == [["fc_a", "fc_b"], ["fc_b"]]
    assert counted.asked == 1
