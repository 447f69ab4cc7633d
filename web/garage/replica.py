"""What a garage keeps in one SQLite file: the queue, cards and tickets, the cursor, its clock.

Every step is one transaction: a batch and the cursor behind it are kept together or not at all, and
a record leaves the queue together with its answer, so the process may be killed at any point.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any, Self

from domain import clock
from domain.clock import HybridTimestamp
from domain.errors import InvalidInput
from sync.offline_queue import RECORD_BYTES, upcast_record

# Of the mebibyte that a call may have; the rest is for what stands around the records.
PAGE_BYTES = 1_000_000

TABLES = """
create table if not exists setting (name text primary key, value text not null);
create table if not exists queue (
    id text primary key, priority integer not null, ms integer not null, count integer not null,
    record text not null);
create table if not exists answer (id text primary key, record text not null, answer text not null);
create table if not exists entity (
    key text primary key, kind text not null, version integer, document text not null);
"""
ENTITY = "case json_type(record, '$.data.id') when 'text' then record ->> '$.data.id' else id end"
# The order of the service, over all pages: an urgent record takes its predecessors along.
WAITING = f"""with about as (select *, {ENTITY} as entity from queue)
select record, min(priority) over (partition by entity order by ms, count
    rows between current row and unbounded following) as urgent
from about where entity not in (select value from json_each(?))
order by urgent, ms, count limit ?"""  # noqa: S608 - of constants
# A report made here names its ticket for good: what is done to it stays in one order.
NAMED = """select id from answer
where answer ->> '$.key' = ? and record ->> '$.type' = 'report_failure'"""
# Where a ticket stands once all that waits is done; a rating does not move it.
REACHED = f"""with own as (select :name as key
    union select answer ->> '$.key' from answer where id = :name)
select max(version) + (select count(*) from queue
    where {ENTITY} = :name and record ->> '$.type' <> 'rate_card')
from (select version from entity where key in own
    union all select answer ->> '$.version' from answer
    where answer ->> '$.key' in own and record ->> '$.type' <> 'rate_card'
    union all select 0 from queue where id = :name)"""  # noqa: S608 - of constants
KEEP = """insert into entity (key, kind, version, document) values (?, ?, ?, ?)
on conflict (key) do update set kind = excluded.kind, version = excluded.version,
    document = excluded.document"""
SET = """insert into setting (name, value) values (?, ?)
on conflict (name) do update set value = excluded.value"""
OWNER_ALONE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaStatus:
    waiting: int
    cards: int
    tickets: int
    conflicts: int
    refused: int
    cursor: str | None


class Replica:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a garage's file, made where there is none; it holds a token and is for its owner."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=OWNER_ALONE)
        path.chmod(OWNER_ALONE)
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.executescript(TABLES)
        return cls(connection)

    def close(self) -> None:
        self._db.close()

    def setting(self, name: str) -> str | None:
        row = self._db.execute("select value from setting where name = ?", [name]).fetchone()
        return None if row is None else row[0]

    def set(self, **values: str) -> None:
        with self._transaction():
            self._db.executemany(SET, values.items())

    def enqueue(self, record: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
        """Put a record into the queue with the next stamp of this garage's clock.

        Raises:
            InvalidInput: it is longer than the service takes, or no text that can be sent.
        """
        _check_record(record)
        with self._transaction():
            last = self.setting("clock")
            node = self.setting("garage") or "garage"
            stamp = clock.tick(
                clock.parse_timestamp(last) if last else HybridTimestamp(0, 0, node), now_ms
            )
            full = {**record, "timestamp": str(stamp)}
            self._db.execute(
                "insert into queue values (?, ?, ?, ?, ?)",
                [operation_id_of(full), full["priority"], stamp.ms, stamp.count, json.dumps(full)],
            )
            self._db.execute(SET, ["clock", str(stamp)])
        return full

    def waiting(self, most: int, without: Iterable[str] = ()) -> list[dict[str, Any]]:
        """Give the next records by (priority, timestamp), without those about some entities.

        At most `most`, and no more than fit into one call.
        """
        found = self._db.execute(WAITING, [json.dumps([*without]), most])
        texts = [row[0] for row in found]
        fitting = takewhile(lambda size: size <= PAGE_BYTES, accumulate(map(len, texts)))
        return [
            upcast_record(json.loads(text)) for text in texts[: max(1, sum(1 for _ in fitting))]
        ]

    def named(self, ticket: str) -> str:
        """Give the name that changes of a ticket go by: its report's, if it was made here."""
        row = self._db.execute(NAMED, [ticket]).fetchone()
        return ticket if row is None else row[0]

    def reached(self, name: str) -> int | None:
        """Give the version that a ticket has once all that waits is done; None: not known here."""
        return self._db.execute(REACHED, {"name": name}).fetchone()[0]

    def answered(self, answers: Iterable[Mapping[str, Any]]) -> None:
        """Take what was answered for good out of the queue, and keep the answers."""
        with self._transaction():
            for answer in answers:
                if answer["state"] != "DEFERRED":
                    self._db.execute(
                        "insert or replace into answer"
                        " select id, record, ? from queue where id = ?",
                        [json.dumps(answer), answer["operationId"]],
                    )
                    self._db.execute("delete from queue where id = ?", [answer["operationId"]])

    def apply(self, entries: Sequence[Mapping[str, Any]], cursor: str | None) -> None:
        """Keep a batch and, in the same transaction, the cursor behind it."""
        with self._transaction():
            for entry in entries:
                thing = entry["card"] or entry["ticket"]
                if thing is None:
                    self._db.execute("delete from entity where key = ?", [entry["key"]])
                else:
                    row = [entry["key"], entry["kind"], thing.get("version"), json.dumps(thing)]
                    self._db.execute(KEEP, row)
            if cursor is not None:
                self._db.execute(SET, ["cursor", cursor])

    def restart(self) -> None:
        """Forget the cards and tickets, not the queue: everything is read again."""
        with self._transaction():
            self._db.execute("delete from entity")
            self._db.execute("delete from setting where name = 'cursor'")

    def documents(self, kind: str, words: str = "", most: int = 20) -> list[dict[str, Any]]:
        """Give the documents that hold every one of the words."""
        found = self._db.execute(
            "select document from entity where kind = ? order by key desc", [kind]
        )
        wanted = words.lower().split()
        texts = (row[0] for row in found)
        held = [t for t in texts if all(word in t.lower() for word in wanted)]
        return [json.loads(text) for text in held[:most]]

    def answers(self, state: str) -> list[dict[str, Any]]:
        found = self._db.execute("select answer from answer order by rowid")
        return [a for a in (json.loads(row[0]) for row in found) if a["state"] == state]

    def status(self) -> ReplicaStatus:
        def count(query: str) -> int:
            return self._db.execute(query).fetchone()[0]

        return ReplicaStatus(
            waiting=count("select count(*) from queue"),
            cards=count("select count(*) from entity where kind = 'failure_card'"),
            tickets=count("select count(*) from entity where kind = 'ticket'"),
            conflicts=len(self.answers("CONFLICT")),
            refused=len(self.answers("REFUSED")),
            cursor=self.setting("cursor"),
        )

    def _transaction(self) -> sqlite3.Connection:
        self._db.execute("begin immediate")
        return self._db


def _check_record(record: Mapping[str, Any]) -> None:
    try:
        size = len(json.dumps(record, ensure_ascii=False).encode())
    except UnicodeEncodeError as error:
        raise InvalidInput("data", "holds half a character") from error
    if size > RECORD_BYTES:
        raise InvalidInput("data", f"is longer than {RECORD_BYTES} bytes")


def entity_of(record: Mapping[str, Any]) -> str:
    """Give what a record is about; one that makes something is about itself."""
    about = record["data"].get("id")
    return about if isinstance(about, str) else operation_id_of(record)


def operation_id_of(record: Mapping[str, Any]) -> str:
    """Give a record's operation id; records of before 0.2 spell it otherwise."""
    return record.get("operationId") or record["operation_id"]
