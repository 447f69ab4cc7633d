"""History out of the graph: what closed in a range, page by page, and what was known of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.cards import CardStatus, PartUse
from domain.codes import CodeKey
from domain.ids import TicketId, VehicleId
from domain.outcomes import Attempt, Outcome
from domain.repair_history import RepairHistory, RepairRecord, RepairTry, ShownPlace
from domain.tickets import Matching, ShownCard, Ticket, TicketStatus
from domain.vehicles import BatteryOrigin
from graph.cards import CardStore
from graph.database import Graph
from graph.repair_history import HistorySpan, RepairHistoryStore, card_record
from graph.tickets import TicketStore
from tests.graph.examples import FULL, NOW, card, event
from tests.stores.test_ticket_store import ASHA, DELHI, TICKET

CLOSED = NOW + timedelta(hours=2)
TRIED = Attempt(
    by=ASHA.id, at=CLOSED, worked=True, card=FULL.id, minutes=40, parts=(PartUse(part="prt_bms"),)
)
REPAIRED = replace(
    TICKET,
    status=TicketStatus.CLOSED,
    text="Charge nahi hota, call 98765 43210",
    assignee=ASHA.id,
    vehicle_id=VehicleId("veh_1"),
    battery=BatteryOrigin(batch="25-W30", supplier="indus-packs"),
    closed_at=CLOSED,
    attempts=(TRIED,),
    outcome=Outcome(worked=True, minutes=40, card=FULL.id, cause="cells drifted", rating=5),
)
SPAN = HistorySpan(NOW, NOW + timedelta(days=1), NOW + timedelta(days=60))


def closed(n: int, **changes: object) -> Ticket:
    told = {"id": TicketId(f"tkt_h{n}"), "closed_at": CLOSED + timedelta(minutes=n), **changes}
    return replace(REPAIRED, **told)  # pyright: ignore[reportArgumentType]


async def history(graph: Graph, span: HistorySpan = SPAN, page: int = 2) -> RepairHistory:
    return await RepairHistoryStore(graph, page).whole(span)


async def test_repair_is_read_whole(graph: Graph) -> None:
    await CardStore(graph).add(FULL, [event("c", FULL.id)])
    tickets = TicketStore(graph)
    await tickets.add(REPAIRED, [])
    shown = ShownCard(card=FULL.id, rank=1, score=0.5, ranker="evidence-1", at=NOW)
    await tickets.record_shown(REPAIRED.id, [shown], Matching.FOUND, [])
    back = closed(9, id=TicketId("tkt_back"), revisit_of=REPAIRED.id, closed_at=None)
    await tickets.add(replace(back, opened_at=CLOSED + timedelta(days=30), attempts=()), [])

    found = await history(graph)

    assert found.cards == (card_record(FULL),)
    assert found.repairs == (
        RepairRecord(
            ticket=REPAIRED.id,
            garage=DELHI,
            technician=ASHA.id,
            vehicle=VehicleId("veh_1"),
            make="Ather",
            model="450X",
            opened_at=NOW,
            closed_at=CLOSED,
            text="Charge nahi hota, call [phone]",
            worked=True,
            variant="Gen 3",
            year=2023,
            firmware="4.2.1",
            battery_batch="25-W30",
            supplier="indus-packs",
            climate="north",
            odometer_km=18_400,
            symptoms=("SYM_BATT_001", "SYM_CHRG_002"),
            codes=(CodeKey("ather:E401"),),
            component=FULL.signature.component,
            cause="cells drifted",
            shown=(ShownPlace(card=FULL.id, rank=1, score=0.5, ranker="evidence-1", at=NOW),),
            tries=(
                RepairTry(card=FULL.id, worked=True, at=CLOSED, minutes=40, parts=("prt_bms",)),
            ),
            resolved_by=FULL.id,
            minutes=40,
            rating=5,
            came_back=True,
        ),
    )


@pytest.mark.row("TD-1")
async def test_counts_match_over_pages(graph: Graph) -> None:
    tickets = TicketStore(graph)
    # Five of one moment, so that a page ends among them; one before the range, one at its end.
    for n in range(5):
        await tickets.add(closed(n, closed_at=CLOSED, attempts=()), [])
    await tickets.add(closed(5, closed_at=SPAN.since, attempts=()), [])
    await tickets.add(closed(6, closed_at=SPAN.since - timedelta.resolution, attempts=()), [])
    await tickets.add(closed(7, closed_at=SPAN.until, attempts=()), [])
    await tickets.add(closed(8, closed_at=None, attempts=()), [])

    found = await history(graph)

    assert [one.ticket for one in found.repairs] == ["tkt_h5", *(f"tkt_h{n}" for n in range(5))]


async def test_later_return_was_not_known(graph: Graph) -> None:
    await TicketStore(graph).add(closed(1, attempts=()), [])
    back = closed(2, revisit_of=TicketId("tkt_h1"), attempts=(), closed_at=None)
    await TicketStore(graph).add(replace(back, opened_at=SPAN.known), [])

    assert [one.came_back for one in (await history(graph)).repairs] == [False]
    later = replace(SPAN, known=SPAN.known + timedelta.resolution)
    assert [one.came_back for one in (await history(graph, later)).repairs] == [True]


async def test_only_published_cards_are_told(graph: Graph) -> None:
    store = CardStore(graph)
    for n, status in enumerate(CardStatus):
        await store.add(card(f"c{n}", status=status), [])

    found = {one.card for one in (await history(graph)).cards}

    wanted = (CardStatus.PROVISIONAL, CardStatus.VERIFIED, CardStatus.DEPRECATED)
    assert found == {f"fc_c{n}" for n, status in enumerate(CardStatus) if status in wanted}
