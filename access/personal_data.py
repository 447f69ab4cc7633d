"""What is kept of somebody who works here, opened for themself and for whoever answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access.nominations import Nominations
from access.passkeys import Passkeys
from access.people import NameSeal
from domain.access import Action, Actor, Resource, ResourceKind, may
from domain.errors import NotFound
from domain.ids import PersonId
from domain.people import Person
from domain.personal_records import PersonalValue, RecordKind
from records.people import SealedPerson
from records.personal_data import KnownSince, PersonalDataStore


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalRecords:
    """What reads all that there is of a person; what the garage pays them is read beside it."""

    store: PersonalDataStore
    seal: NameSeal
    passkeys: Passkeys
    nominations: Nominations

    async def known(self, id: PersonId, reader: Actor) -> KnownSince:
        """Give somebody who is to be told of.

        Raises:
            NotFound: there is nobody of that id, or not for this reader.
        """
        found = await self.store.person(id)
        if not _may_read_all(reader, found.person.person):
            raise NotFound("person", id)
        return found

    async def values(self, known: KnownSince) -> Sequence[PersonalValue]:
        """Give all that the records keep of them, in clear."""
        return [
            *self._name_values(known),
            *_duty_values(known.person.person, known.since),
            *await self._passkey_values(known.person),
            *await self.nominations.values(known.person),
            *await self.store.about(known.person),
        ]

    def _name_values(self, known: KnownSince) -> list[PersonalValue]:
        who = self.seal.open(known.person).who
        return [
            PersonalValue(kind=RecordKind.NAME, field=field, since=known.since, value=value)
            for field, value in (("name", who.name), ("e-mail address", who.email))
        ]

    async def _passkey_values(self, who: SealedPerson) -> list[PersonalValue]:
        return [
            PersonalValue(
                kind=RecordKind.PASSKEY, field="passkey", since=one.made_at, value=one.name
            )
            for one in await self.passkeys.of_person(who.person.id)
        ]


def _duty_values(person: Person, since: datetime) -> list[PersonalValue]:
    duty = person.duty
    told = {
        "id": person.id,
        "state": person.state.value,
        "role": duty.role.value,
        "garage": duty.garage,
        "region": duty.region,
        "department": duty.department,
        "shift": None if duty.shift is None else str(duty.shift),
        "certification": duty.certification.value,
    }
    return [
        PersonalValue(kind=RecordKind.DUTY, field=field, since=since, value=value)
        for field, value in told.items()
        if value is not None
    ]


def _may_read_all(reader: Actor, person: Person) -> bool:
    """Somebody may read what is kept of themself, and who may read a whole record of employees."""
    resource = Resource(kind=ResourceKind.EMPLOYEE, garage=person.duty.garage)
    return reader.id == person.id or may(reader, Action.READ, resource)
