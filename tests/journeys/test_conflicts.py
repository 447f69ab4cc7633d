"""Garages that changed the same things without knowing of each other, over the real stores."""

import asyncio
from datetime import timedelta
from itertools import permutations
from time import time
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role, Viewer
from domain.cards import FailureCard
from domain.ids import CardId
from domain.technicians import Technician
from repair.analyses import handle_event
from resolvers.offline.ticket_records import TAKEN, TRIED
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, UPDATE, Person, content
from tests.journeys.planted_cards import plant
from tests.journeys.queue_records import opened, record, sync, told
from tests.journeys.test_repairs import ASSIGN, REOPEN, START, do
from tests.sizes import short_and_full
from web.listeners import ListenerName, listeners_of
from web.wiring import Runtime, analysis_ports

pytestmark = pytest.mark.journey
CARD = """query ($id: ID!, $version: Int) { card(id: $id, version: $version) {
  version status title cause { primary } merge { sources mergedAt conflictsResolved } } }"""
TICKET = """query ($id: ID!) { ticket(id: $id) {
  version status outcome { minutes rating } attempts { worked minutes } } }"""
EVERYONE = Viewer(sees_all=True)
YEAR_MS = int(timedelta(days=365).total_seconds() * 1000)


def edit(card: str, base: int, title: str, **more: object) -> dict[str, Any]:
    wanted = content(title, text="The same failure", **more)
    return record("update_card", {"id": card, "expected_version": base, "card": wanted})


def at(ms: int, phone: str = "phone_1") -> dict[str, str]:
    return {"timestamp": f"{ms}.0.{phone}"}


def now_ms() -> int:
    return int(time() * 1000)


@pytest.mark.row("CF-4")
async def test_a_version_keeps_what_it_was_merged_from(somebody: Somebody) -> None:
    manager, other = somebody(), somebody(name="other")
    made = await manager.create(content("Merged", text="The same failure"))
    mine = edit(made["key"], 1, "Merged", cause={"primary": "A wet plug"})
    theirs = edit(made["key"], 1, "Merged", cause={"primary": "Bad earth"})
    await sync(manager, mine)
    await sync(other, theirs)
    fourth = content("Renamed later", text="The same failure")
    change = record("update_card", {"id": made["key"], "expected_version": 3, "card": fourth})
    await sync(manager, change)
    first, second, third, last = [
        await manager.ask(CARD, id=made["key"], version=n) for n in (1, 2, 3, 4)
    ]
    assert first["merge"] is None
    assert second["merge"]["sources"] == [mine["operation_id"]]
    assert third["merge"]["sources"] == sorted([mine["operation_id"], theirs["operation_id"]])
    assert third["merge"]["conflictsResolved"] == ["rootCause"]
    assert third["merge"]["mergedAt"] is not None
    assert last["merge"]["sources"] == [change["operation_id"]]
    assert last["merge"]["conflictsResolved"] == []


def said(card: FailureCard) -> tuple[object, ...]:
    merge = card.merge
    assert merge is not None
    return card.version, card.title, card.cause, card.resolution, card.signature, merge.conflicts


async def test_no_order_of_arrival_changes_a_merged_card(
    house: Runtime, somebody: Somebody
) -> None:
    """Three know the first version, the last one knows the second: it goes behind that."""
    ends: set[object] = set()
    people = [somebody(name=f"editor_{n}") for n in range(4)]
    for order in permutations(range(3)):
        made = await people[0].create(content("Read by all", text="The same failure"))
        first = edit(made["key"], 1, "Read by all", cause={"primary": "A wet plug"})
        await sync(people[0], first)
        later = [
            edit(made["key"], 1, "By the second", cause={"primary": "Bad earth"}),
            edit(made["key"], 2, "By the third", cause={"primary": "Worn brush"}),
            edit(made["key"], 1, "Read by all", cause={"primary": "A wet plug"}),
        ]
        for n in order:
            await sync(people[n + 1], later[n])
        card = await house.cards.get(CardId(made["key"]), EVERYONE)
        ends.add(said(card))
    assert len(ends) == 1


async def test_edits_at_one_moment_are_all_taken(house: Runtime, somebody: Somebody) -> None:
    manager = somebody()
    made = await manager.create(content("All at once", text="The same failure"))
    records = [edit(made["key"], 1, f"All at once {n}") for n in range(6)]
    people = [somebody(name=f"at_once_{n}") for n in range(6)]
    told = await asyncio.gather(*(sync(p, r) for p, r in zip(people, records, strict=True)))
    waiting = [r for r, [a] in zip(records, told, strict=True) if a["state"] == "DEFERRED"]
    for again in waiting:
        await sync(people[records.index(again)], again)
    card = await house.cards.get(CardId(made["key"]), EVERYONE)
    assert (card.version, card.title) == (7, "All at once 0")
    assert card.merge is not None
    assert set(card.merge.sources) == {r["operation_id"] for r in records}


async def test_an_edit_made_online_has_its_vote(house: Runtime, somebody: Somebody) -> None:
    manager, other = somebody(), somebody(name="other")
    made = await manager.create(content("On two ways", text="The same failure"))
    key = made["key"]
    online = content("On two ways", text="The same failure", cause={"primary": "A wet plug"})
    await manager.ask(UPDATE, id=key, card=online, expected=1, op=str(uuid4()))
    await manager.ask(UPDATE, id=key, card=online | {"title": "Named"}, expected=2, op=str(uuid4()))
    [met] = await sync(other, edit(key, 1, "On two ways", cause={"primary": "Bad earth"}))
    card = await house.cards.get(CardId(key), EVERYONE)
    assert (met["state"], card.version) == ("CONFLICT", 4)
    assert (card.title, card.cause.primary) == ("Named", "A wet plug")


async def test_what_an_edit_names_has_to_be_known_in_a_conflict_too(somebody: Somebody) -> None:
    manager = somebody()
    made = await manager.create(content("Known parts", text="The same failure"))
    await sync(manager, edit(made["key"], 1, "Known parts 2"))
    wrong = {"type": "REPAIR", "parts": [{"part": "no-such-part"}]}
    [answer] = await sync(manager, edit(made["key"], 1, "Known parts", resolution=wrong))
    assert (answer["state"], answer["field"]) == ("REFUSED", "data.card.resolution.parts")
    assert (await manager.ask(CARD, id=made["key"]))["version"] == 2


async def begun(technician: Person, text: str) -> str:
    ticket, version = await opened(technician, text)
    await sync(
        technician, record("start_repair", {"id": ticket, "expected_version": version}, **at(1))
    )
    return ticket


def ending(ticket: str, minutes: int, ms: int, phone: str, **more: object) -> dict[str, Any]:
    outcome = {"worked": True, "minutes": minutes, **more}
    data = {"id": ticket, "expected_version": 2, "outcome": outcome}
    return record("resolve_ticket", data, **at(ms, phone))


@pytest.mark.row("CF-5")
async def test_the_last_word_on_a_ticket_stands_and_no_wrong_clock_wins(somebody: Somebody) -> None:
    technician, base = somebody(Role.TECHNICIAN), now_ms() - 60_000
    words = [(20, base, "slow"), (30, base + 9, "last"), (99, base + YEAR_MS, "year_ahead")]
    for n, order in enumerate(permutations(words)):
        ticket = await begun(technician, f"Wheel wobbles {n}")
        answers = [(await sync(technician, ending(ticket, *word)))[0]["state"] for word in order]
        stands = await technician.ask(TICKET, id=ticket)
        assert (stands["status"], stands["outcome"]["minutes"]) == ("RESOLVED", 30)
        assert answers == ["APPLIED", "CONFLICT", "CONFLICT"]


async def test_two_phones_on_one_repair_end_alike_whoever_comes_first(somebody: Somebody) -> None:
    technician, base = somebody(Role.TECHNICIAN), now_ms() - 60_000
    ends: list[object] = []
    for order in ([0, 1], [1, 0]):
        ticket, version = await opened(technician, f"Latch sticks {order}")
        phones = [repair(ticket, version, base + n, f"phone_{n}", 10 * n + 5) for n in (0, 1)]
        for n in order:
            await sync(technician, *phones[n])
        ends.append(await technician.ask(TICKET, id=ticket))
    stands = ends[0]
    assert isinstance(stands, dict)
    assert (stands["status"], stands["outcome"]) == ("CLOSED", {"minutes": 15, "rating": 2})
    assert [e["outcome"] for e in ends if isinstance(e, dict)] == [stands["outcome"]] * 2


def a_try(about: tuple[str, str], ms: int, phone: str, *, worked: bool) -> dict[str, Any]:
    attempt = {"worked": worked, "card": about[1], "minutes": 20}
    data = {"id": about[0], "expected_version": 2, "attempt": attempt}
    return record("record_attempt", data, **at(ms, phone))


@pytest.mark.row("CF-5", "OF-5")
@short_and_full("every", 4, 1)
async def test_a_late_try_is_kept_and_counted_once(
    house: Runtime, somebody: Somebody, every: int
) -> None:
    asha, base = somebody(Role.TECHNICIAN), now_ms() - 60_000
    ends: list[object] = []
    await told(house)
    orders = [*permutations(["failed", "worked", "end", "behind"])][::every]
    for n, order in enumerate(orders):
        card = await plant(house, f"late_{n}", f"The late latch {n}")
        ticket = await begun(asha, f"Latch sticks late {n}")

        about = ticket, card.id
        deeds = {
            "failed": a_try(about, base, "first", worked=False),
            "worked": a_try(about, base + 5, "second", worked=True),
            "end": ending(ticket, 20, base + 9, "third", card=card.id),
            # Its phone did not know that the repair had ended.
            "behind": a_try(about, base + 10, "fourth", worked=False),
        }
        start = await house.change_log.last()
        answers = [(await sync(asha, deeds[name]))[0] for name in order]
        assert [one["state"] for one in answers] == ["APPLIED", *["CONFLICT"] * 3]
        assert [one["reason"] for one in answers[1:]] == [TAKEN] * 3
        stands = await asha.ask(TICKET, id=ticket)
        again = await sync(asha, *deeds.values())
        assert [answer["state"] for answer in again] == ["REPEATED"] * 4
        assert await asha.ask(TICKET, id=ticket) == stands
        uses = await counted(house, card.id, start)
        ends.append((stands["status"], stands["outcome"], stands["attempts"], uses))
    tried = [{"worked": worked, "minutes": 20} for worked in (False, True, False)]
    assert ends == [("RESOLVED", {"minutes": 20, "rating": None}, tried, (3, 1, 2))] * len(orders)


@pytest.mark.row("CF-5", "OF-5")
async def test_every_repair_of_a_reopened_ticket_is_counted_once_in_any_order(
    house: Runtime, somebody: Somebody
) -> None:
    """One card ends it twice; another phone's outcome of the first repair comes at any time."""
    asha = somebody(Role.TECHNICIAN, name="asha")
    await house.technicians.register(Technician(id=asha.actor.id, garage=PUNE))
    await told(house)
    ends = [await twice_repaired(house, asha, somebody(), late_before=n) for n in range(4)]
    assert ends == [(25, (3, 2, 1))] * 4


async def twice_repaired(
    house: Runtime, asha: Person, chief: Person, *, late_before: int
) -> tuple[int, tuple[int, int, int]]:
    """Give the minutes of the outcome that stands, and the card's counters."""
    base = now_ms() - 60_000
    card = await plant(house, f"again_{late_before}", f"The latch came back {late_before}")
    ticket = await begun(asha, f"Latch came back {late_before}")
    start = await house.change_log.last()
    late = ending(ticket, 30, base - 9, "late", card=card.id, worked=False)
    for step in range(4):
        if step == late_before:
            [answer] = await sync(chief, late)
            assert answer["reason"] == (TRIED if step else None)
        match step:
            case 0:
                await sync(chief, ending(ticket, 20, base, "first", card=card.id))
            case 1:
                await taken_up_again(chief, ticket, asha)
            case 2:
                await sync(chief, ending(ticket, 25, now_ms() + 1, "second", card=card.id))
            case _:
                [again] = await sync(chief, late)
                assert again["state"] == "REPEATED"
    stands = await chief.ask(TICKET, id=ticket)
    return stands["outcome"]["minutes"], await counted(house, card.id, start)


async def taken_up_again(chief: Person, ticket: str, to: Person) -> None:
    version = (await chief.ask(TICKET, id=ticket))["version"]
    await do(chief, REOPEN, ticket, version)
    await do(chief, ASSIGN, ticket, version + 1, to=to.actor.id)
    await do(to, START, ticket, version + 2)


async def counted(house: Runtime, card: CardId, start: int) -> tuple[int, int, int]:
    """Let the network hear what was written behind `start`, and give the card's counters."""
    await told(house)
    for _, event in await house.change_log.after(start, 100):
        if ListenerName.LEARNING in listeners_of(event.type):
            await handle_event(analysis_ports(house), event)
    usage = (await house.cards.get(card, EVERYONE)).usage
    return usage.used, usage.successes, usage.failures


def repair(ticket: str, version: int, ms: int, phone: str, minutes: int) -> list[dict[str, Any]]:
    """Give what one phone did to a ticket, from start to close."""
    deeds: list[tuple[str, dict[str, Any]]] = [
        ("start_repair", {"card": None}),
        ("record_attempt", {"attempt": {"worked": False, "minutes": minutes - 1}}),
        ("resolve_ticket", {"outcome": {"worked": True, "minutes": minutes}}),
        ("close_ticket", {"rating": 1 if minutes == 5 else 2}),
    ]
    return [
        record(deed, {"id": ticket, "expected_version": version + n, **data}, **at(ms + n, phone))
        for n, (deed, data) in enumerate(deeds)
    ]


@pytest.mark.row("CF-6")
async def test_two_who_took_the_last_part_leave_a_flagged_shelf(
    house: Runtime, somebody: Somebody
) -> None:
    [part] = await house.vocabulary.parts(first=1)
    manager, other = somebody(), somebody(name="other")

    def moved(quantity: int) -> dict[str, Any]:
        delta = {"part": part.id, "quantity": quantity, "reason": "For a repair"}
        return record("adjust_stock", {"stock": delta})

    await sync(manager, moved(1))
    taken = [moved(-1), moved(-1)]
    answers = await sync(manager, taken[0]) + await sync(other, taken[1])
    again = await sync(other, taken[1])
    stock = house.billing.billing.stock
    level = (await stock.stock_levels(PUNE, [part.id]))[part.id]
    assert [a["state"] for a in answers + again] == ["APPLIED", "APPLIED", "REPEATED"]
    assert (level.quantity, level.negative) == (-1, True)


async def test_a_word_on_a_card_meets_a_newer_one(house: Runtime, somebody: Somebody) -> None:
    technician = somebody(Role.TECHNICIAN)
    made = await technician.create(content("Rated twice", text="Chain is slack"))
    ticket, version = await opened(technician, "Chain is slack")
    data = {"id": ticket, "expected_version": version, "card": made["key"]}
    await sync(technician, record("start_repair", data))

    def rated(stars: int, **more: object) -> dict[str, Any]:
        feedback = {"card": made["key"], "stars": stars}
        return record("rate_card", {"id": ticket, "feedback": feedback, **more})

    [first] = await sync(technician, rated(4))
    [same] = await sync(technician, rated(4))
    [stale] = await sync(technician, rated(2))
    [next_one] = await sync(technician, rated(3, expected_version=1))
    assert [a["state"] for a in (first, same, stale, next_one)] == [
        "APPLIED",
        "APPLIED",
        "CONFLICT",
        "APPLIED",
    ]
    assert stale["theirs"] == {"version": 1, "stars": 4}
    assert next_one["version"] == 2
