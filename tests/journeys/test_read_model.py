"""The read model of a serving process: the graph's own answers, as fresh as the feed."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from domain.access import Viewer
from domain.cards import CardStatus
from domain.ids import CardId
from domain.matches import LEVELS
from domain.reports import FailureReport
from graph.read_model.follower import IndexState
from ingest.batch import ImportBatch
from matching.answers import MatchAnswer
from matching.reasons import ReasonKind
from tests.graph.examples import card, event
from tests.journeys.conftest import PATIENCE
from tests.journeys.people import PUNE
from tests.waits import eventually
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


async def test_a_new_card_is_found_and_a_retired_one_is_not(served: Runtime) -> None:
    said = "Zebra stripes flicker across the whole speedometer glass"

    async def found() -> list[str]:
        await current(served)
        return cards_of(await matched(served, said))

    made = card("zebra", said)
    [vector] = await served.embedder.embed([made.wording])
    await served.cards.add(made, [event("zebra-1", made.id)], vector)
    await eventually(found, lambda cards: made.id in cards)
    retired = replace(made, version=2, status=CardStatus.DEPRECATED)
    await served.cards.put(retired, [event("zebra-2", made.id, 2)], expected=1)
    await eventually(found, lambda cards: made.id not in cards)


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
