"""The audit names the first row that was touched, even by a superuser."""

from pathlib import Path
from typing import LiteralString

import pytest

from billing.anchors import Anchors
from billing.payments import Received
from billing.postings import PaymentMethod
from billing.verification import Touched, verify
from domain.errors import Tampered
from records.database import Records
from tests.billing.booked import NOW, PUNE, Desk, deed, desk

KEY = b"k" * 32


@pytest.fixture
async def books(records: Records) -> Desk:
    """Five invoices, one of them paid: seven events with the settings."""
    books = desk(records)
    seller = await books.settled()
    papers = [await books.issue(seller, f"tkt_{n}") for n in range(5)]
    day = papers[0].invoice.date
    came = Received(paise=100, method=PaymentMethod.CASH, day=day)
    await books.payments.record(deed(), papers[0].id, came)
    return books


async def _bend(books: Desk, *statements: LiteralString) -> None:
    """Do as a superuser who turns the triggers off."""
    async with books.records.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)


async def _touched(books: Desk, anchors: Anchors | None = None) -> tuple[str, str] | None:
    found = (await verify(books.records, anchors.read() if anchors else ())).touched
    return None if found is None else (found.where.split(" ")[0], found.reason)


async def test_untouched_books_hold(books: Desk) -> None:
    verdict = await verify(books.records)
    assert (verdict.events, verdict.touched) == (7, None)


@pytest.mark.row("IN-13")
@pytest.mark.parametrize(
    ("statement", "where", "reason"),
    [
        (
            "update money_event set actor = 'somebody' where n = 3",
            "event 3",
            "was altered",
        ),
        ("update money_event set body = '{\"rows\":[]}' where n = 4", "event 4", "was altered"),
        ("delete from money_event where n = 3", "event 3", "is missing"),
        (
            "delete from money_event where n = 7",
            "event 7",
            "is missing at the end of the chain",
        ),
        (
            """update money_event set n = case n when 3 then 104 when 4 then 103 else n end;
            update money_event set n = n - 100 where n > 100""",
            "event 3",
            "was altered",
        ),
        ("truncate money_event", "event 1", "is missing at the end of the chain"),
        (
            "update invoice set place_of_supply = '07' where number like '%%02'",
            "invoice",
            "altered",
        ),
        ("update invoice_line set description = 'x' where n = 1", "invoice", "was altered"),
        ("delete from invoice where number like '%%03'", "invoice", "is missing"),
        ("update entry set paise = paise * 2", "posting", "was altered"),
        ("update payment set paise = 99", "payment", "was altered"),
        ("delete from document where serial = 2", "document", "is missing"),
        (
            """insert into posting (id, garage, kind, day, at, by_whom)
            values ('x', 'garage_pune', 'x', now(), now(), 'x')""",
            "posting x",
            "was written past the audit",
        ),
    ],
)
async def test_superuser_is_found_out(
    books: Desk, statement: LiteralString, where: str, reason: str
) -> None:
    await _bend(books, *statement.split(";"))  # pyright: ignore[reportArgumentType]
    found = (await verify(books.records)).touched
    assert found is not None
    assert found.garage == PUNE
    assert found.where.startswith(where)
    assert found.reason.endswith(reason)


async def test_first_of_several_is_named(books: Desk) -> None:
    await _bend(books, "update money_event set actor = 'x' where n in (5, 3)")
    assert (await verify(books.records)).touched == Touched(
        garage=PUNE, where="event 3", reason=await _altered(books, 3)
    )


async def test_rewritten_chain_does_not_meet_its_anchor(books: Desk, tmp_path: Path) -> None:
    """Who can write everything makes a chain that holds, less its last event; not the anchor."""
    anchors = Anchors(tmp_path / "anchors.jsonl", KEY)
    assert await anchors.drop(books.records, NOW) == 1
    assert await anchors.drop(books.records, NOW) == 0
    await _bend(
        books,
        "delete from payment",
        "delete from entry where posting in (select id from posting where kind = 'payment')",
        "delete from posting where kind = 'payment'",
        "delete from money_event where n = 7",
        "update money_head set n = 6, hash = (select hash from money_event where n = 6)",
    )
    assert await _touched(books) is None
    assert await _touched(books, anchors) == ("event", "is missing at the end of the chain")


async def test_forged_anchor_is_refused(books: Desk, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    await Anchors(file, b"another key of some length......").drop(books.records, NOW)
    with pytest.raises(Tampered):
        Anchors(file, KEY).read()


async def _altered(books: Desk, n: int) -> str:
    found = await books.records.rows("select event, entity from money_event where n = %(n)s", n=n)
    return f"{found[0]['event']} of {found[0]['entity']} was altered"
