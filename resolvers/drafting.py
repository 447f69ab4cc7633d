"""The verbs of drafts: what waits to be issued, and what it is to say."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from billing.drafts import Wish
from billing.parties import WALK_IN, Party
from billing.sagas import Asked
from domain.access import Action, Kind
from domain.errors import InvalidInput, NotFound
from domain.ids import OperationId, TicketId, ticket_id
from resolvers import billing_parsing, once
from resolvers.arguments import ExpectedArgument, OperationArgument, TicketArgument
from resolvers.context import Ask, Context
from resolvers.guards import guarded
from schema.billing_deeds import DraftEdited, EditDraftResult
from schema.billing_inputs import InvoiceInput
from schema.drafts import InvoiceDraft
from schema.nodes import USUAL, Connection, connection, key_of, position, size
from schema.vocabulary import After, First

Wanted = Annotated[InvoiceInput, strawberry.argument(description="What it is to say.")]


@strawberry.type
class Drafted:
    """Reads."""

    @strawberry.field(description="What waits to be issued, the newest first.")
    @guarded(Action.READ, Kind.INVOICE)
    async def drafts(
        self, info: Ask, first: First = USUAL, after: After = None
    ) -> Connection[InvoiceDraft]:
        context = info.context
        found = await context.billing.drafts.waiting(
            context.narrowed, first=size(first) + 1, after=position(after)
        )
        return connection(found, first, after, lambda draft: draft.ticket, InvoiceDraft.of)


@strawberry.type
class Drafting:
    """Writes."""

    @strawberry.mutation(description="Say what a ticket's invoice is to say; issued ones stay.")
    @guarded(Action.CREATE, Kind.INVOICE)
    async def edit_draft(
        self,
        info: Ask,
        operation_id: OperationArgument,
        ticket: TicketArgument,
        expected_version: ExpectedArgument,
        invoice: Wanted,
    ) -> EditDraftResult:
        context, key = info.context, ticket_id(key_of("Ticket", ticket))
        wish = Wish(
            buyer=billing_parsing.customer(invoice.customer), terms=billing_parsing.terms(invoice)
        )
        found = await context.services.tickets.get(key, context.actor)
        context.demand_in(found.garage, Action.CREATE, Kind.INVOICE)
        asked = asdict(invoice) | {"ticket": key, "expected": expected_version}
        body = once.fingerprint("editDraft", asked)
        deed = context.deed(OperationId(str(operation_id)), found.garage, body)
        draft = await context.billing.drafts.edit(deed, key, wish, expected_version)
        return DraftEdited(draft=InvoiceDraft.of(draft))


async def named(context: Context, ticket: TicketId) -> Party:
    """Give the customer that a ticket's draft names; else whoever comes in."""
    try:
        draft = await context.billing.drafts.get(ticket, context.narrowed)
    except NotFound:
        return WALK_IN
    return draft.wish.buyer or WALK_IN


async def asked(
    context: Context,
    ticket: strawberry.ID,
    invoice: InvoiceInput | None,
    nobody: Party | None = None,
) -> Asked:
    """Give an invoice as it is asked for: as said here, else as its draft says.

    The draft's version is part of what is asked: once it was changed, another thing is. `nobody`
    stands in where it names no customer yet.

    Raises:
        InvalidInput: nobody is named, and nobody stands in.
    """
    key = ticket_id(key_of("Ticket", ticket))
    if invoice is not None:
        return billing_parsing.asked(key, invoice)
    draft = await context.billing.drafts.get(key, context.narrowed)
    buyer = draft.wish.buyer or nobody
    if buyer is None:
        # A second click on "issue" is told of the first one's invoice, not of a missing name.
        await context.billing.drafts.demand_uninvoiced(key)
        raise InvalidInput("customer", "is not named in the draft yet; edit it, or say it here")
    body = once.fingerprint("issueInvoice", {"ticket": key, "draft": draft.version})
    return Asked(ticket=key, buyer=buyer, terms=draft.wish.terms, body_hash=body)
