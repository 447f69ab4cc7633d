"""Money in the API: whole paise, and the same for people."""

from typing import NewType, Self

import strawberry
from strawberry import field

from billing.gst import money
from domain.errors import InvalidInput

Paise = NewType("Paise", int)
PAISE = strawberry.scalar(
    name="Paise",
    description=(
        "Whole paise of Indian rupees, never a fraction, as a JSON number: up to 999,999,999,999 "
        "(Rs 9,999,999,999.99), which every JSON reader holds exactly."
    ),
    serialize=int,
    parse_value=lambda value: money.whole_paise("amount", value),
)


@strawberry.type(description="An amount of money.")
class Money:
    paise: Paise = field(description="Whole paise.")
    currency: str = field(description="Always INR.")
    text: str = field(description="For people: 1,23,456.78, in lakh and crore groups.")

    @classmethod
    def from_domain(cls, paise: int) -> Self:
        return cls(
            paise=Paise(paise),
            currency=money.CURRENCY,
            text=money.grouped_amount(money.Paise(paise)),
        )


def demand_amount(field: str, paise: int) -> money.Paise:
    """Give an amount that was handed in.

    Raises:
        InvalidInput: it is not more than nothing.
    """
    if paise < 1:
        raise InvalidInput(field, f"{paise} paise is not more than nothing")
    return money.whole_paise(field, paise)
