"""A new password in the place of the old one: sessions end, the audit and its owner are told."""

from dataclasses import dataclass
from uuid import UUID

from access.account_letters import write_and_tell
from access.passwords import Passwords
from access.people import NameSeal, user_deed
from access.sign_in_tries import SignInRequest
from domain.deeds import Change, DeedType
from domain.ids import derive_uuid
from domain.people import actor_of
from records import people
from records.account_letters import LetterOccasion
from records.audit_trail import DeedWriter
from records.database import Connection
from records.people import SealedPerson
from records.second_factors import end_challenges
from records.sessions import end_sessions

CREDENTIAL = DeedType.USER_CREDENTIAL_CHANGE


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasswords:
    """Puts passwords in the place of others."""

    passwords: Passwords
    seal: NameSeal
    deeds: DeedWriter

    async def hash(self, who: SealedPerson, password: str) -> str:
        """Give what is kept of a password.

        Raises:
            InvalidInput: it is not good enough.
        """
        known = self.seal.open(who).who
        chosen = await self.passwords.parse(password, [known.name, known.email])
        return await self.passwords.hash(chosen)

    async def put(
        self,
        connection: Connection,
        who: SealedPerson,
        hashed: str,
        way: str,
        request: SignInRequest,
    ) -> None:
        """Have a password count from now on; `way` is how it came to be, in the audit's words."""
        await people.set_password(connection, who.person.id, hashed, request.at)
        await end_sessions(connection, who.person.id, request.at)
        await end_challenges(connection, who.person.id)
        changed = user_deed(
            CREDENTIAL,
            str(derive_uuid(UUID(request.id), f"{who.person.id}:password")),
            who.person,
            by=actor_of(who.person, None),
            at=request.at,
            origin=request.origin,
            change=Change(after={"password": way}),
        )
        occasion = LetterOccasion.PASSWORD_CHANGED
        await write_and_tell(connection, self.deeds, changed, who, occasion)
