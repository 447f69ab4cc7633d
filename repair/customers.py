"""What a customer may ask of a garage: to be written to no more, and that what can go goes.

Who they are stands in issued invoices, which the law keeps as they are. What was written to them
goes, nothing more is written, their record in the customer book and their name in drafts go, and
what stays is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from access.people import PeopleDeed
from billing.gst.parties import Party
from billing.ledger.drafts import forget_buyers
from billing.ledger.issued_documents import IssuedDocument
from billing.messages.consents import ConsentStore
from billing.messages.correspondence import MessageStore
from domain.consents import Consent
from domain.deeds import Deed, DeedType, deed_by
from domain.errors import InvalidInput, NotFound
from domain.ids import CUSTOMERS, CustomerId, GarageId, TicketId, VehicleId
from domain.personal_records import CustomerErasure, RecordKind
from records.audit_trail import DeedWriter
from records.customer_vehicles import erase_vehicle, erase_vehicles_of, hold_vehicle
from records.customers import erase_customer, hold_customer
from records.database import Connection
from records.files import (
    erase_files_of_owner,
    erase_files_of_tickets,
    erase_files_of_vehicle,
)
from records.people import PeopleAnswer, PeopleStore
from repair.consents import keep_word, withdraw_all
from repair.customer_book import KnownCustomer, demand_bills


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTraces:
    """What a garage has of one customer: papers, a record in its book, or both.

    Attributes:
        missing: whose record was asked for and is not there, or not any more.
    """

    garage: GarageId
    documents: Sequence[IssuedDocument] = ()
    record: KnownCustomer | None = None
    missing: CustomerId | None = None

    @property
    def parties(self) -> list[Party]:
        """Give who they are said to be, each way once."""
        own = [] if self.record is None else [self.record.details.party]
        return list(dict.fromkeys([*own, *(one.invoice.recipient for one in self.documents)]))


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
            await keep_word(self.consents, connection, document.garage, mark, consent, deed)
            return {"at": consent.at.isoformat()}

        answer = await self.store.run_once(deed.operation(), work)
        at = datetime.fromisoformat(answer["at"])
        return Consent(purpose=consent.purpose, given=consent.given, at=at)

    async def erase(self, traces: CustomerTraces, deed: PeopleDeed) -> CustomerErasure:
        """Let go of what was written to a customer and of their record, and write nothing more.

        Raises:
            NotFound: their record is gone already, by another operation.
        """

        async def work(connection: Connection) -> PeopleAnswer:
            if traces.missing is not None:
                raise NotFound("customer", traces.missing)
            for party in traces.parties:
                await withdraw_all(self.consents, connection, traces.garage, party, deed)
            papers = [one.id for one in traces.documents]
            gone = {RecordKind.MESSAGE: await self.messages.remove_messages(connection, papers)}
            tickets = [one.ticket for one in traces.documents]
            if traces.record is not None:
                gone |= await _erased_record(connection, traces.record.id, deed)
            gone = await _with_files_of(connection, gone, tickets, deed)
            named = traces.record and traces.record.id
            gone[RecordKind.DRAFT] = await forget_buyers(connection, named, tickets)
            of = traces.record.id if traces.record else traces.documents[0].id
            await self.deeds.write(connection, [_erasure_deed(of, traces.garage, gone, deed)])
            return {"at": deed.at.isoformat(), "erased": gone, "papers": len(papers)}

        answer = await self.store.run_once(deed.operation(), work)
        # Operations of before there was a customer book told messages alone.
        erased = answer.get("erased") or {RecordKind.MESSAGE: answer["messages"]}
        return CustomerErasure(
            at=datetime.fromisoformat(answer["at"]),
            erased={RecordKind(kind): count for kind, count in erased.items()},
            kept={RecordKind.BOOKS: answer["papers"]},
        )

    async def erase_vehicle(self, id: VehicleId, deed: PeopleDeed) -> CustomerErasure:
        """Let go of what tells which vehicle one is that has no owner.

        Raises:
            NotFound: there is none for this actor, or nothing is kept of which it is.
            NotAllowed: the actor may not bill there.
            InvalidInput: it has an owner, who is erased with it.
        """

        async def work(connection: Connection) -> PeopleAnswer:
            held = await hold_vehicle(connection, id, deed.actor.garage_reached)
            demand_bills(deed.actor, held.garage)
            if held.owner is not None:
                raise InvalidInput("vehicle", f"is that of {held.owner}: erase its owner")
            if held.identity is None:
                raise NotFound("vehicle", id)
            gone = await _erased_vehicle(connection, id, deed)
            await self.deeds.write(connection, [_erasure_deed(id, held.garage, gone, deed)])
            return {"at": deed.at.isoformat(), "erased": gone}

        answer = await self.store.run_once(deed.operation(), work)
        return CustomerErasure(
            at=datetime.fromisoformat(answer["at"]),
            erased={RecordKind(kind): count for kind, count in answer["erased"].items()},
            kept={},
        )


async def erase_again(
    store: PeopleStore, deeds: DeedWriter, id: CustomerId | VehicleId, deed: PeopleDeed
) -> int:
    """Let go of what an older copy of the database brought back; say how many records.

    Raises:
        NotFound: it is not there, or was erased already.
    """

    async def work(connection: Connection) -> PeopleAnswer:
        if id.startswith(CUSTOMERS):
            garage, gone = await _customer_again(connection, CustomerId(id), deed)
        else:
            garage, gone = await _vehicle_again(connection, VehicleId(id), deed)
        await deeds.write(connection, [_erasure_deed(id, garage, gone, deed)])
        return {"erased": sum(gone.values())}

    return (await store.run_once(deed.operation(), work))["erased"]


async def _customer_again(
    connection: Connection, id: CustomerId, deed: PeopleDeed
) -> tuple[GarageId, dict[RecordKind, int]]:
    held = await hold_customer(connection, id, None)
    gone = await _erased_record(connection, id, deed)
    gone[RecordKind.DRAFT] = await forget_buyers(connection, id, ())
    return held.garage, gone


async def _vehicle_again(
    connection: Connection, id: VehicleId, deed: PeopleDeed
) -> tuple[GarageId, dict[RecordKind, int]]:
    held = await hold_vehicle(connection, id, None)
    if held.identity is None:
        raise NotFound("vehicle", id)
    return held.garage, await _erased_vehicle(connection, id, deed)


async def _erased_vehicle(
    connection: Connection, id: VehicleId, deed: PeopleDeed
) -> dict[RecordKind, int]:
    files = await erase_files_of_vehicle(connection, id, deed.at, deed.actor.id)
    gone = {RecordKind.VEHICLE: await erase_vehicle(connection, id, deed.at, deed.actor.id)}
    return gone | ({RecordKind.FILE: files} if files else {})


async def _erased_record(
    connection: Connection, id: CustomerId, deed: PeopleDeed
) -> dict[RecordKind, int]:
    """Let go of who a customer is in the book, and of what tells which vehicles are theirs."""
    await hold_customer(connection, id, None)
    # While it is known which vehicles are theirs.
    files = await erase_files_of_owner(connection, id, deed.at, deed.actor.id)
    vehicles = await erase_vehicles_of(connection, id, deed.at, deed.actor.id)
    await erase_customer(connection, id, deed.at, deed.actor.id)
    gone = {RecordKind.CUSTOMER: 1, RecordKind.VEHICLE: vehicles}
    return gone | ({RecordKind.FILE: files} if files else {})


async def _with_files_of(
    connection: Connection,
    gone: Mapping[RecordKind, int],
    tickets: Sequence[TicketId],
    deed: PeopleDeed,
) -> dict[RecordKind, int]:
    """Let go of what shows the repairs that somebody paid for: most tell their vehicle in words."""
    files = await erase_files_of_tickets(connection, tickets, deed.at, deed.actor.id)
    count = gone.get(RecordKind.FILE, 0) + files
    return {**gone, **({RecordKind.FILE: count} if count else {})}


def _erasure_deed(
    of: str, garage: GarageId, gone: Mapping[RecordKind, int], deed: PeopleDeed
) -> Deed:
    return deed_by(
        deed.actor,
        deed.origin,
        DeedType.USER_ERASE,
        id=str(deed.derived_id("customer erasure")),
        at=deed.at,
        resource=of,
        garage=garage,
        new={"of": "customer", **{kind.value: count for kind, count in gone.items()}},
    )
