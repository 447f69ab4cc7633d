"""Postings as they are written in the books: balanced, and each kind once for a change."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from billing.ledger.books import BooksTransaction
from billing.ledger.postings import PostingLeg
from domain.ids import derive_uuid


async def post_entries(
    transaction: BooksTransaction,
    kind: str,
    legs: Sequence[PostingLeg],
    day: date,
    cause: str | None = None,
) -> None:
    """Write a balanced posting; a page has one of each kind.

    `cause` is the paper or the payment that it came of.
    """
    change = transaction.change
    key = str(derive_uuid(UUID(change.operation), f"{change.garage}:posting:{kind}"))
    row = {
        "id": key,
        "garage": change.garage,
        "kind": kind,
        "day": day,
        "at": change.at,
        "by_whom": change.actor,
        "cause": cause,
    }
    parts = [
        {
            "posting": key,
            "n": n,
            "garage": change.garage,
            "account": leg.account,
            "about": leg.about,
            "paise": leg.paise,
        }
        for n, leg in enumerate(legs, start=1)
    ]
    await transaction.keep_row("posting", key, row, parts)
