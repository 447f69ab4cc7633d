"""Who may be shown: the floor, references, and the one place lent to the unproven."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import CardSource, CardStatus, Severity
from domain.matches import CardFacts
from domain.reasons import Standing
from domain.usage import Usage
from matching.trust import admit_cards, beta_promise, standing_of
from tests.matching.samples import WORKS, facts

PROVEN, REFERENCE, UNPROVEN = Standing.PROVEN, Standing.REFERENCE, Standing.UNPROVEN
NEW = Usage()
FOUR = Usage(matched=4, used=4, successes=4)
# (.35 × successes ÷ 40 + .20) ÷ .55: .6977 and .7136.
POOR = Usage(matched=40, used=40, successes=21)
FAIR = Usage(matched=40, used=40, successes=22)


def _card(name: str, usage: Usage = WORKS, **changes: Any) -> CardFacts:  # noqa: ANN401 - one of many fields
    return facts(name, usage=usage, **changes)


@pytest.mark.row("MA-6")
@pytest.mark.parametrize(
    ("usage", "status", "source", "shown"),
    [
        (WORKS, "verified", "field", PROVEN),
        (WORKS, "provisional", "field", PROVEN),
        (WORKS, "verified", "recall", PROVEN),
        (FAIR, "verified", "field", PROVEN),
        (POOR, "verified", "field", None),
        (POOR, "verified", "reference", None),
        (NEW, "verified", "field", UNPROVEN),
        (NEW, "verified", "import", UNPROVEN),
        (FOUR, "verified", "field", UNPROVEN),
        (NEW, "verified", "reference", REFERENCE),
        (NEW, "verified", "recall", REFERENCE),
        (NEW, "provisional", "field", None),
        (NEW, "provisional", "reference", None),
        (FOUR, "provisional", "field", None),
    ],
)
def test_standing_of_a_card(usage: Usage, status: str, source: str, shown: Standing | None) -> None:
    card = _card("a", usage, status=CardStatus(status), source=CardSource(source))
    assert standing_of(card) is shown


@pytest.mark.row("MA-6")
def test_floor_of_seven_tenths_is_strict() -> None:
    # (.35 × 7 ÷ 7 + .20 × 7 ÷ 40) ÷ .55 = .70; one showing less is .7008.
    exactly = Usage(matched=40, used=7, successes=7)
    above = Usage(matched=39, used=7, successes=7)
    assert [standing_of(_card("a", usage)) for usage in (exactly, above)] == [None, PROVEN]


@pytest.mark.row("IX-10")
@pytest.mark.parametrize("status", ["draft", "deprecated", "rejected", "merged"])
def test_unpublished_card_is_never_shown(status: str) -> None:
    assert standing_of(_card("a", WORKS, status=CardStatus(status))) is None


@pytest.mark.row("MA-7")
def test_five_places_keep_their_order() -> None:
    cards = [_card(f"{n}") for n in range(7)]
    assert admit_cards(cards, 5) == [(card, PROVEN) for card in cards[:5]]


@pytest.mark.row("MA-6", "MA-7")
def test_one_unproven_in_five() -> None:
    cards = [_card("new1", NEW), _card("new2", NEW), _card("old1"), _card("old2")]
    assert admit_cards(cards, 5) == [(cards[0], UNPROVEN), (cards[2], PROVEN), (cards[3], PROVEN)]


@pytest.mark.row("MA-6")
def test_most_promising_takes_the_place() -> None:
    failed = _card("failed", Usage(matched=2, used=2, failures=2))
    worked = _card("worked", Usage(matched=2, used=2, successes=2))
    old = _card("old")
    assert admit_cards([failed, old, worked], 5) == [(worked, UNPROVEN), (old, PROVEN)]


def test_promise_far_below_is_not_fetched() -> None:
    cards = [_card("new", NEW), *(_card(f"{n}") for n in range(9))]
    far = _card("far", Usage(matched=4, used=4, successes=4))
    assert admit_cards([*cards, far], 5)[0] == (cards[0], UNPROVEN)


@pytest.mark.row("MA-7")
def test_second_unproven_waits_five_places() -> None:
    new = [_card(f"new{n}", NEW) for n in range(3)]
    old = [_card(f"old{n}") for n in range(9)]
    found = [card.id for card, _ in admit_cards([*new, *old, _card("new3", NEW)], 10)]
    assert found == [c.id for c in (new[0], *old[:4], new[1], *old[4:8])]


@pytest.mark.row("MA-7")
def test_ten_places_lend_two() -> None:
    old = [_card(f"old{n}") for n in range(6)]
    one, two, three = (_card(f"new{n}", NEW) for n in range(3))
    found = admit_cards([one, *old[:4], two, three, *old[4:]], 10)
    assert [card.id for card, shown in found if shown is UNPROVEN] == [one.id, two.id]


@pytest.mark.row("MA-6")
def test_references_take_every_place() -> None:
    cards = [_card(f"{n}", NEW, source=CardSource.REFERENCE) for n in range(6)]
    assert admit_cards(cards, 5) == [(card, REFERENCE) for card in cards[:5]]


@pytest.mark.row("MA-6", "MA-7")
@given(st.lists(st.sampled_from([NEW, FOUR, POOR, WORKS]), max_size=30), st.integers(1, 12))
def test_admission_keeps_its_promises(usages: list[Usage], places: int) -> None:
    cards = [_card(f"{n:02}", usage) for n, usage in enumerate(usages)]
    admitted = admit_cards(cards, places)
    assert len(admitted) <= places
    assert len({card.id for card, _ in admitted}) == len(admitted)
    assert all(standing_of(card) is shown for card, shown in admitted)
    lent = [shown is UNPROVEN for _, shown in admitted]
    assert all(sum(lent[:n]) <= -(-n // 5) for n in range(1, len(lent) + 1))
    proven = [card.id for card, shown in admitted if shown is PROVEN]
    assert proven == sorted(proven)


def test_promise_is_the_beta_mean() -> None:
    assert beta_promise(_card("a", Usage(matched=3, used=3, successes=2, failures=1))) == 0.6


@pytest.mark.parametrize(("reputation", "shown"), [(0.5, None), (0.5196, None), (0.52, "proven")])
def test_no_single_garage_takes_a_card_away(reputation: float, shown: str | None) -> None:
    spoiled = Usage(matched=60, used=55, successes=5, failures=50)
    assert standing_of(_card("a", spoiled, reputation=reputation)) == shown


@pytest.mark.row("CA-10")
def test_the_graver_of_two_alike_gets_the_place() -> None:
    shelf = [_card(s, NEW, severity=Severity(s)) for s in ("medium", "critical", "low", "high")]
    assert [card.id for card, _ in admit_cards(shelf, 5)] == ["fc_critical"]
    assert [s.level for s in Severity] == [1, 2, 3, 4]


def test_unproven_places_go_to_the_well_spoken_of() -> None:
    fresh = [_card(name, NEW, reputation=r) for name, r in (("a", 0.5), ("b", 0.51))]
    assert [card.id for card, _ in admit_cards(fresh, 5)] == [fresh[1].id]
