"""Followers of the same thing with the same rights share one run; each hears each change once."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import orjson
import pytest

from domain.access import Actor, Role
from domain.cards import FailureCard, Visibility
from domain.errors import TooMany, Unavailable
from domain.events import Event, EventType
from domain.ids import CardId, EventId, GarageId, PersonId
from resolvers.api import build_api
from resolvers.context import RequestContext
from resolvers.subscriptions.audience import Broadcast, RunEnded
from resolvers.subscriptions.requests import SubscriptionRequest
from resolvers.subscriptions.shared_runs import SharedRuns
from sync.backlog import BufferedChange
from tests.domain.samples import CARD, DELHI, NOW, PUNE, TICKET
from tests.resolvers.fakes import World
from tests.sizes import short_and_full
from tests.waits import sure_to_end

API = build_api(introspection=False)
CARDS = """subscription ($after: String) { cardChanged(after: $after) {
  ... on CardChange { cursor type card { key title } } ... on Resync { cursor } } }"""
FOUNDED = """subscription { cardChanged { ... on CardChange { card { key ticket { key } } } } }"""
TICKETS = """subscription ($after: String) { ticketChanged(after: $after) {
  ... on TicketChange { cursor type ticket { key } } } }"""
SLOW, CHANGES = 100, 10
PEOPLE = [
    Actor(id=PersonId("anu"), role=Role.ADMIN),
    Actor(id=PersonId("bala"), role=Role.MANAGER, garage=PUNE),
    Actor(id=PersonId("chitra"), role=Role.MANAGER, garage=DELHI),
]
KEYS = [CardId(f"fc_{n:03}") for n in range(7)]


class Room:
    """A world with its audiences, and people who follow in it."""

    def __init__(self) -> None:
        self.world = World()
        self.audiences = SharedRuns(API)

    async def change(self, entity: str = CARD.id, type: EventType = EventType.CARD_UPDATED) -> None:
        number = len(self.world.feed.log) + 1
        event = Event(
            id=EventId(f"event-{number}"), type=type, entity=entity, version=1, at=NOW, actor="anu"
        )
        await self.world.feed.tell([event])

    def asked(
        self, query: str = CARDS, after: int | None = None, **variables: object
    ) -> SubscriptionRequest:
        given = variables | ({"after": str(after)} if after is not None else {})
        found = self.audiences.read_request(API.documents.read_now(query, given), given, None)
        assert found is not None
        return found

    def follow(self, asked: SubscriptionRequest, who: Actor) -> AsyncGenerator[Broadcast]:
        context = RequestContext(services=self.world.services, trace="trace", signed_in=who)
        return self.audiences.follow(asked, context)

    async def heard(
        self, count: int, asked: SubscriptionRequest | None = None, who: Actor | None = None
    ) -> list[Any]:
        """Follow until so much was told and give what the payloads say."""
        found = list[Any]()
        following = self.follow(asked or self.asked(), who or somebody())
        async with sure_to_end("the followers"), aclosing(following) as news:
            async for one in news:
                assert isinstance(one, BufferedChange | RunEnded)
                found.append(said(one))
                if len(found) == count:
                    break
        return found

    async def seated(self, people: int) -> None:
        """Wait until so many have taken a seat."""
        async with sure_to_end("the followers"):
            while sum(len(a.followers) for a in self.audiences.known.values()) < people:  # noqa: ASYNC110
                await asyncio.sleep(0)


def said(news: BufferedChange | RunEnded) -> Any:  # noqa: ANN401 - JSON
    answer = orjson.loads(news.payload)
    return answer.get("errors") or next(iter(answer["data"].values()))


def somebody(
    role: Role = Role.MANAGER, garage: GarageId | None = PUNE, name: str = "zoya"
) -> Actor:
    return Actor(id=PersonId(name), role=role, garage=garage)


def held(*keys: CardId, **changes: Any) -> list[FailureCard]:  # noqa: ANN401
    return [replace(CARD, id=key, **changes) for key in keys]


@pytest.fixture
def room() -> Room:
    made = Room()
    made.world.hold(CARD, *held(*KEYS))
    return made


async def together(room: Room, work: Sequence[Any], act: Callable[[], Any]) -> list[Any]:
    """Let everybody sit down before something happens."""
    tasks = [asyncio.ensure_future(one) for one in work]
    await room.seated(len(tasks))
    await act()
    return list(await asyncio.gather(*tasks))


async def test_a_hundred_are_served_by_one_execution(room: Room) -> None:
    people = [somebody(name=f"person{n}") for n in range(100)]
    work = [room.heard(1, who=who) for who in people]
    told = await together(room, work, room.change)
    change = {"cursor": "1", "type": "CARD_UPDATED"}
    assert told == [[change | {"card": {"key": CARD.id, "title": CARD.title}}]] * 100
    assert room.world.asked["cards.many"] == 1


async def test_the_same_text_goes_to_everybody(room: Room) -> None:
    following = [room.follow(room.asked(), somebody(name=name)) for name in ("asha", "bala")]
    coming = [asyncio.ensure_future(anext(one)) for one in following]
    await room.seated(2)
    await room.change()
    first, second = await asyncio.gather(*coming)
    assert first is second
    for one in following:
        await one.aclose()
    assert len(room.audiences) == 0


@pytest.mark.row("CA-33")
async def test_rights_are_never_mixed(room: Room) -> None:
    room.world.hold(replace(CARD, visibility=Visibility(garages=(PUNE,))))

    async def change() -> None:
        await room.change()
        await room.change(KEYS[0])

    near, far, root = await together(
        room,
        [
            room.heard(2, who=somebody()),
            room.heard(1, who=somebody(garage=DELHI)),
            room.heard(2, who=somebody(Role.ADMIN, DELHI)),
        ],
        change,
    )
    assert [n["card"]["key"] for n in near] == [CARD.id, KEYS[0]]
    assert [n["card"]["key"] for n in far] == [KEYS[0]]
    assert [n["card"]["key"] for n in root] == [CARD.id, KEYS[0]]


async def test_technicians_share_cards_but_not_tickets(room: Room) -> None:
    room.world.tickets.held[TICKET.id] = replace(TICKET, assignee=PersonId("asha"))
    room.world.hold(replace(CARD, provenance=replace(CARD.provenance, ticket=TICKET.id)))
    asha, bala = (somebody(Role.TECHNICIAN, name=name) for name in ("asha", "bala"))
    founded = room.asked(FOUNDED)
    assert room.asked().sharing_key(asha) == room.asked().sharing_key(bala)
    assert founded.sharing_key(asha) != founded.sharing_key(bala)
    hers, his = await together(
        room, [room.heard(1, founded, asha), room.heard(1, founded, bala)], room.change
    )
    assert hers == [{"card": {"key": CARD.id, "ticket": {"key": TICKET.id}}}]
    assert his == [{"card": {"key": CARD.id, "ticket": None}}]


async def test_tickets_reach_the_bench_and_the_garage(room: Room) -> None:
    other = replace(TICKET, id=type(TICKET.id)("tkt_0002"), assignee=PersonId("asha"))
    room.world.tickets.held |= {TICKET.id: TICKET, other.id: other}

    async def change() -> None:
        await room.change(TICKET.id, EventType.TICKET_UPDATED)
        await room.change(other.id, EventType.CARD_MATCHED)

    bench, garage = await together(
        room,
        [
            room.heard(1, room.asked(TICKETS), somebody(Role.TECHNICIAN, name="asha")),
            room.heard(2, room.asked(TICKETS), somebody()),
        ],
        change,
    )
    assert bench == [{"cursor": "2", "type": "CARD_MATCHED", "ticket": {"key": other.id}}]
    assert [n["ticket"]["key"] for n in garage] == [TICKET.id, other.id]
    assert await _nothing(room, room.asked(TICKETS, after=0), somebody(garage=DELHI))


@pytest.mark.parametrize("seed", range(20))
async def test_resuming_anywhere_loses_and_repeats_nothing(room: Room, seed: int) -> None:
    """Followers come and go at random while cards change; each ends with the log, in order."""
    dice, total = random.Random(seed), 120  # noqa: S311 - a test
    entities = [dice.choice(KEYS) for _ in range(total)]

    async def tell() -> None:
        for entity in entities:
            await room.change(entity)
            if dice.random() < 0.3:
                await asyncio.sleep(0)

    async def follow(name: str) -> list[int]:
        heard = [0]
        while heard[-1] < total:
            asked, left = room.asked(after=heard[-1]), dice.randint(1, 30)
            async with aclosing(room.follow(asked, somebody(name=name))) as news:
                async for one in news:
                    assert isinstance(one, BufferedChange)
                    heard.append(one.seq)
                    left -= 1
                    if not left or heard[-1] == total:
                        break
        return heard[1:]

    async with sure_to_end("the followers"):
        told, *heard = await asyncio.gather(tell(), *(follow(f"person{n}") for n in range(5)))
    assert told is None
    assert heard == [list(range(1, total + 1))] * 5
    assert len(room.audiences) == 0


async def test_an_old_cursor_resyncs_and_goes_on(room: Room) -> None:
    for _ in range(5):
        await room.change()
    room.world.feed.floor = 3
    for cursor in (1, 9):
        last = len(room.world.feed.log)
        async with aclosing(room.follow(room.asked(after=cursor), somebody())) as news:
            resync = await anext(news)
            await room.change()
            change = await anext(news)
        assert isinstance(resync, BufferedChange)
        assert isinstance(change, BufferedChange)
        assert (resync.seq, said(resync)) == (last, {"cursor": str(last)})
        assert (change.seq, said(change)["cursor"]) == (last + 1, str(last + 1))


@pytest.mark.row("CA-33")
async def test_resuming_never_shows_what_was_limited_since(room: Room) -> None:
    staying = asyncio.ensure_future(room.heard(3, who=somebody(garage=DELHI)))
    await room.seated(1)
    await room.change()
    await room.change(KEYS[0])
    while len(next(iter(room.audiences.known.values())).recent) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0)
    room.world.hold(replace(CARD, visibility=Visibility(garages=(PUNE,))))
    await room.change()
    await room.change(KEYS[1])
    again = await room.heard(2, room.asked(after=0), somebody(garage=DELHI))
    assert [n["card"]["key"] for n in again] == [KEYS[0], KEYS[1]]
    assert [n["card"]["key"] for n in await staying] == [CARD.id, KEYS[0], KEYS[1]]


async def test_a_silent_graph_delays_and_loses_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, answers = room.world.cards.many, iter([Unavailable("neo4j", "gone")] * 2)

    async def many(keys: Any, viewer: Any) -> Any:  # noqa: ANN401
        if (down := next(answers, None)) is not None:
            raise down
        return await reading(keys, viewer)

    monkeypatch.setattr("resolvers.subscriptions.changes.RETRY_SECONDS", 0.01)
    monkeypatch.setattr(room.world.cards, "many", many)
    [told] = await together(room, [room.heard(1)], room.change)
    assert [n["cursor"] for n in told] == ["1"]


async def test_who_may_not_read_is_told_why(room: Room) -> None:
    [refused] = await room.heard(5, who=somebody(Role.ACCOUNTANT))
    assert refused[0]["extensions"]["code"] == "NOT_ALLOWED"
    assert len(room.audiences) == 0


def test_a_wrong_document_is_not_followed(room: Room) -> None:
    wrong = API.documents.read_now("subscription { cardChanged { nope } }", {})
    assert wrong.errors
    assert room.audiences.read_request(wrong, {}, None) is None


@pytest.mark.parametrize(
    "query",
    [
        "{ cards { edges { node { key } } } }",
        "subscription { matchReady(ticket: 7) { key } }",
        "subscription { a: cardChanged { __typename } b: cardChanged { __typename } }",
        "subscription { ...All } fragment All on Subscription { cardChanged { __typename } }",
        "subscription ($x: Boolean!) { cardChanged @include(if: $x) { __typename } }",
        'subscription { cardChanged(after: "-1") { __typename } }',
        'subscription { cardChanged(after: "9999999999999999999") { __typename } }',
        "subscription { cardChanged(after: 7) { __typename } }",
        'subscription ($a: String = "7") { cardChanged(after: $a) { __typename } }',
        "subscription ($a: String) { cardChanged(after: $a, make: $a) { __typename } }",
        "subscription {",
        "",
    ],
)
def test_anything_else_goes_the_ordinary_way(room: Room, query: str) -> None:
    document = API.documents.read_now(query, {})
    assert room.audiences.read_request(document, {}, None) is None


@pytest.mark.parametrize("after", ["x", "", "1 ", "-1", 7, [], {}, True])
def test_a_cursor_of_garbage_goes_the_ordinary_way(room: Room, after: object) -> None:
    document = API.documents.read_now(CARDS, {})
    assert room.audiences.read_request(document, {"after": after}, None) is None


async def test_followers_differ_by_what_they_ask(room: Room) -> None:
    who = somebody()
    keys = {
        room.asked().sharing_key(who),
        room.asked(after=7).sharing_key(who),
        room.asked(other="thing").sharing_key(who),
        room.asked(FOUNDED).sharing_key(who),
        room.asked().sharing_key(somebody(Role.TECHNICIAN)),
        room.asked().sharing_key(somebody(garage=DELHI)),
        room.asked().sharing_key(replace(who, region="south")),
    }
    assert len(keys) == 6


async def _nothing(room: Room, asked: SubscriptionRequest, who: Actor) -> bool:
    """Say whether nothing of what happened so far is told."""
    following = room.follow(asked, who)
    coming = asyncio.ensure_future(anext(following))
    await room.seated(1)
    done, _ = await asyncio.wait({coming}, timeout=0.05)
    coming.cancel()
    await asyncio.wait({coming})
    await following.aclose()
    return not done


@short_and_full("many", 2_000, 10_000)
async def test_slow_followers_hold_up_none_of_thousands(many: int) -> None:
    """Every hundredth follower stops taking; the others hear each change while it does not."""
    room, told, let_go, heard = Room(), asyncio.Event(), asyncio.Event(), 0
    room.world.hold(CARD)

    async def follow(n: int) -> int:
        nonlocal heard
        changes = 0
        async with aclosing(room.follow(room.asked(), PEOPLE[n % len(PEOPLE)])) as news:
            async for _ in news:
                changes += 1
                if n % SLOW == 0:
                    await let_go.wait()
                else:
                    heard += 1
                    if heard == many - many // SLOW:
                        told.set()
                if changes == CHANGES:
                    return changes
        return changes

    followers = [asyncio.create_task(follow(n)) for n in range(many)]
    async with sure_to_end("the followers"):
        while sum(len(a.followers) for a in room.audiences.known.values()) < many:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for _ in range(CHANGES):
            heard = 0
            told.clear()
            await room.change()
            await told.wait()
        let_go.set()
        assert set(await asyncio.gather(*followers)) == {CHANGES}


async def test_the_same_question_written_otherwise_is_one_execution(room: Room) -> None:
    texts = (CARDS, f"# mine\n{CARDS}  ", CARDS.replace("subscription", "subscription Mine"))
    work = [
        room.heard(1, room.asked(text), somebody(name=f"person{n}")) for n, text in enumerate(texts)
    ]
    told = await together(room, work, room.change)
    assert told == [told[0]] * 3
    assert room.world.asked["cards.many"] == 1


async def test_a_person_begins_few_executions_and_joins_any(room: Room) -> None:
    room.audiences = SharedRuns(API, most=4, most_of_one=2)
    texts = [CARDS.replace("title", f"t{n}: title") for n in range(4)]
    following = [room.follow(room.asked(text), somebody(name="asha")) for text in texts[:2]]
    coming = [asyncio.ensure_future(anext(one)) for one in following]
    await room.seated(2)
    with pytest.raises(TooMany):
        await anext(room.follow(room.asked(texts[2]), somebody(name="asha")))
    others = [room.follow(room.asked(texts[n]), somebody(name="bala")) for n in (0, 2, 3)]
    coming += [asyncio.ensure_future(anext(one)) for one in others]
    await room.seated(5)
    with pytest.raises(TooMany):
        await anext(room.follow(room.asked(), somebody(name="chitra")))
    assert len(room.audiences) == 4
    await room.change()
    await asyncio.gather(*coming)
    for one in (*following, *others):
        await one.aclose()
    following = [room.follow(room.asked(text), somebody(name="asha")) for text in texts[2:]]
    coming = [asyncio.ensure_future(anext(one)) for one in following]
    await room.seated(2)
    assert len(room.audiences) == 2
    for one in coming:
        one.cancel()
    await asyncio.gather(*coming, return_exceptions=True)
