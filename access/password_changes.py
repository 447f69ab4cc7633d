"""A password changed by whoever knows the old one, and has the second factor that there is.

Whoever is wrong hears the same after the same work, known or not. The same again changes nothing
and is answered alike: the new password is what proves it then, since the old one is no more.
"""

from dataclasses import dataclass

from access.password_records import CREDENTIAL, NewPasswords
from access.people import NameSeal
from access.second_factors import OF_CODES, SecondFactors
from access.sign_in_tries import OF_ACCOUNT, SignInRequest, TryCounter
from domain.errors import InvalidInput, NotAuthenticated, TooMany
from domain.people import EMAIL, PersonState, fold_email
from records import people
from records.database import Records
from records.people import PeopleStore, SealedPerson
from records.second_factors import HeldChallenge, factor_of

WRONG = "the e-mail address, the password or the code is wrong, or the account is closed"
SAME = "is the old one; choose another"
CODE_OWED = "give a code of your telephone, or a recovery code, too"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """Who says what: the old password, the new one, and a code where there is a second factor."""

    email: str
    old: str
    new: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanges:
    """For callers who know their password."""

    records: Records
    store: PeopleStore
    counter: TryCounter
    seal: NameSeal
    factors: SecondFactors
    new: NewPasswords

    async def change(self, change: PasswordChange, request: SignInRequest) -> None:
        """Change a password; all sessions end, and a letter tells its owner.

        Raises:
            NotAuthenticated: wrong, unknown, suspended or never accepted: one answer for all.
            InvalidInput: the new password is not good enough, or a code is owed; nothing changed.
            TooMany: too often wrong of late, or too many at one time.
        """
        folded = fold_email(change.email)
        mark = self.seal.mark(folded)
        async with self.new.passwords.turn():
            found = await self.store.by_mark(mark) if EMAIL.fullmatch(folded) else None
            who, kept = found or (None, None)
            counted = await self.counter.account_mark(mark, request)
            try:
                await self.counter.demand_patience([(counted, OF_ACCOUNT)], request)
                right = await self.new.passwords.matches(kept, change.old)
                done = await self.new.passwords.matches(kept, change.new)
                if who is None or who.person.state is not PersonState.ACTIVE:
                    raise NotAuthenticated(WRONG)  # noqa: TRY301 - one answer for all
                if not right and not done:
                    raise NotAuthenticated(WRONG)  # noqa: TRY301 - as above
                if right and done:
                    raise InvalidInput("newPassword", SAME)  # noqa: TRY301 - as above
                if not done:
                    await self._change(who, change, request)
            except (InvalidInput, NotAuthenticated, TooMany) as error:
                self.counter.note_refused(who and who.person, request, error, CREDENTIAL)
                raise
            await self.counter.forgive(counted, request)

    async def _change(
        self, who: SealedPerson, change: PasswordChange, request: SignInRequest
    ) -> None:
        try:
            hashed = await self.new.hash(who, change.new)
        except InvalidInput as error:
            raise error.at("newPassword") from None
        code_mark = self.factors.try_mark(who.person.id)
        if change.code is not None:
            await self.counter.demand_patience([(code_mark, OF_CODES)], request)
        async with self.records.transaction() as connection:
            held = await people.hold_person(connection, who.person.id)
            if held.person.state is not PersonState.ACTIVE:
                raise NotAuthenticated(WRONG)
            if await factor_of(connection, who.person.id) is not None:
                if change.code is None:
                    raise InvalidInput("code", CODE_OWED)
                owed = HeldChallenge(person=held, enrols=False, expires_at=request.at, used_by=None)
                await self.factors.judge(connection, owed, "", change.code, request.at)
            await self.new.put(connection, held, hashed, "changed by the old one", request)
        if change.code is not None:
            await self.counter.forgive(code_mark, request)
