"""The GSTR-1 that a garage exports equals its invoices to the paisa, in every amount (RA-8)."""

import csv
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from domain.access import Role
from domain.ids import GarageId
from records.leases import LeaseStore
from resolvers import returns
from tests.billing.sample_books import synthetic_gstin
from tests.journeys.billing_garage import (
    CREDIT,
    EXPORT,
    EXPORT_STANDS,
    ISSUE,
    RETURN,
    VOID,
    Shop,
    furnished,
    op,
    registered,
    running_month,
)
from tests.journeys.conftest import Somebody
from web.return_exports import ReturnMaker
from web.wiring import Runtime

pytestmark = pytest.mark.journey
PAGE = """query ($after: String, $kind: DocumentKind) {
  invoices(first: 3, after: $after, kind: $kind) {
    edges { node { status
      totals { taxable { paise } igst { paise } cgst { paise } sgst { paise } } } }
    pageInfo { hasNextPage endCursor } } }"""
AMOUNTS = {"taxable": "txval", "igst": "iamt", "cgst": "camt", "sgst": "samt"}
DISCOUNTS = (0, 1, 33, 4_999, 12_345, 20_001)
Sums = dict[str, int]


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
    return await furnished(house, somebody)


@pytest.mark.row("RA-8")
async def test_export_equals_the_sums_of_invoices(shop: Shop) -> None:
    """Businesses and people, here and in another State, odd paise, void and credited ones."""
    papers = [await sold(shop, n, discount) for n, discount in enumerate(DISCOUNTS * 4)]
    for paper in papers[::6]:
        await shop.admin.ask(VOID, op=op(), invoice=paper["id"])
    for n, paper in enumerate(papers[1::6]):
        lines = None if n % 2 else [{"line": 2}]
        credited = await shop.accountant.ask(CREDIT, op=op(), invoice=paper["id"], lines=lines)
        assert credited["__typename"] == "CreditNoteIssued"

    made = await shop.accountant.ask(RETURN, month=running_month())
    said = json.loads(made["json"], parse_float=Decimal)
    tables = {table["name"]: [*csv.DictReader(StringIO(table["csv"]))] for table in made["tables"]}
    invoices, notes = await summed(shop, "INVOICE"), await summed(shop, "CREDIT_NOTE")
    net = {name: invoices[name] - notes[name] for name in AMOUNTS}
    assert all(net.values()), net
    assert of_sections(said) == net
    assert of_rows(row for table in said["hsn"].values() for row in table) == net
    assert of_files(tables) == net


@pytest.mark.row("RA-8")
async def test_files_made_beside_the_service_say_the_same(
    shop: Shop, door: httpx.AsyncClient, somebody: Somebody
) -> None:
    """They are asked for, made, and fetched without a token by a link that is not to be changed."""
    await sold(shop, 99, 0)
    made = await shop.accountant.ask(RETURN, month=running_month())
    asked = {"op": op(), "month": running_month()}
    first = await shop.accountant.ask(EXPORT, **asked)
    again = await shop.accountant.ask(EXPORT, **asked)
    assert first == again
    assert (first["export"]["papers"], first["export"]["link"]) == (None, None)
    maker = ReturnMaker(
        exporter=shop.house.billing.exporter, leases=LeaseStore(shop.house.records, "test")
    )
    await maker.make_waiting()

    told = await shop.accountant.ask(EXPORT_STANDS, id=first["export"]["id"])
    answer = await door.get(told["link"])
    assert (told["month"], told["refused"]) == (running_month(), None)
    assert told["papers"] == told["done"] > 0
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with ZipFile(BytesIO(answer.content)) as files:
        names = {f"{table['name']}.csv": table["csv"] for table in made["tables"]}
        names[f"gstr1_{made['period']}.json"] = made["json"]
        assert {name: files.read(name).decode() for name in files.namelist()} == names
    changed = told["link"].replace("expires=", "expires=9")
    assert (await door.get(changed)).status_code == 403
    stranger = somebody(Role.ACCOUNTANT, garage=GarageId("garage_elsewhere"))
    for one in (first["export"]["id"], f"ret_{'0' * 32}"):
        refused = await stranger.answer(EXPORT_STANDS, id=one)
        assert refused["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_large_month_is_asked_for_by_export(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sold(shop, 98, 0)
    monkeypatch.setattr(returns, "MOST_AT_ONCE", 0)
    refused = await shop.accountant.answer(RETURN, month=running_month())
    assert refused["errors"][0]["extensions"]["field"] == "month"
    assert "exportSalesReturn" in refused["errors"][0]["message"]


async def sold(shop: Shop, n: int, discount: int) -> dict[str, Any]:
    """Issue an invoice to one of four kinds of buyers."""
    away = registered(synthetic_gstin("29", "BBBPK5678D"))
    buyers: tuple[dict[str, str], ...] = (
        {},
        registered(synthetic_gstin("27", "CCCPK5678D")),
        away,
        {"address": "9 MG Road", "pincode": "560001", "state": "29"},
    )
    ticket = await shop.closed(f"sold_{n}", garage=GarageId("garage_pune"))
    invoice = {"customer": {"name": "Meera Joshi", **buyers[n % 4]}, "labourDiscount": discount}
    issued = await shop.accountant.ask(ISSUE, op=op(), ticket=ticket, invoice=invoice)
    assert issued["__typename"] == "InvoiceIssued", issued
    return issued["invoice"]


async def summed(shop: Shop, kind: str) -> Sums:
    """Add up what the documents of a kind say, page by page, without those that are void."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = await shop.accountant.ask(PAGE, after=after, kind=kind)
        found += [edge["node"] for edge in page["edges"] if edge["node"]["status"] != "VOID"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    return {name: sum(one["totals"][name]["paise"] for one in found) for name in AMOUNTS}


def of_sections(said: Mapping[str, Any]) -> Sums:
    """Add up the sections of the portal's file; notes are taken away."""
    sales = [item["itm_det"] for items in _documents(said, "b2b", "inv") for item in items]
    large = [i["itm_det"] for place in said["b2cl"] for d in place["inv"] for i in d["itms"]]
    taken = [item["itm_det"] for items in _documents(said, "cdnr", "nt") for item in items]
    taken += [item["itm_det"] for note in said["cdnur"] for item in note["itms"]]
    plus, minus = of_rows([*sales, *large, *said["b2cs"]]), of_rows(taken)
    return {name: plus[name] - minus[name] for name in AMOUNTS}


def of_rows(rows: Iterable[Mapping[str, Decimal]]) -> Sums:
    held = [*rows]
    return {
        name: int(sum((row[column] for row in held), Decimal(0)) * 100)
        for name, column in AMOUNTS.items()
    }


def of_files(tables: Mapping[str, list[dict[str, str]]]) -> Sums:
    """Add up the CSV files of the same sections."""
    signs = {"b2b": 1, "b2cl": 1, "b2cs": 1, "cdnr": -1, "cdnur": -1}
    return {
        name: int(
            100
            * sum(
                sign * sum((Decimal(row[name]) for row in tables[table]), Decimal(0))
                for table, sign in signs.items()
            )
        )
        for name in AMOUNTS
    }


def _documents(said: Mapping[str, Any], section: str, documents: str) -> list[list[dict[str, Any]]]:
    return [one["itms"] for buyer in said[section] for one in buyer[documents]]
