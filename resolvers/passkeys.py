"""The verbs of passkeys: everybody's own, and how they come in by one."""

import re
import secrets
from base64 import urlsafe_b64decode
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Protocol

import strawberry

from access.challenges import SealedChallenge
from access.passkey_domains import RelyingParty
from access.passkey_signatures import NewPasskey, PasskeyAssertion
from access.sign_in import SignedIn
from access.sign_in_tries import SignInRequest
from domain.deeds import DeedType
from domain.errors import InvalidInput
from domain.ids import passkey_id
from resolvers.arguments import OperationArgument, demand_size
from resolvers.context import RequestInfo
from resolvers.guards import signed_in, signed_in_deed
from resolvers.people import people_deed
from schema.passkeys import (
    Passkey,
    PasskeyInput,
    PasskeyOptions,
    PasskeyRegistered,
    PasskeyRemoved,
    RegisterPasskeyResult,
    RemovePasskeyResult,
)
from schema.sign_in import PasskeyAssertionInput

BASE64URL = re.compile(r"[A-Za-z0-9_\-]+")
LONGEST_CREDENTIAL = 683
LONGEST_CLIENT_DATA = 1_400
LONGEST_ATTESTATION = 4_100
LONGEST_AUTHENTICATOR_DATA = 400
LONGEST_SIGNATURE = 700
LONGEST_HANDLE = 86
RANDOM_BITS = 80

NewPasskeyArgument = Annotated[
    PasskeyInput, strawberry.argument(description="What your device answered, and a name for it.")
]
PasskeyArgument = Annotated[strawberry.ID, strawberry.argument(description="Id of the passkey.")]


class PasskeyUseCases(Protocol):
    """What `access.passkeys.PasskeyDoor` does."""

    def challenge(self, now: datetime, randomness: int) -> tuple[SealedChallenge, RelyingParty]: ...
    async def sign_in(self, said: PasskeyAssertion, request: SignInRequest) -> SignedIn: ...


@strawberry.type
class PasskeyQueries:
    @strawberry.field(description="Your own passkeys, the oldest first; at most 20.")
    @signed_in
    async def passkeys(self, info: RequestInfo) -> list[Passkey]:
        found = await info.context.passkeys.of(info.context.actor)
        return [Passkey.from_domain(one) for one in found]

    @strawberry.field(description="What your device needs to make a passkey for you.")
    @signed_in
    async def passkey_options(self, info: RequestInfo) -> PasskeyOptions:
        context = info.context
        bits = secrets.randbits(RANDOM_BITS)
        made = await context.passkeys.options(context.actor, context.services.now(), bits)
        return PasskeyOptions.from_domain(made)


@strawberry.type
class PasskeyMutations:
    @strawberry.mutation(
        description="Add a passkey by which you sign in, within 15 minutes of signing in."
    )
    @signed_in_deed(DeedType.USER_CREDENTIAL_CHANGE)
    async def register_passkey(
        self, info: RequestInfo, operation_id: OperationArgument, passkey: NewPasskeyArgument
    ) -> RegisterPasskeyResult:
        context = info.context
        new = read_new_passkey(passkey)
        deed = people_deed(context, operation_id, "registerPasskey", asdict(passkey))
        return PasskeyRegistered(passkey=Passkey.from_domain(await context.passkeys.add(new, deed)))

    @strawberry.mutation(description="Have nobody sign in by a passkey of yours any more.")
    @signed_in_deed(DeedType.USER_CREDENTIAL_CHANGE)
    async def remove_passkey(
        self, info: RequestInfo, operation_id: OperationArgument, passkey: PasskeyArgument
    ) -> RemovePasskeyResult:
        context, key = info.context, passkey_id(passkey)
        deed = people_deed(context, operation_id, "removePasskey", {"passkey": key})
        await context.passkeys.remove(key, deed)
        return PasskeyRemoved(key=key)


def read_new_passkey(said: PasskeyInput) -> NewPasskey:
    """Read what a device answered when it made a passkey; sizes first.

    Raises:
        InvalidInput: a part of it is too long, or no base64url.
    """
    return NewPasskey(
        name=said.name,
        credential=_read_bytes("credential", said.credential, LONGEST_CREDENTIAL),
        client_data=_read_bytes("clientData", said.client_data, LONGEST_CLIENT_DATA),
        attestation=_read_bytes("attestation", said.attestation, LONGEST_ATTESTATION),
    )


def read_assertion(said: PasskeyAssertionInput) -> PasskeyAssertion:
    """Read what a passkey answered; sizes first.

    Raises:
        InvalidInput: a part of it is too long, or no base64url.
    """
    data = said.authenticator_data
    return PasskeyAssertion(
        credential=_read_bytes("credential", said.credential, LONGEST_CREDENTIAL),
        client_data=_read_bytes("clientData", said.client_data, LONGEST_CLIENT_DATA),
        authenticator_data=_read_bytes("authenticatorData", data, LONGEST_AUTHENTICATOR_DATA),
        signature=_read_bytes("signature", said.signature, LONGEST_SIGNATURE),
        user_handle=_read_bytes("userHandle", said.user_handle, LONGEST_HANDLE),
    )


def _read_bytes(field: str, text: str, most: int) -> bytes:
    demand_size(field, text, most)
    if not BASE64URL.fullmatch(text):
        raise InvalidInput(field, "is no base64url")
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise InvalidInput(field, "is no base64url") from error
