"""The questions about what customers owe: by age, by invoice, and one customer's statement."""

from datetime import date
from typing import Annotated

import strawberry

from billing.gst.law_dates import law_day
from billing.gst.money import MOST
from billing.ledger import dues
from billing.ledger.dues import DueAge
from domain.access import Action, ResourceKind
from domain.errors import InvalidInput
from resolvers.books import GarageArgument, reported_garage
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.invoices import InvoiceArgument, demand_document, invoice_id_of
from schema.dues import DueCustomer, DueInvoice, Dues, Statement
from schema.nodes import NOT_OURS, USUAL, Connection, after_position, make_connection, page_size
from schema.vocabulary import After, First

AsOf = Annotated[
    date | None, strawberry.argument(description="At the end of this day; null: today, in India.")
]
# The first day that is asked about: no law of ours is older.
BEGINNING = date(2017, 7, 1)


@strawberry.type
class DuesQueries:
    @strawberry.field(description="What customers owe a garage, by the age of its invoices.")
    @guard_field(Action.READ, ResourceKind.REPORT)
    async def dues(
        self, info: RequestInfo, garage: GarageArgument = None, as_of: AsOf = None
    ) -> Dues:
        context, place = info.context, reported_garage(info.context, garage)
        day = _day_of(context, as_of)
        return Dues.from_domain(await dues.dues_of_garage(context.billing.records, place, day))

    @strawberry.field(description="A garage's unpaid invoices, the oldest first.")
    @guard_field(Action.READ, ResourceKind.REPORT)
    async def due_invoices(  # noqa: PLR0913, PLR0917 - a page of a day of an age
        self,
        info: RequestInfo,
        garage: GarageArgument = None,
        as_of: AsOf = None,
        age: Annotated[
            DueAge | None, strawberry.argument(description="Only those of this age.")
        ] = None,
        first: First = USUAL,
        after: After = None,
    ) -> Connection[DueInvoice]:
        context, place = info.context, reported_garage(info.context, garage)
        found = await dues.due_invoices(
            context.billing.records,
            place,
            _day_of(context, as_of),
            first=page_size(first) + 1,
            after=after_position(after),
            age=age,
        )
        return make_connection(found, first, after, lambda one: one.invoice, DueInvoice.from_domain)

    @strawberry.field(description="Who owes a garage money, who owes most first.")
    @guard_field(Action.READ, ResourceKind.REPORT)
    async def due_customers(
        self,
        info: RequestInfo,
        garage: GarageArgument = None,
        as_of: AsOf = None,
        first: First = USUAL,
        after: After = None,
    ) -> Connection[DueCustomer]:
        context, place = info.context, reported_garage(info.context, garage)
        found = await dues.due_customers(
            context.billing.records,
            place,
            _day_of(context, as_of),
            first=page_size(first) + 1,
            after=_sum_and_key(after_position(after)),
        )
        return make_connection(
            found, first, after, lambda one: f"{one.paise} {one.invoice}", DueCustomer.from_domain
        )

    @strawberry.field(
        description="What happened to the debt of an invoice's customer, with the balance behind "
        "each change; `lines` are paged by `first` and `after`."
    )
    @guard_field(Action.READ, ResourceKind.INVOICE)
    async def statement(  # noqa: PLR0913, PLR0917 - a page of a span of a customer
        self,
        info: RequestInfo,
        invoice: InvoiceArgument,
        since: Annotated[
            date | None, strawberry.argument(description="The first day; null: the beginning.")
        ] = None,
        until: Annotated[
            date | None, strawberry.argument(description="The last day; null: today, in India.")
        ] = None,
        first: First = USUAL,
        after: After = None,
    ) -> Statement:
        context, size = info.context, page_size(first)
        paper = await demand_document(context, invoice_id_of(invoice), Action.READ)
        if paper.original is not None:
            paper = await demand_document(context, paper.original, Action.READ)
        store, today = context.billing.statements, law_day(context.services.now())
        found = await store.statement(paper, since or BEGINNING, until or today)
        lines = await store.lines(found, first=size + 1, after=after_position(after))
        return Statement.from_domain(found, lines, first, after)


def _day_of(context: RequestContext, as_of: date | None) -> date:
    """Give the day that is asked for.

    Raises:
        InvalidInput: it has not come yet, or was before there were such bills.
    """
    today = law_day(context.services.now())
    if as_of is not None and as_of < BEGINNING:
        raise InvalidInput("asOf", f"{as_of} is before {BEGINNING}, when GST began")
    if as_of is not None and as_of > today:
        raise InvalidInput("asOf", f"{as_of} has not come yet")
    return as_of or today


def _sum_and_key(place: str | None) -> tuple[int, str] | None:
    if place is None:
        return None
    paise, _, key = place.partition(" ")
    return _whole_number(paise), key


def _whole_number(place: str) -> int:
    """Give the number in a cursor of ours."""
    if not (place.isascii() and place.isdecimal() and int(place[:15]) <= MOST):
        raise InvalidInput("after", NOT_OURS["after"])
    return int(place[:15])
