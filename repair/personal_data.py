"""What is kept of one person, as values for a JSON file that they can be handed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from billing.gst.parties import Party
from billing.ledger.issued_documents import IssuedDocument
from billing.ledger.payments import Payment
from billing.messages.correspondence import Message
from domain.consents import Consent
from domain.employees import Employee, EmployeeField
from domain.ids import PaymentId, PersonId
from domain.personal_records import RETENTION, PersonalValue, RecordKind
from repair.customer_book import KnownCustomer
from repair.vehicle_book import KnownVehicle

CustomerValues = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPaper:
    """An invoice or credit note of a customer, with what was paid and told of it."""

    document: IssuedDocument
    payments: Sequence[Payment]
    references: Mapping[PaymentId, str]
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """A customer's record in the book of a garage, with their vehicles."""

    customer: KnownCustomer
    vehicles: Sequence[KnownVehicle]


def customer_values(
    papers: Sequence[CustomerPaper],
    consents: Sequence[Consent] = (),
    record: CustomerRecord | None = None,
) -> CustomerValues:
    """Give all that is kept of whoever these papers or this record are of: amounts in paise, days
    as in law.
    """
    own = [] if record is None else [record.customer.details.party]
    parties = [*own, *(paper.document.invoice.recipient for paper in papers)]
    distinct = [party for n, party in enumerate(parties) if party not in parties[:n]]
    return {
        "customer": [_party_values(party) for party in distinct],
        "record": None if record is None else _record_values(record),
        "papers": [_paper_values(paper) for paper in papers],
        "consents": [
            {"purpose": one.purpose.value, "given": one.given, "at": one.at}
            for one in dict.fromkeys(consents)
        ],
    }


def employee_values(
    employee: Employee, clear: Mapping[EmployeeField, object]
) -> Mapping[str, object]:
    """Give all that is kept of an employee, whose fields were opened for whoever asks."""
    return {
        "person": employee.id,
        "garage": employee.garage,
        "changed_at": employee.changed_at,
        "changed_by": employee.changed_by,
        **{field.value: clear.get(field) for field in EmployeeField},
    }


def person_values(id: PersonId, values: Sequence[PersonalValue]) -> Mapping[str, object]:
    """Give all that is kept of somebody who may sign in: each value with what it is kept for."""
    return {"person": id, "kept": [_kept_values(value) for value in values]}


def _kept_values(value: PersonalValue) -> Mapping[str, object]:
    rule = RETENTION[value.kind]
    return {
        "kind": value.kind.value,
        "field": value.field,
        "value": value.value,
        "since": value.since,
        "purpose": rule.purpose.value,
        "kept": str(rule),
    }


def _record_values(record: CustomerRecord) -> CustomerValues:
    customer, rule = record.customer, RETENTION[RecordKind.CUSTOMER]
    return {
        "id": customer.id,
        "garage": customer.garage,
        "changed_at": customer.changed_at,
        "notes": customer.details.notes,
        "purpose": rule.purpose.value,
        "kept": str(rule),
        "vehicles": [
            {"id": one.id, **asdict(one.details.built), **asdict(one.details.identity)}
            for one in record.vehicles
        ],
    }


def _party_values(party: Party) -> CustomerValues:
    address, registered = party.address, party.gstin
    return {
        "name": party.name,
        "phone": party.phone,
        "email": party.email,
        "gstin": None if registered is None else registered.value,
        "address": None if address is None else address.text,
        "pincode": None if address is None else address.pincode,
        "state": None if party.state is None else party.state.name,
    }


def _paper_values(paper: CustomerPaper) -> CustomerValues:
    document = paper.document
    return {
        "id": document.id,
        "kind": document.kind,
        "number": str(document.invoice.number),
        "ticket": document.ticket,
        "issued_at": document.issued_at,
        "payments": [
            {
                "id": one.id,
                "paise": one.paise,
                "method": one.method,
                "day": one.day,
                "reference": paper.references.get(one.id),
            }
            for one in paper.payments
        ],
        "messages": [
            {"channel": one.channel, "state": one.state, **asdict(one.letter)}
            for one in paper.messages
        ],
    }
