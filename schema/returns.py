"""A month's return of sales: as one answer, or as files that are made beside the service."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from billing.gst import e_invoice, gstr1_files
from billing.gst.gstr1_rows import MonthlyReturn
from billing.ledger import return_exports
from schema.refusals import InvalidInput, NotAllowed, NotFound, OperationConflict


@strawberry.type(description="One table of a return, as a spreadsheet reads it.")
class ReturnTable:
    name: str = field(description="As the portal names it: b2b, cdnr, hsn_b2b ….")
    csv: str = field(description="Amounts in rupees.")


@strawberry.type(description="The monthly return of sales (GSTR-1), by the law's tables.")
class SalesReturn:
    period: str = field(description="The month, as 102026.")
    json: str = field(description="As the portal takes it.")
    tables: list[ReturnTable] = field(description="The same, table by table.")

    @classmethod
    def from_domain(cls, value: MonthlyReturn) -> Self:
        return cls(
            period=value.period,
            json=e_invoice.inv01_text(gstr1_files.to_portal_json(value)).decode(),
            tables=[
                ReturnTable(name=name, csv=csv)
                for name, csv in gstr1_files.to_csv_files(value).items()
            ],
        )


@strawberry.type(
    description="A month's return of sales as a zip: the portal's JSON, and a CSV for each table. "
    "It is made beside the service and kept for a week."
)
class SalesReturnExport:
    id: strawberry.ID = field(description="By which to ask how far it is.")
    month: str = field(description="As 2026-10.")
    gstin: str = field(description="Whose return it is.")
    asked_at: datetime = field(description="When it was asked for.")
    papers: int | None = field(
        description="How many invoices, bills and notes the month has; null: not counted yet."
    )
    done: int = field(description="How many of them are in it.")
    finished_at: datetime | None = field(
        description="When it was made, or found not to be possible; null: it is being made."
    )
    refused: str | None = field(description="Why it cannot be made; null: it can.")
    link: str | None = field(
        description="Where to fetch it, for 15 minutes and without a token; null: not made. Ask "
        "again for another link."
    )

    @classmethod
    def from_domain(cls, value: return_exports.ReturnExport, link: str | None) -> Self:
        return cls(
            id=strawberry.ID(value.id),
            month=f"{value.month:%Y-%m}",
            gstin=value.gstin,
            asked_at=value.asked_at,
            papers=value.papers,
            done=value.done,
            finished_at=value.finished_at,
            refused=None if value.refused is None else str(value.refused),
            link=link,
        )


@strawberry.type(description="The return is being made, or was.")
class SalesReturnAsked:
    export: SalesReturnExport = field(description="How far it is.")


ExportSalesReturnResult = Annotated[
    SalesReturnAsked | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union(
        "ExportSalesReturnResult", description="How far the return is, or why it is not made."
    ),
]
