"""People rate, merge and mark cards over the API; what they may not do changes nothing."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from uuid import uuid4

import pytest

from domain.access import Role, Viewer
from domain.cards import CardStatus, PartUse
from domain.ids import CardId, PersonId
from domain.vehicles import VehicleContext
from domain.vocabulary import Part
from repair.analyses import handle_event
from repair.counters import recount_cards
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person
from tests.journeys.planted_cards import plant
from tests.journeys.solved_tickets import followed, put, solved, told
from tests.waits import eventually
from web.server import run_background
from web.wiring import Runtime, analysis_ports, counter_ports

pytestmark = pytest.mark.journey
GIVE = """mutation ($op: UUID!, $ticket: ID!, $said: FeedbackInput!, $expected: Int! = 0) {
  giveFeedback(operationId: $op, ticket: $ticket, feedback: $said, expectedVersion: $expected) {
    __typename ... on FeedbackGiven { feedback { person stars comment correction version } }
    ... on Refusal { message } } }"""
SEEN = """mutation ($op: UUID!, $ticket: ID!, $seen: [ImpressionInput!]!) {
  recordImpressions(operationId: $op, ticket: $ticket, impressions: $seen) {
    __typename ... on ImpressionsRecorded { cards } ... on Refusal { message } } }"""
SAID = "query ($id: ID!) { feedback(ticket: $id) { person stars comment version card { key } } }"
CARD = """query ($id: ID!) { card(id: $id) { status version recheck reputation mergedInto { key }
  usage { rating ratings } effectiveness { score } } }"""
MERGE = """mutation ($op: UUID!, $id: ID!, $into: ID!, $expected: Int!) {
  mergeCards(operationId: $op, id: $id, into: $into, expectedVersion: $expected) {
    __typename ... on CardMerged { card { version status mergedInto { key } } }
    ... on Refusal { message } } }"""
UNDO = """mutation ($op: UUID!, $id: ID!, $expected: Int!) {
  undoMerge(operationId: $op, id: $id, expectedVersion: $expected) {
    __typename ... on CardUpdated { card { version status mergedInto { key } } }
    ... on Refusal { message } } }"""
FIRMWARE = """mutation ($op: UUID!, $firmware: String!) {
  announceFirmware(operationId: $op, make: "Novel Motors", model: "N1", firmware: $firmware) {
    __typename ... on CardsMarked { cards } ... on Refusal { message } } }"""
SUPERSEDE = """mutation ($op: UUID!, $part: ID!, $by: ID!) {
  supersedePart(operationId: $op, part: $part, by: $by) {
    __typename ... on CardsMarked { cards } ... on Refusal { message } } }"""
QUEUE = """query ($kind: ReviewKind, $first: Int! = 100) { reviewQueue(kind: $kind, first: $first) {
  edges { node { id kind reason card { key } } } } }"""
CLOSE = """mutation ($op: UUID!, $id: ID!) { closeReview(operationId: $op, id: $id) {
  __typename ... on ReviewClosed { review { kind closedAt } } ... on Refusal { message } } }"""


@pytest.fixture(scope="module", autouse=True)
async def _at_work(house: Runtime) -> AsyncGenerator[None]:  # pyright: ignore[reportUnusedFunction]
    async with run_background(house):
        yield


def op() -> str:
    return str(uuid4())


async def written(house: Runtime) -> list[dict[str, int]]:
    return await house.records.rows(
        "select (select count(*) from feedback_version) as said,"
        " (select count(*) from impression) as seen, (select count(distinct id) from"
        " (select id, type from outbox union select id, type from change_log) as left_or_logged"
        " where type like 'feedback%%') as told"
    )


@pytest.mark.row("FE-1", "FE-9")
async def test_a_rating_moves_the_card_within_seconds(house: Runtime, somebody: Somebody) -> None:
    asha, boss = somebody(Role.TECHNICIAN, name="asha"), somebody(Role.MANAGER)
    card = await plant(house, "rated", "The rating lamp blinks in fives")
    ticket = followed(card.id, True)
    await put(house, ticket)
    said = {"card": card.id, "stars": 2, "comment": "Ask Ravi", "correction": "Torque is 9 Nm"}
    started = perf_counter()
    given = await asha.ask(GIVE, op=op(), ticket=ticket.id, said=said)
    assert given["feedback"] == {
        "person": "asha",
        "stars": 2,
        "comment": "Ask Ravi",
        "correction": "Torque is 9 Nm",
        "version": 1,
    }
    await eventually(lambda: asha.ask(CARD, id=card.id), lambda c: c["usage"]["ratings"] == 1)
    print(f"rating to effectiveness: {perf_counter() - started:.3f} s")  # noqa: T201 - with -s

    better = {"card": card.id, "stars": 5}
    stale = await asha.ask(GIVE, op=op(), ticket=ticket.id, said=better)
    assert stale["__typename"] == "StaleVersion"
    changed = await asha.ask(GIVE, op=op(), ticket=ticket.id, said=better, expected=1)
    assert changed["feedback"]["version"] == 2
    now = await eventually(
        lambda: asha.ask(CARD, id=card.id), lambda c: c["usage"]["rating"] == 5.0
    )
    assert now["usage"]["ratings"] == 1
    assert now["reputation"] > 0.5
    history = [(s["version"], s["stars"], s["comment"]) for s in await boss.ask(SAID, id=ticket.id)]
    assert history == [(2, 5, ""), (1, 2, "Ask Ravi")]
    rows = await house.graph.read(
        "MATCH (n) WHERE any(k IN keys(n) WHERE n[k] = 'Ask Ravi') RETURN n"
    )
    assert rows == []


@pytest.mark.row("FE-1")
async def test_ratings_of_others_and_out_of_bounds_are_refused(
    house: Runtime, somebody: Somebody
) -> None:
    asha, far = somebody(Role.TECHNICIAN, name="asha"), somebody(Role.MANAGER, DELHI)
    card = await plant(house, "guarded", "Guarded by nobody in particular")
    stranger = await plant(house, "stranger", "Never suggested for anything")
    ticket = followed(card.id, True)
    await put(house, ticket)
    before = await written(house)
    asked = [
        (asha, {"card": card.id, "stars": 6}, "InvalidInput"),
        (asha, {"card": card.id, "stars": 3, "comment": "x" * 4_001}, "InvalidInput"),
        (asha, {"card": stranger.id, "stars": 3}, "InvalidInput"),
        (far, {"card": card.id, "stars": 1}, "NotFound"),
        (somebody(Role.ACCOUNTANT, name="books"), {"card": card.id, "stars": 1}, "NotAllowed"),
        (somebody(Role.TECHNICIAN, name="ravi"), {"card": card.id, "stars": 1}, "NotFound"),
    ]
    found = [
        (await who.ask(GIVE, op=op(), ticket=ticket.id, said=said))["__typename"]
        for who, said, _ in asked
    ]
    assert found == [wanted for *_, wanted in asked]
    assert await written(house) == before


@pytest.mark.row("FE-2")
async def test_impressions_are_ones_own_and_capped(house: Runtime, somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    cards = [await plant(house, f"seen_{n}", f"Seen as number {n}") for n in range(2)]
    other = await plant(house, "unseen", "Not suggested")
    ticket = solved("Which of the two is it", outcome=None)
    await put(house, ticket, cards=tuple(card.id for card in cards))
    seen: list[dict[str, object]] = [
        {"card": cards[0].id, "clicks": 15, "dwellMs": 1_000_000, "place": 1}
    ]
    for _ in range(3):
        noted = await asha.ask(SEEN, op=op(), ticket=ticket.id, seen=seen)
        assert noted == {"__typename": "ImpressionsRecorded", "cards": 1}
    rows = await house.records.rows(
        "select person, card, clicks, dwell_ms, place from impression where ticket = %(t)s",
        t=ticket.id,
    )
    assert rows == [
        {
            "person": "asha",
            "card": cards[0].id,
            "clicks": 20,
            "dwell_ms": 1_800_000,
            "place": 1,
        }
    ]
    before = await written(house)
    forged: list[tuple[Person, list[dict[str, object]], str]] = [
        (asha, [{"card": other.id, "clicks": 1}], "InvalidInput"),
        (asha, [{"card": cards[0].id, "clicks": 21}], "InvalidInput"),
        (asha, [{"card": cards[0].id}] * 2, "InvalidInput"),
        (asha, [], "InvalidInput"),
        (asha, [{"card": cards[0].id}] * 51, "InvalidInput"),
        (somebody(Role.TECHNICIAN, name="ravi"), seen, "NotFound"),
        (somebody(Role.MANAGER, DELHI), seen, "NotFound"),
    ]
    for who, sent, wanted in forged:
        answer = await who.ask(SEEN, op=op(), ticket=ticket.id, seen=sent)
        assert answer["__typename"] == wanted
    assert await written(house) == before


async def test_a_resolved_ticket_is_analysed_by_itself(house: Runtime) -> None:
    card = await plant(house, "analysed", "The analysis lamp glows")
    ticket = followed(card.id, True)
    started = perf_counter()
    await house.tickets.add(ticket, [told(ticket)])
    kept = await eventually(
        lambda: house.analyses.get(ticket.id, ticket.version), lambda found: found is not None
    )
    print(f"resolved to analysed: {perf_counter() - started:.3f} s")  # noqa: T201 - with -s
    assert kept is not None
    assert (kept.ticket, kept.verdict.card, kept.worked) == (ticket.id, card.id, True)


@pytest.mark.row("FE-8", figure="50 fake ratings, < .02")
async def test_a_brigade_of_fifty_moves_little(house: Runtime, somebody: Somebody) -> None:
    card = await plant(house, "brigaded", "Fifty people of one garage hate this card")
    asha = somebody(Role.TECHNICIAN, name="asha")
    before = (await asha.ask(CARD, id=card.id))["reputation"]
    for n in range(50):
        person = PersonId(f"fake_{n}")
        ticket = followed(card.id, False, by=person)
        await put(house, ticket)
        who = somebody(Role.TECHNICIAN, name=person)
        given = await who.ask(GIVE, op=op(), ticket=ticket.id, said={"card": card.id, "stars": 1})
        assert given["__typename"] == "FeedbackGiven"
    after = await eventually(
        lambda: asha.ask(CARD, id=card.id), lambda c: c["usage"]["ratings"] == 50
    )
    assert abs(after["reputation"] - before) < 0.02


async def test_a_merge_points_onward_and_back(house: Runtime, somebody: Somebody) -> None:
    admin, boss = somebody(Role.ADMIN, PUNE), somebody(Role.MANAGER, DELHI)
    one = await plant(house, "twin_a", "Twin failure of the left lamp")
    two = await plant(house, "twin_b", "Twin failure of the lamp on the left")
    wanted = {"id": one.id, "into": two.id, "expected": 1}
    assert (await boss.ask(MERGE, op=op(), **wanted))["__typename"] == "NotAllowed"
    assert (await house.graph.read("MATCH (c {id: $id}) RETURN c.status AS s", id=one.id)) == [
        {"s": "verified"}
    ]
    again = op()
    merged = [await admin.ask(MERGE, op=again, **wanted) for _ in range(2)]
    assert merged == [merged[0]] * 2
    assert merged[0]["card"] == {"version": 2, "status": "MERGED", "mergedInto": {"key": two.id}}
    backwards = {"id": two.id, "into": one.id, "expected": 1}
    assert (await admin.ask(MERGE, op=op(), **backwards))["__typename"] == "IllegalTransition"
    back = await admin.ask(UNDO, op=op(), id=one.id, expected=2)
    assert back["card"] == {"version": 3, "status": "VERIFIED", "mergedInto": None}
    assert (await admin.ask(UNDO, op=op(), id=one.id, expected=3))[
        "__typename"
    ] == "IllegalTransition"


async def test_a_firmware_release_marks_at_once(house: Runtime, somebody: Somebody) -> None:
    admin = somebody(Role.ADMIN, PUNE)
    seen_on = VehicleContext(make="Novel Motors", model="N1", firmware="1.0")
    old = await plant(house, "old_firmware", "Reboots at noon", vehicles=(seen_on,))
    new = await plant(
        house, "new_firmware", "Reboots at dusk", vehicles=(replace(seen_on, firmware="2.0"),)
    )
    boss = somebody(Role.MANAGER)
    assert (await boss.ask(FIRMWARE, op=op(), firmware="2.0"))["__typename"] == "NotAllowed"
    assert (await admin.ask(CARD, id=old.id))["recheck"] is None
    again = op()
    for _ in range(2):
        marked = await admin.ask(FIRMWARE, op=again, firmware="2.0")
        assert marked == {"__typename": "CardsMarked", "cards": 1}
    reason = "Firmware 2.0 of the Novel Motors N1 was released."
    doubted = await admin.ask(CARD, id=old.id)
    assert (doubted["recheck"], doubted["version"]) == (reason, 1)
    assert (await admin.ask(CARD, id=new.id))["recheck"] is None
    queued = await eventually(
        lambda: admin.ask(QUEUE, kind="RECHECK"),
        lambda q: any(e["node"]["card"]["key"] == old.id for e in q["edges"]),
    )
    [entry] = [e["node"] for e in queued["edges"] if e["node"]["card"]["key"] == old.id]
    assert entry["reason"] == reason
    closed = await admin.ask(CLOSE, op=op(), id=entry["id"])
    assert closed["review"]["closedAt"] is not None
    assert (await admin.ask(CARD, id=old.id))["recheck"] is None


async def test_a_superseded_part_marks_its_cards(house: Runtime, somebody: Somebody) -> None:
    admin = somebody(Role.ADMIN, PUNE)
    await house.vocabulary.load_parts([Part(id=f"lamp-{n}", name=f"Lamp {n}") for n in (1, 2)])
    plain = await plant(house, "lamped", "The lamp of the first kind goes out")
    using = replace(plain.resolution, parts=(PartUse(part="lamp-1"),))
    await house.cards.put(replace(plain, version=2, resolution=using), [], expected=1)
    wanted = {"part": "lamp-1", "by": "lamp-2"}
    refused = [
        {"part": "lamp-1", "by": "lamp-1"},
        {"part": "lamp-1", "by": "lamp-9"},
    ]
    found = [(await admin.ask(SUPERSEDE, op=op(), **one))["__typename"] for one in refused]
    assert found == ["InvalidInput", "NotFound"]
    assert await admin.ask(SUPERSEDE, op=op(), **wanted) == {
        "__typename": "CardsMarked",
        "cards": 1,
    }
    assert (await admin.ask(CARD, id=plain.id))["recheck"] == (
        "Part lamp-1 was superseded by lamp-2."
    )


async def test_the_queue_is_for_those_who_vouch(house: Runtime, somebody: Somebody) -> None:
    boss, far = somebody(Role.MANAGER), somebody(Role.MANAGER, DELHI)
    made = await boss.create(
        {
            "title": "A draft that waits",
            "signature": {"text": "A draft that waits"},
            "cause": {"primary": "Patience"},
            "resolution": {"type": "REPAIR", "steps": [{"action": "Wait"}]},
        }
    )

    async def keys() -> list[str]:
        page = await boss.ask(QUEUE, kind="DRAFT")
        return [edge["node"]["card"]["key"] for edge in page["edges"] if edge["node"]["card"]]

    await eventually(keys, lambda found: made["key"] in found)
    assert (await far.ask(QUEUE, kind="DRAFT"))["edges"] == []
    technician = somebody(Role.TECHNICIAN, name="asha")
    refused = await technician.answer(QUEUE, kind="DRAFT")
    assert refused["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
    second = somebody(Role.MANAGER, name="second")
    assert (await second.verify(made["id"]))["__typename"] == "CardVerified"
    await eventually(keys, lambda found: made["key"] not in found)
    stored = await house.cards.many([CardId(made["key"])], Viewer(sees_all=True))
    assert stored[CardId(made["key"])].status is CardStatus.VERIFIED
    missing = await boss.ask(CLOSE, op=op(), id="rev_missing")
    assert missing["__typename"] == "NotFound"


async def test_a_recount_finds_and_mends(house: Runtime) -> None:
    card = await plant(house, "recounted", "Counted twice by a clumsy hand")
    ticket = followed(card.id, True)
    await put(house, ticket)
    await handle_event(analysis_ports(house), told(ticket))
    now = datetime.now(UTC)
    assert card.id not in [one.card for one in await recount_cards(counter_ports(house), now)]
    await house.graph.write(
        lambda tx: tx.run("MATCH (c:FailureCard {id: $id}) SET c.times_used = 7", id=card.id)
    )
    found = {one.card: one for one in await recount_cards(counter_ports(house), now, mend=True)}
    assert (found[card.id].node.used, found[card.id].ledger.used) == (7, 1)
    assert card.id not in [one.card for one in await recount_cards(counter_ports(house), now)]
    stored = await house.cards.get(card.id, Viewer(sees_all=True))
    assert stored.usage.used == 1


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (MERGE, {"id": "fc_none_such", "into": "fc_none_else", "expected": 1}),
        (MERGE, {"id": "x", "into": "fc_none_else", "expected": 1}),
        (UNDO, {"id": "fc_none_such", "expected": 1}),
        (CLOSE, {"id": "\x00"}),
        (CLOSE, {"id": "rev_" + "9" * 500}),
        (FIRMWARE, {"firmware": ""}),
        (FIRMWARE, {"firmware": "9" * 81}),
        (SUPERSEDE, {"part": "none-such", "by": "none-else"}),
        (GIVE, {"ticket": "tkt_none_such", "said": {"card": "fc_none_such", "stars": 3}}),
        (GIVE, {"ticket": "'; drop table feedback", "said": {"card": "fc_a_b", "stars": 3}}),
        (SEEN, {"ticket": "tkt_none_such", "seen": [{"card": "fc_none_such"}]}),
    ],
)
async def test_what_is_not_there_is_refused(
    house: Runtime, somebody: Somebody, query: str, asked: dict[str, object]
) -> None:
    before = await written(house)
    answer = await somebody(Role.ADMIN, PUNE).ask(query, op=op(), **asked)
    assert answer["__typename"] in {"NotFound", "InvalidInput"}
    assert await written(house) == before
