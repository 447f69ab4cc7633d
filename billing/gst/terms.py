"""What is said when an invoice is asked for: who buys, and what the accountant decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter

from billing.gst import money
from billing.gst.money import Paise
from billing.gst.place_of_supply import PlaceOverride
from billing.gst.supplies import TAXED, Supply
from billing.gst.tariff_codes import parse_tariff_code
from domain import limits

MOST_DISCOUNTS = 100
GOODS_LIMIT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffChoice:
    """What an accountant says of a part: its code (None: as catalogued), and which goods of it."""

    code: str | None = None
    goods: str = ""

    def __post_init__(self) -> None:
        if self.code is not None:
            parse_tariff_code(self.code, "tariffs.code")
        if self.goods:
            said = limits.clean_text("tariffs.goods", self.goods, GOODS_LIMIT)
            object.__setattr__(self, "goods", said)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTerms:
    """Everything but the buyer.

    Attributes:
        day: the day of law; None is the day of issue.
        overrule: the place of supply as the accountant sees it, and why.
        discounts: paise off a part's line, by the part's id.
        labour_discount: paise off the labour.
        tariffs: the code and goods of a part where the catalogue's are wrong, missing or not
            enough to tell its rate.
        supply: whether it is sold with tax, without, or as a deemed export.
    """

    day: date | None = None
    overrule: PlaceOverride | None = None
    discounts: Mapping[str, Paise] = field(default_factory=dict[str, Paise])
    labour_discount: Paise = money.ZERO
    tariffs: Mapping[str, TariffChoice] = field(default_factory=dict[str, TariffChoice])
    reverse_charge: bool = False
    supply: Supply = TAXED
    currency: str = money.CURRENCY

    def __post_init__(self) -> None:
        money.parse_currency(self.currency)
        limits.check_count("discounts", len(self.discounts), MOST_DISCOUNTS)
        limits.check_count("tariffs", len(self.tariffs), MOST_DISCOUNTS)
        for amount in (*self.discounts.values(), self.labour_discount):
            money.whole_paise("discount", amount, least=0)


TERMS: Final = TypeAdapter(InvoiceTerms)


def terms_to_json(terms: InvoiceTerms) -> dict[str, Any]:
    return TERMS.dump_python(terms, mode="json")


def read_terms(said: object) -> InvoiceTerms:
    return TERMS.validate_python(said)
