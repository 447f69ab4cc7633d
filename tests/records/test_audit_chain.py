"""The one chain names every row that was touched, also by who may touch every row."""

from base64 import b64encode
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from psycopg.errors import CheckViolation

from access.checkpoints import AuditReader, AuditSigner, CheckpointFile, read_checkpoints
from access.deeds import EventDeeds
from access.master_keys import parse_keys
from domain.errors import Tampered
from domain.events import EventType
from records.audit_chain import SEALED_AT_ONCE, DeedChain, link_hash, row_digest, stored_rows
from records.audit_trail import DeedWriter
from records.change_log import ChangeLog
from records.database import Connection, Records
from records.verification import Checkpoint, Finding, verify_chain
from tests.records.samples import START, event
from tests.records.test_audit_trail import VAULT, WRITER, deed
from tests.waits import sure_to_end
from web.audit import open_audit
from web.settings import Settings

SIGNER = AuditSigner(b"s" * 32)
AT = START + timedelta(hours=1)
LAST = 12
ONE_KEY = b64encode(b"i" * 32).decode()
MONEY = """
insert into money_event (garage, n, at, event, actor, entity, body, hash)
values ('garage_pune', %s, now(), 'payment.record', 'asha', 'pay_1', '{"rows":[]}', '\\x01')"""
FORGED = """
insert into deed values ('forged', now(), 'ticket.update', 'bala', null, null, null, null,
                         'ticket', 'tkt_x', 'update', null, null, 'done', '\\x00')"""


@dataclass(frozen=True)
class OneConnection:
    """Records within one transaction, which is rolled back: what is bent stays bent for no one."""

    connection: Connection

    @asynccontextmanager
    async def transaction(self, seconds: float = 0) -> AsyncGenerator[Connection]:
        del seconds
        yield self.connection

    async def rows(self, query: str, **given: object) -> list[dict[str, Any]]:
        cursor = await self.connection.execute(query, given)  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]
        return await cursor.fetchall()


@pytest.fixture
async def kept(records: Records) -> Checkpoint:
    """Two money events, six deeds of Postgres and four of the graph, all sealed."""
    async with records.transaction() as connection:
        for n in (7, 8):
            await connection.execute(MONEY, [n])
        await WRITER.write(connection, [deed(n) for n in range(1, 7)])
    log = ChangeLog(records, EventDeeds(VAULT, WRITER).write)
    await log.append([event(n, EventType.CARD_VERIFIED) for n in range(1, 5)])
    chain = DeedChain(records, VAULT.sign)
    assert await chain.seal() == LAST
    n, head = await chain.head()
    return Checkpoint(n=n, hash=head, at=AT)


@asynccontextmanager
async def bent(records: Records, *statements: str) -> AsyncGenerator[OneConnection]:
    """Do as a superuser who turns the triggers off; nothing of it stays."""
    async with (
        records.transaction(60) as connection,
        connection.transaction(force_rollback=True),
    ):
        await connection.execute("set local session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]
        yield OneConnection(connection)


async def found(
    records: Records, kept: Sequence[Checkpoint], *statements: str
) -> tuple[Finding, ...]:
    async with bent(records, *statements) as them:
        return (await verify_chain(cast("Records", them), VAULT.sign, kept)).findings


GONE = "is missing"
BENDS = {
    "update deed set result = 'refused' where audit_id = 'deed_00003'": [
        ("deed deed_00003", "was altered")
    ],
    "update deed set seal = '\\x02' where audit_id = 'deed_00004'": [
        ("deed deed_00004", "was altered")
    ],
    "update money_event set actor = 'bala' where n = 8": [
        ("money event garage_pune@8", "was altered")
    ],
    "delete from deed where audit_id in ('deed_00002', 'deed_00005')": [
        ("deed deed_00002", GONE),
        ("deed deed_00005", GONE),
    ],
    "delete from money_event where n = 7": [("money event garage_pune@7", GONE)],
    """update deed set user_id = case audit_id when 'deed_00001' then 'x' else 'y' end
       where audit_id in ('deed_00001', 'deed_00002')""": [
        ("deed deed_00001", "was altered"),
        ("deed deed_00002", "was altered"),
    ],
    FORGED: [("deed forged", "was written past the audit")],
    "update audit_link set digest = '\\x03' where n = 5": [
        ("link 5, deed deed_00003", "does not follow from the link before it"),
        ("deed deed_00003", "was altered"),
    ],
    "delete from audit_link where n between 4 and 5": [
        ("link 4 to 5", GONE),
        ("deed deed_00002", "was written past the audit"),
        ("deed deed_00003", "was written past the audit"),
    ],
}


@pytest.mark.row("AD-16")
async def test_every_edit_deletion_and_insertion_is_named(
    records: Records, kept: Checkpoint
) -> None:
    untouched = await verify_chain(records, VAULT.sign, [kept])
    assert (untouched.links, untouched.waiting, untouched.findings) == (LAST, 0, ())
    for statement, expected in BENDS.items():
        named = await found(records, [kept], statement)
        assert [(one.where, one.reason) for one in named] == expected, statement


@pytest.mark.row("AD-16")
async def test_a_cut_end_is_named_by_the_checkpoint_and_the_log(
    records: Records, kept: Checkpoint
) -> None:
    cut = (
        "delete from deed where audit_id in (select key from audit_link where n > 9)",
        "delete from audit_link where n > 9",
    )
    by_log = [
        Finding(f"deed event-{n:05}", "is missing: the change log tells of it") for n in (2, 3, 4)
    ]
    by_checkpoint = Finding(
        "link 10 to 12", f"{GONE} at the end: a checkpoint of {AT:%Y-%m-%d %H:%M}"
    )
    assert await found(records, [], *cut) == tuple(by_log)
    assert await found(records, [kept], *cut) == (by_checkpoint, *by_log)
    whole = await found(records, [kept], "truncate deed, audit_link, audit_waiting, change_log")
    assert [one.where for one in whole] == [
        "link 1 to 12",
        "money event garage_pune@7",
        "money event garage_pune@8",
    ]


@pytest.mark.row("AD-16")
async def test_a_chain_made_anew_without_our_key_is_named(
    records: Records, kept: Checkpoint
) -> None:
    """Who edits a row and then makes every link behind it again, as the code does."""
    edited = "update deed set user_id = 'bala' where audit_id = 'deed_00006'"
    async with bent(records, edited) as them:
        await _made_anew(them.connection, after=7)
        named = (await verify_chain(cast("Records", them), VAULT.sign, [kept])).findings
        by_public_key = (await verify_chain(cast("Records", them), None, [kept])).findings
    assert [one.where for one in by_public_key] == ["link 12"]
    assert [one.where for one in named] == [
        "link 8, deed deed_00006",
        "deed deed_00006",
        *[f"link {n}, deed event-{n - 8:05}" for n in range(9, 13)],
        "link 12",
    ]
    assert named[0].reason == "was not made by us"


async def _made_anew(connection: Connection, after: int) -> None:
    links = await (await connection.execute("select * from audit_link order by n")).fetchall()
    head = bytes(links[after - 1]["hash"])
    for link in links[after:]:
        place = (link["source"], link["key"])
        row = (await stored_rows(connection, [place]))[place]
        digest = row_digest(link["source"], row)
        head = link_hash(head, link["n"], place, digest)
        changed = [digest, head, link["n"]]
        await connection.execute(
            "update audit_link set digest = %s, hash = %s where n = %s", changed
        )


@pytest.mark.row("AD-16")
async def test_an_inserted_row_is_named_though_the_sealer_links_it(
    records: Records, kept: Checkpoint
) -> None:
    async with records.transaction() as connection:
        await connection.execute(FORGED)
        # As those of before there were marks bear none.
        await connection.execute(FORGED.replace("'forged'", "'bare'").replace("'\\x00'", "''"))
        await DeedWriter(lambda said: said[:32]).write(connection, [deed(99)])
    await DeedChain(records, VAULT.sign).seal()
    named = (await verify_chain(records, VAULT.sign, [kept])).findings
    assert sorted(one.where for one in named) == [
        *("deed bare", "deed deed_00099", "deed forged"),
    ]
    assert {one.reason for one in named} == {"was not written by us"}


@pytest.mark.row("AD-16")
async def test_what_is_not_sealed_yet_is_missed_too(records: Records, kept: Checkpoint) -> None:
    log = ChangeLog(records, EventDeeds(VAULT, WRITER).write)
    await log.append([replace(event(8), type=EventType.CARD_VERIFIED)])
    async with records.transaction() as connection:
        await WRITER.write(connection, [deed(20), deed(21)])
    taken = "delete from deed where audit_id in ('deed_00020', 'event-00008')"
    assert [one.where for one in await found(records, [kept], taken)] == [
        "deed deed_00020",
        "deed event-00008",
        "deed event-00008",
    ]
    emptied = await found(records, [kept], taken, "truncate audit_waiting")
    assert [(one.where, one.reason) for one in emptied] == [
        ("deed deed_00021", "was written past the audit"),
        ("deed event-00008", "is missing: the change log tells of it"),
    ]
    assert (await verify_chain(records, VAULT.sign, [kept])).waiting == 3


async def test_two_sealers_link_every_row_once(records: Records) -> None:
    async with records.transaction() as connection:
        await WRITER.write(connection, [deed(n) for n in range(30)])
    chain = DeedChain(records, VAULT.sign)
    async with records.transaction() as connection:
        await connection.execute("select pg_advisory_xact_lock(7119310235)")
        assert await chain.seal() == 0
    assert [await chain.seal(limit=20) for _ in range(3)] == [20, 10, 0]
    again = "insert into audit_waiting (source, key) values ('deed', 'deed_00001')"
    async with records.transaction() as connection:
        await connection.execute(again)
    assert await chain.seal() == 1
    assert (await verify_chain(records, VAULT.sign)).links == 30


@pytest.mark.row("AD-16")
def test_checkpoints_are_signed_and_added_to(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "audit" / "checkpoints.jsonl", SIGNER)
    first = Checkpoint(n=3, hash=b"h" * 32, at=AT)
    later = replace(first, n=5, at=AT + timedelta(hours=1))
    assert [file.add(one) for one in (first, first, later)] == [True, False, True]
    assert read_checkpoints(file.path, AuditReader(SIGNER.public_key)) == [first, later]
    # A process died over a line: it says nothing, and the next one stands.
    with file.path.open("ab") as torn:
        torn.write(b'{"n":6,"ha')
    assert read_checkpoints(file.path, AuditReader(SIGNER.public_key)) == [first, later]
    last = replace(first, n=7)
    assert file.add(last)
    assert read_checkpoints(file.path, AuditReader(SIGNER.public_key)) == [first, later, last]
    with pytest.raises(Tampered, match="another key"):
        read_checkpoints(file.path, AuditReader(AuditSigner(b"o" * 32).public_key))
    file.path.write_bytes(file.path.read_bytes().replace(b'"n":3', b'"n":2'))
    with pytest.raises(Tampered, match="jsonl:1"):
        read_checkpoints(file.path, AuditReader(SIGNER.public_key))


@pytest.mark.row("AD-16")
async def test_nobody_who_may_add_to_the_queue_stops_it(
    records: Records, kept: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads as no row is linked as missing; what cannot be linked does not come in."""
    queued = "set local role battwheels_audit; insert into audit_waiting (source, key) values "
    async with records.transaction() as connection:
        await connection.execute(f"{queued}('money', 'a@b'), ('money', 'x'), ('deed', '@9')")
    for wrong in ("('other', 'x')", "('deed', '')", f"('deed', '{'x' * 3_000}')"):
        with pytest.raises(CheckViolation):
            await records.rows(f"{queued}{wrong}")  # pyright: ignore[reportArgumentType]
    async with records.transaction() as connection:
        await WRITER.write(connection, [deed(50)])
    chain = DeedChain(records, VAULT.sign)
    assert await chain.seal() == 4
    result = await verify_chain(records, VAULT.sign, [kept])
    assert (result.links, result.waiting) == (LAST + 4, 0)
    assert [one.where for one in result.findings] == [
        "money event a@b",
        "money event x",
        "deed @9",
    ]
    # What is beyond the names that are given is counted.
    monkeypatch.setattr("records.verification.MOST_FINDINGS", 2)
    few = await verify_chain(records, VAULT.sign, [kept])
    assert (few.findings, few.unnamed) == (result.findings[:2], 1)


@pytest.mark.row("AD-16")
async def test_a_checkpoint_waits_for_nothing_that_comes_meanwhile(
    records: Records, kept: Checkpoint, tmp_path: Path
) -> None:
    del kept
    keys = parse_keys(f"development:{b64encode(b'd' * 32).decode()} index:{ONE_KEY}")
    house = open_audit(Settings(home=tmp_path), records, keys)

    class BusyChain(DeedChain):
        async def seal(self, limit: int = SEALED_AT_ONCE) -> int:
            async with records.transaction() as connection:
                await WRITER.write(connection, [deed(100 + (await self.head())[0])])
            return await super().seal(limit)

    busy = replace(house, chain=BusyChain(records, VAULT.sign))
    async with sure_to_end("the checkpoint"):
        made = await busy.add_checkpoint()
    assert made is not None
    assert made.n == LAST + 1
