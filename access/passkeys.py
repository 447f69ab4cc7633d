"""Passkeys: added and removed by their owners, and what somebody signs in by without a password.

One is added in a session that began a short while ago, so that whoever picks up a telephone that
was left open cannot stay for good. Each change is one transaction with its deed.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from access.challenges import ChallengeSeal, SealedChallenge
from access.passkey_domains import RelyingParty
from access.passkey_signatures import (
    ALGORITHMS,
    AttestedKey,
    NewPasskey,
    PasskeyAssertion,
    challenge_in,
    read_assertion,
    read_attestation,
)
from access.people import KnownPerson, NameSeal, PeopleDeed, key_of, user_deed
from access.person_keys import PersonKey
from access.personal_fields import PASSKEY_NAME
from access.sign_in import SignedIn, SignInDoor
from access.sign_in_tries import SignInRequest
from domain import limits
from domain.access import Action, Actor, ResourceKind
from domain.deeds import Change, Deed, DeedType
from domain.errors import InvalidInput, NotAllowed, NotAuthenticated, NotFound, TooMany
from domain.ids import PasskeyId, PersonId, derive_uuid, uuid7
from domain.people import Person, PersonState
from domain.sessions import is_fresh
from domain.sign_in_methods import SignInMethod
from records.audit_trail import DeedWriter
from records.database import Connection
from records.passkeys import (
    ChallengeUse,
    PasskeyOwner,
    PasskeyStore,
    SealedPasskey,
    add_passkey,
    answer_challenge,
    count_passkeys,
    hold_owner,
    remove_passkey,
    use_passkey,
)
from records.people import PeopleAnswer, PeopleStore, SealedPerson

CHALLENGE_TIME = timedelta(minutes=5)
# What a challenge is bound to that lets somebody in.
SIGN_IN = "sign in"
LONGEST_NAME = 60
MOST_PASSKEYS = 20
REFUSED = "the passkey was not accepted; try it again, or sign in another way"
NOT_HERE = "passkeys are not set up here; sign in another way"
STALE = "A passkey is added within 15 minutes of signing in. Sign in again, then add it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One of somebody's own; `backed_up`: their other devices have it too."""

    id: PasskeyId
    name: str = field(repr=False)
    backed_up: bool
    made_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyOptions:
    """What a device is told to make a passkey: for whom, what to sign, which ones there are."""

    party: RelyingParty
    challenge: SealedChallenge
    owner: KnownPerson
    handle: bytes
    known: tuple[bytes, ...]
    algorithms: tuple[int, ...] = tuple(int(one) for one in ALGORITHMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkeys:
    """What people do with their own; `party`: None where none are taken."""

    store: PasskeyStore
    people: PeopleStore
    seal: NameSeal
    deeds: DeedWriter
    party: RelyingParty | None

    async def options(self, actor: Actor, now: datetime, randomness: int) -> PasskeyOptions:
        """Give what a device needs to make one.

        Raises:
            NotFound: nobody of the records asks, or none are taken here.
        """
        owner = self.seal.open(await self.people.person(actor.id))
        known = await self.store.of_person(actor.id)
        return PasskeyOptions(
            party=self.demand_party(),
            challenge=self.challenge(_adding_to(actor.id), now, randomness),
            owner=owner,
            handle=self.handle(actor.id),
            known=tuple(one.credential for one in known),
        )

    async def of(self, actor: Actor) -> list[Passkey]:
        """Give one's own, the oldest first."""
        return await self.of_person(actor.id)

    async def of_person(self, person: PersonId) -> list[Passkey]:
        return [self._open(one) for one in await self.store.of_person(person)]

    async def add(self, new: NewPasskey, deed: PeopleDeed) -> Passkey:
        """Add one to whoever asks.

        Raises:
            InvalidInput: it was not made here and now by its owner, or there are too many.
            AlreadyExists: it is known.
            NotAllowed: they signed in too long ago.
        """
        party, actor = self.demand_party(), deed.actor
        name = limits.clean_text("name", new.name, LONGEST_NAME)
        key = PasskeyId(str(derive_uuid(UUID(deed.id), f"{actor.id}:passkey")))

        async def work(connection: Connection) -> PeopleAnswer:
            owner = await hold_owner(connection, actor.id, actor.session)
            _demand_fresh(owner, deed)
            if await count_passkeys(connection, actor.id) >= MOST_PASSKEYS:
                raise InvalidInput("passkey", f"{MOST_PASSKEYS} are there; remove one first")
            made = await self._attested(connection, new, party, deed)
            await add_passkey(connection, self._sealed(key, name, made, owner.person, deed))
            added = _changed(owner.person.person, key, "added", deed)
            await self.deeds.write(connection, [added])
            return {"made_at": deed.at.isoformat(), "backed_up": made.backed_up}

        answer = await self.people.run_once(deed.operation(), work)
        return Passkey(
            id=key,
            name=name,
            backed_up=answer["backed_up"],
            made_at=datetime.fromisoformat(answer["made_at"]),
        )

    async def remove(self, id: PasskeyId, deed: PeopleDeed) -> None:
        """Have one of one's own be good for nothing any more.

        Raises:
            NotFound: whoever asks has none of that id.
        """

        async def work(connection: Connection) -> PeopleAnswer:
            owner = await hold_owner(connection, deed.actor.id, deed.actor.session)
            await remove_passkey(connection, id, deed.actor.id)
            gone = _changed(owner.person.person, id, "removed", deed)
            await self.deeds.write(connection, [gone])
            return {}

        await self.people.run_once(deed.operation(), work)

    @property
    def challenges(self) -> ChallengeSeal:
        return ChallengeSeal(seal=self.seal, purpose="passkey challenge")

    def challenge(self, bound: str, now: datetime, randomness: int) -> SealedChallenge:
        """Give what a passkey is to sign, to sign in or to be added, out of 74 random bits."""
        return self.challenges.make(uuid7(now, randomness), now + CHALLENGE_TIME, bound)

    def demand_party(self) -> RelyingParty:
        if self.party is None:
            raise NotFound("passkey", "of this house", f"{NOT_HERE.capitalize()}.")
        return self.party

    def handle(self, person: PersonId) -> bytes:
        """Give what a device keeps of whose a passkey is: it tells nothing."""
        return self.seal.vault.mark("passkey user", person)

    async def _attested(
        self, connection: Connection, new: NewPasskey, party: RelyingParty, deed: PeopleDeed
    ) -> AttestedKey:
        """Give the new key by a challenge that was made for this person, and use that up."""
        try:
            text = challenge_in(new.client_data)
            challenge = self.challenges.read(text, _adding_to(deed.actor.id), deed.at)
        except NotAuthenticated as error:
            raise InvalidInput("passkey", "answers no challenge of ours; begin again") from error
        key = read_attestation(new, party, text)
        use = await answer_challenge(connection, challenge.id, UUID(deed.id), deed.at)
        if use is not ChallengeUse.FIRST:
            raise InvalidInput("passkey", "answers a challenge that was answered; begin again")
        return key

    def _sealed(
        self, id: PasskeyId, name: str, key: AttestedKey, owner: SealedPerson, deed: PeopleDeed
    ) -> SealedPasskey:
        return SealedPasskey(
            id=id,
            person=deed.actor.id,
            credential=key.credential,
            public_key=key.public_key,
            sign_count=key.sign_count,
            backed_up=key.backed_up,
            name=self.seal.own.seal(name.encode(), PASSKEY_NAME.at(id), key_of(owner)),
            made_at=deed.at,
            own_key=owner.key,
        )

    def _open(self, sealed: SealedPasskey) -> Passkey:
        place, key = PASSKEY_NAME.at(sealed.id), PersonKey(sealed.person, sealed.own_key)
        name = self.seal.own.open(sealed.name, place, key)
        return Passkey(
            id=sealed.id,
            name=name.decode(),
            backed_up=sealed.backed_up,
            made_at=sealed.made_at,
            last_used_at=sealed.last_used_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyDoor:
    """For callers who are not known yet."""

    door: SignInDoor
    own: Passkeys

    def challenge(self, now: datetime, randomness: int) -> tuple[SealedChallenge, RelyingParty]:
        """Give what a passkey is to sign, and as whom it knows us; nothing is written.

        Raises:
            NotAuthenticated: none are taken here.
        """
        return self.own.challenge(SIGN_IN, now, randomness), self._party()

    async def sign_in(self, said: PasskeyAssertion, request: SignInRequest) -> SignedIn:
        """Begin a session by a passkey; the same operation gives the same one.

        Raises:
            NotAuthenticated: wrong, unknown, over, answered, copied, or of somebody who may not
                come in: one answer for all.
            TooMany: too often from this address of late.
        """
        request, whom = replace(request, method=SignInMethod.PASSKEY), None
        try:
            text, party = challenge_in(said.client_data), self._party()
            challenge = self.own.challenges.read(text, SIGN_IN, request.at)
            await self.door.counter.demand_patience([], request)
            found = await self.own.store.by_credential(said.credential)
            if found is None:
                raise NotAuthenticated("the passkey is unknown")  # noqa: TRY301 - one answer
            passkey, owner = found
            count = read_assertion(said, passkey.public_key, party, text)
            # Only now is it known to be theirs: nobody else fails for them.
            whom = owner.person
            _demand_owner(said, self.own.handle(whom.id), whom)
            async with self.door.records.transaction() as connection:
                await _use_up(connection, challenge, passkey, count, request)
                signed = await self.door.begin(connection, whom, request)
        except (NotAuthenticated, TooMany) as error:
            self.door.counter.note_refused(whom, request, error)
            raise (error if isinstance(error, TooMany) else NotAuthenticated(REFUSED)) from error
        await self.door.counter.take_back(request)
        return signed

    def _party(self) -> RelyingParty:
        if self.own.party is None:
            raise NotAuthenticated(NOT_HERE)
        return self.own.party


async def _use_up(
    connection: Connection,
    challenge: SealedChallenge,
    passkey: SealedPasskey,
    count: int,
    request: SignInRequest,
) -> None:
    """Use the challenge and a count of the passkey up; the same operation may come again."""
    owner = await hold_owner(connection, passkey.person, None)
    if owner.person.person.state is not PersonState.ACTIVE:
        raise NotAuthenticated("the account is closed")
    operation = derive_uuid(UUID(request.id), passkey.id)
    use = await answer_challenge(connection, challenge.id, operation, request.at)
    if use is ChallengeUse.BY_ANOTHER:
        raise NotAuthenticated("the challenge was answered before")
    first = use is ChallengeUse.FIRST
    if first and not await use_passkey(connection, passkey.id, count, request.at):
        raise NotAuthenticated("the passkey was copied: its count does not grow")


def _adding_to(person: PersonId) -> str:
    """Give what a challenge is bound to that adds a passkey to somebody."""
    return f"add to {person}"


def _demand_owner(said: PasskeyAssertion, handle: bytes, person: Person) -> None:
    if said.user_handle != handle or person.state is not PersonState.ACTIVE:
        raise NotAuthenticated("the passkey names somebody else, or the account is closed")


def _demand_fresh(owner: PasskeyOwner, deed: PeopleDeed) -> None:
    active = owner.person.person.state is PersonState.ACTIVE
    if not active or owner.since is None or not is_fresh(owner.since, deed.at):
        raise NotAllowed(deed.actor.role, Action.UPDATE, ResourceKind.EMPLOYEE, STALE)


def _changed(person: Person, id: PasskeyId, how: str, deed: PeopleDeed) -> Deed:
    return user_deed(
        DeedType.USER_CREDENTIAL_CHANGE,
        str(derive_uuid(UUID(deed.id), f"{person.id}:passkey {how}")),
        person,
        by=deed.actor,
        at=deed.at,
        origin=deed.origin,
        change=Change(after={"passkey": id, "change": how}),
    )
