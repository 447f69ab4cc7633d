"""Somebody is erased: their key is destroyed, what told of them goes, and what the law keeps stays.

One transaction does all of it and writes the deed, so that nobody is half erased. Their id stays, a
name for nobody: the books, the audit and the cards that they wrote go on naming it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from access.people import PeopleAdministration, PeopleDeed
from access.sign_in_tries import account_at
from domain.access import SYSTEM, Action, Actor, Resource, ResourceKind, demand_allowed
from domain.api_keys import KeysLeft
from domain.deeds import SettingsOperation
from domain.errors import NotFound
from domain.ids import OperationId, PersonId, derive_uuid, uuid7
from domain.people import Person, leave_for_good
from domain.personal_records import RETENTION, PersonErasure, RecordKind
from records import people
from records.api_keys import ApiKeyStore
from records.database import Connection
from records.erasure import (
    erase_records,
    erased_at,
    kept_records,
    never_came,
    nobody_waits,
)
from records.people import PeopleAnswer, SealedPerson
from records.sessions import addresses_of, end_sessions

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasures:
    """What erases people."""

    people: PeopleAdministration
    keys: ApiKeyStore

    async def erase(
        self, id: PersonId, deed: PeopleDeed, left: KeysLeft = KeysLeft.REVOKE
    ) -> PersonErasure:
        """Take away all that tells who somebody is; who was erased before is told of again.

        `left`: what becomes of the keys of the API that they made.

        Raises:
            NotFound: there is nobody of that id whom the actor may erase.
            NotAllowed: it is the actor themself.
            IllegalTransition: no administrator would be left.
        """
        return await self._erase(id, deed, left)

    async def _erase(
        self,
        id: PersonId,
        deed: PeopleDeed,
        left: KeysLeft,
        *,
        waiting_since: datetime | None = None,
    ) -> PersonErasure:
        """`waiting_since`: who came since, or is waited for again, is not there to be erased."""

        async def work(connection: Connection) -> PeopleAnswer:
            held = await people.hold_person(connection, id)
            _demand_erasable(deed.actor, held.person)
            if waiting_since and not await nobody_waits(connection, id, waiting_since):
                raise NotFound("person", id)
            before = await erased_at(connection, id)
            gone = dict[RecordKind, int]()
            if before is None:
                gone = await self._erased(connection, held, deed, left)
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

    async def erase_never_came(self, now: datetime, randomness: int) -> int:
        """Erase whoever was invited and never came, as the service; give how many."""
        before = now - (RETENTION[RecordKind.INVITATION].rest or timedelta())
        found = await never_came(self.people.records, before, MOST_AT_ONCE)
        return sum([await self._erase_waiting(one, before, now, randomness) for one in found])

    async def _erase_waiting(
        self, id: PersonId, before: datetime, now: datetime, randomness: int
    ) -> bool:
        named = derive_uuid(uuid7(now, randomness), f"never came: {id}")
        deed = PeopleDeed(
            id=OperationId(str(named)), actor=SYSTEM, at=now, body_hash=f"never came {id}"
        )
        try:
            await self._erase(id, deed, KeysLeft.REVOKE, waiting_since=before)
        except NotFound:
            # They came at the last moment, or are waited for again, or another process was first.
            return False
        return True

    async def _erased(
        self, connection: Connection, held: SealedPerson, deed: PeopleDeed, left: KeysLeft
    ) -> dict[RecordKind, int]:
        wanted, by = leave_for_good(held.person, deed.actor), deed.actor.id
        changed = await people.change_person(connection, wanted, deed.at, by)
        await end_sessions(connection, changed.id, deed.at)
        keys = await self._left(connection, changed.id, deed.settings_change(), left)
        marks = await self._try_marks(connection, held)
        gone = await erase_records(connection, held, marks, deed.at, by)
        gone |= {RecordKind.API_KEY: keys} if keys else {}
        told = {kind.value: count for kind, count in gone.items()}
        await self.people.deeds.write(connection, [deed.erasure(changed, told)])
        return gone

    async def _left(
        self, connection: Connection, id: PersonId, by: SettingsOperation, left: KeysLeft
    ) -> int:
        """Give how many keys are refused from now on."""
        match left:
            case KeysLeft.REVOKE:
                return await self.keys.revoke_made_by(connection, id, by)
            case KeysLeft.HAND_OVER:
                await self.keys.hand_over(connection, id, by)
                return 0
            case _:
                assert_never(left)

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


def _counts(told: Mapping[str, int]) -> dict[RecordKind, int]:
    return {RecordKind(kind): count for kind, count in told.items()}
