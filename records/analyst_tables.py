"""The tables that analysts get beside their graph, without a column that tells who somebody is."""

from collections.abc import AsyncIterator, Mapping
from typing import LiteralString

from records.database import Records, Row
from records.queries import named_queries

QUERIES: Mapping[str, LiteralString] = named_queries("analyst.sql")
TABLES = ("events", "invoices", "invoice_lines", "payments", "entries")
PAGE = 20_000


async def table_pages(records: Records, table: str) -> AsyncIterator[list[Row]]:
    """Yield the rows of a table in pages, in its own order."""
    after: object = None
    while True:
        rows = await records.rows(QUERIES[table], after=after, page=PAGE)
        if not rows:
            return
        after = rows[-1]["position"]
        yield [{name: row[name] for name in row if name != "position"} for row in rows]
