"""What the law wants on a document before it may be issued (CGST Rules 46, 46A, 49, 50, 51, 53).

Most of Rule 46 cannot be left out, for a value without it cannot be made: date, description,
quantity and unit, taxable value after discount, rate and amount of each tax, place of supply,
reverse charge. The rest is checked here.
"""

from billing.gst import tariff_codes
from billing.gst.invoices import Document, Invoice
from billing.gst.money import Paise
from domain.errors import InvalidInput

# Rule 46(e): from this value an unregistered buyer is named with address and State.
NAMED_BUYER = Paise(50_000_00)
TAXED = frozenset(Document) - {Document.BILL_OF_SUPPLY}


def missing_fields(
    invoice: Invoice, hsn_digits: int = tariff_codes.SMALL_DIGITS
) -> tuple[str, ...]:
    """Name the fields that the law wants and this document lacks, in the order of Rule 46.

    `hsn_digits` is what the seller owes by turnover: 4, or 6 above Rs 5 crore.
    """
    lacking = {
        "supplier.address": invoice.supplier.address is None,
        "supplier.gstin": invoice.kind in TAXED and invoice.supplier.gstin is None,
        "number": invoice.number is None,
        "recipient.address": invoice.recipient.address is None and _buyer_is_named(invoice),
        **{f"lines.{line.n}.hsn": len(line.hsn) < hsn_digits for line in invoice.lines},
    }
    return tuple(field for field, lacks in lacking.items() if lacks)


def demand_issuable(invoice: Invoice, hsn_digits: int = tariff_codes.SMALL_DIGITS) -> Invoice:
    """Give the document back when nothing is missing.

    Raises:
        InvalidInput: naming the first field that is missing, and in its reason all of them.
    """
    lacking = missing_fields(invoice, hsn_digits)
    if lacking:
        wanted = ", ".join(lacking[:10])
        raise InvalidInput(lacking[0], f"is missing; the law wants before issue: {wanted}")
    return invoice


def _buyer_is_named(invoice: Invoice) -> bool:
    return invoice.to_business or invoice.totals.taxable >= NAMED_BUYER
