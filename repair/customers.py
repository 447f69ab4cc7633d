"""What a customer may ask of a garage: to be written to no more, and that what can go goes.

Who they are stands in issued invoices, which the law keeps as they are. What was written to them
goes, nothing more is written, and what stays is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.people import PeopleDeed
from billing.ledger.issued_documents import IssuedDocument
from billing.messages.consents import ConsentStore, RecordedConsent
from billing.messages.correspondence import MessageStore
from domain.consents import Consent
from domain.deeds import Deed, DeedType, deed_by
from domain.errors import InvalidInput
from domain.ids import derive_uuid
from domain.personal_records import CustomerErasure, RecordKind
from records.audit_trail import DeedWriter
from records.database import Connection
from records.people import PeopleAnswer, PeopleStore


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecords:
    """What keeps customers' words and lets go of what was written to them."""

    store: PeopleStore
    consents: ConsentStore
    messages: MessageStore
    deeds: DeedWriter

    async def record_consent(
        self, document: IssuedDocument, consent: Consent, deed: PeopleDeed
    ) -> Consent:
        """Keep what the customer of a paper said; the same operation is answered as it was.

        Raises:
            InvalidInput: they left no address of that kind.
        """
        mark = self.consents.marks(document.invoice.recipient).get(consent.purpose)
        if mark is None:
            raise InvalidInput("purpose", "names a channel by which this customer left no address")

        async def work(connection: Connection) -> PeopleAnswer:
            await self._keep(connection, document, mark, consent, deed)
            return {"at": consent.at.isoformat()}

        answer = await self.store.run_once(deed.operation(), work)
        at = datetime.fromisoformat(answer["at"])
        return Consent(purpose=consent.purpose, given=consent.given, at=at)

    async def erase(self, documents: Sequence[IssuedDocument], deed: PeopleDeed) -> CustomerErasure:
        """Let go of what was written to the customer of these papers, and write nothing more."""

        async def work(connection: Connection) -> PeopleAnswer:
            for one in documents:
                await self._withdraw_all(connection, one, deed)
            ids = [one.id for one in documents]
            gone = await self.messages.remove_messages(connection, ids)
            for one in documents[:1]:
                await self.deeds.write(connection, [_erasure_deed(one, gone, deed)])
            return {"at": deed.at.isoformat(), "messages": gone, "papers": len(ids)}

        answer = await self.store.run_once(deed.operation(), work)
        return CustomerErasure(
            at=datetime.fromisoformat(answer["at"]),
            erased={RecordKind.MESSAGE: answer["messages"]},
            kept={RecordKind.BOOKS: answer["papers"]},
        )

    async def _withdraw_all(
        self, connection: Connection, document: IssuedDocument, deed: PeopleDeed
    ) -> None:
        for purpose, mark in self.consents.marks(document.invoice.recipient).items():
            said = Consent(purpose=purpose, given=False, at=deed.at)
            await self._keep(connection, document, mark, said, deed)

    async def _keep(
        self,
        connection: Connection,
        document: IssuedDocument,
        mark: bytes,
        consent: Consent,
        deed: PeopleDeed,
    ) -> None:
        said = RecordedConsent(
            id=derive_uuid(UUID(deed.id), f"{deed.actor.id}:{consent.purpose}:{mark.hex()}"),
            garage=document.garage,
            mark=mark,
            consent=consent,
            by=deed.actor.id,
        )
        await self.consents.keep(connection, said)


def _erasure_deed(document: IssuedDocument, gone: int, deed: PeopleDeed) -> Deed:
    return deed_by(
        deed.actor,
        deed.origin,
        DeedType.USER_ERASE,
        id=str(deed.derived_id("customer erasure")),
        at=deed.at,
        resource=document.id,
        garage=document.garage,
        new={"of": "customer", RecordKind.MESSAGE.value: gone},
    )
