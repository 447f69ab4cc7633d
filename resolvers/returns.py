"""The verbs of a month's return of sales: read at once, or made beside the service as files."""

import asyncio
from typing import Annotated
from uuid import UUID

import strawberry

from billing.gst.gstin import parse_gstin
from billing.ledger.return_exports import ReturnExport, export_id
from billing.ledger.returns import ReturnScope
from billing.ledger.sellers import Seller
from domain.access import Action, ResourceKind
from domain.deeds import Deed, DeedType, Values, deed_by
from domain.errors import InvalidInput, NotAllowed, NotFound
from domain.ids import derive_uuid, return_export_id
from resolvers import billing_inputs
from resolvers.arguments import OperationArgument
from resolvers.books import GarageArgument, MonthArgument, garage_of
from resolvers.context import RequestContext, RequestInfo
from resolvers.deeds import write_deed
from resolvers.guards import guard_field
from schema.returns import (
    ExportSalesReturnResult,
    SalesReturn,
    SalesReturnAsked,
    SalesReturnExport,
)

# More than these take longer than anybody should wait for an answer.
MOST_AT_ONCE = 2_000
OfGstin = Annotated[
    str | None,
    strawberry.argument(description="Of all garages of this GSTIN, if you may see each of them."),
]
ExportArgument = Annotated[
    strawberry.ID, strawberry.argument(description="As `exportSalesReturn` gave it.")
]


@strawberry.type
class ReturnQueries:
    @strawberry.field(
        description="The GSTR-1 of a month: a garage's part, or a whole GSTIN's. A month of more "
        "than 2,000 papers is asked for by `exportSalesReturn`."
    )
    @guard_field(Action.EXPORT, ResourceKind.REPORT, deed=DeedType.REPORT_EXPORT)
    async def sales_return(
        self,
        info: RequestInfo,
        month: MonthArgument,
        garage: GarageArgument = None,
        gstin: OfGstin = None,
    ) -> SalesReturn:
        context, returns = info.context, info.context.billing.returns
        scope = await _scope_of(context, month, garage, gstin)
        papers = (await returns.papers(scope)).count
        if papers > MOST_AT_ONCE:
            raise InvalidInput("month", f"has {papers} papers; ask for it by `exportSalesReturn`")
        found = await returns.sales_return(scope.sellers, scope.gstin, scope.month)
        told = _told(scope, month, whole=gstin is not None)
        place = scope.sellers[0].garage
        await write_deed(context, DeedType.REPORT_EXPORT, f"gstr1_{month}", place, told)
        return await asyncio.to_thread(SalesReturn.from_domain, found)

    @strawberry.field(description="How far a return is that is made beside the service.")
    @guard_field(Action.EXPORT, ResourceKind.REPORT)
    async def sales_return_export(self, info: RequestInfo, id: ExportArgument) -> SalesReturnExport:
        context, wanted = info.context, return_export_id(id)
        found = await context.billing.return_exports.get(wanted)
        try:
            for garage in found.garages:
                context.demand_in(garage, Action.EXPORT, ResourceKind.REPORT)
        except NotAllowed as error:
            raise NotFound("return export", wanted) from error
        if found.is_made and found.asked_by != context.actor.id:
            told: Values = {"month": f"{found.month:%Y-%m}", "asked_by": found.asked_by}
            resource = f"gstr1_{found.month:%Y-%m}"
            await write_deed(context, DeedType.REPORT_EXPORT, resource, found.garage, told)
        return _shown(context, found)


@strawberry.type
class ReturnMutations:
    @strawberry.mutation(
        description="Have a month's GSTR-1 made as files, beside the service: `salesReturnExport` "
        "tells how far it is and where to fetch it. It is what the books say when it is made."
    )
    @guard_field(Action.EXPORT, ResourceKind.REPORT, deed=DeedType.REPORT_EXPORT)
    async def export_sales_return(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        month: MonthArgument,
        garage: GarageArgument = None,
        gstin: OfGstin = None,
    ) -> ExportSalesReturnResult:
        context = info.context
        operation = context.operation_for(operation_id)
        scope = await _scope_of(context, month, garage, gstin)
        asked = ReturnExport(
            id=export_id(UUID(operation.id), context.actor.id),
            garage=scope.sellers[0].garage,
            garages=tuple(seller.garage for seller in scope.sellers),
            gstin=scope.gstin,
            month=scope.month,
            asked_at=operation.at,
            asked_by=context.actor.id,
        )
        deed = _deed_of(context, asked, _told(scope, month, whole=gstin is not None))
        found = await context.billing.return_exports.ask(asked, deed)
        return SalesReturnAsked(export=_shown(context, found))


def _shown(context: RequestContext, export: ReturnExport) -> SalesReturnExport:
    link = context.return_link(export.id) if export.is_made else None
    return SalesReturnExport.from_domain(export, link)


def _told(scope: ReturnScope, month: str, *, whole: bool) -> Values:
    """Give what the audit is told of a return that leaves the house."""
    return {"month": month, "garages": len(scope.sellers), "whole_gstin": whole}


def _deed_of(context: RequestContext, export: ReturnExport, told: Values) -> Deed:
    return deed_by(
        context.actor,
        context.origin,
        DeedType.REPORT_EXPORT,
        id=str(derive_uuid(UUID(export.id.removeprefix("ret_")), "deed")),
        at=export.asked_at,
        resource=f"gstr1_{export.month:%Y-%m}",
        garage=export.garage,
        new=told,
    )


async def _scope_of(
    context: RequestContext,
    month: str,
    garage: strawberry.ID | None,
    gstin: str | None,
) -> ReturnScope:
    """Give what is asked for, if the caller may export it.

    Raises:
        InvalidInput, NotFound, NotAllowed: they may not, or there is none of it.
    """
    day = billing_inputs.parse_month(month)
    if gstin is not None:
        number = parse_gstin(gstin).value
        return ReturnScope.of(await _garages_of_gstin(context, number, garage), number, day)
    place = garage_of(context, garage)
    context.demand_in(place, Action.EXPORT, ResourceKind.REPORT)
    seller = await context.billing.invoicing.garages.get(place)
    return ReturnScope.of([seller], seller.profile.gstin, day)


async def _garages_of_gstin(
    context: RequestContext, gstin: str, garage: strawberry.ID | None
) -> list[Seller]:
    """Give the garages of a GSTIN, if the caller may export the return of each.

    Raises:
        NotFound: none is the caller's to see; whether there is one is not said.
        NotAllowed: one of them is not theirs.
        InvalidInput: a garage is named beside it.
    """
    if garage is not None:
        raise InvalidInput(
            "garage", "leave it out beside a GSTIN: all garages of the GSTIN are meant"
        )
    found = await context.billing.invoicing.garages.of_gstin(gstin)
    if not any(context.garage_filter in {None, seller.garage} for seller in found):
        raise NotFound("GSTIN", gstin)
    for seller in found:
        context.demand_in(seller.garage, Action.EXPORT, ResourceKind.REPORT)
    return found
