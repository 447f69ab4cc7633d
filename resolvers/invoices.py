"""The verbs of invoices: estimated, issued, registered, credited, void; and their reads."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from billing.gst.series import DocumentKind
from billing.ledger.issued_documents import IssuedDocument
from domain.access import Action, ResourceKind
from domain.deeds import DeedType
from domain.errors import IllegalTransition, InvalidInput, NotFound
from domain.ids import (
    GarageId,
    InvoiceId,
    garage_id,
    invoice_id,
)
from repair import invoices
from repair import invoices as repair_invoices
from resolvers import billing_inputs, drafts, idempotency
from resolvers.arguments import OperationArgument, TicketArgument, operation_id_of
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from schema import billing_inputs as inputs
from schema.invoice_results import (
    CreditNoteIssued,
    EstimateResult,
    InvoiceIssued,
    InvoiceRegistered,
    InvoiceVoided,
    IssueCreditNoteResult,
    IssueInvoiceResult,
    RegisterInvoiceResult,
    VoidInvoiceResult,
)
from schema.invoices import (
    Estimate,
    Invoice,
    InvoiceLine,
    Totals,
)
from schema.nodes import USUAL, Connection, after_position, key_of, make_connection, page_size
from schema.stock import StockLevel
from schema.vocabulary import After, First

InvoiceArguments = Annotated[
    inputs.InvoiceInput | None,
    strawberry.argument(description="What it is to say; null: what its draft says."),
]


InvoiceArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The invoice: its id, or its key inv_….")
]


ReasonArgument = Annotated[str, strawberry.argument(description="Why; it is kept and printed.")]


FilterArgument = Annotated[
    inputs.InvoiceFilterInput | None, strawberry.argument(description="Which papers; null: all.")
]


CreditLinesArgument = Annotated[
    list[inputs.CreditLineInput] | None,
    strawberry.argument(description="Which lines; null: all that is left of the invoice."),
]


@strawberry.type
class InvoiceMutations:
    @strawberry.mutation(description="Issue the invoice of a closed ticket; it never changes.")
    @guard_field(Action.CREATE, ResourceKind.INVOICE, deed=DeedType.INVOICE_CREATE)
    async def issue_invoice(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        invoice: InvoiceArguments = None,
    ) -> IssueInvoiceResult:
        context = info.context
        operation = context.operation(operation_id_of(operation_id))
        try:
            asked = await drafts.request_of_draft(context, ticket, invoice)
            document = await invoices.issue_invoice(context.billing.invoicing, asked, operation)
        except (NotFound, InvalidInput, IllegalTransition):
            # Whoever bought may be erased since: what was done is answered as it was.
            known = await drafts.issued_before(context, ticket, invoice, operation)
            if known is None:
                raise
            document = known
        context.forget_loaded()
        return InvoiceIssued(
            invoice=Invoice.from_domain(document), short=await _short_parts(context, document)
        )

    @strawberry.mutation(description="Report a document to the invoice portal, once, for its IRN.")
    @guard_field(Action.CREATE, ResourceKind.INVOICE)
    async def register_invoice(
        self, info: RequestInfo, operation_id: OperationArgument, invoice: InvoiceArgument
    ) -> RegisterInvoiceResult:
        context, of = info.context, invoice_id_of(invoice)
        document = await demand_document(context, of, Action.CREATE)
        seller = await context.billing.invoicing.garages.get(document.garage)
        body = idempotency.operation_fingerprint("registerInvoice", {"of": of})
        change = context.books_change(operation_id_of(operation_id), document.garage, body)
        await context.billing.registrations.register_document(change, seller, document)
        context.forget_loaded()
        return InvoiceRegistered(invoice=Invoice.from_domain(document))

    @strawberry.mutation(description="Take back some or all of an invoice by a credit note.")
    @guard_field(Action.CREATE, ResourceKind.INVOICE)
    async def issue_credit_note(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        invoice: InvoiceArgument,
        reason: ReasonArgument,
        lines: CreditLinesArgument = None,
    ) -> IssueCreditNoteResult:
        context = info.context
        of, wanted = invoice_id_of(invoice), billing_inputs.parse_credits(lines)
        document = await demand_document(context, of, Action.CREATE)
        asked = {"of": of, "reason": reason, "lines": [asdict(line) for line in lines or ()]}
        body = idempotency.operation_fingerprint("issueCreditNote", asked | {"all": lines is None})
        seller = await context.billing.invoicing.garages.get(document.garage)
        change = context.books_change(operation_id_of(operation_id), document.garage, body)
        ledger = context.billing.invoicing.ledger
        note = await ledger.issue_credit_note(change, seller, of, wanted, reason)
        context.forget_loaded()
        return CreditNoteIssued(
            credit_note=Invoice.from_domain(note), invoice=Invoice.from_domain(await ledger.get(of))
        )

    @strawberry.mutation(description="Take an invoice back whole, within the limits of the law.")
    @guard_field(Action.VOID, ResourceKind.INVOICE, deed=DeedType.INVOICE_VOID)
    async def void_invoice(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        invoice: InvoiceArgument,
        reason: ReasonArgument,
    ) -> VoidInvoiceResult:
        context, of = info.context, invoice_id_of(invoice)
        document = await demand_document(context, of, Action.VOID)
        body = idempotency.operation_fingerprint("voidInvoice", {"of": of, "reason": reason})
        change = context.books_change(operation_id_of(operation_id), document.garage, body)
        ledger = context.billing.invoicing.ledger
        void = await context.billing.registrations.void_invoice(ledger, change, of, reason)
        context.forget_loaded()
        return InvoiceVoided(invoice=Invoice.from_domain(void))


@strawberry.type
class InvoiceQueries:
    @strawberry.field(description="An invoice or credit note; null when it is not yours to see.")
    @guard_field(Action.READ, ResourceKind.INVOICE)
    async def invoice(
        self,
        info: RequestInfo,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id, or its key inv_….")],
    ) -> Invoice | None:
        found = await info.context.loaders.invoices.load(invoice_id_of(id))
        return None if found is None else Invoice.from_domain(found)

    @strawberry.field(
        description="The invoices and credit notes that you may see, newest first, or in the order "
        "of a filter."
    )
    @guard_field(Action.READ, ResourceKind.INVOICE)
    async def invoices(  # noqa: PLR0913, PLR0917 - two of them are older than the filter
        self,
        info: RequestInfo,
        first: First = USUAL,
        after: After = None,
        kind: Annotated[
            DocumentKind | None, strawberry.argument(description="Only of this kind.")
        ] = None,
        gstin: Annotated[
            str | None, strawberry.argument(description="Only of this customer, by GSTIN.")
        ] = None,
        filter: FilterArgument = None,
    ) -> Connection[Invoice]:
        context, asked = info.context, filter or inputs.InvoiceFilterInput()
        found = await context.billing.invoicing.ledger.page(
            _garage_of_list(context, asked),
            first=page_size(first) + 1,
            after=after_position(after),
            wanted=billing_inputs.parse_invoice_filter(asked, kind, gstin),
        )
        return make_connection(found, first, after, lambda paper: paper.id, Invoice.from_domain)

    @strawberry.field(description="What a ticket's invoice would say now; nothing is written.")
    @guard_field(Action.READ, ResourceKind.INVOICE)
    async def estimate(
        self, info: RequestInfo, ticket: TicketArgument, invoice: InvoiceArguments = None
    ) -> EstimateResult:
        context = info.context
        asked = await drafts.request_of_draft(context, ticket, invoice, drafts.WALK_IN)
        found = await repair_invoices.estimate_invoice(
            context.billing.invoicing, asked, context.actor, context.services.now()
        )
        said = found.invoice
        return Estimate(
            lines=[] if said is None else [InvoiceLine.from_domain(line) for line in said.lines],
            totals=None if said is None else Totals.from_domain(said.totals),
            estimated=found.estimated,
            unpriced=list(found.unpriced),
        )


def invoice_id_of(value: strawberry.ID) -> InvoiceId:
    return invoice_id(key_of("Invoice", value))


def _garage_of_list(context: RequestContext, asked: inputs.InvoiceFilterInput) -> GarageId | None:
    """Give the garage that is named, else the caller's own; None: all, for who sees all."""
    if asked.garage is None:
        return context.garage_filter
    place = garage_id(key_of("Garage", asked.garage))
    context.demand_in(place, Action.READ, ResourceKind.INVOICE)
    return place


async def demand_document(context: RequestContext, id: InvoiceId, action: Action) -> IssuedDocument:
    """Give a paper that the caller may see, and may do this to."""
    document = await context.billing.invoicing.ledger.get(id, context.garage_filter)
    context.demand_in(document.garage, action, ResourceKind.INVOICE)
    return document


async def _short_parts(context: RequestContext, document: IssuedDocument) -> list[StockLevel]:
    """Give the parts of an invoice of which more left the shelf than came."""
    parts = [line.part for line in document.invoice.lines if line.part is not None]
    levels = await context.billing.stock.stock_levels(document.garage, parts)
    return [StockLevel.from_domain(level) for level in levels.values() if level.negative]
