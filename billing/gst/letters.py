"""Which letters a page can show: those of the fonts that travel with typst, checked by a test.

An archive's PDF must show every letter, so one that no font has would stop the page for ever. It is
refused before a document takes its number; what was stored before is printed with □ in its place.
"""

import re

from billing.gst.invoices import Invoice
from domain.errors import InvalidInput

# Latin with its marks, Greek, Cyrillic; Devanagari; punctuation, currencies, arrows and signs.
SHOWN = (
    "\t\n\x20-\x7e\xa0-\xac\xae-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0484"
    "\u0487-\u04ff\u0900-\u0950\u0955-\u097f\u1e00-\u1f15\u200b-\u200d\u2010-\u2027\u2030-\u2040"
    "\u2044-\u2052\u2054-\u205e\u2070\u2071\u2074-\u208e\u20a0-\u20c0\u2100-\u211e\u2120\u2122"
    "\u2126-\u2151\u2153-\u2184\u2190-\u21ff"
)
UNKNOWN = re.compile(f"[^{SHOWN}]")
INSTEAD = "\u25a1"


def demand_showable(field: str, text: str) -> str:
    """Give a text that a page can show.

    Raises:
        InvalidInput: it holds a letter of no font of ours; the letter is named.
    """
    found = UNKNOWN.search(text)
    if found is not None:
        letter = found[0]
        raise InvalidInput(
            field,
            f"{letter!r} (U+{ord(letter):04X}) cannot be printed; write it in Latin or Devanagari",
        )
    return text


def printable_text(text: str) -> str:
    """Give a text with □ where a page would have no letter."""
    return UNKNOWN.sub(INSTEAD, text)


def demand_printable(invoice: Invoice) -> None:
    """Hold every text of a document that goes to paper to what a page can show.

    Raises:
        InvalidInput: as `demand_showable` says.
    """
    for who, party in (("supplier", invoice.supplier), ("customer", invoice.recipient)):
        demand_showable(f"{who}.name", party.name)
        demand_showable(f"{who}.address", "" if party.address is None else party.address.text)
        demand_showable(f"{who}.contact", f"{party.phone or ''} {party.email or ''}")
    demand_showable("reason", invoice.reason or "")
    demand_showable("placeOfSupply", invoice.place.reason or "")
    for line in invoice.lines:
        demand_showable(f"lines.{line.n}", f"{line.description} {line.unit}")
