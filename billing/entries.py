"""Postings as they are written in the books: balanced, and once for each kind of a deed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from billing.books import Page
from billing.postings import Leg
from domain.ids import derived


async def post(page: Page, kind: str, legs: Sequence[Leg], day: date) -> None:
    """Write a balanced posting; a page has one of each kind."""
    deed = page.deed
    key = str(derived(UUID(deed.operation), f"{deed.garage}:posting:{kind}"))
    row = {
        "id": key,
        "garage": deed.garage,
        "kind": kind,
        "day": day,
        "at": deed.at,
        "by_whom": deed.actor,
    }
    parts = [
        {
            "posting": key,
            "n": n,
            "garage": deed.garage,
            "account": leg.account,
            "about": leg.about,
            "paise": leg.paise,
        }
        for n, leg in enumerate(legs, start=1)
    ]
    await page.keep("posting", key, row, parts)
