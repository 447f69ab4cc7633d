"""Three garages over a bad line: whatever is lost, repeated or late, they end with the same."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import time
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from domain.access import Actor, Role
from domain.errors import Unavailable
from domain.ids import GarageId, PersonId
from tests.domain.samples import NOW
from tests.journeys.people import DELHI, PUNE, content
from tests.journeys.queue_records import told
from tests.resolvers.fakes import World
from tests.sizes import short_and_full
from tests.web import clients
from web.garage.client import RemoteService, catch_up, drain_queue
from web.garage.replica import Replica
from web.server import build_application
from web.wiring import Runtime

pytestmark = pytest.mark.journey
CHENNAI = GarageId("garage_chennai")
GARAGES = (PUNE, DELHI, CHENNAI)
State = tuple[dict[str, Any], dict[str, Any]]
# Of a hundred calls, how many do not arrive, arrive twice, or are answered to nobody.
LOST, TWICE, UNHEARD = 15, 30, 45
ROUNDS = 12


def quiet(taken: int, all_of_them: int) -> None:
    del taken, all_of_them


@dataclass
class BadLine(httpx.AsyncBaseTransport):
    """Loses calls and answers, and delivers calls twice, as its dice say; then it is repaired."""

    inner: httpx.AsyncBaseTransport
    dice: Random
    bad: bool = True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        drawn = self.dice.randrange(100) if self.bad else 100
        if drawn < LOST:
            raise httpx.ConnectError("lost")
        if drawn < TWICE:
            await (await self.inner.handle_async_request(request)).aread()
        answer = await self.inner.handle_async_request(request)
        if TWICE <= drawn < UNHEARD:
            await answer.aread()
            raise httpx.ReadError("unheard")
        return answer


@dataclass
class Device:
    """One device of a garage: its replica, its line, and all that it ever queued."""

    person: PersonId
    garage: GarageId
    replica: Replica
    line: BadLine
    remote: RemoteService
    queued: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def queue(self, dice: Random, type: str, data: dict[str, Any]) -> str:
        record = {
            "operation_id": str(UUID(int=dice.getrandbits(128), version=4)),
            "type": type,
            "data": data,
            "garage_id": self.garage,
            "priority": dice.randrange(10),
        }
        full = self.replica.enqueue(record, int(time() * 1000))
        self.queued.append(full)
        return full["operation_id"]

    def queue_again(self) -> None:
        """Put everything back into the queue, as a garage does whose database was restored."""
        for record in self.queued:
            self.replica.enqueue(record, 0)

    async def go(self, step: Callable[[], Awaitable[object]]) -> bool:
        try:
            await step()
        except Unavailable:
            return False
        return True

    async def drained(self) -> bool:
        return await self.go(lambda: drain_queue(self.replica, self.remote))

    async def caught_up(self) -> bool:
        return await self.go(lambda: catch_up(self.replica, self.remote, quiet))

    def kept(self, kind: str) -> dict[str, Any]:
        return {thing["key"]: thing for thing in self.replica.documents(kind, most=10**6)}


@dataclass(frozen=True)
class Service:
    """The service as garages meet it, over fakes or over the real stores."""

    transport: httpx.AsyncBaseTransport
    mint: Callable[[Actor, datetime, timedelta], str]
    told: Callable[[], Awaitable[object]]
    # How many networks there are, and in `make test-full`.
    examples: int
    more_examples: int
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def device(self, actor: Actor, folder: Path, dice: Random) -> Device:
        assert actor.garage is not None
        replica = Replica.open(folder / f"{actor.id}.db")
        replica.set(garage=actor.garage)
        line = BadLine(self.transport, dice)
        http = httpx.AsyncClient(transport=line, base_url="http://battwheels.test")
        token = self.mint(actor, self.now, timedelta(hours=1))
        return Device(actor.id, actor.garage, replica, line, RemoteService(http, token))


@dataclass
class Network:
    """Three garages: a tablet that changes the cards of all, a phone that repairs."""

    service: Service
    dice: Random
    tablets: list[Device]
    phones: list[Device]

    @classmethod
    def of(cls, service: Service, folder: Path, dice: Random) -> "Network":
        def device(role: Role, garage: GarageId) -> Device:
            name = f"{role}_{garage}_{dice.getrandbits(40)}"
            return service.device(Actor(id=PersonId(name), role=role, garage=garage), folder, dice)

        # Only who is of all garages may change each other's cards.
        tablets = [device(Role.ADMIN, garage) for garage in GARAGES]
        return cls(service, dice, tablets, [device(Role.TECHNICIAN, g) for g in GARAGES])

    @property
    def devices(self) -> list[Device]:
        return self.tablets + self.phones

    async def jostle(self) -> None:
        """Let chance choose who hands in or catches up next."""
        for _ in range(ROUNDS):
            device = self.dice.choice(self.devices)
            await self.dice.choice([device.drained, device.caught_up, self.service.told])()

    async def settle(self) -> None:
        """Repair the lines and let everybody end."""
        for device in self.devices:
            device.line.bad = False
            while device.replica.waiting(1):
                assert await device.drained()
        await self.service.told()
        for device in self.devices:
            assert await device.caught_up()

    def end(self) -> State:
        """Give the cards and tickets that all keep, the same in each."""
        cards, tickets = self.tablets[0].kept("failure_card"), self.tablets[0].kept("ticket")
        for device in self.devices:
            assert device.kept("failure_card") == cards
        for tablet in self.tablets:
            assert tablet.kept("ticket") == tickets
        for phone in self.phones:
            own = {t for t in tickets if tickets[t]["assignee"] == phone.person}
            assert phone.kept("ticket") == {key: tickets[key] for key in own}
        return cards, tickets


def edits(tablet: Device, card: str, dice: Random) -> None:
    """Change the card of all, of which everybody knows the first version."""
    for _ in range(dice.randrange(1, 3)):
        word = dice.choice(["Buckle", "Strap", "Hinge"])
        wanted = content(f"{word} shakes", text="Seat shakes", cause={"primary": f"Worn {word}"})
        tablet.queue(dice, "update_card", {"id": card, "expected_version": 1, "card": wanted})


def repairs(phone: Device, dice: Random) -> None:
    """Report failures and repair them, without hearing of the tickets in between."""
    for n in range(dice.randrange(1, 3)):
        text = f"Seat shakes at {dice.getrandbits(40)}"
        report = phone.queue(dice, "report_failure", {"report": {"text": text}})
        deeds: list[tuple[str, dict[str, Any]]] = [
            ("start_repair", {"card": None}),
            ("record_attempt", {"attempt": {"worked": False, "minutes": 1}}),
            ("resolve_ticket", {"outcome": {"worked": True, "minutes": 5 + n}}),
            ("close_ticket", {"rating": 1 + n}),
        ]
        for version, (deed, data) in enumerate(deeds, start=1):
            told = {"id": report, "expected_version": version, **data}
            phone.queue(dice, deed, told)


async def one_network(service: Service, folder: Path, dice: Random) -> None:
    network = Network.of(service, folder, dice)
    author = network.tablets[0]
    author.line.bad = False
    author.queue(dice, "create_card", {"card": content("Seat shakes", text="Seat shakes")})
    assert await author.drained()
    [made] = author.replica.answers("APPLIED")
    author.line.bad = True
    for tablet, phone in zip(network.tablets, network.phones, strict=True):
        edits(tablet, made["key"], dice)
        repairs(phone, dice)
    await network.jostle()
    await network.settle()
    cards, tickets = network.end()
    assert cards[made["key"]]["version"] == 1 + sum(len(t.queued) for t in network.tablets) - 1
    reports = [r for p in network.phones for r in p.queued if r["type"] == "report_failure"]
    own = [t for t in tickets.values() if t["assignee"] in {p.person for p in network.phones}]
    assert len(own) == len(reports)
    assert {(t["status"], t["version"]) for t in own} == {("CLOSED", 5)}
    for _ in range(3):
        for device in network.devices:
            device.queue_again()
            device.line.bad = True
        await network.jostle()
        await network.settle()
        assert network.end() == (cards, tickets)


@pytest.fixture(params=["fake", "real"])
def service(request: pytest.FixtureRequest) -> Service:
    """The whole API over the fakes or over the real stores."""
    if request.param == "real":
        house = request.getfixturevalue("house")
        assert isinstance(house, Runtime)
        return Service(
            _transport(build_application(house)), house.tokens.mint, lambda: told(house), 2, 5
        )
    world = World()

    async def nothing() -> None:
        """The feed of the fakes is their log."""

    return Service(_transport(clients.app(world)), clients.TOKENS.mint, nothing, 8, 40, NOW)


def _transport(app: ASGIApp) -> httpx.ASGITransport:
    return httpx.ASGITransport(app=app, raise_app_exceptions=False)


@pytest.mark.row("OF-5")
@pytest.mark.timeout(300)
@short_and_full("whole", short=False, full=True)
async def test_three_garages_end_alike_over_any_bad_line(
    service: Service, tmp_path: Path, *, whole: bool
) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=service.more_examples if whole else service.examples)
    @given(st.integers(0, 2**32))
    def networks(seed: int) -> None:
        folder = tmp_path / f"{seed}-{uuid4()}"
        work = one_network(service, folder, Random(seed))  # noqa: S311 - a seed
        asyncio.run_coroutine_threadsafe(work, loop).result(120)

    await asyncio.to_thread(networks)
