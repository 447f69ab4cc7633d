"""What was kept of people long enough goes, and nothing else; what would go is told before."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from psycopg.sql import SQL, Identifier, Literal

from domain.personal_records import RETENTION, RecordKind
from records.database import Records
from records.queries import named_queries
from records.retention import TABLES, Retention

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PERSON = """insert into person (id, who, email_mark, key, role, certification, state)
values ('per_a', 'x', 'm', 'k', 'admin', 'general', 'active') on conflict do nothing"""
ADDED = {
    "invitation": "insert into invitation values (%(mark)s, 'per_a', %(at)s)",
    "session": """insert into session (id, person, client, began_at, seen_at, ends_at, ended_at)
        values (%(id)s, 'per_a', 'native', %(at)s, %(at)s, %(at)s, %(at)s)""",
    "sign_in_challenge": "insert into sign_in_challenge values (%(mark)s, 'per_a', false, %(at)s)",
    "passkey_challenge": "insert into passkey_challenge values (%(id)s, %(id)s, %(at)s)",
    "oidc_flow": "insert into oidc_flow values (%(id)s, %(id)s, 'per_a', %(at)s)",
    "sign_in_try": "insert into sign_in_try values (%(mark)s, 1, %(at)s)",
    "account_letter": """insert into account_letter values
        (%(id)s, 'invitation', 'm', null, %(at)s, %(at)s, %(at)s, 'sent')""",
    "password_reset": "insert into password_reset values (%(mark)s, 'm', %(at)s)",
    "invoice_draft": """insert into invoice_draft
        (ticket, garage, version, terms, buyer, changed_at, changed_by)
        values (%(id)s::text, 'g', 1, '{}', 'sealed', %(at)s, 'asha')""",
    "saga": """insert into saga
        (id, garage, ticket, operation, body_hash, asked, buyer, actor, role, at, state)
        values (%(id)s, 'g', 't', %(id)s, 'h', '{}', 's', 'asha', 'manager', %(at)s, 'done')""",
    "message": """insert into message values
        (%(id)s::text, 'g', 'inv', 'issued', 'email', 'sent', %(at)s, 'sealed')""",
    "return_export": """insert into return_export
        (id, garage, seller, garages, month, asked_at, asked_by, finished_at)
        values (%(id)s::text, 'g', '27', '{g}', %(at)s, %(at)s, 'asha', %(at)s)""",
}


async def kept(records: Records) -> dict[str, int]:
    counts = SQL(" union all ").join(
        SQL("select {} as name, count(*) as n from {}").format(Literal(name), Identifier(name))
        for name in ADDED
    )
    async with records.transaction() as connection:
        return {
            row["name"]: row["n"] for row in await (await connection.execute(counts)).fetchall()
        }


async def test_what_is_over_goes_and_nothing_else(records: Records) -> None:
    """Of each table one row is over by a second, and one is not."""
    second, rows = timedelta(seconds=1), dict.fromkeys(ADDED, 2)
    async with records.transaction() as connection:
        await connection.execute(PERSON)
        await connection.execute(
            "insert into invitation values ('came', 'per_a', '2020-1-1', '2020-1-1')"
        )
        for kind, tables in TABLES.items():
            rest = RETENTION[kind].rest
            assert rest is not None
            for table in tables:
                for at in (NOW - rest - second, NOW - rest + second):
                    given = {"id": uuid4(), "mark": uuid4().bytes, "at": at}
                    await connection.execute(ADDED[table], given)  # pyright: ignore[reportArgumentType]
    rows["invitation"] += 1
    retention = Retention(records)
    over = {kind: len(tables) for kind, tables in TABLES.items()}
    assert await retention.due(NOW) == over
    assert await kept(records) == rows
    assert await retention.clear(NOW) == over
    assert await kept(records) == {table: count - 1 for table, count in rows.items()}
    assert await retention.clear(NOW) == dict.fromkeys(over, 0)


def test_every_kind_says_what_for_and_how_long() -> None:
    assert {*RETENTION} == {*RecordKind}
    assert {kind for kind, rule in RETENTION.items() if rule.rest is not None} == {*TABLES}
    named = {name for tables in TABLES.values() for name in tables}
    assert {*named_queries("retention.sql")} == {*named, "count", "remove"}
    assert str(RETENTION[RecordKind.SESSION]) == "90 days after it is over"


@pytest.mark.parametrize("kind", [RecordKind.DEED, RecordKind.BOOKS])
def test_what_the_law_keeps_says_why(kind: RecordKind) -> None:
    assert RETENTION[kind].lawful is not None
    assert "kept" in str(RETENTION[kind])
