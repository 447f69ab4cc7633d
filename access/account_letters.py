"""Letters that tell people what was done to their accounts."""

from datetime import timedelta
from uuid import UUID

from domain.deeds import Deed
from records.account_letters import AccountLetter, LetterOccasion, leave_letter
from records.audit_trail import DeedWriter
from records.database import Connection
from records.people import SealedPerson

# As long as mail servers try among themselves (RFC 5321, 4.5.4.1).
TOLD_WITHIN = timedelta(days=5)


async def write_and_tell(
    connection: Connection,
    deeds: DeedWriter,
    deed: Deed,
    who: SealedPerson,
    occasion: LetterOccasion,
) -> None:
    """Have the audit and the owner of an account told of what was done to it."""
    await deeds.write(connection, [deed])
    letter = AccountLetter(
        id=UUID(deed.audit_id),
        occasion=occasion,
        mark=who.mark,
        made_at=deed.timestamp,
        expires_at=deed.timestamp + TOLD_WITHIN,
    )
    await leave_letter(connection, letter)
