"""A second factor beside the password: who is to have one, whoever owes a code, and their codes.

It is asked for and changed at the door alone, where a password was said just before: whoever has
somebody's tokens, and no more, can change nothing. A secret and recovery codes follow from a word
that only the house makes, so that an answer that was lost is given again; the secret is kept sealed
once its first code was right, of recovery codes marks alone are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from access.account_letters import write_and_tell
from access.one_time_codes import (
    enrolment_uri,
    fold_code,
    recovery_codes_of,
    secret_of,
    step_of,
)
from access.people import NameSeal, key_of, mark_of, user_deed
from access.personal_fields import SECOND_FACTOR
from access.sign_in_tries import SignInRequest
from domain.access import Role
from domain.deeds import Change, Deed, DeedType, Origin
from domain.errors import NotAuthenticated
from domain.ids import OperationId, PersonId, derive_uuid
from domain.people import Person, actor_of
from records.account_letters import LetterOccasion
from records.audit_trail import DeedWriter
from records.database import Connection
from records.people import SealedPerson
from records.second_factors import (
    HeldChallenge,
    SecondFactorStore,
    add_challenge,
    add_factor,
    factor_of,
    put_codes,
    remove_factor,
    use_code,
    use_step,
)
from records.sign_in_tries import TryLimit

# Of a million codes three are right; four tries an hour in the long run find one in centuries.
OF_CODES = TryLimit(free=5, window=timedelta(hours=1), longest=timedelta(minutes=15))
OWED_FOR = timedelta(minutes=10)
NO_CHALLENGE = "nobody owes a code by this word (any more); sign in again"
OWES_CODE = "a second factor is owed; sign in with your password and its code, or with a passkey"
WRONG_CODE = "the code is wrong, was used, or is not of now; wait for the next one"
HAS_ONE = "a second factor is there already; sign in with it, and remove it first"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInChallenge:
    """A code is owed by whoever has the word; with a secret and its URI, where it is new."""

    word: str = field(repr=False)
    expires_at: datetime
    secret: str | None = field(default=None, repr=False)
    uri: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FactorChange:
    """Somebody changes their second factor."""

    id: OperationId
    at: datetime
    origin: Origin

    def deed(self, person: Person, what: str) -> Deed:
        return user_deed(
            DeedType.USER_CREDENTIAL_CHANGE,
            str(derive_uuid(UUID(self.id), f"{person.id}:second factor")),
            person,
            by=actor_of(person, None),
            at=self.at,
            origin=self.origin,
            change=Change(after={"second_factor": what}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactors:
    """`demanded_of`: they are not let in without."""

    store: SecondFactorStore
    seal: NameSeal
    deeds: DeedWriter
    demanded_of: frozenset[Role]

    def is_demanded_of(self, person: Person) -> bool:
        return person.duty.role in self.demanded_of

    async def is_owed(self, connection: Connection, person: Person) -> bool:
        """Say whether somebody who showed one factor owes another."""
        has_one = await factor_of(connection, person.id) is not None
        return has_one or self.is_demanded_of(person)

    async def challenge(
        self, connection: Connection, who: SealedPerson, request: SignInRequest, *, enrol: bool
    ) -> SignInChallenge | None:
        """Give what is owed beside the password or another service's word; None: nothing is.

        `enrol`: they ask for a second factor.

        Raises:
            NotAuthenticated: they ask for one, and have one.
        """
        has_one = await factor_of(connection, who.person.id) is not None
        if has_one and enrol:
            raise NotAuthenticated(HAS_ONE)
        if not has_one and not enrol and not self.is_demanded_of(who.person):
            return None
        word = self.seal.word("sign-in challenge", f"{who.person.id} {request.id} {not has_one}")
        owed = HeldChallenge(
            person=who,
            enrols=not has_one,
            expires_at=request.at + OWED_FOR,
            used_by=None,
            method=request.method,
        )
        await add_challenge(connection, mark_of(word), owed)
        return self.told(word, owed)

    async def judge(
        self, connection: Connection, owed: HeldChallenge, word: str, code: str, at: datetime
    ) -> None:
        """Use a code up: the first one of a new secret, a later one, or a recovery code.

        Raises:
            NotAuthenticated: it is none of theirs, or was used.
        """
        person, said = owed.person.person.id, fold_code(code)
        if owed.enrols:
            await self._enrol(connection, owed.person, self._secret(word), said, at)
            return
        held = await factor_of(connection, person)
        if held is None:
            raise NotAuthenticated(NO_CHALLENGE)
        place, key = SECOND_FACTOR.at(person), key_of(owed.person)
        secret = self.seal.own.open(held.secret, place, key).decode()
        step = step_of(secret, said, at)
        if step is not None and await use_step(connection, person, step):
            return
        if not await use_code(connection, person, self._code_mark(person, said), at):
            raise NotAuthenticated(WRONG_CODE)

    async def renew_codes(
        self, connection: Connection, person: PersonId, id: OperationId
    ) -> Sequence[str]:
        """Give new recovery codes in the place of all before; the same operation gives the same."""
        codes = self.codes(person, id)
        marks = [self._code_mark(person, fold_code(code)) for code in codes]
        await put_codes(connection, person, marks)
        return codes

    def codes(self, person: PersonId, id: OperationId) -> Sequence[str]:
        return recovery_codes_of(self.seal.word("recovery codes", f"{person} {id}"))

    async def remove(self, connection: Connection, person: PersonId) -> bool:
        return await remove_factor(connection, person)

    async def tell(
        self, connection: Connection, who: SealedPerson, what: str, change: FactorChange
    ) -> None:
        """Have the audit and the person told of a change of their second factor."""
        occasion = LetterOccasion.SECOND_FACTOR_CHANGED
        await write_and_tell(connection, self.deeds, change.deed(who.person, what), who, occasion)

    def try_mark(self, person: PersonId) -> bytes:
        """Give what wrong codes are counted by."""
        return self.seal.vault.mark("second factor", person)

    async def _enrol(
        self, connection: Connection, who: SealedPerson, secret: str, code: str, at: datetime
    ) -> None:
        step, person = step_of(secret, code, at), who.person.id
        if step is None:
            raise NotAuthenticated(WRONG_CODE)
        sealed = self.seal.own.seal(secret.encode(), SECOND_FACTOR.at(person), key_of(who))
        if not await add_factor(connection, person, sealed, step, at):
            raise NotAuthenticated(HAS_ONE)

    def told(self, word: str, owed: HeldChallenge) -> SignInChallenge:
        """Give what somebody who owes a code is told, whenever they ask."""
        if not owed.enrols:
            return SignInChallenge(word=word, expires_at=owed.expires_at)
        secret, known = self._secret(word), self.seal.open(owed.person).who
        return SignInChallenge(
            word=word,
            expires_at=owed.expires_at,
            secret=secret,
            uri=enrolment_uri(secret, known.email),
        )

    def _secret(self, word: str) -> str:
        """Give the secret of an enrolment: it is kept nowhere before it is in use."""
        return secret_of(self.seal.word("second factor", word))

    def _code_mark(self, person: PersonId, code: str) -> bytes:
        return self.seal.vault.mark("recovery code", f"{person} {code}")
