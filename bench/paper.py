"""How long a page of twelve lines takes, with its UPI QR, from a warm press; in every script."""

from dataclasses import replace
from time import perf_counter

from bench.bars import Bar, Better, p95_of
from billing.gst import letters
from billing.gst.document_numbers import parse_number
from billing.gst.parties import Party
from billing.gst.upi import Payee
from billing.paper.copies import DocumentCopy
from billing.paper.press import PdfPrinter
from billing.paper.sheet import PrintOptions
from domain.errors import InvalidInput
from tests.billing.samples import LINES, NAMES, issued

GOAL_MS = 100
ROUNDS = 100
PRINTING = PrintOptions(
    copy=DocumentCopy.ORIGINAL, payee=Payee(address="garage@bank", name="Garage")
)


async def run() -> list[Bar]:
    press = PdfPrinter(threads=1)
    invoice = issued(lines=LINES * 4)
    await press.print(invoice, PRINTING)
    took: list[float] = []
    for serial in range(1, ROUNDS + 1):
        other = replace(invoice, number=parse_number(f"DL01/2627/{serial:06d}"))
        begun = perf_counter()
        await press.print(other, PRINTING)
        took.append((perf_counter() - begun) * 1000)
    took.sort()
    p95 = p95_of(took)
    print(f"PDF, 12 lines: p50 {took[ROUNDS // 2]:.1f} ms, p95 {p95:.1f} ms, {ROUNDS} documents")
    unprintable = sum(not _prints(press, name) for name in NAMES.values())
    press.close()
    return [
        Bar(name="invoice_pdf_p95_ms", measured=p95, goal=GOAL_MS, better=Better.LOWER),
        Bar(name="scripts_unprintable", measured=unprintable, goal=0, better=Better.LOWER),
    ]


def _prints(press: PdfPrinter, name: str) -> bool:
    """Say whether an invoice to somebody of this name is taken and set, letter for letter."""
    try:
        letters.demand_printable(issued(Party(name=name)))
        press.pdf(issued(Party(name=name)), PRINTING)
    except (InvalidInput, RuntimeError):
        return False
    return letters.printable_text(name) == name
