"""Bills without tax: who may not collect it says so, and sells under a series of its own.

A composition taxable person makes bills of supply (CGST Rule 49), and says at their top what Rule
5(1)(f) wants. Who is not registered makes plain bills.
"""

from billing.gst.invoices import Document, Invoice
from billing.gst.place_of_supply import PlaceOfSupply
from billing.ledger.sellers import Scheme, SellerProfile
from domain.errors import InvalidInput
from domain.sentences import one_of

COMPOSITION = "Composition taxable person, not eligible to collect tax on supplies"
UNREGISTERED = "Not registered under the GST law: no tax is collected"


def document_type(profile: SellerProfile) -> Document:
    """Give what a garage makes of a sale."""
    return Document.TAX_INVOICE if profile.collects_tax else Document.BILL_OF_SUPPLY


def demand_same_state(profile: SellerProfile, place: PlaceOfSupply) -> None:
    """Raise InvalidInput where a composition taxable person sells beyond its State (s.10(2)(c))."""
    if profile.scheme is Scheme.COMPOSITION and place.inter_state:
        reason = f"is {place.state.name}: who is under composition sells within the State alone"
        raise InvalidInput("placeOfSupply", reason)


def demand_own_series(profile: SellerProfile, invoice: Invoice) -> None:
    """Raise InvalidInput for a document that this garage may not make."""
    if invoice.kind is not document_type(profile):
        raise InvalidInput("kind", f"{one_of(invoice.kind)} is not for this garage to issue")


def bill_declaration(invoice: Invoice) -> str | None:
    """Give what stands at the top of a bill; None on what is no bill."""
    if invoice.kind is not Document.BILL_OF_SUPPLY:
        return None
    return UNREGISTERED if invoice.supplier.gstin is None else COMPOSITION
