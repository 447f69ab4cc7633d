"""Tariff codes and what they bear, in the API: what an accountant searches before a bill."""

from datetime import date
from typing import Self

import strawberry
from strawberry import field

from billing.gst import tax_rates


@strawberry.type(description="What goods of a tariff code bear, and who says so.")
class TariffRate:
    code: str = field(description="HSN or SAC, or its beginning, which all codes under it share.")
    goods: str = field(description="Which goods of the code; empty: all others of it.")
    what: str = field(description="What they are.")
    percent: str = field(description="GST in percent, as an exact decimal.")
    since: date = field(description="From which day of supply on.")
    source: str = field(description="The notification that says so.")
    confirmed: bool = field(description="Whether it may be billed; what is not, is refused.")

    @classmethod
    def from_domain(cls, value: tax_rates.TaxRate) -> Self:
        return cls(
            code=value.code,
            goods=value.goods,
            what=value.what,
            percent=f"{value.percent:f}",
            since=value.since,
            source=value.source,
            confirmed=value.confirmed,
        )
