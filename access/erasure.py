"""Somebody is erased: their key is destroyed, what told of them goes, and what the law keeps stays.

One transaction does all of it and writes the deed, so that nobody is half erased. Their id stays, a
name for nobody: the books, the audit and the cards that they wrote go on naming it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from access.people import PeopleAdministration, PeopleDeed, user_deed
from access.sign_in_tries import account_at
from domain.access import Action, Actor, Resource, ResourceKind, demand_allowed
from domain.deeds import Change, Deed, DeedType
from domain.errors import NotFound
from domain.ids import PersonId
from domain.people import Person, leave_for_good
from domain.personal_records import PersonErasure, RecordKind
from records import people
from records.api_keys import ApiKeyStore
from records.database import Connection
from records.erasure import erase_records, erased_at, kept_records
from records.people import PeopleAnswer, SealedPerson
from records.sessions import addresses_of, end_sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasures:
    """What erases people."""

    people: PeopleAdministration
    keys: ApiKeyStore

    async def erase(self, id: PersonId, deed: PeopleDeed) -> PersonErasure:
        """Take away all that tells who somebody is; who was erased before is told of again.

        Raises:
            NotFound: there is nobody of that id whom the actor may erase.
            NotAllowed: it is the actor themself.
            IllegalTransition: no administrator would be left.
        """

        async def work(connection: Connection) -> PeopleAnswer:
            held = await people.hold_person(connection, id)
            _demand_erasable(deed.actor, held.person)
            before = await erased_at(connection, id)
            gone = dict[RecordKind, int]()
            if before is None:
                gone = await self._erased(connection, held, deed)
            kept = await kept_records(connection, id)
            return {"at": (before or deed.at).isoformat(), "erased": gone, "kept": kept}

        answer = await self.people.store.run_once(deed.operation(), work)
        await self.people.revocations.read()
        return PersonErasure(
            person=id,
            at=datetime.fromisoformat(answer["at"]),
            erased=_counts(answer["erased"]),
            kept=_counts(answer["kept"]),
        )

    async def _erased(
        self, connection: Connection, held: SealedPerson, deed: PeopleDeed
    ) -> dict[RecordKind, int]:
        wanted, by = leave_for_good(held.person, deed.actor), deed.actor.id
        changed = await people.change_person(connection, wanted, deed.at, by)
        await end_sessions(connection, changed.id, deed.at)
        keys = await self.keys.revoke_made_by(connection, changed.id, deed.settings_change())
        marks = await self._try_marks(connection, held)
        gone = await erase_records(connection, held, marks, deed.at, by)
        gone |= {RecordKind.API_KEY: keys} if keys else {}
        await self.people.deeds.write(connection, [_erasure_deed(deed, changed, gone)])
        return gone

    async def _try_marks(self, connection: Connection, held: SealedPerson) -> list[bytes]:
        """Give what tries of theirs are counted by: at the door, for codes, for letters."""
        seal, person = self.people.seal, held.person.id
        vault, addresses = seal.vault, await addresses_of(connection, person)
        return [
            *(account_at(seal, held.mark, address) for address in addresses),
            held.mark,
            vault.mark("second factor", person),
            vault.mark("password reset", held.mark.hex()),
        ]


def _demand_erasable(actor: Actor, person: Person) -> None:
    if not actor.reaches(person.duty.garage):
        raise NotFound("person", person.id)
    resource = Resource(kind=ResourceKind.EMPLOYEE, garage=person.duty.garage)
    demand_allowed(actor, Action.DELETE, resource)


def _erasure_deed(deed: PeopleDeed, person: Person, gone: Mapping[RecordKind, int]) -> Deed:
    return user_deed(
        DeedType.USER_ERASE,
        str(deed.derived_id("erasure")),
        person,
        by=deed.actor,
        at=deed.at,
        origin=deed.origin,
        change=Change(after={kind.value: count for kind, count in gone.items()}),
    )


def _counts(told: Mapping[str, int]) -> dict[RecordKind, int]:
    return {RecordKind(kind): count for kind, count in told.items()}
