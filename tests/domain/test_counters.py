"""Counters are a fold over distinct effects, whatever order and however often these are told."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.counters import CardEffect, Effect, effects_of_repair, effects_of_showing
from domain.ids import CardId, TicketId
from domain.outcomes import Attempt, Outcome
from domain.tickets import ShownCard, Ticket, with_end
from domain.usage import Usage
from tests.domain.recount import usage
from tests.domain.samples import ANU, CARD, LATER, NOW, PUNE, TICKET

OTHER = CardId("fc_other")
CARDS = {CARD.id: CARD}


def tried(*how: tuple[CardId | None, bool]) -> Ticket:
    attempts = tuple(
        Attempt(by=ANU, at=NOW + timedelta(minutes=n), worked=worked, card=card, minutes=30)
        for n, (card, worked) in enumerate(how)
    )
    return replace(TICKET, attempts=attempts)


def test_every_try_is_a_use() -> None:
    ticket = tried((CARD.id, False), (None, False), (CARD.id, True))
    found = effects_of_repair(ticket, CARDS)
    assert [(one.id, one.worked, one.minutes, one.estimated) for one in found] == [
        ("tkt_0001:used:0", False, 30, 40),
        ("tkt_0001:used:2", True, 30, 40),
    ]
    assert usage(found) == Usage(
        used=2,
        successes=1,
        failures=1,
        actual_minutes=60,
        estimated_minutes=80,
        last_used=NOW + timedelta(minutes=2),
    )


def test_an_outcome_is_the_last_try() -> None:
    ended = Outcome(worked=True, minutes=25, card=CARD.id)
    alone = with_end(TICKET, ended, LATER)
    told = with_end(tried((CARD.id, True)), ended, LATER)
    assert [one.id for one in effects_of_repair(alone, CARDS)] == ["tkt_0001:used:0"]
    assert [one.id for one in effects_of_repair(told, CARDS)] == ["tkt_0001:used:0"]
    failed_before = with_end(tried((OTHER, False)), ended, LATER)
    assert [(one.id, one.card) for one in effects_of_repair(failed_before, CARDS)] == [
        ("tkt_0001:used:0", OTHER),
        ("tkt_0001:used:1", CARD.id),
    ]


def test_unknown_minutes_count_no_time() -> None:
    [unknown] = effects_of_repair(tried((OTHER, True)), CARDS)
    assert (unknown.minutes, unknown.estimated) == (0, 0)


def test_showings_count_once_for_a_ticket() -> None:
    shown = [ShownCard(card=CARD.id, rank=1, score=1.0, ranker="evidence-1", at=NOW)]
    found = effects_of_showing(TICKET, shown) + effects_of_showing(TICKET, shown)
    assert usage(found) == Usage(matched=1)


def effects(seed: int, n: int) -> list[CardEffect]:
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    return [
        CardEffect(
            id=f"tkt_{i}:{kind}:0",
            ticket=TicketId(f"tkt_{i}"),
            card=CardId(f"fc_{chance.randrange(20)}"),
            effect=kind,
            garage=PUNE,
            at=NOW + timedelta(minutes=chance.randrange(10_000)),
            person=ANU if kind is Effect.USED else None,
            worked=chance.random() < 0.8 if kind is Effect.USED else None,
        )
        for i in range(n)
        for kind in (chance.choice(list(Effect)),)
    ]


@pytest.mark.row("CA-24", "CA-29")
@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing(seed: int, order: random.Random) -> None:
    once = effects(seed, 60)
    told = once + order.choices(once, k=40)
    order.shuffle(told)
    found = usage(told)
    assert found == usage(once)
    assert found.successes + found.failures <= found.used
