"""The people of the demo: invited as a chain's people are, with a fresh password at each start.

The passwords are random and kept nowhere: who starts the demo anew gets new ones, and the sessions
of before are over.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

from access.people_import import Newcomer, PeopleFile, import_people
from access.sign_in_tries import SignInRequest
from domain.access import Role
from domain.errors import NotFound, Refused
from domain.ids import GarageId, OperationId
from domain.people import Duty, PersonName, parse_garage
from domain.sessions import ClientKind
from web.app.pages import DemoPick
from web.people import PeopleRuntime

GARAGE = GarageId("garage_demo")
PASSWORD_BYTES = 18
HOURS = "Mon-Sat 09:00-19:00"
SOURCE = "the demo"
GONE = (
    "{} was suspended or erased. Restore them, or give the demo a folder of its own "
    "(BATTWHEELS_HOME)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody who may sign in to the demo."""

    name: str
    role: Role
    password: str = field(repr=False)

    @property
    def email(self) -> str:
        return f"{self.role}@demo.example"

    @property
    def fragment(self) -> str:
        """What stands behind the `#` of an address: browsers keep it to themselves."""
        return urlencode({"email": self.email, "password": self.password})


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPeople:
    """Whom the tour is made as, and who looks after them."""

    technician: DemoPerson
    manager: DemoPerson


def picks(people: DemoPeople) -> list[DemoPick]:
    """Give them as the sign-in page offers them."""
    return [
        DemoPick(name=one.name, role=one.role.name, email=one.email, password=one.password)
        for one in (people.technician, people.manager)
    ]


async def let_in(people: PeopleRuntime) -> DemoPeople:
    """Give people who may sign in, made where they are not there yet."""
    technician = DemoPerson(name="Asha", role=Role.TECHNICIAN, password=_new_password())
    manager = DemoPerson(name="Ravi", role=Role.MANAGER, password=_new_password())
    wanted = [technician, manager]
    garage = parse_garage(
        GARAGE, name="Demo garage", place="Bengaluru", hours=HOURS, region="south"
    )
    invited = [
        Newcomer(
            line=line,
            who=PersonName(name=one.name, email=one.email),
            duty=Duty(role=one.role, garage=GARAGE),
        )
        for line, one in enumerate(wanted)
    ]
    found = PeopleFile(garages=[garage], people=invited)
    words = (await import_people(people.admins, found, SOURCE, datetime.now(UTC))).words
    for one in wanted:
        await _set_password(people, one, words.get(one.email))
    return DemoPeople(technician=technician, manager=manager)


async def _set_password(people: PeopleRuntime, one: DemoPerson, invitation: str | None) -> None:
    """Have somebody choose their password by an invitation, or by a word if they came before."""
    if invitation is not None:
        await people.door.accept_invitation(invitation, one.password, _request())
        return
    try:
        word = await people.door.resets.issue(one.email, uuid4(), datetime.now(UTC))
    except NotFound as error:
        raise Refused(GONE.format(one.email)) from error
    await people.door.resets.reset(word, one.password, _request())


def _new_password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)


def _request() -> SignInRequest:
    now = datetime.now(UTC)
    id = OperationId(str(uuid4()))  # noqa: A001
    return SignInRequest(id=id, client=ClientKind.NATIVE, address="demo", at=now)
