"""Every personal column is in the registry and kept as it says there; the graph has none."""

import re

import pytest

from access.personal_fields import CLEAR, FIELDS, SEALED, Protection
from graph.database import Graph
from records.data_keys import QUERIES
from records.database import Records, Row

COLUMNS = """
select c.relname as table, a.attname as column, format_type(a.atttypid, null) as kind,
       col_description(c.oid, a.attnum) as comment
from pg_attribute a join pg_class c on c.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and not c.relispartition
  and c.relnamespace = current_schema()::regnamespace"""
TAGGED = "personal: "
# What a column that tells who somebody is would be called.
NAMED = re.compile(
    r"(^|_)(aadhaar|pan|gstin|ifsc|salary|bank|account_number|phone|mobile|e?mail|address|birth\w*"
    r"|plate|vin|buyer|customer|recipient|(first|last|full|legal)_name|passport|licence)(_|$)"
)
# What is neither text of somebody nor a key to it: hashes, and wrapped keys.
PLAIN_BYTES = {
    ("money_event", "hash"),
    ("money_head", "hash"),
    ("data_key", "wrapped"),
    ("deed", "seal"),
    ("api_key", "digest"),
    ("audit_link", "digest"),
    ("audit_link", "hash"),
    ("audit_link", "mac"),
    ("invitation", "mark"),
    ("refresh_token", "mark"),
    ("password_reset", "mark"),
    ("password_reset", "used_by"),
    ("recovery_code", "mark"),
    ("sign_in_challenge", "mark"),
    ("sign_in_challenge", "used_by"),
    ("passkey", "credential"),
    ("passkey", "public_key"),
    ("return_export", "digest"),
}
# A garage's own letterhead: what it prints on every invoice.
LETTERHEAD = "billing_setting"
REGISTERED = {(field.table, field.column): field for field in FIELDS}


async def unregistered(records: Records) -> set[tuple[str, str]]:
    """Give the columns that tell who somebody is and are not kept as the registry says."""
    rows = await records.rows(COLUMNS)
    return {(row["table"], row["column"]) for row in rows if not _is_kept_as_said(row)}


def _is_kept_as_said(row: Row) -> bool:
    place, tag = (row["table"], row["column"]), row["comment"] or ""
    registered = REGISTERED.get(place)
    if registered is None:
        named = NAMED.search(row["column"]) and place not in CLEAR
        suspect = tag.startswith(TAGGED) or named
        bytes_of_somebody = row["kind"].removesuffix("[]") == "bytea" and place not in PLAIN_BYTES
        return row["table"] == LETTERHEAD or not (suspect or bytes_of_somebody)
    in_bytes = registered.protection is not Protection.MASKED
    there = row["kind"].removesuffix("[]") == "bytea"
    return tag == f"{TAGGED}{registered.kind}" and in_bytes == there


@pytest.mark.row("EN-6")
async def test_every_personal_column_is_registered_and_sealed(records: Records) -> None:
    assert await unregistered(records) == set()
    there = {(row["table"], row["column"]) for row in await records.rows(COLUMNS)}
    assert {(f.table, f.column) for f in FIELDS} <= there
    assert {(f.table, f.row) for f in FIELDS} <= there


@pytest.mark.row("EN-6")
@pytest.mark.parametrize(
    "change",
    [
        "alter table technician_note add column pan text",
        "alter table technician_note add column owner_email bytea",
        "alter table technician_note add column told text",
        "alter table technician_note add column kept bytea",
    ],
)
async def test_a_new_personal_column_is_found(records: Records, change: str) -> None:
    async with records.transaction() as connection:
        await connection.execute("create table technician_note (id text)")
        await connection.execute(change)  # pyright: ignore[reportArgumentType, reportCallIssue]
        if "told" in change:
            await connection.execute("comment on column technician_note.told is 'personal: pan'")
    try:
        [(table, _)] = await unregistered(records)
        assert table == "technician_note"
    finally:
        async with records.transaction() as connection:
            await connection.execute("drop table technician_note")


@pytest.mark.row("EN-7")
def test_the_use_of_keys_is_counted_in_every_sealed_column() -> None:
    counted = {*re.findall(r"select (\w+)(?: as sealed)? from (\w+)", QUERIES["in_use"])}
    assert counted == {(f.column, f.table) for f in SEALED}


@pytest.mark.row("EX-6", missing="nobody has imported it into a Bloom: that needs a licence")
async def test_no_property_of_the_graph_is_personal(graph: Graph) -> None:
    found = await graph.read("CALL db.propertyKeys() YIELD propertyKey AS name RETURN name")
    assert [row["name"] for row in found if NAMED.search(row["name"])] == []
