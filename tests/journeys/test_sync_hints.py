"""A garage that keeps a copy is told what to fetch: urgent cards at once, the rest in batches."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.access import Role
from domain.events import EventType
from domain.ids import EventId
from records.digests import DigestStore
from records.hint_batches import HintBatchStore
from sync.hints import HintSchedule
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, UPDATE, Person, content
from tests.journeys.queue_records import CHANGES, told
from tests.journeys.sockets import Subscriber, subscribed
from tests.patience import PATIENT_SECONDS
from tests.records.samples import event
from tests.waits import eventually
from tests.web.live_server import served
from web.cli import garage
from web.garage.client import RemoteService
from web.garage.replica import Replica
from web.server import build_application, run_background
from web.wiring import Runtime

pytestmark = pytest.mark.journey
HINTS = """subscription ($after: String) { syncRequired(after: $after) { __typename
  ... on CardToSync { kind action key cursor
    card { key version title visibility { garages { key } } } }
  ... on ChangesToSync { cursor } ... on DigestReady { hour cursor }
  ... on Resync { cursor } ... on InvalidInput { field } } }"""
RETIRE = """mutation ($id: ID!, $expected: Int!, $op: UUID!) {
  retireCard(id: $id, expectedVersion: $expected, operationId: $op) { __typename } }"""

DIGESTS = """query ($first: Int, $after: String) { hourlyDigests(first: $first, after: $after) {
  edges { node { hour counts { type events } } }
  pageInfo { hasNextPage endCursor } } }"""
NOON = datetime(2031, 4, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
async def place(house: Runtime) -> AsyncGenerator[str]:
    """Host and port of the application, with relay, consumers and batches beside it."""
    await told(house)
    async with run_background(house), served(build_application(house)) as place:
        yield place


def of_severity(title: str, severity: str) -> dict[str, Any]:
    return content(title, signature={"text": title, "severity": severity})


async def update(who: Person, id: str, card: dict[str, Any], expected: int) -> None:
    changed = await who.ask(UPDATE, id=id, card=card, expected=expected, op=str(uuid4()))
    assert changed["__typename"] == "CardUpdated"


async def hints_of(
    listening: Subscriber, count: int, *cards: dict[str, Any]
) -> list[dict[str, Any]]:
    """Give the next hints about these cards."""
    keys, hints = {card["key"] for card in cards}, list[dict[str, Any]]()
    while len(hints) < count:
        if (hint := await listening.next()).get("key") in keys:
            hints.append(hint)
    return hints


@pytest.mark.row("IP-8", "SY-5")
async def test_a_garage_is_told_what_to_fetch(
    house: Runtime, somebody: Somebody, place: str
) -> None:
    author, second, far = somebody(), somebody(name="second"), somebody(garage=DELHI)
    start = (await far.ask(CHANGES, after=None))["cursor"]
    async with subscribed(place, far.token, HINTS) as listening:
        made = await author.create(of_severity("Amber lamp blinks", "LOW"))
        [new] = await hints_of(listening, 1, made)
        await update(author, made["id"], of_severity("Amber lamp blinks twice", "LOW"), 1)
        while (batch := await listening.next())["__typename"] != "ChangesToSync":
            pass
        await update(author, made["id"], of_severity("Amber lamp burns", "CRITICAL"), 2)
        [urgent] = await hints_of(listening, 1, made)
        await second.ask(RETIRE, id=made["id"], expected=3, op=str(uuid4()))
        [retired] = await hints_of(listening, 1, made)

    upsert = {"__typename": "CardToSync", "kind": "failure_card", "action": "UPSERT"}
    named: dict[str, Any] = {"key": made["key"], "visibility": {"garages": []}}
    assert new == upsert | {
        "key": made["key"],
        "cursor": new["cursor"],
        "card": named | {"version": 1, "title": "Amber lamp blinks"},
    }
    assert urgent["card"] == named | {"version": 3, "title": "Amber lamp burns"}
    assert retired == upsert | {
        "action": "DELETE",
        "key": made["key"],
        "cursor": retired["cursor"],
        "card": None,
    }
    cursors = [int(hint["cursor"]) for hint in (new, batch, urgent, retired)]
    assert cursors == sorted(set(cursors))
    entries = (await far.ask(CHANGES, after=start))["entries"]
    assert [entry["gone"] for entry in entries if entry["key"] == made["key"]] == ["RETIRED"]


async def test_hints_name_no_card_of_others(somebody: Somebody, place: str) -> None:
    author, far = somebody(), somebody(garage=DELHI)
    async with subscribed(place, far.token, HINTS) as listening:
        ours = await author.create(content("Ours alone", visibility={"garages": [PUNE]}))
        made = await author.create(content("Everybody's"))
        [hint] = await hints_of(listening, 1, ours, made)
    assert hint["key"] == made["key"]


async def test_hints_go_on_behind_their_cursor(somebody: Somebody, place: str) -> None:
    author, far = somebody(), somebody(garage=DELHI)
    async with subscribed(place, far.token, HINTS) as listening:
        made = [await author.create(content(f"Lid number {n} is loose")) for n in range(3)]
        first, *rest = await hints_of(listening, 3, *made)
    async with subscribed(place, far.token, HINTS, after=first["cursor"]) as listening:
        again = await hints_of(listening, 2, *made)
    assert again == rest
    assert [hint["key"] for hint in (first, *rest)] == [card["key"] for card in made]


async def test_a_watching_garage_fetches_what_it_is_told_of(
    somebody: Somebody, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never looks by itself here: hints alone wake it."""
    monkeypatch.setattr(garage, "POLL_SECONDS", 3_600.0)
    author, far = somebody(), somebody(Role.MANAGER, DELHI)
    replica = Replica.open(tmp_path / "garage.db")
    kept: list[str] = []

    async def keys() -> list[str]:
        kept[:] = [card["key"] for card in replica.documents("failure_card", most=10_000)]
        return kept

    async with httpx.AsyncClient(base_url=f"http://{place}", timeout=PATIENT_SECONDS) as http:
        watching = asyncio.create_task(garage.follow(replica, RemoteService(http, far.token)))
        await eventually(keys)
        for n in range(3):
            made = await author.create(content(f"Hinge number {n} creaks"))
            await eventually(keys, lambda found, key=made["key"]: key in found)
        watching.cancel()


async def counted(house: Runtime, hour: datetime) -> None:
    """Have two instances tell of the hour before, at the same time."""
    both = [
        HintSchedule(HintBatchStore(house.records), DigestStore(house.records), lambda: hour)
        for _ in range(2)
    ]
    await asyncio.gather(*(one.step() for one in both))


@pytest.mark.row("SY-6")
async def test_a_garage_reads_what_its_hours_held(
    house: Runtime, somebody: Somebody, place: str
) -> None:
    manager, far, root = somebody(), somebody(garage=DELHI), somebody(Role.ADMIN, None, "root")
    at = NOON - timedelta(hours=1)
    happened = [(PUNE, EventType.REVIEW_OPENED), (PUNE, EventType.REVIEW_OPENED)]
    happened += [(PUNE, EventType.FEEDBACK_OBSERVED), (DELHI, EventType.REVIEW_OPENED)]
    await house.change_log.append(
        [
            replace(event(n, kind), id=EventId(f"digested-{n}"), garage=garage, at=at)
            for n, (garage, kind) in enumerate(happened)
        ]
    )
    async with subscribed(place, manager.token, HINTS) as listening:
        for hour in (NOON, NOON + timedelta(hours=1)):
            await counted(house, hour)
        hours = list[str]()
        while len(hours) < 2:
            hour = (await listening.next()).get("hour", "")
            hours += [hour] if hour.startswith("2031") else []

    assert hours == ["2031-04-01T11:00:00+00:00", "2031-04-01T12:00:00+00:00"]
    opened = {"type": "REVIEW_OPENED", "events": 2}
    observed = {"type": "FEEDBACK_OBSERVED", "events": 1}
    quiet, own = await digests(manager, 2)
    assert quiet["counts"] == []
    assert own["counts"] == [observed, opened]
    assert (await digests(far, 2))[1]["counts"] == [opened | {"events": 1}]
    assert (await digests(root, 2))[1]["counts"] == [observed, opened | {"events": 3}]
    page = await manager.ask(DIGESTS, first=1)
    assert [edge["node"] for edge in page["edges"]] == [quiet]
    page = await manager.ask(DIGESTS, first=1, after=page["pageInfo"]["endCursor"])
    assert [edge["node"] for edge in page["edges"]] == [own]


async def digests(who: Person, first: int) -> list[dict[str, Any]]:
    return [edge["node"] for edge in (await who.ask(DIGESTS, first=first))["edges"]]
