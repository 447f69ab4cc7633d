"""The verbs of payments: money that came, ahead of an invoice too, and money given back."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import strawberry

from billing.ledger.payments import ReceivedMoney
from billing.ledger.postings import PaymentMethod
from domain.access import Action, ResourceKind
from domain.ids import (
    GarageId,
    PaymentId,
    payment_id,
    ticket_id,
)
from resolvers import billing_inputs, drafts, idempotency
from resolvers.arguments import OperationArgument, TicketArgument, operation_id_of
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.invoices import InvoiceArgument, demand_document, invoice_id_of
from schema import billing_inputs as inputs
from schema.invoice_results import PaymentRecorded, RecordPaymentResult
from schema.invoices import Invoice, Payment
from schema.money import Paise, demand_amount
from schema.nodes import key_of

PaymentArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The payment: its id, or its key pay_….")
]


PaymentArguments = Annotated[inputs.PaymentInput, strawberry.argument(description="What came in.")]


PartArguments = Annotated[
    list[inputs.PaymentPartInput] | None,
    strawberry.argument(
        description="What came with it by other methods, at most 9: all is written down, or none."
    ),
]


AmountArgument = Annotated[Paise, strawberry.argument(description="How much.")]


@strawberry.type
class PaymentMutations:
    @strawberry.mutation(description="Write down money, or tax withheld, that came for an invoice.")
    @guard_field(Action.CREATE, ResourceKind.INVOICE)
    async def record_payment(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        invoice: InvoiceArgument,
        payment: PaymentArguments,
        also: PartArguments = None,
    ) -> RecordPaymentResult:
        context, of = info.context, invoice_id_of(invoice)
        came = billing_inputs.parse_received(payment, context.services.now())
        beside = billing_inputs.parse_parts(also or (), came)
        document = await demand_document(context, of, Action.CREATE)
        _demand_may_withhold(context, document.garage, (came, *beside))
        asked = asdict(payment) | {"of": of}
        if also:
            asked |= {"also": [asdict(part) for part in also]}
        body = idempotency.operation_fingerprint("recordPayment", asked)
        change = context.books_change(operation_id_of(operation_id), document.garage, body)
        made = await context.billing.payments.record_payment(change, of, came, beside)
        context.forget_loaded()
        return await _payment_answer(context, made.id)

    @strawberry.mutation(description="Write down money that came before there is an invoice.")
    @guard_field(Action.CREATE, ResourceKind.INVOICE)
    async def record_advance(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        payment: PaymentArguments,
    ) -> RecordPaymentResult:
        context = info.context
        came = billing_inputs.parse_received(payment, context.services.now())
        found = await context.services.tickets.get(
            ticket_id(key_of("Ticket", ticket)), context.actor
        )
        context.demand_in(found.garage, Action.CREATE, ResourceKind.INVOICE)
        body = idempotency.operation_fingerprint(
            "recordAdvance", asdict(payment) | {"ticket": found.id}
        )
        seller = await context.billing.invoicing.garages.get(found.garage)
        change = context.books_change(operation_id_of(operation_id), found.garage, body)
        buyer = await drafts.buyer_of_draft(context, found.id)
        made = await context.billing.payments.record_advance(change, seller, found.id, came, buyer)
        return await _payment_answer(context, made.id)

    @strawberry.mutation(description="Give a payment back, whole or in part.")
    @guard_field(Action.UPDATE, ResourceKind.INVOICE)
    async def refund_payment(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        payment: PaymentArgument,
        amount: AmountArgument,
    ) -> RecordPaymentResult:
        context = info.context
        of, paise = payment_id(key_of("Payment", payment)), demand_amount("amount", amount)
        paid = await context.billing.payments.get(of, context.garage_filter)
        context.demand_in(paid.garage, Action.UPDATE, ResourceKind.INVOICE)
        body = idempotency.operation_fingerprint("refundPayment", {"of": of, "amount": paise})
        seller = await context.billing.invoicing.garages.get(paid.garage)
        change = context.books_change(operation_id_of(operation_id), paid.garage, body)
        made = await context.billing.payments.refund_payment(change, seller, of, paise)
        context.forget_loaded()
        return await _payment_answer(context, made.id)


def _demand_may_withhold(
    context: RequestContext, garage: GarageId, came: Sequence[ReceivedMoney]
) -> None:
    """Tax withheld is a claim that lowers a debt, and no money that anybody received."""
    if any(part.method is PaymentMethod.TDS for part in came):
        context.demand_in(garage, Action.UPDATE, ResourceKind.INVOICE)


async def _payment_answer(context: RequestContext, id: PaymentId) -> PaymentRecorded:
    made = await context.billing.payments.get(id)
    document = None if made.invoice is None else await context.loaders.invoices.load(made.invoice)
    at_once = await context.billing.payments.of_receipt(made)
    return PaymentRecorded(
        payment=Payment.from_domain(made),
        payments=[Payment.from_domain(payment) for payment in at_once],
        invoice=None if document is None else Invoice.from_domain(document),
    )
