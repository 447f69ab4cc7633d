"""The first administrator, made by whoever operates the machine: nobody is there to invite them."""

from dataclasses import dataclass
from datetime import datetime

from access.passwords import Passwords
from access.people import NameSeal, rights_of, user_deed
from domain.access import Role
from domain.deeds import NOWHERE, Change, Deed, DeedType
from domain.errors import IllegalTransition
from domain.ids import PersonId
from domain.people import Duty, Person, PersonName, PersonState
from records import people
from records.audit_trail import DeedWriter
from records.database import Records
from records.people import PeopleStore

THERE_IS_ONE = (
    "There is an administrator already, who can invite others. "
    "To make one more from here, because they cannot be reached, say --another."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminMaker:
    """Writes somebody who needs no invitation; only a command on the machine gets here."""

    records: Records
    store: PeopleStore
    passwords: Passwords
    seal: NameSeal
    deeds: DeedWriter

    async def make(
        self,
        id: PersonId,
        who: PersonName,
        password: str,
        at: datetime,
        *,
        another: bool = False,
    ) -> Person:
        """Make an administrator of no garage.

        Raises:
            InvalidInput: the password is not good enough.
            IllegalTransition: there is an administrator already.
            AlreadyExists: somebody has this e-mail address.
        """
        if not another and await self.store.has_admin():
            raise IllegalTransition(id, "made", "made", THERE_IS_ONE)
        chosen = await self.passwords.parse(password, [who.name, who.email])
        hashed = await self.passwords.hash(chosen)
        person = Person(id=id, duty=Duty(role=Role.ADMIN), state=PersonState.ACTIVE)
        async with self.records.transaction() as connection:
            await people.add_person(connection, self.seal.seal(person, who))
            await people.set_password(connection, id, hashed, at)
            await self.deeds.write(connection, [made_deed(person, at)])
        return person


def made_deed(person: Person, at: datetime) -> Deed:
    """Give what the audit is told of somebody who was made or invited from the machine itself."""
    return user_deed(
        DeedType.USER_PERMISSION_CHANGE,
        f"made_{person.id}",
        person,
        by=None,
        at=at,
        origin=NOWHERE,
        change=Change(after=rights_of(person)),
    )
