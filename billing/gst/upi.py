"""UPI: the link that a customer's phone pays by, alone and as a QR code (IN-10).

Parameters and their order are those of NPCI's UPI linking specification: pa (whom), pn (name),
tr (our reference), tn (note), am (rupees), cu.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from billing.gst import money
from billing.gst.money import CURRENCY, Paise
from domain import limits
from domain.errors import InvalidInput

ADDRESS = re.compile(r"[A-Za-z0-9.\-_]{2,64}@[A-Za-z][A-Za-z0-9.\-]{1,63}")
REFERENCE = re.compile(r"[A-Za-z0-9/\-]{1,35}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """Who is paid: a UPI address like `garage@bank`, and the name the customer sees."""

    address: str
    name: str

    def __post_init__(self) -> None:
        if not ADDRESS.fullmatch(self.address):
            raise InvalidInput("upi", f"{self.address[:80]!r} does not read as name@bank")
        object.__setattr__(self, "name", limits.clean_text("name", self.name, 100))


def payment_link(payee: Payee, amount: Paise, reference: str, note: str) -> str:
    """Give `upi://pay?…` for the balance due; names and notes may hold anything.

    Raises:
        InvalidInput: nothing is due, or the reference is not 1 to 35 of A-Z, 0-9, / and -.
    """
    money.whole_paise("amount", amount, least=1)
    if not REFERENCE.fullmatch(reference):
        raise InvalidInput("reference", f"{reference[:40]!r} is not 1 to 35 of A-Z, 0-9, / and -")
    parameters = {
        "pa": payee.address,
        "pn": payee.name,
        "tr": reference,
        "tn": limits.clean_text("note", note, 80),
        "am": money.plain_amount(amount),
        "cu": CURRENCY,
    }
    return "upi://pay?" + "&".join(f"{k}={quote(v, safe='@')}" for k, v in parameters.items())
