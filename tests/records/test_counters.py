"""The ledger under crashes and repeats: its fold, the kept counters and the sums all agree."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import LiteralString

import pytest

from domain import last_writer
from domain.clock import HybridTimestamp
from domain.counters import CardEffect, Effect, effects_of_repair
from domain.events import EventType
from domain.feedback import Feedback, Impression, Opinion
from domain.ids import CardId, GarageId, PersonId, TicketId
from domain.outcomes import Attempt, Outcome
from domain.tickets import SeenSymptom, Ticket, TicketChange, TicketStatus, reopen_ticket
from domain.usage import Usage
from domain.vehicles import VehicleContext
from graph.cards import CardCounters, CardStore
from graph.database import Graph
from records.counters import CounterStore, CounterTally
from records.database import Records
from records.feedback import FeedbackStore
from tests.domain.recount import usage
from tests.domain.samples import ANU, CARD, NOW, TICKET
from tests.graph.examples import card
from tests.records.samples import event

EVENTS = 10_000
BATCH = 100
NAMES = [CardId(f"fc_number_{n:02}") for n in range(30)]
CRASH = 0.15


def effects(chance: random.Random, n: int) -> list[CardEffect]:
    return [_effect(chance, i) for i in range(n)]


def _effect(chance: random.Random, i: int) -> CardEffect:
    used = chance.random() < 0.4
    return CardEffect(
        id=f"tkt_{i}:effect",
        ticket=TicketId(f"tkt_{i}"),
        card=chance.choice(NAMES),
        effect=Effect.USED if used else Effect.SHOWN,
        garage=GarageId(f"garage_{chance.randrange(9)}"),
        at=NOW + timedelta(seconds=chance.randrange(10**6)),
        person=PersonId(f"p{chance.randrange(40)}") if used else None,
        worked=chance.random() < 0.8 if used else None,
        minutes=chance.randrange(1, 200) if used else 0,
        estimated=60 if used else 0,
    )


class Killed(Exception):
    """The listener dies here."""


@pytest.mark.row("CA-24")
@pytest.mark.row("CA-29", figure="10,000 events, at least 3 crashes")
async def test_counters_are_the_recount_after_crashes(records: Records, graph: Graph) -> None:
    """Ten thousand events, heard in batches that die before, between and after each store."""
    chance = random.Random(29)  # noqa: S311 - a test's dice
    told = effects(chance, EVENTS)
    counting, cards = CounterStore(records), CardStore(graph)
    await cards.load([(card(name.removeprefix("fc_")), None) for name in NAMES])

    async def heard(batch: Sequence[CardEffect]) -> None:
        _maybe_die(chance)
        await counting.count(batch)
        _maybe_die(chance)
        tallies = await counting.tallies([one.card for one in batch])
        _maybe_die(chance)
        await cards.save_counters([_tallied(tally) for tally in tallies])
        _maybe_die(chance)

    deaths = again = 0
    for start in range(0, EVENTS, BATCH):
        batch = told[start : start + BATCH]
        # What was told before may be told again beside it, in any order.
        repeats = chance.sample(told[: start + BATCH], k=20)
        again += len(repeats)
        mixed = chance.sample([*batch, *repeats], k=len(batch) + len(repeats))
        while True:
            try:
                await heard(mixed)
                break
            except Killed:
                deaths += 1
    print(f"{EVENTS} events, {again} told again, {deaths} deaths")  # noqa: T201 - shown with -s
    assert deaths >= 3

    by_card: dict[CardId, list[CardEffect]] = defaultdict(list)
    for one in told:
        by_card[one.card].append(one)
    wanted = {name: usage(by_card[name]) for name in NAMES}
    assert await cards.page_of_usage(NAMES) == wanted
    assert {t.card: t.usage for t in await counting.tallies(NAMES)} == wanted
    assert await counting.differing() == []
    assert all(u.successes + u.failures <= u.used for u in wanted.values())


async def test_listeners_at_once_count_once(records: Records) -> None:
    chance = random.Random(8)  # noqa: S311 - a test's dice
    told, counting = effects(chance, 300), CounterStore(records)
    batches = [chance.sample(told, k=200) for _ in range(8)]
    await asyncio.gather(*(counting.count(batch) for batch in batches))
    await counting.count(told)
    found = {tally.card: tally.usage for tally in await counting.tallies(NAMES)}
    assert found == {n: usage([o for o in told if o.card == n]) for n in NAMES}
    assert await counting.differing() == []


async def test_a_wrong_counter_is_found_and_mended(records: Records) -> None:
    counting = CounterStore(records)
    await counting.count(effects(random.Random(3), 200))  # noqa: S311 - a test's dice
    right = await counting.tallies(NAMES[:1])
    async with records.transaction() as connection:
        await connection.execute(
            "update card_usage set used = used + 1 where card = 'fc_number_00'"
        )
    assert await counting.differing() == NAMES[:1]
    await counting.mend(NAMES[:1])
    assert await counting.differing() == []
    assert await counting.tallies(NAMES[:1]) == right


@pytest.mark.row("EF-5")
async def test_the_101st_rating_drops_the_first(records: Records) -> None:
    """Of a hundred and one people in the order in which they spoke, the first is forgotten."""
    book, counting = FeedbackStore(records), CounterStore(records)
    stars = [1, *[4] * 99, 5]
    for n, given in enumerate(stars):
        ticket = replace(TICKET, id=TicketId(f"tkt_rated_{n:03}"))
        said = replace(_said(ticket, NAMES[0], given, n), given_at=NOW + timedelta(minutes=n))
        await book.save_opinion(ticket, said, 0, [])
        [tally] = await counting.tallies(NAMES[:1])
        assert tally.usage == Usage(ratings=tuple(stars[max(0, n - 99) : n + 1]))


@pytest.mark.row("EF-5")
async def test_each_event_moves_its_counter(records: Records) -> None:
    counting, ticket = CounterStore(records), TICKET.id
    shown = CardEffect(
        id="tkt:shown",
        ticket=ticket,
        card=NAMES[0],
        effect=Effect.SHOWN,
        garage=TICKET.garage,
        at=NOW,
    )
    used = replace(shown, id="tkt:used", effect=Effect.USED, person=ANU, worked=True)
    failed = replace(used, id="tkt:failed", worked=False, minutes=50, estimated=40)
    expected = [
        Usage(matched=1),
        Usage(matched=1, used=1, successes=1, last_used=NOW),
        Usage(
            matched=1,
            used=2,
            successes=1,
            failures=1,
            actual_minutes=50,
            estimated_minutes=40,
            last_used=NOW,
        ),
    ]
    for one, counted in zip((shown, used, failed), expected, strict=True):
        await counting.count([one])
        assert [tally.usage for tally in await counting.tallies(NAMES[:1])] == [counted]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
async def test_experience_is_what_was_done_before(records: Records, order: Sequence[int]) -> None:
    """By when it was done, not by when it was heard of."""
    counting = CounterStore(records)
    use = replace(
        _effect(random.Random(1), 1),  # noqa: S311 - a test's dice
        card=NAMES[0],
        effect=Effect.USED,
        person=PersonId("asha"),
        worked=False,
    )
    for n in order:
        await counting.count([replace(use, id=f"use-{n}", at=NOW + timedelta(days=n))])
    found = await counting.observations(NAMES[0])
    assert [(one.value, one.repairs) for one in found] == [(0.0, 2), (0.0, 1), (0.0, 0)]


def one_use(*order: int) -> list[Ticket]:
    """Give the versions of a ticket that hears of a try (0) and of two ends that say the same."""
    versions = [replace(TICKET, status=TicketStatus.IN_PROGRESS)]
    for n in order:
        ticket, at = versions[-1], NOW + timedelta(minutes=n)
        stamp = HybridTimestamp(int(at.timestamp() * 1000), 0, f"phone_{n}")
        move = TicketChange(at=NOW + timedelta(hours=1), expected=ticket.version, done=stamp)
        if n == 0:
            tried = Attempt(by=ANU, at=at, worked=True, card=CARD.id, minutes=20)
            versions.append(last_writer.record_attempt(ticket, tried, move))
        else:
            outcome = Outcome(worked=True, minutes=n, card=CARD.id)
            versions.append(last_writer.resolve_ticket(ticket, outcome, move))
    return versions[1:]


@pytest.mark.row("CA-29")
@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_what_a_use_took_is_the_same_in_any_order(
    records: Records, order: Sequence[int]
) -> None:
    """What somebody wrote down says more than an end; an old version heard late says nothing."""
    counting, versions = CounterStore(records), one_use(*order)
    for ticket in (*versions, versions[0]):
        await counting.count(effects_of_repair(ticket, {CARD.id: CARD}))
    [tally] = await counting.tallies([CARD.id])
    assert tally.usage == Usage(
        used=1, successes=1, actual_minutes=20, estimated_minutes=40, last_used=NOW
    )
    assert await counting.differing() == []


async def aftermath(records: Records) -> list[tuple[str, int | None, bool]]:
    rows = await records.rows("select card, stars, held from aftermath where stands")
    return [(row["card"], row["stars"], row["held"]) for row in rows]


@pytest.mark.row("FE-3")
@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_last_word_on_a_closing_stands(records: Records, order: Sequence[int]) -> None:
    """Another phone says with which card it ended, then what the customer thinks."""
    book, counting = FeedbackStore(records), CounterStore(records)
    first, other = (Outcome(worked=True, minutes=5, card=card) for card in NAMES[:2])
    versions = [
        replace(TICKET, version=n, closed_at=NOW, outcome=outcome)
        for n, outcome in enumerate((first, other, replace(other, rating=2)))
    ]
    heard = dict.fromkeys(NAMES[:2], 0)
    for n in order:
        await book.record_closing(versions[n])
        for tally in await counting.tallies(NAMES[:2]):
            # A card's node never takes a tally that heard less.
            assert tally.heard >= heard[tally.card]
            heard[tally.card] = tally.heard
    assert await aftermath(records) == [(NAMES[1], 2, True)]
    assert await counting.observations(NAMES[0]) == []
    assert [one.value for one in await counting.observations(NAMES[1])] == [0.25]
    assert NAMES[1] in await book.record_revisit(TICKET.id, NOW)
    assert await book.first_fixes([TICKET.id]) == {TICKET.id: False}


@pytest.mark.row("FE-3")
async def test_a_closing_reopened_before_it_was_heard_of_did_not_hold(records: Records) -> None:
    book, later = FeedbackStore(records), NOW + timedelta(days=1)
    outcome = Outcome(worked=True, minutes=5, card=NAMES[0], rating=4)
    closed = replace(TICKET, status=TicketStatus.CLOSED, closed_at=NOW, outcome=outcome)
    again = reopen_ticket(closed, TicketChange(at=later, expected=closed.version))
    assert await book.record_closing(again) == [NAMES[0]]
    assert await book.record_revisit(TICKET.id, later) == [NAMES[0]]
    assert await aftermath(records) == [(NAMES[0], 4, False)]


@pytest.mark.row("FE-5", figure="10,000 random events")
async def test_sums_are_the_brute_recount(records: Records) -> None:
    """By card, by vehicle, by symptom: ten thousand random events against counting by hand."""
    chance = random.Random(5)  # noqa: S311 - a test's dice
    book, counting = FeedbackStore(records), CounterStore(records)
    tickets = [_ticket(chance, n) for n in range(400)]
    for ticket in tickets:
        await book.feedback_about(ticket)
    rows: list[tuple[Ticket, CardId, int | None, bool | None, int]] = []
    uses: list[CardEffect] = []
    for n in range(EVENTS - 1_200):
        ticket = chance.choice(tickets)
        one = replace(_effect(chance, n), ticket=ticket.id, id=f"{ticket.id}:{n}")
        uses.append(one)
        if one.effect is Effect.USED:
            rows.append((ticket, one.card, None, one.worked, 0))
    for start in range(0, len(uses), 500):
        await counting.count(uses[start : start + 500])
    for n in range(800):
        ticket, stars = chance.choice(tickets), chance.randrange(1, 6)
        said = _said(ticket, chance.choice(NAMES), stars, n)
        await book.save_opinion(ticket, said, 0, [])
        rows.append((ticket, said.opinion.card, stars, None, 0))
    for n in range(400):
        ticket, clicks = tickets[n], chance.randrange(20)
        seen = Impression(card=chance.choice(NAMES), clicks=clicks)
        told = event(n, EventType.FEEDBACK_OBSERVED)
        await book.save_impressions(ticket, PersonId("asha"), [seen], NOW, told)
        rows.append((ticket, seen.card, None, None, clicks))

    for view, by in BY.items():
        wanted: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for ticket, named, stars, worked, clicks in rows:
            for key in by(ticket, named):
                wanted[key] += _sums(stars, worked, clicks)
        found = await _summed(records, view)
        assert found == {key: dict(sums) for key, sums in wanted.items()}


def _by_card(_: Ticket, card: CardId) -> list[tuple[str, ...]]:
    return [(card,)]


def _by_vehicle(ticket: Ticket, _: CardId) -> list[tuple[str, ...]]:
    return [("ather", ticket.vehicle.model or "")]


def _by_symptom(ticket: Ticket, _: CardId) -> list[tuple[str, ...]]:
    return [(seen.code,) for seen in ticket.symptoms]


BY: dict[LiteralString, Callable[[Ticket, CardId], list[tuple[str, ...]]]] = {
    "select * from feedback_by_card": _by_card,
    "select * from feedback_by_vehicle": _by_vehicle,
    "select * from feedback_by_symptom": _by_symptom,
}


def _sums(stars: int | None, worked: bool | None, clicks: int) -> Counter[str]:
    return Counter(
        ratings=int(stars is not None),
        stars=stars or 0,
        uses=int(worked is not None),
        worked=int(worked is True),
        clicks=clicks,
    )


async def _summed(records: Records, view: LiteralString) -> dict[tuple[str, ...], dict[str, int]]:
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for row in await records.rows(view):
        key = tuple(row[name] for name in ("card", "make", "model", "symptom") if name in row)
        sums = {
            "ratings": row["ratings"],
            "stars": round((row["mean_stars"] or 0) * row["ratings"]),
            "uses": row["uses"],
            "worked": row["worked"],
            "clicks": row["clicks"],
        }
        found[key] = {name: value for name, value in sums.items() if value}
    return found


def _ticket(chance: random.Random, n: int) -> Ticket:
    codes = chance.sample(["SYM_BATT_001", "SYM_BATT_002", "SYM_MOTR_001"], k=chance.randrange(3))
    return replace(
        TICKET,
        id=TicketId(f"tkt_sum_{n:03}"),
        vehicle=VehicleContext(make="Ather", model=chance.choice(["450x", "rizta"])),
        symptoms=tuple(SeenSymptom(code=code, confidence=0.9) for code in codes),
    )


def _said(ticket: Ticket, card: CardId, stars: int, n: int) -> Feedback:
    return Feedback(
        ticket=ticket.id,
        person=PersonId(f"person_{n}"),
        garage=ticket.garage,
        opinion=Opinion(card=card, stars=stars),
        given_at=NOW,
        changed_at=NOW,
    )


def _tallied(tally: CounterTally) -> CardCounters:
    return CardCounters(card=tally.card, usage=tally.usage, heard=tally.heard, reputation=0.5)


def _maybe_die(chance: random.Random) -> None:
    if chance.random() < CRASH:
        raise Killed


async def test_a_forgotten_ticket_teaches_nothing_more(records: Records) -> None:
    """A listener that read it before it was deleted may write behind the forgetting."""
    store = CounterStore(records)
    seen = CardEffect(
        id="tkt_gone:effect",
        ticket=TicketId("tkt_gone"),
        card=NAMES[0],
        effect=Effect.SHOWN,
        garage=GarageId("garage_1"),
        at=NOW,
        person=None,
        worked=None,
        minutes=0,
        estimated=0,
    )
    await store.count([seen])
    [before] = await store.tallies([seen.card])
    assert await store.forget(seen.ticket) == [seen.card]
    await store.count([seen])
    [after] = await store.tallies([seen.card])
    assert (before.usage.matched, after.usage) == (1, Usage())
    assert await store.differing() == []
