"""What customers were told of their invoices, and what is still to be told by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from access.personal_fields import MESSAGE
from access.vault import Vault
from billing.messages.messengers import Channel, MessageState, OutgoingMessage
from billing.messages.texts import Occasion
from domain.ids import GarageId, InvoiceId
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("correspondence.sql", "billing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message about an invoice, and what became of it; `shown` is the document it brings."""

    garage: GarageId
    invoice: InvoiceId
    shown: InvoiceId
    occasion: Occasion
    channel: Channel
    state: MessageState
    letter: OutgoingMessage

    @property
    def at(self) -> datetime:
        return self.letter.at


class MessageStore:
    """Messages as they are kept: to whom and in which words is sealed."""

    def __init__(self, records: Records, vault: Vault) -> None:
        self._records = records
        self._vault = vault

    async def hold_message(self, connection: Connection, invoice: InvoiceId) -> None:
        """Wait until nobody else tells of this invoice; nobody else does until this commits."""
        await connection.execute(QUERIES["hold"], {"invoice": invoice})

    async def messages_told(
        self, connection: Connection, invoice: InvoiceId, occasion: Occasion, shown: InvoiceId
    ) -> bool:
        given = {"invoice": invoice, "occasion": occasion, "document": shown}
        return await (await connection.execute(QUERIES["told"], given)).fetchone() is not None

    async def keep_state(self, connection: Connection, message: Message) -> None:
        letter = message.letter
        said = [letter.to, letter.sender, letter.subject, letter.body]
        row = {
            "id": letter.id,
            "garage": message.garage,
            "invoice": message.invoice,
            "document": message.shown,
            "occasion": message.occasion,
            "channel": message.channel,
            "state": message.state,
            "at": message.at,
            "sealed": self._vault.seal(orjson.dumps(said), MESSAGE.at(letter.id)),
        }
        await connection.execute(QUERIES["keep"], row)

    async def remove_messages(self, connection: Connection, ids: Sequence[InvoiceId]) -> int:
        """Remove what was told of these invoices; give how many messages that were."""
        return (await connection.execute(QUERIES["remove"], {"ids": list(ids)})).rowcount

    async def messages_of_invoices(
        self, ids: Sequence[InvoiceId], garage: GarageId | None = None
    ) -> dict[InvoiceId, list[Message]]:
        """Give what was told of each invoice, the oldest first."""
        found = await self._records.rows(QUERIES["of_invoices"], ids=list(ids), garage=garage)
        kept: dict[InvoiceId, list[Message]] = {InvoiceId(key): [] for key in ids}
        for row in found:
            kept[InvoiceId(row["invoice"])].append(self._message(row))
        return kept

    def _message(self, row: Row) -> Message:
        said = orjson.loads(self._vault.open(bytes(row["sealed"]), MESSAGE.at(row["id"])))
        to, sender, subject, body = said
        letter = OutgoingMessage(
            id=row["id"], at=row["at"], to=to, sender=sender, subject=subject, body=body
        )
        return Message(
            garage=GarageId(row["garage"]),
            invoice=InvoiceId(row["invoice"]),
            shown=InvoiceId(row["document"] or row["invoice"]),
            occasion=Occasion(row["occasion"]),
            channel=Channel(row["channel"]),
            state=MessageState(row["state"]),
            letter=letter,
        )
