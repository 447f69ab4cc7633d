"""Deeds: one row each, never changed, marked by us; refusals bounded; printed and exported."""

import asyncio
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation

from access.checkpoints import AuditReader, AuditSigner
from access.deeds import DeedVault, EventDeeds
from domain.access import Actor, Role
from domain.deeds import Change, Deed, DeedResult, DeedType, Origin, deed_of, read_origin
from domain.errors import Tampered
from domain.events import EventType
from domain.ids import GarageId, PersonId
from records.audit_trail import AuditTrail, DeedFilter, DeedWriter
from records.change_log import ChangeLog
from records.database import Records
from records.refused_deeds import RefusedDeeds
from tests import commands
from tests.commands import called
from tests.records.samples import START, event
from web import audit_export
from web.local.stores import StoreUrls

VAULT = DeedVault(b"k" * 32)
WRITER = DeedWriter(VAULT.sign)
FIELDS = (
    "audit_id timestamp event_type user_id user_role garage_id ip_address user_agent "
    "resource_type resource_id action old_value new_value result"
)
ASHA = Actor(id=PersonId("asha"), role=Role.MANAGER, garage=GarageId("garage_pune"))
PHONE = Origin(address="203.0.113.9", agent="portal/2")


def deed(n: int, **changes: object) -> Deed:
    made = Deed(
        audit_id=f"deed_{n:05}",
        timestamp=START + timedelta(seconds=n),
        event_type=DeedType.TICKET_UPDATE,
        user_id="asha",
        user_role="manager",
        garage_id="garage_pune",
        ip_address="203.0.113.9",
        user_agent="portal/2",
        resource_type="ticket",
        resource_id="tkt_one",
        action="update",
        old_value={"status": "open"},
        new_value={"status": "assigned"},
        result=DeedResult.DONE,
    )
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


async def write(records: Records, *deeds: Deed) -> None:
    async with records.transaction() as connection:
        await WRITER.write(connection, deeds)


@pytest.mark.row("AD-15")
async def test_a_deed_has_fourteen_fields_and_reads_back(records: Records) -> None:
    assert [field.name for field in fields(Deed)] == FIELDS.split()
    assert len(DeedType) == 14 + 5
    await write(records, deed(1), deed(1, user_id="somebody else"), deed(2))
    assert await AuditTrail(records).page(10) == [deed(2), deed(1)]


@pytest.mark.row("AD-15")
async def test_an_event_brings_its_deed_sealed_and_the_log_opens_it(records: Records) -> None:
    told = replace(event(1, EventType.TICKET_UPDATED), entity="tkt_one")
    mark = VAULT.mark("Asha's brakes")
    done = deed_of(
        told,
        ASHA,
        PHONE,
        Change(before={"status": "open", "n": 1}, after={"status": mark, "n": 1}),
    )
    sealed = replace(told, deed=VAULT.seal(done))
    bare = replace(event(3, EventType.CARD_CREATED), deed="c29tZWJvZHk=")
    log = ChangeLog(records, EventDeeds(VAULT, WRITER).write)
    for _ in range(2):
        await log.append([sealed, bare, event(4, EventType.CARD_MATCHED)])
    assert await AuditTrail(records).page(10) == [deed_of(bare), done]
    assert (done.user_role, done.ip_address, done.old_value, done.new_value) == (
        "manager",
        "203.0.113.9",
        {"status": "open"},
        {"status": mark},
    )
    assert "203.0.113.9" not in (sealed.deed or "")
    assert mark.startswith("hmac:")
    assert mark != DeedVault(b"o" * 32).mark("Asha's brakes")


@pytest.mark.row("AD-16")
@pytest.mark.parametrize("table", ["deed", "audit_link", "audit_start"])
@pytest.mark.parametrize("change", ["update {} set {} = {}", "delete from {}", "truncate {}"])
async def test_nothing_of_the_audit_is_changed(records: Records, table: str, change: str) -> None:
    column = {"deed": "result", "audit_link": "n", "audit_start": "seq"}[table]
    await write(records, deed(1))
    async with records.transaction() as connection:
        await connection.execute("insert into audit_link values (1, 'deed', 'd', '', '', '')")
        await connection.execute("insert into audit_start values (1)")
    statement = change.format(table, column, column)
    with pytest.raises(RestrictViolation):
        await records.rows(statement)  # pyright: ignore[reportArgumentType]


@pytest.mark.row("AD-16")
@pytest.mark.parametrize("change", ["update deed set result = 'done'", "delete from deed"])
async def test_the_writing_role_may_only_add(records: Records, change: str) -> None:
    async with records.transaction() as connection:
        await connection.execute("set local role battwheels_audit")
        await WRITER.write(connection, [deed(1)])
    with pytest.raises(InsufficientPrivilege):
        await records.rows(f"set local role battwheels_audit; {change}")  # pyright: ignore[reportArgumentType]
    assert await AuditTrail(records).page(10) == [deed(1)]


async def test_the_trail_is_narrowed_and_paged(records: Records) -> None:
    mine = [deed(n, user_id="bala", garage_id="garage_goa") for n in range(3)]
    await write(records, *mine, deed(7), deed(8, event_type=DeedType.TICKET_CREATE))
    trail = AuditTrail(records)
    bala = DeedFilter(user="bala")
    first = await trail.page(2, bala)
    assert (first, await trail.page(2, bala, first[-1].audit_id)) == ([mine[2], mine[1]], [mine[0]])
    assert await trail.page(9, DeedFilter(garage="garage_goa", since=mine[1].timestamp)) == first
    assert await trail.page(9, DeedFilter(until=mine[1].timestamp)) == [mine[0]]
    assert [d.audit_id for d in await trail.page(9, DeedFilter(type=DeedType.TICKET_CREATE))] == [
        "deed_00008"
    ]
    assert await trail.page(9, DeedFilter(resource="tkt_two")) == []


async def test_a_flood_of_refusals_is_ten_rows_and_a_count(records: Records) -> None:
    now = START
    refused = RefusedDeeds(records, WRITER, lambda: now)
    tried = [deed(n, timestamp=START, result=DeedResult.REFUSED) for n in range(1_000)]
    for one in tried:
        refused.note(one)
    refused.note(replace(tried[0], audit_id="other", user_id="bala"))
    await refused.write_noted()
    trail = AuditTrail(records)
    assert len(await trail.page(100)) == 11
    now = START + timedelta(minutes=1)
    await refused.write_noted()
    [counted] = [one for one in await trail.page(100) if one.audit_id.endswith("_rest")]
    assert (counted.user_id, counted.new_value) == ("asha", {"attempts": 990})


async def test_refusals_wait_for_a_database_that_is_down(records: Records) -> None:
    nowhere = await Records.open("postgresql://127.0.0.1:1/none")
    refused = RefusedDeeds(nowhere, WRITER, lambda: START)
    refused.note(deed(1))
    await refused.write_noted()
    refused._records = records  # pyright: ignore[reportPrivateUsage]
    await refused.write_noted()
    await nowhere.close()
    assert await AuditTrail(records).page(10) == [deed(1)]


async def test_a_flood_while_the_database_is_down_fills_no_memory(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.refused_deeds.MOST_WAITING", 20)
    now = START
    refused = RefusedDeeds(records, WRITER, lambda: now)
    for n in range(5 * 12 * 6):
        now = START + timedelta(minutes=n // 60)
        tried = deed(n, timestamp=now, result=DeedResult.REFUSED, user_id=f"caller_{n % 60 % 5}")
        refused.note(tried)
    held = len(refused._waiting) + len(refused._beyond)  # pyright: ignore[reportPrivateUsage]
    assert held <= 20 + 5 + 1
    for _ in range(2):
        now += timedelta(minutes=1)
        await refused.write_noted()
    now += timedelta(minutes=1)
    await refused.write_noted()
    rows = await AuditTrail(records).page(1_000)
    assert sum(int(str((d.new_value or {}).get("attempts", 1))) for d in rows) == 5 * 12 * 6
    assert [d.user_id for d in rows if "attempts" in (d.new_value or {})].count(None) == 1


async def test_what_was_noted_is_written_before_the_end(records: Records) -> None:
    refused = RefusedDeeds(records, WRITER, lambda: START)
    writing = asyncio.create_task(refused.run())
    await asyncio.sleep(0)
    for n in range(12):
        refused.note(deed(n, timestamp=START, result=DeedResult.REFUSED))
    await asyncio.sleep(0)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    rows = await AuditTrail(records).page(100)
    assert len(rows) == 11
    assert [d.new_value for d in rows if d.audit_id.endswith("_rest")] == [{"attempts": 2}]


async def test_operators_read_who_did_what(
    records: Records, stores: StoreUrls, tmp_path: Path
) -> None:
    verified = deed(
        2, event_type=DeedType.FAILURE_CARD_VERIFY, resource_id="fc_two", new_value={"version": 2}
    )
    await write(records, deed(1), verified)
    place = commands.place(stores, tmp_path)
    code, all_deeds, _ = called("audit", "trail", **place)
    _, one, _ = called("audit", "trail", "--entity", "fc_two", **place)
    assert code == 0
    assert [line.split("  ")[1:] for line in all_deeds.splitlines()] == [
        [
            "failure_card.verify",
            "fc_two version 2",
            "by asha of garage_pune",
            "done",
            "from 203.0.113.9",
        ],
        ["ticket.update", "tkt_one", "by asha of garage_pune", "done", "from 203.0.113.9"],
    ]
    assert one.splitlines() == all_deeds.splitlines()[:1]


async def test_an_export_is_signed_and_a_bent_one_is_refused(
    records: Records, stores: StoreUrls, tmp_path: Path
) -> None:
    await write(records, *[deed(n) for n in range(3)])
    place, out = commands.place(stores, tmp_path), tmp_path / "deeds.jsonl"
    assert called("audit", "export", str(out), **place)[:2] == (0, f"3 deeds written to {out}.\n")
    key = called("audit", "key", **place)[1].strip()
    assert called("audit", "check", str(out), "--key", key, **place)[:2] == (
        0,
        f"3 deeds of {out} are as they were exported.\n",
    )
    lines = out.read_bytes().splitlines(keepends=True)
    other = AuditReader(AuditSigner(b"o" * 32).public_key)
    with pytest.raises(Tampered):
        audit_export.check_export(out, other)
    for bent in (lines[1:], [lines[1], lines[0], *lines[2:]], lines[:-1], []):
        out.write_bytes(b"".join(bent))
        with pytest.raises(Tampered):
            audit_export.check_export(out, AuditReader(key))


@pytest.mark.row("AD-15")
def test_an_origin_is_cut_and_printable() -> None:
    assert read_origin("203.0.113.9", "a" * 300) == Origin(address="203.0.113.9", agent="a" * 200)
    assert read_origin(None, "curl\r\n\x00/8") == Origin(agent="curl/8")
