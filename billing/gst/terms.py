"""What is said when an invoice is asked for: who buys, and what the accountant decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter

from billing.gst import money
from billing.gst.money import Paise
from billing.gst.place_of_supply import PlaceOverride
from domain import limits

MOST_DISCOUNTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTerms:
    """Everything but the buyer.

    Attributes:
        day: the day of law; None is the day of issue.
        overrule: the place of supply as the accountant sees it, and why.
        discounts: paise off a part's line, by the part's id.
        labour_discount: paise off the labour.
    """

    day: date | None = None
    overrule: PlaceOverride | None = None
    discounts: Mapping[str, Paise] = field(default_factory=dict[str, Paise])
    labour_discount: Paise = money.ZERO
    reverse_charge: bool = False
    currency: str = money.CURRENCY

    def __post_init__(self) -> None:
        money.parse_currency(self.currency)
        limits.check_count("discounts", len(self.discounts), MOST_DISCOUNTS)
        for amount in (*self.discounts.values(), self.labour_discount):
            money.whole_paise("discount", amount, least=0)


TERMS: Final = TypeAdapter(InvoiceTerms)


def terms_to_json(terms: InvoiceTerms) -> dict[str, Any]:
    return TERMS.dump_python(terms, mode="json")


def read_terms(said: object) -> InvoiceTerms:
    return TERMS.validate_python(said)
