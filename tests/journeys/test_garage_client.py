"""A garage's own client: a repair from report to close, kept in SQLite and handed in later."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.access import Role
from domain.errors import InvalidInput
from sync.delta_cursors import DeltaPosition
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, UPDATE, content
from tests.journeys.planted_cards import logged, mixed
from tests.journeys.queue_records import SYNC, told
from tests.sizes import short_and_full
from tests.waits import sure_to_end
from web.asgi import GRAPHQL
from web.cli import garage
from web.garage.client import POLL_SECONDS, RemoteService, catch_up, drain_queue, synchronise
from web.garage.replica import Replica
from web.server import build_application
from web.wiring import Runtime

pytestmark = pytest.mark.journey
RETIRE = """mutation ($id: ID!, $expected: Int!, $op: UUID!) {
  retireCard(id: $id, expectedVersion: $expected, operationId: $op) { __typename } }"""
OUTAGE_SECONDS = 60.0
BEFORE_ANYBODY_ASKS = 75.0


def answered(file: Path) -> list[dict[str, Any]]:
    return [*Replica.open(file).answers("APPLIED"), *Replica.open(file).answers("REPEATED")]


def quiet(taken: int, all_of_them: int) -> None:
    del taken, all_of_them


async def test_a_repair_done_offline_is_handed_in_and_comes_back(
    house: Runtime, somebody: Somebody, tmp_path: Path
) -> None:
    file, technician = tmp_path / "garage.db", somebody(Role.TECHNICIAN, name="offline_1")
    garage.init(PUNE, technician.token, file=file)
    remote = RemoteService(technician.client, technician.token)
    garage.report("Horn is silent and the lamp is dim", file=file)
    await synchronise(Replica.open(file), remote, quiet)
    [opened] = answered(file)
    ticket = opened["key"]
    garage.start(ticket, file=file)
    garage.attempt(ticket, notes="Cleaned the plug", file=file)
    garage.resolve(ticket, 20, notes="New fuse", file=file)
    garage.close(ticket, 5, file=file)
    await told(house)
    await synchronise(Replica.open(file), remote, quiet)
    await told(house)
    await synchronise(Replica.open(file), remote, quiet)
    replica = Replica.open(file)
    assert (replica.status().waiting, replica.status().conflicts) == (0, 0)
    assert replica.answers("REFUSED") == []
    assert [a["key"] for a in answered(file)] == [ticket] * 5
    [kept] = replica.documents("ticket", "horn is silent")
    assert (kept["key"], kept["status"]) == (ticket, "CLOSED")


async def test_a_client_cut_off_before_its_answer_loses_nothing_and_does_nothing_twice(
    house: Runtime, somebody: Somebody, tmp_path: Path
) -> None:
    file, technician = tmp_path / "garage.db", somebody(Role.TECHNICIAN, name="offline_2")
    garage.init(PUNE, technician.token, file=file)
    remote = RemoteService(technician.client, technician.token)
    for n in range(3):
        garage.report(f"Mirror rattles {n}", file=file)
    before = Replica.open(file)
    queue = before.waiting(9)
    before.close()
    await drain_queue(Replica.open(file), remote)
    again = Replica.open(file)
    for record in queue:
        again.enqueue(record, 0)
    again.close()
    assert await drain_queue(Replica.open(file), remote) == 3
    assert [a["state"] for a in answered(file)] == ["REPEATED"] * 3
    [row] = await house.graph.read(
        "MATCH (t:Ticket) WHERE t.text STARTS WITH 'Mirror rattles' RETURN count(t) AS n"
    )
    assert row["n"] == 3


@pytest.mark.row("SO-2")
async def test_one_who_asks_once_knows_what_one_knows_who_asked_each_time(
    house: Runtime, somebody: Somebody, tmp_path: Path
) -> None:
    author, second = somebody(), somebody(name="second")
    remote = RemoteService(author.client, author.token)
    often, once = Replica.open(tmp_path / "often.db"), Replica.open(tmp_path / "once.db")
    for replica in (often, once):
        await catch_up(replica, remote, quiet)
    dice = Random(5)  # noqa: S311 - a seed
    made = [await author.create(content(f"Told {n}")) for n in range(6)]
    versions = dict.fromkeys((card["id"] for card in made), 1)
    for n in range(30):
        key = dice.choice([*versions])
        if len(versions) > 2 and dice.random() < 0.15:
            await second.ask(RETIRE, id=key, expected=versions.pop(key), op=str(uuid4()))
        else:
            told_again = {"id": key, "card": content(f"Told {n}"), "expected": versions[key]}
            await author.ask(UPDATE, **told_again, op=str(uuid4()))
            versions[key] += 1
        await told(house)
        await catch_up(often, remote, quiet)
    await catch_up(once, remote, quiet)
    kept = [replica.documents("failure_card", most=10_000) for replica in (often, once)]
    assert kept[0] == kept[1]
    assert len({card["key"] for card in made} & {card["key"] for card in kept[0]}) == len(versions)


@pytest.mark.row("OF-6")
@pytest.mark.timeout(300)
async def test_thirty_days_and_ten_thousand_changes_are_caught_up_within_a_minute(
    house: Runtime, somebody: Somebody, tmp_path: Path
) -> None:
    manager = somebody()
    replica, remote = Replica.open(tmp_path / "g.db"), RemoteService(manager.client, manager.token)
    replica.set(
        cursor=house.delta_cursors.seal(DeltaPosition(done=await house.change_log.last()), PUNE)
    )
    cards = [mixed(n) for n in range(2_000)]
    await house.cards.load([(one, None) for one in cards])
    for time in range(5):
        await house.change_log.append([logged(one, time) for one in cards])
    async with sure_to_end("the client"):
        await catch_up(replica, remote, quiet)
    kept = replica.documents("failure_card", most=10_000)
    assert {card["key"] for card in kept} == {one.id for one in cards}


class Hours:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now > BEFORE_ANYBODY_ASKS:
            raise asyncio.CancelledError


@dataclass
class Outage(httpx.AsyncBaseTransport):
    """A network that is away for a minute: each try of it takes as long as connecting may take."""

    inner: httpx.AsyncBaseTransport
    clock: Hours
    served: list[float]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.clock.now < OUTAGE_SECONDS:
            self.clock.now += request.extensions["timeout"]["connect"]
            raise httpx.ConnectTimeout("nobody is there")
        self.served.append(self.clock.now)
        return await self.inner.handle_async_request(request)


@pytest.mark.row("OF-3", figure="60 s away, ≤ 5 s")
async def test_a_client_back_from_a_minute_away_drains_within_five_seconds(
    house: Runtime, somebody: Somebody, tmp_path: Path
) -> None:
    file, technician = tmp_path / "garage.db", somebody(Role.TECHNICIAN, name="away")
    garage.init(PUNE, technician.token, file=file)
    garage.report("Bell rings by itself", file=file)
    clock, served = Hours(), list[float]()
    transport = httpx.ASGITransport(app=build_application(house))
    outage = Outage(transport, clock, served)
    async with httpx.AsyncClient(transport=outage, base_url="http://battwheels.test") as http:
        remote = RemoteService(http, technician.token)
        beat = garage.PollClock(lambda: clock.now, clock.sleep)
        with suppress(asyncio.CancelledError):
            await garage.poll(Replica.open(file), remote, beat)
    assert served[0] - OUTAGE_SECONDS <= POLL_SECONDS
    assert Replica.open(file).status().waiting == 0


@short_and_full("many", 150, 1_000)
async def test_a_long_queue_is_handed_in_by_pages_and_one_bad_record_stops_nothing(
    house: Runtime, somebody: Somebody, tmp_path: Path, many: int
) -> None:
    technician = somebody(Role.TECHNICIAN, name="poisoned")
    replica, remote = (
        Replica.open(tmp_path / "g.db"),
        RemoteService(technician.client, technician.token),
    )
    replica.set(garage=PUNE)
    bad, words = many - 30, f"Brake lever loose, {many} reports, number"
    for n in range(many):
        text = f"{words} {n}" if n != bad else "\u0000"
        replica.enqueue(queued("report_failure", {"report": {"text": text}}), n)
    assert await drain_queue(replica, remote) == many
    assert len(replica.answers("APPLIED")) == many - 1
    [refused] = replica.answers("REFUSED")
    assert (refused["field"], replica.status().waiting) == ("data.report.text", 0)
    [row] = await house.graph.read(
        "MATCH (t:Ticket) WHERE t.text STARTS WITH $words RETURN count(t) AS n", words=words
    )
    assert row["n"] == many - 1


async def test_ten_megabytes_go_in_by_pages(
    house: Runtime, somebody: Somebody, tmp_path: Path
) -> None:
    """By size alone; how much of it a person may send in how long is another matter (limits)."""
    caps = replace(house.settings.caps, units_per_second=1_000_000, units_at_once=1_000_000)
    own = replace(house, settings=replace(house.settings, caps=caps))
    transport = httpx.ASGITransport(app=build_application(own))
    author = somebody(name="wordy")
    http = httpx.AsyncClient(transport=transport, base_url="http://battwheels.test")
    replica, remote = Replica.open(tmp_path / "g.db"), RemoteService(http, author.token)
    replica.set(garage=PUNE)
    wordy = {"primary": "Wear", "reasoning": "Why. " * 1_900}
    steps = [{"action": "Look closely. " * 140, "minutes": 1}] * 40
    told_long = content("Wordy", cause=wordy, resolution={"type": "REPAIR", "steps": steps})
    for n in range(110):
        replica.enqueue(queued("create_card", {"card": told_long}), n)
    async with http:
        assert await drain_queue(replica, remote) == 110
    assert len(replica.answers("APPLIED")) == 110
    with pytest.raises(InvalidInput, match="100000 bytes"):
        replica.enqueue(queued("create_card", {"card": told_long, "more": "x" * 20_000}), 0)


async def test_a_call_of_ten_megabytes_is_refused_whole(house: Runtime, somebody: Somebody) -> None:
    author = somebody(name="too_wordy")
    record = queued("create_card", {"card": content("Never kept", text="y" * 90_000)})
    body = {"query": SYNC, "variables": {"operations": [record] * 110}}
    headers = {"authorization": f"Bearer {author.token}"}
    answer = await author.client.post(GRAPHQL, json=body, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
        413,
        "TOO_LARGE",
    )
    [row] = await house.graph.read(
        "MATCH (c:FailureCard {title: 'Never kept'}) RETURN count(c) AS n"
    )
    assert row["n"] == 0


def queued(type: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": str(uuid4()),
        "type": type,
        "data": data,
        "garage_id": PUNE,
        "priority": 5,
    }


async def test_a_report_and_its_repair_wait_in_one_queue(
    somebody: Somebody, tmp_path: Path
) -> None:
    file, technician = tmp_path / "garage.db", somebody(Role.TECHNICIAN, name="all_offline")
    garage.init(PUNE, technician.token, file=file)
    garage.report("Kick stand is bent", file=file)
    [report] = Replica.open(file).waiting(1)
    name = report["operationId"]
    garage.start(name, file=file)
    garage.resolve(name, 20, file=file)
    await drain_queue(Replica.open(file), RemoteService(technician.client, technician.token))
    key = Replica.open(file).answers("APPLIED")[0]["key"]
    garage.close(key, 4, file=file)
    await drain_queue(Replica.open(file), RemoteService(technician.client, technician.token))
    answers = Replica.open(file).answers("APPLIED")
    assert [(a["key"], a["version"]) for a in answers] == [(key, n) for n in (1, 2, 3, 4)]
