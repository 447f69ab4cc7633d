"""What customers said to being written to, kept by a mark of the address that they left.

Nobody has to consent to an invoice; whoever said that they want no letters of it gets none.
"""

from dataclasses import dataclass
from uuid import UUID

from access.vault import Vault
from billing.gst.parties import Party
from billing.messages.channels import CHANNELS
from billing.messages.messengers import Channel
from domain.consents import Consent, ConsentPurpose
from domain.ids import GarageId, PersonId
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("consents.sql", "billing")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedConsent:
    """A word of a customer, who heard it, and under which mark it is kept."""

    id: UUID
    garage: GarageId
    mark: bytes
    consent: Consent
    by: PersonId


class ConsentStore:
    def __init__(self, records: Records, vault: Vault) -> None:
        self._records = records
        self._vault = vault

    def marks(self, customer: Party) -> dict[ConsentPurpose, bytes]:
        """Give what the addresses are found by that a customer left."""
        reached = {channel: form.address(customer) for channel, form in CHANNELS.items()}
        return {
            ConsentPurpose(channel.value): self._mark(channel, to)
            for channel, to in reached.items()
            if to
        }

    async def keep(self, connection: Connection, said: RecordedConsent) -> None:
        """Keep a word; the same id twice is one."""
        row = {
            "id": said.id,
            "garage": said.garage,
            "mark": said.mark,
            "purpose": said.consent.purpose,
            "given": said.consent.given,
            "at": said.consent.at,
            "by": said.by,
        }
        await connection.execute(QUERIES["keep"], row)

    async def is_withdrawn(
        self, connection: Connection, garage: GarageId, channel: Channel, to: str
    ) -> bool:
        """Say whether the last word from an address was that nobody is to write there."""
        return await self.last_word(connection, garage, self._mark(channel, to)) is False

    async def last_word(self, connection: Connection, garage: GarageId, mark: bytes) -> bool | None:
        """Give the last word from the address of a mark; None: there was none."""
        given = {"garage": garage, "mark": mark}
        row = await (await connection.execute(QUERIES["last"], given)).fetchone()
        return None if row is None else row["given"]

    async def of_customer(self, garage: GarageId, customer: Party) -> list[Consent]:
        """Give all that a customer said, the oldest first."""
        marks = list(self.marks(customer).values())
        rows = await self._records.rows(QUERIES["of_marks"], garage=garage, marks=marks)
        return [_consent_of(row) for row in rows]

    def _mark(self, channel: Channel, to: str) -> bytes:
        return self._vault.mark("customer address", f"{channel}\n{to.lower()}")


def _consent_of(row: Row) -> Consent:
    return Consent(purpose=ConsentPurpose(row["purpose"]), given=row["given"], at=row["at"])
