"""graphql-transport-ws on a real port: who may come in, what closes a socket, and what does not."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from domain.access import Role, viewer_of
from domain.cards import Visibility
from domain.events import EventType
from domain.ids import CardId, OperationId
from repair.operations import Operation
from tests.domain.samples import CARD, DELHI, PUNE, TICKET
from tests.resolvers.fakes import World
from tests.resolvers.inputs import OPERATION
from tests.waits import eventually, sure_to_end
from tests.web.clients import PATH, TOKENS, actor, app
from tests.web.live_server import served
from web.socket import SubscriptionSocket

PROTOCOL = Subprotocol("graphql-transport-ws")
# From the log's beginning, so that nothing depends on when the server takes the subscription.
CHANGED = """subscription { cardChanged(after: "0") {
  ... on CardChange { type card { key } cursor } } }"""


@asynccontextmanager
async def opened(
    world: World,
    *,
    role: Role = Role.ADMIN,
    lifetime: timedelta = timedelta(minutes=5),
    init: Mapping[str, str] | None = None,
    **settings: Any,  # noqa: ANN401
) -> AsyncGenerator[ClientConnection]:
    token = TOKENS.mint(actor(role), world.at, lifetime)
    async with (
        served(app(world, **settings)) as place,
        connect(f"ws://{place}{PATH}", subprotocols=[PROTOCOL]) as socket,
    ):
        sent = {"authorization": f"Bearer {token}", **(init or {})}
        await say(socket, type="connection_init", payload=sent)
        assert await hear(socket) == {"type": "connection_ack"}
        yield socket


async def say(socket: ClientConnection, **message: object) -> None:
    await socket.send(orjson.dumps(message).decode())


async def hear(socket: ClientConnection) -> dict[str, Any]:
    async with sure_to_end("the socket"):
        frame = await socket.recv()
    assert isinstance(frame, str)
    return orjson.loads(frame)


async def subscribe(socket: ClientConnection, id: str, query: object) -> None:
    await say(socket, type="subscribe", id=id, payload={"query": query})


async def asked(world: World, what: str) -> int:
    return world.asked[what]


async def change(world: World, n: int = 1, card: CardId = CARD.id) -> None:
    who = actor()
    operation = Operation(id=OperationId(str(OPERATION)), actor=who, at=world.at)
    event = operation.event(EventType.CARD_VERIFIED, card, n)
    await world.feed.tell([replace(event, id=type(event.id)(f"event-{n}"))])


async def closed(socket: ClientConnection) -> int | None:
    async with sure_to_end("the socket"):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else None


@pytest.mark.row("EX-3")
async def test_changes_reach_who_may_see_them(world: World) -> None:
    async with opened(world, role=Role.MANAGER) as socket:
        await subscribe(socket, "1", CHANGED)
        await change(world)
        told = await hear(socket)
    assert told["payload"]["data"]["cardChanged"] == {
        "type": "CARD_VERIFIED",
        "card": {"key": CARD.id},
        "cursor": "1",
    }


@pytest.mark.row("CA-33")
async def test_limited_changes_stay_at_home(world: World) -> None:
    other = replace(CARD, id=type(CARD.id)("fc_other"))
    world.hold(replace(CARD, visibility=Visibility(garages=(DELHI,))), other)
    assert await world.cards.many([CARD.id], viewer_of(actor(Role.MANAGER, PUNE))) == {}
    async with opened(world, role=Role.MANAGER) as socket:
        await subscribe(socket, "1", CHANGED)
        await change(world, 1)
        await change(world, 2, other.id)
        told = await hear(socket)
    assert told["payload"]["data"]["cardChanged"]["cursor"] == "2"


async def test_a_cursor_resumes_without_loss(world: World) -> None:
    for n in (1, 2, 3):
        await change(world, n)
    query = 'subscription { cardChanged(after: "1") { ... on CardChange { cursor } } }'
    async with opened(world) as socket:
        await subscribe(socket, "1", query)
        told = [await hear(socket), await hear(socket)]
    assert [t["payload"]["data"]["cardChanged"]["cursor"] for t in told] == ["2", "3"]


async def test_match_ready_waits_for_the_search(world: World) -> None:
    world.tickets.held[TICKET.id] = TICKET
    query = f'subscription {{ matchReady(ticket: "{TICKET.id}") {{ key noMatch }} }}'
    async with opened(world) as socket:
        await subscribe(socket, "1", query)
        await eventually(lambda: asked(world, "tickets.many"))
        operation = Operation(id=OperationId(str(OPERATION)), actor=actor(), at=world.at)
        event = operation.event(EventType.CARD_MATCHED, TICKET.id, 7)
        none = type(TICKET.matching).NONE
        await world.tickets.record_shown(TICKET.id, [], none, [event])
        told, done = await hear(socket), await hear(socket)
    assert told["payload"] == {"data": {"matchReady": {"key": TICKET.id, "noMatch": True}}}
    assert done == {"type": "complete", "id": "1"}


@pytest.mark.parametrize("query", ["{ cards(", "{ nope }", "", 7, None, [], {}])
async def test_a_bad_operation_ends_alone(world: World, query: object) -> None:
    async with opened(world) as socket:
        await subscribe(socket, "good", CHANGED)
        await subscribe(socket, "bad", query)
        refused = await hear(socket)
        await change(world)
        told = await hear(socket)
    assert (refused["id"], refused["type"]) == ("bad", "error")
    assert (told["id"], told["type"]) == ("good", "next")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 4400),
        ("7", 4400),
        ("[]", 4400),
        ("{}", 4400),
        ('{"type": "nope"}', 4400),
        ('{"type": 7}', 4400),
        ('{"type": "subscribe"}', 4400),
        ('{"type": "subscribe", "id": 7, "payload": {"query": "{__typename}"}}', 4400),
        ('{"type": "connection_init"}', 4429),
        (b"\x00", 4400),
    ],
)
async def test_broken_messages_close_the_socket(
    world: World, frame: str | bytes, code: int
) -> None:
    async with opened(world) as socket:
        await socket.send(frame)
        assert await closed(socket) == code


async def test_subscribing_before_init_closes(world: World) -> None:
    async with (
        served(app(world)) as place,
        connect(f"ws://{place}{PATH}", subprotocols=[PROTOCOL]) as socket,
    ):
        await subscribe(socket, "1", CHANGED)
        assert await closed(socket) == 4401


@pytest.mark.parametrize(
    "payload", [{"authorization": "Bearer forged"}, {"authorization": 7}, {}, None]
)
async def test_strangers_are_turned_away(world: World, payload: object) -> None:
    async with (
        served(app(world, development=False)) as place,
        connect(f"ws://{place}{PATH}", subprotocols=[PROTOCOL]) as socket,
    ):
        await say(socket, type="connection_init", payload=payload)
        assert await closed(socket) == 4403


async def test_the_header_signs_in_too(world: World) -> None:
    headers = {"authorization": f"Bearer {TOKENS.mint(actor(), world.at)}"}
    async with (
        served(app(world, development=False)) as place,
        connect(f"ws://{place}{PATH}", subprotocols=[PROTOCOL], additional_headers=headers) as it,
    ):
        await say(it, type="connection_init")
        assert await hear(it) == {"type": "connection_ack"}


async def test_pages_of_other_sites_are_refused(world: World) -> None:
    async with served(app(world)) as place:
        with pytest.raises(InvalidStatus, match="403"):
            await connect(
                f"ws://{place}{PATH}",
                subprotocols=[PROTOCOL],
                origin=Origin("https://evil.example"),
            )


async def test_the_old_protocol_is_not_spoken(world: World) -> None:
    async with (
        served(app(world)) as place,
        connect(f"ws://{place}{PATH}", subprotocols=[Subprotocol("graphql-ws")]) as socket,
    ):
        assert await closed(socket) == 4406


async def test_sockets_end_with_the_token(world: World) -> None:
    async with opened(world, lifetime=timedelta(seconds=2)) as socket:
        await subscribe(socket, "1", CHANGED)
        assert await closed(socket) == 4401


async def test_silent_clients_are_let_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SubscriptionSocket, "ping_seconds", 0.05)
    async with opened(world) as socket:
        assert await hear(socket) == {"type": "ping"}
        assert await closed(socket) == 4408


@pytest.mark.parametrize(
    ("cursor", "news"),
    [
        ("1", {"__typename": "Resync", "cursor": "5"}),
        ("99", {"__typename": "Resync", "cursor": "5"}),
        ("soon", {"__typename": "InvalidInput", "field": "after"}),
    ],
)
async def test_a_cursor_that_leads_nowhere_is_answered(
    world: World, cursor: str, news: dict[str, str]
) -> None:
    for n in range(1, 6):
        await change(world, n)
    world.feed.floor = 3
    query = f"""subscription {{ cardChanged(after: "{cursor}") {{ __typename
      ... on Resync {{ cursor }} ... on InvalidInput {{ field }} }} }}"""
    async with opened(world) as socket:
        await subscribe(socket, "1", query)
        told = await hear(socket)
    assert told["payload"] == {"data": {"cardChanged": news}}


async def test_a_stalled_reader_slows_nobody(world: World) -> None:
    """One takes nothing while more is told than any buffer holds; the other hears all of it."""
    count, long = 1_500, "x" * 9_900
    world.hold(replace(CARD, signature=replace(CARD.signature, text=long)))
    query = (
        "subscription { cardChanged { ... on CardChange { cursor card { signature { text } } } } }"
    )
    token = TOKENS.mint(actor(), world.at)
    application = app(world)
    async with (
        served(application) as place,
        connect(f"ws://{place}{PATH}", subprotocols=[PROTOCOL], max_queue=1) as stalled,
        connect(f"ws://{place}{PATH}", subprotocols=[PROTOCOL]) as reader,
    ):
        for socket in (stalled, reader):
            await say(socket, type="connection_init", payload={"authorization": f"Bearer {token}"})
            await hear(socket)
            await subscribe(socket, "1", query)
            await say(socket, type="ping")
            assert await hear(socket) == {"type": "pong"}
        for n in range(1, count + 1):
            await change(world, n)
            told = await hear(reader)
            assert told["payload"]["data"]["cardChanged"]["cursor"] == str(n)
        heard = [0]
        while heard[-1] < count:
            told = await hear(stalled)
            heard.append(int(told["payload"]["data"]["cardChanged"]["cursor"]))
    assert heard == sorted(set(heard))
    assert len(heard) < count
