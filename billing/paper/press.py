"""The press: a warm typst compiler for each thread, so that a page costs tens of milliseconds.

Compiling holds a core for its time, so `print` runs on the press's own threads and never on the
event loop. The same sheet gives the same bytes: the
creation time is midnight in India on the document's day, and nothing else on a page knows the hour.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

from billing.gst.invoices import Invoice
from billing.gst.law_dates import INDIA
from billing.paper.sheet import PrintOptions, sheet_json

TEMPLATE = (files("billing.paper") / "invoice.typ").read_bytes()
# typst brings Latin; the scripts of India stand in Noto, of which the OFL lets copies travel.
FONTS = typst.Fonts(include_system_fonts=False, font_paths=[Path(__file__).with_name("fonts")])
# PDF 1.7 as an archive keeps it: every font inside, every letter readable.
ARCHIVE = "a-2u"
DPI = 300.0


class PdfPrinter:
    """Sets documents. Close it when done; `threads` is how many pages are set at once."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="press")
        self._warm = threading.local()

    async def print(self, invoice: Invoice, printing: PrintOptions) -> bytes:
        """Give the PDF; byte for byte the same each time."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.pdf, invoice, printing)

    def close(self) -> None:
        self._threads.shutdown()

    def pdf(self, invoice: Invoice, printing: PrintOptions) -> bytes:
        """Give the PDF on the calling thread."""
        [document] = self._set(invoice, printing, "pdf")
        return document

    def pictures(self, invoice: Invoice, printing: PrintOptions) -> list[bytes]:
        """Give the pages as PNG pictures at `DPI`, fine enough to scan the portal's QR from."""
        return self._set(invoice, printing, "png")

    def _set(
        self, invoice: Invoice, printing: PrintOptions, form: Literal["pdf", "png"]
    ) -> list[bytes]:
        made = self._compiler().compile(
            TEMPLATE,
            format=form,
            ppi=DPI,
            sys_inputs={"sheet": sheet_json(invoice, printing)},
            pdf_standards=ARCHIVE if form == "pdf" else [],
            timestamp=datetime.combine(invoice.date, time(), INDIA),
        )
        return made if isinstance(made, list) else [made or b""]

    def _compiler(self) -> typst.Compiler:
        if not hasattr(self._warm, "compiler"):
            self._warm.compiler = typst.Compiler(font_paths=FONTS, ignore_system_fonts=True)
        compiler: typst.Compiler = self._warm.compiler
        return compiler
