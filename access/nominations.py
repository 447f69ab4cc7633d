"""Whom people name to act for them when they died or cannot (DPDP Act 2023, section 14).

A nominee has no right here and does not sign in: they come to the garage, and an administrator who
made sure who they are exports, corrects and erases for them. So the name is read with all else that
is kept of a person, which is a deed each time.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson

from access.people import NameSeal, PeopleDeed, key_of
from access.personal_fields import NOMINEE
from domain.errors import NotAuthenticated
from domain.nominees import Nominee
from domain.people import PersonState
from domain.personal_records import PersonalValue, RecordKind
from records import people
from records.audit_trail import DeedWriter
from records.database import Connection
from records.nominees import SealedNominee, nominee_of, put_nominee, remove_nominee
from records.people import PeopleAnswer, PeopleStore, SealedPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominations:
    """Keeps one nominee of each person who named one."""

    store: PeopleStore
    seal: NameSeal
    deeds: DeedWriter

    async def nominate(self, nominee: Nominee | None, deed: PeopleDeed) -> datetime:
        """Have the actor name somebody in the place of whom they named, or nobody; give since when.

        Raises:
            NotFound: the actor is no person of the records: a machine, or of development.
            NotAuthenticated: their account was closed meanwhile.
            OperationConflict: the operation was used for something else.
        """
        id = deed.actor.id  # noqa: A001

        async def work(connection: Connection) -> PeopleAnswer:
            held = await people.hold_person(connection, id)
            if held.person.state is not PersonState.ACTIVE:
                raise NotAuthenticated("the account is closed")
            if nominee is None:
                await remove_nominee(connection, id)
            else:
                sealed = SealedNominee(who=self._sealed(nominee, held), named_at=deed.at)
                await put_nominee(connection, id, sealed)
            named = deed.nomination(held.person, named=nominee is not None)
            await self.deeds.write(connection, [named])
            return {"id": id, "nominated": deed.at.isoformat()}

        answer = await self.store.run_once(deed.operation(), work)
        return datetime.fromisoformat(answer["nominated"])

    async def values(self, who: SealedPerson) -> list[PersonalValue]:
        """Give whom somebody named, in clear."""
        found = await nominee_of(self.store.records, who.person.id)
        if found is None:
            return []
        place = NOMINEE.at(who.person.id)
        name, contact = orjson.loads(self.seal.own.open(found.who, place, key_of(who)))
        return [
            PersonalValue(kind=RecordKind.NOMINEE, field=field, since=found.named_at, value=value)
            for field, value in (("nominee", name), ("nominee's contact", contact))
        ]

    def _sealed(self, nominee: Nominee, who: SealedPerson) -> bytes:
        said = orjson.dumps([nominee.name, nominee.contact])
        return self.seal.own.seal(said, NOMINEE.at(who.person.id), key_of(who))
