"""The read model of a serving process: the graph's own answers, and as fresh."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from domain.access import Viewer
from domain.cards import CardStatus
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import LEVELS, ReportTraits, Source
from domain.reasons import ReasonKind
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN
from graph.cards import CardStore
from graph.read_model.follower import IndexState
from ingest.batch import ImportBatch
from matching.answers import MatchAnswer
from tests.graph.examples import card, event, only
from tests.journeys.conftest import PATIENCE
from tests.journeys.people import PUNE
from tests.waits import eventually
from web.server import run_background
from web.wiring import Runtime, build_matcher

pytestmark = pytest.mark.journey
VIEWER = Viewer(garage=PUNE, region="west")


@pytest.fixture(scope="module")
async def served(house: Runtime) -> AsyncGenerator[Runtime]:
    """The house with relay, feed and read model beside it, read whole."""
    loops = [house.relay.run, house.feed.run, house.read_model.run]
    tasks = [asyncio.create_task(loop()) for loop in loops]
    await current(house)
    yield house
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def current(house: Runtime) -> None:
    async def state() -> IndexState:
        await house.read_model.current()
        return house.read_model.state

    await eventually(state, lambda said: said is IndexState.CURRENT)


async def matched(house: Runtime, text: str, *, in_graph: bool = False) -> MatchAnswer:
    finder = house.search if in_graph else house.finder
    matcher = build_matcher(house.settings, finder, house.redis, PATIENCE)
    understood = await house.reader.understand(FailureReport(text=text))
    return await matcher.match(understood, VIEWER)


def _told(answer: MatchAnswer) -> list[set[tuple[ReasonKind, str]]]:
    """Give each card's reasons; of words only that they count, as each index counts its own."""
    exact = {ReasonKind.CODE, ReasonKind.SYMPTOM, ReasonKind.VEHICLE, ReasonKind.COMPONENT}
    return [
        {(one.kind, one.subject if one.kind in exact else "") for one in match.reasons}
        for match in answer.matches
    ]


def cards_of(answer: MatchAnswer) -> list[str]:
    return [match.card.id for match in answer.matches]


async def test_answers_are_those_of_the_graph(served: Runtime, shipped: ImportBatch) -> None:
    await current(served)
    for one in shipped.cards:
        text = one.signature.text
        ours, theirs = await matched(served, text), await matched(served, text, in_graph=True)
        assert cards_of(ours) == cards_of(theirs)
        assert _told(ours) == _told(theirs)
        scores = [match.score for match in theirs.matches]
        assert [match.score for match in ours.matches] == pytest.approx(scores, abs=0.2)


async def test_a_new_card_is_found_at_once_and_a_retired_one_is_not(served: Runtime) -> None:
    """Whoever asks after a write of this process was answered waits for no feed."""
    said = "Zebra stripes flicker across the whole speedometer glass"
    await current(served)
    made = card("zebra", said)
    [vector] = await served.embedder.embed([made.wording])
    await served.cards.add(made, [event("zebra-1", made.id)], vector)
    assert made.id in cards_of(await matched(served, said))
    await current(served)
    assert made.id in cards_of(await matched(served, said))
    private = replace(made, version=2, visibility=only("garage_of_others"))
    await served.cards.put(private, [event("zebra-2", made.id, 2)], expected=1)
    assert made.id not in cards_of(await matched(served, said))
    opened = replace(made, version=3)
    await served.cards.put(opened, [event("zebra-3", made.id, 3)], expected=2)
    assert made.id in cards_of(await matched(served, said))
    retired = replace(made, version=4, status=CardStatus.DEPRECATED)
    await served.cards.put(retired, [event("zebra-4", made.id, 4)], expected=3)
    assert made.id not in cards_of(await matched(served, said))


async def _is_kept(house: Runtime, said: str, id: CardId) -> bool:
    """Say whether a card is found in memory, not by the graph that answers meanwhile."""
    index = await house.read_model.current()
    if index is None:
        return False
    limits, beside = dict.fromkeys(Source, 9), ReportTraits(vehicle=UNKNOWN)
    words, _ = await house.finder.by_words_and_vehicle(said, [], VIEWER, limits, beside)
    return await house.read_model.current() is index and id in [hit.card for hit in words]


async def test_what_another_process_writes_is_kept_though_redis_was_emptied(
    served: Runtime,
) -> None:
    """The stream is lost: the feed reads the change log instead."""
    await current(served)
    other, said = CardStore(served.graph), "Okapi coloured foam bubbles from the filler"
    await served.redis.flushall()
    made = card("okapi", said)
    [vector] = await served.embedder.embed([made.wording])
    await other.add(made, [event("okapi-1", made.id)], vector)
    await eventually(lambda: _is_kept(served, said, made.id))
    assert made.id in cards_of(await matched(served, said))


async def test_silent_records_leave_it_behind_and_the_graph_finds(
    served: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postgres logs no event: what waits in the outbox is found by the graph, then kept."""
    await current(served)
    other, said = CardStore(served.graph), "Quagga shaped dent rattles under the floor board"
    made = card("quagga", said)
    [vector] = await served.embedder.embed([made.wording])

    async def silent(*_: object) -> list[int]:
        raise Unavailable("postgres", "is silent")

    async def state() -> IndexState:
        await served.read_model.current()
        return served.read_model.state

    with monkeypatch.context() as patched:
        patched.setattr(served.change_log, "append", silent)
        await other.add(made, [event("quagga-1", made.id)], vector)
        await eventually(state, lambda said: said is IndexState.BEHIND)
        assert made.id in cards_of(await matched(served, said))
    await eventually(lambda: _is_kept(served, said, made.id))


async def test_a_silent_graph_is_told_as_ever(
    served: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await current(served)

    async def silent(*_: object) -> dict[CardId, object]:
        raise TimeoutError

    monkeypatch.setattr(served.search, "facts", silent)
    answer = await matched(served, "Charging stops early and the fan is loud")
    assert not LEVELS[answer.level].whole
    assert answer.degraded is not None


async def test_cards_are_read_once_the_service_is_ready(
    served: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = list[bool]()

    async def read() -> None:
        ready.append(served.parts.started)
        await forever()

    async def forever() -> None:
        await asyncio.Event().wait()

    # Those of the fixture run already.
    monkeypatch.setattr(served.feed, "run", forever)
    monkeypatch.setattr(served.read_model, "run", read)
    monkeypatch.setattr(served.parts, "started", False)

    async def asked() -> list[bool]:
        return ready

    async with run_background(served, work=False):
        assert await eventually(asked) == [True]
