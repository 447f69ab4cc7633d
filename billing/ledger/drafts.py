"""Drafts: what a ticket's invoice is to say, kept and changed until it is issued.

A draft holds who buys and the terms. What was done and what it costs is read anew whenever somebody
looks, and fixed by the issue alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from access.personal_fields import DRAFT_BUYER
from access.vault import Vault
from billing.gst import terms
from billing.gst.parties import Party
from billing.gst.terms import InvoiceTerms
from billing.ledger import issued_documents
from billing.ledger.books import QUERIES as BOOKS
from billing.ledger.books import Books, BooksChange
from domain.errors import IllegalTransition, NotFound, StaleVersion
from domain.events import Event, EventType
from domain.ids import CustomerId, GarageId, PersonId, TicketId
from records.customers import hold_customer
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("drafts.sql", "billing")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContent:
    """What an invoice is to say beside the repair.

    `buyer` is None until somebody names one; `customer` is the record that named them, if one did.
    """

    buyer: Party | None
    terms: InvoiceTerms
    customer: CustomerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDraft:
    """A ticket's draft; `version` grows with each change."""

    ticket: TicketId
    garage: GarageId
    version: int
    wish: DraftContent
    changed_at: datetime
    changed_by: PersonId


class DraftStore:
    def __init__(self, records: Records, books: Books, vault: Vault) -> None:
        self._records = records
        self._books = books
        self._vault = vault

    async def open_draft(self, event: Event, connection: Connection) -> None:
        """Let a draft wait for a closed ticket; when one is there already, it stays as it is."""
        await connection.execute(QUERIES["wait"], _event_values(event))

    async def follow_ticket(self, event: Event, connection: Connection) -> None:
        """Open a draft for a closed ticket; throw away that of a deleted one."""
        if event.type is EventType.TICKET_DELETED:
            await self.drop_draft(event, connection)
        else:
            await self.open_draft(event, connection)

    async def drop_draft(self, event: Event, connection: Connection) -> None:
        """Throw away the draft of a ticket that was deleted, if it has one."""
        await connection.execute(QUERIES["drop"], _event_values(event))

    async def delete_draft(self, change: BooksChange, ticket: TicketId, expected: int) -> None:
        """Throw a draft away, at the version one has in front of oneself.

        Raises:
            IllegalTransition: the ticket has an invoice, and issued ones never go.
            NotFound: there is no draft, or it is another garage's.
            StaleVersion: somebody else changed it first.
            OperationConflict: the key was used for something else.
        """
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(ticket) is not None:
                return
            issued = await transaction.first_row(QUERIES["issued"], ticket=ticket)
            if issued is not None:
                raise _invoiced(ticket, issued["number"], "deleted")
            held = await transaction.first_row(QUERIES["held"], ticket=ticket)
            if held is None or held["garage"] != change.garage or held["deleted_at"] is not None:
                raise NotFound("draft", ticket)
            if held["version"] != expected:
                raise StaleVersion(ticket, expected, held["version"])
            await transaction.execute(QUERIES["drop"], ticket=ticket, terms=_no_terms())

    async def edit_draft(
        self, change: BooksChange, ticket: TicketId, wish: DraftContent, expected: int
    ) -> InvoiceDraft:
        """Say it anew, at the version one has in front of oneself (0: there is none yet).

        Raises:
            IllegalTransition: the ticket has an invoice, and issued ones never change.
            NotFound: the draft is another garage's, or the customer was erased meanwhile.
            StaleVersion: somebody else said it first.
            OperationConflict: the key was used for something else.
        """
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(ticket) is None:
                issued = await transaction.first_row(QUERIES["issued"], ticket=ticket)
                if issued is not None:
                    raise _invoiced(ticket, issued["number"])
                if wish.customer is not None:
                    # Nobody is erased while a draft begins to name them.
                    await hold_customer(transaction.connection, wish.customer, change.garage)
                held = await transaction.first_row(QUERIES["held"], ticket=ticket)
                if held is not None and held["garage"] != change.garage:
                    raise NotFound("draft", ticket)
                last = held["version"] if held else 0
                actual = last if held and held["deleted_at"] is None else 0
                if actual != expected:
                    raise StaleVersion(ticket, expected, actual)
                await transaction.execute(
                    QUERIES["write"],
                    ticket=ticket,
                    version=last + 1,
                    terms=Jsonb(terms.terms_to_json(wish.terms)),
                    buyer=self._sealed(wish.buyer, ticket),
                    customer=wish.customer,
                )
        return await self.get_draft(ticket, change.garage)

    async def edited_before(self, change: BooksChange, ticket: TicketId) -> InvoiceDraft | None:
        """Give the draft that a change made when it was sent before; None: it was not."""
        known = await self._records.rows(BOOKS["recall"], garage=change.garage, id=change.operation)
        if [row["body_hash"] for row in known] != [change.body_hash]:
            return None
        return await self.get_draft(ticket, change.garage)

    async def demand_uninvoiced(self, ticket: TicketId) -> None:
        """Raise IllegalTransition, naming the invoice, if a ticket has one that stands."""
        for row in await self._records.rows(QUERIES["issued"], ticket=ticket):
            raise _invoiced(ticket, row["number"])

    async def demand_unbooked(self, ticket: TicketId) -> None:
        """Raise IllegalTransition if the books hold anything of a ticket that is to be deleted."""
        for row in await self._records.rows(QUERIES["booked"], ticket=ticket):
            raise IllegalTransition(ticket, row["state"], "deleted")

    async def get_draft(self, ticket: TicketId, garage: GarageId | None = None) -> InvoiceDraft:
        """Give a ticket's draft, of any garage or of that one alone.

        Raises:
            NotFound: there is none there.
        """
        found = await self._records.rows(QUERIES["get"], ticket=ticket, garage=garage)
        if not found:
            raise NotFound("draft", ticket)
        return self._draft(found[0])

    async def page_of_drafts(
        self, garage: GarageId | None, *, first: int, after: str | None = None
    ) -> list[InvoiceDraft]:
        """Give up to `first` drafts whose ticket has no invoice yet, those behind `after`."""
        wanted = {"first": first, "after": after}
        if garage is None:
            found = await self._records.rows(QUERIES["waiting_of_all"], **wanted)
        else:
            found = await self._records.rows(QUERIES["waiting"], **wanted, garage=garage)
        return [self._draft(row) for row in found]

    def _sealed(self, buyer: Party | None, ticket: TicketId) -> bytes | None:
        return (
            None
            if buyer is None
            else issued_documents.seal_party(buyer, self._vault, DRAFT_BUYER.at(ticket))
        )

    def _draft(self, row: Row) -> InvoiceDraft:
        ticket, sealed = TicketId(row["ticket"]), row["buyer"]
        buyer = (
            None
            if sealed is None
            else issued_documents.open_party(bytes(sealed), self._vault, DRAFT_BUYER.at(ticket))
        )
        return InvoiceDraft(
            ticket=ticket,
            garage=GarageId(row["garage"]),
            version=row["version"],
            wish=DraftContent(
                buyer=buyer,
                terms=terms.read_terms(row["terms"]),
                customer=row["made_from"] and CustomerId(row["made_from"]),
            ),
            changed_at=row["changed_at"],
            changed_by=PersonId(row["changed_by"]),
        )


async def forget_buyers(
    connection: Connection, customer: CustomerId | None, tickets: Sequence[TicketId]
) -> int:
    """Let go of who buys in the drafts of a customer, and of tickets; say how many.

    Ones of tickets that are invoiced come back without a buyer, should the invoice be void.
    """
    given = {"customer": customer, "tickets": list(tickets)}
    return (await connection.execute(QUERIES["forget_buyers"], given)).rowcount


def _event_values(event: Event) -> Row:
    return {
        "ticket": event.entity,
        "garage": event.garage,
        "terms": _no_terms(),
        "actor": event.actor,
        "at": event.at,
    }


def _no_terms() -> Jsonb:
    return Jsonb(terms.terms_to_json(InvoiceTerms()))


def _invoiced(ticket: TicketId, number: str, wanted: str = "drafted") -> IllegalTransition:
    said = f"This ticket is already invoiced: {number}."
    return IllegalTransition(ticket, "invoiced", wanted, said)
