"""The tables of analysts: read in pages, without a column that tells who somebody is."""

import re
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from access.personal_fields import FIELDS
from domain.events import EventType
from records import analyst_tables
from records.analyst_tables import QUERIES, TABLES, table_pages
from records.change_log import ChangeLog
from records.database import Records
from tests.graph.examples import event
from web.analyst.tables import RecordsSource, write_tables

pytestmark = pytest.mark.row("EX-8")
OF_TABLE = re.compile(r"\b(?:from|join) (\w+)")
WHO = re.compile(r"\b(actor|by_whom|issued_by|buyer|reference|body|description|about)\b")


@pytest.mark.parametrize("table", TABLES)
def test_no_column_of_somebody_is_read(table: str) -> None:
    read = QUERIES[table]
    personal = {field.column for field in FIELDS if field.table in OF_TABLE.findall(read)}
    assert [name for name in personal if re.search(rf"\b{name}\b", read)] == []
    assert WHO.findall(read) == []


async def test_tables_are_read_in_pages(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyst_tables, "PAGE", 2)
    await ChangeLog(records).append([event(str(n), "fc_1") for n in range(5)])
    pages = [page async for page in table_pages(records, "events")]
    assert [[row["seq"] for row in page] for page in pages] == [[1, 2], [3, 4], [5]]
    assert {*pages[0][0]} == {"seq", "id", "type", "entity", "version", "at", "garage"}


async def test_whom_an_event_is_about_is_not_told(records: Records) -> None:
    changed = replace(event("1", "per_1"), type=EventType.PERSON_CHANGED)
    await ChangeLog(records).append([changed, event("2", "fc_1")])
    [page] = [page async for page in table_pages(records, "events")]
    assert [(row["type"], row["entity"]) for row in page] == [
        ("person.changed", None),
        (event("2", "fc_1").type.value, "fc_1"),
    ]


async def test_every_table_can_be_read(records: Records, tmp_path: Path) -> None:
    """Those without rows make no file."""
    await ChangeLog(records).append([event("1", "fc_1")])
    counted = await write_tables(RecordsSource(records), tmp_path)
    assert counted == dict.fromkeys(TABLES, 0) | {"events": 1}
    assert pq.read_table(tmp_path).num_rows == 1
