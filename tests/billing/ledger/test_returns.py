"""A month's return, out of real books: one garage's part, and the whole of a GSTIN."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from billing.gst import gstr1_files
from billing.gst.parties import Party
from billing.ledger.invoices import TicketInvoice
from billing.ledger.payments import Payment, ReceivedMoney
from billing.ledger.postings import PaymentMethod
from billing.ledger.returns import ReturnBuilder
from billing.ledger.sellers import Seller
from billing.ledger.verification import verify_books
from domain.errors import InvalidInput
from domain.ids import TicketId
from tests.billing.sample_books import (
    DELHI,
    PROFILE,
    PUNE,
    VAULT,
    Desk,
    customer,
    deed,
    invoice,
    synthetic_gstin,
)

OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))
AWAY = customer(synthetic_gstin("29", "BBBPK5678D"))
GSTIN = PROFILE.gstin or ""


def _returns(books: Desk) -> ReturnBuilder:
    return ReturnBuilder(books.records, VAULT)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


async def _ahead(
    books: Desk, seller: Seller, day: date, rupees: int, buyer: Party | None = None
) -> Payment:
    came = ReceivedMoney(paise=rupees * 100, method=PaymentMethod.UPI, day=day)
    at = deed(seller.garage, _at(day))
    ticket = TicketId("tkt_ahead")
    if buyer is None:
        return await books.payments.record_advance(at, seller, ticket, came)
    return await books.payments.record_advance(at, seller, ticket, came, buyer)


async def _issued(books: Desk, seller: Seller, day: date, ticket: str = "tkt_ahead") -> Any:  # noqa: ANN401
    wanted = TicketInvoice(ticket=TicketId(ticket), invoice=invoice(seller, day=day))
    return await books.ledger.issue_invoice(deed(seller.garage, _at(day)), seller, wanted)


async def _advances(books: Desk, seller: Seller, month: date) -> dict[str, Any]:
    """Give tables 11A and 11B: (State, inter or intra, rate, without tax, tax) of each row."""
    made = await _returns(books).sales_return([seller], seller.profile.gstin, month)
    said = gstr1_files.to_portal_json(made)
    return {
        table: [
            (row["pos"], row["sply_ty"], int(item["rt"]), str(item["ad_amt"]), str(_tax(item)))
            for row in said[table]
            for item in row["itms"]
        ]
        for table in ("at", "txpd")
    }


def _tax(item: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return item["iamt"] + item["camt"] + item["samt"]


async def test_advance_is_told_as_it_comes_and_as_an_invoice_takes_it(books: Desk) -> None:
    """5,900 in October, 1,180 in November; the invoice of 4,013 in November takes the older."""
    seller = await books.settled()
    await _ahead(books, seller, date(2026, 10, 9), 5_900)
    await _ahead(books, seller, date(2026, 11, 9), 1_180)
    paper = await _issued(books, seller, date(2026, 11, 20))
    found = [await _advances(books, seller, month) for month in (OCTOBER, NOVEMBER, DECEMBER)]
    assert paper.balance.due == 0
    assert found == [
        {"at": [("27", "INTRA", 18, "5000.00", "900.00")], "txpd": []},
        {
            "at": [("27", "INTRA", 18, "1000.00", "180.00")],
            "txpd": [("27", "INTRA", 18, "3400.85", "612.16")],
        },
        {"at": [], "txpd": []},
    ]


async def test_advance_that_is_taken_in_its_own_month_is_in_neither(books: Desk) -> None:
    seller = await books.settled()
    await _ahead(books, seller, date(2026, 11, 9), 1_000)
    await _issued(books, seller, date(2026, 11, 20))
    made = await _returns(books).sales_return([seller], GSTIN, NOVEMBER)
    assert await _advances(books, seller, NOVEMBER) == {"at": [], "txpd": []}
    assert [(doc.type, doc.first, doc.count) for doc in made.docs] == [
        (1, "PN1/2627/000001", 1),
        (6, "PN1R/2627/000001", 1),
    ]


async def test_advance_that_goes_back_is_told_as_taken(books: Desk) -> None:
    seller = await books.settled()
    ahead = await _ahead(books, seller, date(2026, 10, 9), 1_180)
    await books.payments.refund_payment(deed(at=_at(date(2026, 11, 3))), seller, ahead.id, 590_00)
    made = await _returns(books).sales_return([seller], GSTIN, NOVEMBER)
    assert (await _advances(books, seller, NOVEMBER))["txpd"] == [
        ("27", "INTRA", 18, "500.00", "90.00")
    ]
    assert [(doc.type, doc.first, doc.count) for doc in made.docs] == [(8, "PN1F/2627/000001", 1)]


async def test_void_invoice_leaves_the_advance_open_again(books: Desk) -> None:
    """It is told anew in the month of the void, whose customer owes its tax once more."""
    seller = await books.settled()
    await _ahead(books, seller, date(2026, 10, 9), 1_180)
    paper = await _issued(books, seller, date(2026, 10, 20))
    await books.ledger.void_invoice(deed(at=_at(date(2026, 11, 2))), paper.id, "Wrong customer")
    assert await _advances(books, seller, OCTOBER) == {"at": [], "txpd": []}
    assert await _advances(books, seller, NOVEMBER) == {
        "at": [("27", "INTRA", 18, "1000.00", "180.00")],
        "txpd": [],
    }


async def test_place_of_an_advance_is_fixed_by_who_paid(books: Desk) -> None:
    """A buyer of another State; what the garage says of itself later changes nothing."""
    seller = await books.settled()
    await _ahead(books, seller, date(2026, 10, 9), 1_180, AWAY)
    later = await books.garages.set(deed(), replace(PROFILE, legal_name="Other Motors"), 1)
    assert (await _advances(books, later, OCTOBER))["at"] == [
        ("29", "INTER", 18, "1000.00", "180.00")
    ]
    assert (await verify_books(books.records)).touched is None


async def test_advance_of_older_books_is_placed_where_the_garage_is(books: Desk) -> None:
    """They kept its number and its sum, not its voucher."""
    seller = await books.settled()
    await _ahead(books, seller, date(2026, 10, 9), 1_180, AWAY)
    async with books.records.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("delete from receipt_voucher")
    assert (await _advances(books, seller, OCTOBER))["at"] == [
        ("27", "INTRA", 18, "1000.00", "180.00")
    ]


async def test_return_of_a_gstin_holds_all_its_garages(books: Desk) -> None:
    """Each garage's part is its own; the whole is their sum, and another GSTIN's is not in it."""
    pune = await books.settled()
    nagpur = await books.settled(DELHI, replace(PROFILE, series="NG1"))
    other = replace(PROFILE, series="XX1", gstin=synthetic_gstin("27", "CCCPK5678D"))
    moved = await books.garages.set(deed(DELHI), other, 1)
    await _issued(books, pune, date(2026, 11, 20), "tkt_pune")
    await _issued(books, nagpur, date(2026, 11, 20), "tkt_nagpur")
    await _issued(books, moved, date(2026, 11, 21), "tkt_moved")
    sharing = await books.garages.of_gstin(GSTIN)
    parts = [await _sold(books, [seller], GSTIN) for seller in (pune, moved)]
    assert [seller.garage for seller in sharing] == [DELHI, PUNE]
    assert parts == [3_401_00, 3_401_00]
    assert await _sold(books, sharing, GSTIN) == 6_802_00
    assert await _sold(books, [moved], other.gstin) == 3_401_00
    assert [s.garage for s in await books.garages.of_gstin(other.gstin or "")] == [DELHI]


async def _sold(books: Desk, sellers: list[Seller], gstin: str | None) -> int:
    made = await _returns(books).sales_return(sellers, gstin, NOVEMBER)
    return sum(row.taxable for row in made.rows)


async def test_who_is_not_registered_makes_no_return(books: Desk) -> None:
    seller = await books.settled(profile=replace(PROFILE, gstin=None))
    with pytest.raises(InvalidInput, match=r"^gstin: is missing"):
        await _returns(books).sales_return([seller], seller.profile.gstin, NOVEMBER)
