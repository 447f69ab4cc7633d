"""A forgotten password: a word by mail, and a new password for it. The door tells nobody anything.

Whoever asks hears the same after the same work: one row and one letter are left for every address,
known or not. Whose the address is, the letters' sender finds out, where nobody waits for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from access.password_records import CREDENTIAL, NewPasswords
from access.people import NameSeal, mark_of
from access.sign_in_tries import LONGEST_WORD, OF_ACCOUNT, SignInRequest, TryCounter
from domain.errors import InvalidInput, NotAuthenticated, NotFound, TooMany
from domain.ids import derive_uuid
from domain.people import PersonState, fold_email
from records import people
from records.account_letters import (
    AccountLetter,
    AccountLetterStore,
    HeldReset,
    LetterOccasion,
    add_reset,
    leave_letter,
    use_reset,
)
from records.database import Records
from records.people import PeopleStore, SealedPerson

GOOD_FOR = timedelta(minutes=30)
NO_RESET = "the word is not good (any more); ask for another one"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResets:
    """For callers who do not know their password."""

    records: Records
    store: PeopleStore
    letters: AccountLetterStore
    counter: TryCounter
    seal: NameSeal
    new: NewPasswords

    async def request(self, email: str, request: SignInRequest) -> None:
        """Have a word sent to an address, if it is of somebody who may come in.

        Raises:
            TooMany: too often of late, for this address or from there.
        """
        folded = fold_email(email)
        mark = self.seal.mark(folded)
        await self.counter.demand_patience([(self._try_mark(mark), OF_ACCOUNT)], request)
        letter_id = derive_uuid(UUID(request.id), f"{mark.hex()}:password reset")
        letter = AccountLetter(
            id=letter_id,
            occasion=LetterOccasion.PASSWORD_RESET,
            mark=mark,
            word_of=str(letter_id),
            made_at=request.at,
            expires_at=request.at + GOOD_FOR,
        )
        word = self.seal.word(letter.occasion, str(letter_id))
        async with self.records.transaction() as connection:
            await add_reset(connection, mark_of(word), mark, letter.expires_at)
            await leave_letter(connection, letter)

    async def issue(self, email: str, asked: UUID, at: datetime) -> str:
        """Give a word to whoever operates the machine, to be handed on where no mail goes out.

        Raises:
            NotFound: nobody of that address may come in.
        """
        mark = self.seal.mark(fold_email(email))
        found = await self.store.by_mark(mark)
        if found is None or found[0].person.state is not PersonState.ACTIVE:
            raise NotFound("person", email)
        word = self.seal.word(LetterOccasion.PASSWORD_RESET, str(asked))
        async with self.records.transaction() as connection:
            await add_reset(connection, mark_of(word), mark, at + GOOD_FOR)
        return word

    async def reset(self, word: str, password: str, request: SignInRequest) -> None:
        """Choose a new password by a word; all sessions end. The same request again is harmless.

        Raises:
            NotAuthenticated: the word is nobody's, was used, or is over.
            InvalidInput: the password is not good enough; the word is still good.
            TooMany: too many at one time, or too often wrong of late.
        """
        mark = mark_of(word[:LONGEST_WORD])
        async with self.new.passwords.turn():
            held = await self.letters.reset(mark)
            who = None if held is None else held.person
            try:
                await self._demand_patience(who, request)
                if held is None or not await self._is_good(held, password, request):
                    raise NotAuthenticated(NO_RESET)  # noqa: TRY301 - one answer for all
                if not held.used:
                    await self._change(mark, held.person, password, request)
            except (InvalidInput, NotAuthenticated, TooMany) as error:
                self.counter.note_refused(who and who.person, request, error, CREDENTIAL)
                raise
            # They may sign in at once, with what they chose.
            await self.counter.forgive(held.person.mark, request)

    async def _demand_patience(self, who: SealedPerson | None, request: SignInRequest) -> None:
        account = [] if who is None else [(self._try_mark(who.mark), OF_ACCOUNT)]
        await self.counter.demand_patience(account, request)

    async def _is_good(self, held: HeldReset, password: str, request: SignInRequest) -> bool:
        """Say whether a word may be used; one that is used, for its lost answer alone."""
        if held.used:
            found = await self.store.by_mark(held.person.mark)
            asked_again = held.used_by == mark_of(request.id)
            right = await self.new.passwords.matches(found and found[1], password)
            return asked_again and right
        return request.at < held.expires_at and held.person.person.state is PersonState.ACTIVE

    async def _change(
        self, mark: bytes, who: SealedPerson, password: str, request: SignInRequest
    ) -> None:
        hashed = await self.new.hash(who, password)
        async with self.records.transaction() as connection:
            held = await people.hold_person(connection, who.person.id)
            used = await use_reset(connection, mark, who.mark, mark_of(request.id), request.at)
            if not used or held.person.state is not PersonState.ACTIVE:
                raise NotAuthenticated(NO_RESET)
            await self.new.put(connection, held, hashed, "reset by mail", request)

    def _try_mark(self, email_mark: bytes) -> bytes:
        """Give what is counted: not what sign-ins count, so that asking shuts nobody out."""
        return self.seal.vault.mark("password reset", email_mark.hex())
