"""Customers of a garage in the API: who they are, and what they may ask of it."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import consents, personal_records
from domain.consents import ConsentPurpose
from schema.customer_book import Customer
from schema.personal_data import RecordCount, counted_records
from schema.refusals import InvalidInput, NotAllowed, NotFound, OperationConflict, StaleVersion


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
