"""A garage's state follows from the change log: built again from it, and kept up by it, it is live.

Two garages do some six hundred things of every kind (fewer in `make test`), in an order that dice
draw. One copy of each garage follows while it happens; another is built at the end from the log's
first entry, with nothing left in Redis; a third reads the live cards and tickets page by page. All
three are one.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from domain.access import Role
from domain.events import CARD_EVENTS, TICKET_EVENTS
from domain.ids import GarageId, TicketId
from repair.suggestions import SuggestionPorts, suggest_cards
from sync.delta_cursors import DeltaPosition
from tests.journeys import test_deletions
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, UPDATE, Person, content
from tests.journeys.queue_records import told
from tests.journeys.test_feedback import FIRMWARE, MERGE, UNDO
from tests.journeys.test_repairs import ATTEMPT, CLOSE, REOPEN, RESOLVE, START, do
from tests.journeys.test_sync_hints import RETIRE
from tests.sizes import short_and_full
from web.garage.client import RemoteService, catch_up
from web.garage.replica import Replica
from web.wiring import Runtime

pytestmark = pytest.mark.journey
GARAGES = PUNE, DELHI
NEWEST = "select distinct on (entity) entity, version from change_log order by entity, seq desc"
LIVE = "MATCH (n) WHERE n:Ticket OR n:FailureCard RETURN n.id AS id, n.version AS version"
SEEN_ON = [{"make": "Novel Motors", "model": "N1", "firmware": "1.0"}]
CHANGES_A_STORY = 5
Story = AsyncGenerator[None]


class Stories(NamedTuple):
    """How many cards and tickets have a life."""

    cards: int
    tickets: int


def quiet(taken: int, all_of_them: int) -> None:
    del taken, all_of_them


@dataclass
class Network:
    """People of two garages, and what they do step by step."""

    house: Runtime
    somebody: Somebody
    dice: Random
    verified: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    def op(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    def written(self, title: str, garage: GarageId) -> dict[str, Any]:
        severity = self.dice.choice(["LOW", "MEDIUM", "HIGH", "CRITICAL"])
        limited = {"garages": self.dice.choice([[], [], [garage]])}
        return content(
            title,
            signature={"text": title, "severity": severity},
            vehicles=self.dice.choice([[], SEEN_ON]),
            visibility=limited,
        )

    async def card(self, n: int) -> Story:
        """Write a card, change it, limit and open it; verify it, and perhaps end its use."""
        garage = self.dice.choice(GARAGES)
        author, second = self.somebody(garage=garage), self.somebody(garage=garage, name="second")
        made = await author.create(self.written(f"Card {n}", garage))
        yield
        version = 1
        for change in range(self.dice.randrange(1, 6)):
            card = self.written(f"Card {n}, change {change}", garage)
            found = await author.ask(
                UPDATE, id=made["id"], card=card, expected=version, op=self.op()
            )
            assert found["__typename"] == "CardUpdated", found
            version += 1
            yield
        assert (await second.verify(made["id"], version))["__typename"] == "CardVerified"
        version += 1
        yield
        if self.dice.random() < 0.5:
            retired = {"id": made["id"], "expected": version, "op": self.op()}
            assert await second.ask(RETIRE, **retired) == {"__typename": "CardRetired"}
        else:
            self.verified.append((made["id"], version))

    async def merge(self, n: int) -> Story:
        """Put one verified card in the place of another, and half of the times think better."""
        del n
        root = self.somebody(Role.ADMIN, None, "root")
        (one, version), (other, _) = self.verified.pop(), self.verified[0]
        merged = await root.ask(MERGE, id=one, into=other, expected=version, op=self.op())
        assert merged["__typename"] == "CardMerged", merged
        yield
        if self.dice.random() < 0.5:
            back = await root.ask(UNDO, id=one, expected=version + 1, op=self.op())
            assert back["__typename"] == "CardUpdated", back

    async def ticket(self, n: int) -> Story:
        """Report a failure, search, repair, hand back; now and then the vehicle comes again."""
        garage = self.dice.choice(GARAGES)
        worker = self.somebody(Role.TECHNICIAN, garage, f"worker_of_{garage}")
        boss, again = self.somebody(garage=garage), self.dice.random() < 0.3
        for visit in range(1 + again):
            about = {"codes": ["E401"], "vehicleId": f"veh_{n:03}"}
            made = await worker.report(f"Visit {visit} of vehicle {n}", **about)
            yield
            ticket = TicketId(made["key"])
            await suggest_cards(self.search, ticket, datetime.now(UTC))
            yield
            steps: list[tuple[Person, str, dict[str, Any]]] = [
                (worker, START, {"card": None}),
                (worker, ATTEMPT, {"attempt": {"worked": False, "minutes": 5}}),
                (worker, RESOLVE, {"outcome": {"worked": True, "minutes": 20}}),
                (worker, CLOSE, {"rating": 4}),
            ]
            if not again and self.dice.random() < 0.3:
                steps.append((boss, REOPEN, {}))
            for version, (who, verb, given) in enumerate(steps, start=1):
                done = await do(who, verb, made["id"], version, op=self.op(), **given)
                assert done["ticket"]["version"] == version + 1, done
                yield

    async def deletion(self, n: int) -> Story:
        """Write a card and report a failure by mistake, and take both away for good."""
        garage = self.dice.choice(GARAGES)
        worker = self.somebody(Role.TECHNICIAN, garage, f"worker_of_{garage}")
        root = self.somebody(Role.ADMIN, None, "root")
        card = await self.somebody(garage=garage).create(self.written(f"Mistake {n}", garage))
        ticket = await worker.report(f"Reported by mistake, {n}")
        yield
        for query, made, done in (
            (test_deletions.CARDS, card, "CardDeleted"),
            (test_deletions.TICKET, ticket, "TicketDeleted"),
        ):
            gone = await root.ask(query, id=made["id"], n=1, op=self.op())
            assert gone["__typename"] == done, gone
            yield

    @property
    def search(self) -> SuggestionPorts:
        house = self.house
        return SuggestionPorts(
            tickets=house.tickets, cards=house.cards, reader=house.reader, matcher=house.matcher
        )


@dataclass(frozen=True)
class Copy:
    """What one garage keeps of the network."""

    replica: Replica
    remote: RemoteService

    async def catch_up(self) -> None:
        await catch_up(self.replica, self.remote, quiet)

    def kept(self) -> dict[str, dict[str, Any]]:
        return {
            thing["key"]: thing
            for kind in ("failure_card", "ticket")
            for thing in self.replica.documents(kind, most=10**6)
        }


@pytest.fixture
def copy_of(somebody: Somebody, tmp_path: Path) -> Any:  # noqa: ANN401 - a function
    def made(garage: GarageId, cursor: str | None = None) -> Copy:
        reader = somebody(garage=garage)
        replica = Replica.open(tmp_path / f"{uuid4()}.db")
        if cursor is not None:
            replica.set(cursor=cursor)
        return Copy(replica, RemoteService(reader.client, reader.token))

    return made


@pytest.mark.row("SY-3")
@pytest.mark.timeout(600)
@short_and_full("stories", Stories(24, 20), Stories(60, 50))
async def test_a_garages_state_is_its_log(
    house: Runtime,
    somebody: Somebody,
    copy_of: Any,  # noqa: ANN401
    stories: Stories,
) -> None:
    await told(house)
    network = Network(house, somebody, Random(3))  # noqa: S311 - a seed
    begun = await house.change_log.last()
    following = [copy_of(garage) for garage in GARAGES]
    for each in following:
        await each.catch_up()
    await somebody(Role.TECHNICIAN, GARAGES[0]).report("Smoke comes out of the battery")
    await lived(network, following, stories)
    await told(house)
    log = [event for _, event in await house.change_log.after(begun, 10_000)]
    assert {event.type for event in log} >= CARD_EVENTS | TICKET_EVENTS
    assert len(log) > CHANGES_A_STORY * (stories.cards + stories.tickets)

    newest = {row["entity"]: row["version"] for row in await house.records.rows(NEWEST)}
    live = {row["id"]: row["version"] for row in await house.graph.read(LIVE)}
    assert {key: newest.get(key) for key in live} == live
    await house.redis.flushall()
    for garage, followed in zip(GARAGES, following, strict=True):
        start = house.delta_cursors.seal(DeltaPosition(done=0), garage)
        rebuilt, read = copy_of(garage, start), copy_of(garage)
        for each in (followed, rebuilt, read):
            await each.catch_up()
        assert rebuilt.kept() == read.kept()
        assert followed.kept() == read.kept()
        assert len(read.kept()) > stories.cards


async def lived(network: Network, following: list[Copy], many: Stories) -> None:
    """Have everything happen, a step of one story after a step of another."""
    dice = network.dice
    stories = [network.card(n) for n in range(many.cards)]
    stories += [network.ticket(n) for n in range(many.tickets)]
    stories += [network.deletion(n) for n in range(many.tickets // 5)]
    root = network.somebody(Role.ADMIN, PUNE, "root_of_pune")
    while stories:
        story = dice.choice(stories)
        if await anext(story, "over") == "over":
            stories.remove(story)
            await story.aclose()
        if len(network.verified) > 4:
            async with aclosing(network.merge(0)) as merging:
                async for _ in merging:
                    pass
        if dice.random() < 0.05:
            await told(network.house)
            await dice.choice(following).catch_up()
    marked = await root.ask(FIRMWARE, op=network.op(), firmware="2.0")
    assert marked["cards"] > 0
