"""The verbs of the books: issue, pay, credit, take back, close; each once for its operation id."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from billing.papers import Paper
from domain.access import Action, Kind
from domain.errors import InvalidInput
from domain.ids import (
    GarageId,
    InvoiceId,
    OperationId,
    PaymentId,
    invoice_id,
    payment_id,
    ticket_id,
)
from repair import invoicing
from resolvers import billing_parsing, drafting, once
from resolvers.arguments import ExpectedArgument, OperationArgument, TicketArgument
from resolvers.context import Ask, Context
from resolvers.guards import guarded
from schema import billing_inputs as inputs
from schema.billing_deeds import (
    BillingSettingsChanged,
    CloseMonthResult,
    CreditNoteIssued,
    InvoiceIssued,
    InvoiceRegistered,
    InvoiceVoided,
    IssueCreditNoteResult,
    IssueInvoiceResult,
    MonthWasClosed,
    PaymentRecorded,
    RecordPaymentResult,
    RegisterInvoiceResult,
    SetBillingSettingsResult,
    VoidInvoiceResult,
)
from schema.invoices import Invoice, Payment
from schema.money import Paise, demanded
from schema.nodes import key_of
from schema.shelf import BillingSettings, StockLevel

Wanted = Annotated[
    inputs.InvoiceInput | None,
    strawberry.argument(description="What it is to say; null: what its draft says."),
]
InvoiceArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The invoice: its id, or its key inv_….")
]
PaymentArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The payment: its id, or its key pay_….")
]
GarageArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Whose, if not your own garage's.")
]
Reason = Annotated[str, strawberry.argument(description="Why; it is kept and printed.")]
Settings = Annotated[
    inputs.BillingSettingsInput, strawberry.argument(description="All of the settings.")
]
Incoming = Annotated[inputs.PaymentInput, strawberry.argument(description="What came in.")]
Lines = Annotated[
    list[inputs.CreditLineInput] | None,
    strawberry.argument(description="Which lines; null: all that is left of the invoice."),
]
Amount = Annotated[Paise, strawberry.argument(description="How much.")]
Month = Annotated[str, strawberry.argument(description="The month, as 2026-10.")]


@strawberry.type
class Bookkeeping:
    @strawberry.mutation(description="Issue the invoice of a closed ticket; it never changes.")
    @guarded(Action.CREATE, Kind.INVOICE)
    async def issue_invoice(
        self,
        info: Ask,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        invoice: Wanted = None,
    ) -> IssueInvoiceResult:
        context = info.context
        asked = await drafting.asked(context, ticket, invoice)
        operation = context.operation(_id(operation_id))
        paper = await invoicing.issue(context.billing.invoicing, asked, operation)
        context.renew()
        return InvoiceIssued(invoice=Invoice.of(paper), short=await _short(context, paper))

    @strawberry.mutation(description="Report a document to the invoice portal, once, for its IRN.")
    @guarded(Action.CREATE, Kind.INVOICE)
    async def register_invoice(
        self, info: Ask, operation_id: OperationArgument, invoice: InvoiceArgument
    ) -> RegisterInvoiceResult:
        context, of = info.context, _invoice(invoice)
        paper = await _demanded(context, of, Action.CREATE)
        seller = await context.billing.invoicing.garages.get(paper.garage)
        body = once.fingerprint("registerInvoice", {"of": of})
        deed = context.deed(_id(operation_id), paper.garage, body)
        await context.billing.registrations.register(deed, seller, paper)
        context.renew()
        return InvoiceRegistered(invoice=Invoice.of(paper))

    @strawberry.mutation(description="Take back some or all of an invoice by a credit note.")
    @guarded(Action.CREATE, Kind.INVOICE)
    async def issue_credit_note(
        self,
        info: Ask,
        operation_id: OperationArgument,
        invoice: InvoiceArgument,
        reason: Reason,
        lines: Lines = None,
    ) -> IssueCreditNoteResult:
        context = info.context
        of, wanted = _invoice(invoice), billing_parsing.credits(lines)
        paper = await _demanded(context, of, Action.CREATE)
        asked = {"of": of, "reason": reason, "lines": [asdict(line) for line in lines or ()]}
        body = once.fingerprint("issueCreditNote", asked | {"all": lines is None})
        seller = await context.billing.invoicing.garages.get(paper.garage)
        deed = context.deed(_id(operation_id), paper.garage, body)
        ledger = context.billing.invoicing.ledger
        note = await ledger.credit(deed, seller, of, wanted, reason)
        context.renew()
        return CreditNoteIssued(
            credit_note=Invoice.of(note), invoice=Invoice.of(await ledger.get(of))
        )

    @strawberry.mutation(description="Take an invoice back whole, within the limits of the law.")
    @guarded(Action.VOID, Kind.INVOICE)
    async def void_invoice(
        self, info: Ask, operation_id: OperationArgument, invoice: InvoiceArgument, reason: Reason
    ) -> VoidInvoiceResult:
        context, of = info.context, _invoice(invoice)
        paper = await _demanded(context, of, Action.VOID)
        body = once.fingerprint("voidInvoice", {"of": of, "reason": reason})
        deed = context.deed(_id(operation_id), paper.garage, body)
        ledger = context.billing.invoicing.ledger
        void = await context.billing.registrations.void(ledger, deed, of, reason)
        context.renew()
        return InvoiceVoided(invoice=Invoice.of(void))

    @strawberry.mutation(description="Write down money, or tax withheld, that came for an invoice.")
    @guarded(Action.UPDATE, Kind.INVOICE)
    async def record_payment(
        self,
        info: Ask,
        operation_id: OperationArgument,
        invoice: InvoiceArgument,
        payment: Incoming,
    ) -> RecordPaymentResult:
        context, of = info.context, _invoice(invoice)
        came = billing_parsing.received(payment, context.services.now())
        paper = await _demanded(context, of, Action.UPDATE)
        body = once.fingerprint("recordPayment", asdict(payment) | {"of": of})
        deed = context.deed(_id(operation_id), paper.garage, body)
        made = await context.billing.payments.record(deed, of, came)
        context.renew()
        return await _recorded(context, made.id)

    @strawberry.mutation(description="Write down money that came before there is an invoice.")
    @guarded(Action.UPDATE, Kind.INVOICE)
    async def record_advance(
        self,
        info: Ask,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        payment: Incoming,
    ) -> RecordPaymentResult:
        context = info.context
        came = billing_parsing.received(payment, context.services.now())
        found = await context.services.tickets.get(
            ticket_id(key_of("Ticket", ticket)), context.actor
        )
        context.demand_in(found.garage, Action.UPDATE, Kind.INVOICE)
        body = once.fingerprint("recordAdvance", asdict(payment) | {"ticket": found.id})
        seller = await context.billing.invoicing.garages.get(found.garage)
        deed = context.deed(_id(operation_id), found.garage, body)
        buyer = await drafting.named(context, found.id)
        made = await context.billing.payments.advance(deed, seller, found.id, came, buyer)
        return await _recorded(context, made.id)

    @strawberry.mutation(description="Give a payment back, whole or in part.")
    @guarded(Action.UPDATE, Kind.INVOICE)
    async def refund_payment(
        self,
        info: Ask,
        operation_id: OperationArgument,
        payment: PaymentArgument,
        amount: Amount,
    ) -> RecordPaymentResult:
        context = info.context
        of, paise = payment_id(key_of("Payment", payment)), demanded("amount", amount)
        paid = await context.billing.payments.get(of, context.narrowed)
        context.demand_in(paid.garage, Action.UPDATE, Kind.INVOICE)
        body = once.fingerprint("refundPayment", {"of": of, "amount": paise})
        seller = await context.billing.invoicing.garages.get(paid.garage)
        deed = context.deed(_id(operation_id), paid.garage, body)
        made = await context.billing.payments.refund(deed, seller, of, paise)
        context.renew()
        return await _recorded(context, made.id)

    @strawberry.mutation(description="Say what a garage prints on its invoices.")
    @guarded(Action.UPDATE, Kind.SETTING)
    async def set_billing_settings(
        self,
        info: Ask,
        operation_id: OperationArgument,
        expected_version: ExpectedArgument,
        settings: Settings,
        garage: GarageArgument = None,
    ) -> SetBillingSettingsResult:
        context = info.context
        place = garage_of(context, garage)
        context.demand_in(place, Action.UPDATE, Kind.SETTING)
        said = billing_parsing.profile(settings)
        asked = asdict(settings) | {"garage": place, "expected": expected_version}
        body = once.fingerprint("setBillingSettings", asked)
        deed = context.deed(_id(operation_id), place, body)
        seller = await context.billing.invoicing.garages.set(deed, said, expected_version)
        return BillingSettingsChanged(settings=BillingSettings.of(seller))

    @strawberry.mutation(description="Close the books of a month that is over.")
    @guarded(Action.UPDATE, Kind.INVOICE)
    async def close_month(
        self,
        info: Ask,
        operation_id: OperationArgument,
        month: Month,
        garage: GarageArgument = None,
    ) -> CloseMonthResult:
        context = info.context
        place, day = garage_of(context, garage), billing_parsing.month(month)
        context.demand_in(place, Action.UPDATE, Kind.INVOICE)
        body = once.fingerprint("closeMonth", {"garage": place, "month": month})
        deed = context.deed(_id(operation_id), place, body)
        await context.billing.invoicing.ledger.close_month(deed, day)
        return MonthWasClosed(month=month)


def garage_of(context: Context, garage: strawberry.ID | None) -> GarageId:
    """Give the garage that is named, else the caller's own.

    Raises:
        InvalidInput: neither is known.
    """
    place = context.actor.garage if garage is None else GarageId(key_of("Garage", garage))
    if place is None:
        raise InvalidInput("garage", "name the garage whose books are meant")
    return place


def _id(operation: OperationArgument) -> OperationId:
    return OperationId(str(operation))


def _invoice(value: strawberry.ID) -> InvoiceId:
    return invoice_id(key_of("Invoice", value))


async def _demanded(context: Context, id: InvoiceId, action: Action) -> Paper:
    """Give a paper that the caller may see, and may do this to."""
    paper = await context.billing.invoicing.ledger.get(id, context.narrowed)
    context.demand_in(paper.garage, action, Kind.INVOICE)
    return paper


async def _short(context: Context, paper: Paper) -> list[StockLevel]:
    """Give the parts of an invoice of which more left the shelf than came."""
    parts = [line.part for line in paper.invoice.lines if line.part is not None]
    levels = await context.billing.stock.levels(paper.garage, parts)
    return [StockLevel.of(level) for level in levels.values() if level.negative]


async def _recorded(context: Context, id: PaymentId) -> PaymentRecorded:
    made = await context.billing.payments.get(id)
    paper = None if made.invoice is None else await context.loaders.invoices.load(made.invoice)
    return PaymentRecorded(
        payment=Payment.of(made), invoice=None if paper is None else Invoice.of(paper)
    )
