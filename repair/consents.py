"""Customers' words to being written to, as they are kept, and as they follow a changed address.

Words are kept by a mark of the address. Who says anew how they are reached has said what they said
before: it holds for the new address too, and nobody is written to at the old one.
"""

from uuid import UUID

from access.people import PeopleDeed
from billing.gst.parties import Party
from billing.messages.consents import ConsentStore, RecordedConsent
from domain.consents import Consent
from domain.ids import GarageId, derive_uuid
from records.database import Connection


async def keep_word(  # noqa: PLR0913, PLR0917 - whose word of which garage, by whose deed
    consents: ConsentStore,
    connection: Connection,
    garage: GarageId,
    mark: bytes,
    consent: Consent,
    deed: PeopleDeed,
) -> None:
    """Keep a word under the mark of an address; the same deed says it once."""
    said = RecordedConsent(
        id=derive_uuid(UUID(deed.id), f"{deed.actor.id}:{consent.purpose}:{mark.hex()}"),
        garage=garage,
        mark=mark,
        consent=consent,
        by=deed.actor.id,
    )
    await consents.keep(connection, said)


async def withdraw_all(
    consents: ConsentStore,
    connection: Connection,
    garage: GarageId,
    customer: Party,
    deed: PeopleDeed,
) -> None:
    """Write to a customer no more, by whatever address they left."""
    for purpose, mark in consents.marks(customer).items():
        said = Consent(purpose=purpose, given=False, at=deed.at)
        await keep_word(consents, connection, garage, mark, said, deed)


async def follow_addresses(  # noqa: PLR0913, PLR0917 - from whom to whom, by whose deed
    consents: ConsentStore,
    connection: Connection,
    garage: GarageId,
    before: Party,
    after: Party,
    deed: PeopleDeed,
) -> None:
    """Let what somebody said at an address hold at their new one, and end it at the old one.

    A new address that has a word already keeps its own.
    """
    now = consents.marks(after)
    for purpose, old in consents.marks(before).items():
        new = now.get(purpose)
        if new == old:
            continue
        word = await consents.last_word(connection, garage, old)
        fresh = new is not None and await consents.last_word(connection, garage, new) is None
        if new is not None and fresh and word is not None:
            said = Consent(purpose=purpose, given=word, at=deed.at)
            await keep_word(consents, connection, garage, new, said, deed)
        if word is not False:
            said = Consent(purpose=purpose, given=False, at=deed.at)
            await keep_word(consents, connection, garage, old, said, deed)
