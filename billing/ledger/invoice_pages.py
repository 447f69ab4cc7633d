"""Pages of papers: which are asked for, and the query whose index leads to them.

However many papers a garage has, a page by one filter is read from an index, in that index's order:
by number the highest first, by sum the largest, by day or standing the latest day. Without a filter
the newest come first. Several filters at once are read in the order of the first of them below, and
what the others leave out is read past.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, LiteralString

from billing.gst.money import MOST, whole_paise
from billing.gst.series import DocumentKind
from billing.ledger.issued_documents import InvoiceStatus
from domain import limits
from domain.errors import InvalidInput
from records.queries import named_queries

QUERIES: Final = named_queries("invoice_pages.sql", "billing")
NUMBER_LIMIT: Final = 16
NUMBER_CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-")
# Behind whatever a number may hold.
LAST_CHARACTER: Final = "~"
# Before everything, as each order counts.
FIRST_PLACE: Final[Mapping[str, Any]] = {
    "at": "infinity",
    "stood": "infinity",
    "on": date.max,
    "before": "",
    "before_number": LAST_CHARACTER,
    "before_sum": MOST + 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFilter:
    """Which papers; what is None does not narrow.

    Attributes:
        number: how their numbers begin.
        since, until: the days of law between which they are, both of them included.
        status: where invoices stand; credit notes stand nowhere.
        least, most: what is payable, in paise.
        gstin: whose they are.
    """

    number: str | None = None
    since: date | None = None
    until: date | None = None
    status: InvoiceStatus | None = None
    least: int | None = None
    most: int | None = None
    kind: DocumentKind | None = None
    gstin: str | None = None

    def __post_init__(self) -> None:
        if self.number is not None and not set(self.number) <= NUMBER_CHARACTERS:
            raise InvalidInput("number", "holds what no number holds: A to Z, 0 to 9, / and - do")
        if self.since is not None and self.until is not None and self.until < self.since:
            raise InvalidInput("until", f"{self.until} is before {self.since}")
        for field, paise in (("least", self.least), ("most", self.most)):
            if paise is not None:
                whole_paise(field, paise, least=0)
        if self.least is not None and self.most is not None and self.most < self.least:
            raise InvalidInput("most", "is less than `least`")

    @property
    def of_one_garage(self) -> bool:
        """Whether only a garage's own index leads to such papers."""
        narrow = (self.number, self.since, self.until, self.status, self.least, self.most)
        return any(part is not None for part in narrow)

    def query(self, garage: str | None) -> LiteralString:
        """Give the query whose index leads to a page of such papers."""
        return QUERIES["page_of_all" if garage is None else self._name]

    def values(self, mark: bytes | None, place: Mapping[str, Any]) -> dict[str, object]:
        """Give what queries compare with; `mark` is the GSTIN's, `place` where a page begins."""
        return {
            "kind": self.kind,
            "mark": mark,
            "number": self.number,
            "beyond": self._beyond,
            "since": self.since or "-infinity",
            "until": self.until or "infinity",
            "status": self.status,
            "least": self.least or 0,
            "most": MOST if self.most is None else self.most,
            **place,
            **self._nearer_place(place),
        }

    @property
    def _name(self) -> str:
        narrow = {
            "page_of_customer": self.gstin is not None,
            "page_by_number": self.number is not None,
            "page_by_status": self.status is not None,
            "page_by_sum": self.least is not None or self.most is not None,
            "page_by_day": self.since is not None or self.until is not None,
            "page_of_kind": self.kind is not None,
        }
        return next((name for name, asked in narrow.items() if asked), "page_of_garage")

    @property
    def _beyond(self) -> str:
        return f"{self.number or ''}{LAST_CHARACTER}"

    def _nearer_place(self, place: Mapping[str, Any]) -> Mapping[str, object]:
        """Begin where the filter's own papers begin: an index is read from there, not from its end.

        Of two upper bounds PostgreSQL takes the row's to find its beginning, and walks from there.
        """
        match self._name:
            case "page_by_number" if place["before_number"] > self._beyond:
                return {"before_number": self._beyond, "before": ""}
            case "page_by_sum" if self.most is not None and place["before_sum"] > self.most:
                return {"before_sum": self.most, "at": "infinity", "before": ""}
            case "page_by_day" | "page_by_status" if (
                self.until is not None and place["on"] > self.until
            ):
                return {"on": self.until, "at": "infinity", "stood": "infinity", "before": ""}
            case _:
                return {}


EVERY_INVOICE: Final = InvoiceFilter()


def parse_number_prefix(value: str) -> str:
    """Give how a number begins, as numbers are written."""
    return limits.clean_text("number", value, NUMBER_LIMIT).upper()
