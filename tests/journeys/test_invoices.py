"""What a garage asks of its books over GraphQL, what it is refused, and who may ask."""

import asyncio
from datetime import UTC, datetime
from io import BytesIO

import httpx
import pytest
from pypdf import PdfReader

from billing.verification import verify
from domain.access import Role
from domain.cards import PartUse
from domain.outcomes import Outcome
from domain.tickets import TicketStatus
from tests.billing.booked import synthetic_gstin
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, eventually
from tests.journeys.shop import (
    CLOSE,
    CREDIT,
    ESTIMATE,
    ISSUE,
    LIST,
    MONTH,
    OFFERS,
    PAY,
    READ,
    REFUND,
    STOCK,
    VOID,
    Shop,
    furnished,
    op,
    registered,
    written,
)
from web.wiring import Opened


@pytest.fixture(scope="module")
async def shop(house: Opened, somebody: Somebody) -> Shop:
    return await furnished(house, somebody)


@pytest.mark.journey
async def test_closed_repair_is_invoiced_paid_and_credited(
    shop: Shop, door: httpx.AsyncClient
) -> None:
    ticket = await shop.closed("whole")
    invoice = {"customer": {"name": "Meera Joshi"}}
    estimate = await shop.accountant.ask(ESTIMATE, ticket=ticket, invoice=invoice)
    issued = (await shop.issued(ticket))["invoice"]
    assert estimate["totals"]["payable"]["paise"] == issued["totals"]["payable"]["paise"]
    assert issued["totals"] == {
        "taxable": {"paise": 1_304_000},
        "cgst": {"paise": 117_360},
        "sgst": {"paise": 117_360},
        "igst": {"paise": 0},
        "payable": {"paise": 1_538_700, "text": "15,387.00"},
    }
    assert (issued["status"], issued["ticket"]["status"]) == ("ISSUED", "INVOICED")

    first = {"amount": 500_000, "method": "UPI"}
    paid = await shop.accountant.ask(PAY, op=op(), invoice=issued["id"], payment=first)
    assert paid["invoice"] == {"status": "PARTLY_PAID", "due": {"paise": 1_038_700}}
    rest = {"amount": 1_038_700, "method": "CASH"}
    paid = await shop.accountant.ask(PAY, op=op(), invoice=issued["id"], payment=rest)
    assert paid["invoice"] == {"status": "PAID", "due": {"paise": 0}}

    lines = [{"line": 2}]
    credited = await shop.accountant.ask(CREDIT, op=op(), invoice=issued["id"], lines=lines)
    assert credited["creditNote"]["original"] == {"number": issued["number"]}
    assert credited["invoice"]["credited"] == {"paise": 63_720}
    back = {"payment": paid["payment"]["key"], "amount": 63_720}
    refunded = await shop.accountant.ask(REFUND, op=op(), **back)
    assert refunded == {
        "__typename": "PaymentRecorded",
        "payment": {"kind": "refund"},
        "invoice": {"due": {"paise": 0}},
    }

    read = await shop.accountant.ask(READ, id=issued["id"])
    assert [p["amount"]["paise"] for p in read["payments"]] == [500_000, 1_038_700, 63_720]
    answer = await door.get(read["pdf"])
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert issued["number"] in text
    assert "Meera Joshi" in text


@pytest.mark.journey
async def test_pdf_needs_the_signature(shop: Shop, door: httpx.AsyncClient) -> None:
    issued = (await shop.issued(await shop.closed("signed")))["invoice"]
    link = (await shop.accountant.ask(READ, id=issued["id"]))["pdf"]
    wrong = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert [(await door.get(at)).status_code for at in (wrong, link.split("?")[0], link)] == [
        403,
        403,
        200,
    ]


@pytest.mark.journey
async def test_support_reads_invoices_masked(shop: Shop) -> None:
    number = synthetic_gstin("27", "BBBPK5678D")
    issued = (await shop.issued(await shop.closed("masked"), **registered(number)))["invoice"]
    read = await shop.support.ask(READ, id=issued["id"])
    refused = await shop.support.ask(
        ISSUE, op=op(), ticket="tkt_masked", invoice={"customer": {"name": "x"}}
    )
    found = await shop.accountant.ask(LIST, gstin=number.lower())
    assert read["customer"] == {
        "name": "M••••",
        "gstin": f"27XXXXXXXXX{number[-4:]}",
        "phone": "••••",
        "masked": True,
    }
    assert refused["__typename"] == "NotAllowed"
    assert [edge["node"]["number"] for edge in found["edges"]] == [issued["number"]]


@pytest.mark.journey
async def test_other_garages_see_nothing(shop: Shop, somebody: Somebody) -> None:
    issued = (await shop.issued(await shop.closed("ours")))["invoice"]
    other = somebody(Role.ACCOUNTANT, DELHI)
    theirs = {"ticket": "tkt_ours", "invoice": {"customer": {"name": "x"}}}
    assert await other.ask(READ, id=issued["id"]) is None
    assert (await other.ask(LIST))["edges"] == []
    assert (await other.ask(ISSUE, op=op(), **theirs))["__typename"] == "NotFound"


@pytest.mark.journey
async def test_void_is_for_administrators(shop: Shop) -> None:
    issued = (await shop.issued(await shop.closed("void")))["invoice"]
    refused = await shop.accountant.ask(VOID, op=op(), invoice=issued["id"])
    void = await shop.admin.ask(VOID, op=op(), invoice=issued["id"])
    again = await shop.issued("tkt_void")
    assert refused["__typename"] == "NotAllowed"
    assert void["invoice"] == {"status": "VOID"}
    assert again["__typename"] == "InvoiceIssued"


@pytest.mark.journey
@pytest.mark.row("MK-1")
async def test_part_of_another_model_is_not_offered(shop: Shop) -> None:
    ticket = await shop.closed("offers")
    stocked = await shop.admin.ask(
        STOCK, op=op(), stock={"part": "controller", "quantity": -1, "reason": "Counted"}
    )
    fitting = await shop.accountant.ask(OFFERS, part="controller", ticket=ticket)
    other = await shop.accountant.ask(OFFERS, part="other", ticket=ticket)
    assert stocked["stock"]["negative"] is True
    assert fitting["stock"] == {"quantity": stocked["stock"]["quantity"]}
    assert fitting["price"] == {"source": "LIST", "amount": {"paise": 1_250_000}}
    assert other == {
        "__typename": "InvalidInput",
        "field": "part",
        "reason": "other does not fit this vehicle",
    }


@pytest.mark.journey
async def test_bad_input_names_its_field_and_writes_nothing(shop: Shop) -> None:
    before = await written(shop)
    wrong = synthetic_gstin("27")[:-1] + "0"
    ticket = await shop.closed("bad")
    unpriced = Outcome(worked=True, minutes=5, parts=(PartUse(part="unpriced"),))
    tbd = await shop.closed("tbd", outcome=unpriced)
    horse = Outcome(worked=True, minutes=5, parts=(PartUse(part="untaxed"),))
    unknown = await shop.closed("horse", outcome=horse)
    still = await shop.closed("still", status=TicketStatus.IN_PROGRESS)

    async def field(ticket: str, **more: object) -> tuple[str, str | None]:
        invoice = {"customer": {"name": "Meera"}, **more}
        said = await shop.accountant.ask(ISSUE, op=op(), ticket=ticket, invoice=invoice)
        return said["__typename"], said.get("field")

    found = [
        await field(ticket, customer={"name": "Meera", "gstin": wrong}),
        await field(ticket, currency="USD"),
        await field(ticket, day="2099-01-01"),
        await field(ticket, day="2010-01-01"),
        await field(ticket, discounts=[{"part": "other", "amount": 1}]),
        await field(ticket, labourDiscount=10_000_000),
        await field(tbd),
        await field(unknown),
        await field(still),
    ]
    assert found == [
        ("InvalidInput", "customer.gstin"),
        ("InvalidInput", "currency"),
        ("InvalidInput", "date"),
        ("InvalidInput", "date"),
        ("InvalidInput", "discounts"),
        ("InvalidInput", "discount"),
        ("InvalidInput", "parts"),
        ("InvalidInput", "lines.1.hsn"),
        ("IllegalTransition", None),
    ]
    assert await written(shop) == before


@pytest.mark.journey
async def test_absurd_amounts_name_their_field_and_write_nothing(shop: Shop) -> None:
    issued = (await shop.issued(await shop.closed("absurd")))["invoice"]
    before = await written(shop)
    paid = [
        await shop.accountant.ask(
            PAY, op=op(), invoice=issued["id"], payment={"amount": amount, "method": "CASH"}
        )
        for amount in (0, -1, 999_999_999_999)
    ]
    credited = [
        await shop.accountant.ask(CREDIT, op=op(), invoice=issued["id"], lines=[{"line": 1, **how}])
        for how in ({"quantity": "-1"}, {"quantity": "NaN"}, {"quantity": "2"}, {"amount": 0})
    ]
    beyond = await shop.accountant.answer(
        PAY, op=op(), invoice=issued["id"], payment={"amount": 10**15, "method": "CASH"}
    )
    broken = await shop.accountant.answer(
        PAY, op=op(), invoice=issued["id"], payment={"amount": 0.5, "method": "CASH"}
    )
    assert [said["__typename"] for said in paid] == ["InvalidInput", "InvalidInput", "OverLimit"]
    assert {said["__typename"] for said in credited} == {"InvalidInput"}
    assert "at .amount" in beyond["errors"][0]["message"]
    assert "at .amount" in broken["errors"][0]["message"]
    assert await written(shop) == before


@pytest.mark.journey
async def test_month_is_closed_and_reported(shop: Shop) -> None:
    month = f"{datetime.now(UTC):%Y-%m}"
    await shop.issued(await shop.closed("month"))
    found = await shop.accountant.ask(MONTH, month=month)
    running = await shop.accountant.ask(CLOSE, op=op(), month=month)
    closed = await shop.accountant.ask(CLOSE, op=op(), month="2020-01")
    backdated = await shop.accountant.ask(
        ISSUE,
        op=op(),
        ticket=await shop.closed("old"),
        invoice={"customer": {"name": "x"}, "day": "2020-01-31"},
    )
    assert [(total["hsn"], total["rate"]) for total in found] == [
        ("85371000", "18"),
        ("998714", "18"),
    ]
    assert (running["__typename"], closed["__typename"]) == ("InvalidInput", "MonthWasClosed")
    assert backdated["__typename"] == "MonthClosed"


@pytest.mark.journey
async def test_books_are_kept_beside_the_service(shop: Shop) -> None:
    """What `serve` and `work` run: partitions ahead, heads anchored, abandoned sagas ended."""
    books = shop.house.books
    await shop.issued(await shop.closed("beside"))
    loops = [asyncio.create_task(run()) for run in (books.prepare, books.anchor, books.recover)]

    async def kept() -> int:
        return len(books.anchors.read())

    anchored = await eventually(kept, lambda n: n > 0)
    for task in loops:
        task.cancel()
    ended = await asyncio.gather(*loops, return_exceptions=True)
    verdict = await verify(shop.house.records, books.anchors.read())
    assert anchored > 0
    assert [type(end) for end in ended] == [asyncio.CancelledError] * 3
    assert verdict.touched is None
