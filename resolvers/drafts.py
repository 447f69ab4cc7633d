"""The verbs of invoice drafts: what waits to be issued, and what it is to say."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from billing.gst.parties import WALK_IN, Party
from billing.ledger.drafts import DraftContent
from billing.ledger.drafts import InvoiceDraft as KnownDraft
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.sagas import InvoiceRequest
from domain.access import Action, ResourceKind
from domain.errors import InvalidInput, NotFound
from domain.ids import OperationId, TicketId, customer_id, ticket_id
from repair import invoices
from repair.operations import Operation
from resolvers import billing_inputs, idempotency
from resolvers.arguments import ExpectedArgument, OperationArgument, TicketArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from schema.billing_inputs import InvoiceInput
from schema.drafts import InvoiceDraft
from schema.invoice_results import (
    DeleteDraftResult,
    DraftDeleted,
    DraftEdited,
    EditDraftResult,
)
from schema.nodes import USUAL, Connection, after_position, key_of, make_connection, page_size
from schema.vocabulary import After, First

DraftArguments = Annotated[InvoiceInput, strawberry.argument(description="What it is to say.")]


@strawberry.type
class DraftQueries:
    """Reads."""

    @strawberry.field(description="A ticket's draft; null when it is not there, or not yours.")
    @guard_field(Action.READ, ResourceKind.INVOICE)
    async def draft(self, info: RequestInfo, ticket: TicketArgument) -> InvoiceDraft | None:
        context, key = info.context, ticket_id(key_of("Ticket", ticket))
        try:
            found = await context.billing.drafts.get_draft(key, context.garage_filter)
        except NotFound:
            return None
        return InvoiceDraft.from_domain(found)

    @strawberry.field(description="What waits to be issued, the newest first.")
    @guard_field(Action.READ, ResourceKind.INVOICE)
    async def drafts(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[InvoiceDraft]:
        context = info.context
        found = await context.billing.drafts.page_of_drafts(
            context.garage_filter, first=page_size(first) + 1, after=after_position(after)
        )
        return make_connection(
            found, first, after, lambda draft: draft.ticket, InvoiceDraft.from_domain
        )


@strawberry.type
class DraftMutations:
    """Writes."""

    @strawberry.mutation(description="Say what a ticket's invoice is to say; issued ones stay.")
    @guard_field(Action.CREATE, ResourceKind.INVOICE)
    async def edit_draft(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        expected_version: ExpectedArgument,
        invoice: DraftArguments,
    ) -> EditDraftResult:
        context, key = info.context, ticket_id(key_of("Ticket", ticket))
        typed = typed_wish(invoice)
        found = await context.services.tickets.get(key, context.actor)
        context.demand_in(found.garage, Action.CREATE, ResourceKind.INVOICE)
        asked = asdict(invoice) | {"ticket": key, "expected": expected_version}
        body = idempotency.operation_fingerprint("editDraft", asked)
        change = context.books_change(OperationId(str(operation_id)), found.garage, body)
        try:
            wish = typed or await wish_named(context, key, invoice)
        except NotFound:
            # Sent again after its customer was erased, it is answered as what was done.
            known = await context.billing.drafts.edited_before(change, key)
            if known is None:
                raise
            return DraftEdited(draft=InvoiceDraft.from_domain(known))
        draft = await context.billing.drafts.edit_draft(change, key, wish, expected_version)
        return DraftEdited(draft=InvoiceDraft.from_domain(draft))

    @strawberry.mutation(
        description="Throw a ticket's draft away, and who buys with it; issued invoices stay."
    )
    @guard_field(Action.DELETE, ResourceKind.INVOICE)
    async def delete_draft(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        expected_version: ExpectedArgument,
    ) -> DeleteDraftResult:
        context, key = info.context, ticket_id(key_of("Ticket", ticket))
        found = await context.services.tickets.get(key, context.actor)
        context.demand_in(found.garage, Action.DELETE, ResourceKind.INVOICE)
        asked = {"ticket": key, "expected": expected_version}
        body = idempotency.operation_fingerprint("deleteDraft", asked)
        change = context.books_change(OperationId(str(operation_id)), found.garage, body)
        await context.billing.drafts.delete_draft(change, key, expected_version)
        return DraftDeleted(ticket_key=key)


async def buyer_of_draft(context: RequestContext, ticket: TicketId) -> Party:
    """Give the customer that a ticket's draft names; else whoever comes in."""
    try:
        draft = await context.billing.drafts.get_draft(ticket, context.garage_filter)
    except NotFound:
        return WALK_IN
    return draft.wish.buyer or WALK_IN


async def wish_named(
    context: RequestContext, ticket: TicketId, invoice: InvoiceInput
) -> DraftContent:
    """Give the terms and who buys: as typed, or as the book of the ticket's garage has them.

    Raises:
        InvalidInput: nobody is named, or somebody twice; or a term is none.
        NotFound: there is no such customer in that garage.
    """
    typed = typed_wish(invoice)
    if typed is not None:
        return typed
    repaired = await context.services.tickets.get(ticket, context.actor)
    known = await context.customer_book.get(customer_id(str(invoice.customer_id)), context.actor)
    if known.garage != repaired.garage:
        raise NotFound("customer", known.id)
    terms = billing_inputs.parse_terms(invoice)
    return DraftContent(buyer=known.details.party, terms=terms, customer=known.id)


def typed_wish(invoice: InvoiceInput) -> DraftContent | None:
    """Give what needs nobody to be looked up; None: a record says who buys.

    Raises:
        InvalidInput: nobody is named, or somebody twice; or a term is none.
    """
    terms = billing_inputs.parse_terms(invoice)
    if invoice.customer is not None and invoice.customer_id is not None:
        raise InvalidInput("customerId", "or `customer` says who buys: one of the two")
    if invoice.customer is None and invoice.customer_id is None:
        raise InvalidInput("customer", "or `customerId` says who buys: one of the two")
    if invoice.customer is None:
        return None
    return DraftContent(buyer=billing_inputs.parse_customer(invoice.customer), terms=terms)


async def request_of_draft(
    context: RequestContext,
    ticket: strawberry.ID,
    invoice: InvoiceInput | None,
    nobody: Party | None = None,
) -> InvoiceRequest:
    """Give an invoice as it is asked for: as said here, else as its draft says.

    `nobody` stands in where the draft names no customer yet.

    Raises:
        InvalidInput: nobody is named, and nobody stands in.
    """
    key = ticket_id(key_of("Ticket", ticket))
    if invoice is not None:
        wish = await wish_named(context, key, invoice)
        body = billing_inputs.invoice_fingerprint(key, invoice)
    else:
        draft = await context.billing.drafts.get_draft(key, context.garage_filter)
        wish, body = draft.wish, _draft_fingerprint(draft)
    buyer = wish.buyer or nobody
    if buyer is None:
        # A second click on "issue" is told of the first one's invoice, not of a missing name.
        await context.billing.drafts.demand_uninvoiced(key)
        raise InvalidInput("customer", "is not named in the draft yet; edit it, or say it here")
    return InvoiceRequest(
        ticket=key, buyer=buyer, terms=wish.terms, body_hash=body, customer=wish.customer
    )


async def issued_before(
    context: RequestContext,
    ticket: strawberry.ID,
    invoice: InvoiceInput | None,
    operation: Operation,
) -> IssuedDocument | None:
    """Give what an operation issued whose customer was erased since; None: it issued nothing."""
    key = ticket_id(key_of("Ticket", ticket))
    try:
        if invoice is not None:
            body = billing_inputs.invoice_fingerprint(key, invoice)
        else:
            body = _draft_fingerprint(
                await context.billing.drafts.get_draft(key, context.garage_filter)
            )
        return await invoices.issued_before(context.billing.invoicing, key, body, operation)
    except NotFound:
        # Of a ticket that is not there; what was wrong before is what is told.
        return None


def _draft_fingerprint(draft: KnownDraft) -> str:
    """Give the hash of what is asked by a draft: once it was changed, another thing is."""
    return idempotency.operation_fingerprint(
        "issueInvoice", {"ticket": draft.ticket, "draft": draft.version}
    )
