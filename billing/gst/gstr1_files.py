"""GSTR-1 as files: the portal's JSON, and a CSV for each section that a spreadsheet opens."""

import csv
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from io import StringIO
from itertools import groupby
from typing import Any

from billing.gst import money
from billing.gst.gstr1_rows import (
    DocumentRange,
    MonthlyReturn,
    ReturnRow,
    ReturnSection,
    UntaxedRow,
)
from billing.gst.hsn_summary import HsnRow
from billing.gst.money import Paise

# The return's names of what the invoice portal calls otherwise.
EXPORTS = {"EXPWP": "WPAY", "EXPWOP": "WOPAY"}
TO_BUSINESS = {"B2B": "R", "SEZWP": "SEWP", "SEZWOP": "SEWOP", "DEXP": "DE"}


def to_portal_json(made: MonthlyReturn) -> dict[str, Any]:
    """Give the portal's JSON; amounts are exact decimals (write it with `e_invoice.inv01_text`)."""
    return {
        "gstin": made.gstin,
        "fp": made.period,
        "b2b": _group_per_buyer(made, ReturnSection.B2B, "inv", "inum", "idt"),
        "exp": [
            {"exp_typ": EXPORTS[supply], "inv": _export_objects(rows)}
            for supply, rows in _group_rows(made, ReturnSection.EXP, lambda row: row.supply)
        ],
        "b2cl": [
            {"pos": place, "inv": _document_objects(rows, "inum", "idt")}
            for place, rows in _group_rows(made, ReturnSection.B2CL, lambda row: row.place)
        ],
        "b2cs": [_state_object(row) for row in made.rows if row.section is ReturnSection.B2CS],
        "cdnr": _group_per_buyer(made, ReturnSection.CDNR, "nt", "nt_num", "nt_dt"),
        "cdnur": [
            {**note, "typ": typ if typ in EXPORTS else "B2CL", "ntty": "C"}
            for typ, rows in _group_rows(made, ReturnSection.CDNUR, lambda row: row.supply)
            for note in _document_objects(rows, "nt_num", "nt_dt")
        ],
        "nil": {"inv": [_untaxed_object(row) for row in made.untaxed]},
        "at": _group_per_state(made, ReturnSection.AT),
        "txpd": _group_per_state(made, ReturnSection.TXPD),
        "hsn": {
            table: [_hsn_object(n, row) for n, row in enumerate(rows, start=1)]
            for table, rows in made.hsn.items()
        },
        "doc_issue": {
            "doc_det": [
                {"doc_num": type_, "docs": [_series_object(n, one) for n, one in enumerate(of, 1)]}
                for type_, of in groupby(made.docs, key=lambda issued: issued.type)
            ]
        },
    }


def to_csv_files(made: MonthlyReturn) -> dict[str, str]:
    """Give one CSV a section: amounts in rupees with two decimals."""
    head = "gstin number date value place_of_supply reverse_charge rate taxable igst cgst sgst type"
    found = {
        section.value: _csv_text(
            head.split(), [_row_cells(r) for r in made.rows if r.section is section]
        )
        for section in ReturnSection
    }
    nil = "supply_type nil exempt non_gst".split()
    found["nil"] = _csv_text(nil, [_untaxed_cells(row) for row in made.untaxed])
    hsn = "hsn unit rate quantity taxable igst cgst sgst".split()
    for table, rows in made.hsn.items():
        found["hsn" if table == "data" else table] = _csv_text(
            hsn, [_hsn_cells(row) for row in rows]
        )
    docs = [[d.type, d.first, d.last, d.count, d.void, d.count - d.void] for d in made.docs]
    found["docs"] = _csv_text("type from to total cancelled net".split(), docs)
    return found


def _group_per_buyer(
    made: MonthlyReturn, section: ReturnSection, documents: str, number: str, day: str
) -> list[dict[str, Any]]:
    return [
        {"ctin": buyer, documents: _document_objects(rows, number, day)}
        for buyer, rows in _group_rows(made, section, lambda row: row.gstin)
    ]


def _group_rows(
    made: MonthlyReturn, section: ReturnSection, key: Callable[[ReturnRow], str]
) -> list[tuple[str, list[ReturnRow]]]:
    rows = sorted((row for row in made.rows if row.section is section), key=key)
    return [(name, list(group)) for name, group in groupby(rows, key=key)]


def _document_objects(rows: list[ReturnRow], number: str, day: str) -> list[dict[str, Any]]:
    ordered = sorted(rows, key=lambda row: (row.number, row.rate))
    grouped = [list(group) for _, group in groupby(ordered, key=lambda row: row.number)]
    return [_document_object(group, number, day) for group in grouped]


def _document_object(rows: list[ReturnRow], number: str, day: str) -> dict[str, Any]:
    first = rows[0]
    note = {"ntty": "C"} if first.section is ReturnSection.CDNR else {}
    charge = "Y" if first.reverse_charge else "N"
    kind = {"inv_typ": TO_BUSINESS[first.supply], "rchrg": charge} if first.gstin else {}
    place = {} if first.supply in EXPORTS else {"pos": first.place}
    return {
        **note,
        number: first.number,
        day: f"{first.day:%d-%m-%Y}",
        "val": _to_rupees(first.value),
        **place,
        **kind,
        "itms": [{"num": n, "itm_det": _amount_fields(row)} for n, row in enumerate(rows, start=1)],
    }


def _export_objects(rows: list[ReturnRow]) -> list[dict[str, Any]]:
    """Give documents of exports: their items stand flat there, and bear IGST alone."""
    return [
        {
            **document,
            "itms": [
                {name: item["itm_det"][name] for name in ("txval", "rt", "iamt", "csamt")}
                for item in document["itms"]
            ],
        }
        for document in _document_objects(rows, "inum", "idt")
    ]


def _state_object(row: ReturnRow) -> dict[str, Any]:
    kind = "INTER" if row.inter_state else "INTRA"
    return {"sply_ty": kind, "typ": "OE", "pos": row.place, **_amount_fields(row)}


def _group_per_state(made: MonthlyReturn, section: ReturnSection) -> list[dict[str, Any]]:
    """Advances of each State, by rate; what was received, without its tax, is `ad_amt`."""
    return [
        {
            "pos": place,
            "sply_ty": "INTER" if inter else "INTRA",
            "itms": [_advance_object(row) for row in rows if row.inter_state is inter],
        }
        for place, rows in _group_rows(made, section, lambda row: row.place)
        for inter in sorted({row.inter_state for row in rows})
    ]


def _advance_object(row: ReturnRow) -> dict[str, Decimal]:
    amounts = _amount_fields(row)
    return {"rt": amounts["rt"], "ad_amt": amounts.pop("txval"), **amounts}


def _untaxed_object(row: UntaxedRow) -> dict[str, Any]:
    return {
        "sply_ty": _supply_type(row),
        "nil_amt": _to_rupees(row.nil),
        "expt_amt": _to_rupees(row.exempt),
        "ngsup_amt": Decimal("0.00"),
    }


def _untaxed_cells(row: UntaxedRow) -> list[object]:
    return [_supply_type(row), money.plain_amount(row.nil), money.plain_amount(row.exempt), "0.00"]


def _supply_type(row: UntaxedRow) -> str:
    where = "INTR" if row.inter_state else "INTRA"
    return f"{where}{'B2B' if row.registered else 'B2C'}"


def _amount_fields(row: ReturnRow | HsnRow) -> dict[str, Decimal]:
    return {
        "rt": row.rate,
        "txval": _to_rupees(row.taxable),
        "iamt": _to_rupees(row.igst),
        "camt": _to_rupees(row.cgst),
        "samt": _to_rupees(row.sgst),
        "csamt": Decimal("0.00"),
    }


def _hsn_object(n: int, row: HsnRow) -> dict[str, Any]:
    unit = "NA" if row.hsn.startswith("99") else row.unit
    return {"num": n, "hsn_sc": row.hsn, "uqc": unit, "qty": row.quantity, **_amount_fields(row)}


def _series_object(n: int, issued: DocumentRange) -> dict[str, Any]:
    numbers = {"num": n, "from": issued.first, "to": issued.last, "totnum": issued.count}
    return {**numbers, "cancel": issued.void, "net_issue": issued.count - issued.void}


def _row_cells(row: ReturnRow) -> list[object]:
    about = [row.gstin, row.number, row.day or "", money.plain_amount(row.value), row.place]
    taxes = [money.plain_amount(amount) for amount in (row.taxable, row.igst, row.cgst, row.sgst)]
    return [*about, "Y" if row.reverse_charge else "N", row.rate, *taxes, row.supply]


def _hsn_cells(row: HsnRow) -> list[object]:
    taxes = [money.plain_amount(amount) for amount in (row.taxable, row.igst, row.cgst, row.sgst)]
    return [row.hsn, row.unit, row.rate, row.quantity, *taxes]


def _csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _to_rupees(amount: Paise) -> Decimal:
    return Decimal(money.plain_amount(amount))
