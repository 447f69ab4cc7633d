"""What every store of cards does."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.access import Viewer
from domain.card_lifecycle import CardChange, bury_card
from domain.cards import CardStatus, FailureCard, Signature, Visibility
from domain.codes import CodeKey
from domain.errors import AlreadyExists, NotFound, StaleVersion
from domain.ids import CardId, GarageId, PersonId
from domain.usage import Usage
from domain.vehicles import VehicleCategory, VehicleContext
from domain.vocabulary import Component
from graph.card_imports import ImportCount, LeftCard
from graph.card_pages import CardFilter
from graph.cards import CardCounters, CardVersion
from tests.graph.examples import ADMIN, DELHI, FULL, NOBODY, NOW, PUNE, card, event, only
from tests.stores.store_set import House

SECOND = replace(
    FULL,
    version=2,
    title="Charging stops near 80 percent, third generation",
    provenance=replace(FULL.provenance, updated_at=NOW + timedelta(days=1)),
)


def ids(cards: list[FailureCard]) -> list[str]:
    return [c.id for c in cards]


async def test_card_reads_back_whole(house: House) -> None:
    await house.cards.add(FULL, [event("1", FULL.id)])
    assert await house.cards.get(FULL.id, ADMIN) == FULL


async def test_counters_are_laid_over(house: House) -> None:
    used = replace(FULL, usage=Usage(matched=9, used=4, successes=3, failures=1, ratings=(5, 4)))
    await house.cards.add(used, [])
    more = Usage(matched=10, used=4, successes=3, failures=1, ratings=(5, 4))
    absent = CardCounters(card=CardId("fc_absent"), usage=more, heard=9, reputation=0.5)
    await house.cards.save_counters([replace(absent, card=FULL.id, reputation=0.52), absent])
    assert await house.cards.get(FULL.id, ADMIN) == replace(FULL, usage=more, reputation=0.52)


@pytest.mark.row("CA-1")
async def test_same_card_twice_is_one(house: House) -> None:
    await house.cards.add(FULL, [event("1", FULL.id)])
    await house.cards.add(FULL, [event("2", FULL.id)])
    assert await house.cards.versions(FULL.id, ADMIN) == [CardVersion(n=1, by="tech_asha", at=NOW)]
    assert await house.outbox.pending(10) == [event("1", FULL.id)]


async def test_replay_after_a_change_is_nothing(house: House) -> None:
    await house.cards.add(FULL, [])
    await house.cards.put(SECOND, [], expected=1)
    await house.cards.add(FULL, [])
    assert await house.cards.get(FULL.id, ADMIN) == SECOND


@pytest.mark.row("CA-1")
async def test_taken_id_is_refused(house: House) -> None:
    await house.cards.add(FULL, [])
    other = replace(FULL, title="Something else")
    with pytest.raises(AlreadyExists) as refused:
        await house.cards.add(other, [event("other", FULL.id)])
    assert refused.value.id == FULL.id
    assert await house.cards.get(FULL.id, ADMIN) == FULL
    assert await house.outbox.pending(10) == []


async def test_absent_card_is_not_found(house: House) -> None:
    with pytest.raises(NotFound) as refused:
        await house.cards.get(CardId("fc_absent"), ADMIN)
    assert (refused.value.kind, refused.value.id) == ("failure card", "fc_absent")


async def test_absent_card_is_not_put(house: House) -> None:
    with pytest.raises(NotFound):
        await house.cards.put(SECOND, [event("1", FULL.id)], expected=1)
    assert await house.cards.count(ADMIN) == 0
    assert await house.outbox.pending(10) == []


@pytest.mark.row("CA-31")
async def test_any_past_version_reads_exactly(house: House) -> None:
    await house.cards.add(FULL, [event("1", FULL.id)])
    later = replace(event("2", FULL.id, 2), actor="tech_ravi")
    await house.cards.put(SECOND, [later], expected=1)
    assert await house.cards.get(FULL.id, ADMIN) == SECOND
    assert await house.cards.version(FULL.id, 1, ADMIN) == FULL
    assert await house.cards.version(FULL.id, 2, ADMIN) == SECOND
    assert await house.cards.versions(FULL.id, ADMIN) == [
        CardVersion(n=2, by="tech_ravi", at=NOW + timedelta(days=1)),
        CardVersion(n=1, by="tech_asha", at=NOW),
    ]


async def test_absent_version_is_not_found(house: House) -> None:
    await house.cards.add(FULL, [])
    with pytest.raises(NotFound):
        await house.cards.version(FULL.id, 2, ADMIN)


async def test_stale_put_names_both_versions(house: House) -> None:
    await house.cards.add(FULL, [])
    await house.cards.put(SECOND, [], expected=1)
    third = replace(SECOND, version=2, title="From an old page")
    with pytest.raises(StaleVersion) as refused:
        await house.cards.put(third, [event("3", FULL.id, 2)], expected=1)
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    assert await house.cards.get(FULL.id, ADMIN) == SECOND
    assert await house.outbox.pending(10) == []


@pytest.mark.row("CA-2")
async def test_one_of_two_writers_wins(house: House) -> None:
    await house.cards.add(FULL, [])
    rivals = [replace(SECOND, title=f"Writer {n}") for n in range(8)]
    writes = [
        house.cards.put(rival, [event(f"w{n}", FULL.id, 2)], expected=1)
        for n, rival in enumerate(rivals)
    ]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    [winner] = [n for n, outcome in enumerate(outcomes) if outcome is None]
    lost = [o for o in outcomes if isinstance(o, StaleVersion)]
    assert [(o.expected, o.actual) for o in lost] == [(1, 2)] * 7
    assert await house.cards.get(FULL.id, ADMIN) == rivals[winner]
    assert [e.id for e in await house.outbox.pending(10)] == [f"event-w{winner}"]


@pytest.mark.row("CA-33")
@pytest.mark.parametrize(
    ("shown_to", "hidden_from"),
    [
        (only("garage_delhi"), PUNE),
        (only(regions=("north",)), PUNE),
        (only("garage_delhi", "garage_agra"), PUNE),
        (only("garage_delhi", regions=("south",)), PUNE),
        (only("garage_delhi"), NOBODY),
    ],
)
async def test_limited_card_is_not_there(
    house: House, shown_to: object, hidden_from: Viewer
) -> None:
    limited, public = card("limited", visibility=shown_to), card("public")
    await house.cards.add(limited, [])
    await house.cards.add(public, [])
    assert await house.cards.get(limited.id, DELHI) == limited
    assert await house.cards.count(DELHI) == 2
    assert await house.cards.many([limited.id, public.id], hidden_from) == {public.id: public}
    assert await house.cards.page(hidden_from, first=10) == [public]
    assert await house.cards.count(hidden_from) == 1
    for read in (
        house.cards.get(limited.id, hidden_from),
        house.cards.version(limited.id, 1, hidden_from),
        house.cards.versions(limited.id, hidden_from),
    ):
        with pytest.raises(NotFound):
            await read


async def test_pages_go_on_by_id(house: House) -> None:
    cards = [card(f"number_{n}") for n in range(5)]
    for one in reversed(cards):
        await house.cards.add(one, [])
    first = await house.cards.page(ADMIN, first=2)
    rest = await house.cards.page(ADMIN, first=10, after=first[-1].id)
    assert first == cards[:2]
    assert rest == cards[2:]
    assert await house.cards.page(ADMIN, first=10, after=cards[-1].id) == []


@pytest.mark.row("CA-7", "CA-8", "CA-15", "CA-28")
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (CardFilter(), ["fc_ather_imbalance", "fc_bus", "fc_draft"]),
        (CardFilter(status=CardStatus.DRAFT), ["fc_draft"]),
        (CardFilter(make="ATHER"), ["fc_ather_imbalance"]),
        (CardFilter(make="ather", model="450x"), ["fc_ather_imbalance"]),
        (CardFilter(make="ather", model="450S"), []),
        (CardFilter(category=VehicleCategory.BUS), ["fc_bus"]),
        (CardFilter(symptom="SYM_BATT_001"), ["fc_ather_imbalance", "fc_draft"]),
        (CardFilter(code=CodeKey("ather:E401")), ["fc_ather_imbalance"]),
        (CardFilter(code=CodeKey("ola:E401")), ["fc_bus"]),
        (CardFilter(component="bms_module"), ["fc_ather_imbalance"]),
        (CardFilter(component="battery_management"), ["fc_ather_imbalance"]),
        (CardFilter(component="cooling"), []),
        (CardFilter(reading=("cell_voltage_variance", 0.1)), ["fc_ather_imbalance"]),
        (CardFilter(reading=("cell_voltage_variance", 0.15)), []),
        (
            CardFilter(
                symptom="SYM_BATT_001",
                component="battery_management",
                code=CodeKey("sae:P0A7F"),
                reading=("soc_accuracy", 90.0),
                status=CardStatus.VERIFIED,
                make="Ather",
            ),
            ["fc_ather_imbalance"],
        ),
        (CardFilter(symptom="SYM_BATT_001", component="cooling"), []),
    ],
)
async def test_pages_are_narrowed(house: House, wanted: CardFilter, found: list[str]) -> None:
    await house.vocabulary.load_components(
        [
            Component(id="battery_management", name="Battery management"),
            Component(id="bms_module", name="Monitoring board", part_of="battery_management"),
            Component(id="cooling", name="Cooling"),
        ]
    )
    bus = VehicleContext(make="Tata", model="Starbus EV", category=VehicleCategory.BUS)
    coded = Signature(text="Bus stops", error_codes=(CodeKey("ola:E401"),))
    begun = Signature(text="Begun", symptoms=("SYM_BATT_001",))
    await house.cards.add(FULL, [])
    await house.cards.add(card("bus", vehicles=(bus,), signature=coded), [])
    await house.cards.add(card("draft", status=CardStatus.DRAFT, signature=begun), [])
    assert ids(await house.cards.page(PUNE, first=10, filter=wanted)) == found


async def test_import_again_changes_nothing(house: House) -> None:
    cards = [(card(f"imported_{n}"), None) for n in range(3)]
    tomorrow = replace(cards[0][0].provenance, updated_at=NOW + timedelta(days=1))
    again = [(replace(c, provenance=tomorrow), None) for c, _ in cards]
    assert await house.cards.load(cards) == ImportCount(created=3)
    assert await house.cards.load(again) == ImportCount(unchanged=3)
    assert await house.cards.page(ADMIN, first=10) == [c for c, _ in cards]


async def test_changed_import_is_a_version(house: House) -> None:
    before = card("imported", "It hums")
    later = NOW + timedelta(days=1)
    origin = replace(before.provenance, created_at=later, updated_at=later)
    after = replace(card("imported", "It hums and stops"), provenance=origin)
    await house.cards.load([(before, None)])
    assert await house.cards.load([(after, None)]) == ImportCount(changed=1)
    kept = replace(after, version=2, provenance=replace(origin, created_at=NOW))
    assert await house.cards.get(before.id, ADMIN) == kept
    assert await house.cards.version(before.id, 1, ADMIN) == before


async def test_import_spares_what_people_changed(house: House) -> None:
    imported = card("imported")
    edited = replace(imported, version=2, title="As a technician says it")
    await house.cards.load([(imported, None)])
    await house.cards.put(edited, [], expected=1)
    assert await house.cards.load([(imported, None)]) == ImportCount(unchanged=1)
    assert await house.cards.get(imported.id, ADMIN) == edited


async def test_import_leaves_retired_cards(house: House) -> None:
    imported = card("imported")
    retired = replace(imported, version=2, status=CardStatus.DEPRECATED)
    await house.cards.load([(imported, None)])
    await house.cards.put(retired, [], expected=1)
    changed = card("imported", "Other words")
    left = LeftCard(card=imported.id, why="is out of use (deprecated)")
    assert await house.cards.load([(changed, None)]) == ImportCount(unchanged=1, left=(left,))
    assert await house.cards.get(imported.id, ADMIN) == retired


async def test_an_older_tally_changes_nothing(house: House) -> None:
    await house.cards.add(FULL, [])
    tallies = [
        CardCounters(card=FULL.id, usage=Usage(matched=n), heard=n, reputation=n / 100)
        for n in range(1, 11)
    ]
    await asyncio.gather(*(house.cards.save_counters([one]) for one in reversed(tallies)))
    await house.cards.save_counters(tallies[:3])
    found = await house.cards.get(FULL.id, ADMIN)
    assert (found.usage, found.reputation, found.version) == (Usage(matched=10), 0.1, 1)


async def test_what_offline_work_asks_of_cards(house: House) -> None:
    """Severities, versions from one on, and what somebody once saw, whoever asks by now."""
    opened, limited = card("opened"), card("limited", visibility=only("garage_delhi"))
    await house.cards.add(FULL, [])
    await house.cards.put(SECOND, [], expected=1)
    for one in (opened, limited):
        await house.cards.add(one, [])
    closed = replace(opened, version=2, visibility=only("garage_delhi"))
    await house.cards.put(closed, [], expected=1)
    levels = {FULL.id: FULL.signature.severity.level, opened.id: opened.signature.severity.level}
    assert await house.cards.severities([FULL.id, opened.id, "fc_absent"]) == levels
    told = [(one.version, one.title) for one in await house.cards.since(FULL.id, 2)]
    assert told == [(2, SECOND.title)]
    assert [one.version for one in await house.cards.since(FULL.id, 1)] == [1, 2]
    asked = [opened.id, limited.id, CardId("fc_absent")]
    assert await house.cards.once_visible(asked, PUNE) == {opened.id}
    assert await house.cards.once_visible(asked, DELHI) == {opened.id, limited.id}


async def test_the_record_of_an_author_sums_their_cards(house: House) -> None:
    author = FULL.provenance.author
    used = replace(FULL, usage=Usage(used=4, successes=3, failures=1))
    other = card("other", usage=Usage(used=2, successes=0, failures=2), provenance=FULL.provenance)
    for one in (used, other):
        await house.cards.add(one, [])
    assert await house.cards.record_of(author) == (3, 3)
    assert await house.cards.record_of("somebody else") == (0, 0)


async def test_a_replay_after_a_change_changes_nothing(house: House) -> None:
    await house.cards.add(FULL, [event("1", FULL.id)])
    await house.cards.put(SECOND, [], expected=1)
    await house.cards.add(FULL, [event("1", FULL.id)])
    assert await house.cards.get(FULL.id, ADMIN) == SECOND


async def test_a_buried_card_leaves_its_tombstone_to_those_who_saw_it(house: House) -> None:
    ours = replace(card("ours"), visibility=Visibility(garages=(GarageId("garage_delhi"),)))
    await house.cards.add(ours, [])
    change = CardChange(by=PersonId("admin"), at=NOW, expected=1)
    stone = bury_card(replace(ours, status=CardStatus.REJECTED), "once", change)
    with pytest.raises(StaleVersion):
        await house.cards.bury(stone, [event("2", ours.id, 2)], expected=2)
    await house.cards.bury(stone, [event("1", ours.id, 2)], expected=1)
    assert await house.cards.page(ADMIN, first=10) == []
    assert await house.cards.tombstones([ours.id], DELHI) == {ours.id: stone}
    assert await house.cards.tombstones([ours.id], PUNE) == {}
    with pytest.raises(NotFound):
        await house.cards.add(ours, [event("3", ours.id)])
    with pytest.raises(NotFound):
        await house.cards.version(ours.id, 1, ADMIN)
    assert [e.id for e in await house.outbox.pending(10)] == ["event-1"]
