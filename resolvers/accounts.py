"""The verbs that read the books: invoices, estimates, the month, the settings."""

from typing import Annotated

import strawberry

from billing import reports
from billing.garages import Seller
from billing.gstin import gstin as parsed_gstin
from billing.numbering import DocumentKind
from domain.access import Action, Kind
from domain.errors import InvalidInput, NotFound
from domain.ids import InvoiceId
from repair import invoicing
from resolvers import billing_parsing, drafting
from resolvers.arguments import TicketArgument
from resolvers.bookkeeping import GarageArgument, Month, Wanted, garage_of
from resolvers.context import Ask, Context
from resolvers.guards import guarded
from schema.billing_deeds import EstimateResult
from schema.invoices import (
    Estimate,
    Invoice,
    InvoiceLine,
    MonthTotal,
    SalesReturn,
    Totals,
    rate_text,
)
from schema.money import Money
from schema.nodes import USUAL, Connection, connection, key_of, position, size
from schema.shelf import BillingSettings
from schema.vocabulary import After, First

OfGstin = Annotated[
    str | None,
    strawberry.argument(description="Of all garages of this GSTIN, if you may see each of them."),
]


@strawberry.type
class Accounts:
    @strawberry.field(description="An invoice or credit note; null when it is not yours to see.")
    @guarded(Action.READ, Kind.INVOICE)
    async def invoice(
        self,
        info: Ask,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id, or its key inv_….")],
    ) -> Invoice | None:
        found = await info.context.loaders.invoices.load(InvoiceId(key_of("Invoice", id)))
        return None if found is None else Invoice.of(found)

    @strawberry.field(description="The invoices and credit notes that you may see, newest first.")
    @guarded(Action.READ, Kind.INVOICE)
    async def invoices(
        self,
        info: Ask,
        first: First = USUAL,
        after: After = None,
        kind: Annotated[
            DocumentKind | None, strawberry.argument(description="Only of this kind.")
        ] = None,
        gstin: Annotated[
            str | None, strawberry.argument(description="Only of this customer, by GSTIN.")
        ] = None,
    ) -> Connection[Invoice]:
        context = info.context
        found = await context.billing.invoicing.ledger.page(
            context.narrowed,
            first=size(first) + 1,
            after=position(after),
            kind=kind,
            gstin=None if gstin is None else parsed_gstin(gstin).value,
        )
        return connection(found, first, after, lambda paper: paper.id, Invoice.of)

    @strawberry.field(description="What a ticket's invoice would say now; nothing is written.")
    @guarded(Action.READ, Kind.INVOICE)
    async def estimate(
        self, info: Ask, ticket: TicketArgument, invoice: Wanted = None
    ) -> EstimateResult:
        context = info.context
        asked = await drafting.asked(context, ticket, invoice, drafting.WALK_IN)
        found = await invoicing.estimate(
            context.billing.invoicing, asked, context.actor, context.services.now()
        )
        said = found.invoice
        return Estimate(
            lines=[] if said is None else [InvoiceLine.of(line) for line in said.lines],
            totals=None if said is None else Totals.of(said.totals),
            estimated=found.estimated,
            unpriced=list(found.unpriced),
        )

    @strawberry.field(description="A month by code and rate, less what was taken back.")
    @guarded(Action.READ, Kind.REPORT)
    async def month_report(
        self, info: Ask, month: Month, garage: GarageArgument = None
    ) -> list[MonthTotal]:
        context = info.context
        place, day = garage_of(context, garage), billing_parsing.month(month)
        context.demand_in(place, Action.READ, Kind.REPORT)
        found = await reports.month(context.billing.records, place, day)
        return [
            MonthTotal(
                hsn=total.code,
                rate=rate_text(total.rate_bp),
                lines=total.lines,
                taxable=Money.of(total.taxable),
                cgst=Money.of(total.cgst),
                sgst=Money.of(total.sgst),
                igst=Money.of(total.igst),
            )
            for total in found
        ]

    @strawberry.field(description="The GSTR-1 of a month: a garage's part, or a whole GSTIN's.")
    @guarded(Action.EXPORT, Kind.REPORT)
    async def sales_return(
        self, info: Ask, month: Month, garage: GarageArgument = None, gstin: OfGstin = None
    ) -> SalesReturn:
        context, day = info.context, billing_parsing.month(month)
        if gstin is None:
            place = garage_of(context, garage)
            context.demand_in(place, Action.EXPORT, Kind.REPORT)
            seller = await context.billing.invoicing.garages.get(place)
            sellers, number = [seller], seller.profile.gstin
        else:
            number = parsed_gstin(gstin).value
            sellers = await _sharing(context, number, garage)
        return SalesReturn.of(await context.billing.returns.sales(sellers, number, day))

    @strawberry.field(description="What a garage prints on its invoices.")
    @guarded(Action.CREATE, Kind.INVOICE)
    async def billing_settings(self, info: Ask, garage: GarageArgument = None) -> BillingSettings:
        context = info.context
        place = garage_of(context, garage)
        context.demand_in(place, Action.CREATE, Kind.INVOICE)
        return BillingSettings.of(await context.billing.invoicing.garages.get(place))


async def _sharing(context: Context, gstin: str, garage: strawberry.ID | None) -> list[Seller]:
    """Give the garages of a GSTIN, if the caller may export the return of each.

    Raises:
        NotFound: none is the caller's to see; whether there is one is not said.
        NotAllowed: one of them is not theirs.
        InvalidInput: a garage is named beside it.
    """
    if garage is not None:
        raise InvalidInput("garage", "is not named beside a GSTIN, whose garages are all meant")
    found = await context.billing.invoicing.garages.of_gstin(gstin)
    if not any(context.narrowed in {None, seller.garage} for seller in found):
        raise NotFound("GSTIN", gstin)
    for seller in found:
        context.demand_in(seller.garage, Action.EXPORT, Kind.REPORT)
    return found
