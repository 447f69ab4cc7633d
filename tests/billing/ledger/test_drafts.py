"""What a ticket's invoice is to say: it waits, changes freely, and stays as it was once issued."""

from dataclasses import replace

import pytest

from billing.gst.money import Paise
from billing.gst.terms import InvoiceTerms
from billing.ledger.drafts import DraftContent, DraftStore
from domain.errors import IllegalTransition, NotFound, OperationConflict, StaleVersion
from domain.events import Event, EventType
from domain.ids import EventId, TicketId
from tests.billing.sample_books import DELHI, NOW, PUNE, VAULT, Desk, customer, deed

ONE = TicketId("tkt_one")
WISH = DraftContent(
    buyer=customer(name="Nandini Rao"), terms=InvoiceTerms(labour_discount=Paise(5_000))
)


@pytest.fixture
def drafts(books: Desk) -> DraftStore:
    return DraftStore(books.records, books.books, VAULT)


async def _closed(books: Desk, drafts: DraftStore, ticket: TicketId = ONE) -> None:
    event = Event(
        id=EventId(f"closed-{ticket}"),
        type=EventType.TICKET_CLOSED,
        entity=ticket,
        version=5,
        at=NOW,
        actor="ravi",
        garage=PUNE,
    )
    async with books.records.transaction() as connection:
        await drafts.open_draft(event, connection)


async def test_draft_waits_once_for_a_closed_ticket(books: Desk, drafts: DraftStore) -> None:
    await _closed(books, drafts)
    edited = await drafts.edit_draft(deed(), ONE, WISH, 1)
    await _closed(books, drafts)
    assert await drafts.page_of_drafts(PUNE, first=5) == [edited]
    assert (edited.version, edited.wish) == (2, WISH)
    assert await drafts.page_of_drafts(DELHI, first=5) == []


async def test_edit_is_done_once_at_its_version(books: Desk, drafts: DraftStore) -> None:
    await _closed(books, drafts)
    same = deed()
    first, again = [await drafts.edit_draft(same, ONE, WISH, 1) for _ in range(2)]
    with pytest.raises(StaleVersion):
        await drafts.edit_draft(deed(), ONE, WISH, 1)
    with pytest.raises(OperationConflict):
        await drafts.edit_draft(replace(same, body_hash="another"), ONE, WISH, 2)
    assert first == again == await drafts.get_draft(ONE, PUNE)


async def test_draft_may_be_there_before_the_ticket_is_closed(
    books: Desk, drafts: DraftStore
) -> None:
    early = await drafts.edit_draft(deed(), ONE, WISH, 0)
    await _closed(books, drafts)
    assert await drafts.get_draft(ONE) == early


async def test_issued_invoice_is_no_draft_again(books: Desk, drafts: DraftStore) -> None:
    await _closed(books, drafts)
    seller = await books.settled()
    paper = await books.issue(seller, ONE)
    with pytest.raises(IllegalTransition):
        await drafts.edit_draft(deed(), ONE, WISH, 1)
    assert await drafts.page_of_drafts(PUNE, first=5) == []
    await books.ledger.void_invoice(deed(), paper.id, "Wrong customer")
    assert [draft.version for draft in await drafts.page_of_drafts(PUNE, first=5)] == [1]
    assert (await drafts.edit_draft(deed(), ONE, WISH, 1)).version == 2


async def test_customer_of_a_draft_is_sealed(books: Desk, drafts: DraftStore) -> None:
    await drafts.edit_draft(deed(), ONE, WISH, 0)
    [row] = await books.records.rows("select invoice_draft::text as text from invoice_draft")
    assert "Nandini" not in row["text"]


async def test_other_garage_has_no_draft_there(books: Desk, drafts: DraftStore) -> None:
    await _closed(books, drafts)
    with pytest.raises(NotFound):
        await drafts.get_draft(ONE, DELHI)
    with pytest.raises(NotFound):
        await drafts.edit_draft(deed(DELHI), ONE, WISH, 1)
    assert (await drafts.get_draft(ONE, PUNE)).version == 1
