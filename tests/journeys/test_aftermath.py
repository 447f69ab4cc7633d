"""What becomes of a repair counts: it held or came back, and what its customer says of it."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.access import Role
from domain.cards import FailureCard
from domain.events import EventType
from domain.ids import TicketId
from records.analyses import Analysis
from repair.analyses import handle_event
from repair.counters import refresh_counters
from tests.domain.samples import NOW
from tests.journeys.conftest import Somebody
from tests.journeys.people import Person, fresh_word
from tests.journeys.planted_cards import plant
from tests.journeys.solved_tickets import told
from tests.journeys.test_repairs import CLOSE, REOPEN, RESOLVE, START, do
from tests.waits import eventually
from web.server import run_background
from web.wiring import Runtime, analysis_ports, counter_ports

pytestmark = pytest.mark.journey
READ = "query ($id: ID!) { ticket(id: $id) { version firstFix outcome { rating } revisitOf } }"
UNHAPPY = """insert into aftermath (ticket, closed_at, garage, card, worked, stars)
values (%(ticket)s, %(at)s, 'garage_pune', %(card)s, true, 1)"""
CARD = "query ($id: ID!) { card(id: $id) { reputation usage { used successes failures ratings } } }"


@pytest.fixture(scope="module", autouse=True)
async def _at_work(house: Runtime) -> AsyncGenerator[None]:  # pyright: ignore[reportUnusedFunction]
    async with run_background(house):
        yield


async def repaired(who: Person, card: FailureCard, rating: int | None = None) -> dict[str, Any]:
    """Repair a vehicle by a card, hand it back, wait until it is counted, give the ticket."""
    vehicle = f"veh_{fresh_word()}"
    made = await who.report("It stops charging", codes=["E401"], vehicleId=vehicle)
    await do(who, START, made["id"], 1, card=card.id)
    outcome = {"worked": True, "minutes": 30, "card": card.id}
    await do(who, RESOLVE, made["id"], 2, outcome=outcome)
    await do(who, CLOSE, made["id"], 3, rating=rating)
    await eventually(lambda: who.ask(READ, id=made["id"]), lambda t: t["firstFix"] is not None)
    await eventually(lambda: who.ask(CARD, id=card.id), lambda c: c["usage"]["successes"] == 1)
    return made | {"vehicle": vehicle}


@pytest.mark.row("FE-3")
async def test_a_repair_that_holds_is_a_first_fix(house: Runtime, somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    card = await plant(house, "holds", "It holds for good")
    made = await repaired(asha, card, 5)
    assert await asha.ask(READ, id=made["id"]) == {
        "version": 4,
        "firstFix": True,
        "outcome": {"rating": 5},
        "revisitOf": None,
    }


@pytest.mark.row("FE-3")
async def test_a_revisit_turns_the_repair_into_one_that_failed(
    house: Runtime, somebody: Somebody
) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    card = await plant(house, "comes_back", "It comes back after a week")
    made = await repaired(asha, card)
    before = await eventually(lambda: asha.ask(CARD, id=card.id), lambda c: c["reputation"] > 0.5)
    again = await asha.report("It stops again", codes=["E401"], vehicleId=made["vehicle"])
    assert (await asha.ask(READ, id=again["id"]))["revisitOf"] == made["key"]
    # Not "lower than before": a score weighed anew fades with the seconds that have passed.
    after = await eventually(lambda: asha.ask(CARD, id=card.id), lambda c: c["reputation"] < 0.5)
    # What was counted stays counted: the try worked on the bench.
    assert after["usage"] == before["usage"]
    assert (await asha.ask(READ, id=made["id"]))["firstFix"] is False


@pytest.mark.row("FE-3")
async def test_a_reopened_ticket_is_no_first_fix(house: Runtime, somebody: Somebody) -> None:
    asha, boss = somebody(Role.TECHNICIAN, name="asha"), somebody(Role.MANAGER)
    card = await plant(house, "reopens", "It is taken up again the same day")
    made = await repaired(asha, card)
    await do(boss, REOPEN, made["id"], 4)
    found = await eventually(
        lambda: boss.ask(READ, id=made["id"]), lambda t: t["firstFix"] is False
    )
    assert (found["firstFix"], found["outcome"]) == (False, None)


@pytest.mark.row("FE-3", "FE-8")
async def test_the_customers_stars_move_the_score_within_the_bound(
    house: Runtime, somebody: Somebody
) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    praised = await plant(house, "praised", "Customers love how this was mended")
    blamed = await plant(house, "blamed", "Customers loathe how this was mended")
    silent = await plant(house, "unsaid", "Customers say nothing of this")
    for card, rating in ((praised, 5), (blamed, 1), (silent, None)):
        await repaired(asha, card, rating)

    async def scores() -> tuple[float, ...]:
        found = [await asha.ask(CARD, id=card.id) for card in (blamed, silent, praised)]
        return tuple(one["reputation"] for one in found)

    _, before, _ = await eventually(scores, lambda s: s[0] < 0.5 < s[1] < s[2])
    # Fifty unhappy customers of one garage are still one garage.
    async with house.records.transaction() as connection:
        for n in range(50):
            await connection.execute(UNHAPPY, {"ticket": f"tkt_{n}", "at": NOW, "card": silent.id})
    await refresh_counters(counter_ports(house), [silent.id], datetime.now(UTC))
    moved = (await asha.ask(CARD, id=silent.id))["reputation"]
    assert 0 < before - moved < 0.02
    # The technicians' own stars are another number, and the customers' are not among them.
    assert (await asha.ask(CARD, id=praised.id))["usage"]["ratings"] == 0


@pytest.mark.row("FE-3")
async def test_an_aftermath_told_twice_counts_once(house: Runtime, somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    card = await plant(house, "told_twice", "It is told of again and again")
    made = await repaired(asha, card, 4)
    before = await asha.ask(CARD, id=card.id)
    ticket = await house.tickets.get(TicketId(made["key"]), asha.actor)
    for _ in range(3):
        await handle_event(analysis_ports(house), told(ticket, EventType.TICKET_CLOSED))
    assert (await asha.ask(CARD, id=card.id))["usage"] == before["usage"]
    rows = await house.records.rows(
        "select stars, held from aftermath where ticket = %(t)s", t=made["key"]
    )
    assert rows == [{"stars": 4, "held": True}]


@pytest.mark.row("IP-6")
async def test_a_resolved_repair_is_analysed_once_within_seconds(
    house: Runtime, somebody: Somebody
) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    plain = await plant(house, "analysed", "It is looked into at once")
    part = (await house.vocabulary.parts(first=1))[0].id
    made = await asha.report("It stops charging", codes=["E401"])
    await do(asha, START, made["id"], 1, card=plain.id)
    outcome = {
        "worked": True,
        "minutes": 30,
        "card": plain.id,
        "steps": [{"action": "Look"}, {"action": "Mend"}],
        "parts": [{"part": part, "quantity": 2}],
    }
    await do(asha, RESOLVE, made["id"], 2, outcome=outcome)
    ticket = TicketId(made["key"])

    async def analysed() -> Analysis | None:
        return await house.analyses.get(ticket, 3)

    # The row's own bound.
    kept = await eventually(analysed, lambda found: found is not None)
    assert kept is not None
    assert (kept.ticket, kept.version, kept.followed) == (ticket, 3, plain.id)
    assert (kept.worked, kept.minutes, kept.steps) == (True, 30, 2)
    assert kept.parts == ((part, 2),)
    [event] = [
        event
        for _, event in await house.change_log.after(0, 1_000)
        if event.entity == ticket and event.type is EventType.TICKET_RESOLVED
    ]
    for _ in range(3):
        await handle_event(analysis_ports(house), event)
    rows = await house.records.rows(
        "select event from repair_analysis where ticket = %(t)s", t=ticket
    )
    assert rows == [{"event": event.id}]
