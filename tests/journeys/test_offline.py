"""A garage that was away: it hands in its queue, catches up, and ends where everybody is."""

from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from domain.cards import Severity
from schema.nodes import MOST
from sync.delta_cursors import DeltaPosition
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, UPDATE, Person, content
from tests.journeys.planted_cards import logged, mixed
from tests.journeys.queue_records import CHANGES, opened, record, sync, told
from web.wiring import Runtime

pytestmark = pytest.mark.journey
STATUS = "{ syncStatus { garage position lag } }"


async def start(house: Runtime, person: Person) -> str:
    await told(house)
    resync = await person.ask(CHANGES, after=None)
    assert resync["__typename"] == "Resync"
    return resync["cursor"]


@pytest.mark.row("SO-2")
async def test_five_changes_and_an_end_are_one_tombstone(
    house: Runtime, somebody: Somebody
) -> None:
    manager, second = somebody(), somebody(name="second")
    cursor = await start(house, manager)
    made = await manager.create(content("Told once"))
    for version in range(1, 6):
        await manager.ask(
            UPDATE,
            id=made["id"],
            card=content(f"Told {version}"),
            expected=version,
            op=str(uuid4()),
        )
    retire = """mutation ($id: ID!, $op: UUID!) {
      retireCard(id: $id, expectedVersion: 6, operationId: $op) { __typename } }"""
    await second.ask(retire, id=made["id"], op=str(uuid4()))
    await told(house)
    changes = await manager.ask(CHANGES, after=cursor)
    assert [(e["key"], e["gone"], e["card"]) for e in changes["entries"]] == [
        (made["key"], "RETIRED", None)
    ]
    assert (changes["more"], changes["lag"]) == (False, 0)


@pytest.mark.row("SO-1")
async def test_batches_leave_no_gap_and_send_the_critical_first(
    house: Runtime, somebody: Somebody
) -> None:
    manager = somebody()
    cursor = await start(house, manager)
    severities = ["LOW", "CRITICAL", "MEDIUM", "CRITICAL", "LOW"]
    made = [
        (
            await manager.create(
                content(f"Card {n}", signature={"text": f"Card {n}", "severity": severity})
            )
        )["key"]
        for n, severity in enumerate(severities)
    ]
    await told(house)
    found: list[tuple[str, str]] = []
    while True:
        batch = await manager.ask(CHANGES, after=cursor, first=2)
        assert batch == await manager.ask(CHANGES, after=cursor, first=2)
        assert len(batch["entries"]) <= 2
        found += [(e["key"], e["priority"]) for e in batch["entries"]]
        cursor = batch["cursor"]
        if not batch["more"]:
            break
    assert found == [
        (made[1], "CRITICAL"),
        (made[3], "CRITICAL"),
        (made[2], "NORMAL"),
        (made[0], "LOW"),
        (made[4], "LOW"),
    ]
    assert (await manager.ask(CHANGES, after=cursor))["entries"] == []


@pytest.mark.row("SO-3", figure="1,000 changes in batches of 100")
async def test_of_a_thousand_changes_the_critical_come_first(
    house: Runtime, somebody: Somebody
) -> None:
    manager = somebody()
    cursor = await start(house, manager)
    cards = [mixed(n) for n in range(1_000)]
    await house.cards.load([(one, None) for one in cards])
    await house.change_log.append([logged(one) for one in cards])
    batches, more = list[list[dict[str, Any]]](), True
    while more:
        answer = await manager.ask(CHANGES, after=cursor, first=MOST)
        batches.append(answer["entries"])
        cursor, more = answer["cursor"], answer["more"]
    told = [entry for batch in batches for entry in batch]
    ranks = [["CRITICAL", "NORMAL", "LOW"].index(entry["priority"]) for entry in told]
    assert [len(batch) for batch in batches] == [MOST] * 10
    assert ranks == sorted(ranks)
    assert ranks.count(0) == sum(c.signature.severity is Severity.CRITICAL for c in cards)
    assert {entry["key"] for entry in told} == {one.id for one in cards}


async def test_cards_of_others_are_not_even_named(house: Runtime, somebody: Somebody) -> None:
    pune, delhi = somebody(), somebody(garage=DELHI)
    cursor = await start(house, delhi)
    await pune.create(content("Ours alone", visibility={"garages": [PUNE]}))
    open_one = await pune.create(content("Everybody's at first"))
    await told(house)
    batch = await delhi.ask(CHANGES, after=cursor)
    assert [e["key"] for e in batch["entries"]] == [open_one["key"]]
    closed = content("Ours by now", visibility={"garages": [PUNE]})
    await pune.ask(UPDATE, id=open_one["id"], card=closed, expected=1, op=str(uuid4()))
    await told(house)
    batch = await delhi.ask(CHANGES, after=batch["cursor"])
    assert [(e["key"], e["gone"]) for e in batch["entries"]] == [(open_one["key"], "HIDDEN")]


async def test_only_ones_own_cursor_is_taken(house: Runtime, somebody: Somebody) -> None:
    pune, delhi = somebody(), somebody(garage=DELHI)
    foreign = await pune.ask(CHANGES, after=await start(house, delhi))
    forged = await pune.ask(CHANGES, after="QUJD" * 20)
    assert foreign == {
        "__typename": "InvalidInput",
        "message": "after: is the cursor of another garage. Begin with null.",
    }
    assert forged["message"] == (
        "after: is not a cursor of `changes`. Use the `cursor` of the last answer, or null."
    )


async def test_a_cursor_from_the_future_is_told_to_read_again(
    house: Runtime, somebody: Somebody
) -> None:
    future = house.delta_cursors.seal(DeltaPosition(done=10**9), PUNE)
    assert (await somebody().ask(CHANGES, after=future))["__typename"] == "Resync"


@pytest.mark.row("OF-1")
async def test_one_poisoned_operation_hurts_no_other(somebody: Somebody) -> None:
    technician = somebody(Role.TECHNICIAN)
    good = [record("report_failure", {"report": {"text": f"Motor hums {n}"}}) for n in range(3)]
    bad = record("report_failure", {"report": {"text": "x"}})
    del bad["operation_id"]
    strange = record("fly_away", {})
    deep: Any = "poison"
    answers = await sync(technician, good[0], bad, good[1], strange, deep, good[2])
    assert [a["state"] for a in answers] == [
        "APPLIED",
        "REFUSED",
        "APPLIED",
        "REFUSED",
        "REFUSED",
        "APPLIED",
    ]
    assert [a["field"] for a in answers] == [None, "operationId", None, "type", "operation", None]


async def test_a_queue_sent_three_times_is_done_once(house: Runtime, somebody: Somebody) -> None:
    technician = somebody(Role.TECHNICIAN)
    queue = [record("report_failure", {"report": {"text": f"Belt slips {n}"}}) for n in range(5)]
    first = await sync(technician, *queue[:3], queue[1])
    whole = [await sync(technician, *queue[::-1]) for _ in range(2)]
    assert [a["state"] for a in first] == ["APPLIED"] * 3 + ["REPEATED"]
    assert [a["state"] for a in whole[0]] == ["APPLIED"] * 2 + ["REPEATED"] * 3
    assert [a["state"] for a in whole[1]] == ["REPEATED"] * 5
    assert [a["key"] for a in whole[0]] == [a["key"] for a in whole[1]]
    [row] = await house.graph.read(
        "MATCH (t:Ticket) WHERE t.text STARTS WITH 'Belt slips' RETURN count(t) AS n"
    )
    assert row["n"] == 5


async def test_the_operation_of_another_is_refused(somebody: Somebody) -> None:
    mine = record("report_failure", {"report": {"text": "Horn is silent"}})
    await sync(somebody(Role.TECHNICIAN), mine)
    [answer] = await sync(somebody(Role.TECHNICIAN, name="mallory"), mine)
    elsewhere = await sync(somebody(Role.TECHNICIAN), mine | {"garage_id": DELHI})
    assert (answer["state"], answer["field"]) == ("REFUSED", "operationId")
    assert (elsewhere[0]["state"], elsewhere[0]["field"]) == ("REFUSED", "garageId")


@pytest.mark.row("OF-4")
async def test_edits_that_met_are_merged_and_both_values_shown(somebody: Somebody) -> None:
    manager, other = somebody(), somebody(name="other")
    made = await manager.create(content("Two at once"))

    def edit(cause: str) -> dict[str, Any]:
        card = content("Two at once", cause={"primary": cause})
        return record("update_card", {"id": made["key"], "expected_version": 1, "card": card})

    [straight] = await sync(manager, edit("A wet plug"))
    [met] = await sync(other, edit("Bad earth"))
    assert (straight["state"], straight["version"]) == ("APPLIED", 2)
    assert (met["state"], met["version"]) == ("CONFLICT", 3)
    assert met["theirs"]["rootCause"] == "A wet plug"
    assert met["mine"]["cause"] == {"primary": "Bad earth"}


@pytest.mark.row("CF-7")
async def test_a_price_of_the_client_is_not_used(somebody: Somebody) -> None:
    [answer] = await sync(somebody(), record("set_price", {"part": "p", "paise": 1}))
    assert (answer["state"], answer["field"]) == ("REFUSED", "price")


@pytest.mark.row("CA-32")
async def test_a_garage_is_as_far_as_it_asked(house: Runtime, somebody: Somebody) -> None:
    manager = somebody()
    cursor = await start(house, manager)
    await manager.create(content("One behind"))
    await told(house)
    await manager.ask(CHANGES, after=cursor)
    [behind] = await manager.ask(STATUS)
    assert (behind["garage"], behind["lag"] > 0) == (PUNE, True)
    batch = await manager.ask(CHANGES, after=cursor)
    await manager.ask(CHANGES, after=batch["cursor"])
    assert [s["lag"] for s in await manager.ask(STATUS)] == [0]


async def test_who_was_slower_on_a_ticket_is_shown_both(somebody: Somebody) -> None:
    technician = somebody(Role.TECHNICIAN)
    ticket, version = await opened(technician, "Seat lock is loose")
    data = {"id": ticket, "expected_version": version}
    first, second = record("start_repair", data), record("start_repair", data)
    [started] = await sync(technician, first)
    [slower] = await sync(technician, second)
    assert (started["state"], started["version"]) == ("APPLIED", version + 1)
    assert (slower["state"], slower["version"]) == ("CONFLICT", version + 1)
    assert slower["mine"] == {"id": ticket, "expectedVersion": version}
    assert (slower["theirs"]["version"], slower["theirs"]["status"]) == (version + 1, "IN_PROGRESS")


async def test_wrong_data_of_a_deed_is_refused_with_its_field(somebody: Somebody) -> None:
    technician = somebody(Role.TECHNICIAN)
    ticket, version = await opened(technician, "Stand does not fold")
    about = {"id": ticket, "expected_version": version}
    answers = await sync(
        technician,
        record("start_repair", {"id": ticket}),
        record("record_attempt", about | {"attempt": {"worked": "maybe"}}),
        record("resolve_ticket", about | {"outcome": None}),
        record("close_ticket", about | {"rating": "good"}),
        record("rate_card", {"id": ticket, "feedback": {"stars": 5}}),
        record("adjust_stock", {"stock": {"part": "p", "quantity": 1.5, "reason": "x"}}),
    )
    assert [a["state"] for a in answers] == ["REFUSED"] * 6
    assert [a["field"] for a in answers] == [
        "data.expectedVersion",
        "data.attempt.worked",
        "data.outcome",
        "data.stars",
        "data.feedback",
        "data.stock.quantity",
    ]
    query = "query ($id: ID!) { ticket(id: $id) { version } }"
    assert (await technician.ask(query, id=ticket))["version"] == version


CARD = "query ($id: ID!) { card(id: $id) { title ticket { key } } }"
MADE = "MATCH (c:FailureCard) RETURN count(c) AS n"


async def test_a_queued_card_is_founded_on_its_ticket(house: Runtime, somebody: Somebody) -> None:
    """By the operation id of the report that stands behind it in the call, or by its id."""
    technician = somebody(Role.TECHNICIAN)
    report = record("report_failure", {"report": {"text": "Chain guard rattles"}}, priority=6)
    founded = record("create_card", {"card": content("Guard"), "ticket": report["operation_id"]})
    later = founded | {"timestamp": "1764000000001.0.phone_1"}
    made, opened_ticket = await sync(technician, later, report)
    again = await sync(technician, later)
    ticket = {"key": opened_ticket["key"]}
    assert [made["state"], again[0]["state"]] == ["APPLIED", "REPEATED"]
    assert await technician.ask(CARD, id=made["key"]) == {"title": "Guard", "ticket": ticket}
    by_id, alone = await sync(
        technician,
        record("create_card", {"card": content("Guard again"), "ticket": ticket["key"]}),
        record("create_card", {"card": content("Guard alone"), "ticket": None}),
    )
    assert (await technician.ask(CARD, id=by_id["key"]))["ticket"] == ticket
    assert (await technician.ask(CARD, id=alone["key"]))["ticket"] is None


async def test_a_ticket_of_others_founds_no_queued_card(house: Runtime, somebody: Somebody) -> None:
    far = somebody(Role.TECHNICIAN, DELHI, name="far")
    ticket = (await far.report("Chain guard rattles"))["key"]
    before = await house.graph.read(MADE)
    answers = await sync(
        somebody(Role.TECHNICIAN),
        record("create_card", {"card": content("Guard"), "ticket": ticket}),
        record("create_card", {"card": content("Guard"), "ticket": 7}),
        record("create_card", {"card": content("Guard"), "ticket": "tkt_\u0000"}),
    )
    assert [(a["state"], a["field"]) for a in answers] == [
        ("REFUSED", None),
        ("REFUSED", "data.ticket"),
        ("REFUSED", "data.ticket"),
    ]
    assert await house.graph.read(MADE) == before


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("report_failure", {"report": {"text": "Chain guard rattles"}}),
        ("start_repair", {"id": "tkt_any", "expected_version": 1}),
        ("record_attempt", {"id": "tkt_any", "expected_version": 1, "attempt": {"worked": True}}),
        ("resolve_ticket", {"id": "tkt_any", "expected_version": 1, "outcome": {}}),
        ("close_ticket", {"id": "tkt_any", "expected_version": 1, "rating": 5, "stars": 5}),
        ("create_card", {"card": content("Guard")}),
        ("update_card", {"id": "fc_any", "expected_version": 1, "card": content("Guard")}),
        ("rate_card", {"id": "tkt_any", "feedback": {"card": "fc_any", "stars": 5}}),
        ("adjust_stock", {"stock": {"part": "p", "quantity": 1, "reason": "Came"}}),
    ],
)
async def test_unknown_data_is_refused_with_its_path(
    house: Runtime, somebody: Somebody, type: str, data: dict[str, Any]
) -> None:
    """What would be lost without a word is told, with what was meant; nothing is done."""
    unknown = {} if "stars" in data else {"tickt": "tkt_any"}
    before = await house.graph.read("MATCH (n) RETURN count(n) AS n")
    [answer] = await sync(somebody(), record(type, data | unknown))
    field = "data.rating" if "stars" in data else "data.tickt"
    assert (answer["state"], answer["field"]) == ("REFUSED", field)
    assert "is no field of" in answer["reason"]
    assert ("`ticket`" in answer["reason"]) == (type == "create_card")
    assert await house.graph.read("MATCH (n) RETURN count(n) AS n") == before


@pytest.mark.parametrize("stars", [0, 6])
async def test_stars_out_of_range_are_told_though_the_version_is_old(
    somebody: Somebody, stars: int
) -> None:
    technician = somebody(Role.TECHNICIAN)
    ticket, version = await opened(technician, "Chain guard rattles")
    about = {"id": ticket, "expected_version": version}
    await sync(technician, record("start_repair", about))
    query = "query ($id: ID!) { ticket(id: $id) { version status } }"
    before = await technician.ask(query, id=ticket)
    [answer] = await sync(technician, record("close_ticket", about | {"rating": stars}))
    assert (answer["state"], answer["field"]) == ("REFUSED", "data.stars")
    assert await technician.ask(query, id=ticket) == before
