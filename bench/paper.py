"""How long a page takes: PDF of a twelve-line invoice with its UPI QR, from a warm press."""

from dataclasses import replace
from time import perf_counter

from bench.bars import Bar, Better
from billing.numbers import number
from billing.paper.copies import Copy
from billing.paper.press import Press
from billing.paper.sheet import Printing
from billing.upi import Payee
from tests.billing.samples import LINES, issued

GOAL_MS = 100
ROUNDS = 100
PRINTING = Printing(copy=Copy.ORIGINAL, payee=Payee(address="garage@bank", name="Garage"))


async def run() -> list[Bar]:
    press = Press(threads=1)
    invoice = issued(lines=LINES * 4)
    await press.print(invoice, PRINTING)
    took: list[float] = []
    for serial in range(1, ROUNDS + 1):
        other = replace(invoice, number=number(f"DL01/2627/{serial:06d}"))
        begun = perf_counter()
        await press.print(other, PRINTING)
        took.append((perf_counter() - begun) * 1000)
    press.close()
    took.sort()
    p95 = took[int(0.95 * ROUNDS)]
    print(f"PDF, 12 lines: p50 {took[ROUNDS // 2]:.1f} ms, p95 {p95:.1f} ms, {ROUNDS} documents")
    return [Bar(name="invoice_pdf_p95_ms", measured=p95, goal=GOAL_MS, better=Better.LOWER)]
