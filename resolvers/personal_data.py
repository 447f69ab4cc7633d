"""What is kept of one person, exported for who may read all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

import orjson
import strawberry

from billing.ledger.invoice_pages import InvoiceFilter
from billing.ledger.issued_documents import IssuedDocument
from domain.access import Action, Resource, ResourceKind, demand_allowed
from domain.consents import Consent
from domain.deeds import DeedType
from domain.employees import EmployeeField
from domain.errors import InvalidInput, NotFound
from domain.ids import CustomerId, GarageId, InvoiceId, PersonId, customer_id, person_id
from domain.personal_records import PersonalValue, RecordKind
from repair.customers import CustomerTraces
from repair.personal_data import (
    CustomerPaper,
    CustomerRecord,
    customer_values,
    employee_values,
    person_values,
)
from resolvers.context import RequestContext, RequestInfo
from resolvers.deeds import write_deed
from resolvers.guards import signed_in_deed
from resolvers.invoices import demand_document, invoice_id_of
from schema.personal_data import KeptValue, PersonalData

# A customer of more papers than this is a fleet, and its export an operator's work.
MOST_PAPERS = 100


@strawberry.type
class PersonalDataQueries:
    @strawberry.field(
        description="All that is kept of one person, one employee or one customer, to hand them; "
        "null when it is not yours to see. Yourself you name as a `person`. Each reading in clear "
        "is audited."
    )
    @signed_in_deed(DeedType.REPORT_EXPORT)
    async def personal_data(
        self,
        info: RequestInfo,
        person: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Id of somebody who may sign in."),
        ] = None,
        employee: Annotated[
            strawberry.ID | None, strawberry.argument(description="Id of the person who works.")
        ] = None,
        invoice: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="An invoice of the customer; a registered one's others come along."
            ),
        ] = None,
        customer: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="A customer's record, cus_…, with their vehicles."),
        ] = None,
    ) -> PersonalData | None:
        context = info.context
        context.personal = True
        by_name = {
            "person": person,
            "employee": employee,
            "invoice": invoice,
            "customer": customer,
        }
        named = [(name, key) for name, key in by_name.items() if key is not None]
        if len(named) != 1:
            wrong = next((name for name, _ in named), "person")
            raise InvalidInput(wrong, "or another of the four names them, and no two do")
        try:
            return await _data_of(context, *named[0])
        except NotFound:
            return None


async def _data_of(context: RequestContext, how: str, id: strawberry.ID) -> PersonalData:
    if how == "person":
        return _told(context, *await _person(context, person_id(id)))
    if how == "employee":
        return _told(context, await _employee(context, _employee_id(id)))
    if how == "customer":
        return _told(context, await _recorded(context, customer_id(id)))
    return _told(context, await _customer(context, invoice_id_of(id)))


def _employee_id(text: str) -> PersonId:
    """Read whose record it is; a refusal names this argument, and not `person`."""
    try:
        return person_id(text)
    except InvalidInput as wrong:
        raise wrong.at("employee") from wrong


def _told(
    context: RequestContext, values: object, typed: Sequence[PersonalValue] = ()
) -> PersonalData:
    return PersonalData(
        taken_at=context.services.now(),
        json=orjson.dumps(values).decode(),
        values=[KeptValue.from_domain(one) for one in typed],
    )


async def _person(
    context: RequestContext, id: PersonId
) -> tuple[Mapping[str, object], Sequence[PersonalValue]]:
    reader = context.personal_records
    known = await reader.known(id, context.actor)
    garage = known.person.person.duty.garage
    await write_deed(context, DeedType.REPORT_EXPORT, id, garage, {"of": "person"})
    values = [*await reader.values(known), *await _pay_values(context, id)]
    return person_values(id, values), values


async def _pay_values(context: RequestContext, id: PersonId) -> list[PersonalValue]:
    """Give what is in somebody's record as an employee, if they have one."""
    try:
        found = await context.employees.get(id, context.actor)
    except NotFound:
        return []
    clear = {field: await context.reveal(found, field) for field in EmployeeField}
    return [
        PersonalValue(
            kind=RecordKind.EMPLOYEE, field=field.value, since=found.changed_at, value=value
        )
        for field, value in clear.items()
        if value is not None
    ]


async def _employee(context: RequestContext, id: PersonId) -> Mapping[str, object]:
    context.demand_allowed(Action.READ, (ResourceKind.EMPLOYEE,))
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
    context.demand_allowed(Action.READ, (ResourceKind.INVOICE,))
    # Who may bill a customer knows who that is (`RequestContext.sees_customers`).
    document = await demand_document(context, id, Action.CREATE)
    told = {"of": "customer"}
    await write_deed(context, DeedType.REPORT_EXPORT, document.id, document.garage, told)
    return await _told_traces(context, await traces_of_paper(context, document))


async def _recorded(context: RequestContext, id: CustomerId) -> Mapping[str, object]:
    context.demand_allowed(Action.CREATE, (ResourceKind.INVOICE,))
    traces = await traces_of_record(context, id)
    if traces.record is None:
        raise NotFound("customer", id)
    await write_deed(context, DeedType.REPORT_EXPORT, id, traces.garage, {"of": "customer"})
    return await _told_traces(context, traces)


async def _told_traces(context: RequestContext, traces: CustomerTraces) -> Mapping[str, object]:
    papers, said = await _papers_of(context, traces)
    if traces.record is None:
        return customer_values(papers, said)
    own = traces.record.id
    vehicles = (await context.vehicle_book.of_owners([own]))[own]
    return customer_values(papers, said, CustomerRecord(customer=traces.record, vehicles=vehicles))


async def traces_of_record(
    context: RequestContext, id: CustomerId, *, every: bool = False
) -> CustomerTraces:
    """Give a customer's record and their papers: those that were made from it, and of one who is
    registered those of their GSTIN; `every` one or the newest.

    Raises:
        NotFound: there is none that the caller may see.
        NotAllowed: they may not bill in its garage.
    """
    found = await context.customer_book.get(id, context.actor)
    context.demand_in(found.garage, Action.CREATE, ResourceKind.INVOICE)
    papers = await _papers_from(context, id, every=every)
    registered = found.details.party.gstin
    if registered is not None:
        papers += await _registered_papers(context, found.garage, registered.value, every=every)
    distinct = {paper.id: paper for paper in papers}
    return CustomerTraces(garage=found.garage, documents=list(distinct.values()), record=found)


async def traces_of_paper(
    context: RequestContext, document: IssuedDocument, *, every: bool = False
) -> CustomerTraces:
    """Give what there is of the customer of a paper: their record, where it was made from one, with
    all of theirs; else the papers of their GSTIN; of anybody else, that one.

    Of a fleet, the newest `MOST_PAPERS`, or `every` one.
    """
    garage = document.garage
    of = await context.billing.invoicing.ledger.customer_of(document.original or document.id)
    papers = [document]
    if of is not None:
        try:
            found = await traces_of_record(context, of, every=every)
            return replace(found, documents=_with_paper(found.documents, document))
        except NotFound:
            papers += await _papers_from(context, of, every=every)
    registered = document.invoice.recipient.gstin
    if registered is not None:
        papers += await _registered_papers(context, garage, registered.value, every=every)
    distinct = {paper.id: paper for paper in papers}
    return CustomerTraces(garage=garage, documents=list(distinct.values()))


def _with_paper(
    papers: Sequence[IssuedDocument], named: IssuedDocument
) -> Sequence[IssuedDocument]:
    return papers if named.id in {paper.id for paper in papers} else [named, *papers]


async def _papers_of(
    context: RequestContext, traces: CustomerTraces
) -> tuple[list[CustomerPaper], list[Consent]]:
    garage, ids = traces.garage, [one.id for one in traces.documents]
    payments = await context.billing.payments.of_invoices(ids, garage)
    messages = await context.billing.correspondence.messages_of_invoices(ids, garage)
    paid = [payment.id for each in payments.values() for payment in each]
    references = await context.billing.payments.references(paid, garage)
    papers = [
        CustomerPaper(
            document=one,
            payments=payments[one.id],
            references=references,
            messages=messages[one.id],
        )
        for one in traces.documents
    ]
    said = [
        consent
        for party in traces.parties
        for consent in await context.billing.consents.of_customer(garage, party)
    ]
    return papers, said


async def _papers_from(
    context: RequestContext, id: CustomerId, *, every: bool
) -> list[IssuedDocument]:
    """Give the invoices that were made from a record, with their credit notes."""
    ledger = context.billing.invoicing.ledger
    found = await ledger.of_customer(id, first=MOST_PAPERS)
    page = found
    while every and len(page) == MOST_PAPERS:
        page = await ledger.of_customer(id, first=MOST_PAPERS, after=found[-1].id)
        found = [*found, *page]
    notes = await ledger.credit_notes([paper.id for paper in found])
    return [*found, *(note for each in notes.values() for note in each)]


async def _registered_papers(
    context: RequestContext, garage: GarageId, gstin: str, *, every: bool
) -> list[IssuedDocument]:
    ledger, wanted = context.billing.invoicing.ledger, InvoiceFilter(gstin=gstin)
    found = await ledger.page(garage, first=MOST_PAPERS, wanted=wanted)
    page = found
    while every and len(page) == MOST_PAPERS:
        page = await ledger.page(garage, first=MOST_PAPERS, after=found[-1].id, wanted=wanted)
        found = [*found, *page]
    return found
