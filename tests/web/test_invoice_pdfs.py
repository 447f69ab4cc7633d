"""Links to PDFs: who has the link has the paper, until it expires."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from access.master_keys import parse_keys
from billing.paper.copies import DocumentCopy, PaperView
from domain.errors import UnsafeSetting
from domain.ids import InvoiceId
from web.invoice_pdfs import LIFETIME, PdfLinks

MASKED = PaperView(masked=True)
NOW = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)
LINKS = PdfLinks(b"k" * 32)
ID = InvoiceId("inv_one")


def _given(link: str) -> tuple[str, str]:
    query = parse_qs(urlsplit(link).query)
    return query["expires"][0], query["signature"][0]


def test_link_holds_until_it_expires() -> None:
    expires, signature = _given(LINKS.sign(ID, NOW))
    held = [
        LINKS.holds(ID, expires, signature, NOW + after)
        for after in (timedelta(0), LIFETIME, LIFETIME + timedelta(seconds=1))
    ]
    assert held == [True, True, False]


def test_link_is_for_one_paper_one_moment_one_key() -> None:
    expires, signature = _given(LINKS.sign(ID, NOW))
    later = str(int(expires) + 1)
    assert not LINKS.holds("inv_two", expires, signature, NOW)
    assert not LINKS.holds(ID, later, signature, NOW)
    assert not PdfLinks(b"x" * 32).holds(ID, expires, signature, NOW)


def test_a_link_to_one_copy_is_no_link_to_another() -> None:
    expires, signature = _given(LINKS.sign(ID, NOW, view=PaperView(copy=DocumentCopy.TRANSPORTER)))
    assert LINKS.holds(ID, expires, signature, NOW, PaperView(copy=DocumentCopy.TRANSPORTER))
    assert not LINKS.holds(ID, expires, signature, NOW, PaperView(copy=DocumentCopy.ORIGINAL))
    assert not LINKS.holds(ID, expires, signature, NOW)


def test_masked_link_is_no_link_to_the_whole_page() -> None:
    expires, signature = _given(LINKS.sign(ID, NOW, view=MASKED))
    assert LINKS.holds(ID, expires, signature, NOW, MASKED)
    assert not LINKS.holds(ID, expires, signature, NOW)
    expires, signature = _given(LINKS.sign(ID, NOW))
    assert not LINKS.holds(ID, expires, signature, NOW, MASKED)


@pytest.mark.parametrize(
    ("expires", "signature"),
    [("", ""), ("-1", "x"), ("1e9", "x"), ("9" * 30, "x"), ("99999999999", "\u0966")],
)
def test_nonsense_does_not_hold(expires: str, signature: str) -> None:
    assert not LINKS.holds(ID, expires, signature, NOW)


@pytest.mark.parametrize("text", ["", "one", "one:!!", "index:AAAA", "one:AAAA index:AAAA"])
def test_keys_that_do_not_read_are_refused(text: str) -> None:
    with pytest.raises(UnsafeSetting):
        parse_keys(text)
