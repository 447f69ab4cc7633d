"""What a garage asks of its books over GraphQL, what it is refused, and who may ask."""

import asyncio
import json
from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from billing.ledger.invoices import InvoiceLedger
from billing.ledger.verification import verify_books
from domain.access import Role
from domain.cards import PartUse
from domain.errors import Unavailable
from domain.ids import GarageId
from domain.outcomes import Outcome
from domain.personal_data import MASKED
from domain.tickets import TicketStatus
from domain.vocabulary import Part
from tests.billing.sample_books import synthetic_gstin
from tests.billing.samples import NAMES
from tests.journeys.billing_garage import (
    CLOSE,
    CREDIT,
    EDIT,
    ESTIMATE,
    ISSUE,
    LIST,
    MONTH,
    OFFERS,
    PAPER,
    PAY,
    PRICE,
    READ,
    REFUND,
    REGISTER,
    RESOLVE,
    RETURN,
    SETTINGS,
    STOCK,
    TARIFF,
    VOID,
    Shop,
    furnished,
    op,
    registered,
    running_month,
    settings,
    written,
)
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI
from tests.waits import eventually
from web.wiring import Runtime


def page_text(answer: httpx.Response) -> str:
    """Give what an answered PDF says."""
    pages = PdfReader(BytesIO(answer.content)).pages
    return " ".join("".join(page.extract_text() for page in pages).split())


def font_names(pdf: bytes) -> list[bytes]:
    page = PdfReader(BytesIO(pdf)).pages[0]
    fonts: Any = page["/Resources"]
    return [str(font.get_object()["/BaseFont"]).encode() for font in fonts["/Font"].values()]


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
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
async def test_no_e_invoice_leaves_before_its_irn(shop: Shop, door: httpx.AsyncClient) -> None:
    """Its link opens nothing before; registered, it bears the IRN and no mark of a copy."""
    number = synthetic_gstin("27", "BBBPK7777D")
    buyer = registered(number) | {"email": "fleet@example.org"}
    issued = (await shop.issued(await shop.closed("awaits"), **buyer))["invoice"]
    before = await shop.accountant.ask(PAPER, id=issued["id"])
    refused = await door.get(before["pdf"])
    paid = {"amount": 100, "method": "UPI"}
    await shop.accountant.ask(PAY, op=op(), invoice=issued["id"], payment=paid)
    assert (before["awaitsIrn"], before["eInvoice"]) == (True, None)
    assert (refused.status_code, refused.headers["content-type"]) == (
        409,
        "text/plain; charset=utf-8",
    )
    assert "Register it with the invoice portal" in refused.text
    await shop.accountant.ask(REGISTER, op=op(), invoice=issued["id"])

    after = await shop.accountant.ask(PAPER, id=issued["id"])
    text = page_text(await door.get(before["pdf"]))
    assert after["awaitsIrn"] is False
    assert f"IRN {after['eInvoice']['irn']}" in text
    assert "FOR RECIPIENT" not in text


@pytest.mark.journey
async def test_no_invoice_leaves_whose_irn_was_cancelled(
    shop: Shop, door: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever dies between the portal and the books leaves it so, until it is voided again."""

    async def die(*_: object) -> None:
        raise Unavailable("postgres", "the connection broke")

    buyer = registered(synthetic_gstin("27", "BBBPK7777D"))
    issued = (await shop.issued(await shop.closed("halfway"), **buyer))["invoice"]
    await shop.accountant.ask(REGISTER, op=op(), invoice=issued["id"])
    with monkeypatch.context() as patch:
        patch.setattr(InvoiceLedger, "void_invoice", die)
        await shop.admin.answer(VOID, op=(key := op()), invoice=issued["id"])
    between = await shop.accountant.ask(PAPER, id=issued["id"])
    refused = await door.get(between["pdf"])
    assert between["eInvoice"]["cancelledAt"] is not None
    assert (between["awaitsIrn"], refused.status_code) == (True, 409)
    assert "Void it again" in refused.text
    void = await shop.admin.ask(VOID, op=key, invoice=issued["id"])
    assert void["invoice"]["status"] == "VOID"
    assert (await shop.accountant.ask(PAPER, id=issued["id"]))["awaitsIrn"] is False


@pytest.mark.journey
async def test_copies_are_marked_as_rule_48_asks(shop: Shop, door: httpx.AsyncClient) -> None:
    issued = (await shop.issued(await shop.closed("copies")))["invoice"]
    for copy, mark in (
        (None, "ORIGINAL FOR RECIPIENT"),
        ("TRANSPORTER", "DUPLICATE FOR TRANSPORTER"),
        ("SUPPLIER_OF_GOODS", "TRIPLICATE FOR SUPPLIER"),
    ):
        read = await shop.accountant.ask(PAPER, id=issued["id"], copy=copy)
        assert mark in page_text(await door.get(read["pdf"]))
        other = read["pdf"].replace("copy=TRANSPORTER", "copy=SUPPLIER_OF_GOODS")
        assert (await door.get(other)).status_code == (403 if copy == "TRANSPORTER" else 200)
    answer = await shop.accountant.answer(PAPER, id=issued["id"], copy="SUPPLIER_OF_SERVICES")
    assert "Rule 48 names ORIGINAL, TRANSPORTER" in answer["errors"][0]["message"]


@pytest.mark.journey
async def test_a_name_of_every_script_is_issued_and_printed(
    shop: Shop, door: httpx.AsyncClient
) -> None:
    before = await written(shop)
    ticket = await shop.closed("unprinted")
    for name in ("Ravi 🔋", "电池"):
        refused = await shop.accountant.ask(
            ISSUE,
            op=op(),
            ticket=ticket,
            invoice={"customer": {"name": name}},
        )
        assert (refused["__typename"], refused["field"]) == (
            "InvalidInput",
            "invoice.customer.name",
        )
    assert (await written(shop))["papers"] == before["papers"]
    for language, name in NAMES.items():
        made = await shop.accountant.ask(
            ISSUE,
            op=op(),
            ticket=await shop.closed(f"in_{language}"),
            invoice={"customer": {"name": name}},
        )
        read = await shop.accountant.ask(PAPER, id=made["invoice"]["id"])
        answer = await door.get(read["pdf"])
        assert (answer.status_code, made["invoice"]["customer"]["name"]) == (200, name)
        assert b"NotoSans" in b"".join(font_names(answer.content))


@pytest.mark.journey
@pytest.mark.row("IN-5")
async def test_a_code_of_two_rates_is_told_apart_on_the_bill(shop: Shop) -> None:
    """A charger of electric vehicles bears 5 %, others 18 %: which it is has to be said."""
    used = Outcome(worked=True, minutes=6, parts=(PartUse(part="charger"),))
    await shop.house.vocabulary.load_parts([Part(id="charger", name="Charger", hsn="85044030")])
    price = {"part": "charger", "amount": 1_000_000}
    await shop.accountant.ask(PRICE, op=op(), price=price)
    ticket, before = await shop.closed("two_rates", outcome=used), await written(shop)
    buyer = {"customer": {"name": "Meera Joshi"}}
    refused = await shop.accountant.ask(ISSUE, op=op(), ticket=ticket, invoice=buyer)
    assert refused["field"] == "invoice.tariffs.goods"
    assert "ev_charger" in refused["reason"]
    wrong = buyer | {"tariffs": [{"part": "charger", "code": "85044050"}]}
    unknown = await shop.accountant.ask(ISSUE, op=op(), ticket=ticket, invoice=wrong)
    assert (unknown["field"], "85044090" in unknown["reason"]) == (
        "invoice.tariffs.code",
        True,
    )
    assert (await written(shop))["papers"] == before["papers"]
    search = await shop.accountant.ask(TARIFF, search="charger electrically")
    found = [edge["node"] for edge in search["edges"]]
    assert ("85044030", "ev_charger", "5") in {(x["code"], x["goods"], x["percent"]) for x in found}
    said = buyer | {"tariffs": [{"part": "charger", "goods": "ev_charger"}]}
    issued = await shop.accountant.ask(ISSUE, op=op(), ticket=ticket, invoice=said)
    sums = issued["invoice"]["totals"]
    assert (sums["taxable"]["paise"], sums["cgst"]["paise"]) == (1_006_000, 25_540)


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
        "name": MASKED,
        "gstin": MASKED,
        "phone": MASKED,
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
    assert void["invoice"] == {"status": "VOID", "eInvoice": None}
    assert again["__typename"] == "InvoiceIssued"


@pytest.mark.journey
@pytest.mark.row("IN-8")
async def test_registered_invoice_is_printed_with_its_irn_until_it_is_void(
    shop: Shop, door: httpx.AsyncClient
) -> None:
    number = synthetic_gstin("27", "CCCPK5678D")
    sold = (await shop.issued(await shop.closed("portal"), **registered(number)))["invoice"]
    walk_in = (await shop.issued(await shop.closed("portal_not")))["invoice"]
    said = [await shop.accountant.ask(REGISTER, op=op(), invoice=sold["id"]) for _ in range(2)]
    not_owed = await shop.accountant.ask(REGISTER, op=op(), invoice=walk_in["id"])
    printed = await _printed(shop, door, sold["id"])
    void = await shop.admin.ask(VOID, op=op(), invoice=sold["id"])
    gone = await _printed(shop, door, sold["id"])
    irn = said[0]["invoice"]["eInvoice"]["irn"]
    assert said[0] == said[1]
    assert (not_owed["__typename"], not_owed["field"]) == ("InvalidInput", "invoice")
    assert irn in printed
    assert irn not in gone
    assert void["invoice"]["status"] == "VOID"
    assert void["invoice"]["eInvoice"]["cancelledAt"] is not None


async def _printed(shop: Shop, door: httpx.AsyncClient, invoice: str) -> str:
    """Give what an invoice's PDF says, in one run of letters."""
    link = (await shop.accountant.ask(READ, id=invoice))["pdf"]
    pages = PdfReader(BytesIO((await door.get(link)).content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


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
        await field(ticket, discounts=[{"part": "controller", "amount": 10_000_000}]),
        await field(ticket, labourDiscount=10_000_000),
        await field(ticket, discounts=[{"part": "controller", "amount": 1}] * 2),
        await field(ticket, tariffs=[{"part": "controller", "code": "853710"}] * 2),
        await field(tbd),
        await field(unknown),
        await field(still),
    ]
    assert [kind for kind, _ in found] == ["InvalidInput"] * 11 + ["IllegalTransition"]
    assert [field for _, field in found] == [
        "invoice.customer.gstin",
        "invoice.currency",
        "invoice.day",
        "invoice.day",
        "invoice.discounts",
        "invoice.discounts",
        "invoice.labourDiscount",
        "invoice.discounts.part",
        "invoice.tariffs.part",
        "ticket",
        "ticket",
        None,
    ]
    assert await written(shop) == before


@pytest.mark.journey
@pytest.mark.row("IN-3")
@pytest.mark.parametrize(
    ("gstin", "reason"),
    [
        (synthetic_gstin("27")[:-1] + "!", "character 15 "),
        ("27AAAPL12X4C1Z0", "character 10 "),
        ("45AAAPL1234C1Z0", "character 1 "),
        ("27AAAPL1234C", "has 12 characters"),
    ],
)
async def test_wrong_gstin_is_told_by_its_character(shop: Shop, gstin: str, reason: str) -> None:
    before = await written(shop)
    invoice = {"customer": {"name": "Meera", **registered(gstin), "state": "27"}}
    asked = {"ticket": "tkt_none", "invoice": invoice}
    said = [
        await shop.accountant.ask(ISSUE, op=op(), **asked),
        await shop.accountant.ask(EDIT, op=op(), n=0, **asked),
    ]
    assert {(one["__typename"], one["field"]) for one in said} == {
        ("InvalidInput", "invoice.customer.gstin")
    }
    assert reason in said[0]["reason"]
    assert await written(shop) == before


@pytest.mark.journey
async def test_what_is_not_ours_or_too_late_writes_nothing(shop: Shop) -> None:
    """A ticket of another garage, one that is not there, a closed month, a currency."""
    await shop.accountant.ask(CLOSE, op=op(), month="2020-02")
    theirs = await shop.closed("theirs", garage=DELHI)
    ours = await shop.closed("late")
    before = await written(shop)
    found: list[tuple[str, str | None]] = []
    for ticket, more in (
        (theirs, {}),
        ("tkt_nowhere", {}),
        (ours, {"day": "2020-02-29"}),
        (ours, {"currency": "EUR"}),
    ):
        invoice = {"customer": {"name": "Meera"}, **more}
        said = await shop.accountant.ask(ISSUE, op=op(), ticket=ticket, invoice=invoice)
        found.append((said["__typename"], said.get("field") or said.get("kind")))
    assert found == [
        ("NotFound", "ticket"),
        ("NotFound", "ticket"),
        ("MonthClosed", None),
        ("InvalidInput", "invoice.currency"),
    ]
    assert await written(shop) == before


@pytest.mark.journey
@pytest.mark.parametrize("quantity", [0, -1_000_001, 1_000_001])
async def test_absurd_stock_writes_nothing(shop: Shop, quantity: int) -> None:
    before = await written(shop)
    stock = {"part": "controller", "quantity": quantity, "reason": "Counted"}
    said = await shop.admin.ask(STOCK, op=op(), stock=stock)
    assert (said["__typename"], said["field"]) == ("InvalidInput", "stock.quantity")
    assert await written(shop) == before


@pytest.mark.journey
@pytest.mark.parametrize("quantity", [0, -1, 1_000_000])
async def test_absurd_quantities_are_not_resolved_with(
    shop: Shop, somebody: Somebody, quantity: int
) -> None:
    """What was used is what is billed: an absurd number is refused where it is told."""
    asha = somebody(Role.TECHNICIAN, name="asha")
    ticket = (await asha.report("Jerks at low speed"))["key"]
    used = {"worked": True, "minutes": 5, "parts": [{"part": "controller", "quantity": quantity}]}
    said = await asha.ask(RESOLVE, op=op(), id=ticket, n=1, outcome=used)
    assert (said["__typename"], said["field"]) == ("InvalidInput", "outcome.parts.0.quantity")


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
    told = [answer["errors"][0]["extensions"]["field"] for answer in (beyond, broken)]
    assert told == ["payment.amount", "payment.amount"]
    assert await written(shop) == before


@pytest.mark.journey
async def test_month_is_closed_and_reported(shop: Shop) -> None:
    month = running_month()
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
    others = [total for total in found if total["hsn"] != "85044030"]
    assert [(total["hsn"], total["rate"]) for total in others] == [
        ("85371000", "18"),
        ("998714", "18"),
    ]
    assert (running["__typename"], closed["__typename"]) == ("InvalidInput", "MonthWasClosed")
    assert backdated["__typename"] == "MonthClosed"


@pytest.mark.journey
async def test_return_of_the_month_is_the_sum_of_its_invoices(shop: Shop) -> None:
    """One to a business, one to a person, one void, one credited in part."""
    number = synthetic_gstin("27", "CCCPK5678D")
    await shop.issued(await shop.closed("return_b2b"), **registered(number))
    void = (await shop.issued(await shop.closed("return_void")))["invoice"]
    await shop.admin.ask(VOID, op=op(), invoice=void["id"])
    part = (await shop.issued(await shop.closed("return_part")))["invoice"]
    await shop.accountant.ask(CREDIT, op=op(), invoice=part["id"], lines=[{"line": 2}])
    month = running_month()
    report = await shop.accountant.ask(MONTH, month=month)
    made = await shop.accountant.ask(RETURN, month=month)
    refused = await shop.support.answer(RETURN, month=month)
    said = json.loads(made["json"], parse_float=Decimal)
    codes = [row for table in said["hsn"].values() for row in table]
    taxable = {total["hsn"]: total["taxable"]["paise"] for total in report}
    by_code = {code: _paise(r for r in codes if r["hsn_sc"] == code) for code in taxable}
    documents = {
        name: [item["itm_det"] for buyer in said[name] for d in buyer[key] for item in d["itms"]]
        for name, key in (("b2b", "inv"), ("cdnr", "nt"))
    }
    sold = _paise(said["b2cs"]) + _paise(documents["b2b"]) - _paise(documents["cdnr"])
    assert by_code == taxable
    assert sold == sum(taxable.values())
    assert said["doc_issue"]["doc_det"][0]["docs"][0]["cancel"] > 0
    assert {table["name"] for table in made["tables"]} >= {"b2b", "b2cs", "hsn_b2b", "docs"}
    assert refused["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"


ZERO_RATED = """query ($id: ID!) { invoice(id: $id) { supply undertaking pdf
  totals { cgst { paise } sgst { paise } igst { paise } } } }"""
BILL = """query ($id: ID!) { invoice(id: $id) {
  document pdf totals { cgst { paise } sgst { paise } igst { paise } } } }"""


@pytest.mark.journey
@pytest.mark.row("IN-1")
async def test_garage_under_composition_sells_by_bills_of_supply(
    shop: Shop, somebody: Somebody, door: httpx.AsyncClient
) -> None:
    thane = GarageId("garage_thane")
    said = settings("TH1", gstin=synthetic_gstin("27", "DDDPK5678D"), scheme="COMPOSITION")
    unregistered = await shop.admin.ask(
        SETTINGS, op=op(), settings=said | {"gstin": None}, garage=thane
    )
    await shop.admin.ask(SETTINGS, op=op(), settings=said, garage=thane)
    price = {"part": "controller", "amount": 1_250_000, "garage": thane}
    await shop.admin.ask(PRICE, op=op(), price=price)
    ticket = await shop.closed("bill", garage=thane)
    accountant = somebody(Role.ACCOUNTANT, thane)
    invoice = {"customer": {"name": "Meera Joshi"}}
    sold = (await accountant.ask(ISSUE, op=op(), ticket=ticket, invoice=invoice))["invoice"]
    read = await accountant.ask(BILL, id=sold["id"])
    printed = await door.get(read["pdf"])
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(printed.content)).pages)
    assert unregistered["__typename"] == "InvalidInput"
    assert read["document"] == "BILL_OF_SUPPLY"
    assert {tax["paise"] for tax in read["totals"].values()} == {0}
    assert sold["number"].startswith("TH1B/")
    assert "Composition taxable person, not eligible to collect tax on supplies" in text


@pytest.mark.journey
@pytest.mark.row("IN-1")
async def test_special_zone_buys_without_tax_under_a_letter(
    shop: Shop, somebody: Somebody, door: httpx.AsyncClient
) -> None:
    """Refused without the letter; with it the portal, the page and the return call it so."""
    near = GarageId("garage_near_the_zone")
    said = settings("ZN1", gstin=synthetic_gstin("27", "FFFPK5678D"))
    await shop.admin.ask(SETTINGS, op=op(), settings=said, garage=near)
    price = {"part": "controller", "amount": 1_250_000, "garage": near}
    await shop.admin.ask(PRICE, op=op(), price=price)
    ticket = await shop.closed("zone", garage=near)
    buyer = registered(synthetic_gstin("27", "EEEPK5678D")) | {"name": "Zone Works"}
    invoice = {"customer": buyer | {"specialZone": True}, "supply": "WITHOUT_TAX"}
    ask = somebody(Role.ACCOUNTANT, near).ask
    refused = [
        (await ask(ISSUE, op=op(), ticket=ticket, invoice=given))["field"]
        for given in (invoice, invoice | {"customer": buyer, "undertaking": "AD2704260012345"})
    ]
    sold = await ask(
        ISSUE, op=op(), ticket=ticket, invoice=invoice | {"undertaking": "ad2704260012345"}
    )
    paper = sold["invoice"]
    told = await ask(REGISTER, op=op(), invoice=paper["id"])
    read = await ask(ZERO_RATED, id=paper["id"])
    made = json.loads((await ask(RETURN, month=running_month()))["json"])

    assert refused == ["invoice.undertaking", "invoice.supply"]
    assert told["__typename"] == "InvoiceRegistered", told
    assert (read["supply"], read["undertaking"]) == ("WITHOUT_TAX", "AD2704260012345")
    assert read["totals"] == {tax: {"paise": 0} for tax in ("cgst", "sgst", "igst")}
    text = page_text(await door.get(read["pdf"]))
    assert "LETTER OF UNDERTAKING WITHOUT PAYMENT" in text
    sold_to = {of["ctin"]: of["inv"] for of in made["b2b"]}[buyer["gstin"]]
    assert [(one["inum"], one["inv_typ"]) for one in sold_to] == [(paper["number"], "SEWOP")]


@pytest.mark.journey
async def test_return_of_a_gstin_is_for_who_may_see_all_its_garages(
    shop: Shop, somebody: Somebody
) -> None:
    gstin, month = synthetic_gstin("27"), running_month()
    await shop.issued(await shop.closed("gstin"))
    alone = await shop.accountant.ask(RETURN, month=month, gstin=gstin.lower())
    own = await shop.accountant.ask(RETURN, month=month)
    said = settings("NG1", gstin=gstin)
    await shop.admin.ask(SETTINGS, op=op(), settings=said, garage="garage_nagpur")
    whole = await shop.admin.ask(RETURN, month=month, gstin=gstin)
    nagpur = somebody(Role.ACCOUNTANT, GarageId("garage_nagpur"))
    stranger = somebody(Role.ACCOUNTANT, DELHI)
    refused = [
        (await who.answer(RETURN, month=month, gstin=gstin))["errors"][0]["extensions"]["code"]
        for who in (shop.accountant, nagpur, shop.support, stranger)
    ]
    unknown = await shop.admin.answer(RETURN, month=month, gstin=synthetic_gstin("07"))
    assert alone == own
    assert json.loads(whole["json"]) == json.loads(own["json"])
    assert refused == ["NOT_ALLOWED", "NOT_ALLOWED", "NOT_ALLOWED", "NOT_FOUND"]
    assert unknown["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def _paise(rows: Iterable[dict[str, Decimal]]) -> int:
    return int(sum(row["txval"] for row in rows) * 100)


@pytest.mark.journey
async def test_books_are_kept_beside_the_service(shop: Shop) -> None:
    """What `serve` and `work` run: partitions ahead, heads anchored, abandoned sagas ended."""
    books = shop.house.billing
    await shop.issued(await shop.closed("beside"))
    runs = (books.prepare(), books.anchor(shop.house.parts, shop.house.metrics), books.recover())
    loops = [asyncio.create_task(run) for run in runs]

    async def kept() -> int:
        return len(books.anchors.read_anchors())

    anchored = await eventually(kept, lambda n: n > 0)
    for task in loops:
        task.cancel()
    ended = await asyncio.gather(*loops, return_exceptions=True)
    verdict = await verify_books(shop.house.records, books.anchors.read_anchors())
    assert anchored > 0
    assert [type(end) for end in ended] == [asyncio.CancelledError] * 3
    assert verdict.touched is None


DRAFT = """query ($ticket: ID!) { draft(ticket: $ticket) {
  version customerKey specialZone tariffs { part code goods } customer { name } } }"""


@pytest.mark.journey
async def test_a_draft_tells_all_that_an_edit_hands_in(shop: Shop, somebody: Somebody) -> None:
    ticket = await shop.closed("told")
    tariffs = [{"part": "controller", "code": "853710", "goods": None}]
    invoice = {"customer": {"name": "Meera Joshi"}, "tariffs": tariffs}
    await shop.accountant.ask(EDIT, op=op(), ticket=ticket, n=0, invoice=invoice)
    told = await shop.accountant.ask(DRAFT, ticket=ticket)
    assert told == {
        "version": 1,
        "customerKey": None,
        "specialZone": False,
        "tariffs": tariffs,
        "customer": {"name": "Meera Joshi"},
    }
    foreign = somebody(Role.ACCOUNTANT, DELHI)
    assert [await foreign.ask(DRAFT, ticket=one) for one in (ticket, "tkt_nowhere")] == [None] * 2
