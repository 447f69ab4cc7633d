"""Drafts: what a ticket's invoice is to say, kept and changed until it is issued.

A draft holds who buys and the terms. What was done and what it costs is read anew whenever somebody
looks, and fixed by the issue alone.
"""

from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from access.vault import Vault
from billing import papers, terms
from billing.books import Books, Deed
from billing.parties import Party
from billing.terms import Terms
from domain.errors import IllegalTransition, NotFound, StaleVersion
from domain.events import Event
from domain.ids import GarageId, PersonId, TicketId
from records.database import Connection, Records, Row
from records.queries import named

QUERIES = named("drafts.sql", "billing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an invoice is to say beside the repair; `buyer` is None until somebody names one."""

    buyer: Party | None
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """A ticket's draft; `version` grows with each change."""

    ticket: TicketId
    garage: GarageId
    version: int
    wish: Wish
    changed_at: datetime
    changed_by: PersonId


class Drafts:
    def __init__(self, records: Records, books: Books, vault: Vault) -> None:
        self._records = records
        self._books = books
        self._vault = vault

    async def wait(self, event: Event, connection: Connection) -> None:
        """Let a draft wait for a closed ticket; when one is there already, it stays as it is."""
        given = {
            "ticket": event.entity,
            "garage": event.garage,
            "terms": Jsonb(terms.plain(Terms())),
            "actor": event.actor,
            "at": event.at,
        }
        await connection.execute(QUERIES["wait"], given)

    async def edit(self, deed: Deed, ticket: TicketId, wish: Wish, expected: int) -> TicketDraft:
        """Say it anew, at the version one has in front of oneself (0: there is none yet).

        Raises:
            IllegalTransition: the ticket has an invoice, and issued ones never change.
            NotFound: the draft is another garage's.
            StaleVersion: somebody else said it first.
            OperationConflict: the key was used for something else.
        """
        async with self._books.page(deed) as page:
            if await page.made_before(ticket) is None:
                issued = await page.first(QUERIES["issued"], ticket=ticket)
                if issued is not None:
                    raise _invoiced(ticket, issued["number"])
                held = await page.first(QUERIES["held"], ticket=ticket)
                if held is not None and held["garage"] != deed.garage:
                    raise NotFound("draft", ticket)
                actual = held["version"] if held else 0
                if actual != expected:
                    raise StaleVersion(ticket, expected, actual)
                await page.run(
                    QUERIES["write"],
                    ticket=ticket,
                    version=expected + 1,
                    terms=Jsonb(terms.plain(wish.terms)),
                    buyer=self._sealed(wish.buyer, ticket),
                )
        return await self.get(ticket, deed.garage)

    async def demand_uninvoiced(self, ticket: TicketId) -> None:
        """Raise IllegalTransition, naming the invoice, if a ticket has one that stands."""
        for row in await self._records.rows(QUERIES["issued"], ticket=ticket):
            raise _invoiced(ticket, row["number"])

    async def get(self, ticket: TicketId, garage: GarageId | None = None) -> TicketDraft:
        """Give a ticket's draft, of any garage or of that one alone.

        Raises:
            NotFound: there is none there.
        """
        found = await self._records.rows(QUERIES["get"], ticket=ticket, garage=garage)
        if not found:
            raise NotFound("draft", ticket)
        return self._draft(found[0])

    async def waiting(
        self, garage: GarageId | None, *, first: int, after: str | None = None
    ) -> list[TicketDraft]:
        """Give up to `first` drafts whose ticket has no invoice yet, those behind `after`."""
        found = await self._records.rows(
            QUERIES["waiting"], garage=garage, first=first, after=after
        )
        return [self._draft(row) for row in found]

    def _sealed(self, buyer: Party | None, ticket: TicketId) -> bytes | None:
        return None if buyer is None else papers.seal(buyer, self._vault, _place(ticket))

    def _draft(self, row: Row) -> TicketDraft:
        ticket, sealed = TicketId(row["ticket"]), row["buyer"]
        buyer = (
            None if sealed is None else papers.opened(bytes(sealed), self._vault, _place(ticket))
        )
        return TicketDraft(
            ticket=ticket,
            garage=GarageId(row["garage"]),
            version=row["version"],
            wish=Wish(buyer=buyer, terms=terms.read(row["terms"])),
            changed_at=row["changed_at"],
            changed_by=PersonId(row["changed_by"]),
        )


def _place(ticket: TicketId) -> str:
    """Where a draft's buyer is sealed to: it does not open on another ticket."""
    return f"draft:{ticket}"


def _invoiced(ticket: TicketId, number: str) -> IllegalTransition:
    said = f"This ticket is already invoiced: {number}."
    return IllegalTransition(ticket, "invoiced", "drafted", said)
