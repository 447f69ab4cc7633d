"""Each source finds its cards, and none that these eyes may not see."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.access import Viewer
from domain.cards import (
    CardSource,
    CardStatus,
    FailureCard,
    RepairStep,
    Resolution,
    RootCause,
    Severity,
    Signature,
    SolutionType,
)
from domain.codes import CodeKey, ErrorCode
from domain.errors import InvalidInput
from domain.ids import GarageId, TicketId
from domain.matches import CardFacts, CardHit, Embedding, ReportTraits, Source, VehicleLevel
from domain.tickets import Matching, ShownCard
from domain.usage import Usage
from domain.vehicles import UNKNOWN, VehicleContext
from domain.vocabulary import Component, Supplier, Symptom
from graph.cards import CardStore
from graph.database import Graph
from graph.search import CardSearch
from graph.tickets import TicketStore
from graph.vocabulary import VocabularyStore
from tests.graph.examples import ADMIN, ATHER, DELHI, FULL, NOBODY, NOW, PUNE, card, event, only
from tests.stores.test_ticket_store import TICKET

E401, P0A7F = CodeKey("ather:E401"), CodeKey("sae:P0A7F")
SYMPTOM = "SYM_BATT_001"
FIFTY = dict.fromkeys(Source, 50)
HIDDEN = [
    card("draft", status=CardStatus.DRAFT),
    card("rejected", status=CardStatus.REJECTED),
    card("deprecated", status=CardStatus.DEPRECATED),
    card("merged", status=CardStatus.MERGED),
    card("garage", visibility=only("garage_pune")),
    card("region", visibility=only(regions=("west",))),
    card("listed", visibility=only("garage_pune", "garage_agra")),
    card("mixed", visibility=only("garage_pune", regions=("south",))),
]


def embedding(*start: float, model: str = "minilm", size: int = 384) -> Embedding:
    vector = [*start, *[0.0] * (size - len(start))]
    length = sum(x * x for x in vector) ** 0.5
    return Embedding(model=model, vector=[x / length for x in vector])


def cards_of(hits: Sequence[CardHit]) -> list[str]:
    return [hit.card for hit in hits]


@pytest.fixture
def cards(graph: Graph) -> CardStore:
    return CardStore(graph)


@pytest.fixture
def search(graph: Graph) -> CardSearch:
    return CardSearch(graph)


async def load(cards: CardStore, *shelf: FailureCard) -> None:
    await cards.load([(one, None) for one in shelf])


class TestCodes:
    async def test_most_shared_codes_come_first(self, cards: CardStore, search: CardSearch) -> None:
        both = card("both", signature=Signature(text="x", error_codes=(E401, P0A7F)))
        one = card("one", signature=Signature(text="x", error_codes=(P0A7F,)))
        await load(cards, one, both, card("none"))
        hits = await search.by_codes([P0A7F, E401], DELHI, 10)
        assert [(hit.card, hit.via) for hit in hits] == [
            (both.id, (E401, P0A7F)),
            (one.id, (P0A7F,)),
        ]

    @pytest.mark.row("CA-7")
    async def test_codes_of_two_makes_stay_apart(
        self, cards: CardStore, search: CardSearch
    ) -> None:
        ola = CodeKey("ola:E401")
        await load(cards, FULL, card("ola", signature=Signature(text="x", error_codes=(ola,))))
        assert cards_of(await search.by_codes([E401], DELHI, 10)) == [FULL.id]
        assert cards_of(await search.by_codes([ola], DELHI, 10)) == ["fc_ola"]

    async def test_better_fix_breaks_a_tie(self, cards: CardStore, search: CardSearch) -> None:
        sign = Signature(text="x", error_codes=(P0A7F,))
        poor = card("a_poor", signature=sign, usage=Usage(matched=9, used=9, failures=9))
        good = card("b_good", signature=sign, usage=Usage(matched=9, used=9, successes=9))
        await load(cards, poor, good)
        assert cards_of(await search.by_codes([P0A7F], DELHI, 10)) == [good.id, poor.id]

    async def test_unknown_code_finds_nothing(self, search: CardSearch) -> None:
        assert await search.by_codes([CodeKey("sae:P0FFF")], DELHI, 10) == []
        assert await search.by_codes([], DELHI, 10) == []


class TestVehicle:
    async def test_same_symptom_then_same_year(self, cards: CardStore, search: CardSearch) -> None:
        def seen(name: str, year: int, *symptoms: str) -> FailureCard:
            vehicle = VehicleContext(make="Ather", model="450X", year=year)
            sign = Signature(text="x", symptoms=symptoms)
            return card(name, vehicles=(vehicle,), signature=sign)

        shelf = [
            seen("year", 2023),
            seen("other_year", 2020),
            seen("symptom", 2020, SYMPTOM),
            seen("both", 2023, SYMPTOM),
            card("symptom_alone", signature=Signature(text="x", symptoms=(SYMPTOM,))),
            card("neither"),
        ]
        await load(cards, *shelf)
        said = VehicleContext(make="ATHER", model="450x", year=2023)
        hits = await search.by_vehicle([SYMPTOM], DELHI, 10, ReportTraits(vehicle=said))
        assert [(hit.card, hit.score, hit.via) for hit in hits] == [
            ("fc_both", 5.0, (SYMPTOM,)),
            ("fc_symptom", 4.0, (SYMPTOM,)),
            ("fc_year", 3.0, ()),
            ("fc_other_year", 2.0, ()),
            ("fc_symptom_alone", 2.0, (SYMPTOM,)),
        ]

    @pytest.mark.row("MA-3")
    async def test_model_and_symptom_meet_among_many(
        self, cards: CardStore, search: CardSearch
    ) -> None:
        planted = card(
            "planted", vehicles=(ATHER,), signature=Signature(text="x", symptoms=(SYMPTOM,))
        )
        model_only = [card(f"model_{n}", vehicles=(ATHER,)) for n in range(300)]
        sign = Signature(text="x", symptoms=(SYMPTOM,))
        symptom_only = [card(f"symptom_{n}", signature=sign) for n in range(300)]
        await load(cards, planted, *model_only, *symptom_only)
        hits = await search.by_vehicle([SYMPTOM], DELHI, 5, ReportTraits(vehicle=ATHER))
        assert replace(hits[0], marks=None) == CardHit(card=planted.id, score=5.0, via=(SYMPTOM,))
        assert hits[0].marks is not None
        assert (hits[0].marks.vehicle_level, hits[0].marks.symptoms) == (
            VehicleLevel.YEAR,
            (SYMPTOM,),
        )

    async def test_make_alone_lifts_symptoms(self, cards: CardStore, search: CardSearch) -> None:
        sign = Signature(text="x", symptoms=(SYMPTOM,))
        await load(cards, card("a", signature=sign), card("b", signature=sign, vehicles=(ATHER,)))
        hits = await search.by_vehicle(
            [SYMPTOM], DELHI, 10, ReportTraits(vehicle=VehicleContext(make="Ather"))
        )
        assert [(hit.card, hit.score) for hit in hits] == [("fc_b", 3.0), ("fc_a", 2.0)]

    async def test_nothing_known_finds_nothing(self, cards: CardStore, search: CardSearch) -> None:
        await load(cards, FULL)
        assert await search.by_vehicle([], DELHI, 10, ReportTraits(vehicle=UNKNOWN)) == []


class TestMeaning:
    async def test_nearest_first_with_cosine(self, cards: CardStore, search: CardSearch) -> None:
        near, far = card("near"), card("far")
        await cards.load([(near, embedding(1, 0.1)), (far, embedding(1, 1)), (card("no"), None)])
        hits = await search.by_meaning(embedding(1), DELHI, 10)
        assert cards_of(hits) == [near.id, far.id]
        assert [round(hit.score, 3) for hit in hits] == [0.995, 0.707]

    @pytest.mark.row("CA-25")
    async def test_models_never_meet(self, cards: CardStore, search: CardSearch) -> None:
        await cards.load([(card("old"), embedding(1, model="old")), (card("new"), embedding(0, 1))])
        assert cards_of(await search.by_meaning(embedding(1), DELHI, 10)) == ["fc_new"]
        said = await search.facts(
            [card("old").id], DELHI, ReportTraits(vehicle=UNKNOWN, embedding=embedding(1))
        )
        assert said[card("old").id].cosine is None

    @pytest.mark.row("CA-25")
    async def test_wrong_size_is_refused(self, cards: CardStore, search: CardSearch) -> None:
        with pytest.raises(InvalidInput, match="768 numbers; the graph is indexed for 384"):
            await search.by_meaning(embedding(1, size=768), DELHI, 10)
        with pytest.raises(InvalidInput, match="768 numbers"):
            await cards.add(FULL, [event("1", FULL.id)], embedding(1, size=768))
        assert await cards.count(ADMIN) == 0

    @pytest.mark.row("IX-10")
    async def test_other_makes_are_left_out(self, cards: CardStore, search: CardSearch) -> None:
        tata = VehicleContext(make="Tata", model="Nexon EV")
        shelf = [
            card("ather", vehicles=(ATHER,)),
            card("tata", vehicles=(tata,)),
            card("both", vehicles=(ATHER, tata)),
            card("any"),
        ]
        await cards.load([(one, embedding(1, n)) for n, one in enumerate(shelf)])
        hits = await search.by_meaning(embedding(1), DELHI, 10, make="ATHER")
        assert sorted(cards_of(hits)) == ["fc_any", "fc_ather", "fc_both"]

    async def test_listed_cards_do_not_crowd_out(
        self, cards: CardStore, search: CardSearch
    ) -> None:
        theirs = only("garage_agra", "garage_jaipur")
        hidden = [(card(f"hidden_{n}", visibility=theirs), embedding(1)) for n in range(120)]
        shown = [(card(f"shown_{n}"), embedding(1, 1)) for n in range(3)]
        await cards.load([*hidden, *shown])
        hits = await search.by_meaning(embedding(1), DELHI, 3)
        assert sorted(cards_of(hits)) == ["fc_shown_0", "fc_shown_1", "fc_shown_2"]


class TestWords:
    @pytest.mark.row("IX-5")
    async def test_word_only_in_a_step_finds(self, cards: CardStore, search: CardSearch) -> None:
        greased = Resolution(
            type=SolutionType.REPAIR, steps=(RepairStep(action="Grease the kingpin"),)
        )
        await load(cards, card("greased", resolution=greased), card("other"))
        assert cards_of(await search.by_words("kingpin squeaks", DELHI, 10)) == ["fc_greased"]

    @pytest.mark.row("CA-6")
    @pytest.mark.parametrize(
        "said",
        ["gaadi charge nahi ho rahi", "चार्ज नहीं हो रही", "GAADI!!!", "charging"],
    )
    async def test_words_of_every_script_find(
        self, cards: CardStore, search: CardSearch, said: str
    ) -> None:
        text = "Gaadi charge nahi ho rahi. गाड़ी चार्ज नहीं हो रही।"
        await load(cards, card("hinglish", text), card("other", "Brake squeals"))
        assert cards_of(await search.by_words(said, DELHI, 10)) == ["fc_hinglish"]

    @pytest.mark.parametrize(
        "said",
        [
            "P0A1F/P0A80",
            "error [ ( { brake",
            "0.5 AND brake",
            "NOT brake",
            "-brake +brake !brake",
            "title:brake~2^9 brake*",
            'brake "unbalanced \\" quote',
            "what? brake && || \\",
            "brake " * 3000,
            " ".join(f"w{n}" for n in range(4000)) + " brake",
            "🛵 brake \u0000\u200b",
        ],
    )
    async def test_query_syntax_is_only_text(
        self, cards: CardStore, search: CardSearch, said: str
    ) -> None:
        sign = Signature(text="Brake squeals", error_codes=(CodeKey("sae:P0A1F"),))
        await load(cards, card("brake", signature=sign))
        found = await search.by_words(said, DELHI, 10)
        assert cards_of(found) in (["fc_brake"], [])
        assert found != [] or "w3999" in said

    @pytest.mark.parametrize("said", ["", "   ", "the and of", "!!! ??? ...", "🛵"])
    async def test_nothing_said_finds_nothing(
        self, cards: CardStore, search: CardSearch, said: str
    ) -> None:
        await load(cards, FULL)
        assert await search.by_words(said, DELHI, 10) == []

    async def test_code_in_the_text_is_whole(self, cards: CardStore, search: CardSearch) -> None:
        await load(cards, FULL, card("other", "E402 and P0A70 shown"))
        assert cards_of(await search.by_words("shows p0a7f", DELHI, 10)) == [FULL.id]

    @pytest.mark.row("CA-26")
    async def test_each_keyword_finds_its_card(
        self, graph: Graph, cards: CardStore, search: CardSearch
    ) -> None:
        await load(cards, FULL, card("other"))
        found = await graph.read(
            "MATCH (c:FailureCard {id: $id}) RETURN c.keywords AS k", id=FULL.id
        )
        assert len(found[0]["k"]) == 12
        for keyword in found[0]["k"]:
            assert FULL.id in cards_of(await search.by_words(keyword, DELHI, 10))

    async def test_cards_of_others_crowd_nobody_out(
        self, cards: CardStore, search: CardSearch
    ) -> None:
        loud = [
            card(f"theirs_{n}", "Squeals squeals squeals", visibility=only("garage_pune"))
            for n in range(60)
        ]
        ours = [card(f"ours_{n}", f"Squeals when wet, {n} times over") for n in range(3)]
        await load(cards, *loud, *ours)
        found = cards_of(await search.by_words("squeals", DELHI, 10))
        assert sorted(found) == ["fc_ours_0", "fc_ours_1", "fc_ours_2"]

    @pytest.mark.row("IX-10")
    async def test_words_of_other_makes_are_left_out(
        self, cards: CardStore, search: CardSearch
    ) -> None:
        tata = VehicleContext(make="Tata", model="Nexon EV")
        await load(
            cards, card("ather", vehicles=(ATHER,)), card("tata", vehicles=(tata,)), card("any")
        )
        hits = await search.by_words("scooter", DELHI, 10, make="ather")
        assert sorted(cards_of(hits)) == ["fc_any", "fc_ather"]


class TestNeighbours:
    @pytest.fixture
    async def words(self, graph: Graph) -> None:
        vocabulary = VocabularyStore(graph)
        await vocabulary.load_suppliers([Supplier(id="konkan", name="Konkan")])
        await vocabulary.load_components(
            [
                Component(id="battery", name="Battery"),
                Component(id="bms", name="BMS", part_of="battery", suppliers=("konkan",)),
                Component(id="charger", name="Charger", suppliers=("konkan",)),
                Component(id="brakes", name="Brakes"),
            ]
        )
        code = ErrorCode(code="P0A7F", scope="sae", description="Pack", component="bms")
        await vocabulary.load_error_codes([code])
        await vocabulary.load_symptoms([Symptom(code=SYMPTOM, text="Stops", component="bms")])

    @pytest.mark.usefixtures("words")
    async def test_component_then_tree_then_supplier(
        self, cards: CardStore, search: CardSearch
    ) -> None:
        for name in ("bms", "battery", "charger", "brakes"):
            await load(cards, card(name, signature=Signature(text="x", component=name)))
        hits = await search.by_neighbours(
            [P0A7F], [SYMPTOM], DELHI, 10, ReportTraits(vehicle=UNKNOWN)
        )
        assert [(hit.card, hit.score, hit.via) for hit in hits] == [
            ("fc_bms", 2.0, ("bms",)),
            ("fc_battery", 1.0, ("battery",)),
            ("fc_charger", 0.6, ("konkan",)),
        ]

    @pytest.mark.row("CA-16")
    async def test_shared_cause_is_one_step_away(
        self, cards: CardStore, search: CardSearch
    ) -> None:
        cause = RootCause(primary="Water in the connector")
        coded = card("coded", cause=cause, signature=Signature(text="x", error_codes=(P0A7F,)))
        shared = card("shared", cause=RootCause(primary="water in the  Connector."))
        await load(cards, coded, shared, card("other"))
        hits = await search.by_neighbours([P0A7F], [], DELHI, 10, ReportTraits(vehicle=UNKNOWN))
        assert {hit.card: hit.via for hit in hits} == {
            coded.id: ("water-in-the-connector",),
            shared.id: ("water-in-the-connector",),
        }

    async def test_hidden_cause_leads_nowhere(self, cards: CardStore, search: CardSearch) -> None:
        cause = RootCause(primary="Known to others alone")
        theirs = card(
            "theirs",
            cause=cause,
            signature=Signature(text="x", error_codes=(P0A7F,)),
            visibility=only("garage_pune"),
        )
        await load(cards, theirs, card("public", cause=cause))
        assert (
            await search.by_neighbours([P0A7F], [], DELHI, 10, ReportTraits(vehicle=UNKNOWN)) == []
        )
        found = await search.by_neighbours([P0A7F], [], PUNE, 10, ReportTraits(vehicle=UNKNOWN))
        assert sorted(cards_of(found)) == ["fc_public", "fc_theirs"]


@pytest.mark.row("MA-3")
@pytest.mark.parametrize("text", ["scooter hums", "the"])
@pytest.mark.parametrize("vehicle", [ATHER, UNKNOWN])
@pytest.mark.parametrize("hidden", [0, 70])
async def test_one_trip_finds_what_two_find(
    cards: CardStore, search: CardSearch, text: str, vehicle: VehicleContext, hidden: int
) -> None:
    """Also where cards of others crowd the first answer, or one of the two is unknown."""
    sign = Signature(text="Scooter hums", symptoms=(SYMPTOM,))
    shown = [card(f"{n}", signature=sign, vehicles=(ATHER,)) for n in range(3)]
    pune = only("garage_pune")
    louder = replace(sign, text="Scooter hums, hums, hums")
    others = [
        card(f"z{n}", signature=louder, vehicles=(ATHER,), visibility=pune) for n in range(hidden)
    ]
    await cards.load([(one, embedding(3, 4)) for one in (*shown, *others)])
    beside = ReportTraits(vehicle=vehicle, embedding=embedding(1))
    limits = {Source.WORDS: 3, Source.VEHICLE: 3}
    both = await search.by_words_and_vehicle(text, [SYMPTOM], DELHI, limits, beside)
    assert both == (
        await search.by_words(text, DELHI, 3, beside=beside),
        await search.by_vehicle([SYMPTOM], DELHI, 3, beside),
    )
    names = [one.id for one in shown]
    assert [sorted(cards_of(hits)) for hits in both] == [names if text != "the" else [], names]


@pytest.mark.row("CA-33", "IX-10")
@pytest.mark.parametrize("viewer", [DELHI, NOBODY])
async def test_no_source_gives_hidden_cards(
    graph: Graph, cards: CardStore, search: CardSearch, viewer: Viewer
) -> None:
    sign = Signature(
        text="Scooter hums and stops", symptoms=(SYMPTOM,), error_codes=(P0A7F,), component="bms"
    )
    same = {"signature": sign, "vehicles": (ATHER,), "cause": RootCause(primary="Hum")}
    hidden = [replace(one, **same) for one in HIDDEN]
    shown = replace(card("shown"), **same)
    await cards.load([(one, embedding(1)) for one in (*hidden, shown)])
    component = Component(id="bms", name="BMS")
    await VocabularyStore(graph).load_components([component])
    await VocabularyStore(graph).load_symptoms([Symptom(code=SYMPTOM, text="x", component="bms")])
    both = await search.by_words_and_vehicle(
        "hums", [SYMPTOM], viewer, FIFTY, ReportTraits(vehicle=ATHER)
    )
    found = {
        "words in one trip": both[0],
        "vehicle in one trip": both[1],
        "codes": await search.by_codes([P0A7F], viewer, 50),
        "vehicle": await search.by_vehicle([SYMPTOM], viewer, 50, ReportTraits(vehicle=ATHER)),
        "symptoms": await search.by_vehicle([SYMPTOM], viewer, 50, ReportTraits(vehicle=UNKNOWN)),
        "meaning": await search.by_meaning(embedding(1), viewer, 50),
        "meaning of make": await search.by_meaning(embedding(1), viewer, 50, make="Ather"),
        "words": await search.by_words("scooter hums", viewer, 50),
        "words of make": await search.by_words("scooter hums", viewer, 50, make="Ather"),
        "neighbours": await search.by_neighbours(
            [P0A7F], [SYMPTOM], viewer, 50, ReportTraits(vehicle=ATHER)
        ),
    }
    expected = {name: [shown.id] for name in found}
    assert {name: cards_of(hits) for name, hits in found.items()} == expected
    ids = [one.id for one in (*hidden, shown)]
    assert list(await search.facts(ids, viewer, ReportTraits(vehicle=UNKNOWN))) == [shown.id]


@pytest.mark.row("CA-33")
@pytest.mark.parametrize("viewer", [PUNE, ADMIN])
async def test_every_source_gives_own_cards(
    cards: CardStore, search: CardSearch, viewer: Viewer
) -> None:
    sign = Signature(text="Hums", symptoms=(SYMPTOM,), error_codes=(P0A7F,))
    shelf = [replace(c, signature=sign, vehicles=(ATHER,)) for c in HIDDEN[4:]]
    await cards.load([(one, embedding(1)) for one in shelf])
    expected = sorted(one.id for one in shelf)
    assert sorted(cards_of(await search.by_codes([P0A7F], viewer, 50))) == expected
    assert (
        sorted(
            cards_of(await search.by_vehicle([SYMPTOM], viewer, 50, ReportTraits(vehicle=ATHER)))
        )
        == expected
    )
    assert sorted(cards_of(await search.by_meaning(embedding(1), viewer, 50))) == expected
    assert sorted(cards_of(await search.by_words("hums", viewer, 50))) == expected
    both = await search.by_words_and_vehicle(
        "hums", [SYMPTOM], viewer, FIFTY, ReportTraits(vehicle=ATHER)
    )
    assert [sorted(cards_of(hits)) for hits in both] == [expected, expected]
    assert (
        sorted(await search.facts([c.id for c in shelf], viewer, ReportTraits(vehicle=UNKNOWN)))
        == expected
    )


async def test_warming_asks_and_tells_nothing(cards: CardStore, search: CardSearch) -> None:
    await search.warm()
    assert await cards.count(ADMIN) == 0


async def test_facts_are_whole(graph: Graph, cards: CardStore, search: CardSearch) -> None:
    counted = replace(FULL, usage=Usage(matched=9, used=5, successes=4, failures=1, ratings=(4,)))
    await VocabularyStore(graph).load_components(
        [
            Component(id="battery_pack", name="Battery pack"),
            Component(id="battery_management", name="Management", part_of="battery_pack"),
            Component(id="bms_module", name="Monitoring board", part_of="battery_management"),
        ]
    )
    await cards.load([(counted, embedding(3, 4)), (card("bare"), None)])
    found = await search.facts(
        [FULL.id, card("bare").id], DELHI, ReportTraits(vehicle=ATHER, embedding=embedding(1))
    )
    facts = found[FULL.id]
    assert facts == CardFacts(
        id=FULL.id,
        version=1,
        title=FULL.title,
        text=FULL.signature.text,
        status=CardStatus.VERIFIED,
        source=CardSource.FIELD,
        severity=Severity.HIGH,
        usage=counted.usage,
        codes=(E401, P0A7F),
        symptoms=(SYMPTOM, "SYM_CHRG_002"),
        component="bms_module",
        component_name="Monitoring board",
        subsystem="battery_pack",
        causes=("Cell voltage imbalance", "Balancing resistor drift"),
        vehicle_level=VehicleLevel.YEAR,
        campaign="26V001",
        models=1,
        fits=("ather", "ather|450x", "ather|450x|2023"),
        cosine=pytest.approx(0.6),  # pyright: ignore[reportArgumentType]
    )
    bare = found[card("bare").id]
    assert (bare.component, bare.component_name, bare.subsystem) == (None, None, None)
    assert (bare.cosine, bare.vehicle_level, bare.models) == (None, VehicleLevel.NONE, 0)


@pytest.mark.parametrize(
    ("said", "level"),
    [
        (ATHER, VehicleLevel.YEAR),
        (VehicleContext(make="ather", model="450x", year=2019), VehicleLevel.MODEL),
        (VehicleContext(make="Ather", model="450x"), VehicleLevel.MODEL),
        (VehicleContext(make="Ather", model="Rizta", year=2023), VehicleLevel.MAKE),
        (VehicleContext(make="Ather"), VehicleLevel.MAKE),
        (VehicleContext(make="Tata", model="450X", year=2023), VehicleLevel.NONE),
        (UNKNOWN, VehicleLevel.NONE),
    ],
)
async def test_facts_tell_vehicle_level(
    cards: CardStore, search: CardSearch, said: VehicleContext, level: VehicleLevel
) -> None:
    await load(cards, FULL)
    found = await search.facts([FULL.id], DELHI, ReportTraits(vehicle=said))
    assert found[FULL.id].vehicle_level is level


async def test_recent_are_this_garages_own(
    graph: Graph, cards: CardStore, search: CardSearch
) -> None:
    tickets = TicketStore(graph)
    shelf = [card(f"number_{n}") for n in range(3)]
    hidden = card("hidden", visibility=only("garage_pune"))
    await load(cards, *shelf, hidden)
    elsewhere = replace(TICKET, id=TicketId("tkt_0002"), garage=GarageId("garage_pune"))
    for ticket, shown in ((TICKET, [*shelf[:2], hidden]), (elsewhere, [shelf[2]])):
        await tickets.add(ticket, [])
        given = [
            ShownCard(card=c.id, rank=n, score=1, ranker="r", at=NOW + timedelta(seconds=n))
            for n, c in enumerate(shown, start=1)
        ]
        await tickets.record_shown(ticket.id, given, Matching.FOUND, [])
    garage = GarageId("garage_delhi")
    assert cards_of(await search.recent(garage, DELHI, 10)) == ["fc_number_1", "fc_number_0"]
    assert await search.recent(None, ADMIN, 10) == []
