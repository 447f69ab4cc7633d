"""Whom somebody names to act for them."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import field

from domain import nominees
from schema.refusals import InvalidInput, NotFound, OperationConflict


@strawberry.input(description="Who is to act for you.")
class NomineeInput:
    name: str = field(description="Their name; at most 120 characters. It is kept sealed.")
    contact: str = field(
        description="How they are reached: a telephone number, an e-mail or another address; at "
        "most 300 characters. It is kept sealed."
    )

    def parse(self) -> nominees.Nominee:
        return nominees.parse_nominee(self.name, self.contact)


@strawberry.type(description="Whom you name, or that it is nobody.")
class Nominated:
    name: str | None = field(description="Who it is; null: nobody.")
    at: datetime = field(description="Since when.")


NominateResult = Annotated[
    Nominated | InvalidInput | NotFound | OperationConflict,
    strawberry.union("NominateResult", description="Whom you name, or why that stays as it was."),
]
