"""Reads the one chain again and names every row that is not as it was written, by whomever."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest

from domain.deeds import AUDITED
from records.audit_chain import GONE, QUERIES, START, Place, link_hash, row_digest, stored_rows
from records.audit_trail import Sign, row_bytes
from records.database import Records, Row

READ_AT_ONCE = 5_000
SECONDS = 60.0
# So many are named; more are a whole chain that somebody made anew.
MOST_FINDINGS = 1_000
NOUNS: Mapping[str, str] = {"deed": "deed", "money": "money event"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where the chain stood at a moment, as it was written down outside the database."""

    n: int
    hash: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that is not as it was written, and what is wrong with it."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainResult:
    """How many links were read, how many rows wait for theirs, and all that was touched.

    `unnamed`: how many findings there are beyond those that are named.
    """

    links: int
    waiting: int = 0
    unnamed: int = 0
    findings: tuple[Finding, ...] = ()


async def verify_chain(
    records: Records, sign: Sign | None, checkpoints: Sequence[Checkpoint] = ()
) -> ChainResult:
    """Compare every link with the one before it, its row, and the checkpoints; then the end.

    `sign` makes the marks that rows and links bear; without it (an auditor has no key) only what
    the chain and the checkpoints tell is told.
    """
    reader = ChainReader(sign=sign, checkpoints={c.n: c for c in checkpoints})
    async for links, rows in _stretches(records, lambda: reader.n):
        for link in links:
            reader.follow(link, rows.get((link["source"], link["key"])))
    reader.end()
    for query, given in (("unlinked", {}), ("untold", {"types": [*AUDITED]})):
        async with records.transaction(SECONDS) as connection:
            found = await connection.execute(QUERIES[query], given | {"limit": MOST_FINDINGS})
            named = sorted((row["found"], row["reason"]) for row in await found.fetchall())
        for where, reason in named:
            reader.note(where, reason)
    [queue] = await records.rows(QUERIES["queue"])
    return ChainResult(
        links=reader.read,
        waiting=queue["waiting"],
        unnamed=reader.unnamed,
        findings=tuple(reader.findings),
    )


async def _stretches(
    records: Records, after: Callable[[], int]
) -> AsyncGenerator[tuple[list[Row], dict[Place, Row]]]:
    """Give the chain in stretches, each with the rows that its links stand for."""
    while True:
        async with records.transaction(SECONDS) as connection:
            given = {"after": after(), "limit": READ_AT_ONCE}
            links = await (await connection.execute(QUERIES["links"], given)).fetchall()
            rows = await stored_rows(connection, ((r["source"], r["key"]) for r in links))
        if not links:
            return
        yield links, rows


@dataclass(slots=True, kw_only=True)
class ChainReader:
    """The chain as far as it was read: after what is wrong it goes on from what stands there."""

    sign: Sign | None
    checkpoints: Mapping[int, Checkpoint]
    n: int = 0
    read: int = 0
    head: bytes = START
    # Whether a row bore a mark: those from before there were marks are the first of the chain.
    marked: bool = False
    findings: list[Finding] = field(default_factory=list[Finding])
    unnamed: int = 0

    def follow(self, link: Row, row: Row | None) -> None:
        n, place = link["n"], (link["source"], link["key"])
        if n != self.n + 1:
            last = f" to {n - 1}" if n > self.n + 2 else ""
            self.note(f"link {self.n + 1}{last}", "is missing")
        elif link_hash(self.head, n, place, bytes(link["digest"])) != bytes(link["hash"]):
            self.note(f"link {n}, {_noun(place)}", "does not follow from the link before it")
        self.n, self.head, self.read = n, bytes(link["hash"]), self.read + 1
        if not self._signed(self.head, link["mac"]):
            self.note(f"link {n}, {_noun(place)}", "was not made by us")
        self._compare_row(link, place, row)
        self._compare_checkpoint(n)

    def end(self) -> None:
        """Compare the end of the chain with what was written down of it."""
        last = max(self.checkpoints, default=0)
        if last > self.n:
            where = f"link {self.n + 1}" + (f" to {last}" if last > self.n + 1 else "")
            known = self.checkpoints[last]
            self.note(where, f"is missing at the end: a checkpoint of {known.at:%Y-%m-%d %H:%M}")

    def note(self, where: str, reason: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(where, reason))
        else:
            self.unnamed += 1

    def _compare_row(self, link: Row, place: Place, row: Row | None) -> None:
        if row is None:
            early = bytes(link["digest"]) == GONE
            self.note(_noun(place), "is missing" + (", before it was sealed" if early else ""))
        elif row_digest(place[0], row) != bytes(link["digest"]):
            self.note(_noun(place), "was altered")
        elif place[0] == "deed" and not self._is_ours(row):
            self.note(_noun(place), "was not written by us")

    def _is_ours(self, row: Row) -> bool:
        """Say whether a row bears our mark, or is of those from before there were marks."""
        if not row["seal"]:
            return not self.marked
        self.marked = True
        return self._signed(row_bytes(row), row["seal"])

    def _compare_checkpoint(self, n: int) -> None:
        known = self.checkpoints.get(n)
        if known is not None and known.hash != self.head:
            self.note(f"link {n}", f"is not the one of the checkpoint of {known.at:%Y-%m-%d %H:%M}")

    def _signed(self, said: bytes, mark: bytes) -> bool:
        return self.sign is None or compare_digest(self.sign(said), bytes(mark))


def _noun(place: Place) -> str:
    return f"{NOUNS[place[0]]} {place[1]}"
