"""The analysts' copy of the graph: what may be seen of it, written into an empty one.

`analyst_reads.cypher` names each property that is copied. People and vehicles get ids that nothing
leads back from: a hash under a salt that is thrown away with the copy's making, so that two copies
do not agree either. The source is only read, at its own pace: it is no snapshot, and what lost one
of its ends meanwhile is left out.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

from neo4j.exceptions import Neo4jError

from domain.ids import GarageId
from domain.synthetic import is_synthetic
from graph.database import Graph, Row, Transaction, run_query
from graph.queries import named_queries

READS = named_queries("analyst_reads.cypher")
WRITES = named_queries("analyst_writes.cypher")
# The query that gives the nodes of a label.
NODES = {
    "Make": "node_Make",
    "VehicleModel": "node_VehicleModel",
    "Vehicle": "node_Vehicle",
    "Supplier": "node_Supplier",
    "Component": "node_Component",
    "Symptom": "node_Symptom",
    "ErrorCode": "node_ErrorCode",
    "Part": "node_Part",
    "Region": "node_Region",
    "Garage": "node_Garage",
    "Technician": "node_Technician",
    "FailureCard": "node_FailureCard",
    "Cause": "node_Cause",
    "Step": "node_Step",
    "Ticket": "node_Ticket",
}
INDEXES = (
    "index_card",
    "index_ticket",
    "index_opened",
    "index_revisit",
    "index_garage",
    "index_component",
    "index_symptom",
    "index_code",
)
READ_ONLY = "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase"
# Their ids say who somebody is to whoever knows them.
PSEUDONYMOUS = frozenset({"Technician", "Vehicle"})
# What happened in a garage, and so may be simulated, by the property that holds the garage.
OF_GARAGES = {"Garage": "id", "Ticket": "garage_id", "FailureCard": "garage_id"}
ROWS, COPY_SECONDS = 5_000, 3_600.0


class CopySource(Protocol):
    """Where a copy is made of: rows as `analyst_reads.cypher` gives them."""

    def nodes(self, label: str) -> AsyncIterator[Row]:
        """Yield `source` (any name of the node that is its alone) and `values`."""
        ...

    def edges(self) -> AsyncIterator[Row]:
        """Yield `a` and `b` (sources), `kind` and `values`."""
        ...


@dataclass(frozen=True, slots=True)
class GraphSource:
    """The serving graph, read in one session that reads alone."""

    graph: Graph

    async def nodes(self, label: str) -> AsyncIterator[Row]:
        async for row in self.graph.stream(READS[NODES[label]], seconds=COPY_SECONDS):
            yield row

    async def edges(self) -> AsyncIterator[Row]:
        async for row in self.graph.stream(READS["edges"], seconds=COPY_SECONDS):
            yield row


@dataclass(slots=True)
class GraphCopy:
    """An empty graph that is filled once.

    Attributes:
        salt: of the ids of people and vehicles; 16 random bytes, kept nowhere.
        counted: how many of each label and relationship type were copied.
    """

    target: Graph
    salt: bytes
    counted: dict[str, int] = field(default_factory=dict[str, int])
    _copied: set[str] = field(default_factory=set[str])

    async def fill(self, source: CopySource) -> None:
        """Copy everything that may be copied, and make the indexes.

        Raises:
            Unavailable: one of the two does not answer; the target is then of no use.
        """
        await self.target.batched(WRITES["begin"], seconds=COPY_SECONDS)
        for label in NODES:
            await self._copy_nodes(source, label)
        await self._copy_edges(source)
        await self.target.batched(WRITES["end"], seconds=COPY_SECONDS)
        for name in ("forget", *INDEXES, "await"):
            await self.target.batched(WRITES[name], seconds=COPY_SECONDS)

    async def _copy_nodes(self, source: CopySource, label: str) -> None:
        async for rows in _batches(source.nodes(label)):
            self._copied.update(row["source"] for row in rows)
            shown = [
                {"source": row["source"], "values": self._shown_values(label, row["values"])}
                for row in rows
            ]
            await self._write("nodes", shown, label=label)
            self.counted[label] = self.counted.get(label, 0) + len(shown)

    async def _copy_edges(self, source: CopySource) -> None:
        async for rows in _batches(source.edges()):
            kept = [
                row | {"values": _told(row["values"])}
                for row in rows
                if row["a"] in self._copied and row["b"] in self._copied
            ]
            await self._write("edges", kept)
            for row in kept:
                kind = str(row["kind"])
                self.counted[kind] = self.counted.get(kind, 0) + 1

    def _shown_values(self, label: str, values: Mapping[str, Any]) -> dict[str, Any]:
        shown = _told(values)
        if label in PSEUDONYMOUS:
            shown["id"] = pseudonym(shown["id"], self.salt)
        if label in OF_GARAGES:
            garage = shown.get(OF_GARAGES[label])
            shown["synthetic"] = is_synthetic(None if garage is None else GarageId(garage))
        return shown

    async def _write(self, name: str, rows: Sequence[Row], **parameters: object) -> None:
        async def work(tx: Transaction) -> None:
            await run_query(tx, WRITES[name], rows=rows, **parameters)

        await self.target.write(work, seconds=COPY_SECONDS)


def pseudonym(id: str, salt: bytes) -> str:
    """Give an id that nothing leads back from without the salt: 12 hexadecimal digits."""
    return blake2b(id.encode(), key=salt, digest_size=6).hexdigest()


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


async def _batches(rows: AsyncIterator[Row]) -> AsyncIterator[list[Row]]:
    batch: list[Row] = []
    async for row in rows:
        batch.append(row)
        if len(batch) == ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


async def accepts_writes(graph: Graph) -> bool:
    """Try to write, and say whether the server let it happen; what was written is taken back."""

    async def work(tx: Transaction) -> None:
        await run_query(tx, WRITES["try"])

    try:
        await graph.write(work)
    except Neo4jError as error:
        if error.code == READ_ONLY:
            return False
        raise
    return True
