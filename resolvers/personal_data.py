"""What is kept of one person, exported for who may read all of it."""

from collections.abc import Mapping
from typing import Annotated

import orjson
import strawberry

from billing.ledger.issued_documents import IssuedDocument
from domain.access import Action, Resource, ResourceKind, demand_allowed
from domain.deeds import DeedType
from domain.employees import EmployeeField
from domain.errors import InvalidInput, NotFound
from domain.ids import InvoiceId, PersonId, person_id
from repair.personal_data import CustomerPaper, customer_values, employee_values
from resolvers.context import RequestContext, RequestInfo
from resolvers.deeds import write_deed
from resolvers.guards import guard_field
from resolvers.invoices import demand_document, invoice_id_of
from schema.personal_data import PersonalData

# A customer of more papers than this is a fleet, and its export an operator's work.
MOST_PAPERS = 100


@strawberry.type
class PersonalDataQueries:
    @strawberry.field(
        description="All that is kept of one customer or one employee, as JSON to hand them; "
        "null when it is not yours to see. Each reading in clear is audited."
    )
    @guard_field(
        Action.READ, ResourceKind.EMPLOYEE, ResourceKind.INVOICE, deed=DeedType.REPORT_EXPORT
    )
    async def personal_data(
        self,
        info: RequestInfo,
        employee: Annotated[
            strawberry.ID | None, strawberry.argument(description="Id of the person who works.")
        ] = None,
        invoice: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="An invoice of the customer; a registered one's others come along."
            ),
        ] = None,
    ) -> PersonalData | None:
        context = info.context
        context.personal = True
        if (employee is None) == (invoice is None):
            raise InvalidInput("employee", "or `invoice` names the person: one of them")
        try:
            values = (
                await _employee(context, person_id(employee))
                if employee is not None
                else await _customer(context, invoice_id_of(invoice or strawberry.ID("")))
            )
        except NotFound:
            return None
        return PersonalData(taken_at=context.services.now(), json=orjson.dumps(values).decode())


async def _employee(context: RequestContext, id: PersonId) -> Mapping[str, object]:
    found = await context.employees.get(id, context.actor)
    for field in EmployeeField:
        asked = Resource(kind=ResourceKind.EMPLOYEE, garage=found.garage, field=field)
        demand_allowed(context.actor, Action.READ, asked)
    await write_deed(context, DeedType.REPORT_EXPORT, found.id, found.garage, {"of": "employee"})
    clear = {field: await context.reveal(found, field) for field in EmployeeField}
    account = clear[EmployeeField.BANK_ACCOUNT]
    opened = None if account is None else orjson.loads(account)
    return employee_values(found, {**clear, EmployeeField.BANK_ACCOUNT: opened})


async def _customer(context: RequestContext, id: InvoiceId) -> Mapping[str, object]:
    # Who may bill a customer knows who that is (`RequestContext.sees_customers`).
    document = await demand_document(context, id, Action.CREATE)
    told = {"of": "customer"}
    await write_deed(context, DeedType.REPORT_EXPORT, document.id, document.garage, told)
    documents = await _documents_of_customer(context, document)
    ids = [one.id for one in documents]
    payments = await context.billing.payments.of_invoices(ids, document.garage)
    messages = await context.billing.correspondence.messages_of_invoices(ids, document.garage)
    paid = [payment.id for each in payments.values() for payment in each]
    references = await context.billing.payments.references(paid, document.garage)
    papers = [
        CustomerPaper(
            document=one,
            payments=payments[one.id],
            references=references,
            messages=messages[one.id],
        )
        for one in documents
    ]
    return customer_values(papers)


async def _documents_of_customer(
    context: RequestContext, document: IssuedDocument
) -> list[IssuedDocument]:
    registered = document.invoice.recipient.gstin
    if registered is None:
        return [document]
    return await context.billing.invoicing.ledger.page(
        document.garage, first=MOST_PAPERS, after=None, kind=None, gstin=registered.value
    )
