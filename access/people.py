"""Garages and people, made and changed: who asks is judged, names are sealed, all is done once."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import orjson

from access.account_letters import TOLD_WITHIN
from access.person_keys import PersonKey, PersonVault
from access.personal_fields import PERSON
from access.revocations import Revocations
from access.vault import Vault
from domain.access import Action, Actor, MachineRole, ResourceKind, Role
from domain.deeds import (
    NO_CHANGE,
    NOWHERE,
    Change,
    Deed,
    DeedResult,
    DeedType,
    Origin,
    SettingsOperation,
    Values,
    deed_by,
)
from domain.errors import NotAllowed, NotFound
from domain.ids import OperationId, PersonId, SessionId, derive_uuid
from domain.people import (
    Duty,
    GarageProfile,
    Person,
    PersonName,
    PersonState,
    change_duty,
    demand_manages,
    parse_email,
    parse_own_name,
    restore,
    suspend,
)
from domain.sessions import Session, is_fresh
from records import people
from records.account_letters import AccountLetter, LetterOccasion, leave_letter
from records.audit_trail import DeedWriter
from records.database import Connection, Records
from records.employees import move_record
from records.oidc import unlink
from records.people import PeopleAnswer, PeopleOperation, PeopleStore, SealedPerson, Work
from records.second_factors import remove_factor
from records.sessions import SessionStore, began_at, end_session, end_sessions

INVITED_FOR = timedelta(days=7)
OWN_FACTOR = (
    "Your own second factor you take away yourself, with a code of it: `removeSecondFactor` at the "
    "door for signing in. If you have none left, ask another administrator."
)
OWN_ADDRESS = (
    "The address that somebody signs in with another administrator changes. Ask one, and say so "
    "in person."
)
STALE_SESSION = (
    "Another session of yours ends within 15 minutes of signing in. Sign in again, then end it; "
    "`signOut` ends the one that asks at any time."
)
# What is read of who was erased, by whoever may read of them.
NOBODY = PersonName(name="(erased)", email="(erased)")
Decision = Callable[[Person], Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleDeed:
    """Something that somebody asks for of people, and the fingerprint of all that was asked."""

    id: OperationId
    actor: Actor
    at: datetime
    body_hash: str
    origin: Origin = NOWHERE

    def operation(self) -> PeopleOperation:
        return PeopleOperation(id=self.id, actor=self.actor.id, body_hash=self.body_hash)

    def person_id(self) -> PersonId:
        return PersonId(f"per_{self.derived_id('person').hex}")

    def letter_id(self) -> UUID:
        return self.derived_id("letter")

    def factor_letter(self, mark: bytes) -> AccountLetter:
        """Give the letter that tells somebody of a change of their second factor."""
        return AccountLetter(
            id=self.letter_id(),
            occasion=LetterOccasion.SECOND_FACTOR_CHANGED,
            mark=mark,
            made_at=self.at,
            expires_at=self.at + TOLD_WITHIN,
        )

    def credential_change(self, person: Person, after: Values) -> Deed:
        """Give what the audit is told of a change of what somebody signs in with."""
        change = Change(after=after)
        return self._done_to(person, DeedType.USER_CREDENTIAL_CHANGE, "credential", change)

    def permission_change(self, before: Person | None, after: Person) -> Deed:
        """Give what the audit is told of a change of somebody's rights, the same each time."""
        was = None if before is None else rights_of(before)
        change = Change(before=was, after=rights_of(after))
        return self._done_to(after, DeedType.USER_PERMISSION_CHANGE, "permission", change)

    def correction(self, person: Person, before: PersonName, after: PersonName) -> Deed:
        """Give what the audit is told of a name put right: which of it changed, and no words."""
        told = {
            "name": "changed" if before.name != after.name else "same",
            "email": "changed" if before.email != after.email else "same",
        }
        change = Change(after=told)
        return self._done_to(person, DeedType.USER_CORRECT, "correction", change)

    def nomination(self, person: Person, *, named: bool) -> Deed:
        """Give what the audit is told of somebody who names who acts for them: not whom."""
        change = Change(after={"nominee": "named" if named else "nobody"})
        return self._done_to(person, DeedType.USER_CORRECT, "nominee", change)

    def erasure(self, person: Person, gone: Values) -> Deed:
        """Give what the audit is told of somebody who is erased: how much of what is gone."""
        return self._done_to(person, DeedType.USER_ERASE, "erasure", Change(after=gone))

    def settings_change(self) -> SettingsOperation:
        """Give the same as what the audit is told of a garage that is changed."""
        return SettingsOperation(id=self.id, by=self.actor, at=self.at, origin=self.origin)

    def derived_id(self, purpose: str) -> UUID:
        return derive_uuid(UUID(self.id), f"{self.actor.id}:{purpose}")

    def _done_to(self, person: Person, type: DeedType, purpose: str, change: Change) -> Deed:
        return user_deed(
            type,
            str(self.derived_id(purpose)),
            person,
            by=self.actor,
            at=self.at,
            origin=self.origin,
            change=change,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person, and who that is."""

    person: Person
    who: PersonName = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Whoever has the word may choose the password; it is told once more to whoever made it."""

    invited: KnownPerson
    word: str = field(repr=False)
    expires_at: datetime
    mailed: bool = False


@dataclass(frozen=True, slots=True)
class NameSeal:
    """Seals who people are, each bound to its own row and with the person's own key."""

    vault: Vault

    @property
    def own(self) -> PersonVault:
        return PersonVault(self.vault)

    def seal(self, person: Person, who: PersonName) -> SealedPerson:
        """Seal a new person, with a key of their own."""
        return self.seal_with(self.own.new_key(person.id), person, who)

    def seal_with(self, key: PersonKey, person: Person, who: PersonName) -> SealedPerson:
        said = orjson.dumps([who.name, who.email])
        return SealedPerson(
            person=person,
            who=self.own.seal(said, PERSON.at(person.id), key),
            mark=self.mark(who.email),
            key=key.sealed or b"",
        )

    def open(self, sealed: SealedPerson) -> KnownPerson:
        """Give who somebody is; of who was erased, that."""
        if not sealed.who:
            return KnownPerson(person=sealed.person, who=NOBODY)
        place = PERSON.at(sealed.person.id)
        name, email = orjson.loads(self.own.open(sealed.who, place, key_of(sealed)))
        return KnownPerson(person=sealed.person, who=PersonName(name=name, email=email))

    def mark(self, email: str) -> bytes:
        """Give what an address is found by."""
        return self.vault.mark("person email", email)

    def word(self, purpose: str, text: str) -> str:
        """Give a secret of 256 bits that only this house can make, and makes again."""
        key = sha256(self.vault.mark("purpose", purpose)).digest()
        return urlsafe_b64encode(hmac.digest(key, text.encode(), sha256)).rstrip(b"=").decode()


def key_of(sealed: SealedPerson) -> PersonKey:
    """Give somebody's own key, as they are read with it."""
    return PersonKey(sealed.person.id, sealed.key)


def mark_of(word: str) -> bytes:
    """Give what a secret of 256 bits is kept as."""
    return sha256(word.encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleAdministration:
    """What administrators and managers do; each deed is one transaction.

    `mails`: there is a mail server, so that whoever is invited hears of it by mail.
    """

    records: Records
    store: PeopleStore
    sessions: SessionStore
    seal: NameSeal
    revocations: Revocations
    deeds: DeedWriter
    mails: bool = False

    async def invite(self, who: PersonName, duty: Duty, deed: PeopleDeed) -> Invitation:
        """Invite somebody, or somebody again who has not come yet: under the name and duty of now.

        Whoever came once is never invited again: a new word would be a way to become them.

        Raises:
            NotAllowed: the duty is not the actor's to give.
            NotFound: there is no such garage.
            AlreadyExists: somebody of that address is here, or was invited by others.
        """
        demand_manages(deed.actor, duty)
        word_of, until = f"{deed.actor.id} {deed.id}", deed.at + INVITED_FOR
        word = self.seal.word(LetterOccasion.INVITATION, word_of)
        letter = AccountLetter(
            id=deed.letter_id(),
            occasion=LetterOccasion.INVITATION,
            mark=self.seal.mark(who.email),
            word_of=word_of,
            made_at=deed.at,
            expires_at=until,
        )

        async def work(connection: Connection) -> PeopleAnswer:
            await people.read_garage(connection, duty.garage)
            person = await self._invited(connection, who, duty, deed)
            await people.invite(connection, mark_of(word), person.id, until)
            if self.mails:
                await leave_letter(connection, letter)
            return write_person(person) | {"expires_at": until.isoformat(), "mailed": self.mails}

        answer = await self.store.run_once(deed.operation(), work)
        expires = datetime.fromisoformat(answer["expires_at"])
        return Invitation(
            invited=KnownPerson(person=people.person_of(answer), who=who),
            word=word,
            expires_at=expires,
            mailed=answer.get("mailed", False),
        )

    async def _invited(
        self, connection: Connection, who: PersonName, duty: Duty, deed: PeopleDeed
    ) -> Person:
        """Write who is invited: somebody new, or who was invited before and never came."""
        held = await people.hold_newcomer(connection, self.seal.mark(who.email))
        if held is None or not _may_manage(deed.actor, held.person):
            person = Person(id=deed.person_id(), duty=duty, state=PersonState.INVITED)
            await people.add_person(connection, self.seal.seal(person, who))
            await self.deeds.write(connection, [deed.permission_change(None, person)])
            return person
        await people.end_invitations(connection, held.person.id, deed.at)
        wanted = replace(held.person, duty=duty, version=held.person.version + 1)
        person = await people.change_person(connection, wanted, deed.at, deed.actor.id)
        await people.rename_person(connection, self.seal.seal_with(key_of(held), person, who))
        await self.deeds.write(connection, [deed.permission_change(held.person, person)])
        return person

    async def change_role(
        self, id: PersonId, duty: Duty, expected: int, deed: PeopleDeed
    ) -> KnownPerson:
        """Give somebody another duty; their tokens of before are over.

        Raises:
            NotFound, NotAllowed, StaleVersion, IllegalTransition: as `domain.people.change_duty`.
        """
        return await self._changed(
            id, deed, lambda person: change_duty(person, duty, deed.actor, expected)
        )

    async def suspend(self, id: PersonId, expected: int, deed: PeopleDeed) -> KnownPerson:
        """Shut somebody out, everywhere and at once; no other service's name stands for them then.

        Raises:
            NotFound, NotAllowed, StaleVersion, IllegalTransition: as `domain.people.suspend`.
        """

        async def also(connection: Connection) -> None:
            await end_sessions(connection, id, deed.at)
            await unlink(connection, id)

        return await self._changed(
            id, deed, lambda person: suspend(person, deed.actor, expected), also
        )

    async def restore(self, id: PersonId, expected: int, deed: PeopleDeed) -> KnownPerson:
        """Let somebody in again, who then signs in anew.

        Raises:
            NotFound, NotAllowed, StaleVersion, IllegalTransition: as `domain.people.restore`.
        """

        async def work(connection: Connection) -> PeopleAnswer:
            held = await self._held(connection, id, deed.actor)
            accepted = await people.has_accepted(connection, id)
            wanted = restore(held.person, deed.actor, expected, accepted=accepted)
            changed = await people.change_person(connection, wanted, deed.at, deed.actor.id)
            await self.deeds.write(connection, [deed.permission_change(held.person, changed)])
            return write_person(changed)

        return await self._answered(id, deed, work)

    async def reset_second_factor(self, id: PersonId, deed: PeopleDeed) -> KnownPerson:
        """Take somebody's second factor away, whose telephone and recovery codes are gone, and end
        their sessions; there need not be one.

        Raises:
            NotFound: there is nobody of that id.
            NotAllowed: it is the actor's own, who knows a code of it.
        """
        if id == deed.actor.id:
            raise NotAllowed(deed.actor.role, Action.UPDATE, ResourceKind.EMPLOYEE, OWN_FACTOR)

        async def work(connection: Connection) -> PeopleAnswer:
            held = await self._held(connection, id, deed.actor)
            await remove_factor(connection, id)
            await end_sessions(connection, id, deed.at)
            reset = deed.credential_change(held.person, {"second_factor": "reset"})
            await self.deeds.write(connection, [reset])
            await leave_letter(connection, deed.factor_letter(held.mark))
            return write_person(held.person)

        return await self._answered(id, deed, work)

    async def correct(
        self, id: PersonId, name: str | None, email: str | None, deed: PeopleDeed
    ) -> KnownPerson:
        """Put right who somebody is said to be; what is None stays.

        Their name they put right themself, or whoever looks after them. What they sign in with an
        administrator changes, of somebody else: who changes it could come in as them.

        Raises:
            InvalidInput: a value is none.
            NotFound: there is nobody of that id whom the actor looks after.
            NotAllowed: the address is not the actor's to change.
            AlreadyExists: somebody else has it.
        """
        said = None if name is None else parse_own_name(name)
        address = None if email is None else parse_email(email)

        async def work(connection: Connection) -> PeopleAnswer:
            held = await people.hold_person(connection, id)
            _demand_correctable(deed.actor, held, address)
            known = self.seal.open(held).who
            wanted = PersonName(name=said or known.name, email=address or known.email)
            sealed = self.seal.seal_with(key_of(held), held.person, wanted)
            await people.rename_person(connection, sealed)
            if sealed.mark != held.mark:
                await unlink(connection, id)
            await self.deeds.write(connection, [deed.correction(held.person, known, wanted)])
            return write_person(held.person) | {"corrected": True}

        return await self._answered(id, deed, work)

    def fingerprint(self, body: str) -> str:
        """Give the keyed hash of what an operation asks that names somebody."""
        return self.seal.vault.mark("operation", body).hex()

    async def oneself(self, actor: Actor) -> KnownPerson | None:
        """Give who asks as the records know them; None: a machine, or nobody who is kept there."""
        if isinstance(actor.role, MachineRole):
            return None
        try:
            return self.seal.open(await self.store.person(actor.id))
        except NotFound:
            return None

    async def people(self, actor: Actor, *, first: int, after: str | None) -> list[KnownPerson]:
        """Give the people whom the actor may see, by id: all, or those of their own garage."""
        garage = None if actor.reach.every_garage else actor.garage
        if garage is None and not actor.reach.every_garage:
            return []
        found = await self.store.people(garage, first=first, after=after)
        return [self.seal.open(one) for one in found]

    async def garages(self, actor: Actor, *, first: int, after: str | None) -> list[GarageProfile]:
        if actor.garage is None and not actor.reach.every_garage:
            return []
        own = None if actor.reach.every_garage else actor.garage
        return await self.store.garages(own, first=first, after=after)

    async def person_sessions(
        self, actor: Actor, person: PersonId | None, now: datetime, first: int
    ) -> Sequence[Session]:
        """Give the open sessions of oneself, or of somebody whom the actor looks after.

        Raises:
            NotFound: there is nobody of that id whom they look after.
        """
        if person is not None and person != actor.id:
            found = await self.store.person(person)
            _demand_looked_after(actor, found.person, NotFound("person", person))
        return await self.sessions.of_person(person or actor.id, now, first)

    async def end_session(
        self, actor: Actor, id: SessionId, now: datetime, origin: Origin = NOWHERE
    ) -> None:
        """End a session, one's own or of somebody whom the actor looks after; again is harmless.

        Another one of one's own ends soon after signing in (ASVS 7.5.2): a stolen token shuts no
        owner out.

        Raises:
            NotFound: there is no such session of theirs.
            NotAllowed: it is another one of the actor's own, who signed in too long ago.
        """
        owner = await self.sessions.owner(id)
        if owner.person.id != actor.id:
            hidden = NotFound("session", id)
            hidden.owner = owner.person.id
            _demand_looked_after(actor, owner.person, hidden)
        ended = user_deed(
            DeedType.USER_LOGOUT,
            str(derive_uuid(UUID(id), "logout")),
            owner.person,
            by=actor,
            at=now,
            origin=origin,
            change=Change(after={"session": id}),
        )
        async with self.records.transaction() as connection:
            if await end_session(connection, id, now):
                if owner.person.id == actor.id and id != actor.session:
                    await _demand_fresh(connection, actor, now)
                await self.deeds.write(connection, [ended])
        await self.revocations.read()

    async def _changed(
        self,
        id: PersonId,
        deed: PeopleDeed,
        decide: Decision,
        also: Callable[[Connection], Awaitable[None]] | None = None,
    ) -> KnownPerson:
        async def work(connection: Connection) -> PeopleAnswer:
            held = await self._held(connection, id, deed.actor)
            wanted = decide(held.person)
            await people.read_garage(connection, wanted.duty.garage)
            changed = await people.change_person(connection, wanted, deed.at, deed.actor.id)
            await move_record(connection, changed, deed.actor.id, deed.at)
            await self.deeds.write(connection, [deed.permission_change(held.person, changed)])
            if also is not None:
                await also(connection)
            return write_person(changed)

        return await self._answered(id, deed, work)

    async def _answered(self, id: PersonId, deed: PeopleDeed, work: Work) -> KnownPerson:
        answer = await self.store.run_once(deed.operation(), work)
        await self.revocations.read()
        known = self.seal.open(await self.store.person(id))
        return KnownPerson(person=people.person_of(answer), who=known.who)

    async def _held(self, connection: Connection, id: PersonId, actor: Actor) -> SealedPerson:
        """Give somebody to change; who is of another garage is not there for a manager."""
        held = await people.hold_person(connection, id)
        if not _is_seen(actor, held.person):
            raise NotFound("person", id)
        return held


def garage_deed(
    operation: SettingsOperation, verb: str, before: GarageProfile | None, after: GarageProfile
) -> Deed:
    """Give what the audit is told of a garage that was made, or is held to shifts."""
    was = None if before is None else _garage_values(before)
    change = Change(before=was, after=_garage_values(after))
    return operation.deed(verb, after.id, change, garage=after.id)


def _garage_values(garage: GarageProfile) -> Values:
    """Give all of a garage but words."""
    return {
        "region": garage.region,
        "hours": str(garage.hours),
        "off_shift_refused": garage.off_shift_refused,
    }


def rights_of(person: Person) -> Values:
    """Give what the audit is told of somebody's rights: all of it but words."""
    duty = person.duty
    return {
        "role": duty.role.value,
        "garage": duty.garage,
        "region": duty.region,
        "shift": None if duty.shift is None else str(duty.shift),
        "certification": duty.certification.value,
        "state": person.state.value,
    }


def user_deed(  # noqa: PLR0913 - the fields that differ
    type: DeedType,
    id: str,
    person: Person | None,
    *,
    by: Actor | None,
    at: datetime,
    origin: Origin,
    change: Change = NO_CHANGE,
    result: DeedResult = DeedResult.DONE,
) -> Deed:
    """Give a deed that is done to somebody; `by`: None is an operator of the machine."""
    before, after = change.difference
    return deed_by(
        by,
        origin,
        type,
        id=id,
        at=at,
        resource=None if person is None else person.id,
        garage=None if person is None else person.duty.garage,
        old=before,
        new=after,
        result=result,
    )


def write_person(person: Person) -> PeopleAnswer:
    """Write a person as JSON, without who that is; `records.people.person_of` reads it."""
    return people.row_of(person) | {"rights": person.rights}


async def _demand_fresh(connection: Connection, actor: Actor, now: datetime) -> None:
    began = None if actor.session is None else await began_at(connection, actor.session)
    if began is None or not is_fresh(began, now):
        raise NotAllowed(actor.role, Action.UPDATE, ResourceKind.EMPLOYEE, STALE_SESSION)


def _may_manage(actor: Actor, person: Person) -> bool:
    try:
        demand_manages(actor, person.duty)
    except NotAllowed:
        return False
    return True


def _demand_looked_after(actor: Actor, person: Person, hidden: NotFound) -> None:
    """Let those pass who look after somebody; for all others nothing is there."""
    if not _may_manage(actor, person):
        raise hidden


def _demand_correctable(actor: Actor, held: SealedPerson, email: str | None) -> None:
    person, hidden = held.person, NotFound("person", held.person.id)
    if not held.who:
        raise hidden
    if person.id != actor.id:
        _demand_looked_after(actor, person, hidden)
    if email is not None and (person.id == actor.id or actor.role is not Role.ADMIN):
        raise NotAllowed(actor.role, Action.UPDATE, ResourceKind.EMPLOYEE, OWN_ADDRESS)


def _is_seen(actor: Actor, person: Person) -> bool:
    return actor.reach.every_garage or (
        actor.garage is not None and person.duty.garage == actor.garage
    )
