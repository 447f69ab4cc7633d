"""GSTR-1 as files: the portal's JSON, and a CSV for each section that a spreadsheet opens."""

import csv
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from io import StringIO
from itertools import groupby
from typing import Any

from billing import money
from billing.gstr1_rows import Issued, Return, Row, Section, Untaxed
from billing.hsn_summary import HsnRow
from billing.money import Paise


def as_json(made: Return) -> dict[str, Any]:
    """Give the portal's JSON; amounts are exact decimals (write it with `e_invoice.text`)."""
    return {
        "gstin": made.gstin,
        "fp": made.period,
        "b2b": _per_buyer(made, Section.B2B, "inv", "inum", "idt"),
        "b2cl": [
            {"pos": place, "inv": _documents(rows, "inum", "idt")}
            for place, rows in _grouped(made, Section.B2CL, lambda row: row.place)
        ],
        "b2cs": [_state(row) for row in made.rows if row.section is Section.B2CS],
        "cdnr": _per_buyer(made, Section.CDNR, "nt", "nt_num", "nt_dt"),
        "cdnur": [
            {**note, "typ": "B2CL", "ntty": "C"}
            for _, rows in _grouped(made, Section.CDNUR, lambda row: row.place)
            for note in _documents(rows, "nt_num", "nt_dt")
        ],
        "nil": {"inv": [_untaxed(row) for row in made.untaxed]},
        "at": _per_state(made, Section.AT),
        "txpd": _per_state(made, Section.TXPD),
        "hsn": {
            table: [_hsn(n, row) for n, row in enumerate(rows, start=1)]
            for table, rows in made.hsn.items()
        },
        "doc_issue": {"doc_det": [_doc(issued) for issued in made.docs]},
    }


def as_csv(made: Return) -> dict[str, str]:
    """Give one CSV a section: amounts in rupees with two decimals."""
    head = "gstin number date value place_of_supply reverse_charge rate taxable igst cgst sgst"
    found = {
        section.value: _csv(head.split(), [_cells(r) for r in made.rows if r.section is section])
        for section in Section
    }
    nil = "supply_type nil exempt non_gst".split()
    found["nil"] = _csv(nil, [_untaxed_cells(row) for row in made.untaxed])
    hsn = "hsn unit rate quantity taxable igst cgst sgst".split()
    for table, rows in made.hsn.items():
        found["hsn" if table == "data" else table] = _csv(hsn, [_hsn_cells(row) for row in rows])
    docs = [[d.type, d.first, d.last, d.count, d.void, d.count - d.void] for d in made.docs]
    found["docs"] = _csv("type from to total cancelled net".split(), docs)
    return found


def _per_buyer(
    made: Return, section: Section, documents: str, number: str, day: str
) -> list[dict[str, Any]]:
    return [
        {"ctin": buyer, documents: _documents(rows, number, day)}
        for buyer, rows in _grouped(made, section, lambda row: row.gstin)
    ]


def _grouped(
    made: Return, section: Section, key: Callable[[Row], str]
) -> list[tuple[str, list[Row]]]:
    rows = sorted((row for row in made.rows if row.section is section), key=key)
    return [(name, list(group)) for name, group in groupby(rows, key=key)]


def _documents(rows: list[Row], number: str, day: str) -> list[dict[str, Any]]:
    ordered = sorted(rows, key=lambda row: (row.number, row.rate))
    grouped = [list(group) for _, group in groupby(ordered, key=lambda row: row.number)]
    return [_document(group, number, day) for group in grouped]


def _document(rows: list[Row], number: str, day: str) -> dict[str, Any]:
    first = rows[0]
    note = {"ntty": "C"} if first.section is Section.CDNR else {}
    supply = "SEWP" if first.special_zone else "R"
    kind = {"inv_typ": supply, "rchrg": "Y" if first.reverse_charge else "N"} if first.gstin else {}
    return {
        **note,
        number: first.number,
        day: f"{first.day:%d-%m-%Y}",
        "val": _rupees(first.value),
        "pos": first.place,
        **kind,
        "itms": [{"num": n, "itm_det": _amounts(row)} for n, row in enumerate(rows, start=1)],
    }


def _state(row: Row) -> dict[str, Any]:
    kind = "INTER" if row.inter_state else "INTRA"
    return {"sply_ty": kind, "typ": "OE", "pos": row.place, **_amounts(row)}


def _per_state(made: Return, section: Section) -> list[dict[str, Any]]:
    """Advances of each State, by rate; what was received, without its tax, is `ad_amt`."""
    return [
        {
            "pos": place,
            "sply_ty": "INTER" if inter else "INTRA",
            "itms": [_advance(row) for row in rows if row.inter_state is inter],
        }
        for place, rows in _grouped(made, section, lambda row: row.place)
        for inter in sorted({row.inter_state for row in rows})
    ]


def _advance(row: Row) -> dict[str, Decimal]:
    amounts = _amounts(row)
    return {"rt": amounts["rt"], "ad_amt": amounts.pop("txval"), **amounts}


def _untaxed(row: Untaxed) -> dict[str, Any]:
    return {
        "sply_ty": _supply_type(row),
        "nil_amt": _rupees(row.nil),
        "expt_amt": _rupees(row.exempt),
        "ngsup_amt": Decimal("0.00"),
    }


def _untaxed_cells(row: Untaxed) -> list[object]:
    return [_supply_type(row), money.plain(row.nil), money.plain(row.exempt), "0.00"]


def _supply_type(row: Untaxed) -> str:
    where = "INTR" if row.inter_state else "INTRA"
    return f"{where}{'B2B' if row.registered else 'B2C'}"


def _amounts(row: Row | HsnRow) -> dict[str, Decimal]:
    return {
        "rt": row.rate,
        "txval": _rupees(row.taxable),
        "iamt": _rupees(row.igst),
        "camt": _rupees(row.cgst),
        "samt": _rupees(row.sgst),
        "csamt": Decimal("0.00"),
    }


def _hsn(n: int, row: HsnRow) -> dict[str, Any]:
    unit = "NA" if row.hsn.startswith("99") else row.unit
    return {"num": n, "hsn_sc": row.hsn, "uqc": unit, "qty": row.quantity, **_amounts(row)}


def _doc(issued: Issued) -> dict[str, Any]:
    numbers = {"num": 1, "from": issued.first, "to": issued.last, "totnum": issued.count}
    counts = {"cancel": issued.void, "net_issue": issued.count - issued.void}
    return {"doc_num": issued.type, "docs": [{**numbers, **counts}]}


def _cells(row: Row) -> list[object]:
    about = [row.gstin, row.number, row.day or "", money.plain(row.value), row.place]
    taxes = [money.plain(amount) for amount in (row.taxable, row.igst, row.cgst, row.sgst)]
    return [*about, "Y" if row.reverse_charge else "N", row.rate, *taxes]


def _hsn_cells(row: HsnRow) -> list[object]:
    taxes = [money.plain(amount) for amount in (row.taxable, row.igst, row.cgst, row.sgst)]
    return [row.hsn, row.unit, row.rate, row.quantity, *taxes]


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _rupees(amount: Paise) -> Decimal:
    return Decimal(money.plain(amount))
