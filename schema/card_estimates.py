"""What a card's fix would cost in a garage now, in the API."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import field

from repair import card_estimates
from schema.context import SchemaInfo, loaded_edge
from schema.money import Money
from schema.stock import PartPrice, StockLevel
from schema.vocabulary import Part, load_edge


@strawberry.type(description="A part that a card's fix uses up, at the price that holds now.")
class EstimatedPart:
    key: str = field(description="The part's id.")
    quantity: int = field(description="How many, at least 1.")
    price: PartPrice = field(description="For one: whose word it is, and since when it holds.")
    total: Money | None = field(description="Quantity × price; null while nobody said a price.")
    stock: StockLevel = field(description="What lies on the garage's shelf.")

    @strawberry.field(description="The part; null when the vocabulary does not know it.")
    @loaded_edge
    async def part(self, info: SchemaInfo) -> Part | None:
        return await load_edge(info.context.loaders.parts, self.key, Part.from_domain)

    @classmethod
    def from_domain(cls, value: card_estimates.EstimatedPart) -> Self:
        return cls(
            key=value.part,
            quantity=value.quantity,
            price=PartPrice.from_domain(value.price),
            total=_known_money(value.total),
            stock=StockLevel.from_domain(value.stock),
        )


@strawberry.type(description="What a card's fix would cost in a garage, before tax.")
class CardEstimate:
    as_of: datetime = field(description="The moment whose prices these are.")
    parts: list[EstimatedPart] = field(description="What it uses up, at most 100.")
    hours: str = field(description="Hours, as an exact decimal; a begun tenth counts whole.")
    hourly_rate: Money | None = field(description="Null while the garage has not said its rate.")
    labour: Money | None = field(description="Hours × rate; null while there is no rate.")
    total: Money | None = field(
        description="Σ quantity × price + hours × rate; null while something has no price."
    )
    unpriced: list[str] = field(description="Keys of the parts that have no price.")

    @classmethod
    def from_domain(cls, value: card_estimates.CardEstimate) -> Self:
        return cls(
            as_of=value.as_of,
            parts=[EstimatedPart.from_domain(used) for used in value.parts],
            hours=f"{value.hours:f}",
            hourly_rate=_known_money(value.hourly_rate),
            labour=_known_money(value.labour),
            total=_known_money(value.total),
            unpriced=list(value.unpriced),
        )


def _known_money(paise: int | None) -> Money | None:
    return None if paise is None else Money.from_domain(paise)
