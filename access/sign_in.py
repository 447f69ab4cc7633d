"""Signing in: a password for a session, a refresh token for the next one, a word for an invitation.

Whoever is wrong hears the same after the same work, whether there is such a person or not. Tries
are counted before they are judged (`access.sign_in_tries`), and only a few are at work at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar
from uuid import UUID

from access.one_time_codes import fold_code
from access.password_changes import PasswordChanges
from access.password_resets import PasswordResets
from access.passwords import Passwords
from access.people import NameSeal, mark_of, user_deed
from access.person_tokens import PersonTokens
from access.second_factors import (
    NO_CHALLENGE,
    OF_CODES,
    OWES_CODE,
    FactorChange,
    SecondFactors,
    SignInChallenge,
)
from access.sign_in_tries import LONGEST_WORD, OF_ACCOUNT, SignInRequest, TryCounter
from domain.access import Actor
from domain.deeds import Change, Deed, DeedResult, DeedType
from domain.errors import InvalidInput, NotAuthenticated, TooMany
from domain.ids import SessionId, derive_uuid
from domain.people import EMAIL, Person, PersonState, actor_of, fold_email
from domain.sessions import LONGEST, ClientKind, Session
from records import people
from records.audit_trail import DeedWriter
from records.database import Connection, Records
from records.people import PeopleStore, SealedPerson
from records.second_factors import HeldChallenge, hold_challenge, use_challenge
from records.sessions import (
    Refreshed,
    RefreshUse,
    SessionStore,
    begin_session,
    end_session,
    end_sessions,
)

WRONG = "the e-mail address or the password is wrong, or the account is closed"
SPENT = "the session is over; sign in again"
NO_INVITATION = "the invitation is not good (any more); ask for another one"

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


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
    recovery_codes: Sequence[str] = field(default=(), repr=False)


Entry: TypeAlias = SignedIn | SignInChallenge


class CodeWork(Protocol[T_co]):
    """What a code opens; `again`: it was done before, and its answer was lost."""

    async def __call__(
        self, connection: Connection, owed: HeldChallenge, *, again: bool
    ) -> T_co: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInDoor:
    """For callers who are not known yet."""

    records: Records
    store: PeopleStore
    sessions: SessionStore
    counter: TryCounter
    passwords: Passwords
    tokens: PersonTokens
    seal: NameSeal
    deeds: DeedWriter
    resets: PasswordResets
    changes: PasswordChanges
    factors: SecondFactors

    async def sign_in(
        self, email: str, password: str, request: SignInRequest, *, enrol: bool = False
    ) -> Entry:
        """Begin a session by a password, or give what is owed beside it; the same request again
        gives the same. `enrol`: they ask for a second factor.

        Raises:
            NotAuthenticated: wrong, unknown, suspended or never accepted: one answer for all.
            TooMany: too often wrong of late, or too many at one time.
        """
        # Whatever does not read as an address is nobody's, and costs the same.
        folded = fold_email(email)
        mark = self.seal.mark(folded)
        async with self.passwords.turn():
            found = await self.store.by_mark(mark) if EMAIL.fullmatch(folded) else None
            sealed, kept = found or (None, None)
            counted = await self.counter.account_mark(mark, request)
            try:
                await self.counter.demand_patience([(counted, OF_ACCOUNT)], request)
                right = await self.passwords.matches(kept, password)
                if sealed is None or not right or sealed.person.state is not PersonState.ACTIVE:
                    raise NotAuthenticated(WRONG)  # noqa: TRY301 - one answer for all
            except (NotAuthenticated, TooMany) as error:
                self.counter.note_refused(None if sealed is None else sealed.person, request, error)
                raise
            async with self.records.transaction() as connection:
                entry = await self.enter(connection, sealed, request, enrol=enrol)
            await self.counter.forgive(counted, request)
        return entry

    async def confirm(self, word: str, code: str, request: SignInRequest) -> SignedIn:
        """Begin a session by the code that is owed; of a new second factor, give recovery codes.

        Raises:
            NotAuthenticated: nobody owes a code by this word, or the code is wrong or used.
            TooMany: too often wrong of late.
        """

        async def work(connection: Connection, owed: HeldChallenge, *, again: bool) -> SignedIn:
            who = owed.person
            codes: Sequence[str] = ()
            if owed.enrols:
                codes = self.factors.codes(who.person.id, request.id)
                if not again:
                    # Whatever was begun by the password alone is over.
                    await end_sessions(connection, who.person.id, request.at)
                    await self.factors.renew_codes(connection, who.person.id, request.id)
                    await self._tell(connection, who, "enrolled", request)
            came = replace(request, method=owed.method)
            signed = await self.begin(connection, who.person, came, second_factor=True)
            return replace(signed, recovery_codes=codes)

        return await self._judged("confirm", word, code, request, work)

    async def owed(self, word: str, now: datetime) -> SignInChallenge:
        """Give what is owed by whoever has the word: a browser that another service sent back.

        Raises:
            NotAuthenticated: nobody owes a code by it, or not any more.
        """
        owed = await self.factors.store.challenge(mark_of(word[:LONGEST_WORD]))
        if owed is None or owed.used_by is not None:
            raise NotAuthenticated(NO_CHALLENGE)
        return self.factors.told(word, _demand_open(owed, now))

    async def remove_factor(self, word: str, code: str, request: SignInRequest) -> None:
        """Take the second factor away by its code, and end all sessions; who is to have one enrols
        anew when they come again.

        Raises:
            NotAuthenticated, TooMany: as `confirm`.
        """

        async def work(connection: Connection, owed: HeldChallenge, *, again: bool) -> None:
            _demand_enrolled(owed)
            if not again:
                await self.factors.remove(connection, owed.person.person.id)
                await end_sessions(connection, owed.person.person.id, request.at)
                await self._tell(connection, owed.person, "removed", request)

        await self._judged("remove", word, code, request, work)

    async def renew_codes(self, word: str, code: str, request: SignInRequest) -> Sequence[str]:
        """Give new recovery codes in the place of all before.

        Raises:
            NotAuthenticated, TooMany: as `confirm`.
        """

        async def work(
            connection: Connection, owed: HeldChallenge, *, again: bool
        ) -> Sequence[str]:
            _demand_enrolled(owed)
            person = owed.person.person.id
            if not again:
                await self._tell(connection, owed.person, "recovery codes renewed", request)
                await self.factors.renew_codes(connection, person, request.id)
            return self.factors.codes(person, request.id)

        return await self._judged("renew", word, code, request, work)

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
        person, session = found.person.person, found.session
        if self.factors.is_demanded_of(person) and not session.second_factor:
            # They have risen since, or it is demanded since.
            async with self.records.transaction() as connection:
                await end_session(connection, session.id, request.at)
            raise NotAuthenticated(SPENT)
        return await self._signed(person, session, following, request.at)

    async def browser_person(self, word: str, now: datetime) -> Person | None:
        """Give whose browser has this refresh token, which is not used up; None: it is nobody's,
        or `refresh` would refuse it.
        """
        found = await self.sessions.holder(mark_of(word[:LONGEST_WORD]), now)
        if found is None:
            return None
        person = found.person.person
        owes = self.factors.is_demanded_of(person) and not found.session.second_factor
        return None if owes else person

    async def accept_invitation(self, word: str, password: str, request: SignInRequest) -> Entry:
        """Choose the password of an invitation and sign in; once more with the same is a sign-in.

        Raises:
            NotAuthenticated: there is no such invitation, or it is over.
            InvalidInput: the password is not good enough.
            TooMany: too many at one time, or too often wrong of late.
        """
        try:
            return await self._accept(word, password, request)
        except NotAuthenticated as error:
            self.counter.note_refused(await self._invitee(word), request, error)
            raise
        except TooMany as error:
            self.counter.note_refused(None, request, error)
            raise

    async def _invitee(self, word: str) -> Person | None:
        """Give whom an invitation is for, good or not; asked for every word, known or not."""
        async with self.records.transaction() as connection:
            held = await people.hold_invitation(connection, mark_of(word[:LONGEST_WORD]))
        return None if held is None else held.person.person

    async def _accept(self, word: str, password: str, request: SignInRequest) -> Entry:
        mark = mark_of(word[:LONGEST_WORD])
        async with self.passwords.turn():
            await self.counter.demand_patience([], request)
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
                entry = await self.enter(connection, now_in, request)
            await self.counter.forgive(who.mark, request)
        return entry

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
    ) -> Entry:
        """The answer may have been lost: whoever has the word and the password may come in."""
        counted = await self.counter.account_mark(who.mark, request)
        await self.counter.demand_patience([(counted, OF_ACCOUNT)], request)
        found = await self.store.by_mark(who.mark)
        if found is None or not await self.passwords.matches(found[1], password):
            raise NotAuthenticated(NO_INVITATION)
        async with self.records.transaction() as connection:
            entry = await self.enter(connection, who, request)
        await self.counter.forgive(counted, request)
        return entry

    async def _judged(
        self, verb: str, word: str, code: str, request: SignInRequest, work: CodeWork[T]
    ) -> T:
        """Do what a code that is owed opens: once, and the same request is answered again."""
        mark = mark_of(word[:LONGEST_WORD])
        known = await self.factors.store.challenge(mark)
        person = None if known is None else known.person.person
        if known is not None:
            request = replace(request, method=known.method)
        counted = [] if person is None else [(self.factors.try_mark(person.id), OF_CODES)]
        try:
            await self.counter.demand_patience(counted, request)
            async with self.records.transaction() as connection:
                owed = await _demand_owed(connection, mark, request)
                used_by = mark_of(f"{verb} {request.id} {fold_code(code)}")
                if owed.used_by is None:
                    await self.factors.judge(connection, owed, word, code, request.at)
                    await use_challenge(connection, mark, used_by)
                elif owed.used_by != used_by:
                    raise NotAuthenticated(NO_CHALLENGE)  # noqa: TRY301 - one answer for all
                answer = await work(connection, owed, again=owed.used_by is not None)
        except (NotAuthenticated, TooMany) as error:
            self.counter.note_refused(person, request, error)
            raise
        await self.counter.forgive(self.factors.try_mark(owed.person.person.id), request)
        return answer

    async def _tell(
        self, connection: Connection, who: SealedPerson, what: str, request: SignInRequest
    ) -> None:
        await self.factors.tell(
            connection, who, what, FactorChange(request.id, request.at, request.origin)
        )

    async def enter(
        self,
        connection: Connection,
        who: SealedPerson,
        request: SignInRequest,
        *,
        enrol: bool = False,
    ) -> Entry:
        """Let somebody in who showed one factor, unless they owe a code.

        Raises:
            InvalidInput: as `begin`.
        """
        owed = await self.factors.challenge(connection, who, request, enrol=enrol)
        return owed or await self.begin(connection, who.person, request)

    async def begin(
        self,
        connection: Connection,
        person: Person,
        request: SignInRequest,
        *,
        second_factor: bool = False,
    ) -> SignedIn:
        """Begin the session of somebody who has shown who they are, and write the deed.

        Raises:
            NotAuthenticated: they owe a second factor, and came in by a way that asks for none.
            InvalidInput: the operation was used before for something else.
        """
        strong = second_factor or request.method.two_factors
        if not strong and await self.factors.is_owed(connection, person):
            raise NotAuthenticated(OWES_CODE)
        session = Session(
            id=SessionId(str(derive_uuid(UUID(request.id), f"{person.id}:session"))),
            person=person.id,
            client=request.client,
            began_at=request.at,
            seen_at=request.at,
            ends_at=request.at + LONGEST,
            second_factor=strong,
        )
        refresh = self.seal.word("refresh", f"{session.id} first")
        address = self.counter.address_mark(request)
        if not await begin_session(connection, session, mark_of(refresh), address):
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


async def _demand_owed(
    connection: Connection, mark: bytes, request: SignInRequest
) -> HeldChallenge:
    """Give who owes a code, held until the transaction ends.

    Raises:
        NotAuthenticated: nobody does by this word, or not any more.
    """
    return _demand_open(await hold_challenge(connection, mark), request.at)


def _demand_open(owed: HeldChallenge | None, now: datetime) -> HeldChallenge:
    if owed is None or now >= owed.expires_at:
        raise NotAuthenticated(NO_CHALLENGE)
    if owed.person.person.state is not PersonState.ACTIVE:
        raise NotAuthenticated(NO_CHALLENGE)
    return owed


def _demand_enrolled(owed: HeldChallenge) -> None:
    """Let those pass whose second factor is in use, not about to be."""
    if owed.enrols:
        raise NotAuthenticated(NO_CHALLENGE)


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
