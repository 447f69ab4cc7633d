"""When an issued invoice may be taken back whole, and what is given back with it."""

from datetime import timedelta

from billing.gst.law_dates import law_day
from billing.ledger import postings
from billing.ledger.books import BooksChange, BooksTransaction
from billing.ledger.entries import post_entries
from billing.ledger.issued_documents import IssuedDocument
from domain import limits
from domain.errors import IllegalTransition
from records.queries import named_queries

QUERIES = named_queries("ledger.sql", "billing")
# The portal takes a reported invoice back within a day (e-Invoice rules); later, credit it.
VOID_TIME = timedelta(hours=24)
REASON_LIMIT = 500


def parse_reason(reason: str) -> str:
    """Give why an invoice is taken back, or raise InvalidInput."""
    return limits.clean_text("reason", reason, REASON_LIMIT, least=3)


async def invoices_ahead(transaction: BooksTransaction, document: IssuedDocument) -> int:
    """Give how much of what was paid ahead for the ticket lies on this invoice."""
    found = await transaction.first_row(QUERIES["taken_ahead"], ticket=document.ticket)
    paid = 0 if document.balance is None else document.balance.paid
    return min(found["paise"] if found else 0, paid)


async def release_document(transaction: BooksTransaction, document: IssuedDocument) -> None:
    """Give what was paid ahead back to the ticket, whose next invoice takes it."""
    held = await invoices_ahead(transaction, document)
    if held > 0:
        legs = postings.reversal_legs(postings.settlement_legs(held, document.ticket, document.id))
        await post_entries(transaction, "release", legs, law_day(transaction.change.at))
        await transaction.execute(QUERIES["paid"], invoice=document.id, paise=-held)


async def demand_voidable(transaction: BooksTransaction, document: IssuedDocument) -> None:
    balance = document.balance
    if balance is not None and balance.credited:
        raise IllegalTransition(document.id, "credited", "void")
    if balance is not None and balance.paid > await invoices_ahead(transaction, document):
        raise IllegalTransition(document.id, "paid", "void")
    await transaction.demand_open(document.invoice.date)


async def demand_in_time(transaction: BooksTransaction, document: IssuedDocument) -> None:
    """What the portal knows is off it first; else a business has a day, and others the month."""
    reported = await transaction.first_row(QUERIES["reported"], invoice=document.id)
    if reported is not None:
        if not reported["cancelled"]:
            raise IllegalTransition(document.id, "known to the portal", "void")
        return
    if document.invoice.to_business and transaction.change.at - document.issued_at > VOID_TIME:
        raise IllegalTransition(document.id, "older than 24 hours", "void")


def void_row(document: IssuedDocument, change: BooksChange, reason: str) -> dict[str, object]:
    return {
        "invoice": document.id,
        "issue_date": document.invoice.date,
        "garage": change.garage,
        "at": change.at,
        "by_whom": change.actor,
        "reason": reason,
    }
