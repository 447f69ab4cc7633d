"""Where a supply happens, by which rule, and the taxes that follow."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from billing.gst import tariff_codes, tax_rates
from billing.gst.document_numbers import format_number, parse_number
from billing.gst.invoices import compute_invoice
from billing.gst.law_dates import FinancialYear, day_month_year, financial_year_of, law_day
from billing.gst.lines import TaxSplit
from billing.gst.money import Paise
from billing.gst.parties import Party
from billing.gst.place_of_supply import (
    EXPLAINED,
    HERE,
    Handover,
    Nature,
    PlaceOverride,
    PlaceRule,
    find_place_of_supply,
)
from billing.gst.states import ABROAD, parse_state
from billing.gst.tax_rates import RATES, TaxRate, goods_of_part, rate_of, search_rates
from domain.errors import InvalidInput
from tests.billing.samples import FLEET, GARAGE, RIDER, WALK_IN, address, draft, part, synthetic

DELHI, HARYANA, KERALA = parse_state("07"), parse_state("06"), parse_state("32")
SERVICE, GOODS = [Nature.SERVICE, Nature.GOODS], [Nature.GOODS]
AWAY = Party(name="Visitor", address=address("32"))
ZONE = replace(RIDER, gstin=synthetic("07", "AAACZ9876C1Z"), special_zone=True)
SENT, FITTED = Handover(sent_to=KERALA), Handover(installed_in=HARYANA)


@pytest.mark.row("IN-4")
@pytest.mark.parametrize(
    ("buyer", "natures", "handover", "where", "rule", "inter_state"),
    [
        (FLEET, SERVICE, HERE, HARYANA, PlaceRule.SERVICE_REGISTERED, True),
        (RIDER, SERVICE, HERE, DELHI, PlaceRule.SERVICE_ADDRESS, False),
        (AWAY, SERVICE, HERE, KERALA, PlaceRule.SERVICE_ADDRESS, True),
        (WALK_IN, SERVICE, HERE, DELHI, PlaceRule.SERVICE_NO_ADDRESS, False),
        (FLEET, GOODS, HERE, DELHI, PlaceRule.GOODS_HANDED_OVER, False),
        (FLEET, GOODS, SENT, KERALA, PlaceRule.GOODS_MOVED, True),
        (FLEET, GOODS, FITTED, HARYANA, PlaceRule.GOODS_INSTALLED, True),
        (AWAY, GOODS, HERE, KERALA, PlaceRule.GOODS_UNREGISTERED, True),
        (WALK_IN, GOODS, HERE, DELHI, PlaceRule.GOODS_UNREGISTERED, False),
        (RIDER, GOODS, SENT, KERALA, PlaceRule.GOODS_UNREGISTERED, True),
        (ZONE, SERVICE, HERE, DELHI, PlaceRule.SERVICE_REGISTERED, True),
        (ZONE, GOODS, HERE, DELHI, PlaceRule.GOODS_HANDED_OVER, True),
    ],
)
def test_place_and_rule(  # noqa: PLR0913, PLR0917
    buyer: Party,
    natures: list[Nature],
    handover: Handover,
    where: object,
    rule: PlaceRule,
    inter_state: bool,
) -> None:
    found = find_place_of_supply(GARAGE, buyer, natures, handover)
    assert (found.state, found.rule, found.inter_state) == (where, rule, inter_state)
    assert found.explained == EXPLAINED[rule]


@pytest.mark.row("IN-4")
def test_accountant_overrules_with_a_reason() -> None:
    overrule = PlaceOverride(state=DELHI, reason="Parts fitted and handed over in Delhi")
    found = find_place_of_supply(GARAGE, FLEET, SERVICE, overrule=overrule)
    assert (found.state, found.inter_state, found.explained) == (DELHI, False, overrule.reason)
    with pytest.raises(InvalidInput, match=r"^reason: needs 10 characters"):
        PlaceOverride(state=DELHI, reason="because")


def test_abroad_is_inter_state() -> None:
    overrule = PlaceOverride(state=ABROAD, reason="Exported to a buyer in Nepal")
    assert find_place_of_supply(GARAGE, RIDER, GOODS, overrule=overrule).inter_state


def test_nothing_or_nobody_cannot_be_placed() -> None:
    with pytest.raises(InvalidInput, match=r"^lines: "):
        find_place_of_supply(GARAGE, RIDER, [])
    with pytest.raises(InvalidInput, match=r"^supplier.state: "):
        find_place_of_supply(WALK_IN, RIDER, SERVICE)


@pytest.mark.row("IN-5")
@pytest.mark.parametrize(
    ("hsn", "before", "since"),
    [
        ("998714", 18, 18),
        ("8708", 28, 18),
        ("87089900", 28, 18),
        ("871410", 28, 18),
        ("871160", 5, 5),
        ("870380", 5, 5),
        ("8507", 28, 18),
        ("850720", 28, 18),
        ("85076000", 18, 18),
        ("401140", 28, 18),
    ],
)
def test_rates_around_the_change(hsn: str, before: int, since: int) -> None:
    days = (date(2025, 9, 21), date(2025, 9, 22))
    assert [rate_of(hsn, day, RATES).percent for day in days] == [before, since]


@pytest.mark.row("IN-5")
@pytest.mark.parametrize(
    ("hsn", "day", "message"),
    [
        ("0101", date(2026, 1, 1), "^lines.2.hsn: 0101 is not in the table"),
        ("998714", date(2017, 6, 30), "^date: no GST rate of 998714 is known on 2017-06-30"),
        ("85x7", date(2026, 1, 1), "^lines.2.hsn: '85x7' is not 4, 6 or 8 digits"),
    ],
)
def test_no_rate_names_the_field(hsn: str, day: date, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        rate_of(hsn, day, RATES, "lines.2.hsn")


def test_every_rate_says_where_it_is_from() -> None:
    text = (files("billing.gst") / "rates" / "gst.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["code"] for row in rows if not row["source"]] == []
    open_ = {row["code"] for row in rows if row["source"].startswith("to be confirmed")}
    assert open_ == {"2853", "8548", "8549", "9401", "940199", "997319"}
    named = ("Notification ", "28 % before: 56th", "28 % for most before: 56th", "to be confirmed")
    assert [
        row["code"] for row in rows if not row["source"].startswith((*named, "18 % before"))
    ] == []


@pytest.mark.row("IN-5")
@pytest.mark.parametrize(
    ("hsn", "goods", "percent"),
    [
        ("85044030", "ev_charger", 5),
        ("850440", "other", 18),
        ("85044090", "", 18),
        ("4011", "", 18),
        ("4011", "cycle_rickshaw", 5),
        ("40115010", "", 5),
        ("8714", "cycle", 5),
        ("871499", "", 5),
        ("87141090", "", 18),
        ("870460", "", 5),
        ("997319", "battery", 18),
        ("997319", "electric_vehicle", 5),
    ],
)
def test_rate_hangs_on_code_and_goods(hsn: str, goods: str, percent: int) -> None:
    assert rate_of(hsn, date(2026, 11, 30), RATES, goods=goods).percent == percent


@pytest.mark.row("IN-5")
@pytest.mark.parametrize(
    ("hsn", "goods", "message"),
    [
        ("85044030", "", r"^lines.2.goods: .* say which: ev_charger .*: 5 %\); other .*: 18 %\)"),
        ("8504", "horse", r"^lines.2.goods: 8504 holds goods of several rates"),
        ("8536", "horse", r"^lines.2.goods: 'horse': 8536 has one rate"),
        ("8549", "", r"^lines.2.hsn: the rate of 8549 .* is to be confirmed"),
        ("9401", "other", r"^lines.2.hsn: the rate of 9401 .* is to be confirmed"),
        ("8533", "", None),
        ("998799", "", r"^lines.2.hsn: 998799 is not in .* near it are: 998714 "),
        ("8535", "", r"^lines.2.hsn: 8535 is not in .* near it are: 8532 .*tariffCodes"),
    ],
)
def test_what_tells_no_rate_is_refused_with_the_way_out(
    hsn: str, goods: str, message: str | None
) -> None:
    if message is None:
        assert rate_of(hsn, date(2026, 11, 30), RATES).percent == 18
        return
    with pytest.raises(InvalidInput, match=message):
        rate_of(hsn, date(2026, 11, 30), RATES, "lines.2.hsn", goods=goods)


@pytest.mark.row("IN-5")
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("853645", r"^hsn: 853645 is not in the tariff; 8536 holds 853610 \(Fuses\)"),
        ("85369080", r"^hsn: 85369080 is not in the tariff; 853690 holds 85369010, 85369020"),
    ],
)
def test_codes_that_the_tariff_lacks(code: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        tariff_codes.demand_in_tariff(code)
    with pytest.raises(InvalidInput, match=r"^lines.1.hsn: .* is not in the tariff"):
        compute_invoice(draft(lines=(part("Thing", code, 1_00),)))


def test_every_shipped_part_has_a_whole_code_and_a_rate() -> None:
    """All but those whose rate an accountant has to say, for nobody told it in so many words."""
    on, undecided = date(2026, 11, 30), set[str]()
    for known in yaml_parts():
        code, goods = known["hsn"], goods_of_part(known["id"])
        assert tariff_codes.demand_in_tariff(code)[6:], known
        if not goods and code.startswith("85044030"):
            undecided.add(known["id"])
            goods = "ev_charger"
        assert rate_of(code, on, RATES, goods=goods).percent in {5, 18}
    assert undecided == {"BW-OBC-650W-48", "BW-OBC-3K3-48", "BW-OBC-3K3-320", "BW-ICU-DCDC-800"}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("towing", ["996749"]),
        ("mirror", ["7009"]),
        ("bulbs vehicles", ["8539"]),
        ("87088000", ["8708"]),
    ],
)
def test_codes_are_searched_by_words_and_digits(search: str, found: list[str]) -> None:
    assert [row.code for row in search_rates(search, date(2026, 11, 30), RATES)] == found


def test_unknown_code_stops_the_invoice() -> None:
    with pytest.raises(InvalidInput, match=r"^lines.1.hsn: 0101"):
        compute_invoice(draft(lines=(part("Horse", "0101", 1_00),)))


@pytest.mark.parametrize(
    ("percent", "day"), [(12, "2025-09-22"), (40, "2025-09-21"), (17, "2026-01-01")]
)
def test_slabs_are_dated(percent: int, day: str) -> None:
    with pytest.raises(InvalidInput, match="is no slab of GST"):
        TaxRate(code="8507", since=date.fromisoformat(day), percent=Decimal(percent))


@pytest.mark.parametrize("row", ["8507,22-09-2025,18,x", "8507,2025-09-22,x,x", "8507,2025-09-22"])
def test_bad_rows_of_rates(row: str) -> None:
    with pytest.raises(InvalidInput, match=r"^rates: "):
        tax_rates.read_rates(f"code,since,percent,what\n{row}\n")


def test_tax_of_union_territories_has_its_own_name() -> None:
    assert [parse_state(code).half_tax for code in ("07", "04")] == ["SGST", "UTGST"]
    assert TaxSplit(cgst=Paise(1), sgst=Paise(1)).total == 2


@pytest.mark.parametrize(
    ("day", "year", "short"),
    [
        (date(2026, 3, 31), "2025-26", "2526"),
        (date(2026, 4, 1), "2026-27", "2627"),
        (date(2020, 1, 3), "2019-20", "1920"),
        (date(1999, 12, 31), "1999-00", "9900"),
    ],
)
def test_financial_years(day: date, year: str, short: str) -> None:
    found = financial_year_of(day)
    assert (str(found), found.short, found.first <= day <= found.last) == (year, short, True)


def test_days_are_indian() -> None:
    assert law_day(datetime(2026, 3, 31, 18, 30, tzinfo=UTC)) == date(2026, 4, 1)
    assert law_day(datetime(2026, 3, 31, 18, 29, tzinfo=UTC)) == date(2026, 3, 31)
    assert day_month_year(date(2026, 4, 1)) == "01/04/2026"
    with pytest.raises(InvalidInput, match="has no time zone"):
        law_day(datetime(2026, 3, 31))  # noqa: DTZ001


def test_numbers_of_sixteen() -> None:
    year = FinancialYear(start=2026)
    assert format_number("DL01", year, 123) == "DL01/2627/000123"
    assert parse_number("1234567890ABCDEF") == "1234567890ABCDEF"
    for series, serial in (("", 1), ("0A", 1), ("dl", 1), ("DL012", 1), ("DL", 0), ("DL", 10**6)):
        with pytest.raises(InvalidInput):
            format_number(series, year, serial)


@pytest.mark.parametrize(
    "text", ["/A", "-A", "0001", "A_1", "A 1", "A" * 17, "", "इन1", "a1", "A\n"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^number: "):
        parse_number(text)


def yaml_parts() -> list[dict[str, Any]]:
    """Give the parts that are shipped, as their files say them."""
    found: list[dict[str, Any]] = []
    for path in sorted((Path(__file__).parents[3] / "ingest" / "knowledge").glob("*.yaml")):
        found += yaml.safe_load(path.read_text("utf-8")).get("parts", [])
    return found
