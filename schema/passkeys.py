"""Passkeys: one's own, what a device needs to make one, and what it answers."""

from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from access import passkeys
from schema.refusals import (
    AlreadyExists,
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
)


@strawberry.type(description="What somebody signs in by without a password, held by a device.")
class Passkey:
    key: str = field(description="Its id.")
    name: str = field(description="What its owner calls it.")
    backed_up: bool = field(description="Whether its owner's other devices have it too.")
    made_at: datetime = field(description="When it was added.")
    last_used_at: datetime | None = field(description="When somebody last signed in by it.")

    @classmethod
    def from_domain(cls, value: passkeys.Passkey) -> Self:
        return cls(
            key=value.id,
            name=value.name,
            backed_up=value.backed_up,
            made_at=value.made_at,
            last_used_at=value.last_used_at,
        )


@strawberry.type(
    description="What `navigator.credentials.create` is to be given for a passkey of your own; "
    "bytes are in base64url. Ask for a resident key, for the user's verification (both required) "
    "and for no attestation."
)
class PasskeyOptions:
    challenge: str = field(description="`challenge`: to be signed within five minutes, once.")
    ends_at: datetime = field(description="Until when it is taken.")
    domain: str = field(description="`rp.id`.")
    user_handle: str = field(description="`user.id`: tells nothing of whose it is.")
    user_name: str = field(description="`user.name`: your e-mail address.")
    display_name: str = field(description="`user.displayName`: your name.")
    algorithms: list[int] = field(description="`pubKeyCredParams`, the best first (COSE).")
    known: list[str] = field(description="`excludeCredentials`: the ones that you have.")

    @classmethod
    def from_domain(cls, value: passkeys.PasskeyOptions) -> Self:
        return cls(
            challenge=in_base64url(value.challenge.text.encode()),
            ends_at=value.challenge.ends_at,
            domain=value.party.id,
            user_handle=in_base64url(value.handle),
            user_name=value.owner.who.email,
            display_name=value.owner.who.name,
            algorithms=[*value.algorithms],
            known=[in_base64url(one) for one in value.known],
        )


@strawberry.input(description="What a device answered; bytes are in base64url.")
class PasskeyInput:
    name: str = field(description="What you call it; at most 60 characters.")
    credential: str = field(description="`rawId`; at most 683 characters.")
    client_data: str = field(description="`response.clientDataJSON`; at most 1,400 characters.")
    attestation: str = field(description="`response.attestationObject`; at most 4,100 characters.")


@strawberry.type(description="The passkey is yours: you may sign in by it.")
class PasskeyRegistered:
    passkey: Passkey = field(description="The passkey.")


@strawberry.type(description="Nobody signs in by the passkey any more.")
class PasskeyRemoved:
    key: str = field(description="Its id.")


RegisterPasskeyResult = Annotated[
    PasskeyRegistered | InvalidInput | NotFound | NotAllowed | AlreadyExists | OperationConflict,
    strawberry.union("RegisterPasskeyResult", description="The passkey, or why not."),
]
RemovePasskeyResult = Annotated[
    PasskeyRemoved | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("RemovePasskeyResult", description="That it is gone, or why not."),
]


def in_base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
