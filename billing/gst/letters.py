"""Which letters a page can show: those of the fonts that travel with it, checked by a test.

Latin comes with typst, the scripts of India with `billing/paper/fonts` (Noto, under the OFL).

An archive's PDF must show every letter, so one that no font has would stop the page for ever. It is
refused before a document takes its number; what was stored before is printed with □ in its place.
"""

import re
import unicodedata

from billing.gst.invoices import Invoice
from domain.errors import InvalidInput

# Of each script, what its font holds in both weights.
SHOWN = (
    # Latin with its marks, Greek, Cyrillic
    "\t\n\x20-\x7e\xa0-\xac\xae-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0484"
    "\u0487-\u04ff\u1e00-\u1f15"
    # Devanagari
    "\u0900-\u097f"
    # Bengali
    "\u0980-\u0983\u0985-\u098c\u098f-\u0990\u0993-\u09a8\u09aa-\u09b0\u09b2\u09b6-\u09b9"
    "\u09bc-\u09c4\u09c7-\u09c8\u09cb-\u09ce\u09d7\u09dc-\u09dd\u09df-\u09e3\u09e6-\u09fe"
    # Gurmukhi
    "\u0a01-\u0a03\u0a05-\u0a0a\u0a0f-\u0a10\u0a13-\u0a28\u0a2a-\u0a30\u0a32-\u0a33"
    "\u0a35-\u0a36\u0a38-\u0a39\u0a3c\u0a3e-\u0a42\u0a47-\u0a48\u0a4b-\u0a4d\u0a51"
    "\u0a59-\u0a5c\u0a5e\u0a66-\u0a76"
    # Gujarati
    "\u0a81-\u0a83\u0a85-\u0a8d\u0a8f-\u0a91\u0a93-\u0aa8\u0aaa-\u0ab0\u0ab2-\u0ab3"
    "\u0ab5-\u0ab9\u0abc-\u0ac5\u0ac7-\u0ac9\u0acb-\u0acd\u0ad0\u0ae0-\u0ae3\u0ae6-\u0af1"
    "\u0af9-\u0aff"
    # Odia
    "\u0b01-\u0b03\u0b05-\u0b0c\u0b0f-\u0b10\u0b13-\u0b28\u0b2a-\u0b30\u0b32-\u0b33"
    "\u0b35-\u0b39\u0b3c-\u0b44\u0b47-\u0b48\u0b4b-\u0b4d\u0b56-\u0b57\u0b5c-\u0b5d"
    "\u0b5f-\u0b63\u0b66-\u0b77"
    # Tamil
    "\u0b82-\u0b83\u0b85-\u0b8a\u0b8e-\u0b90\u0b92-\u0b95\u0b99-\u0b9a\u0b9c\u0b9e-\u0b9f"
    "\u0ba3-\u0ba4\u0ba8-\u0baa\u0bae-\u0bb9\u0bbe-\u0bc2\u0bc6-\u0bc8\u0bca-\u0bcd\u0bd0"
    "\u0bd7\u0be6-\u0bfa"
    # Telugu
    "\u0c00-\u0c0c\u0c0e-\u0c10\u0c12-\u0c28\u0c2a-\u0c39\u0c3d-\u0c44\u0c46-\u0c48"
    "\u0c4a-\u0c4d\u0c55-\u0c56\u0c58-\u0c5a\u0c60-\u0c63\u0c66-\u0c6f\u0c77-\u0c7f"
    # Kannada
    "\u0c80-\u0c8c\u0c8e-\u0c90\u0c92-\u0ca8\u0caa-\u0cb3\u0cb5-\u0cb9\u0cbc-\u0cc4"
    "\u0cc6-\u0cc8\u0cca-\u0ccd\u0cd5-\u0cd6\u0cde\u0ce0-\u0ce3\u0ce6-\u0cef\u0cf1-\u0cf2"
    # Malayalam
    "\u0d00-\u0d0c\u0d0e-\u0d10\u0d12-\u0d44\u0d46-\u0d48\u0d4a-\u0d4f\u0d54-\u0d63"
    "\u0d66-\u0d7f"
    # Punctuation, currencies, arrows and signs
    "\u200b-\u200d\u2010-\u2027\u2030-\u2040"
    "\u2044-\u2052\u2054-\u205e\u2070\u2071\u2074-\u208e\u20a0-\u20c0\u2100-\u211e\u2120\u2122"
    "\u2126-\u2151\u2153-\u2184\u2190-\u21ff"
)
UNKNOWN = re.compile(f"[^{SHOWN}]")
# With what joins it to the next one.
PICTURE = re.compile(f"[^{SHOWN}]\u200d?")
INSTEAD = "\u25a1"
# Written behind a sign, they ask for its picture or its plain form.
VARIATIONS = frozenset("\ufe0e\ufe0f\u20e3")


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
            f"{letter!r} (U+{ord(letter):04X}) cannot be printed; write it in Latin or in a script "
            "of India, without emoji",
        )
    return text


def without_emoji(text: str) -> str:
    """Give a text less the emoji that no font shows; letters of foreign scripts stay, to be told.

    For what people write of a repair and a page then repeats: it is no reason to stop a bill.
    """
    kept = PICTURE.sub(lambda found: "" if _is_emoji(found[0][0]) else found[0], text)
    return " ".join(kept.split()) if kept != text else text


def printable_text(text: str) -> str:
    """Give a text with □ where a page would have no letter."""
    return UNKNOWN.sub(INSTEAD, text)


def _is_emoji(letter: str) -> bool:
    """Say whether it is a picture, or what joins, tints or varies one."""
    return unicodedata.category(letter) in {"So", "Sk", "Cf"} or letter in VARIATIONS


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
