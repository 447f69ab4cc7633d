"""A garage's return of a month, out of its books."""

from datetime import date

from billing.garages import Seller
from billing.gstr1 import Beside, gstr1
from billing.gstr1_rows import Return
from billing.ledger import Ledger
from domain.errors import InvalidInput


async def sales(ledger: Ledger, seller: Seller, month: date) -> Return:
    """Make a garage's GSTR-1 of the month that begins on `month`.

    Advances are not in it: the books hold them gross, and the accountant adds their tax.

    Raises:
        InvalidInput: the garage has no GSTIN, and makes no return.
    """
    if seller.profile.gstin is None:
        raise InvalidInput("gstin", "is missing; who is not registered makes no return")
    papers = await ledger.of_month(seller.garage, month)
    corrected = {paper.original for paper in papers if paper.original is not None}
    earlier = await ledger.many(sorted(corrected), seller.garage)
    void = {p.invoice.number for p in papers if p.balance is not None and p.balance.voided}
    beside = Beside(
        void=[number for number in void if number is not None],
        earlier=[paper.invoice for paper in earlier.values()],
    )
    return gstr1([paper.invoice for paper in papers], seller.profile.gstin, month, beside)
