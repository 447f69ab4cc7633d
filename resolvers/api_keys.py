"""The verbs of keys: an administrator makes and revokes them, and sees when they were used."""

import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import strawberry

from access.api_keys import RANDOM_BYTES, mint_secret
from domain import limits
from domain.access import Action, ResourceKind
from domain.api_keys import (
    LONGEST_DAYS,
    MOST_GARAGES,
    NAME_LIMIT,
    ApiKey,
    KeyOrder,
    KeyScope,
    Rung,
    partner_name,
)
from domain.deeds import DeedType
from domain.errors import InvalidInput, OperationConflict
from domain.ids import GarageId, KeyId, garage_id, key_id
from resolvers.arguments import OperationArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import ANSWER, ResultFormat, idempotent, operation_fingerprint
from resolvers.services import Answer
from schema import api_keys as schema_keys
from schema.api_keys import (
    ApiKeyCreated,
    ApiKeyInput,
    ApiKeyRevoked,
    ApiKeyRungChanged,
    ChangeApiKeyRungResult,
    CreateApiKeyResult,
    RevokeApiKeyResult,
)
from schema.nodes import USUAL, Connection, after_position, key_of, make_connection, page_size
from schema.vocabulary import After, First

SETTINGS = DeedType.SETTINGS_CHANGE
KeyArgument = Annotated[
    ApiKeyInput, strawberry.argument(description="Whose key it is and what it may do.")
]
RungArgument = Annotated[
    Rung, strawberry.argument(description="How far it is held to registered documents.")
]
KeyIdArgument = Annotated[strawberry.ID, strawberry.argument(description="The key.")]
PartnerArgument = Annotated[str | None, strawberry.argument(description="Only of this partner.")]


@strawberry.type
class ApiKeyQueries:
    @strawberry.field(description="The keys of machines, in use or not, by id.")
    @guard_field(Action.READ, ResourceKind.SETTING, network=True)
    async def api_keys(
        self,
        info: RequestInfo,
        first: First = USUAL,
        after: After = None,
        partner: PartnerArgument = None,
    ) -> Connection[schema_keys.ApiKey]:
        found = await info.context.api_keys.page(
            first=page_size(first) + 1,
            after=after_position(after),
            partner=None if partner is None else partner_name(partner),
        )
        return make_connection(
            found, first, after, lambda key: key.id, schema_keys.ApiKey.from_domain
        )


@strawberry.type
class ApiKeyMutations:
    @strawberry.mutation(description="Make a key for a machine; its secret is shown this once.")
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True, deed=SETTINGS)
    async def create_api_key(
        self, info: RequestInfo, operation_id: OperationArgument, api_key: KeyArgument
    ) -> CreateApiKeyResult:
        context, order = info.context, _order_of(api_key)
        operation = context.operation_for(operation_id)
        shown: list[str] = []

        async def work() -> ApiKey:
            minted = mint_secret(secrets.token_bytes(RANDOM_BYTES))
            wanted = ApiKey(
                id=KeyId(operation.id),
                prefix=minted.prefix,
                partner=order.partner,
                name=order.name,
                scopes=order.scopes,
                garages=order.garages,
                rung=order.rung,
                made_by=operation.actor.id,
                made_at=operation.at,
                expires_at=operation.at + order.lifetime,
            )
            done = context.settings_operation(operation)
            made = await context.api_keys.add(wanted, minted.digest, done)
            if not made.fits(order, operation.actor.id):
                raise OperationConflict(operation.id)
            if made.prefix == minted.prefix:
                shown.append(minted.text)
            return made.as_made()

        body = operation_fingerprint("createApiKey", asdict(api_key))
        made = await idempotent(context, operation.id, body, work, KEY)
        return ApiKeyCreated(
            api_key=schema_keys.ApiKey.from_domain(made), secret=shown[0] if shown else None
        )

    @strawberry.mutation(description="Refuse a key from now on, everywhere within a second.")
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True, deed=SETTINGS)
    async def revoke_api_key(
        self, info: RequestInfo, operation_id: OperationArgument, id: KeyIdArgument
    ) -> RevokeApiKeyResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        given = context.api_keys
        key = key_id(limits.clean_text("id", id, 80))

        async def work() -> Answer:
            await given.revoke(key, context.settings_operation(operation))
            return {"id": key}

        body = operation_fingerprint("revokeApiKey", {"id": key})
        await idempotent(context, operation.id, body, work, ANSWER)
        return ApiKeyRevoked(api_key=schema_keys.ApiKey.from_domain(await given.get(key)))

    @strawberry.mutation(
        description="Hold a key otherwise to its documents, everywhere within a second; what it "
        "has open is closed."
    )
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True, deed=SETTINGS)
    async def change_api_key_rung(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: KeyIdArgument,
        rung: RungArgument,
    ) -> ChangeApiKeyRungResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        given = context.api_keys
        key = key_id(limits.clean_text("id", id, 80))

        async def work() -> Answer:
            await given.change_rung(key, rung, context.settings_operation(operation))
            return {"id": key}

        body = operation_fingerprint("changeApiKeyRung", {"id": key, "rung": rung})
        await idempotent(context, operation.id, body, work, ANSWER)
        return ApiKeyRungChanged(api_key=schema_keys.ApiKey.from_domain(await given.get(key)))


def _order_of(said: ApiKeyInput) -> KeyOrder:
    """Parse what an administrator asks for.

    Raises:
        InvalidInput: a value is wrong, or neither garages nor all of them are meant.
    """
    limits.check_count("scopes", len(said.scopes), len(KeyScope), least=1)
    limits.check_range("days", said.days, 1, LONGEST_DAYS)
    if (said.garages is None) is not said.every_garage:
        raise InvalidInput("garages", "name garages, or say `everyGarage: true`")
    return KeyOrder(
        partner=partner_name(said.partner),
        name=limits.clean_prose("name", said.name, NAME_LIMIT),
        scopes=tuple(dict.fromkeys(said.scopes)),
        garages=None if said.garages is None else _garages_of(said.garages),
        rung=said.rung,
        lifetime=timedelta(days=said.days),
    )


def _garages_of(named: list[strawberry.ID]) -> tuple[GarageId, ...]:
    limits.check_count("garages", len(named), MOST_GARAGES, least=1)
    return tuple(dict.fromkeys(garage_id(key_of("Garage", one)) for one in named))


async def _read_key(context: RequestContext, answer: Answer) -> ApiKey:
    return (await context.api_keys.get(KeyId(answer["id"]))).as_made()


# The key as it was made; its secret is not remembered.
KEY: ResultFormat[ApiKey] = ResultFormat(write=lambda key: {"id": key.id}, read=_read_key)
