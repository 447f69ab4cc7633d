"""Keys of machines in the API: what they may, and their secret, which is shown once."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import api_keys
from domain.api_keys import KeyScope, Rung
from schema.people import Garage
from schema.refusals import InvalidInput, NotAllowed, NotFound, OperationConflict

USUAL_DAYS = 90


@strawberry.input(description="What a key is to be.")
class ApiKeyInput:
    partner: str = field(
        description="Whose machine it is: small letters, digits, dashes; its documents are found "
        "under the same name."
    )
    name: str = field(description="What it is for, in your words.")
    scopes: list[KeyScope] = field(description="What it may do; no more than it needs.")
    garages: list[strawberry.ID] | None = field(
        default=None, description="The garages that it may act in, 1 to 100."
    )
    every_garage: bool = field(
        default=False, description="Whether it may act in all garages; say this or `garages`."
    )
    rung: Rung = field(
        default=Rung.ID_ONLY, description="How far it is held to registered documents."
    )
    days: int = field(default=USUAL_DAYS, description="How long it holds, 1 to 400 days.")


@strawberry.type(description="A key that a machine of a partner is let in with.")
class ApiKey:
    key: str = field(description="Id of the key, by which it is revoked.")
    prefix: str = field(description="How its secret begins, behind bw_.")
    partner: str = field(description="Whose machine it is.")
    name: str = field(description="What it is for.")
    scopes: list[KeyScope] = field(description="What it may do.")
    garages: list[Garage] | None = field(
        description="The garages that it may act in, at most 100; null: all garages."
    )
    rung: Rung = field(description="How far it is held to registered documents.")
    made_by: strawberry.ID = field(description="Id of who made it.")
    made_at: datetime = field(description="When it was made.")
    expires_at: datetime = field(description="From then on it is refused.")
    revoked_at: datetime | None = field(description="When it was revoked; null: it was not.")
    last_used_at: datetime | None = field(
        description="When it was used last, up to a minute late; null: never."
    )
    last_addresses: list[str] = field(
        description="Where it was used from, the newest first, at most 5."
    )

    @classmethod
    def from_domain(cls, value: api_keys.ApiKey) -> Self:
        garages = value.garages
        return cls(
            key=value.id,
            prefix=value.prefix,
            partner=value.partner,
            name=value.name,
            scopes=list(value.scopes),
            garages=None if garages is None else [Garage.from_domain(one) for one in garages],
            rung=value.rung,
            made_by=strawberry.ID(value.made_by),
            made_at=value.made_at,
            expires_at=value.expires_at,
            revoked_at=value.revoked_at,
            last_used_at=value.last_used_at,
            last_addresses=list(value.last_addresses),
        )


@strawberry.type(description="The key was made.")
class ApiKeyCreated:
    api_key: ApiKey = field(description="The key.")
    secret: str | None = field(
        description="What the machine sends as `Authorization: Bearer`. It is shown this once, and "
        "null when the call is sent again: then revoke the key and make another one."
    )


@strawberry.type(description="The key is refused from now on, everywhere within a second.")
class ApiKeyRevoked:
    api_key: ApiKey = field(description="The key.")


@strawberry.type(description="The key is held so from now on, everywhere within a second.")
class ApiKeyRungChanged:
    api_key: ApiKey = field(description="The key.")


CreateApiKeyResult = Annotated[
    ApiKeyCreated | InvalidInput | NotAllowed | OperationConflict,
    strawberry.union("CreateApiKeyResult", description="The key with its secret, or why not."),
]
RevokeApiKeyResult = Annotated[
    ApiKeyRevoked | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("RevokeApiKeyResult", description="The key, or why it stays."),
]
ChangeApiKeyRungResult = Annotated[
    ApiKeyRungChanged | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("ChangeApiKeyRungResult", description="The key, or why it is held as before."),
]
