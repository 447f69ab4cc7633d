"""The verbs of what customers may ask: to be written to no more, and to be erased."""

from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.consents import Consent, ConsentPurpose
from domain.deeds import DeedType
from resolvers.arguments import OperationArgument
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.invoices import demand_document, invoice_id_of
from resolvers.people import people_deed
from resolvers.personal_data import documents_of_customer
from schema.customers import (
    ConsentRecorded,
    CustomerErased,
    EraseCustomerResult,
    RecordConsentResult,
)

CustomerArgument = Annotated[
    strawberry.ID, strawberry.argument(description="An invoice of the customer.")
]
PurposeArgument = Annotated[ConsentPurpose, strawberry.argument(description="What for.")]
GivenArgument = Annotated[
    bool, strawberry.argument(description="True: they said yes. False: they took it back.")
]


@strawberry.type
class CustomerMutations:
    @strawberry.mutation(
        description="Keep what a customer said to being written to about their invoices. It "
        "holds for all of theirs in the garage: who took it back is written to no more."
    )
    @guard_field(Action.CREATE, ResourceKind.INVOICE)
    async def record_consent(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        invoice: CustomerArgument,
        purpose: PurposeArgument,
        given: GivenArgument,
    ) -> RecordConsentResult:
        context, paper = info.context, invoice_id_of(invoice)
        asked = {"invoice": paper, "purpose": purpose, "given": given}
        deed = people_deed(context, operation_id, "recordConsent", asked)
        document = await demand_document(context, paper, Action.CREATE)
        said = Consent(purpose=purpose, given=given, at=deed.at)
        kept = await context.customers.record_consent(document, said, deed)
        return ConsentRecorded.from_domain(kept)

    @strawberry.mutation(
        description="Let go of what was written to a customer, and write nothing more to them. "
        "Their invoices stay as they are: the law keeps them."
    )
    @guard_field(Action.CREATE, ResourceKind.INVOICE, deed=DeedType.USER_ERASE)
    async def erase_customer(
        self, info: RequestInfo, operation_id: OperationArgument, invoice: CustomerArgument
    ) -> EraseCustomerResult:
        context, paper = info.context, invoice_id_of(invoice)
        deed = people_deed(context, operation_id, "eraseCustomer", {"invoice": paper})
        document = await demand_document(context, paper, Action.CREATE)
        documents = await documents_of_customer(context, document)
        return CustomerErased.from_domain(await context.customers.erase(documents, deed))
