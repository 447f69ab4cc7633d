"""No garage moves a card's reputation far; novices do not sink it; what is recent weighs more."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import RepairStep, Resolution, SolutionType
from domain.ids import GarageId, PersonId
from domain.reputation import (
    ONE_GARAGE,
    Observation,
    ObservationKind,
    age_weight,
    card_difficulty,
    card_reputation,
    expected_success,
)
from tests.domain.samples import CARD, NOW

EASY, HARD = 0.0, 1.0


def seen(
    garage: str,
    value: float,
    *,
    person: str = "asha",
    told: ObservationKind = ObservationKind.RATING,
    days: float = 0,
) -> Observation:
    return Observation(
        told=told,
        garage=GarageId(garage),
        person=PersonId(f"{garage}_{person}"),
        value=value,
        at=NOW - timedelta(days=days),
    )


def brigade(value: float, people: int = 50) -> list[Observation]:
    return [seen("brigade", value, person=f"fake_{n}") for n in range(people)]


def honest(garages: int, value: float) -> list[Observation]:
    return [seen(f"garage_{n}", value, person=f"p{p}") for n in range(garages) for p in range(4)]


def test_nothing_known_is_neutral() -> None:
    assert card_reputation([], EASY, NOW) == 0.5


@pytest.mark.row("FE-8", figure="50 fakes, < .02")
@pytest.mark.parametrize("fake", [0.0, 1.0])
@pytest.mark.parametrize("garages", [0, 1, 2, 5, 25, 200])
@pytest.mark.parametrize("value", [0.0, 0.75, 1.0])
def test_fifty_fakes_move_a_score_little(fake: float, garages: int, value: float) -> None:
    before = card_reputation(honest(garages, value), EASY, NOW)
    after = card_reputation([*honest(garages, value), *brigade(fake)], EASY, NOW)
    assert abs(after - before) < 0.02


@pytest.mark.row("FE-8")
def test_one_person_with_fifty_ratings_moves_it_less() -> None:
    alone = [seen("brigade", 0.0, person="fake") for _ in range(50)]
    assert 0.48 < card_reputation(brigade(0.0), EASY, NOW) < card_reputation(alone, EASY, NOW) < 0.5


observations = st.lists(
    st.builds(
        seen,
        st.sampled_from(["one", "two", "three"]),
        st.floats(0, 1),
        person=st.sampled_from("abc"),
        told=st.sampled_from(ObservationKind),
        days=st.floats(0, 2_000),
    ),
    max_size=30,
)


@pytest.mark.row("FE-8")
@given(observations, observations, observations, st.floats(0, 1))
def test_whatever_one_garage_does_is_bounded(
    others: list[Observation], now: list[Observation], then: list[Observation], hard: float
) -> None:
    def with_mine(mine: list[Observation]) -> float:
        sent = [replace(o, garage=GarageId("mine")) for o in mine]
        return card_reputation([*others, *sent], hard, NOW)

    assert abs(with_mine(now) - with_mine(then)) <= ONE_GARAGE < 0.02


def test_many_garages_agree_and_it_moves() -> None:
    scores = [card_reputation(honest(n, 1.0), EASY, NOW) for n in (0, 1, 10, 50, 500)]
    assert scores == sorted(scores)
    assert scores[-1] > 0.9


@pytest.mark.row("FE-6")
def test_novices_do_not_sink_a_hard_card() -> None:
    """A hard card that is right: masters succeed in 90 %, novices in 30 % of their tries."""
    chance = random.Random(7)  # noqa: S311 - a simulation

    def told(garage: int, repairs: int) -> list[Observation]:
        odds = expected_success(repairs, HARD)
        return [
            replace(
                seen(f"g{garage}", float(chance.random() < odds), told=ObservationKind.OUTCOME),
                person=PersonId(f"p{garage}_{n}"),
                repairs=repairs,
            )
            for n in range(30)
        ]

    novices = [o for g in range(40) for o in told(g, 0)]
    masters = [o for g in range(40) for o in told(g, 400)]
    unadjusted = [replace(o, repairs=400) for o in novices]
    by_masters = card_reputation(masters, HARD, NOW)
    by_novices = card_reputation(novices, HARD, NOW)
    print(f"masters {by_masters:.3f}, novices {by_novices:.3f}")  # noqa: T201 - shown with -s
    assert abs(by_masters - by_novices) < 0.04
    assert by_novices > 0.6
    assert card_reputation(unadjusted, HARD, NOW) < 0.45


@pytest.mark.row("FE-6")
def test_novices_fail_a_wrong_card_and_it_sinks() -> None:
    failures = [
        replace(seen(f"g{g}", 0.0, person=f"p{p}", told=ObservationKind.OUTCOME), repairs=0)
        for g in range(40)
        for p in range(4)
        for _ in range(10)
    ]
    assert card_reputation(failures, HARD, NOW) < 0.4


@pytest.mark.row("FE-7")
def test_weight_halves_in_half_a_year() -> None:
    ages = [0, 180, 360, 540]
    assert [age_weight(NOW - timedelta(days=d), NOW) for d in ages] == [1, 0.5, 0.25, 0.125]
    assert age_weight(NOW + timedelta(days=365), NOW) == 1


@pytest.mark.row("FE-7")
def test_newer_good_beats_older_good() -> None:
    better = [seen("a", 0.0, days=180), seen("a", 1.0)]
    worse = [seen("a", 1.0, days=180), seen("a", 0.0)]
    # One person, evidence 1.5, opinion 2/3 or 1/3: w = 1.5 / 2.5 = 0.6, W = 0.6 / 1.6 = 0.375.
    assert card_reputation(better, EASY, NOW) == pytest.approx((25 + 0.375 * 2 / 3) / 50.375)
    assert card_reputation(worse, EASY, NOW) == pytest.approx((25 + 0.375 / 3) / 50.375)


def test_hard_is_long_and_live() -> None:
    live = Resolution(
        type=SolutionType.REPAIR,
        steps=(RepairStep(action="Isolate", safety=True),),
        labour_minutes=480,
        high_voltage=True,
    )
    assert card_difficulty(replace(CARD, resolution=live)) == 1.0
    assert card_difficulty(CARD) == pytest.approx(0.5 * 40 / 240)
    assert expected_success(0, HARD) == pytest.approx(0.3)
    assert expected_success(20, HARD) == pytest.approx(0.6)
    assert expected_success(0, EASY) == 0.9
