"""The tables of books and events as Parquet beside the analysts' graph."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq

from records.analyst_tables import TABLES, table_pages
from records.database import Records, Row


class TableSource(Protocol):
    """Where the tables come from: rows in pages."""

    def pages(self, table: str) -> AsyncIterator[list[Row]]: ...


class RecordsSource:
    """The serving PostgreSQL, read page by page."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def pages(self, table: str) -> AsyncIterator[list[Row]]:
        return table_pages(self._records, table)


async def write_tables(source: TableSource, folder: Path) -> Mapping[str, int]:
    """Write each table that has rows as `NAME.parquet`, and give how many rows each has."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    return {table: await _write_table(source, table, folder) for table in TABLES}


async def _write_table(source: TableSource, table: str, folder: Path) -> int:
    count = 0
    with ExitStack() as stack:
        writer: Any = None
        async for rows in source.pages(table):
            if writer is None:
                schema: Any = cast("Any", pa.Table.from_pylist(rows)).schema
                path = folder / f"{table}.parquet"
                writer = stack.enter_context(pq.ParquetWriter(path, _nullable(schema)))
            writer.write_table(pa.Table.from_pylist(rows, schema=writer.schema))
            count += len(rows)
    return count


def _nullable(schema: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Take a column of which the first page says nothing for one of text."""
    typed: list[Any] = [
        pa.field(f.name, pa.string() if pa.types.is_null(f.type) else f.type) for f in schema
    ]
    return cast("Any", pa.schema(typed))
