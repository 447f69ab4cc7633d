"""A garage's settings, what parts cost and how many are there, in the API."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import field

from billing.gst import price_sources
from billing.gst.price_sources import PriceSource
from billing.ledger import prices, sellers, stock
from schema.money import Money
from schema.people import Garage
from schema.vocabulary import Part


@strawberry.type(description="What a garage prints on its invoices, and charges for an hour.")
class BillingSettings:
    garage: Garage = field(description="The garage.")
    version: int = field(description="Grows by one with every change.")
    legal_name: str = field(description="Who it is by law.")
    address: str = field(description="Street and town.")
    state: str = field(description="The State's two digits.")
    pincode: str = field(description="Six digits.")
    gstin: str | None = field(description="Its GSTIN; null when it is not registered.")
    labour_rate: Money = field(description="For an hour, before tax.")
    series: str = field(description="The three characters that its numbers begin with.")
    upi: str | None = field(description="Where customers pay, as name@bank.")
    hsn_digits: int = field(description="How many digits of a code it owes: 4 or 6.")
    turnover: Money = field(description="The largest of any year since 2017-18.")
    scheme: sellers.Scheme = field(description="Whether it collects tax, when registered.")

    @classmethod
    def from_domain(cls, value: sellers.Seller) -> Self:
        said = value.profile
        return cls(
            garage=Garage.from_domain(value.garage),
            version=value.version,
            legal_name=said.legal_name,
            address=said.address,
            state=said.state,
            pincode=said.pincode,
            gstin=said.gstin,
            labour_rate=Money.from_domain(said.labour_rate),
            series=said.series,
            upi=said.upi,
            hsn_digits=said.hsn_digits,
            turnover=Money.from_domain(said.turnover),
            scheme=said.scheme,
        )


@strawberry.type(description="What a part costs, and whose word that is.")
class PartPrice:
    source: PriceSource = field(description="The first of the chain that spoke.")
    amount: Money | None = field(description="For one, before tax; null while nobody said.")
    at: datetime | None = field(description="Since when it holds.")

    @classmethod
    def from_domain(cls, value: price_sources.PartPrice) -> Self:
        amount = None if value.amount is None else Money.from_domain(value.amount)
        return cls(source=value.source, amount=amount, at=value.at)


@strawberry.type(description="What a vendor asks.")
class Offer:
    vendor: str = field(description="The vendor's key.")
    amount: Money = field(description="For one, before tax.")
    at: datetime = field(description="When they said so.")
    lead_days: int | None = field(description="In how many days it comes.")

    @classmethod
    def from_domain(cls, value: prices.Offer) -> Self:
        return cls(
            vendor=value.vendor,
            amount=Money.from_domain(value.paise),
            at=value.at,
            lead_days=value.lead_days,
        )


@strawberry.type(description="How many of a part are there: all that came, less all that left.")
class StockLevel:
    part: str = field(description="The part's key.")
    quantity: int = field(description="What should be there.")
    added: int = field(description="What came, all in all.")
    removed: int = field(description="What left, all in all.")
    negative: bool = field(description="More left than came: count the shelf.")

    @classmethod
    def from_domain(cls, value: stock.StockLevel) -> Self:
        return cls(
            part=value.part,
            quantity=value.quantity,
            added=value.added,
            removed=value.removed,
            negative=value.negative,
        )


@strawberry.type(description="A part for a vehicle that it fits: its price, offers and stock.")
class PartOffers:
    part: Part = field(description="The part.")
    price: PartPrice = field(description="The price that an invoice would take now.")
    offers: list[Offer] = field(description="What vendors ask, the cheapest first.")
    stock: StockLevel = field(description="What is there.")
