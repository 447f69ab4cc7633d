"""What one garage learns reaches the others, and what is limited to it never does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import Any

import httpx
import pytest

from domain.access import Role
from domain.cards import CardSource, CardStatus
from graph.outbox import GraphOutbox
from tests.graph.examples import card
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person, content
from tests.journeys.queue_records import CHANGES, told
from tests.journeys.sockets import CHANGED, Subscriber, narrow_connection, subscribed
from tests.patience import PATIENT_SECONDS
from tests.sizes import short_and_full
from tests.waits import eventually, sure_to_end
from tests.web.live_server import served
from web.asgi import GRAPHQL
from web.server import build_application, run_background
from web.socket import SubscriptionSocket
from web.wiring import Runtime

pytestmark = pytest.mark.journey
AT_ONCE = 2
GOAL_SECONDS = 5.0
READERS, STALLED, STORIES, AUTHORS = 20, 2, 50, 5
AGAIN = " ".join(f"again{n}: signature {{ text }}" for n in range(14))
WORDY = f"""subscription ($after: String) {{ cardChanged(after: $after) {{
  ... on CardChange {{ card {{ key {AGAIN} }} }} }} }}"""
READING = "query ($id: ID!) { card(id: $id) { key } }"
PAST = "query ($id: ID!) { card(id: $id, version: 1) { key } }"
NODE = "query ($id: ID!) { node(id: $id) { key } }"
ALL = """query ($after: String) { cards(first: 100, after: $after) {
  edges { node { key } } pageInfo { hasNextPage endCursor } } }"""
OWN_WORDS = "Zirconium gasket whistles under regenerative load"
MEANT = "The seal of a rare metal makes a high sound when braking recovers energy"
# Of two cards that say the same, a match shows one.
KEPT_WORDS = (
    "Iridium bushing chatters on cobbled descents",
    "A sleeve of a rare metal rattles when riding downhill over stones",
)


@pytest.fixture(scope="module")
async def place(house: Runtime) -> AsyncGenerator[str]:
    """Host and port of the application, with the relay and the feed beside it."""
    async with run_background(house), served(build_application(house)) as place:
        yield place


async def told_so_far(house: Runtime) -> str:
    """Give the cursor behind everything that happened, once the relay has moved it all."""
    outbox = GraphOutbox(house.graph)
    await eventually(lambda: outbox.pending(1), lambda events: not events)
    return str(await house.change_log.last())


async def seen(
    who: Person, made: dict[str, str], words: str = OWN_WORDS, meant: str = MEANT
) -> dict[str, bool]:
    """Say by which ways this person comes to the card."""
    key = made["key"]
    pages, after = list[str](), None
    while True:
        page = await who.ask(ALL, after=after)
        pages += [edge["node"]["key"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    by_words = [c["key"] for c in await who.search(" ".join(words.split()[:3]).lower(), first=50)]
    by_meaning = [c["key"] for c in await who.search(meant, first=50)]
    matches = (await who.match(words))["matches"]
    return {
        "card": await who.ask(READING, id=made["id"]) is not None,
        "version": await who.ask(PAST, id=made["id"]) is not None,
        "node": await who.ask(NODE, id=made["id"]) is not None,
        "page": key in pages,
        "words": key in by_words,
        "meaning": key in by_meaning,
        "match": key in [m["cardKey"] for m in matches],
    }


@pytest.mark.row("EX-3", "CA-33")
async def test_only_what_is_for_all_leaves_the_garage(
    house: Runtime, somebody: Somebody, place: str
) -> None:
    author, second = somebody(Role.TECHNICIAN, name="asha"), somebody(Role.MANAGER)
    stranger = somebody(Role.MANAGER, DELHI)
    start = await told_so_far(house)
    limited = await author.create(content(OWN_WORDS, visibility={"garages": [PUNE]}))
    public = await author.create(content("Copper washer leaks under the radiator"))
    async with (
        subscribed(place, stranger.token, CHANGED, after=start) as far,
        subscribed(place, second.token, CHANGED, after=start) as near,
    ):
        for made in (limited, public):
            assert (await second.verify(made["id"]))["__typename"] == "CardVerified"
        # Each is told of twice: it was created, it was verified.
        told_far = [await far.next(), await far.next()]
        told_near = [await near.next() for _ in range(4)]

    assert [t["card"]["key"] for t in told_far] == [public["key"]] * 2
    assert told_far[-1]["type"] == "CARD_VERIFIED"
    assert told_far[-1]["card"]["status"] == "VERIFIED"
    assert [t["card"]["key"] for t in told_near] == [limited["key"], public["key"]] * 2
    assert set((await seen(second, limited)).values()) == {True}
    assert set((await seen(stranger, limited)).values()) == {False}
    assert await stranger.ask(READING, id=public["id"]) == {"key": public["key"]}


@dataclass(frozen=True, slots=True)
class ByHash(Person):
    """Somebody who sends no document, only the name of one that is kept."""

    async def answer(self, query: str, **variables: object) -> dict[str, Any]:
        named = {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}
        body = {"variables": variables, "extensions": {"persistedQuery": named}}
        headers = {"authorization": f"Bearer {self.token}"}
        return (await self.client.post(GRAPHQL, json=body, headers=headers)).json()

    @classmethod
    def like(cls, who: Person) -> "ByHash":
        return cls(client=who.client, actor=who.actor, token=who.token)


@pytest.mark.row("CA-33")
async def test_kept_documents_show_a_limited_card_to_nobody_else(
    house: Runtime, somebody: Somebody
) -> None:
    """The garage's own people send every document; a stranger names what they sent."""
    author, second = somebody(Role.TECHNICIAN, name="asha"), somebody(Role.MANAGER)
    stranger = ByHash.like(somebody(Role.MANAGER, DELHI))
    starts = {who: await who.ask(CHANGES) for who in (second, somebody(Role.MANAGER, DELHI))}
    cursors = {who.actor.garage: start["cursor"] for who, start in starts.items()}
    limited = await author.create(content(KEPT_WORDS[0], visibility={"garages": [PUNE]}))
    public = await author.create(content("Tin washer leaks under the radiator"))
    unknown = await stranger.answer(f"{READING} # that nobody sent", id=public["id"])
    assert unknown["errors"][0]["extensions"] == {"code": "PERSISTED_QUERY_NOT_FOUND"}
    for made in (limited, public):
        assert (await second.verify(made["id"]))["__typename"] == "CardVerified"
    await told(house)

    async def changed(who: Person) -> set[str]:
        news = await who.ask(CHANGES, after=cursors[who.actor.garage])
        return {entry["key"] for entry in news["entries"]}

    # What comes a second time is kept.
    for _ in range(2):
        assert set((await seen(second, limited, *KEPT_WORDS)).values()) == {True}
    assert {limited["key"], public["key"]} <= await changed(second)
    assert set((await seen(ByHash.like(second), limited, *KEPT_WORDS)).values()) == {True}
    assert set((await seen(stranger, limited, *KEPT_WORDS)).values()) == {False}
    assert await stranger.ask(READING, id=public["id"]) == {"key": public["key"]}
    theirs = await changed(stranger)
    assert (public["key"] in theirs, limited["key"] in theirs) == (True, False)


@pytest.mark.row("CA-33")
async def test_limiting_a_card_takes_it_away_everywhere(house: Runtime, somebody: Somebody) -> None:
    author, second = somebody(Role.TECHNICIAN, name="asha"), somebody(Role.MANAGER)
    stranger = somebody(Role.MANAGER, DELHI)
    made = await author.create(content(OWN_WORDS))
    await second.verify(made["id"])
    assert set((await seen(stranger, made)).values()) == {True}

    narrowed = content(OWN_WORDS, visibility={"garages": [PUNE]})
    changed = await second.answer(
        """mutation ($id: ID!, $card: CardInput!, $op: UUID!) {
          updateCard(id: $id, card: $card, expectedVersion: 2, operationId: $op) {
            __typename } }""",
        id=made["id"],
        card=narrowed,
        op="01999999-0000-7000-8000-00000000aa01",
    )
    assert changed["data"]["updateCard"] == {"__typename": "CardUpdated"}

    assert set((await seen(stranger, made)).values()) == {False}


@pytest.mark.row("EX-3", "PI-6")
@short_and_full("many", 60, 200)
async def test_two_hundred_cards_arrive_within_seconds(
    house: Runtime, somebody: Somebody, place: str, many: int
) -> None:
    drafts = [
        card(f"push_{many}_{n:03}", status=CardStatus.DRAFT, source=CardSource.FIELD)
        for n in range(many)
    ]
    await house.cards.load([(draft, None) for draft in drafts])
    sent, heard, gate = dict[str, float](), dict[str, float](), asyncio.Semaphore(AT_ONCE)
    root, far = somebody(Role.ADMIN, PUNE), somebody(Role.TECHNICIAN, DELHI)

    async def verify(key: str) -> None:
        async with gate:
            sent[key] = perf_counter()
            assert (await root.verify(key))["__typename"] == "CardVerified"

    start = await told_so_far(house)
    async with (
        subscribed(place, far.token, CHANGED, after=start) as socket,
        asyncio.TaskGroup() as verifying,
    ):
        for draft in drafts:
            verifying.create_task(verify(draft.id))
        while len(heard) < many:
            key = (await socket.next())["card"]["key"]
            heard.setdefault(key, perf_counter())

    assert heard.keys() == sent.keys()
    delays = sorted(heard[key] - sent[key] for key in sent)
    p95 = delays[int(0.95 * many)]
    print(f"{many} cards: p50 {delays[many // 2]:.3f}, p95 {p95:.3f} s")  # noqa: T201 - shown with -s
    assert p95 < GOAL_SECONDS


async def hear(socket: Subscriber, count: int) -> list[str]:
    return [(await socket.next())["card"]["key"] for _ in range(count)]


@pytest.mark.row("SY-2")
async def test_sockets_that_stop_reading_hold_up_nobody(
    house: Runtime, somebody: Somebody, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven megabytes to each: more than the buffers between them hold of what nobody takes."""
    # Who answers no ping is closed, and a busy machine may take longer than that to tell it all.
    monkeypatch.setattr(SubscriptionSocket, "ping_seconds", PATIENT_SECONDS)
    authors = [somebody(Role.MANAGER, name=f"storyteller_{n}") for n in range(AUTHORS)]
    start = await told_so_far(house)
    people = [somebody(Role.TECHNICIAN, DELHI, f"socket_{n}") for n in range(READERS + STALLED)]
    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(
                subscribed(
                    place,
                    who.token,
                    WORDY,
                    connection=None if n < READERS else await narrow_connection(place),
                    after=start,
                )
            )
            for n, who in enumerate(people)
        ]
        reading = asyncio.gather(*(hear(one, STORIES) for one in sockets[:READERS]))
        made = [
            await authors[n % AUTHORS].create(
                content(f"Long story {n}", text=f"{n} " + "Told at length. " * 620)
            )
            for n in range(STORIES)
        ]
        heard = await reading
        slow = [await hear(one, STORIES) for one in sockets[READERS:]]
    keys = [card["key"] for card in made]
    assert heard == [keys] * READERS
    assert slow == [keys] * STALLED


@pytest.mark.row("EX-5")
async def test_an_independent_client_reads_writes_follows(
    house: Runtime, somebody: Somebody, place: str
) -> None:
    start = await told_so_far(house)
    async with httpx.AsyncClient(base_url=f"http://{place}", timeout=PATIENT_SECONDS) as client:
        far = somebody(Role.TECHNICIAN, PUNE, "wire", client)
        made = await far.create(content("Written over the wire"))
        assert await far.ask(READING, id=made["id"]) == {"key": made["key"]}
        query = f"""subscription {{ cardChanged(after: "{start}") {{
          ... on CardChange {{ type card {{ key }} }} }} }}"""
        headers = {"authorization": f"Bearer {far.token}", "accept": "text/event-stream"}
        stream = client.stream("POST", "/v1/graphql/stream", json={"query": query}, headers=headers)
        async with stream as answer, sure_to_end("the stream"):
            lines = [line async for line in _until(answer, made["key"])]
    assert any("failure" not in line and made["key"] in line for line in lines)
    async with subscribed(place, far.token, CHANGED, after=start) as socket:
        told = (await socket.until(made["key"]))[-1]
    assert told["type"] == "CARD_CREATED"
    assert told["card"] == {"key": made["key"], "status": "DRAFT"}


@pytest.mark.row("PI-6")
async def test_a_cursor_continues_where_it_stopped(
    house: Runtime, somebody: Somebody, place: str
) -> None:
    root = somebody(Role.ADMIN, PUNE)
    start = await told_so_far(house)
    made = [await root.create(content(f"Change number {n}")) for n in range(4)]
    async with subscribed(place, root.token, CHANGED, after=start) as socket:
        first = await socket.until(made[1]["key"])
    async with subscribed(place, root.token, CHANGED, after=first[-1]["cursor"]) as socket:
        rest = await socket.until(made[3]["key"])
    assert [t["card"]["key"] for t in (*first, *rest)] == [m["key"] for m in made]
    cursors = [int(t["cursor"]) for t in (*first, *rest)]
    assert cursors == sorted(set(cursors))
    await eventually(house.change_log.last, lambda last: last >= cursors[-1])


async def _until(answer: httpx.Response, key: str) -> AsyncGenerator[str]:
    """Give the lines of an event stream up to the one that holds this key."""
    async for line in answer.aiter_lines():
        yield line
        if key in line:
            return
