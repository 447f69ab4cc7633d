"""What settled an invoice, told apart as its page prints it, each from the entries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from billing.gst.money import ZERO, Paise

# What a posting to an invoice's receivable did, by its kind, and the sign that makes it positive:
# what lowers the debt is a credit in the books.
FIELDS: Final = {
    "settlement": ("adjusted", -1),
    "release": ("adjusted", -1),
    "payment": ("received", -1),
    "tds": ("withheld", -1),
    "credit": ("credited", -1),
    "refund": ("refunded", 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What happened to an invoice's debt, in paise, none of it below zero.

    Attributes:
        adjusted: what it took of money that was paid ahead, less what went back to the ticket.
        received: money that came for it.
        withheld: tax that the customer withheld (TDS).
        credited: what credit notes took back.
        refunded: money that went back to the customer.
    """

    adjusted: Paise = ZERO
    received: Paise = ZERO
    withheld: Paise = ZERO
    credited: Paise = ZERO
    refunded: Paise = ZERO

    @property
    def total(self) -> Paise:
        """By how much the debt is lower than it was."""
        came = self.adjusted + self.received + self.withheld + self.credited
        return Paise(came - self.refunded)


def settlement_of(entries: Iterable[Mapping[str, Any]]) -> Settlement:
    """Give the settlement of an invoice's entries: rows of a kind of posting and its sum."""
    sums: dict[str, Paise] = {}
    for row in entries:
        field, sign = FIELDS[row["kind"]]
        sums[field] = Paise(sums.get(field, 0) + sign * row["paise"])
    return Settlement(**sums)
