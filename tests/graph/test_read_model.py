"""The read model finds what the graph finds, follows its changes, and decides nothing of rights."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.access import Viewer
from domain.cards import CardStatus, FailureCard, Signature
from domain.codes import CodeKey
from domain.matches import CardHit, Embedding, ReportTraits, Source
from domain.usage import Usage
from domain.vehicles import VehicleContext
from graph.cards import CardStore
from graph.database import Graph
from graph.read_model import follower
from graph.read_model.follower import IndexState, ReadModel, bytes_wanted
from graph.read_model.search import ReadModelSearch
from graph.search import CardSearch
from tests.graph.examples import ADMIN, ATHER, DELHI, FULL, PUNE, card, event, only
from tests.graph.feeds import KIND, ToldFeed, read_model, sent, settled
from tests.waits import eventually

E401, P0A7F = CodeKey("ather:E401"), CodeKey("sae:P0A7F")
SYMPTOM = "SYM_BATT_001"
LIMITS = {Source.WORDS: 30, Source.VEHICLE: 20}
BESIDE = ReportTraits(vehicle=VehicleContext(make="Ather", model="450X", year=2023))


def embedding(*start: float) -> Embedding:
    vector = [*start, *[0.0] * (384 - len(start))]
    length = sum(x * x for x in vector) ** 0.5
    return Embedding(model="minilm", vector=[x / length for x in vector])


ALIKE = embedding(1.0)


def shelf() -> list[tuple[FailureCard, Embedding | None]]:
    """Cards that differ in all that a list orders by, some for others alone."""
    cards = [
        card(
            f"n{n:02}",
            f"Brake squeals {'when wet ' * (n % 4)}after {n} km",
            vehicles=(replace(ATHER, year=2020 + n % 4),) if n % 3 else (),
            signature=Signature(
                text=f"Brake squeals {'when wet ' * (n % 4)}after {n} km",
                symptoms=(SYMPTOM,) if n % 2 else (),
                error_codes=(E401, P0A7F)[: 1 + n % 2],
            ),
            usage=Usage(matched=9, used=9, successes=n % 9),
            visibility=only("garage_pune") if n % 5 == 0 else only(),
        )
        for n in range(40)
    ]
    return [(one, embedding(1.0, n / 10)) for n, one in enumerate(cards)]


def cards_of(hits: Sequence[CardHit]) -> list[str]:
    return [hit.card for hit in hits]


def same(ours: Sequence[CardHit], theirs: Sequence[CardHit]) -> bool:
    """Hold two lists against each other, their cosines as exact as two bytes are."""
    assert [replace(hit, marks=None) for hit in ours] == [
        replace(hit, score=pytest.approx(hit.score, rel=0.05), marks=None) for hit in theirs
    ]
    for one, other in zip(ours, theirs, strict=True):
        assert one.marks is not None
        assert other.marks is not None
        assert one.marks == replace(other.marks, cosine=pytest.approx(other.marks.cosine, abs=1e-3))
    return True


@pytest.fixture
def cards(graph: Graph) -> CardStore:
    return CardStore(graph)


@pytest.fixture
def search(graph: Graph) -> CardSearch:
    return CardSearch(graph)


async def put(cards: CardStore, graph: Graph, next_one: FailureCard) -> None:
    following = replace(next_one, version=next_one.version + 1)
    told = [event(f"{following.id}-{following.version}", following.id, following.version)]
    await cards.put(following, told, expected=next_one.version)
    await sent(graph)


class TestLists:
    @pytest.mark.parametrize("viewer", [DELHI, PUNE, ADMIN])
    async def test_every_list_is_as_the_graph_gives_it(
        self, graph: Graph, cards: CardStore, search: CardSearch, viewer: Viewer
    ) -> None:
        await cards.load(shelf())
        beside = replace(BESIDE, embedding=ALIKE)
        async with read_model(graph) as model:
            found = ReadModelSearch(model, search)
            assert await model.current() is not None
            for asked in ([E401], [P0A7F, E401], []):
                theirs = await search.by_codes(asked, viewer, 20, beside)
                assert same(await found.by_codes(asked, viewer, 20, beside), theirs)
            for symptoms in ([SYMPTOM], []):
                theirs = await search.by_vehicle(symptoms, viewer, 20, beside)
                assert same(await found.by_vehicle(symptoms, viewer, 20, beside), theirs)
            near = await found.by_meaning(ALIKE, viewer, 30, beside=beside)
            assert same(near, await search.by_meaning(ALIKE, viewer, 30, beside=beside))

    async def test_words_are_weighed_as_the_graph_weighs_them(
        self, graph: Graph, cards: CardStore, search: CardSearch
    ) -> None:
        await cards.load([*shelf(), (FULL, None)])
        async with read_model(graph) as model:
            found = ReadModelSearch(model, search)
            every = dict.fromkeys(Source, 50)
            asked = ("brake squeals when wet, P0A7F", [SYMPTOM], DELHI, every, BESIDE)
            ours, fitting = await found.by_words_and_vehicle(*asked)
            theirs, fits = await search.by_words_and_vehicle(*asked)
        scores = {hit.card: hit.score for hit in theirs}
        assert {hit.card for hit in ours} == set(scores)
        for hit in ours:
            assert hit.score == pytest.approx(scores[hit.card], rel=0.05)
        assert same(fitting, fits)

    async def test_cards_of_others_crowd_nobody_out(
        self, graph: Graph, cards: CardStore, search: CardSearch
    ) -> None:
        theirs = [
            (card(f"t{n}", "Squeals", visibility=only("garage_pune")), ALIKE) for n in range(200)
        ]
        ours = [(card(f"o{n}", f"Squeals when wet {n}"), embedding(0.5, 1.0)) for n in range(3)]
        await cards.load([*theirs, *ours])
        mine = ["fc_o0", "fc_o1", "fc_o2"]
        async with read_model(graph) as model:
            found = ReadModelSearch(model, search)
            words, _ = await found.by_words_and_vehicle("squeals", [], DELHI, LIMITS, BESIDE)
            near = await found.by_meaning(ALIKE, DELHI, 30, beside=BESIDE)
        assert (sorted(cards_of(words)), sorted(cards_of(near))) == (mine, mine)

    @pytest.mark.parametrize("said", ["", "the and of", "!!!", "AND (brake", "w " * 5_000])
    async def test_text_is_never_a_query(
        self, graph: Graph, cards: CardStore, search: CardSearch, said: str
    ) -> None:
        await cards.load([(card("brake", "Brake squeals"), None)])
        async with read_model(graph) as model:
            found = ReadModelSearch(model, search)
            words, _ = await found.by_words_and_vehicle(said, [], DELHI, LIMITS, BESIDE)
        assert cards_of(words) == (["fc_brake"] if "brake" in said else [])


class TestChanges:
    async def test_a_card_is_found_as_it_is_now(
        self, graph: Graph, cards: CardStore, search: CardSearch
    ) -> None:
        one = card("one", "Brake squeals")
        await cards.load([(one, ALIKE)])
        feed = ToldFeed()
        async with read_model(graph, feed) as model:
            found = ReadModelSearch(model, search)

            async def worded(said: str) -> list[str]:
                words, _ = await found.by_words_and_vehicle(said, [], DELHI, LIMITS, BESIDE)
                return cards_of(words)

            assert await worded("squeals") == [one.id]
            await put(cards, graph, replace(one, signature=Signature(text="Horn is silent")))
            feed.tell(one.id)
            await eventually(lambda: worded("horn"))
            assert (await worded("horn"), await worded("squeals")) == ([one.id], [])

    @pytest.mark.parametrize(
        "change",
        [
            {"status": CardStatus.DEPRECATED},
            {"visibility": only("garage_pune")},
        ],
    )
    async def test_what_may_no_longer_be_seen_is_gone(
        self, graph: Graph, cards: CardStore, search: CardSearch, change: dict[str, object]
    ) -> None:
        one = card("one", "Brake squeals", signature=Signature(text="Brake", error_codes=(E401,)))
        await cards.load([(one, ALIKE), (card("two", "Brake"), ALIKE)])
        feed = ToldFeed()
        async with read_model(graph, feed) as model:
            found = ReadModelSearch(model, search)

            async def coded() -> list[str]:
                return cards_of(await found.by_codes([E401], DELHI, 20, BESIDE))

            assert await coded() == [one.id]
            await put(cards, graph, replace(one, **change))  # pyright: ignore[reportArgumentType]
            # Nobody has told of it: the index still finds it, and the graph shows nothing of it.
            assert await coded() == [one.id]
            assert await found.facts([one.id], DELHI, BESIDE) == {}
            feed.tell(one.id)
            await eventually(coded, lambda said: said == [])
            near = await found.by_meaning(ALIKE, DELHI, 30, beside=BESIDE)
            assert cards_of(near) == ["fc_two"]

    async def test_a_vector_that_comes_later_is_found(
        self,
        graph: Graph,
        cards: CardStore,
        search: CardSearch,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(follower, "VECTOR_SECONDS", 0.05)
        one = card("one", "Brake squeals")
        await cards.load([(one, None)])
        async with read_model(graph) as model:
            found = ReadModelSearch(model, search)

            async def near() -> list[str]:
                return cards_of(await found.by_meaning(ALIKE, DELHI, 30, beside=BESIDE))

            assert await near() == []
            await cards.embed([(one, ALIKE)])
            assert await eventually(near) == [one.id]

    async def test_what_is_mostly_dead_is_read_anew(
        self, graph: Graph, cards: CardStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("graph.read_model.cards.DEAD_LEAST", 30)
        await cards.load(shelf())
        feed = ToldFeed()
        async with read_model(graph, feed) as model:
            before = await model.current()
            assert before is not None
            for one, _ in shelf():
                await put(cards, graph, one)
            feed.tell(*(one.id for one, _ in shelf()))

            async def count() -> int:
                found = await model.current()
                return found.count if found is not None and found.rows is not before.rows else 0

            assert await eventually(count) == len(shelf())


class TestStates:
    async def test_the_graph_answers_until_it_is_read(
        self, graph: Graph, cards: CardStore, search: CardSearch
    ) -> None:
        await cards.load(shelf())
        model = ReadModel(graph, ToldFeed(), lambda: KIND, 64 << 20)
        assert model.state is IndexState.BUILDING
        found = ReadModelSearch(model, search)
        assert await found.by_codes([E401], DELHI, 20, BESIDE) == await search.by_codes(
            [E401], DELHI, 20, BESIDE
        )

    async def test_after_a_gap_all_is_read_again(
        self, graph: Graph, cards: CardStore, search: CardSearch
    ) -> None:
        await cards.load(shelf())
        feed = ToldFeed()
        async with read_model(graph, feed) as model:
            await cards.load([(card("missed", "Never told of", signature=sign()), None)])
            await sent(graph)
            found = ReadModelSearch(model, search)
            assert "fc_missed" not in cards_of(await found.by_codes([P0A7F], ADMIN, 50, BESIDE))
            before = await model.current()
            assert before is not None
            feed.lose()

            async def read_again() -> bool:
                found = await model.current()
                return found is not None and found.rows is not before.rows

            await eventually(read_again)
            assert "fc_missed" in cards_of(await found.by_codes([P0A7F], ADMIN, 50, BESIDE))

    async def test_events_that_wait_put_it_behind(
        self, graph: Graph, cards: CardStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(follower, "LOOK_SECONDS", 0.0)
        monkeypatch.setattr(follower, "BEHIND_SECONDS", -1.0)
        async with read_model(graph) as model:

            async def current() -> bool:
                return await model.current() is not None

            assert await current()
            await cards.load(shelf()[:1])
            await eventually(current, lambda said: not said)
            assert model.state is IndexState.BEHIND
            await sent(graph)
            await eventually(current)

    async def test_too_many_cards_are_left_to_the_graph(
        self, graph: Graph, cards: CardStore, search: CardSearch
    ) -> None:
        await cards.load(shelf())
        async with read_model(graph, allowed=bytes_wanted(40, 384) - 1) as model:
            assert (model.state, await model.current()) == (IndexState.TOO_LARGE, None)
            found = ReadModelSearch(model, search)
            assert len(await found.by_codes([E401], ADMIN, 50, BESIDE)) == 40

    async def test_two_processes_follow_by_themselves(
        self, graph: Graph, cards: CardStore, search: CardSearch
    ) -> None:
        await cards.load(shelf())
        feeds = ToldFeed(), ToldFeed()
        async with read_model(graph, feeds[0]) as one, read_model(graph, feeds[1]) as other:
            await cards.load([(card("new", "New", signature=sign()), None)])
            await sent(graph)
            feeds[0].tell(card("new").id)

            async def known(model: ReadModel) -> bool:
                found = await ReadModelSearch(model, search).by_codes([P0A7F], ADMIN, 50, BESIDE)
                return "fc_new" in cards_of(found)

            await eventually(lambda: known(one))
            assert not await known(other)
            feeds[1].tell(card("new").id)
            await eventually(lambda: known(other))

    async def test_a_restart_reads_what_came_meanwhile(
        self, graph: Graph, cards: CardStore
    ) -> None:
        await cards.load(shelf())
        async with read_model(graph):
            await cards.load([(card("new", "New"), None)])
        async with read_model(graph) as model:
            await settled(model)
            index = await model.current()
            assert index is not None
            assert len(index) == len(shelf()) + 1


def sign() -> Signature:
    return Signature(text="x", error_codes=(P0A7F,))
