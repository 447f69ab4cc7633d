"""People who really sign in: a first administrator, a garage, and whoever they invite."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from domain.access import Actor, Role
from domain.ids import PersonId
from domain.people import PersonName
from tests.journeys.people import PUNE, Person, fresh_word
from web.paths import SIGN_IN as PATH
from web.people import PeopleRuntime
from web.wiring import Runtime

PASSWORD = "monsoon tyre ladder 42"  # noqa: S105 - a test's own
ENTRY = """__typename
  ... on SignedIn { person role garage accessToken refreshToken expiresAt sessionEndsAt }
  ... on SignInRefused { message } ... on UnfitInput { field message }"""
LATE = "... on TooManySignIns { retryAfter message }"
SIGN_IN = f"""mutation (
  $op: UUID!, $email: String!, $password: String!, $client: ClientKind! = NATIVE
) {{
  signIn(operationId: $op, email: $email, password: $password, client: $client) {{ {ENTRY} {LATE} }}
}}"""
REFRESH = f"""mutation ($op: UUID!, $token: String) {{
  refresh(operationId: $op, token: $token) {{ {ENTRY} }} }}"""
ACCEPT = f"""mutation ($op: UUID!, $word: String!, $password: String!) {{
  acceptInvitation(operationId: $op, invitation: $word, password: $password) {{ {ENTRY} {LATE} }}
}}"""
OFFERED = "... on SecondFactorOffered { challenge secret uri expiresAt }"
SIGN_IN_OWING = f"""mutation ($op: UUID!, $email: String!, $password: String!) {{
  signIn(operationId: $op, email: $email, password: $password) {{
    {ENTRY} {OFFERED} ... on SecondFactorDemanded {{ challenge expiresAt }} }} }}"""
ENROL_FACTOR = f"""mutation ($op: UUID!, $email: String!, $password: String!) {{
  enrolSecondFactor(operationId: $op, email: $email, password: $password) {{
    __typename {OFFERED} ... on SignInRefused {{ message }} ... on UnfitInput {{ field }} }} }}"""
WITH_CODE = "$op: UUID!, $challenge: String!, $code: String!"
CODE = "operationId: $op, challenge: $challenge, code: $code"
CONFIRM_FACTOR = f"""mutation ({WITH_CODE}) {{
  confirmSecondFactor({CODE}) {{ {ENTRY} {LATE} ... on SignedIn {{ recoveryCodes }} }} }}"""
REMOVE_FACTOR = f"""mutation ({WITH_CODE}) {{ removeSecondFactor({CODE}) {{ __typename
  ... on SecondFactorRemoved {{ message }} ... on UnfitInput {{ field }} }} }}"""
RENEW_CODES = f"""mutation ({WITH_CODE}) {{ renewRecoveryCodes({CODE}) {{ __typename
  ... on RecoveryCodesRenewed {{ recoveryCodes }} ... on UnfitInput {{ field }} }} }}"""
REQUEST_RESET = f"""mutation ($op: UUID!, $email: String!) {{
  requestPasswordReset(operationId: $op, email: $email) {{ __typename
    ... on PasswordResetRequested {{ message }} ... on UnfitInput {{ field }} {LATE} }} }}"""
RESET = f"""mutation ($op: UUID!, $word: String!, $password: String!) {{
  resetPassword(operationId: $op, word: $word, password: $password) {{ __typename
    ... on PasswordReset {{ message }} ... on SignInRefused {{ message }}
    ... on UnfitInput {{ field }} {LATE} }} }}"""
CHANGE_PASSWORD = f"""mutation ($op: UUID!, $change: PasswordChangeInput!) {{
  changePassword(operationId: $op, change: $change) {{ __typename
    ... on PasswordChanged {{ message }} ... on SignInRefused {{ message }}
    ... on UnfitInput {{ field }} {LATE} }} }}"""
GARAGE = """mutation ($op: UUID!, $profile: GarageInput!) {
  createGarage(operationId: $op, profile: $profile) { __typename
    ... on GarageCreated { profile { name place hours offShiftRefused garage { key } } }
    ... on Refusal { message } } }"""
INVITE = """mutation ($op: UUID!, $person: PersonInput!) {
  invitePerson(operationId: $op, person: $person) { __typename
    ... on PersonInvited { invitation expiresAt mailed
      person { key version name email state role shift certification garage { key } } }
    ... on Refusal { message } } }"""
CHANGED = "person { key version state role department garage { key } }"
CHANGE = f"""mutation ($op: UUID!, $person: ID!, $expected: Int!, $duty: DutyInput!) {{
  changeRole(operationId: $op, person: $person, expectedVersion: $expected, duty: $duty) {{
    __typename ... on RoleChanged {{ {CHANGED} }} ... on Refusal {{ message }} }} }}"""
SUSPEND = f"""mutation ($op: UUID!, $person: ID!, $expected: Int!) {{
  suspendPerson(operationId: $op, person: $person, expectedVersion: $expected) {{
    __typename ... on PersonSuspended {{ {CHANGED} }} ... on Refusal {{ message }} }} }}"""
RESTORE = f"""mutation ($op: UUID!, $person: ID!, $expected: Int!) {{
  restorePerson(operationId: $op, person: $person, expectedVersion: $expected) {{
    __typename ... on PersonRestored {{ {CHANGED} }} ... on Refusal {{ message }} }} }}"""
RESET_FACTOR = f"""mutation ($op: UUID!, $person: ID!) {{
  resetSecondFactor(operationId: $op, person: $person) {{
    __typename ... on SecondFactorReset {{ {CHANGED} }} ... on Refusal {{ message }} }} }}"""
HOLD = """mutation ($op: UUID!, $garage: ID!, $refused: Boolean!) {
  holdGarageToShift(operationId: $op, garage: $garage, refused: $refused) { __typename
    ... on GarageHeldToShift { profile { offShiftRefused } } ... on Refusal { message } } }"""
SIGN_OUT = """mutation ($op: UUID!) { signOut(operationId: $op) {
  __typename ... on SessionEnded { key } ... on Refusal { message } } }"""
END = """mutation ($op: UUID!, $id: ID!) { endSession(operationId: $op, session: $id) {
  __typename ... on SessionEnded { key } ... on Refusal { message } } }"""
SESSIONS = "query ($person: ID) { sessions(person: $person) { key client current } }"
PEOPLE = """query ($first: Int! = 50, $after: String) { people(first: $first, after: $after) {
  edges { node { key name email state role garage { key } } } pageInfo { hasNextPage } } }"""


def op() -> str:
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class Door:
    """The door for callers who are not known yet, over HTTP."""

    client: httpx.AsyncClient

    async def answer(
        self, query: str, headers: dict[str, str] | None = None, **variables: object
    ) -> httpx.Response:
        body = {"query": query, "variables": variables}
        return await self.client.post(PATH, json=body, headers=headers)

    async def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask for one thing and give it."""
        given: dict[str, Any] = {"op": op()} | variables
        answer = (await self.answer(query, **given)).json()
        assert "errors" not in answer, answer["errors"]
        [found] = answer["data"].values()
        return found

    async def sign_in(self, email: str, password: str = PASSWORD, **how: object) -> dict[str, Any]:
        return await self.ask(SIGN_IN, email=email, password=password, **how)

    def person(self, entry: dict[str, Any]) -> Person:
        """Give whoever came in, to ask with their token."""
        assert entry["__typename"] == "SignedIn", entry
        garage = entry["garage"]
        actor = Actor(id=PersonId(entry["person"]), role=Role[entry["role"]], garage=garage)
        return Person(client=self.client, actor=actor, token=entry["accessToken"])


def duty(role: Role = Role.TECHNICIAN, **more: object) -> dict[str, Any]:
    return {"role": role.name, "garage": PUNE, **more}


async def first_admin_of(people: PeopleRuntime, email: str) -> None:
    who = PersonName(name="Root Person", email=email)
    await people.admins.make(
        PersonId(f"per_{uuid4().hex}"), who, PASSWORD, datetime.now(UTC), another=True
    )


async def opened(house: Runtime, door: Door, garage: str = PUNE) -> Person:
    """Give an administrator, and a garage that is there."""
    email = f"root.{fresh_word()}@example.org"
    await first_admin_of(house.people, email)
    root = door.person(await door.sign_in(email))
    profile = {"id": garage, "name": "Pune", "place": "Pune", "hours": "Mon-Sat 09:00-18:00"}
    await root.ask(GARAGE, op=op(), profile=profile)
    return root


async def invited(
    boss: Person, door: Door, role: Role = Role.TECHNICIAN, **more: object
) -> tuple[str, dict[str, Any]]:
    """Have somebody invited who comes in; give their address and how they came in."""
    email = f"{role.value}.{fresh_word()}@example.org"
    person = {"name": "Asha Kulkarni", "email": email, "duty": duty(role, **more)}
    made = await boss.ask(INVITE, op=op(), person=person)
    assert made["__typename"] == "PersonInvited", made
    return email, await door.ask(ACCEPT, word=made["invitation"], password=PASSWORD)
