"""Everything that the stores of a run hold, to search it for words that must not stand there.

Twice: what each store gives when it is asked for all of it (compressed and packed values open that
way), and the bytes of its files, its write-ahead logs and its own logs.
"""

import asyncio
import os
import subprocess
from collections.abc import AsyncGenerator, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from psycopg.sql import SQL, Identifier
from redis.asyncio import Redis

from graph.database import Graph
from records.database import Records
from tests.empty_stores import TABLES
from web.wiring import Runtime

STORES = ("postgres", "neo4j", "redis", "logs")
# What a store's program brings along, which nobody wrote here.
SHIPPED = ("--exclude=*.jar", "--exclude-dir=jars")
NODES = """MATCH (n) WITH n, [k IN keys(n) WHERE NOT k STARTS WITH 'embedding'] AS names
RETURN [k IN names | [k, n[k]]] AS said"""
EDGES = "MATCH ()-[r]->() RETURN [k IN keys(r) | [k, r[k]]] AS said"


async def found_words(house: Runtime, root: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """Give for each word that stands somewhere where it stands; capitals do not hide it."""
    wanted = {word: _forms(word) for word in words}
    found: dict[str, set[str]] = {}
    async for place, text in _answers(house):
        _note(found, wanted, place, text.lower())
    await _write_down(house)
    for path, word in await asyncio.to_thread(_matches, root, [*wanted]):
        found.setdefault(word, set()).add(path.relative_to(root).parts[0])
    return found


def _forms(word: str) -> tuple[bytes, ...]:
    """Give the ways in which a word may be written: as it is, and in hexadecimal (of `bytea`)."""
    plain = word.lower().encode()
    return plain, plain.hex().encode(), word.encode().hex().encode()


def _note(
    found: dict[str, set[str]], wanted: dict[str, tuple[bytes, ...]], place: str, text: bytes
) -> None:
    for word, forms in wanted.items():
        if any(form in text for form in forms):
            found.setdefault(word, set()).add(place)


async def _answers(house: Runtime) -> AsyncGenerator[tuple[str, bytes]]:
    async for text in _rows(house.records):
        yield "postgres", text
    async for text in _properties(house.graph):
        yield "neo4j", text
    async for text in _values(house.redis):
        yield "redis", text


async def _rows(records: Records) -> AsyncGenerator[bytes]:
    async with records.apart() as connection:
        names = await (await connection.execute(TABLES, [[]])).fetchall()
        for row in names:
            table = SQL("select t::text as said from {} t").format(Identifier(row["name"]))
            async for one in await connection.execute(table):
                yield one["said"].encode()


async def _properties(graph: Graph) -> AsyncGenerator[bytes]:
    for query in (NODES, EDGES):
        for row in await graph.read(query):
            yield str(row["said"]).encode()


async def _values(redis: Redis) -> AsyncGenerator[bytes]:
    client = cast("Any", redis)
    async for key in client.scan_iter(count=1_000):
        yield key if isinstance(key, bytes) else str(key).encode()
        match await client.type(key):
            case b"string" | "string":
                yield await client.get(key) or b""
            case b"hash" | "hash":
                yield str(await client.hgetall(key)).encode()
            case b"stream" | "stream":
                yield str(await client.xrange(key)).encode()
            case b"list" | "list":
                yield str(await client.lrange(key, 0, -1)).encode()
            case b"set" | "set":
                yield str(await client.smembers(key)).encode()
            case _:
                yield str(await client.zrange(key, 0, -1)).encode()


async def _write_down(house: Runtime) -> None:
    """Have Postgres write its pages into its files; what Neo4j took in stands in its own log."""
    async with house.records.apart() as connection:
        await connection.execute("checkpoint")


def _matches(root: Path, words: Sequence[str]) -> list[tuple[Path, str]]:
    """Give each word that stands in a file, by grep, where Python would take minutes."""
    folders = [str(root / name) for name in STORES if (root / name).is_dir()]
    # Zeros end its lines: files that were made as long as they will be have gigabytes of them.
    asked = ["grep", "-r", "-a", "-i", "-o", "-H", "-z", "-F", *SHIPPED, "-f", "-", *folders]
    written = "\n".join(words).encode()
    ran = subprocess.run(  # noqa: S603 - the words are ours
        asked, input=written, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    by_word = {word.lower(): word for word in words}
    said = [one.decode(errors="replace") for one in ran.stdout.split(b"\0") if one]
    # The first colon ends the path: no file of a store has one in its name.
    return [
        (Path(path), by_word[word.lower()]) for path, _, word in (s.partition(":") for s in said)
    ]
