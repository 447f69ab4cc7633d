"""Drafts in the API: what a ticket's invoice is to say, while it may still change."""

from datetime import date, datetime
from typing import Self

import strawberry
from strawberry import field

from billing.gst.supplies import SupplyKind
from billing.ledger.drafts import InvoiceDraft as TicketDraft
from domain.ids import TicketId
from schema.context import SchemaInfo
from schema.invoices import Party
from schema.money import Money
from schema.tickets import Ticket
from schema.vocabulary import load_edge


@strawberry.type(description="What is to be taken off a part's line.")
class Discount:
    part: strawberry.ID = field(description="The part's key.")
    amount: Money = field(description="Off the line, before tax.")


@strawberry.type(description="What is to be said of a part's tariff code.")
class DraftTariff:
    part: strawberry.ID = field(description="The part's key.")
    code: str | None = field(description="HSN; null: the catalogue's.")
    goods: str | None = field(description="Which goods of the code; null: not said.")


@strawberry.type(description="A place of supply that the accountant fixed.")
class FixedPlace:
    state: str = field(description="The State's two digits, or 96 for abroad.")
    reason: str = field(description="Why.")


@strawberry.type(description="What a ticket's invoice is to say; it may change until it is issued.")
class InvoiceDraft:
    ticket_key: str = field(description="The ticket's key.")
    version: int = field(description="Grows by one with every change.")
    day: date | None = field(description="The day of law; null: the day of issue.")
    place_of_supply: FixedPlace | None = field(description="Only where it was overruled.")
    discounts: list[Discount] = field(description="Off parts.")
    tariffs: list[DraftTariff] = field(description="Where the catalogue's codes do not do.")
    labour_discount: Money = field(description="Off the labour.")
    reverse_charge: bool = field(description="Whether the buyer is to pay the tax.")
    supply: SupplyKind = field(description="Whether it is to be sold with tax, without, …")
    undertaking: str | None = field(description="The letter of undertaking, without tax.")
    changed_at: datetime = field(description="When it was changed last.")
    changed_by: strawberry.ID = field(description="By whom.")
    value: strawberry.Private[TicketDraft]

    @strawberry.field(description="Who buys; null until somebody says so, masked as on invoices.")
    def customer(self, info: SchemaInfo) -> Party | None:
        buyer = self.value.wish.buyer
        plain = info.context.sees_customers(self.value.garage)
        return None if buyer is None else Party.from_domain(buyer, plain=plain)

    @strawberry.field(
        description="The record of the customer book that names them, cus_…; null: none, or masked."
    )
    def customer_key(self, info: SchemaInfo) -> str | None:
        plain = info.context.sees_customers(self.value.garage)
        return self.value.wish.customer if plain else None

    @strawberry.field(
        description="Whether they are in a Special Economic Zone; false where masked."
    )
    def special_zone(self, info: SchemaInfo) -> bool:
        buyer = self.value.wish.buyer
        plain = info.context.sees_customers(self.value.garage)
        return plain and buyer is not None and buyer.special_zone

    @strawberry.field(description="The repair; null when it is not yours to see.")
    async def ticket(self, info: SchemaInfo) -> Ticket | None:
        return await load_edge(
            info.context.loaders.tickets, TicketId(self.ticket_key), Ticket.from_domain
        )

    @classmethod
    def from_domain(cls, value: TicketDraft) -> Self:
        terms = value.wish.terms
        fixed = terms.overrule
        return cls(
            ticket_key=value.ticket,
            version=value.version,
            day=terms.day,
            place_of_supply=None
            if fixed is None
            else FixedPlace(state=fixed.state.code, reason=fixed.reason),
            discounts=[
                Discount(part=strawberry.ID(part), amount=Money.from_domain(paise))
                for part, paise in terms.discounts.items()
            ],
            tariffs=[
                DraftTariff(part=strawberry.ID(part), code=said.code, goods=said.goods or None)
                for part, said in terms.tariffs.items()
            ],
            labour_discount=Money.from_domain(terms.labour_discount),
            reverse_charge=terms.reverse_charge,
            supply=terms.supply.kind,
            undertaking=terms.supply.undertaking or None,
            changed_at=value.changed_at,
            changed_by=strawberry.ID(value.changed_by),
            value=value,
        )
