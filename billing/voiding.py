"""When an issued invoice may be taken back whole, and what is given back with it."""

from datetime import timedelta

from billing import postings
from billing.books import Deed, Page
from billing.entries import post
from billing.law_time import law_date
from billing.papers import Paper
from domain.errors import IllegalTransition
from records.queries import named

QUERIES = named("ledger.sql", "billing")
# The portal takes a reported invoice back within a day (e-Invoice rules); later, credit it.
VOID_TIME = timedelta(hours=24)


async def ahead(page: Page, paper: Paper) -> int:
    """Give how much of what was paid ahead for the ticket lies on this invoice."""
    found = await page.first(QUERIES["taken_ahead"], ticket=paper.ticket)
    paid = 0 if paper.balance is None else paper.balance.paid
    return min(found["paise"] if found else 0, paid)


async def release(page: Page, paper: Paper) -> None:
    """Give what was paid ahead back to the ticket, whose next invoice takes it."""
    held = await ahead(page, paper)
    if held > 0:
        legs = postings.reversal(postings.settlement(held, paper.ticket, paper.id))
        await post(page, "release", legs, law_date(page.deed.at))
        await page.run(QUERIES["paid"], invoice=paper.id, paise=-held)


async def demand_voidable(page: Page, paper: Paper) -> None:
    balance = paper.balance
    if balance is not None and balance.credited:
        raise IllegalTransition(paper.id, "credited", "void")
    if balance is not None and balance.paid > await ahead(page, paper):
        raise IllegalTransition(paper.id, "paid", "void")
    await page.demand_open(paper.invoice.date)


async def demand_in_time(page: Page, paper: Paper) -> None:
    """What the portal knows is off it first; else a business has a day, and others the month."""
    reported = await page.first(QUERIES["reported"], invoice=paper.id)
    if reported is not None:
        if not reported["cancelled"]:
            raise IllegalTransition(paper.id, "known to the portal", "void")
        return
    if paper.invoice.to_business and page.deed.at - paper.issued_at > VOID_TIME:
        raise IllegalTransition(paper.id, "older than 24 hours", "void")


def row(paper: Paper, deed: Deed, reason: str) -> dict[str, object]:
    return {
        "invoice": paper.id,
        "issue_date": paper.invoice.date,
        "garage": deed.garage,
        "at": deed.at,
        "by_whom": deed.actor,
        "reason": reason,
    }
