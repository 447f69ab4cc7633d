"""What is said when an invoice is asked for: who buys, and what the accountant decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter

from billing import money
from billing.money import Paise
from billing.place_of_supply import Overrule
from domain import limits

MOST_DISCOUNTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything but the buyer.

    Attributes:
        day: the day of law; None is the day of issue.
        overrule: the place of supply as the accountant sees it, and why.
        discounts: paise off a part's line, by the part's id.
        labour_discount: paise off the labour.
    """

    day: date | None = None
    overrule: Overrule | None = None
    discounts: Mapping[str, Paise] = field(default_factory=dict[str, Paise])
    labour_discount: Paise = money.ZERO
    reverse_charge: bool = False
    currency: str = money.CURRENCY

    def __post_init__(self) -> None:
        money.currency(self.currency)
        limits.count("discounts", len(self.discounts), MOST_DISCOUNTS)
        for amount in (*self.discounts.values(), self.labour_discount):
            money.whole("discount", amount, least=0)


TERMS: Final = TypeAdapter(Terms)


def plain(terms: Terms) -> dict[str, Any]:
    return TERMS.dump_python(terms, mode="json")


def read(said: object) -> Terms:
    return TERMS.validate_python(said)
