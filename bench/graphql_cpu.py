"""CPU of a GraphQL request, beside a GraphQL Yoga server over the same Neo4j.

Ours is `battwheels serve --no-work`; the peer has our schema, the official JWT plugin and
DataLoaders (`graphql_peer/server.mjs`). Both check the signature of every token, bound what a
document may ask, count its cost for its garage in the same Redis, narrow what they read to the
caller's garage, and are asked the same bodies in turns; that their answers are equal is checked
first. CPU is the user and system time of a server's process tree over the requests of a
round; each document's figure is the median of the rounds, and the bar is the worst of the three
ratios.
"""

import asyncio
import json
import random
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psutil

from bench.bars import Bar, Better
from bench.graphql_load import answers
from bench.node import node_peer
from bench.push import JARS, Server, served
from bench.synthetic_cards import Maker
from domain.access import Actor, Role, Viewer
from domain.ids import GarageId, PersonId
from graph.cards import CardStore
from ingest import knowledge
from ingest.imports import import_batch
from schema.nodes import global_id
from web.local import stores
from web.local.home import StoreHome
from web.local.stores import StoreUrls
from web.settings import Settings
from web.tokens import build_tokens, token_secret
from web.wiring import Runtime, open_runtime

SDL = Path("schema/schema.graphql")
SYNTHETIC = 2_000
PEOPLE = 50
GARAGES = 20
LANES = 8
ROUNDS = 5
COMPARED = 20
LOOK_SECONDS = 3.0
SETTLING = 20
QUIET_SHARE = 0.2
GOAL = 1.0
TYPENAME = "{ __typename }"
PAGE = """query Page($after: String) { cards(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor } edges { cursor node {
    id key version status source title category make symptomHash reputation } } } }"""
DEPTH = """query Depth($id: ID!) { card(id: $id) {
  id key version status source title category make symptomHash reputation recheck
  signature { text failureMode severity severityLevel occurrence symptoms { key text }
    errorCodes { key code description } component { key name } }
  cause { primary secondary confidence reasoning }
  resolution { type labourMinutes highVoltage steps { number action minutes tools safety }
    parts { key quantity part { name } } }
  vehicles(first: 10) { pageInfo { hasNextPage } edges { node { make model variant year } } }
  usage { matched used successes failures } provenance { author createdAt campaign } } }"""

Variables = Callable[[random.Random], dict[str, object]]


@dataclass(slots=True)
class AskedDocument:
    """One of the three, how often it is asked in a round, and CPU milliseconds of a request."""

    name: str
    text: str
    requests: int
    variables: Variables
    ours: list[float] = field(default_factory=list[float])
    theirs: list[float] = field(default_factory=list[float])

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.theirs)

    def lines(self, people: Sequence[str], count: int, seed: int) -> list[str]:
        """Give what `graphql_load` sends: a token, a tab, a body."""
        drawn = random.Random(seed)
        bodies = ({"query": self.text, "variables": self.variables(drawn)} for _ in range(count))
        return [f"{people[n % len(people)]}\t{json.dumps(body)}" for n, body in enumerate(bodies)]

    def __str__(self) -> str:
        return (
            f"{self.name:<10} battwheels {median(self.ours):.3f} (least {min(self.ours):.3f}), "
            f"Yoga {median(self.theirs):.3f} (least {min(self.theirs):.3f}) CPU ms; "
            f"ratio {self.ratio:.2f}"
        )


async def run() -> list[Bar]:
    """Load the cards, serve both, measure in turns."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        urls = stores.start_stores(home)
        try:
            return await measured(home, urls)
        finally:
            stores.stop_stores(home)


async def measured(home: StoreHome, urls: StoreUrls) -> list[Bar]:
    """Measure over the stores of a home, whatever else they hold."""
    async with open_runtime(Settings(home=home.root)) as house:
        documents = await _documents(house)
    people = _people(Settings(home=home.root))
    given = {
        "NEO4J_URI": urls.neo4j_uri,
        "NEO4J_USER": urls.neo4j_user,
        "NEO4J_PASSWORD": urls.neo4j_password,
        "TOKEN_SECRET": token_secret(Settings(home=home.root)).decode(),
        "REDIS_URL": urls.redis_url,
    }
    async with (
        served(home, "--no-work") as ours,
        node_peer("graphql_peer", str(SDL.resolve()), **given) as (place, pid),
    ):
        theirs = Server(place, pid)
        await _settled(ours)
        for document in documents:
            await _compared(document, people, ours, theirs)
            await _rounds(document, people, (ours, theirs), home.root)
            print(f"  {document}", flush=True)
    worst = max(document.ratio for document in documents)
    return [Bar(name="graphql_cpu_to_peer", measured=worst, goal=GOAL, better=Better.LOWER)]


async def _documents(house: Runtime) -> list[AskedDocument]:
    known = knowledge.read_knowledge(knowledge.SHIPPED)
    await import_batch(known, house)
    await house.cards.load([(c, None) for c, _ in Maker(known).cards(0, SYNTHETIC)])
    ids = await _ids(house.cards)
    print(f"  {len(ids)} cards", flush=True)

    def page(drawn: random.Random) -> dict[str, object]:
        return {"after": b64encode(drawn.choice(ids[:-100]).encode()).decode()}

    def depth(drawn: random.Random) -> dict[str, object]:
        return {"id": global_id("FailureCard", drawn.choice(ids))}

    return [
        AskedDocument("nothing", TYPENAME, 3_000, lambda _: {}),
        AskedDocument("page", PAGE, 400, page),
        AskedDocument("depth", DEPTH, 1_000, depth),
    ]


async def _ids(cards: CardStore) -> list[str]:
    """Give the ids of all cards, in their order."""
    found: list[str] = []
    while page := await cards.page(
        Viewer(sees_all=True), first=1_000, after=found[-1] if found else None
    ):
        found += [card.id for card in page]
    return found


def _people(settings: Settings) -> list[str]:
    """Give a token of each technician; they work in different garages and see different cards."""
    signer, now = build_tokens(settings), datetime.now(UTC)
    actors = (
        Actor(
            id=PersonId(f"tech_{n}"),
            role=Role.TECHNICIAN,
            garage=GarageId(f"garage_{n % GARAGES}"),
            region="south",
        )
        for n in range(PEOPLE)
    )
    return [signer.mint(actor, now, timedelta(hours=1)) for actor in actors]


async def _compared(
    document: AskedDocument, people: Sequence[str], ours: Server, theirs: Server
) -> None:
    """Let both answer the same bodies: what they say has to be the same."""
    lines = document.lines(people, COMPARED, seed=1)
    said = await asyncio.gather(answers(ours.place, lines), answers(theirs.place, lines))
    for line, mine, other in zip(lines, *said, strict=True):
        if mine != other:
            raise ValueError(f"{line}\n{mine}\n{other}")


async def _rounds(
    document: AskedDocument, people: Sequence[str], both: tuple[Server, Server], folder: Path
) -> None:
    for number in range(-1, ROUNDS):
        # The round before the first warms both: Node compiles what it runs often.
        count = document.requests
        lines = document.lines(people, count, seed=number)
        (folder / "lines").write_text("\n".join(lines))
        spent = [await _spent(server, folder / "lines", count) for server in both]
        if number >= 0:
            document.ours.append(spent[0])
            document.theirs.append(spent[1])


async def _spent(server: Server, lines: Path, count: int) -> float:
    """Send the lines from a process of its own; give CPU milliseconds of a request."""
    process = psutil.Process(server.pid)
    before = _cpu(process)
    load = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.graphql_load",
        server.place,
        str(lines),
        str(LANES),
        stdout=asyncio.subprocess.PIPE,
    )
    answered, _ = await load.communicate()
    if int(answered) != count:
        raise ValueError(f"{server.place} gave data to {int(answered)} of {count}")
    return 1000 * (_cpu(process) - before) / count


async def _settled(server: Server) -> None:
    """Wait for a server to end what it does at its start."""
    process = psutil.Process(server.pid)
    for _ in range(SETTLING):
        before = _cpu(process)
        await asyncio.sleep(LOOK_SECONDS)
        if _cpu(process) - before < QUIET_SHARE * LOOK_SECONDS:
            return


def _cpu(process: psutil.Process) -> float:
    """Give the seconds that a process and those under it have spent."""
    tree = [process, *process.children(recursive=True)]
    return sum(times.user + times.system for times in (one.cpu_times() for one in tree))
