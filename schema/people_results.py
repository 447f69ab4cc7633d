"""Garages and people as the network's records know them, and what changing them answers."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from access import people as access_people
from domain import sessions
from domain.access import Role
from domain.people import PersonState
from domain.sessions import ClientKind
from domain.technicians import Certification
from schema.garage_settings import GarageSettings
from schema.people import Garage
from schema.refusals import (
    AlreadyExists,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
    StaleVersion,
)


@strawberry.type(description="Somebody who may sign in, or is invited to.")
class Person:
    key: str = field(description="Their id.")
    version: int = field(description="Counts the changes of what they work as, from 1.")
    name: str = field(description="Their name.")
    email: str = field(description="The address that they sign in with.")
    state: PersonState = field(description="Whether they may come in.")
    role: Role = field(description="As what they work.")
    garage: Garage | None = field(description="Where; null for an administrator of no garage.")
    region: str | None = field(description="The region whose cards they see, if it was said.")
    department: str | None = field(description="Where in the garage.")
    shift: str | None = field(description="When, by India's clock.")
    certification: Certification = field(description="What they may work on.")

    @classmethod
    def from_domain(cls, value: access_people.KnownPerson) -> Self:
        person, duty = value.person, value.person.duty
        return cls(
            key=person.id,
            version=person.version,
            name=value.who.name,
            email=value.who.email,
            state=person.state,
            role=duty.role,
            garage=None if duty.garage is None else Garage.from_domain(duty.garage),
            region=duty.region,
            department=duty.department,
            shift=None if duty.shift is None else str(duty.shift),
            certification=duty.certification,
        )


@strawberry.type(description="Somebody signed in on one device.")
class Session:
    key: str = field(description="Its id.")
    client: ClientKind = field(description="Where its refresh token is kept.")
    began_at: datetime = field(description="When they signed in.")
    seen_at: datetime = field(description="When it was last refreshed.")
    ends_at: datetime = field(description="When it ends in any case.")
    current: bool = field(description="Whether it is the one that asks.")

    @classmethod
    def from_domain(cls, value: sessions.Session, own: str | None) -> Self:
        return cls(
            key=value.id,
            client=value.client,
            began_at=value.began_at,
            seen_at=value.seen_at,
            ends_at=value.ends_at,
            current=value.id == own,
        )


@strawberry.type(description="The garage is one of the network.")
class GarageCreated:
    profile: GarageSettings = field(description="The garage as entered.")


@strawberry.type(description="The garage holds its technicians to their shift, or no longer.")
class GarageHeldToShift:
    profile: GarageSettings = field(description="The garage as it is now.")


@strawberry.type(
    description="Somebody is invited. Hand the word on to them, in person where it is not mailed."
)
class PersonInvited:
    person: Person = field(description="Who.")
    invitation: str = field(
        description="The word by which `acceptInvitation` lets them choose a password."
    )
    expires_at: datetime = field(description="Until when the word is good.")
    mailed: bool = field(description="Whether the word goes to their e-mail address as well.")


@strawberry.type(description="They work as something else; what they held before is over.")
class RoleChanged:
    person: Person = field(description="Them as they are now.")


@strawberry.type(description="Who they are is put right.")
class PersonCorrected:
    person: Person = field(description="Them as they are now.")


@strawberry.type(description="They are out, on every device.")
class PersonSuspended:
    person: Person = field(description="Them as they are now.")


@strawberry.type(description="They may sign in again.")
class PersonRestored:
    person: Person = field(description="Them as they are now.")


@strawberry.type(
    description="They have no second factor any more and are out on every device; a letter tells "
    "them. Who is to have one enrols anew at the next sign-in."
)
class SecondFactorReset:
    person: Person = field(description="Them.")


@strawberry.type(description="The session is over, its tokens with it.")
class SessionEnded:
    key: str = field(description="Id of the session.")


CreateGarageResult = Annotated[
    GarageCreated | InvalidInput | NotAllowed | AlreadyExists | OperationConflict,
    strawberry.union("CreateGarageResult", description="The garage, or why not."),
]
HoldGarageToShiftResult = Annotated[
    GarageHeldToShift | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("HoldGarageToShiftResult", description="The garage, or why not."),
]
InvitePersonResult = Annotated[
    PersonInvited | InvalidInput | NotFound | NotAllowed | AlreadyExists | OperationConflict,
    strawberry.union("InvitePersonResult", description="The invitation, or why not."),
]
ChangeRoleResult = Annotated[
    RoleChanged
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("ChangeRoleResult", description="The person, or why they stay as they are."),
]
CorrectPersonResult = Annotated[
    PersonCorrected | InvalidInput | NotFound | NotAllowed | AlreadyExists | OperationConflict,
    strawberry.union("CorrectPersonResult", description="The person, or why it stays as it is."),
]
SuspendPersonResult = Annotated[
    PersonSuspended
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("SuspendPersonResult", description="The person, or why they stay in."),
]
RestorePersonResult = Annotated[
    PersonRestored
    | InvalidInput
    | NotFound
    | NotAllowed
    | StaleVersion
    | IllegalTransition
    | OperationConflict,
    strawberry.union("RestorePersonResult", description="The person, or why they stay out."),
]
ResetSecondFactorResult = Annotated[
    SecondFactorReset | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("ResetSecondFactorResult", description="The person, or why it stays."),
]
EndSessionResult = Annotated[
    SessionEnded | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("EndSessionResult", description="The session, or why it goes on."),
]
SignOutResult = Annotated[
    SessionEnded | InvalidInput | NotFound | OperationConflict,
    strawberry.union("SignOutResult", description="The session, or why it goes on."),
]
