"""What a world of a failed round has lost, in a screen."""

from collections import Counter

from domain.errors import Unavailable
from tests.faults.world import LEFT, LOGGED, World
from tests.logs import tails

REPEAT = "python -m pytest 'tests/faults/test_rounds.py::test_nothing_is_lost_and_nothing_twice"


async def lost(world: World, number: int, fault: str) -> str:
    """Say what was acknowledged and is not there, what came twice, and what the stores say."""
    lines = [f"round {number}, {fault}; again: {REPEAT}[{number}]'"]
    for look in (_told, _left, _graph):
        try:
            lines += await look(world)
        except Unavailable as error:
            lines.append(str(error))
    lines += tails([world.log, *sorted(world.home.root.glob("logs/*.log"))])
    return "\n".join(lines)


async def _told(world: World) -> list[str]:
    rows = await world.records.rows(LOGGED)
    told = Counter((row["entity"], row["type"]) for row in rows)
    wanted = Counter(world.wanted)
    ours = {one: n for one, n in told.items() if not one[0].startswith("batch_")}
    effects = {(row["entity"], row["type"]): row["effects"] for row in rows if row["effects"] != 1}
    return [
        f"acknowledged and never told: {sorted(wanted - told) or 'nothing'}",
        f"told and not of this world, or twice: {sorted(Counter(ours) - wanted) or 'nothing'}",
        f"handled another number of times than once: {effects or 'nothing'}",
    ]


async def _left(world: World) -> list[str]:
    [row] = await world.records.rows(LEFT)
    [graph] = await world.graph.read("MATCH (e:Event) RETURN count(e) AS n")
    return [f"left: {row['waiting']} and {graph['n']} in the outboxes, {dict(row)}"]


async def _graph(world: World) -> list[str]:
    rows = await world.graph.read(
        "MATCH (n) WHERE n:Ticket OR n:FailureCard RETURN n.id AS id, n.version AS version"
    )
    found = {row["id"]: row["version"] for row in rows}
    ids = found.keys() | world.versions.keys()
    differing = {
        key: (world.versions.get(key), found.get(key))
        for key in sorted(ids)
        if world.versions.get(key) != found.get(key)
    }
    return [f"versions (acknowledged, found) that differ: {differing or 'none'}"]
