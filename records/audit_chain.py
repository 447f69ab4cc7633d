"""The one chain over deeds and money: every row linked to the one before it, soon after it came.

hash(n) = SHA-256(hash(n-1) ‖ link n); hash(0) is 32 zero bytes. A link holds the digest of one row,
so a row that was touched is named though the chain still holds. The row and the link each bear a
mark made with a key that the database does not have: who may rewrite every row, a superuser, can
make a chain that follows from itself, but none whose marks hold. What they can still do is to cut
off the end; that is found by the checkpoints, which lie outside the database, and by the change
log.

One sealer links rows in the order in which they were committed and queued; whoever writes a deed
waits for no lock of it. Between a row and its link lie a second or two: a row that is taken out of
the database in that time is named by its place in the queue, and where that is emptied as well, by
the change log if its act was one of the graph, by the books' own chain if it was one of money. An
attempt that was refused, taken out with its place in the queue, leaves nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC
from hashlib import sha256
from typing import Any, LiteralString, TypeAlias

import orjson

from records.audit_trail import Sign, row_bytes
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("audit_chain.sql")
START = bytes(32)
# The digest of a row that was gone before it was sealed.
GONE = bytes(32)
SEALED_AT_ONCE = 2_000
# A slow disk takes its time: what is given up is begun anew, and would never end.
SEALING_SECONDS = 60.0
MONEY_FIELDS = ("garage", "n", "at", "event", "actor", "entity", "body", "hash")
# Where a row stands: `deed` or `money`, and its key there.
Place: TypeAlias = tuple[str, str]
STORED: Mapping[str, LiteralString] = {"deed": QUERIES["deeds"], "money": QUERIES["money"]}


class DeedChain:
    def __init__(self, records: Records, sign: Sign) -> None:
        self._records = records
        self._sign = sign

    async def head(self) -> tuple[int, bytes]:
        """Give the number and hash of the newest link."""
        rows = await self._records.rows(QUERIES["head"])
        return (rows[0]["n"], bytes(rows[0]["hash"])) if rows else (0, START)

    async def seal(self, limit: int = SEALED_AT_ONCE) -> int:
        """Link what waits, the oldest first, and give how many rows left the queue.

        Raises:
            Unavailable: the records do not answer; nothing was linked.
        """
        async with self._records.transaction(SEALING_SECONDS) as connection:
            [lock] = await (await connection.execute(QUERIES["hold"])).fetchall()
            cursor = await connection.execute(QUERIES["waiting"], {"limit": limit})
            waiting = await cursor.fetchall() if lock["held"] else []
            if waiting:
                await self._link(connection, await _unsealed(connection, waiting))
                arrived = [row["arrived"] for row in waiting]
                await connection.execute(QUERIES["forget"], {"arrived": arrived})
            return len(waiting)

    async def _link(self, connection: Connection, places: list[Place]) -> None:
        digests = {
            place: row_digest(place[0], row)
            for place, row in (await stored_rows(connection, places)).items()
        }
        heads = await (await connection.execute(QUERIES["head"])).fetchall()
        n, head = (heads[0]["n"], bytes(heads[0]["hash"])) if heads else (0, START)
        links: list[tuple[int, str, str, bytes, bytes, bytes]] = []
        for n, (source, key) in enumerate(places, start=n + 1):  # noqa: B020 - on from the head
            digest = digests.get((source, key), GONE)
            head = link_hash(head, n, (source, key), digest)
            links.append((n, source, key, digest, head, self._sign(head)))
        names = ("n", "source", "key", "digest", "hash", "mac")
        columns = {name: [link[place] for link in links] for place, name in enumerate(names)}
        await connection.execute(QUERIES["seal"], columns)


def link_hash(previous: bytes, n: int, place: Place, digest: bytes) -> bytes:
    """Give the hash of link `n` behind one with the hash `previous`."""
    return sha256(previous + orjson.dumps([n, *place, digest.hex()])).digest()


async def stored_rows(connection: Connection, places: Iterable[Place]) -> dict[Place, Row]:
    """Give the rows that stand at these places, as far as they do."""
    keys: dict[str, list[str]] = {source: [] for source in STORED}
    for source, key in places:
        keys[source].append(key)
    found: dict[Place, Row] = {}
    for source, wanted in keys.items():
        if wanted:
            cursor = await connection.execute(STORED[source], {"keys": wanted})
            found |= {(source, _key_of(source, row)): row for row in await cursor.fetchall()}
    return found


def row_digest(source: str, row: Mapping[str, Any]) -> bytes:
    """Give the SHA-256 of all that a row says, its own mark with it."""
    if source == "deed":
        return sha256(row_bytes(row) + bytes(row["seal"])).digest()
    said = [row[name] for name in MONEY_FIELDS]
    said[MONEY_FIELDS.index("at")] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    said[MONEY_FIELDS.index("hash")] = bytes(row["hash"]).hex()
    return sha256(orjson.dumps(said)).digest()


def _key_of(source: str, row: Row) -> str:
    return row["audit_id"] if source == "deed" else row["key"]


async def _unsealed(connection: Connection, waiting: Iterable[Row]) -> list[Place]:
    """Give the places that wait and are not linked, each once, in their order."""
    places = dict.fromkeys((row["source"], row["key"]) for row in waiting)
    given = {"sources": [source for source, _ in places], "keys": [key for _, key in places]}
    known = await (await connection.execute(QUERIES["sealed"], given)).fetchall()
    sealed = {(row["source"], row["key"]) for row in known}
    return [place for place in places if place not in sealed]
