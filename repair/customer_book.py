"""The book of a garage's customers: who they are, sealed, found by any part of it.

Each change is one transaction with the memory of its operation and its deed. Who may bill a
customer reads who that is; everybody else who may find them reads the mask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from access.blind_index import BlindIndex
from access.people import PeopleDeed
from access.personal_fields import CUSTOMER
from access.vault import Vault
from billing.gst.parties import Party
from billing.messages.consents import ConsentStore
from domain.access import Action, Actor, Resource, ResourceKind, demand_allowed, may
from domain.customer_vehicles import SealedVehicle
from domain.customers import (
    CustomerMarks,
    CustomerSearch,
    SealedCustomer,
    SearchKind,
    name_parts,
    name_words,
    phone_digits,
    sought_parts,
)
from domain.deeds import Deed, DeedType, deed_by
from domain.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from domain.ids import CUSTOMERS, CustomerId, GarageId, PersonId, uuid7
from records.audit_trail import DeedWriter
from records.customers import CustomerStore, add_customer, change_customer, hold_customer
from records.database import Connection
from records.people import PeopleAnswer, PeopleStore, read_garage
from repair.consents import follow_addresses

# So many names are opened at first, then more and more, and at most so many at once: a search whose
# marks are those of thousands of other names ends there.
LOOKED_AT, MORE, MOST_LOOKED_AT = 60, 4, 4_000
BY_NUMBER = "Find customers by their telephone number or GSTIN: names are shown to who may bill."


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDetails:
    """Who a customer is, as bills name them, and what the garage notes of them."""

    party: Party
    notes: str | None = None


DETAILS = TypeAdapter(CustomerDetails)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCustomer:
    """A customer of a garage, opened."""

    id: CustomerId
    garage: GarageId
    version: int
    details: CustomerDetails
    changed_at: datetime
    changed_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerBook:
    """What keeps customers and finds them."""

    store: PeopleStore
    customers: CustomerStore
    vault: Vault
    deeds: DeedWriter
    consents: ConsentStore

    async def create(
        self, garage: GarageId, details: CustomerDetails, deed: PeopleDeed
    ) -> KnownCustomer:
        """Keep a new customer; the same operation again gives them as they stand by now.

        Raises:
            NotAllowed: the actor may not bill there.
            NotFound: there is no such garage; they were erased since.
        """
        demand_bills(deed.actor, garage)
        # By our clock, so that they are listed as they came, whatever id the caller made.
        made = uuid7(deed.at, deed.derived_id("customer").int)
        wanted = self.sealed(CustomerId(f"{CUSTOMERS}{made.hex}"), garage, details, deed)

        async def work(connection: Connection) -> PeopleAnswer:
            await read_garage(connection, None if garage == deed.actor.garage else garage)
            await add_customer(connection, wanted)
            told = {"verb": "createCustomer", **_told(details)}
            await self.deeds.write(connection, [customer_deed(wanted, deed, told)])
            return {"id": wanted.id}

        answer = await self.store.run_once(deed.operation(), work)
        return await self.get(CustomerId(answer["id"]), deed.actor)

    async def change(
        self, id: CustomerId, details: CustomerDetails, expected: int, deed: PeopleDeed
    ) -> KnownCustomer:
        """Say anew all that is kept of a customer.

        Raises:
            NotFound: there is none for this actor.
            NotAllowed: the actor may not bill there.
            StaleVersion: somebody changed it first.
        """

        async def work(connection: Connection) -> PeopleAnswer:
            held = await hold_customer(connection, id, deed.actor.garage_reached)
            demand_bills(deed.actor, held.garage)
            if held.version != expected:
                raise StaleVersion(id, expected, held.version)
            before = self._opened(held).details.party
            await follow_addresses(
                self.consents, connection, held.garage, before, details.party, deed
            )
            await change_customer(connection, self.sealed(id, held.garage, details, deed))
            told = {"verb": "changeCustomer", "version": expected + 1, **_told(details)}
            await self.deeds.write(connection, [customer_deed(held, deed, told)])
            return {"id": id}

        await self.store.run_once(deed.operation(), work)
        return await self.get(id, deed.actor)

    async def get(self, id: CustomerId, actor: Actor) -> KnownCustomer:
        """Give one customer.

        Raises:
            NotFound: there is none for this actor.
        """
        found = await self.many([id], actor)
        if id not in found:
            raise NotFound("customer", id)
        return found[id]

    async def many(
        self, ids: Sequence[CustomerId], actor: Actor
    ) -> dict[CustomerId, KnownCustomer]:
        """Give those of these customers that there are for this actor."""
        found = await self.customers.many(ids, actor.garage_reached)
        return {one.id: self._opened(one) for one in found.values()}

    async def page(
        self, actor: Actor, garage: GarageId | None, *, first: int, after: str | None
    ) -> list[KnownCustomer]:
        """Give up to `first` customers of a garage, or of all that the actor may know of, the
        newest first, those behind the id `after`.
        """
        if garage is not None and not actor.reaches(garage):
            return []
        place = garage or actor.garage_reached
        found = await self.customers.page(place, first=first, after=after)
        return [self._opened(one) for one in found]

    async def search(
        self,
        garage: GarageId,
        sought: CustomerSearch,
        actor: Actor,
        *,
        first: int,
        after: str | None,
    ) -> list[KnownCustomer]:
        """Give up to `first` customers of one garage who fit, the newest first.

        Raises:
            NotAllowed: names are asked for by somebody who reads the mask in their place, and
                would read them by asking for one part after the other.
            InvalidInput: thousands of names look as if they fit, and too few do.
        """
        if not actor.reaches(garage):
            return []
        if sought.kind is not SearchKind.NAME:
            mark = self._index.exact(garage, sought.kind, sought.value)
            found = await self.customers.marked(sought.kind, mark, first=first, after=after)
            return [self._opened(one) for one in found]
        if not may(actor, Action.CREATE, Resource(kind=ResourceKind.INVOICE, garage=garage)):
            raise NotAllowed(actor.role, Action.READ, ResourceKind.INVOICE, BY_NUMBER)
        return await self._named(garage, sought, first=first, after=after)

    async def _named(
        self, garage: GarageId, sought: CustomerSearch, *, first: int, after: str | None
    ) -> list[KnownCustomer]:
        marks = self._index.parts(garage, sought_parts(sought.words))
        kept, look = list[KnownCustomer](), max(first, LOOKED_AT)
        while look <= MOST_LOOKED_AT:
            found = await self.customers.marked_all(garage, marks, first=look, after=after)
            opened = map(self._opened, found)
            kept += [one for one in opened if sought.fits(one.details.party.name)]
            if len(kept) >= first or len(found) < look:
                return kept[:first]
            after, look = found[-1].id, look * MORE
        raise InvalidInput("search", "is like thousands of names; type more of the one you seek")

    @property
    def _index(self) -> BlindIndex:
        return BlindIndex(self.vault)

    def sealed(
        self, id: CustomerId, garage: GarageId, details: CustomerDetails, deed: PeopleDeed
    ) -> SealedCustomer:
        """Give a customer as they are kept: closed, with what finds them."""
        return SealedCustomer(
            id=id,
            garage=garage,
            version=1,
            who=self.vault.seal(DETAILS.dump_json(details), CUSTOMER.at(id)),
            marks=self._marks_of(id, garage, details.party),
            changed_at=deed.at,
            changed_by=deed.actor.id,
        )

    def _marks_of(self, id: CustomerId, garage: GarageId, party: Party) -> CustomerMarks:
        phone = party.phone and phone_digits(party.phone)
        gstin = party.gstin and party.gstin.value
        return CustomerMarks(
            name=self._index.filled(garage, name_parts(name_words(party.name)), id),
            phone=self._index.exact(garage, SearchKind.PHONE, phone) if phone else None,
            gstin=self._index.exact(garage, SearchKind.GSTIN, gstin) if gstin else None,
        )

    def _opened(self, one: SealedCustomer) -> KnownCustomer:
        return KnownCustomer(
            id=one.id,
            garage=one.garage,
            version=one.version,
            details=DETAILS.validate_json(self.vault.open(one.who, CUSTOMER.at(one.id))),
            changed_at=one.changed_at,
            changed_by=one.changed_by,
        )


def demand_bills(actor: Actor, garage: GarageId) -> None:
    """Let the actor pass who may issue invoices in a garage: its customers are theirs to keep."""
    demand_allowed(actor, Action.CREATE, Resource(kind=ResourceKind.INVOICE, garage=garage))


def customer_deed(
    one: SealedCustomer | SealedVehicle, deed: PeopleDeed, told: dict[str, str | int]
) -> Deed:
    """Give what the audit is told of a customer or vehicle that is kept or changed: by `told`,
    nothing of who they are.
    """
    return deed_by(
        deed.actor,
        deed.origin,
        DeedType.CUSTOMER_CHANGE,
        id=str(deed.derived_id("customer change")),
        at=deed.at,
        resource=one.id,
        garage=one.garage,
        new=told,
    )


def _told(details: CustomerDetails) -> dict[str, str | int]:
    """Say which fields are filled, and with what none of them."""
    party = details.party
    filled = {
        "phone": party.phone,
        "email": party.email,
        "address": party.address,
        "gstin": party.gstin,
        "notes": details.notes,
    }
    return {"fields": ", ".join(["name", *(name for name, value in filled.items() if value)])}
