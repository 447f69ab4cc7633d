"""Customers of a garage in the API: who they are, and what they may ask of it."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import consents, personal_records
from domain.consents import ConsentPurpose
from domain.personal_data import MASKED
from repair.customer_book import KnownCustomer
from schema.context import SchemaInfo
from schema.invoices import Party
from schema.people import Garage
from schema.personal_data import RecordCount, counted_records
from schema.refusals import InvalidInput, NotAllowed, NotFound, OperationConflict, StaleVersion


@strawberry.type(
    description="A customer of a garage; masked for those who may find them and not bill them."
)
class Customer:
    key: str = field(description="Its id, cus_….")
    garage: Garage = field(description="Whose customer it is.")
    version: int = field(description="Grows by one with every change.")
    changed_at: datetime = field(description="When it was changed last.")
    changed_by: strawberry.ID = field(description="By whom.")
    value: strawberry.Private[KnownCustomer]

    @strawberry.field(description="Who they are, as their bills say it.")
    def party(self, info: SchemaInfo) -> Party:
        plain = info.context.sees_customers(self.value.garage)
        return Party.from_domain(self.value.details.party, plain=plain)

    @strawberry.field(description="What the garage notes of them; null: nothing.")
    def notes(self, info: SchemaInfo) -> str | None:
        noted = self.value.details.notes
        plain = info.context.sees_customers(self.value.garage)
        return MASKED if noted and not plain else noted

    @classmethod
    def from_domain(cls, value: KnownCustomer) -> Self:
        return cls(
            key=value.id,
            garage=Garage.from_domain(value.garage),
            version=value.version,
            changed_at=value.changed_at,
            changed_by=strawberry.ID(value.changed_by),
            value=value,
        )


@strawberry.type(description="The customer is kept.")
class CustomerCreated:
    customer: Customer = field(description="The customer.")


@strawberry.type(description="The customer is kept as it was said.")
class CustomerChanged:
    customer: Customer = field(description="The customer at its new version.")


@strawberry.type(description="What a customer said to being written to; their last word counts.")
class ConsentRecorded:
    purpose: ConsentPurpose = field(description="What for.")
    given: bool = field(description="Whether they said yes.")
    at: datetime = field(description="When it was recorded.")

    @classmethod
    def from_domain(cls, value: consents.Consent) -> Self:
        return cls(purpose=value.purpose, given=value.given, at=value.at)


@strawberry.type(
    description="What was written to the customer is gone, and nothing more is written to them."
)
class CustomerErased:
    erased_at: datetime = field(description="When.")
    erased: list[RecordCount] = field(description="What is gone.")
    kept: list[RecordCount] = field(description="What the law keeps, and why.")

    @classmethod
    def from_domain(cls, value: personal_records.CustomerErasure) -> Self:
        return cls(
            erased_at=value.at,
            erased=counted_records(value.erased),
            kept=counted_records(value.kept),
        )


CreateCustomerResult = Annotated[
    CustomerCreated | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("CreateCustomerResult", description="The customer, or why there is none."),
]
ChangeCustomerResult = Annotated[
    CustomerChanged | InvalidInput | NotFound | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("ChangeCustomerResult", description="The customer, or why it stays."),
]
RecordConsentResult = Annotated[
    ConsentRecorded | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("RecordConsentResult", description="The word, or why it is not kept."),
]
EraseCustomerResult = Annotated[
    CustomerErased | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("EraseCustomerResult", description="What is gone, or why it stays."),
]
