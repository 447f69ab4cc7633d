"""The verbs of a garage's books: its settings, its months, its returns."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

import strawberry

from billing.gst import tax_rates
from billing.gst.law_dates import law_day
from billing.gst.tax_rates import TaxRate
from billing.ledger import reports
from domain import limits
from domain.access import Action, ResourceKind
from domain.deeds import DeedType
from domain.errors import InvalidInput
from domain.ids import (
    GarageId,
    garage_id,
)
from resolvers import billing_inputs, idempotency
from resolvers.arguments import ExpectedArgument, OperationArgument, operation_id_of
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from schema import billing_inputs as inputs
from schema.invoice_results import (
    BillingSettingsChanged,
    CloseMonthResult,
    MonthWasClosed,
    SetBillingSettingsResult,
)
from schema.invoices import (
    MonthTotal,
    rate_text,
)
from schema.money import Money
from schema.nodes import USUAL, Connection, after_position, key_of, make_connection, page_size
from schema.stock import BillingSettings
from schema.tariff import TariffRate
from schema.vocabulary import After, First

SEARCH_LIMIT = 100

GarageArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Whose, if not your own garage's.")
]


SettingsArgument = Annotated[
    inputs.BillingSettingsInput, strawberry.argument(description="All of the settings.")
]


MonthArgument = Annotated[str, strawberry.argument(description="The month, as 2026-10.")]


@strawberry.type
class BooksQueries:
    @strawberry.field(description="A month by code and rate, less what was taken back.")
    @guard_field(Action.READ, ResourceKind.REPORT)
    async def month_report(
        self, info: RequestInfo, month: MonthArgument, garage: GarageArgument = None
    ) -> list[MonthTotal]:
        context = info.context
        place, day = reported_garage(context, garage), billing_inputs.parse_month(month)
        found = await reports.month_totals(context.billing.records, place, day)
        return [
            MonthTotal(
                hsn=total.code,
                rate=rate_text(total.rate_bp),
                lines=total.lines,
                taxable=Money.from_domain(total.taxable),
                cgst=Money.from_domain(total.cgst),
                sgst=Money.from_domain(total.sgst),
                igst=Money.from_domain(total.igst),
            )
            for total in found
        ]

    @strawberry.field(description="Tariff codes by words or digits, with what they bear, by code.")
    @guard_field(Action.READ, ResourceKind.INVOICE)
    async def tariff_codes(
        self,
        info: RequestInfo,
        search: Annotated[
            str, strawberry.argument(description="Words of what it is, or the code's beginning.")
        ],
        day: Annotated[
            date | None, strawberry.argument(description="On which day; null: today, in India.")
        ] = None,
        first: First = USUAL,
        after: After = None,
    ) -> Connection[TariffRate]:
        said = limits.clean_text("search", search, SEARCH_LIMIT)
        on = day or law_day(info.context.services.now())
        found = tax_rates.search_rates(said, on, tax_rates.RATES)
        place = after_position(after)
        rest = [row for row in found if place is None or _rate_key(row) > place]
        page = rest[: page_size(first) + 1]
        return make_connection(page, first, after, _rate_key, TariffRate.from_domain)

    @strawberry.field(description="What a garage prints on its invoices.")
    @guard_field(Action.CREATE, ResourceKind.INVOICE)
    async def billing_settings(
        self, info: RequestInfo, garage: GarageArgument = None
    ) -> BillingSettings:
        context = info.context
        place = garage_of(context, garage)
        context.demand_in(place, Action.CREATE, ResourceKind.INVOICE)
        return BillingSettings.from_domain(await context.billing.invoicing.garages.get(place))


@strawberry.type
class BooksMutations:
    @strawberry.mutation(description="Say what a garage prints on its invoices.")
    @guard_field(Action.UPDATE, ResourceKind.SETTING, deed=DeedType.SETTINGS_CHANGE)
    async def set_billing_settings(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        expected_version: ExpectedArgument,
        settings: SettingsArgument,
        garage: GarageArgument = None,
    ) -> SetBillingSettingsResult:
        context = info.context
        place = garage_of(context, garage)
        context.demand_in(place, Action.UPDATE, ResourceKind.SETTING)
        said = billing_inputs.parse_profile(settings)
        asked = asdict(settings) | {"garage": place, "expected": expected_version}
        body = idempotency.operation_fingerprint("setBillingSettings", asked)
        change = context.books_change(operation_id_of(operation_id), place, body)
        seller = await context.billing.invoicing.garages.set(change, said, expected_version)
        return BillingSettingsChanged(settings=BillingSettings.from_domain(seller))

    @strawberry.mutation(description="Close the books of a month that is over.")
    @guard_field(Action.UPDATE, ResourceKind.INVOICE)
    async def close_month(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        month: MonthArgument,
        garage: GarageArgument = None,
    ) -> CloseMonthResult:
        context = info.context
        place, day = garage_of(context, garage), billing_inputs.parse_month(month)
        context.demand_in(place, Action.UPDATE, ResourceKind.INVOICE)
        body = idempotency.operation_fingerprint("closeMonth", {"garage": place, "month": month})
        change = context.books_change(operation_id_of(operation_id), place, body)
        await context.billing.invoicing.ledger.close_month(change, day)
        return MonthWasClosed(month=month)


def _rate_key(row: TaxRate) -> str:
    return f"{row.code} {row.goods}".rstrip()


def garage_of(context: RequestContext, garage: strawberry.ID | None) -> GarageId:
    """Give the garage that is named, else the caller's own.

    Raises:
        InvalidInput: neither is known.
    """
    place = context.actor.garage if garage is None else garage_id(key_of("Garage", garage))
    if place is None:
        raise InvalidInput("garage", "name the garage whose books are meant")
    return place


def reported_garage(context: RequestContext, garage: strawberry.ID | None) -> GarageId:
    """Give the garage whose figures are asked for, if the caller may read them.

    Raises:
        InvalidInput, NotAllowed: as `garage_of` and `demand_in` say.
    """
    place = garage_of(context, garage)
    context.demand_in(place, Action.READ, ResourceKind.REPORT)
    return place
