"""The verbs of customers: who they are, how they are found, and what they may ask."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.consents import Consent, ConsentPurpose
from domain.customers import parse_notes, parse_search
from domain.deeds import DeedType
from domain.errors import InvalidInput, NotFound
from domain.ids import (
    CustomerId,
    GarageId,
    InvoiceId,
    VehicleId,
    customer_id,
    garage_id,
    vehicle_id,
)
from repair.customer_book import CustomerDetails, KnownCustomer
from repair.customers import CustomerTraces
from resolvers.arguments import ExpectedArgument, OperationArgument
from resolvers.billing_inputs import parse_customer
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.invoices import demand_document, invoice_id_of
from resolvers.people import naming_deed, people_deed
from resolvers.personal_data import traces_of_paper, traces_of_record
from schema.billing_inputs import CustomerRecordInput
from schema.customer_book import Customer
from schema.customers import (
    ChangeCustomerResult,
    ConsentRecorded,
    CreateCustomerResult,
    CustomerChanged,
    CustomerCreated,
    CustomerErased,
    EraseCustomerResult,
    RecordConsentResult,
)
from schema.nodes import USUAL, Connection, after_position, key_of, make_connection, page_size
from schema.vocabulary import After, First

CustomerArgument = Annotated[strawberry.ID, strawberry.argument(description="The customer, cus_….")]
DetailsArgument = Annotated[CustomerRecordInput, strawberry.argument(description="Who they are.")]
SearchArgument = Annotated[
    str | None,
    strawberry.argument(
        description="A telephone number, a GSTIN, or parts of a name: any three letters of a word, "
        "or its first two. Null: all of them."
    ),
]
GarageArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Whose customers, if not your own garage's."),
]
ErasedVehicleArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="A vehicle that has no owner in the book, veh_…."),
]
ErasedPaperArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="An invoice of theirs; or name their record, or a vehicle."),
]
ErasedCustomerArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Their record, cus_…; or name an invoice of theirs."),
]
PaperArgument = Annotated[
    strawberry.ID, strawberry.argument(description="An invoice of the customer.")
]
PurposeArgument = Annotated[ConsentPurpose, strawberry.argument(description="What for.")]
GivenArgument = Annotated[
    bool, strawberry.argument(description="True: they said yes. False: they took it back.")
]


@strawberry.type
class CustomerQueries:
    @strawberry.field(description="A customer of a garage; null when it is not yours to see.")
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def customer(self, info: RequestInfo, id: CustomerArgument) -> Customer | None:
        context, key = info.context, customer_id(id)
        try:
            found = await context.customer_book.get(key, context.actor)
        except NotFound:
            return None
        return Customer.from_domain(found)

    @strawberry.field(
        description="The customers of a garage, the newest first. Whoever reads names masked finds "
        "them by telephone number or GSTIN alone."
    )
    @guard_field(Action.READ, ResourceKind.TICKET)
    async def customers(
        self,
        info: RequestInfo,
        search: SearchArgument = None,
        garage: GarageArgument = None,
        first: First = USUAL,
        after: After = None,
    ) -> Connection[Customer]:
        context, size, start = info.context, page_size(first) + 1, after_position(after)
        found = await _found(context, search, garage, size, start)
        return make_connection(found, first, after, lambda c: c.id, Customer.from_domain)


@strawberry.type
class CustomerMutations:
    @strawberry.mutation(
        description="Keep a customer of your garage, sealed; bills may then name them by key."
    )
    @guard_field(Action.CREATE, ResourceKind.INVOICE, deed=DeedType.CUSTOMER_CHANGE)
    async def create_customer(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        customer: DetailsArgument,
        garage: GarageArgument = None,
    ) -> CreateCustomerResult:
        context, place = info.context, place_of(info.context, garage)
        asked = {"garage": place, "customer": asdict(customer)}
        deed = naming_deed(context, operation_id, "createCustomer", asked)
        made = await context.customer_book.create(place, parse_details(customer), deed)
        return CustomerCreated(customer=Customer.from_domain(made))

    @strawberry.mutation(
        description="Say anew all that is kept of a customer: what is left out is not kept. "
        "Issued bills stay as they are."
    )
    @guard_field(Action.CREATE, ResourceKind.INVOICE, deed=DeedType.CUSTOMER_CHANGE)
    async def change_customer(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: CustomerArgument,
        expected_version: ExpectedArgument,
        customer: DetailsArgument,
    ) -> ChangeCustomerResult:
        context, key = info.context, customer_id(id)
        asked = {"id": key, "expected": expected_version, "customer": asdict(customer)}
        deed = naming_deed(context, operation_id, "changeCustomer", asked)
        details = parse_details(customer)
        changed = await context.customer_book.change(key, details, expected_version, deed)
        return CustomerChanged(customer=Customer.from_domain(changed))

    @strawberry.mutation(
        description="Keep what a customer said to being written to about their invoices. It "
        "holds for all of theirs in the garage: who took it back is written to no more."
    )
    @guard_field(Action.CREATE, ResourceKind.INVOICE)
    async def record_consent(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        invoice: PaperArgument,
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
        description="Let go of a customer, named by an invoice or by their record: of what was "
        "written to them, and of the record with their vehicles; nothing more is written to them. "
        "Their invoices stay as they are: the law keeps them. Or of a vehicle that has no owner."
    )
    @guard_field(Action.CREATE, ResourceKind.INVOICE, deed=DeedType.USER_ERASE)
    async def erase_customer(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        invoice: ErasedPaperArgument = None,
        customer: ErasedCustomerArgument = None,
        vehicle: ErasedVehicleArgument = None,
    ) -> EraseCustomerResult:
        context, named = info.context, _named_once(invoice, customer, vehicle)
        deed = people_deed(context, operation_id, "eraseCustomer", named)
        if "vehicle" in named:
            key = VehicleId(named["vehicle"])
            return CustomerErased.from_domain(await context.customers.erase_vehicle(key, deed))
        traces = await _traces_named(context, named)
        return CustomerErased.from_domain(await context.customers.erase(traces, deed))


def parse_details(value: CustomerRecordInput) -> CustomerDetails:
    """Read all that is to be kept of a customer.

    Raises:
        InvalidInput: one of the fields reads as none; it is named.
    """
    return CustomerDetails(
        party=parse_customer(value), notes=parse_notes(value.notes, "customer.notes")
    )


def place_of(context: RequestContext, garage: strawberry.ID | None) -> GarageId:
    """Give whose customers are meant: of the garage that is named, else of the caller's own.

    Raises:
        InvalidInput: none is named, and the caller is of none.
    """
    if garage is not None:
        return garage_id(key_of("Garage", garage))
    if context.actor.garage is None:
        raise InvalidInput("garage", "is needed: you are of no garage yourself")
    return context.actor.garage


async def _found(
    context: RequestContext,
    search: str | None,
    garage: strawberry.ID | None,
    size: int,
    start: str | None,
) -> list[KnownCustomer]:
    book, actor = context.customer_book, context.actor
    if search is None:
        place = None if garage is None else place_of(context, garage)
        return await book.page(actor, place, first=size, after=start)
    sought, place = parse_search(search), place_of(context, garage)
    return await book.search(place, sought, actor, first=size, after=start)


def _named_once(
    invoice: strawberry.ID | None, customer: strawberry.ID | None, vehicle: strawberry.ID | None
) -> Mapping[str, str]:
    """Give which of the three ways names whom or what to let go of.

    Raises:
        InvalidInput: none does, or several do.
    """
    named = {
        "invoice": invoice and invoice_id_of(invoice),
        "customer": customer and customer_id(customer),
        "vehicle": vehicle and vehicle_id(vehicle),
    }
    said = {how: str(key) for how, key in named.items() if key is not None}
    if len(said) != 1:
        raise InvalidInput("customer", "or `invoice` or `vehicle` says what goes: one of the three")
    return said


async def _traces_named(context: RequestContext, named: Mapping[str, str]) -> CustomerTraces:
    """Give what there is of a customer; of a record that is gone, that: the same operation that
    erased it is answered again.
    """
    if "invoice" in named:
        document = await demand_document(context, InvoiceId(named["invoice"]), Action.CREATE)
        return await traces_of_paper(context, document, every=True)
    key = CustomerId(named["customer"])
    try:
        return await traces_of_record(context, key, every=True)
    except NotFound:
        return CustomerTraces(garage=GarageId(""), missing=key)
