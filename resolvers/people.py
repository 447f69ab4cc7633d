"""The verbs of garages and people: who comes in, as what, and who is out."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated
from uuid import UUID

import strawberry

from access.people import PeopleDeed
from domain.access import Action, ResourceKind
from domain.deeds import DeedType
from domain.errors import InvalidInput, NotFound
from domain.ids import OperationId, garage_id, person_id, session_id
from domain.people import Duty, parse_duty, parse_name
from resolvers.arguments import ExpectedArgument, OperationArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field, signed_in, signed_in_deed
from resolvers.idempotency import operation_fingerprint
from schema.garage_settings import GarageInput, GarageSettings
from schema.nodes import USUAL, Connection, after_position, key_of, make_connection, page_size
from schema.people_inputs import DutyInput, PersonInput
from schema.people_results import (
    ChangeRoleResult,
    CorrectPersonResult,
    CreateGarageResult,
    EndSessionResult,
    GarageCreated,
    GarageHeldToShift,
    HoldGarageToShiftResult,
    InvitePersonResult,
    Person,
    PersonCorrected,
    PersonInvited,
    PersonRestored,
    PersonSuspended,
    ResetSecondFactorResult,
    RestorePersonResult,
    RoleChanged,
    SecondFactorReset,
    Session,
    SessionEnded,
    SignOutResult,
    SuspendPersonResult,
)
from schema.vocabulary import After, First

MOST_SESSIONS = 100
PERMISSIONS, SETTINGS = DeedType.USER_PERMISSION_CHANGE, DeedType.SETTINGS_CHANGE
CREDENTIALS = DeedType.USER_CREDENTIAL_CHANGE
GarageArguments = Annotated[GarageInput, strawberry.argument(description="The garage.")]
OneGarage = Annotated[strawberry.ID, strawberry.argument(description="The garage.")]
PersonArguments = Annotated[PersonInput, strawberry.argument(description="Who, and as what.")]
DutyArgument = Annotated[
    DutyInput, strawberry.argument(description="All of what they are to work as from now on.")
]
PersonArgument = Annotated[strawberry.ID, strawberry.argument(description="Id of the person.")]
SomebodyArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Whose; left out: your own.")
]
SessionArgument = Annotated[strawberry.ID, strawberry.argument(description="Id of the session.")]
NewNameArgument = Annotated[
    str | None,
    strawberry.argument(description="Their name, at most 120 characters; left out: it stays."),
]
NewEmailArgument = Annotated[
    str | None,
    strawberry.argument(description="The address to sign in with; left out: it stays."),
]
RefusedArgument = Annotated[
    bool, strawberry.argument(description="Whether technicians are refused outside their shift.")
]


@strawberry.type
class PeopleQueries:
    @strawberry.field(
        description="You, as the network's records know you; null for a machine, and for a token "
        "of somebody who is not kept there."
    )
    @signed_in
    async def me(self, info: RequestInfo) -> Person | None:
        context = info.context
        context.personal = True
        found = await context.people.oneself(context.actor)
        return None if found is None else Person.from_domain(found)

    @strawberry.field(description="The people of your garage, or of all for an administrator.")
    @guard_field(Action.UPDATE, ResourceKind.EMPLOYEE)
    async def people(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[Person]:
        context, size, start = info.context, page_size(first), after_position(after)
        context.personal = True
        found = await context.people.people(context.actor, first=size + 1, after=start)
        return make_connection(found, first, after, lambda p: p.person.id, Person.from_domain)

    @strawberry.field(description="The garages in the network's records that are yours to see.")
    @guard_field(Action.READ, ResourceKind.SETTING)
    async def garages(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[GarageSettings]:
        context, size, start = info.context, page_size(first), after_position(after)
        found = await context.people.garages(context.actor, first=size + 1, after=start)
        return make_connection(found, first, after, lambda g: g.id, GarageSettings.from_domain)

    @strawberry.field(
        description="Where somebody is signed in, the newest first, at most 100: you, or somebody "
        "whom you look after."
    )
    @signed_in
    async def sessions(self, info: RequestInfo, person: SomebodyArgument = None) -> list[Session]:
        context = info.context
        whose = None if person is None else person_id(person)
        found = await context.people.person_sessions(
            context.actor, whose, context.services.now(), MOST_SESSIONS
        )
        return [Session.from_domain(one, context.actor.session) for one in found]


@strawberry.type
class PeopleMutations:
    @strawberry.mutation(description="Enter a garage into the network's records.")
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True, deed=SETTINGS)
    async def create_garage(
        self, info: RequestInfo, operation_id: OperationArgument, profile: GarageArguments
    ) -> CreateGarageResult:
        context = info.context
        deed = people_deed(context, operation_id, "createGarage", asdict(profile))
        wanted = profile.parse(garage_id(profile.id))
        made = await context.settings.create_garage(wanted, deed)
        return GarageCreated(profile=GarageSettings.from_domain(made))

    @strawberry.mutation(
        description="Refuse a garage's technicians outside their shift, or no longer."
    )
    @guard_field(Action.UPDATE, ResourceKind.EMPLOYEE, deed=SETTINGS)
    async def hold_garage_to_shift(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        garage: OneGarage,
        refused: RefusedArgument,
    ) -> HoldGarageToShiftResult:
        context, place = info.context, garage_id(key_of("Garage", garage))
        asked = {"garage": place, "refused": refused}
        deed = people_deed(context, operation_id, "holdGarageToShift", asked)
        held = await context.settings.hold_to_shift(place, deed, refused=refused)
        return GarageHeldToShift(profile=GarageSettings.from_domain(held))

    @strawberry.mutation(
        description="Invite somebody: administrators anybody, managers the technicians, "
        "accountants and support of their own garage."
    )
    @guard_field(Action.UPDATE, ResourceKind.EMPLOYEE, deed=PERMISSIONS)
    async def invite_person(
        self, info: RequestInfo, operation_id: OperationArgument, person: PersonArguments
    ) -> InvitePersonResult:
        context = info.context
        deed = naming_deed(context, operation_id, "invitePerson", asdict(person))
        who, duty = parse_name(person.name, person.email), _parse_duty(person.duty)
        made = await context.people.invite(who, duty, deed)
        return PersonInvited(
            person=Person.from_domain(made.invited),
            invitation=made.word,
            expires_at=made.expires_at,
            mailed=made.mailed,
        )

    @strawberry.mutation(
        description="Put right who somebody is said to be: your own name, or of somebody whom you "
        "look after. The address that they sign in with an administrator changes."
    )
    @signed_in_deed(DeedType.USER_CORRECT)
    async def correct_person(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        person: PersonArgument,
        name: NewNameArgument = None,
        email: NewEmailArgument = None,
    ) -> CorrectPersonResult:
        context, key = info.context, person_id(person)
        asked = {"person": key, "name": name, "email": email}
        deed = naming_deed(context, operation_id, "correctPerson", asked)
        if name is None and email is None:
            raise InvalidInput("name", "or `email` says what is right: one of them, or both")
        context.personal = True
        found = await context.people.correct(key, name, email, deed)
        return PersonCorrected(person=Person.from_domain(found))

    @strawberry.mutation(
        description="Say anew as what somebody works and where; their tokens of before are over "
        "within a second, and they refresh them to go on."
    )
    @guard_field(Action.UPDATE, ResourceKind.EMPLOYEE, deed=PERMISSIONS)
    async def change_role(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        person: PersonArgument,
        expected_version: ExpectedArgument,
        duty: DutyArgument,
    ) -> ChangeRoleResult:
        context, key = info.context, person_id(person)
        asked = {"person": key, "expected": expected_version, "duty": asdict(duty)}
        deed = people_deed(context, operation_id, "changeRole", asked)
        found = await context.people.change_role(key, _parse_duty(duty), expected_version, deed)
        return RoleChanged(person=Person.from_domain(found))

    @strawberry.mutation(
        description="Shut somebody out: within a second they are refused everywhere, and their "
        "sockets and streams are closed."
    )
    @guard_field(Action.UPDATE, ResourceKind.EMPLOYEE, deed=PERMISSIONS)
    async def suspend_person(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        person: PersonArgument,
        expected_version: ExpectedArgument,
    ) -> SuspendPersonResult:
        context, key = info.context, person_id(person)
        asked = {"person": key, "expected": expected_version}
        deed = people_deed(context, operation_id, "suspendPerson", asked)
        found = await context.people.suspend(key, expected_version, deed)
        return PersonSuspended(person=Person.from_domain(found))

    @strawberry.mutation(description="Let somebody sign in again who was suspended.")
    @guard_field(Action.UPDATE, ResourceKind.EMPLOYEE, deed=PERMISSIONS)
    async def restore_person(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        person: PersonArgument,
        expected_version: ExpectedArgument,
    ) -> RestorePersonResult:
        context, key = info.context, person_id(person)
        asked = {"person": key, "expected": expected_version}
        deed = people_deed(context, operation_id, "restorePerson", asked)
        found = await context.people.restore(key, expected_version, deed)
        return PersonRestored(person=Person.from_domain(found))

    @strawberry.mutation(
        description="Take away the second factor of somebody who has neither telephone nor "
        "recovery codes any more; they are out on every device. Make sure that it is them who ask."
    )
    @guard_field(Action.UPDATE, ResourceKind.EMPLOYEE, network=True, deed=CREDENTIALS)
    async def reset_second_factor(
        self, info: RequestInfo, operation_id: OperationArgument, person: PersonArgument
    ) -> ResetSecondFactorResult:
        context, key = info.context, person_id(person)
        deed = people_deed(context, operation_id, "resetSecondFactor", {"person": key})
        found = await context.people.reset_second_factor(key, deed)
        return SecondFactorReset(person=Person.from_domain(found))

    @strawberry.mutation(description="End the session that asks.")
    @signed_in_deed(DeedType.USER_LOGOUT)
    async def sign_out(self, info: RequestInfo, operation_id: OperationArgument) -> SignOutResult:
        context = info.context
        operation = context.operation_for(operation_id)
        own = context.actor.session
        if own is None:
            raise NotFound("session", "of this token", "This token belongs to no session.")
        await context.people.end_session(context.actor, own, operation.at, context.origin)
        context.signed_out = True
        return SessionEnded(key=own)

    @strawberry.mutation(
        description="End a session: your own on another device, within 15 minutes of signing in, "
        "or of somebody whom you look after."
    )
    @signed_in_deed(DeedType.USER_LOGOUT)
    async def end_session(
        self, info: RequestInfo, operation_id: OperationArgument, session: SessionArgument
    ) -> EndSessionResult:
        context, key = info.context, session_id(session)
        operation = context.operation_for(operation_id)
        await context.people.end_session(context.actor, key, operation.at, context.origin)
        return SessionEnded(key=key)


def people_deed(
    context: RequestContext, id: UUID, verb: str, asked: Mapping[str, object]
) -> PeopleDeed:
    """Give what is asked for of people, with the fingerprint of all of it."""
    operation = context.operation_for(id)
    return PeopleDeed(
        id=OperationId(operation.id),
        actor=operation.actor,
        at=operation.at,
        body_hash=operation_fingerprint(verb, asked),
        origin=context.origin,
    )


def naming_deed(
    context: RequestContext, id: UUID, verb: str, asked: Mapping[str, object]
) -> PeopleDeed:
    """Give the same of what names somebody: its fingerprint has a key, so that nobody finds a name
    by it.
    """
    deed = people_deed(context, id, verb, asked)
    return replace(deed, body_hash=context.people.fingerprint(deed.body_hash))


def _parse_duty(given: DutyInput) -> Duty:
    return parse_duty(
        given.role,
        None if given.garage is None else garage_id(key_of("Garage", given.garage)),
        region=given.region,
        department=given.department,
        shift=given.shift,
        certification=given.certification,
    )
