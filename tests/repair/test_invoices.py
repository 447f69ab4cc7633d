"""From a closed ticket to its invoice, on a real graph and real books."""
# ruff: noqa: ANN401 - stores stand behind stores

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.gst.e_invoice import CRORE
from billing.gst.money import Paise
from billing.gst.parties import Party
from billing.gst.price_sources import PriceSource
from billing.gst.terms import TariffChoice
from billing.ledger.books import NETWORK
from billing.ledger.sagas import LEASE, SagaState
from billing.ledger.verification import verify_books
from domain.access import SYSTEM
from domain.cards import PartUse
from domain.errors import (
    IllegalTransition,
    InvalidInput,
    NotFound,
    Occupied,
    OperationConflict,
    StaleVersion,
    Unavailable,
)
from domain.events import EventType
from domain.outcomes import Outcome
from domain.tickets import TicketStatus
from domain.vocabulary import Part
from graph.cards import CardStore
from graph.database import Graph
from graph.tickets import TicketStore
from graph.vocabulary import VocabularyStore
from records.database import Records
from repair import invoices as saga
from repair.invoices import InvoicePorts
from tests.billing.closed_ticket import (
    ACCOUNTANT,
    asked,
    estimated_card,
    furnish,
    invoicing,
    operation,
    ticket,
)
from tests.billing.crash_rounds import Refusing
from tests.billing.sample_books import (
    DELHI,
    NOW,
    PROFILE,
    PUNE,
    Desk,
    customer,
    deed,
    desk,
    synthetic_gstin,
)

COUNTS = """select (select count(*) from invoice) as invoices,
  (select count(*) from entry) as entries,
  (select count(*) from document) as documents, (select count(*) from outbox) as events,
  (select count(*) from ticket_lease) as leases"""
FLEET = customer(synthetic_gstin("27", "BBBPK5678D"))
NOTHING = {"invoices": 0, "entries": 0, "documents": 0, "events": 0, "leases": 0}


@pytest.fixture
async def books(graph: Graph, records: Records) -> Desk:
    books = desk(records)
    await furnish(graph, books)
    return books


@pytest.fixture
async def way(graph: Graph, books: Desk) -> InvoicePorts:
    return invoicing(graph, books.records, books)


@pytest.fixture
def tickets(graph: Graph) -> TicketStore:
    return TicketStore(graph)


async def _counts(books: Desk) -> dict[str, Any]:
    return (await books.records.rows(COUNTS))[0]


async def test_closed_ticket_becomes_an_invoice(
    tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await tickets.add(ticket("one"), [])
    paper = await saga.issue_invoice(way, asked("one"), operation())
    marked = await way.tickets.get(ticket("one").id, SYSTEM)
    assert (paper.invoice.number, marked.status, marked.invoice) == (
        "PN1/2627/000001",
        TicketStatus.INVOICED,
        paper.id,
    )
    assert await _counts(books) == {
        **NOTHING,
        "invoices": 1,
        "entries": 5,
        "documents": 1,
        "events": 2,
    }
    assert (await verify_books(books.records)).touched is None


@pytest.mark.row("IP-9")
async def test_second_saga_waits_for_the_lease(
    tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    """A worker that went away holds the ticket until its lease runs out; then it is taken back."""
    await tickets.add(ticket("one"), [])
    first = operation()
    left = await way.sagas.begin_saga(PUNE, first.id, asked("one"), ACCOUNTANT, NOW)
    assert await way.sagas.take_lease(left, NOW) is None
    with pytest.raises(Occupied):
        await saga.issue_invoice(way, asked("one"), operation())
    before = await _counts(books)
    later = replace(operation(), at=NOW + LEASE + timedelta(seconds=1))
    paper = await saga.issue_invoice(way, asked("one"), later)
    ended = await way.sagas.get_saga(left.id)
    assert before == {**NOTHING, "leases": 1}
    assert paper.invoice.number == "PN1/2627/000001"
    assert ended is not None
    assert ended.state is SagaState.UNDONE


@pytest.mark.row("IP-10")
async def test_actuals_come_before_the_estimate(
    tickets: TicketStore, graph: Graph, way: InvoicePorts
) -> None:
    card = estimated_card()
    await CardStore(graph).add(card, [])
    real = ticket("real", card=card.id)
    guessed = ticket("guess", card=card.id, outcome=None)
    found = []
    for each in (real, guessed):
        await tickets.add(each, [])
        paper = await saga.issue_invoice(way, asked(each.id.removeprefix("tkt_")), operation())
        found.append([(li.quantity, li.estimated) for li in paper.invoice.lines])
    assert found == [
        [(Decimal(1), False), (Decimal("0.9"), False)],
        [(Decimal(3), True), (Decimal(2), False)],
    ]


@pytest.mark.row("IP-11")
async def test_line_keeps_the_price_of_its_day(
    tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await tickets.add(ticket("one"), [])
    paper = await saga.issue_invoice(way, asked("one"), operation())
    await books.prices.set_price(deed(NETWORK), "controller", 99, NOW)
    line = (await books.ledger.get(paper.id)).invoice.lines[0]
    assert (line.unit_price, line.priced_from) == (1_250_000, PriceSource.LIST)


@pytest.mark.row("IP-12")
async def test_same_operation_is_one_invoice(
    tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await tickets.add(ticket("one"), [])
    same = operation()
    papers = await asyncio.gather(*(saga.issue_invoice(way, asked("one"), same) for _ in range(20)))
    before = await _counts(books)
    with pytest.raises(OperationConflict):
        await saga.issue_invoice(way, replace(asked("one"), body_hash="another"), same)
    assert len({paper.id for paper in papers}) == 1
    assert (before["documents"], before["leases"]) == (1, 0)
    assert await _counts(books) == before


class Down:
    """Tickets of a graph that stops answering once the invoice is issued."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.down = True
        self.get = inner.get

    async def put(self, *args: Any, **kwargs: Any) -> None:
        if self.down:
            raise Unavailable("neo4j", "ServiceUnavailable")
        await self._inner.put(*args, **kwargs)


@pytest.mark.row("IP-13")
async def test_graph_that_is_down_does_not_lose_the_invoice(
    tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await tickets.add(ticket("one"), [])
    down = Down(way.tickets)
    weak = replace(way, tickets=down)  # pyright: ignore[reportArgumentType]
    with pytest.raises(Unavailable):
        await saga.issue_invoice(weak, asked("one"), operation())
    issued = await _counts(books)
    down.down = False
    recovered = [await saga.recover_sagas(weak, NOW + timedelta(minutes=1)) for _ in range(2)]
    first = await way.tickets.get(ticket("one").id, SYSTEM)
    live = (await books.ledger.of_tickets([first.id]))[first.id]
    assert (issued["invoices"], recovered) == (1, [1, 0])
    assert (first.status, first.invoice, first.version) == (TicketStatus.INVOICED, live.id, 2)


@pytest.mark.row("IP-14")
async def test_notification_carries_ids_alone(
    tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await tickets.add(ticket("one"), [])
    buyer = Party(name="Meera Joshi", email="meera@example.org")
    paper = await saga.issue_invoice(way, asked("one", buyer), operation())
    [told] = await books.records.rows("select * from outbox where type = 'notification.send'")
    assert (told["entity"], told["type"]) == (paper.id, EventType.NOTIFICATION_SEND)
    assert not [v for v in told.values() if "example.org" in str(v) or "Meera" in str(v)]


async def test_ticket_that_went_away_takes_the_invoice_back(
    tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await tickets.add(ticket("one"), [])
    reopened = ticket("one", status=TicketStatus.OPEN, version=2)

    class Reopening(Down):
        async def put(self, *args: Any, **kwargs: Any) -> None:
            if self.down:
                self.down = False
                await self._inner.put(reopened, [], expected=1)
                raise StaleVersion(reopened.id, 1, 2)
            await self._inner.put(*args, **kwargs)

    weak = replace(way, tickets=Reopening(way.tickets))  # pyright: ignore[reportArgumentType]
    same = operation()
    with pytest.raises(IllegalTransition):
        await saga.issue_invoice(weak, asked("one"), same)
    [paper] = await books.ledger.page(PUNE, first=5)
    assert paper.balance is not None
    assert paper.balance.voided
    assert await books.ledger.of_tickets([paper.ticket]) == {}
    assert (await books.stock.stock_levels(PUNE, ["controller"]))["controller"].quantity == 0
    with pytest.raises(OperationConflict, match="issued an invoice that was taken back"):
        await saga.issue_invoice(way, asked("one"), same)


@pytest.mark.parametrize("closed", [False, True])
async def test_new_operation_issues_what_was_taken_back(
    tickets: TicketStore, way: InvoicePorts, books: Desk, *, closed: bool
) -> None:
    """Taken back by a void or, its month being closed by then, by a credit note."""
    await tickets.add(ticket("one"), [])
    down: Any = Down(way.tickets)
    with pytest.raises(Unavailable):
        await saga.issue_invoice(replace(way, tickets=down), asked("one"), operation())
    later = NOW + timedelta(days=7)
    if closed:
        await books.ledger.close_month(deed(at=later), date(2026, 11, 1))
    gone: Any = Refusing(way.tickets)
    await saga.recover_sagas(replace(way, tickets=gone), later)
    again = await saga.issue_invoice(way, asked("one"), replace(operation(), at=later))
    papers = await books.ledger.page(PUNE, first=5)
    live = {paper.id for paper in papers if paper.balance and paper.balance.due}
    level = (await books.stock.stock_levels(PUNE, ["controller"]))["controller"]
    assert again.invoice.number == "PN1/2627/000002"
    assert (live, len(papers), level.quantity) == ({again.id}, 3 if closed else 2, -1)
    assert (await verify_books(books.records)).touched is None


async def test_recovery_leaves_an_ended_saga_as_it_is(
    tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await tickets.add(ticket("one"), [])
    await saga.issue_invoice(way, asked("one"), operation())
    before = await _counts(books)
    assert await saga.recover_sagas(way, NOW + LEASE) == 0
    assert await _counts(books) == before


@pytest.mark.row("FB-2")
async def test_unpriced_part_blocks_the_issue(
    tickets: TicketStore, graph: Graph, way: InvoicePorts, books: Desk
) -> None:
    await VocabularyStore(graph).load_parts([Part(id="gold", name="Gold plate", hsn="85371000")])
    used = Outcome(worked=True, minutes=5, parts=(PartUse(part="gold"),))
    await tickets.add(ticket("one", outcome=used), [])
    with pytest.raises(InvalidInput) as refused:
        await saga.issue_invoice(way, asked("one"), operation())
    said = await saga.estimate_invoice(way, asked("one"), ACCOUNTANT, NOW)
    assert refused.value.field == "parts"
    assert (said.invoice, said.unpriced) == (None, ("gold",))
    assert await _counts(books) == NOTHING


async def test_discount_on_labour_that_is_not_there_is_refused(
    tickets: TicketStore, graph: Graph, way: InvoicePorts, books: Desk
) -> None:
    card = estimated_card()
    card = replace(card, resolution=replace(card.resolution, labour_minutes=0))
    await CardStore(graph).add(card, [])
    await tickets.add(ticket("one", card=card.id, outcome=None), [])
    with pytest.raises(InvalidInput) as refused:
        await saga.issue_invoice(way, asked("one", labour_discount=Paise(500)), operation())
    assert refused.value.field == "labourDiscount"
    assert await _counts(books) == NOTHING


@pytest.mark.parametrize("code", ["0101", "8549", "8537"])
async def test_code_that_was_said_is_named_as_it_was(
    graph: Graph, tickets: TicketStore, way: InvoicePorts, books: Desk, code: str
) -> None:
    """One has no rate, one is to be confirmed, one is too short for the portal."""
    await books.garages.set(deed(), replace(PROFILE, turnover=6 * CRORE), 1)
    await tickets.add(ticket("one"), [])
    said = asked("one", FLEET, tariffs={"controller": TariffChoice(code=code)})
    with pytest.raises(InvalidInput) as refused:
        await saga.issue_invoice(way, said, operation())
    assert refused.value.field == "tariffs.code"
    assert await _counts(books) == NOTHING


async def test_part_called_by_emoji_alone_is_told(
    graph: Graph, tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await VocabularyStore(graph).load_parts([Part(id="bolt", name="🔩", hsn="85371000")])
    await books.prices.set_price(deed(NETWORK), "bolt", 100, NOW)
    used = Outcome(worked=True, minutes=5, parts=(PartUse(part="bolt"),))
    await tickets.add(ticket("one", outcome=used), [])
    with pytest.raises(InvalidInput) as refused:
        await saga.issue_invoice(way, asked("one"), operation())
    assert str(refused.value) == (
        "parts: bolt is called by emoji alone, which no page shows; rename it"
    )
    assert await _counts(books) == NOTHING


@pytest.mark.parametrize("status", [s for s in TicketStatus if s not in saga.BILLABLE])
async def test_ticket_must_be_closed(
    tickets: TicketStore, way: InvoicePorts, books: Desk, status: TicketStatus
) -> None:
    await tickets.add(ticket("one", status=status), [])
    with pytest.raises(IllegalTransition):
        await saga.issue_invoice(way, asked("one"), operation())
    assert await _counts(books) == NOTHING


async def test_ticket_of_another_garage_is_not_there(
    tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await tickets.add(ticket("one", garage=DELHI), [])
    with pytest.raises(NotFound):
        await saga.issue_invoice(way, asked("one"), operation())
    assert await _counts(books) == NOTHING


async def test_large_garages_owe_six_digits(
    graph: Graph, tickets: TicketStore, way: InvoicePorts, books: Desk
) -> None:
    await VocabularyStore(graph).load_parts([Part(id="short", name="Cable", hsn="8544")])
    await books.prices.set_price(deed(NETWORK), "short", 100, NOW)
    used = Outcome(worked=True, minutes=5, parts=(PartUse(part="short"),))
    await tickets.add(ticket("one", outcome=used), [])
    await books.garages.set(deed(), replace(PROFILE, hsn_digits=6), 1)
    with pytest.raises(InvalidInput) as refused:
        await saga.issue_invoice(way, asked("one"), operation())
    assert refused.value.field == "parts.short.hsn"
    assert await _counts(books) == NOTHING
