"""The read model finds what the graph finds, follows its changes, and decides nothing of rights."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import LiteralString

import pytest

from domain.access import Viewer
from domain.card_lifecycle import SEARCHABLE
from domain.cards import CardStatus, FailureCard, Signature, Visibility
from domain.codes import CodeKey
from domain.errors import Unavailable
from domain.events import EventType
from domain.ids import GarageId, PersonId, TicketId, founded_card
from domain.matches import CardHit, Embedding, ReportTraits, Source
from domain.usage import Usage
from domain.vehicles import UNKNOWN, VehicleContext
from graph.cards import CardStore
from graph.database import Graph, Row
from graph.read_model import follower
from graph.read_model.cards import CardSnapshot
from graph.read_model.entries import IndexedCard
from graph.read_model.follower import IndexState, ReadModel, bytes_wanted
from graph.read_model.hits import IndexView
from graph.read_model.search import ReadModelSearch
from graph.search import CardSearch
from tests.graph.examples import ADMIN, ATHER, DELHI, FULL, NOBODY, PUNE, card, event, only
from tests.graph.feeds import KIND, ToldFeed, read_model, running, sent, settled
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


SIGNED = Signature(text="Scooter hums", symptoms=(SYMPTOM,), error_codes=(E401,))
PLACES = {
    "open": Visibility(),
    "delhi": only("garage_delhi"),
    "pune": only("garage_pune"),
    "both": only("garage_delhi", "garage_pune"),
    "north": Visibility(regions=("north",)),
    "west": Visibility(regions=("west",)),
    "mixed": Visibility(garages=(GarageId("garage_pune"),), regions=("north",)),
    "none": only("garage_agra", "garage_jaipur"),
}
VIEWERS = [
    NOBODY,
    DELHI,
    PUNE,
    ADMIN,
    replace(PUNE, bench=PersonId("tech_asha")),
    Viewer(region="north"),
    Viewer(garage=GarageId("garage_pune"), region="north"),
]


def every_kind() -> list[FailureCard]:
    """Cards of every state and every reach, and one that only repeats its ticket."""
    kinds = [
        card(f"{status}_{place}", signature=SIGNED, vehicles=(ATHER,), status=status, visibility=to)
        for status in CardStatus
        for place, to in PLACES.items()
    ]
    ticket, pune = TicketId("tkt_told"), GarageId("garage_pune")
    told = replace(kinds[0].provenance, ticket=ticket, garage=pune)
    return [
        *kinds,
        replace(
            card("x", signature=SIGNED, vehicles=(ATHER,), visibility=only(pune)),
            id=founded_card(ticket),
            status=CardStatus.DRAFT,
            provenance=told,
        ),
    ]


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

    @pytest.mark.parametrize("viewer", VIEWERS)
    async def test_states_and_reach_are_those_of_the_graph(
        self, graph: Graph, cards: CardStore, search: CardSearch, viewer: Viewer
    ) -> None:
        await cards.load([(one, ALIKE) for one in every_kind()])
        limits, beside = dict.fromkeys(Source, 99), replace(BESIDE, embedding=ALIKE)

        async def lists(found: CardSearch | ReadModelSearch) -> list[list[str]]:
            both = await found.by_words_and_vehicle("hums", [SYMPTOM], viewer, limits, beside)
            apart = replace(beside, vehicle=UNKNOWN)
            told = [
                *both,
                await found.by_codes([E401], viewer, 99, beside),
                await found.by_vehicle([SYMPTOM], viewer, 99, apart),
                await found.by_meaning(ALIKE, viewer, 99, beside=beside),
            ]
            return [sorted(cards_of(hits)) for hits in told]

        async with read_model(graph) as model:
            assert await model.current() is not None
            ours = await lists(ReadModelSearch(model, search))
        open_to_all = sorted(
            one.id for one in every_kind() if one.status in SEARCHABLE and one.open_to(viewer)
        )
        assert ours == await lists(search) == [open_to_all] * 5

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

    @pytest.mark.parametrize("few", [0, 1_000])
    async def test_newer_cards_of_others_hide_no_code_or_symptom(
        self,
        graph: Graph,
        cards: CardStore,
        search: CardSearch,
        monkeypatch: pytest.MonkeyPatch,
        few: int,
    ) -> None:
        monkeypatch.setattr("graph.read_model.search.FEW_ROWS", few)
        for name in ("CODE_CAP", "CAP"):
            monkeypatch.setattr(f"graph.read_model.search.{name}", 2)
        others = [
            card(f"z{n}", signature=SIGNED, visibility=only("garage_pune")) for n in range(60)
        ]
        mine = [card(f"a{n}", signature=SIGNED) for n in range(2)]
        await cards.load([(one, None) for one in (*mine, *others)])
        async with read_model(graph) as model:
            found = ReadModelSearch(model, search)
            coded = await found.by_codes([E401], DELHI, 20, BESIDE)
            shown = await found.by_vehicle([SYMPTOM], DELHI, 20, BESIDE)
        assert sorted(cards_of(coded)) == sorted(cards_of(shown)) == ["fc_a0", "fc_a1"]

    async def test_the_nearest_open_cards_are_found_behind_any_crowd(
        self, graph: Graph, cards: CardStore, search: CardSearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("graph.read_model.hits.NEAR_MOST", 50)
        theirs = [
            (card(f"t{n}", "Squeals", visibility=only("garage_pune")), ALIKE) for n in range(200)
        ]
        ours = [(card(f"o{n}", "Squeals"), embedding(0.5, 1.0)) for n in range(3)]
        await cards.load([*theirs, *ours])
        async with read_model(graph) as model:
            near = await ReadModelSearch(model, search).by_meaning(ALIKE, DELHI, 30, beside=BESIDE)
        assert sorted(cards_of(near)) == ["fc_o0", "fc_o1", "fc_o2"]

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

    async def test_whoever_writes_finds_it_at_once(self, graph: Graph, search: CardSearch) -> None:
        """The feed tells of nothing here, as a relay that is late does."""
        cards = CardStore(graph)
        async with read_model(graph) as model:
            cards.watch(model)
            found = ReadModelSearch(model, search)

            async def coded() -> list[str]:
                return cards_of(await found.by_codes([E401], DELHI, 20, BESIDE))

            async def followed() -> bool:
                return await model.current() is not None

            for version in range(1, 6):
                one = card(f"own_{version}", signature=SIGNED)
                before = await coded()
                await cards.add(one, [event(one.id, one.id)], ALIKE)
                assert await coded() == sorted([*before, one.id])
                hidden = replace(one, version=2, visibility=only("garage_pune"))
                if version % 2:
                    await cards.put(hidden, [event(f"{one.id}-2", one.id, 2)], expected=1)
                    assert await coded() == before
                await sent(graph)
                await eventually(followed)
                assert await coded() == (before if version % 2 else [*before, one.id])

    async def test_a_search_ends_with_the_cards_it_began_with(
        self, graph: Graph, cards: CardStore
    ) -> None:
        one = card("one", signature=SIGNED)
        await cards.load([(one, ALIKE), (card("two", signature=SIGNED), ALIKE)])
        feed = ToldFeed()
        async with read_model(graph, feed) as model:
            before = await model.current()
            assert before is not None
            changed = replace(one, signature=Signature(text="Horn is silent"))
            await put(cards, graph, changed)
            feed.tell(one.id)

            async def after() -> CardSnapshot | None:
                return await model.current()

            now = await eventually(after, lambda said: said is not None and said is not before)
            assert now is not None
        assert [_found(one) for one in (before, now)] == [
            {"code": 2, "symptom": 2, "word": 2, "near": 2},
            {"code": 1, "symptom": 1, "word": 1, "near": 2},
        ]

    async def test_how_well_a_card_worked_takes_no_new_row(
        self, graph: Graph, cards: CardStore
    ) -> None:
        await cards.load([(card("one", usage=Usage()), ALIKE)])
        feed = ToldFeed(EventType.FEEDBACK_GIVEN)
        async with read_model(graph, feed) as model:
            index = await model.current()
            assert index is not None
            [before] = [index.entry(0)]
            assert before is not None
            await graph.batched(
                "MATCH (c:FailureCard {id: 'fc_one'}) SET c.effectiveness = 0.875", seconds=5.0
            )
            feed.tell(card("one").id)

            async def entry() -> IndexedCard | None:
                return index.entry(0)

            after = await eventually(entry, lambda one: one is not None and one is not before)
            assert after == replace(before, effectiveness=0.875)
            now = await model.current()
            assert now is not None
            assert (now.count, len(now)) == (1, 1)

    async def test_vectors_of_another_model_are_replaced(
        self, graph: Graph, cards: CardStore, search: CardSearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(follower, "VECTOR_SECONDS", 0.05)
        one, old = card("one", "Brake squeals"), replace(ALIKE, model="older")
        await cards.load([(one, old)])
        async with read_model(graph) as model:
            found = ReadModelSearch(model, search)

            async def near() -> list[str]:
                return cards_of(await found.by_meaning(ALIKE, DELHI, 30, beside=BESIDE))

            assert await near() == []
            await cards.outdate(ALIKE.model)
            await cards.embed([(one, ALIKE)])
            assert await eventually(near) == [one.id]

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

    async def test_a_graph_that_is_silent_for_a_while_only_delays(
        self, graph: Graph, cards: CardStore, search: CardSearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Pages that were read are not read again; meanwhile nothing is found in memory."""
        monkeypatch.setattr(follower, "RETRY_SECONDS", 0.0)
        monkeypatch.setattr(follower, "PAGE", 10)
        await cards.load(shelf())
        asked, found, read = list[str](), list[tuple[IndexState, int]](), graph.read

        async def stuttering(query: LiteralString, /, **parameters: object) -> list[Row]:
            if "after" in parameters:
                asked.append(str(parameters["after"]))
                if len(asked) % 2:
                    finder = ReadModelSearch(model, search)
                    hits = await finder.by_codes([E401], ADMIN, 50, BESIDE)
                    found.append((model.state, len(hits)))
                    raise Unavailable("neo4j", "is silent")
            return await read(query, **parameters)

        model = ReadModel(graph, ToldFeed(), lambda: KIND, 64 << 20)
        monkeypatch.setattr(graph, "read", stuttering)
        async with running(model):
            index = await model.current()
            assert index is not None
            assert len(index) == len(shelf())
        assert asked[::2] == asked[1::2] == sorted(set(asked))
        assert found == [(IndexState.BUILDING, 40)] * len(asked[::2])

    async def test_a_change_while_it_is_read_is_not_lost(
        self, graph: Graph, search: CardSearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(follower, "PAGE", 10)
        cards, read = CardStore(graph), graph.read
        await cards.load(shelf())
        first = shelf()[0][0]
        changed = replace(first, version=2, signature=Signature(text="Horn is silent"))

        async def meanwhile(query: LiteralString, /, **parameters: object) -> list[Row]:
            rows = await read(query, **parameters)
            if parameters.get("after") == "":
                await cards.put(changed, [event("meanwhile", first.id, 2)], expected=1)
            return rows

        model = ReadModel(graph, ToldFeed(), lambda: KIND, 64 << 20)
        cards.watch(model)
        monkeypatch.setattr(graph, "read", meanwhile)
        async with running(model):
            await sent(graph)

            async def worded() -> list[str]:
                found = ReadModelSearch(model, search)
                words, _ = await found.by_words_and_vehicle("horn", [], ADMIN, LIMITS, BESIDE)
                return cards_of(words)

            assert await worded() == [first.id]

            async def followed() -> bool:
                return await model.current() is not None

            await eventually(followed)
            assert await worded() == [first.id]

    async def test_a_card_that_cannot_be_read_leaves_all_to_the_graph(
        self, graph: Graph, cards: CardStore, search: CardSearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await cards.load(shelf())
        tried = asyncio.Event()

        def broken(*_: object) -> None:
            tried.set()
            raise ValueError

        feed = ToldFeed()
        async with read_model(graph, feed) as model:
            monkeypatch.setattr(follower, "read_entry", broken)
            feed.tell(shelf()[0][0].id)

            async def state() -> IndexState:
                return model.state

            assert await eventually(state, lambda said: said is not IndexState.CURRENT)
            assert (tried.is_set(), model.state, await model.current()) == (
                True,
                IndexState.BUILDING,
                None,
            )
            found = await ReadModelSearch(model, search).by_codes([E401], ADMIN, 50, BESIDE)
            assert len(found) == 40

    async def test_what_it_was_told_of_and_cannot_read_puts_it_behind(
        self, graph: Graph, cards: CardStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(follower, "RETRY_SECONDS", 0.0)
        monkeypatch.setattr(follower, "BEHIND_SECONDS", 0.0)
        await cards.load(shelf())
        silent, read = [True], graph.read

        async def until_told(query: LiteralString, /, **parameters: object) -> list[Row]:
            if silent[0] and "size" in parameters and "ids" in parameters:
                raise Unavailable("neo4j", "is silent")
            return await read(query, **parameters)

        feed = ToldFeed()
        async with read_model(graph, feed) as model:
            monkeypatch.setattr(graph, "read", until_told)

            async def state() -> IndexState:
                return model.state

            feed.tell(shelf()[0][0].id)
            await eventually(state, lambda said: said is IndexState.BEHIND)
            assert await model.current() is None
            silent[0] = False
            await eventually(state, lambda said: said is IndexState.CURRENT)

    async def test_who_asks_after_a_rest_waits_for_a_look_at_the_outbox(
        self, graph: Graph, cards: CardStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with read_model(graph) as model:
            await cards.load(shelf()[:1])
            monkeypatch.setattr(follower, "LOOK_SECONDS", -2.0)
            monkeypatch.setattr(follower, "BEHIND_SECONDS", -1.0)
            assert await model.current() is None

    async def test_more_cards_than_the_memory_allows_end_it(
        self, graph: Graph, cards: CardStore, search: CardSearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also while it runs: what would be too large is let go, and the graph finds all."""
        await cards.load(shelf())
        feed = ToldFeed()
        async with read_model(graph, feed, allowed=bytes_wanted(40, 384)) as model:
            assert await model.current() is not None
            for place in ("cards", "follower"):
                monkeypatch.setattr(f"graph.read_model.{place}.ENTRY_BYTES", 1 << 20)
            new = card("new", signature=SIGNED)
            await cards.load([(new, ALIKE)])
            await sent(graph)
            feed.tell(new.id)

            async def state() -> IndexState:
                return model.state

            await eventually(state, lambda said: said is IndexState.TOO_LARGE)
            assert (model.bytes_held, await model.current()) == (0, None)
            found = await ReadModelSearch(model, search).by_codes([E401], ADMIN, 50, BESIDE)
            assert new.id in cards_of(found)

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


def _found(index: CardSnapshot) -> dict[str, int]:
    view = IndexView.of(index, DELHI, replace(BESIDE, embedding=ALIKE))
    rows = {
        "code": ((row, 0.0) for row in index.with_code(E401)),
        "symptom": ((row, 0.0) for row in index.with_symptom(SYMPTOM)),
        "word": index.words.with_words({"hums": 1.0}, [], 9),
    }
    found = {name: len(view.found(scored)) for name, scored in rows.items()}
    return found | {"near": len(view.nearest(9, 9))}


def sign() -> Signature:
    return Signature(text="x", error_codes=(P0A7F,))
