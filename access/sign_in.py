"""Signing in: a password for a session, a refresh token for the next one, a word for an invitation.

Whoever is wrong hears the same after the same work, whether there is such a person or not. Tries
are counted before they are judged, by account and by address, in Postgres, so that all processes
count together; and only a few are at work at a time.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from access.passwords import Passwords
from access.people import NameSeal, mark_of, user_deed
from access.person_tokens import PersonTokens
from domain.access import Actor
from domain.deeds import NOWHERE, Change, Deed, DeedResult, DeedType, Origin
from domain.errors import InvalidInput, NotAuthenticated, TooMany
from domain.ids import OperationId, SessionId, derive_uuid
from domain.people import EMAIL, LONGEST_EMAIL, Person, PersonState, actor_of
from domain.sessions import LONGEST, ClientKind, Session
from domain.sign_in_methods import SignInMethod
from records import people
from records.audit_trail import DeedWriter
from records.database import Connection, Records
from records.people import PeopleStore, SealedPerson
from records.refused_deeds import RefusedDeeds
from records.sessions import Refreshed, RefreshUse, SessionStore, begin_session
from records.sign_in_tries import SignInTries, TryLimit

OF_ACCOUNT = TryLimit(free=5)
# Behind one address may sit a whole garage.
OF_ADDRESS = TryLimit(free=30)
WRONG = "the e-mail address or the password is wrong, or the account is closed"
SPENT = "the session is over; sign in again"
NO_INVITATION = "the invitation is not good (any more); ask for another one"
LONGEST_WORD = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """Somebody at the door: `address` is the network's, as it is counted."""

    id: OperationId
    client: ClientKind
    address: str
    at: datetime
    origin: Origin = NOWHERE
    method: SignInMethod = SignInMethod.PASSWORD


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is in, and by what they stay."""

    person: Person
    session: SessionId
    client: ClientKind
    access_token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str = field(repr=False)
    session_ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInDoor:
    """For callers who are not known yet."""

    records: Records
    store: PeopleStore
    sessions: SessionStore
    tries: SignInTries
    passwords: Passwords
    tokens: PersonTokens
    seal: NameSeal
    deeds: DeedWriter
    refused: RefusedDeeds

    async def sign_in(self, email: str, password: str, request: SignInRequest) -> SignedIn:
        """Begin a session by a password; the same request again gives the same one.

        Raises:
            NotAuthenticated: wrong, unknown, suspended or never accepted: one answer for all.
            TooMany: too often wrong of late, or too many at one time.
        """
        # Whatever does not read as an address is nobody's, and costs the same.
        folded = email[: LONGEST_EMAIL + 1].strip().lower()
        mark = self.seal.mark(folded)
        async with self.passwords.turn():
            found = await self.store.by_mark(mark) if EMAIL.fullmatch(folded) else None
            sealed, kept = found or (None, None)
            try:
                await self.demand_patience([(mark, OF_ACCOUNT)], request)
                right = await self.passwords.matches(kept, password)
                if sealed is None or not right or sealed.person.state is not PersonState.ACTIVE:
                    raise NotAuthenticated(WRONG)  # noqa: TRY301 - one answer for all
            except (NotAuthenticated, TooMany) as error:
                self.note_refused(None if sealed is None else sealed.person, request, error)
                raise
            async with self.records.transaction() as connection:
                signed = await self.begin(connection, sealed.person, request)
            await self.tries.forgive(mark, self._address_mark(request))
        return signed

    async def refresh(self, word: str, request: SignInRequest) -> SignedIn:
        """Give a new access token and the next refresh token for one that is used up by this.

        Raises:
            NotAuthenticated: it is nothing, was used before (the session ends), or is over.
        """
        mark = mark_of(word[:LONGEST_WORD])
        following = self.seal.word("refresh", f"{mark.hex()} {request.id}")
        use = RefreshUse(
            mark=mark,
            following=mark_of(following),
            operation=request.id,
            client=request.client,
            now=request.at,
        )

        async def tell_stolen(connection: Connection, stolen: Refreshed) -> None:
            await self.deeds.write(connection, [_stolen_deed(stolen, request)])

        found = await self.sessions.use_refresh(use, tell_stolen)
        if found is None:
            raise NotAuthenticated(SPENT)
        return await self._signed(found.person.person, found.session, following, request.at)

    async def accept_invitation(self, word: str, password: str, request: SignInRequest) -> SignedIn:
        """Choose the password of an invitation and sign in; once more with the same is a sign-in.

        Raises:
            NotAuthenticated: there is no such invitation, or it is over.
            InvalidInput: the password is not good enough.
            TooMany: too many at one time, or too often wrong of late.
        """
        try:
            return await self._accept(word, password, request)
        except NotAuthenticated as error:
            self.note_refused(await self._invitee(word), request, error)
            raise
        except TooMany as error:
            self.note_refused(None, request, error)
            raise

    async def _invitee(self, word: str) -> Person | None:
        """Give whom an invitation is for, good or not; asked for every word, known or not."""
        async with self.records.transaction() as connection:
            held = await people.hold_invitation(connection, mark_of(word[:LONGEST_WORD]))
        return None if held is None else held.person.person

    async def _accept(self, word: str, password: str, request: SignInRequest) -> SignedIn:
        mark = mark_of(word[:LONGEST_WORD])
        async with self.passwords.turn():
            await self.demand_patience([], request)
            who = await self._invited(mark, request)
            if who.person.state is PersonState.ACTIVE:
                return await self._accepted_again(who, password, request)
            known = self.seal.open(who).who
            chosen = await self.passwords.parse(password, [known.name, known.email])
            hashed = await self.passwords.hash(chosen)
            async with self.records.transaction() as connection:
                held = await people.hold_invitation(connection, mark)
                if held is None or held.person.person.state is not PersonState.INVITED:
                    raise NotAuthenticated(NO_INVITATION)
                await people.set_password(connection, who.person.id, hashed, request.at)
                now_in = await people.accept(connection, who.person.id, request.at)
                signed = await self.begin(connection, now_in.person, request)
            await self.tries.forgive(who.mark, self._address_mark(request))
        return signed

    async def _invited(self, mark: bytes, request: SignInRequest) -> SealedPerson:
        async with self.records.transaction() as connection:
            held = await people.hold_invitation(connection, mark)
        if held is None or request.at >= held.expires_at:
            raise NotAuthenticated(NO_INVITATION)
        state = held.person.person.state
        if state not in {PersonState.INVITED, PersonState.ACTIVE}:
            raise NotAuthenticated(NO_INVITATION)
        return held.person

    async def _accepted_again(
        self, who: SealedPerson, password: str, request: SignInRequest
    ) -> SignedIn:
        """The answer may have been lost: whoever has the word and the password may come in."""
        await self.demand_patience([(who.mark, OF_ACCOUNT)], request)
        found = await self.store.by_mark(who.mark)
        if found is None or not await self.passwords.matches(found[1], password):
            raise NotAuthenticated(NO_INVITATION)
        async with self.records.transaction() as connection:
            signed = await self.begin(connection, who.person, request)
        await self.tries.forgive(who.mark, self._address_mark(request))
        return signed

    async def demand_patience(
        self, marks: list[tuple[bytes, TryLimit]], request: SignInRequest
    ) -> None:
        """Count a try under these marks and that of the address.

        Raises:
            TooMany: one of them was tried too often of late.
        """
        address = self._address_mark(request)
        wait = await self.tries.count([*marks, (address, OF_ADDRESS)], request.at)
        if wait:
            raise TooMany("sign-ins", wait.total_seconds())

    async def forgive(self, request: SignInRequest) -> None:
        """Whoever got in does not count against an address that many share."""
        await self.tries.take_back(self._address_mark(request))

    def note_refused(self, person: Person | None, request: SignInRequest, error: Exception) -> None:
        """Have the audit told of a try that failed; whose account it was counts (AD-17)."""
        whose = None if person is None else actor_of(person, None)
        tried = user_deed(
            DeedType.USER_LOGIN,
            str(uuid4()),
            person,
            by=whose,
            at=request.at,
            origin=request.origin,
            change=Change(
                after={"error": error.__class__.__name__, "method": request.method.value}
            ),
            result=DeedResult.REFUSED,
        )
        self.refused.note(tried)

    def _address_mark(self, request: SignInRequest) -> bytes:
        return self.seal.vault.mark("network address", request.address)

    async def begin(
        self, connection: Connection, person: Person, request: SignInRequest
    ) -> SignedIn:
        """Begin the session of somebody who has shown who they are, and write the deed.

        Raises:
            InvalidInput: the operation was used before for something else.
        """
        session = Session(
            id=SessionId(str(derive_uuid(UUID(request.id), f"{person.id}:session"))),
            person=person.id,
            client=request.client,
            began_at=request.at,
            seen_at=request.at,
            ends_at=request.at + LONGEST,
        )
        refresh = self.seal.word("refresh", f"{session.id} first")
        if not await begin_session(connection, session, mark_of(refresh)):
            raise InvalidInput("operationId", "was used before; make a new one")
        garage = await people.read_garage(connection, person.duty.garage)
        actor = replace(actor_of(person, garage), session=session.id)
        came = user_deed(
            DeedType.USER_LOGIN,
            str(derive_uuid(UUID(session.id), "login")),
            person,
            by=actor,
            at=request.at,
            origin=request.origin,
            change=Change(
                after={
                    "session": session.id,
                    "client": session.client.value,
                    "method": request.method.value,
                }
            ),
        )
        await self.deeds.write(connection, [came])
        return self._made(person, session, actor, refresh, request.at)

    async def _signed(
        self, person: Person, session: Session, refresh: str, now: datetime
    ) -> SignedIn:
        garage = await self.store.garage(person.duty.garage)
        actor = replace(actor_of(person, garage), session=session.id)
        return self._made(person, session, actor, refresh, now)

    def _made(
        self, person: Person, session: Session, actor: Actor, refresh: str, now: datetime
    ) -> SignedIn:
        token, until = self.tokens.mint(actor, now)
        return SignedIn(
            person=person,
            session=session.id,
            client=session.client,
            access_token=token,
            expires_at=until,
            refresh_token=refresh,
            session_ends_at=session.ends_at,
        )


def _stolen_deed(stolen: Refreshed, request: SignInRequest) -> Deed:
    """Give what the audit is told of a refresh token that came a second time: it ended its session.

    Whose token it was counts (AD-17); nobody knows who sent it.
    """
    person = stolen.person.person
    return user_deed(
        DeedType.USER_LOGIN,
        str(derive_uuid(UUID(stolen.session.id), "stolen")),
        person,
        by=actor_of(person, None),
        at=request.at,
        origin=request.origin,
        change=Change(after={"error": "ReusedRefreshToken", "session": stolen.session.id}),
        result=DeedResult.REFUSED,
    )
