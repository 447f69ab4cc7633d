"""What is kept of one person, handed to them; and what is left of somebody who was erased."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import personal_records
from domain.personal_records import RETENTION, RecordKind
from schema.refusals import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
)


@strawberry.type(description="One thing that is kept of a person.")
class KeptValue:
    kind: RecordKind = field(description="What kind of record it stands in.")
    field_name: str = field(name="field", description="What it is called.")
    value: str | None = field(description="It, in clear; null where nobody can read it.")
    since: datetime = field(description="Since when it is kept.")
    purpose: str = field(description="What for.")
    kept: str = field(description="For how long, or why it is never removed.")

    @classmethod
    def from_domain(cls, value: personal_records.PersonalValue) -> Self:
        rule = RETENTION[value.kind]
        return cls(
            kind=value.kind,
            field_name=value.field,
            value=value.value,
            since=value.since,
            purpose=rule.purpose.value,
            kept=str(rule),
        )


@strawberry.type(description="All that is kept of one person, to be handed to them.")
class PersonalData:
    taken_at: datetime = field(description="When it was read.")
    json: str = field(description="A JSON object; amounts are whole paise.")
    values: list[KeptValue] = field(
        description="The same, thing by thing; empty of an employee or a customer, whom the JSON "
        "alone tells of."
    )


@strawberry.type(description="So many records of one kind.")
class RecordCount:
    kind: RecordKind = field(description="The kind.")
    count: int = field(description="How many.")
    kept: str = field(description="For how long such records are kept, or why always.")


@strawberry.type(
    description="Nothing tells any more who they are. Their id stays, and stands for nobody."
)
class PersonErased:
    key: str = field(description="Their id.")
    erased_at: datetime = field(description="When.")
    erased: list[RecordCount] = field(description="What is gone; nothing when it was before.")
    kept: list[RecordCount] = field(description="What the law keeps, under their id alone.")

    @classmethod
    def from_domain(cls, value: personal_records.PersonErasure) -> Self:
        return cls(
            key=value.person,
            erased_at=value.at,
            erased=counted_records(value.erased),
            kept=counted_records(value.kept),
        )


def counted_records(counts: Mapping[RecordKind, int]) -> list[RecordCount]:
    """Give counts by kind with for how long each is kept."""
    return [
        RecordCount(kind=kind, count=count, kept=str(RETENTION[kind]))
        for kind, count in sorted(counts.items())
    ]


ErasePersonResult = Annotated[
    PersonErased | InvalidInput | NotFound | NotAllowed | IllegalTransition | OperationConflict,
    strawberry.union("ErasePersonResult", description="What is gone, or why they stay."),
]
