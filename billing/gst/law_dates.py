"""Dates of law: the day in India, and the financial year from April to March."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from domain.errors import InvalidInput

# India keeps one time all year, so its distance from UTC is the whole rule.
INDIA = timezone(timedelta(hours=5, minutes=30), "Asia/Kolkata")
APRIL = 4


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class FinancialYear:
    """The year from 1 April of `start` to 31 March of the next."""

    start: int

    def __str__(self) -> str:
        """As the law writes it: 2026-27."""
        return f"{self.start}-{(self.start + 1) % 100:02d}"

    @property
    def short(self) -> str:
        """As numbers carry it: 2627."""
        return f"{self.start % 100:02d}{(self.start + 1) % 100:02d}"

    @property
    def first(self) -> date:
        return date(self.start, APRIL, 1)

    @property
    def last(self) -> date:
        return date(self.start + 1, APRIL, 1) - timedelta(days=1)


def law_day(moment: datetime) -> date:
    """Give the day in India of an aware moment.

    Raises:
        InvalidInput: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise InvalidInput("date", f"{moment.isoformat()} has no time zone")
    return moment.astimezone(INDIA).date()


def financial_year_of(day: date) -> FinancialYear:
    return FinancialYear(start=day.year if day.month >= APRIL else day.year - 1)


def day_month_year(day: date) -> str:
    """Write a day as Indian portals read it: dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"
